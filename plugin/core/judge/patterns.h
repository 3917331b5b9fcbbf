/* patterns.h
 * Labels for known shapes of resets: tools and devices whose resets look alike, and the stages and signatures of
 * Sundara Raman et al., "Global, Passive Detection of Connection Tampering" (SIGCOMM 2023).
 *
 * A label says what a reset looks like. It is never a verdict: ordinary clients leave most of these shapes too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PATTERNS_H
#define RST_PATTERNS_H

#include "rules/rule.h"

/* How far the client had come when the first reset under its address came. */
typedef enum rst_stage {
    RST_STAGE_NONE,     /* not known, or too late for the signatures */
    RST_STAGE_POST_SYN, /* SYN */
    RST_STAGE_POST_ACK, /* and the ACK of the handshake */
    RST_STAGE_POST_PSH, /* and one segment with data */
    RST_STAGE_LATER     /* and more */
} rst_stage_t;

/* The resets of one side in one generation of a connection. Shared by their cases, complete after the first pass. */
typedef struct rst_tally {
    rst_stage_t stage;
    uint16_t bare, with_ack;  /* by the ACK flag */
    uint32_t ack;             /* number in the first bare one, flag or not */
    bool ack_differs;         /* another bare one has another number */
    bool ack_zero, ack_other; /* among the bare ones: zero, anything else */
} rst_tally_t;

/* While the file is read: adds a reset (no copy) to the tally of its side. */
void rst_pattern_count(rst_reset_t *reset, const rst_reset_t *previous, const rst_memory_t *memory);

/* Adds the labels to the view's verdict, which must be complete. */
void rst_pattern_label(const rst_view_t *view);

#endif
