/* active.h
 * Rules for resets that a host sends on its own initiative (RFC 9293, section 3.10.5), judged by what came just before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_ACTIVE_H
#define RST_RULES_ACTIVE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_active[]; /* ends with a row whose match is NULL */

#endif
