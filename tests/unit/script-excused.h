/* script-excused.h
 * Verdicts that other connections may change, each with its reason. No accusation is among them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_EXCUSED_H
#define RST_TEST_SCRIPT_EXCUSED_H

#include "script-foreign.h"

/* What a verdict claims, as far as other connections must leave it alone. */
typedef struct script_outcome {
    rst_cause_t cause;
    rst_sender_t sender;
    unsigned confidence;
    uint32_t foreign; /* a frame of other traffic among its evidence, 0 = none */
} script_outcome_t;

/* May this foreign traffic change the verdict in the test that runs? */
bool script_foreign_is_excused(script_foreign_t foreign, const script_outcome_t *alone, const script_outcome_t *among);

/* May frames of foreign traffic be among the evidence of this verdict? */
bool script_evidence_is_excused(const script_outcome_t *among);

/* May a line of another connection, so long after the reset (ns, RST_TIME_NONE unknown), change its verdict? */
bool script_order_is_excused(const script_outcome_t *before, const script_outcome_t *after, int64_t elapsed);

/* Complains about excuses that the tests of this program asked for and did not need. Returns how many. */
unsigned script_excuses_unused(void);

#endif
