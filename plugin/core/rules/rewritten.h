/* rewritten.h
 * Rule for numbers that a device on the path changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REWRITTEN_H
#define RST_RULES_REWRITTEN_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_rewritten[]; /* ends with a row whose match is NULL */

#endif
