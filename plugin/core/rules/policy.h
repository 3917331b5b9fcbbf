/* policy.h
 * Rules for a policy on the path: a device or packet filter reads requests and rejects them in the host's name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_POLICY_H
#define RST_RULES_POLICY_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_policy[]; /* ends with a row whose match is NULL */

#endif
