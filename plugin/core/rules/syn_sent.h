/* syn_sent.h
 * Rules for a SYN-ACK that is reset although its client goes on waiting for one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_SYN_SENT_H
#define RST_RULES_SYN_SENT_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_syn_sent[]; /* ends with a row whose match is NULL */

#endif
