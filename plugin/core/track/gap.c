/* gap.c
 * Implementation for numbers that a capture has missed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/gap.h"

#include "answer/foreign.h"
#include "base/seq.h"

#define RUN 3        /* this many in a row are believed */
#define STEP 1048576 /* further than this, one does not continue the other */

static bool is_next(uint32_t number, uint32_t before)
{
    int64_t step = rst_seq_diff(number, before);

    return step >= 0 && step <= STEP;
}

bool rst_gap_is_bridged(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, unsigned clues)
{
    rst_gap_t *gap = &side->gap;

    if ((clues & ~(unsigned)(RST_CLUE_SEQ | RST_CLUE_ACK | RST_CLUE_FAR)) || !(segment->flags & RST_FLAG_ACK)) {
        gap->run = 0;
        return false;
    }
    gap->run = gap->run && is_next(segment->seq, gap->seq) && is_next(segment->ack, gap->ack) ? gap->run + 1 : 1;
    gap->seq = segment->seq + rst_segment_space(segment);
    gap->ack = segment->ack;
    if (gap->run < RUN)
        return false;
    gap->run = 0;
    if (clues & RST_CLUE_SEQ) {
        side->nxt = segment->seq;
        side->out_of_window = 0;                       /* nobody rewrote them */
        peer->known &= ~(uint32_t)RST_DIRECTION_ACKED; /* until its next acknowledgment */
    }
    if (clues & RST_CLUE_ACK) {
        side->acked = peer->nxt = segment->ack;
        peer->gaps++;
    }
    return true;
}

void rst_gap_forget(rst_direction_t *side, rst_direction_t *peer)
{
    side->gap.run = peer->gap.run = 0;
}
