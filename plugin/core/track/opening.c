/* opening.c
 * A SYN that waits for an answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/opening.h"

rst_opening_t *rst_opening_new(rst_opening_t *old, const rst_segment_t *syn, unsigned from, bool elsewhere,
                               rst_moment_t before, const rst_memory_t *memory)
{
    rst_opening_t *opening = old;

    if (old && elsewhere && !old->elsewhere)
        return old;
    if (!opening)
        opening = memory->alloc(memory->scope, sizeof *opening);
    memset(opening, 0, sizeof *opening);
    opening->syn = *syn;
    opening->syn.head_len = 0;
    opening->syn.checksum = NULL;
    opening->from = (uint8_t)from;
    opening->elsewhere = elsewhere;
    opening->before = before;
    return opening;
}

bool rst_opening_is(const rst_opening_t *opening, const rst_segment_t *segment, unsigned from)
{
    return from == opening->from && segment->seq == opening->syn.seq && (segment->flags & RST_FLAG_SYN) &&
           !(segment->flags & RST_FLAG_RST);
}

void rst_opening_repeat(rst_opening_t *opening, const rst_segment_t *syn, rst_moment_t at)
{
    int64_t elapsed = opening->copies ? rst_elapsed(opening->at[opening->copies - 1], at) : RST_TIME_NONE;

    /* A copy made by the capture: no stack repeats its SYN that soon. */
    if (elapsed != RST_TIME_NONE && elapsed <= RST_COPY_SPAN_CONSTANT && syn->ip_id == opening->syn.ip_id)
        return;
    if (opening->copies < RST_OPENING_COPIES)
        opening->copies++;
    opening->at[opening->copies - 1] = at;
    if (opening->count < UINT16_MAX)
        opening->count++;
}

void rst_opening_note(rst_opening_t *opening, const rst_segment_t *segment, unsigned from, rst_moment_t at)
{
    const unsigned others = RST_FLAG_SYN | RST_FLAG_FIN | RST_FLAG_RST | RST_FLAG_ACK;

    if (from == opening->from || (segment->flags & others) != RST_FLAG_ACK || segment->len)
        return;
    opening->challenge = *segment;
    opening->challenge.checksum = NULL;
    opening->challenged = at;
}

/* A reset of the SYN's sender: at its own number, or in answer to the challenge ACK. Whoever sends a SYN from elsewhere
 * cannot tell that ACK from any other, so its answer proves nothing. */
static bool gives_up(const rst_opening_t *opening, const rst_segment_t *segment)
{
    if (segment->seq == opening->syn.seq + 1)
        return true;
    if (opening->syn.flags & RST_FLAG_ACK)
        return false;
    return !(segment->flags & RST_FLAG_ACK) && !opening->elsewhere && opening->challenged.pass_index &&
           segment->seq == opening->challenge.ack;
}

static bool answers(const rst_opening_t *opening, const rst_segment_t *segment)
{
    bool acknowledges = (segment->flags & RST_FLAG_ACK) && segment->ack == opening->syn.seq + 1;

    if (!(opening->syn.flags & RST_FLAG_ACK))
        return acknowledges && (segment->flags & (RST_FLAG_SYN | RST_FLAG_RST));
    /* The SYN-ACK came out of nothing: its receiver completes the handshake, or resets it. */
    return segment->seq == opening->syn.ack && (acknowledges || (segment->flags & RST_FLAG_RST));
}

bool rst_opening_is_answered(const rst_opening_t *opening, const rst_segment_t *segment, unsigned from, bool elsewhere)
{
    if (opening->elsewhere && elsewhere)
        return false;
    if (from != opening->from)
        return answers(opening, segment);
    if (segment->flags & RST_FLAG_RST)
        return gives_up(opening, segment);
    /* The answer is missing from the capture. */
    return !(segment->flags & RST_FLAG_SYN) && (segment->flags & RST_FLAG_ACK) && !opening->elsewhere &&
           segment->seq == opening->syn.seq + 1;
}
