/* payload.h
 * What the first bytes of a payload say, as far as the rules need it: a request, an error, a farewell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PAYLOAD_H
#define RST_PAYLOAD_H

#include "facts/message.h"
#include "facts/segment.h"

rst_message_t rst_message_read(const rst_segment_t *segment);

/* As used in a sentence: "an HTTP request", "a TLS fatal alert", ... */
const char *rst_message_name(rst_message_t message);

#endif
