/* rejected.h
 * Rules for a SYN that was answered by a reset (RFC 9293, section 3.5.2, group 1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REJECTED_H
#define RST_RULES_REJECTED_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_rejected[]; /* ends with a row whose match is NULL */

#endif
