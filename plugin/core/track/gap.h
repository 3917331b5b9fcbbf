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
bool rst_gap_is_bridged(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, unsigned clues,
                        bool silent);

/* Call before a segment is taken: where what is known of the two sides does not agree, the segment may decide. */
void rst_gap_anchor(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment);

/* A segment of either side fits: the connection goes on where it was. */
void rst_gap_forget(rst_direction_t *side, rst_direction_t *peer);

#endif
