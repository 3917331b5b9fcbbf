/* peel_header.h
 * Headers before a line: RFC 6587, RFC 5424, RFC 3164 as it is written in practice, ISO times, journalctl, dmesg.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PEEL_HEADER_H
#define RST_PEEL_HEADER_H

#include <stdbool.h>

#include "logs/layer.h"

/* Takes one header off the text of that layer, which gets its time, host and tag. A text of RFC 5424 is the message; if
 * there is none, the structured data; of Juniper's, message id, data and message. False if there is no header. */
bool rst_peel_header(rst_layer_t *layer);

#endif
