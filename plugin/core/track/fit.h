/* fit.h
 * Does a segment fit the side whose address it bears?
 *
 * Anybody can write an address. What somebody else does not know, or cannot choose, gives the packet away: sequence and
 * acknowledgment numbers, the distance, the timestamp, and the checksum if a device wrote the packet anew. What is not
 * known is no clue: where a side has no history, everything fits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRACK_FIT_H
#define RST_TRACK_FIT_H

#include "answer/foreign.h"
#include "track/direction.h"

/* What speaks against a segment (RST_CLUE_*), no SYN and no reset, that bears the address of side. Asked before the
 * segment changes anything. merged = the file shows the connection from two places, so that distances differ. */
unsigned rst_fit_clues(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                       rst_moment_t at, bool merged);

#define RST_FIT_NEAR 65535          /* a window without scaling: numbers this near are not worth a question */
#define RST_FIT_TICKS_BACK 65536    /* reordering, and stacks that stamp a retransmission with its first time */
#define RST_FIT_TICKS_AHEAD 1048576 /* a second of a clock with microseconds */

static inline bool rst_fit_is_near(uint32_t number, uint32_t other)
{
    return number - other + RST_FIT_NEAR <= 2 * RST_FIT_NEAR;
}

static inline bool rst_fit_ticks_on(const rst_direction_t *side, const rst_segment_t *segment)
{
    return segment->tsval - side->tsval + RST_FIT_TICKS_BACK <= RST_FIT_TICKS_BACK + RST_FIT_TICKS_AHEAD;
}

/* Nothing speaks against nearly all segments, and this says so at once. False = ask for the clues. */
static inline bool rst_fit_is_plain(const rst_direction_t *side, const rst_segment_t *segment)
{
    bool stamped = (segment->known & RST_HAS_TIMESTAMP) != 0;

    return (rst_fit_is_near(segment->seq, side->nxt) || !(side->known & RST_DIRECTION_NXT)) &&
           (rst_fit_is_near(segment->ack, side->acked) || !(side->known & RST_DIRECTION_ACKED)) &&
           (segment->ttl == side->ttl || !(segment->known & RST_HAS_IP) || side->segments < 2) &&
           (stamped ? side->stamped && rst_fit_ticks_on(side, segment) : !side->stamped);
}

/* The same for a reset. Many stacks send resets without a timestamp and from another initial TTL, so only the numbers
 * and the checksum count. */
unsigned rst_fit_reset_clues(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment);

/* The same for a SYN or SYN-ACK of a connection that has begun: only the distance tells. */
unsigned rst_fit_syn_clues(const rst_direction_t *side, const rst_segment_t *segment);

/* Is one of the numbers wrong and the other, which somebody off the path cannot know, right? Then a device on the path
 * may have changed it. */
bool rst_fit_is_rewritten(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                          unsigned clues);

/* Learns the distance of a segment that was taken; settled = it is known to be the side's. */
void rst_fit_learn(rst_direction_t *side, const rst_segment_t *segment, bool settled);

#endif
