/* judge.h
 * The verdict on one reset: asks the rules in order, then adds what other capture points, a kernel and the reset itself
 * say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JUDGE_H
#define RST_JUDGE_H

#include "points/compare.h"
#include "rules/rule.h"
#include "trace/join.h"
#include "witness/witnesses.h"

#define RST_CHOSEN_MAX 128

/* The rules to ask, by the form of the reset and by whether its sender has reset the connection before; NULL ends each
 * list. Starts as zeros: a list is made when it is needed first, which in most files half of them never are. */
typedef struct rst_chosen {
    const rst_rule_t *rules[RST_FORM_COUNT][2][RST_CHOSEN_MAX];
} rst_chosen_t;

typedef struct rst_judge {
    const rst_file_t *file;
    const rst_points_t *points;
    rst_join_t *join;           /* joins a kernel's trace; NULL without one */
    rst_witnesses_t *witnesses; /* other logs; NULL without any */
    rst_chosen_t *chosen;
} rst_judge_t;

/* All must outlive the judge. */
void rst_judge_open(rst_judge_t *judge, rst_chosen_t *chosen, const rst_file_t *file, const rst_points_t *points);

/* The rules that are asked about such resets, NULL ends the list. again = its sender has reset the connection before.
 */
const rst_rule_t *const *rst_judge_rules(const rst_judge_t *judge, rst_form_t form, bool again);

/* Writes the verdict. texts = false leaves out summary, evidence texts and declared text. Strings are allocated from
 * memory. */
void rst_judge_verdict(const rst_judge_t *judge, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                       rst_verdict_t *verdict);

/* Explains how that verdict comes about, line by line. With two capture points, it explains the copy whose verdict
 * counts for both. */
const char *rst_judge_explain(const rst_judge_t *judge, const rst_reset_t *reset, const rst_memory_t *memory);

#endif
