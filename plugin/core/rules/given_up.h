/* given_up.h
 * Rules for clients that no longer want their own connection attempt.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_GIVEN_UP_H
#define RST_RULES_GIVEN_UP_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_given_up[]; /* ends with a row whose match is NULL */

#endif
