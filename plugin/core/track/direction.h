/* direction.h
 * What is known of one direction of a connection. Names follow RFC 9293, section 3.3.1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DIRECTION_H
#define RST_DIRECTION_H

#include "base/memory.h"
#include "base/moment.h"
#include "facts/payload.h"
#include "facts/prefs.h"
#include "facts/segment.h"
#include "track/ring.h"

/* One segment and its copies while the peer has not acknowledged it. The start counts, not the length: a copy may be
 * shorter or longer than the first (RFC 9293, section 3.10.8). */
typedef struct rst_retransmission {
    uint32_t seq;
    uint32_t space;      /* sequence space of the longest copy */
    uint16_t copies;     /* transmissions, the first included; 0 = nothing outstanding */
    uint16_t peer_alive; /* segments of the peer that ask for seq again after the second copy */
    uint8_t flags;       /* of the latest copy */
    rst_moment_t first, last;
    int64_t gap;        /* between the last two copies, ns; 0 = fewer than two */
    int64_t gap_before; /* between the two before */
} rst_retransmission_t;

/* Keepalive or zero-window probes since the peer last answered. */
typedef struct rst_probes {
    uint16_t count;
    rst_moment_t first, last;
    int64_t gap_min, gap_max; /* 0 until two probes were seen */
} rst_probes_t;

enum { /* what of a side is valid */
       RST_DIRECTION_NXT = 0x0001,
       RST_DIRECTION_ACKED = 0x0002,
       RST_DIRECTION_SYN = 0x0004, /* isn is known, from a SYN or SYN-ACK */
       RST_DIRECTION_SYNACK = 0x0008,
       RST_DIRECTION_FIN = 0x0010,
       RST_DIRECTION_WINDOW = 0x0020,
       RST_DIRECTION_WSCALE = 0x0040,
       RST_DIRECTION_TIMESTAMPS = 0x0080,
       RST_DIRECTION_ZERO_WINDOW = 0x0100,
       RST_DIRECTION_IP_ID = 0x0200,
       RST_DIRECTION_HOPS = 0x0400,
       RST_DIRECTION_RTT = 0x0800,
       RST_DIRECTION_SHRUNK =
           0x1000, /* advertises less than a quarter of its largest window, and not yet half of it again */
       RST_DIRECTION_SACK = 0x2000,     /* sack_right lies beyond acked */
       RST_DIRECTION_FASTCLOSE = 0x4000 /* sent MP_FASTCLOSE (RFC 8684, section 3.5) */
};

typedef struct rst_direction {
    uint32_t known; /* RST_SIDE_* */
    uint32_t isn;
    uint32_t nxt;      /* SND.NXT: one beyond the highest sequence number sent */
    uint32_t acked;    /* highest ACK sent, the best known lower bound of RCV.NXT */
    uint32_t fin_seq;  /* one beyond the FIN */
    uint32_t segments; /* resets and copies not counted */
    uint32_t data_segments;
    uint32_t pure_acks;
    uint32_t copies;        /* segments that the capture holds twice */
    uint32_t out_of_window; /* segments far outside the peer's window that the peer did not take */
    rst_moment_t out_of_window_last;
    uint32_t gaps;       /* segments of this side that are missing from the capture */
    uint64_t bytes;      /* payload, retransmissions not counted */
    uint32_t unanswered; /* payload of this side since the peer's last payload */
    uint32_t window;     /* advertised last, unscaled */
    uint32_t window_max;
    uint16_t raw_window;  /* advertised last, as in the header */
    uint16_t raw_changes; /* how often that changed after the SYN */
    uint32_t sack_right;  /* highest edge that it acknowledged selectively */
    uint16_t synacks;     /* transmissions of the SYN-ACK */
    uint16_t ip_id, ip_id_changes;
    uint16_t mss;
    uint8_t wscale;
    uint8_t hop_min, hop_max; /* hop distance of its segments, resets left out */
    uint8_t ttl;              /* of the latest segment */
    uint8_t syn_ttl;          /* of the first SYN, 0 = unknown */
    bool data_at_syn_ttl;     /* payload bore the TTL of its SYN */
    uint8_t syn_flags;
    uint8_t message;              /* rst_message_t of the latest payload */
    uint32_t syn_tsval, syn_link; /* of the first SYN */
    uint16_t syn_window;
    bool syn_bare;    /* the SYN had no option but perhaps MSS: no ordinary system sends that */
    bool syn_options; /* the SYN asked for Fast Open, MPTCP, ECN or a signature */
    uint32_t tsval;
    rst_moment_t first, last, last_data, syn, fin, zero_window;
    rst_moment_t old_duplicate; /* latest data that the peer had acknowledged long ago, after both FINs */
    int64_t rtt;                /* shortest time until this side acknowledged something, seen at the capture point */
    uint16_t rtt_samples;
    uint32_t timed_seq; /* end of the segment that is being timed; valid while timed is set */
    rst_moment_t timed;
    rst_retransmission_t retransmission;
    rst_probes_t keepalive, window_probe;
    rst_ring_t ring;
} rst_direction_t;

/* Hop distance by the next common initial TTL above (32, 64, 128, 255); 255 = a TTL that no stack starts from, or
 * one chosen by the application (TTL 1 between routers): tests on it abstain. */
uint8_t rst_hops(uint8_t ttl);

#define RST_HOPS_ABSURD 255

#define RST_COPY_SPAN_CONSTANT INT64_C(20000000) /* ns; no stack retransmits that soon */

/* Does the capture show both, and more than SYN, FIN and resets? Filters on these flags leave nothing else, and then
 * neither numbers nor silence tell what the two have sent. */
bool rst_directions_talk(const rst_direction_t *a, const rst_direction_t *b);

/* Sends or acknowledges what the side had not before: most segments do, and none of those is in the ring. */
bool rst_direction_is_news(const rst_direction_t *side, const rst_segment_t *segment);

/* Is the segment a second copy, by the capture, of one in the ring of its side? */
bool rst_direction_is_copy(const rst_direction_t *side, const rst_segment_t *segment, const rst_prefs_t *prefs);

/* Adds a segment (not a reset, not a copy) of side to the state of both sides. at = the current moment, idle = ns since
 * the connection's previous segment. */
void rst_direction_take(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at,
                        int64_t idle, const rst_memory_t *memory);

/* Both SYNs were acknowledged, or the capture shows what only an open connection sends. */
bool rst_directions_synchronized(const rst_direction_t *client, const rst_direction_t *server);

#endif
