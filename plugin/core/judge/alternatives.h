/* alternatives.h
 * What else a reset may have been: the answers of rules that do not lead, and their share of what the verdict leaves
 * open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ALTERNATIVES_H
#define RST_ALTERNATIVES_H

#include "rules/rule.h"

#define RST_OTHERS_MAX 32 /* causes that rules may name for one reset */

typedef struct rst_outcome {
    const rst_rule_t *primary; /* NULL = no rule is sure enough */
    unsigned confidence;
    unsigned others;
    rst_alternative_t other[RST_OTHERS_MAX]; /* each cause once, with the confidence of the surest rule */
} rst_outcome_t;

/* A rule that does not lead names this cause. */
void rst_outcome_note(rst_outcome_t *outcome, rst_cause_t cause, unsigned confidence);

/* Adds an alternative with at most what is left of 100 percent; keeps the list ordered. */
void rst_alternative_add(rst_verdict_t *verdict, rst_cause_t cause, unsigned confidence, unsigned *left);

/* What verdict and alternatives leave of 100 percent. */
unsigned rst_not_shared(const rst_verdict_t *verdict);

/* Other rules that matched share half of what the verdict leaves open; the look-alikes of the rule follow. */
void rst_share_rest(const rst_view_t *view, const rst_outcome_t *outcome);

#endif
