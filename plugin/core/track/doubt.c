/* doubt.c
 * Holding segments with one clue against them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/doubt.h"

#include "answer/foreign.h"
#include "base/seq.h"
#include "track/fit.h"

static const rst_segment_t *latest_of(const rst_doubt_t *doubt)
{
    return &doubt->segment[doubt->run - 1];
}

static uint32_t end_of(const rst_segment_t *segment)
{
    return segment->seq + rst_segment_space(segment);
}

static bool is_alike(const rst_doubt_t *doubt, const rst_segment_t *segment, unsigned clues)
{
    return doubt->clues == clues &&
           (!(clues & RST_CLUE_HOPS) || rst_hops(latest_of(doubt)->ttl) == rst_hops(segment->ttl));
}

bool rst_doubt_hold(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                    const rst_memory_t *memory)
{
    rst_doubt_t *doubt = side->doubt;

    if (!doubt)
        doubt = side->doubt = rst_alloc0(memory, sizeof *doubt);
    if (doubt->run && !is_alike(doubt, segment, clues))
        doubt->run = doubt->confirmed = 0;
    if (doubt->run == RST_DOUBT_RUN)
        return false;
    doubt->clues = (uint8_t)clues;
    doubt->segment[doubt->run] = *segment;
    doubt->segment[doubt->run].checksum = NULL;
    doubt->at[doubt->run] = at;
    doubt->run++;
    return true;
}

/* A bare reset that begins where the data acknowledges answers that data (RFC 9293, section 3.5.2, group 2). */
static bool is_answer_to(const rst_segment_t *reset, const rst_segment_t *held)
{
    const unsigned both = RST_FLAG_RST | RST_FLAG_ACK;

    return (reset->flags & both) == RST_FLAG_RST && held->len && (held->flags & RST_FLAG_ACK) &&
           held->ack == reset->seq;
}

bool rst_doubt_is_acknowledged(const rst_direction_t *side, const rst_segment_t *segment)
{
    const rst_doubt_t *doubt = side->doubt;

    if (!doubt || !doubt->run)
        return false;
    if (is_answer_to(segment, latest_of(doubt)))
        return true;
    return (segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_NXT) &&
           segment->ack == end_of(latest_of(doubt)) && rst_seq_after(segment->ack, side->nxt);
}

bool rst_doubt_is_continued(rst_direction_t *side, const rst_segment_t *segment)
{
    rst_doubt_t *doubt = side->doubt;
    const rst_segment_t *latest;

    if (!doubt || !doubt->run)
        return false;
    latest = latest_of(doubt);
    if ((side->known & RST_DIRECTION_NXT) && rst_seq_after(segment->seq, side->nxt) && segment->seq == end_of(latest))
        return true;
    if ((latest->flags & segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_ACKED) &&
        rst_seq_after(latest->ack, side->acked) && !rst_seq_before(segment->ack, latest->ack) &&
        ++doubt->confirmed == RST_DOUBT_RUN)
        return true;
    /* The old look is back, so this was no change for good. */
    doubt->run = 0;
    return false;
}

rst_doubt_t rst_doubt_believe(rst_direction_t *side)
{
    rst_doubt_t doubt = *side->doubt;

    if (doubt.clues & RST_CLUE_HOPS)
        rst_fit_learn(side, latest_of(&doubt), true);
    else if (side->unstamped < 1 && !(latest_of(&doubt)->known & RST_HAS_TIMESTAMP))
        side->unstamped = 1;
    side->doubt->run = side->doubt->confirmed = 0;
    return doubt;
}

uint8_t rst_doubt_ttl(const rst_direction_t *side)
{
    const rst_doubt_t *doubt = side->doubt;

    return doubt && doubt->run && doubt->clues == RST_CLUE_HOPS && !latest_of(doubt)->len ? latest_of(doubt)->ttl : 0;
}
