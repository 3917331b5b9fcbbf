/* gap.c
 * Finding both sides again behind a gap of the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/gap.h"

#include "answer/foreign.h"
#include "base/seq.h"

#define RUN 2         /* this many in a row, and the other side agrees */
#define RUN_ONE_WAY 3 /* the same where the other side is not in the capture at all */
#define RUN_ALONE 8   /* the same where it is, but says nothing any more */
#define STEP 1048576  /* further than this, one does not continue the other */

static bool is_next(uint32_t number, uint32_t before)
{
    int64_t step = rst_seq_diff(number, before);

    return step >= 0 && step <= STEP;
}

/* The other side is at numbers that fit these, although they do not fit what came before either. */
static bool agrees(const rst_gap_t *gap, const rst_gap_t *other)
{
    return other->run && (is_next(gap->ack, other->seq) || is_next(other->seq, gap->ack)) &&
           (is_next(other->ack, gap->seq) || is_next(gap->seq, other->ack));
}

static bool is_settled(const rst_direction_t *side, const rst_direction_t *peer, bool silent)
{
    if (side->gap.run >= RUN && agrees(&side->gap, &peer->gap))
        return true;
    return side->gap.run >= (peer->segments && !silent ? RUN_ALONE : RUN_ONE_WAY);
}

bool rst_gap_is_bridged(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at,
                        unsigned clues, bool silent)
{
    rst_gap_t *gap = &side->gap;

    if ((clues & ~(unsigned)(RST_CLUE_SEQ | RST_CLUE_ACK | RST_CLUE_FAR)) || !(segment->flags & RST_FLAG_ACK)) {
        gap->run = 0;
        return false;
    }
    gap->run = gap->run && is_next(segment->seq, gap->seq) && is_next(segment->ack, gap->ack) ? gap->run + 1 : 1;
    gap->seq = segment->seq + rst_segment_space(segment);
    gap->ack = segment->ack;
    if (!is_settled(side, peer, silent))
        return false;
    gap->run = 0;
    if (clues & RST_CLUE_SEQ) {
        side->nxt = segment->seq;
        rst_direction_note_gap(side, at);
        side->out_of_window = 0;                       /* nobody rewrote them */
        peer->known &= ~(uint32_t)RST_DIRECTION_ACKED; /* until its next acknowledgment */
    }
    if (clues & RST_CLUE_ACK) {
        side->acked = peer->nxt = segment->ack;
        rst_direction_note_gap(peer, at);
    }
    return true;
}

/* What the first packets of a capture said was somebody else's: both sides go on at other numbers, which agree. */
void rst_gap_anchor(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at)
{
    if ((side->known & RST_DIRECTION_NXT) && (peer->known & RST_DIRECTION_ACKED) &&
        rst_gap_is_far(side->nxt, peer->acked) && !rst_gap_is_far(segment->seq, peer->acked)) {
        side->nxt = segment->seq;
        rst_direction_note_gap(side, at);
    }
    if ((segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_ACKED) && (peer->known & RST_DIRECTION_NXT) &&
        rst_gap_is_far(side->acked, peer->nxt) && !rst_gap_is_far(segment->ack, peer->nxt)) {
        side->acked = segment->ack;
        rst_direction_note_gap(peer, at);
    }
}
