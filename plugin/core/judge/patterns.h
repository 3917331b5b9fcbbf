/* patterns.h
 * Labels for known shapes of resets: tools and devices whose resets look alike, and the stages and signatures of
 * Sundara Raman et al., "Global, Passive Detection of Connection Tampering" (SIGCOMM 2023).
 *
 * A label says what a reset looks like. It is never a verdict: ordinary clients produce most of these shapes too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PATTERNS_H
#define RST_PATTERNS_H

#include "rules/rule.h"

/* How far the client had come when the first reset with its source address came. */
typedef enum rst_stage {
    RST_STAGE_NONE,     /* unknown, or too late for the signatures */
    RST_STAGE_POST_SYN, /* SYN */
    RST_STAGE_POST_ACK, /* SYN and the ACK of the handshake */
    RST_STAGE_POST_PSH, /* those and one segment with data */
    RST_STAGE_LATER     /* and more than that */
} rst_stage_t;

/* The resets from one side in one incarnation of a connection. Shared by all these resets; complete after the first
 * pass. */
typedef struct rst_tally {
    rst_stage_t stage;
    uint16_t bare, with_ack;  /* by the ACK flag */
    uint32_t ack;             /* ACK number in the first bare one, although it lacks the flag */
    bool ack_differs;         /* another bare one has a different ACK number */
    bool ack_zero, ack_other; /* among the bare ones: ACK number is zero, is anything else */
} rst_tally_t;

/* Call during the first pass: adds a reset (not a copy) to the tally of its side. */
void rst_pattern_count(rst_reset_t *reset, const rst_reset_t *previous, const rst_memory_t *memory);

/* Adds labels to the view's verdict, which must be complete otherwise. */
void rst_pattern_label(const rst_view_t *view);

#endif
