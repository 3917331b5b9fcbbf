/* elimination.h
 * Rules for what is left if nothing else explains a reset that a host sends on its own initiative: a timer, or the
 * application.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_ELIMINATION_H
#define RST_RULES_ELIMINATION_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_elimination[]; /* ends with a row whose match is NULL */

#endif
