/* repeat.h
 * Rules for resets that follow an earlier reset of the same connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REPEAT_H
#define RST_RULES_REPEAT_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_repeat[]; /* ends with a row whose match is NULL */

#endif
