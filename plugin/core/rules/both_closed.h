/* both_closed.h
 * Rules for resets from elsewhere after both ends have closed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BOTH_CLOSED_H
#define RST_BOTH_CLOSED_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_both_closed[]; /* ends with a row whose match is NULL */

#endif
