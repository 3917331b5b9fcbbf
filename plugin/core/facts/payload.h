/* payload.h
 * What the first bytes of a payload say, as far as the rules need it: a request, an error, a farewell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PAYLOAD_H
#define RST_PAYLOAD_H

#include "facts/segment.h"

typedef enum rst_message {
    RST_MESSAGE_NONE, /* no payload */
    RST_MESSAGE_OTHER,
    RST_MESSAGE_REQUEST,      /* HTTP request line */
    RST_MESSAGE_CLIENT_HELLO, /* TLS */
    RST_MESSAGE_TLS,          /* any other TLS record */
    RST_MESSAGE_ERROR,        /* HTTP 4xx or 5xx, SMTP or FTP 4xx or 5xx, POP -ERR, PostgreSQL error */
    RST_MESSAGE_FATAL_ALERT,  /* TLS alert of level fatal, unencrypted */
    RST_MESSAGE_FAREWELL,     /* TLS alert record or close_notify, QUIT, BYE, WebSocket close */
    RST_MESSAGE_COUNT
} rst_message_t;

rst_message_t rst_message_read(const rst_segment_t *segment);

/* As used in a sentence: "an HTTP request", "a TLS fatal alert", ... */
const char *rst_message_name(rst_message_t message);

#endif
