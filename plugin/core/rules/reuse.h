/* reuse.h
 * Rules for a SYN on addresses and ports that an older connection still holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REUSE_H
#define RST_RULES_REUSE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_reuse[]; /* ends with a row whose match is NULL */

#endif
