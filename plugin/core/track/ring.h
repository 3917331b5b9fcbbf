/* ring.h
 * The latest segments of one direction, as candidates for what a reset answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RING_H
#define RST_RING_H

#include "base/memory.h"
#include "base/moment.h"
#include "facts/segment.h"

/* A segment that the peer may answer with a reset. */
typedef struct rst_recent_segment {
    rst_moment_t moment;
    int64_t idle; /* ns since the segment before it in either direction; 0 = unknown */
    uint32_t seq, ack, len, space, link, tsecr;
    uint16_t window, ip_id;
    uint8_t flags, ttl, tos, message;
    uint8_t clues;  /* RST_CLUE_*: what does not fit the side whose address it bears; 0 = it fits */
    bool answered;  /* a reset has been matched to it */
    bool keepalive; /* takes no new sequence space: SEQ = SND.NXT - 1 */
    bool timestamp; /* tsecr is valid */
    bool repeated;  /* starts below SND.NXT: a retransmission; or repeats the ACK of the peer's FIN after its own FIN */
} rst_recent_segment_t;

#define RST_RING_SMALL 4
#define RST_RING_LARGE 16

/* The latest segments of one direction, oldest overwritten first. */
typedef struct rst_ring {
    rst_recent_segment_t *slot; /* NULL until the first segment */
    uint8_t size, used, next;
} rst_ring_t;

/* The segment that is age steps old (0 = latest), NULL beyond the end. */
rst_recent_segment_t *rst_ring_at(const rst_ring_t *ring, unsigned age);

/* When a segment that starts here was sent before, as far as the ring remembers from this age on. Probes do not count.
 */
rst_moment_t rst_ring_sent_before(const rst_ring_t *ring, uint32_t seq, unsigned youngest);

/* Room for one more, all zeros. */
rst_recent_segment_t *rst_ring_push(rst_ring_t *ring, const rst_memory_t *memory);

/* Copies the facts of a segment into a slot that is all zeros. */
void rst_recent_segment_fill(rst_recent_segment_t *slot, const rst_segment_t *segment, rst_moment_t at);

/* Same numbers, length, flags and window; IP ID and times are not compared. */
bool rst_recent_segment_is(const rst_recent_segment_t *old, const rst_segment_t *segment);

#endif
