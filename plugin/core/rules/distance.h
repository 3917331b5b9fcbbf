/* distance.h
 * Rules for resets whose distance or timing alone suggests that somebody else sent them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_DISTANCE_H
#define RST_RULES_DISTANCE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_distance[]; /* ends with a row whose match is NULL */

#endif
