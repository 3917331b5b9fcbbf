/* subflow.h
 * Rules for the subflows of Multipath TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SUBFLOW_H
#define RST_SUBFLOW_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_subflow[];

#endif
