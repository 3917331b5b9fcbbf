/* fit.c
 * Does a segment fit the side whose address it bears? The work per segment is constant, and a few comparisons for
 * nearly all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/fit.h"

#include "base/seq.h"

#define WINDOW_MOST (1 << 30)              /* RFC 7323, section 2.3 */
#define SETTLED 2                          /* this many segments that agree settle a distance */
#define TICKS_SLOW 2                       /* per millisecond: RFC 7323, section 5.4, allows one */
#define TICKS_FAST 1100                    /* per millisecond: a clock with microseconds */
#define RATE_AFTER (100 * RST_MILLISECOND) /* as long as this shows how fast the clock ticks */

/* The largest window that the receiver can have offered. Without both SYNs the scale is unknown, at most 14. */
static int64_t window_of(const rst_direction_t *receiver, const rst_direction_t *sender)
{
    int64_t window = receiver->window_max;

    if (!(receiver->known & RST_DIRECTION_WINDOW))
        return WINDOW_MOST;
    if (!(receiver->known & sender->known & RST_DIRECTION_SYN) ||
        ((receiver->known | sender->known) & RST_DIRECTION_CUT))
        window <<= 14;
    return window < WINDOW_MOST ? window : WINDOW_MOST;
}

/* How far a number lies outside what two references span, 0 = between them. INT64_MAX if these contradict each other:
 * then nobody knows which is right. */
static int64_t beyond(uint32_t number, uint32_t low, uint32_t high, int64_t room)
{
    int64_t span = rst_seq_diff(high, low);

    if (span > room || span < -room)
        return INT64_MAX;
    if (span < 0) {
        uint32_t swap = low;

        low = high;
        high = swap;
    }
    if (rst_seq_after(number, high))
        return rst_seq_diff(number, high);
    return rst_seq_before(number, low) ? rst_seq_diff(low, number) : 0;
}

static unsigned by_number(int64_t distance, int64_t window, unsigned clue)
{
    if (distance == INT64_MAX || distance <= window + RST_FIT_NEAR)
        return 0;
    return distance > 2 * window + RST_FIT_NEAR ? clue | RST_CLUE_FAR : clue;
}

/* Nothing was acknowledged yet. Right after its SYN a side sends no more than what fits into the SYN's packet and the
 * first flight; later, two segments of one direction prove a number, within the largest window that there is. */
static unsigned seq_clues_alone(const rst_direction_t *side, uint32_t seq)
{
    if (side->segments >= 2)
        return by_number(beyond(seq, side->nxt, side->nxt, 0), WINDOW_MOST, RST_CLUE_SEQ);
    /* A SYN-ACK may be that of a device in front of the host, which has numbers of its own. */
    return (side->known & (RST_DIRECTION_SYN | RST_DIRECTION_SYNACK)) == RST_DIRECTION_SYN ? RST_CLUE_SEQ | RST_CLUE_FAR
                                                                                           : 0;
}

/* A sequence number outside what the window and the data in flight allow. */
static unsigned seq_clues(const rst_direction_t *side, const rst_direction_t *peer, uint32_t seq)
{
    int64_t window;

    if (!(side->known & RST_DIRECTION_NXT) || rst_fit_is_near(seq, side->nxt))
        return 0;
    if (!(peer->known & RST_DIRECTION_ACKED))
        return seq_clues_alone(side, seq);
    window = window_of(peer, side);
    return by_number(beyond(seq, peer->acked, side->nxt, 2 * window + RST_FIT_NEAR), window, RST_CLUE_SEQ);
}

/* RFC 5961, section 5: SND.UNA - MAX.SND.WND =< SEG.ACK =< SND.NXT. What the peer sent may be missing from the capture,
 * but no more than a window of it. */
static unsigned ack_clues(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment)
{
    int64_t window;

    if (!(segment->flags & RST_FLAG_ACK) || !(side->known & RST_DIRECTION_ACKED) ||
        rst_fit_is_near(segment->ack, side->acked))
        return 0;
    if (!(peer->known & RST_DIRECTION_NXT))
        return 0;
    window = window_of(side, peer);
    return by_number(beyond(segment->ack, side->acked, peer->nxt, 2 * window + RST_FIT_NEAR), window, RST_CLUE_ACK);
}

/* The distances are kept by how often they were seen; one that settled is never forgotten for one that did not. A
 * low TTL was chosen by a program that explores the path. */
static bool is_elsewhere(const rst_direction_t *side, const rst_segment_t *segment)
{
    uint8_t hops;
    bool settled = false;

    if (!(segment->known & RST_HAS_IP) || segment->ttl == side->ttl)
        return false;
    hops = rst_hops(segment->ttl);
    if (segment->ttl <= RST_TTL_LOW)
        return false;
    for (unsigned i = 0; i < RST_DISTANCES; i++) {
        if (side->distance[i].seen < SETTLED)
            continue;
        if (side->distance[i].hops == hops || side->distance[i].hops == RST_HOPS_ABSURD)
            return false;
        settled = true;
    }
    return settled;
}

/* The clock ticked slowly so far. */
static bool ticks_slowly(const rst_direction_t *side)
{
    int64_t time = side->syn.pass_index ? rst_elapsed(side->syn, side->last) : RST_TIME_NONE;

    return time != RST_TIME_NONE && time >= RATE_AFTER &&
           (int64_t)(side->tsval - side->syn_tsval) <= time / RST_MILLISECOND * TICKS_SLOW;
}

/* RFC 7323, section 3.2: once negotiated, every segment but a reset bears a timestamp, and the clock never goes back.
 */
static bool has_odd_stamp(const rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at)
{
    int32_t step = (int32_t)(segment->tsval - side->tsval);
    int64_t elapsed;

    if (!(segment->known & RST_HAS_TIMESTAMP))
        return side->stamped >= SETTLED && !side->unstamped && (segment->known & RST_HAS_OPTIONS);
    if (!side->stamped)
        return side->unstamped >= SETTLED && (side->known & RST_DIRECTION_SYN) && !(side->known & RST_DIRECTION_CUT);
    if (rst_fit_ticks_on(side, segment))
        return false;
    elapsed = rst_elapsed(side->last, at);
    if (elapsed == RST_TIME_NONE)
        return false;
    return step < 0 ||
           step - RST_FIT_TICKS_AHEAD > elapsed / RST_MILLISECOND * (ticks_slowly(side) ? TICKS_SLOW : TICKS_FAST);
}

/* Asked last, because it costs more than all else. A sender that leaves the checksum to its network card shows none
 * that is right. */
static unsigned add_checksum(const rst_direction_t *side, const rst_segment_t *segment, unsigned clues)
{
    if (clues && (side->known & RST_DIRECTION_CHECKSUMS) && segment->checksum &&
        segment->checksum(segment->packet) == RST_CHECKSUM_BAD)
        clues |= RST_CLUE_CHECKSUM;
    return clues;
}

unsigned rst_fit_clues(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                       rst_moment_t at, bool merged)
{
    unsigned clues = seq_clues(side, peer, segment->seq) | ack_clues(side, peer, segment);

    if (!merged && is_elsewhere(side, segment))
        clues |= RST_CLUE_HOPS;
    if (has_odd_stamp(side, segment, at))
        clues |= RST_CLUE_TIMESTAMP;
    return add_checksum(side, segment, clues);
}

unsigned rst_fit_reset_clues(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment)
{
    /* The answer of a host that has no connection to a segment without ACK (RFC 9293, section 3.5.2). */
    if (segment->seq == 0 && (segment->flags & RST_FLAG_ACK) && !ack_clues(side, peer, segment))
        return 0;
    return add_checksum(side, segment, seq_clues(side, peer, segment->seq));
}

unsigned rst_fit_syn_clues(const rst_direction_t *side, const rst_segment_t *segment)
{
    return is_elsewhere(side, segment) ? RST_CLUE_HOPS : 0;
}

bool rst_fit_is_rewritten(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                          unsigned clues)
{
    if (clues == (RST_CLUE_SEQ | RST_CLUE_FAR))
        return (segment->flags & RST_FLAG_ACK) && (peer->known & RST_DIRECTION_NXT) &&
               rst_fit_is_near(segment->ack, peer->nxt);
    return clues == (RST_CLUE_ACK | RST_CLUE_FAR) && (side->known & RST_DIRECTION_NXT) &&
           rst_fit_is_near(segment->seq, side->nxt);
}

void rst_fit_learn(rst_direction_t *side, const rst_segment_t *segment, bool settled)
{
    uint8_t hops = rst_hops(segment->ttl);
    rst_distance_t *place = side->distance;

    if (!(segment->known & RST_HAS_IP) || (segment->ttl == side->ttl && side->segments > RST_DISTANCES && !settled))
        return;
    for (unsigned i = 0; i < RST_DISTANCES; i++) {
        if (side->distance[i].seen && side->distance[i].hops == hops) {
            place = &side->distance[i];
            break;
        }
        if (side->distance[i].seen < place->seen)
            place = &side->distance[i];
    }
    if (place->hops != hops || !place->seen) {
        if (place->seen >= SETTLED)
            return;
        *place = (rst_distance_t){hops, 0};
    }
    if (settled)
        place->seen = SETTLED;
    else if (place->seen < SETTLED)
        place->seen++;
}
