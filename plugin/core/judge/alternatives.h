/* alternatives.h
 * What else a reset may have been: the answers of rules that do not lead, and their share of what the verdict leaves
 * open.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ALTERNATIVES_H
#define RST_ALTERNATIVES_H

#include "rules/rule.h"

#define RST_OTHERS_MAX 32 /* causes that the rules may name for one reset */

typedef struct rst_outcome {
    const rst_rule_t *primary; /* NULL = no rule is confident enough */
    unsigned confidence;
    unsigned said; /* its answer before any limit */
    bool honest;   /* limited because a perfect forgery would look the same (honest.h) */
    bool reading;  /* limited because the file is still being read */
    unsigned others;
    rst_alternative_t other[RST_OTHERS_MAX]; /* each cause once, with the confidence of its surest rule */
} rst_outcome_t;

/* Notes the cause of a rule that does not lead. */
void rst_outcome_note(rst_outcome_t *outcome, rst_cause_t cause, unsigned confidence);

/* Adds an alternative with at most what is left of 100 percent; keeps the list sorted. */
void rst_alternative_add(rst_verdict_t *verdict, rst_cause_t cause, unsigned confidence, unsigned *left);

/* What the verdict and its alternatives leave of 100 percent. */
unsigned rst_not_shared(const rst_verdict_t *verdict);

/* The other rules that matched share half of what the verdict leaves open; then come the look-alikes of the leading
 * rule. */
void rst_share_rest(const rst_view_t *view, const rst_outcome_t *outcome);

#endif
