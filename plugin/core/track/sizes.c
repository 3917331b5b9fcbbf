/* sizes.c
 * Following the sizes of segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/sizes.h"

#include "base/seq.h"

#define COPIES_IN_VAIN 2 /* of the full size, before the shorter one */

/* A difference that options or the end of a buffer make is none. */
static bool is_clearly_larger(uint32_t size, uint32_t other)
{
    return size > other + other / 4;
}

void rst_sizes_take(rst_sizes_t *sizes, const rst_segment_t *segment)
{
    uint16_t size = segment->len < UINT16_MAX ? (uint16_t)segment->len : UINT16_MAX;

    if (size <= sizes->large)
        return;
    if (is_clearly_larger(size, sizes->large)) {
        sizes->small = sizes->large;
        sizes->large_seq = segment->seq;
    }
    sizes->large = size;
}

void rst_sizes_take_ack(rst_sizes_t *sizes, const rst_retransmission_t *retx, uint32_t ack)
{
    if (retx->copies <= COPIES_IN_VAIN || ack != retx->seq + retx->latest || retx->space > UINT16_MAX ||
        !is_clearly_larger(retx->space, retx->latest))
        return;
    sizes->cut_from = (uint16_t)retx->space;
    sizes->cut_to = (uint16_t)retx->latest;
    sizes->cut_pass_index = retx->last.pass_index;
}
