/* binary_message.h
 * Errors and farewells of protocols that are not text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BINARY_MESSAGE_H
#define RST_BINARY_MESSAGE_H

#include "facts/message.h"
#include "facts/segment.h"

/* RST_MESSAGE_NONE if it is neither. */
rst_message_t rst_binary_message_read(const rst_segment_t *segment);

#endif
