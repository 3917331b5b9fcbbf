/* honest.h
 * How sure a verdict can honestly be where a perfect forgery, or a host that deceives, would look the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HONEST_H
#define RST_HONEST_H

#include "rules/rule.h"

#define RST_HONEST_ALWAYS 100 /* nothing limits the rule */

/* The most that a rule may say about this reset, in percent. docs/trust.md has the table. */
unsigned rst_honest_most(const rst_view_t *view, const rst_rule_t *rule);

#endif
