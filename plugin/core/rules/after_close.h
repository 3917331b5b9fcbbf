/* after_close.h
 * What reached a side that had sent its own FIN: it can take data, but not answer any (RFC 9293, section 3.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AFTER_CLOSE_H
#define RST_AFTER_CLOSE_H

#include "rules/rule.h"

uint32_t rst_late_bytes(const rst_view_t *view); /* payload that came after the sender's FIN, or crossed it */
uint32_t rst_late_lost(const rst_view_t *view);  /* the part of it that the sender had not acknowledged before */
bool rst_late_is(const rst_view_t *view, rst_message_t message); /* it is one such message and nothing else */

#endif
