/* rejected.h
 * Rules for a SYN that was refused for its options, or by a firewall or load balancer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REJECTED_H
#define RST_RULES_REJECTED_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_rejected[]; /* ends with a row whose match is NULL */

#endif
