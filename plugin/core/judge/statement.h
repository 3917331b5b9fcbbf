/* statement.h
 * What a reset says about itself, weighed against what the packets say about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JUDGE_STATEMENT_H
#define RST_JUDGE_STATEMENT_H

#include "declared/decoder.h"
#include "judge/alternatives.h"

/* A statement that cannot lead but may be true gets at most half of what the verdict by the rules leaves open. To be
 * called before the rest is shared. */
void rst_statement_suggest(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement);

/* The stated reason leads, unless the packets contradict it: then it is only quoted. */
void rst_statement_apply(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement);

#endif
