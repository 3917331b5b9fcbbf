/* refused.h
 * Rules for a SYN that was answered by a reset (RFC 9293, section 3.5.2, group 1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REFUSED_H
#define RST_RULES_REFUSED_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_refused[]; /* ends with a row whose match is NULL */

#endif
