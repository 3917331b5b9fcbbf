/* limits.h
 * What a rule's answer may be at most, whatever the rule found: where the capture, the tables or the time of asking do
 * not bear more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LIMITS_H
#define RST_LIMITS_H

#include "judge/why.h"

/* Does the row say that something on the path sent or caused the reset? */
bool rst_rule_accuses(const rst_rule_t *rule);

/* What is left of an answer (percent), and which limit applied last. */
unsigned rst_limited(const rst_view_t *view, const rst_rule_t *rule, unsigned said, rst_limit_t *limit);

#endif
