/* unanswered.h
 * What a side sent and the other has not answered: the oldest unacknowledged segment with its retransmissions,
 * keepalive and window probes. The work per segment is constant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_UNANSWERED_H
#define RST_UNANSWERED_H

#include "track/ring.h"

/* A segment that the peer has not acknowledged, and its retransmissions. Copies are recognized by where they start,
 * because a retransmission may be shorter or longer than the original (RFC 9293, section 3.10.8). */
typedef struct rst_retransmission {
    uint32_t seq;
    uint32_t space;      /* sequence space of the longest copy */
    uint32_t latest;     /* of the latest copy */
    uint16_t copies;     /* transmissions, including the first; 0 = nothing outstanding */
    uint16_t peer_alive; /* peer's segments after the second copy that still ask for seq */
    uint8_t flags;       /* of the latest copy */
    rst_moment_t first, last;
    int64_t gap;        /* between the last two copies, ns; 0 = fewer than two */
    int64_t gap_before; /* the interval before that one */
} rst_retransmission_t;

/* Keepalive or zero-window probes sent since the peer last answered. */
typedef struct rst_probes {
    uint16_t count;
    rst_moment_t first, last;
    int64_t gap_min, gap_max; /* 0 until there are two probes */
} rst_probes_t;

void rst_probes_count(rst_probes_t *probes, rst_moment_t at);

/* In a capture that begins late, keepalive probes look like equal bare ACKs (or single bytes), until SND.NXT shows: are
 * the latest segments of the ring such probes, one below it, and the other side silent since then (its latest segment
 * is given)? At least two, and further apart than duplicate ACKs are. */
bool rst_probes_reveal(const rst_ring_t *ring, uint32_t nxt, rst_moment_t peer, rst_probes_t *probes);

/* Follows the oldest unacknowledged segment, the only one whose retransmission timer can end the connection. For an
 * unacknowledged segment that is the latest of the ring. again = it starts below SND.NXT; unseen = the capture shows no
 * acknowledgments, so the segment that is repeated must be the oldest one. Returns whether it is a repetition. */
bool rst_retransmission_take(rst_retransmission_t *retx, const rst_ring_t *ring, bool again, bool unseen);

/* A FIN is no answer to the copies: its program has closed. */
void rst_retransmission_take_ack(rst_retransmission_t *retx, const rst_segment_t *segment);

#endif
