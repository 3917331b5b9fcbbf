/* policy.h
 * Rules for what a policy on the path rejects: a device or packet filter that reads requests, and answers for the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_POLICY_H
#define RST_RULES_POLICY_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_policy[]; /* ends with a row whose match is NULL */

#endif
