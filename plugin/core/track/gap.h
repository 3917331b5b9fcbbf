/* gap.h
 * Numbers that a capture has missed.
 *
 * A capture that loses more than a window, or that shows one direction only, finds the hosts at numbers that they
 * cannot have reached by what it knows. Such segments look like their side's own in all else, and they continue each
 * other, while nothing else comes from either host. What somebody sends who does not know the numbers does neither.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_GAP_H
#define RST_GAP_H

#include "track/direction.h"

/* Does this foreign segment of the side show that the capture has a gap? Then its numbers are the side's from now on.
 * silent = nothing else was heard of the connection for long. */
bool rst_gap_is_bridged(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at,
                        unsigned clues, bool silent);

#define RST_GAP_FAR 0x10000000u /* further than what is in flight on any path */

static inline bool rst_gap_is_far(uint32_t number, uint32_t other)
{
    return number - other + RST_GAP_FAR > 2 * RST_GAP_FAR;
}

/* Does what is known of the two sides not agree? */
static inline bool rst_gap_is_open(const rst_direction_t *side, const rst_direction_t *peer)
{
    return rst_gap_is_far(side->nxt, peer->acked) || rst_gap_is_far(side->acked, peer->nxt);
}

/* Call before a segment is taken: where what is known of the two sides does not agree, the segment may decide. */
void rst_gap_anchor(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at);

#endif
