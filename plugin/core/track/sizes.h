/* sizes.h
 * Which sizes of segments a side got acknowledged, and which it did not: a path that loses large packets (RFC 2923,
 * section 2.1) shows in that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SIZES_H
#define RST_SIZES_H

#include "track/unanswered.h"

/* Lengths of payload, at most UINT16_MAX. */
typedef struct rst_sizes {
    uint32_t large_seq;        /* where the first segment of the largest size starts */
    uint16_t large, small;     /* the largest size, and the largest one clearly below it that was sent before */
    uint16_t cut_from, cut_to; /* a segment that was repeated in vain, until a shorter copy was acknowledged */
    uint32_t cut_pass_index;   /* of that copy, 0 = none */
} rst_sizes_t;

/* For a segment with new data. */
void rst_sizes_take(rst_sizes_t *sizes, const rst_segment_t *segment);

/* For an acknowledgment, before the retransmission takes it. */
void rst_sizes_take_ack(rst_sizes_t *sizes, const rst_retransmission_t *retx, uint32_t ack);

#endif
