/* message.h
 * What the first bytes of a payload say, as far as the rules need it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MESSAGE_H
#define RST_MESSAGE_H

typedef enum rst_message {
    RST_MESSAGE_NONE, /* no payload */
    RST_MESSAGE_OTHER,
    RST_MESSAGE_REQUEST,      /* HTTP request line */
    RST_MESSAGE_CLIENT_HELLO, /* TLS */
    RST_MESSAGE_TLS,          /* any other TLS record */
    RST_MESSAGE_ERROR,        /* HTTP 4xx or 5xx, SMTP or FTP 4xx or 5xx, POP -ERR, SMB, LDAP, TDS or MySQL error */
    RST_MESSAGE_FATAL_ALERT,  /* TLS alert of level fatal, unencrypted */
    RST_MESSAGE_FAREWELL,     /* TLS alert record or close_notify, QUIT, BYE, WebSocket close, LDAP unbind */
    RST_MESSAGE_SESSION_END,  /* ends a session within the connection (MARS) */
    RST_MESSAGE_COUNT
} rst_message_t;

#endif
