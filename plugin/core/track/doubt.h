/* doubt.h
 * Segments with one clue against them: held until something confirms them.
 *
 * A route changes, a load balancer uses two paths, a device strips an option: then the peer acknowledges the data, the
 * side goes on where it ends, or one segment after the other looks like that. What a forger adds is neither taken by
 * the peer nor continued by the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DOUBT_H
#define RST_DOUBT_H

#include "track/direction.h"

#define RST_DOUBT_RUN 3 /* this many in a row, without any that fits in between, are a change for good */

struct rst_doubt {
    uint8_t run;       /* segments held, the oldest first */
    uint8_t confirmed; /* acknowledgments that the side's fitting segments repeated later */
    uint8_t clues;     /* RST_CLUE_* of those held */
    rst_segment_t segment[RST_DOUBT_RUN];
    rst_moment_t at[RST_DOUBT_RUN];
};

/* Holds a doubtful segment. Returns false if it cannot, because as many as fit are held: then they are to be believed,
 * and so is this one. */
bool rst_doubt_hold(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                    const rst_memory_t *memory);

/* Does this acknowledgment of the peer, which may be a reset, cover what is held of the side? */
bool rst_doubt_is_acknowledged(const rst_direction_t *side, const rst_segment_t *segment);

/* Does the side go on where what is held ends? If not, the held segments are dropped. The segment fits. */
bool rst_doubt_is_continued(rst_direction_t *side, const rst_segment_t *segment);

/* Empties the doubt into a copy, whose segments are to be taken now, and makes sure that the like fits from now on. */
rst_doubt_t rst_doubt_believe(rst_direction_t *side);

/* TTL of the latest held segment if only its distance is in doubt and it has no payload; 0 = there is none. */
uint8_t rst_doubt_ttl(const rst_direction_t *side);

#endif
