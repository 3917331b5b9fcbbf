/* timer.h
 * Rules for connections that a timer ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_TIMER_H
#define RST_RULES_TIMER_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_timer[]; /* ends with a row whose match is NULL */

#endif
