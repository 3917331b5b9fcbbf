/* cisco_event.h
 * Connection, intrusion and file events of Firepower: "SrcIP: 10.0.0.1, DstIP: ..., AccessControlRuleAction: Block".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CISCO_EVENT_H
#define RST_CISCO_EVENT_H

#include "logs/firewall.h"

/* Fills the record from the text of the event. RST_READ_NO if no end is told. */
rst_read_t rst_cisco_event(rst_log_t *log, const char *text, rst_record_t *record);

#endif
