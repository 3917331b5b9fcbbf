/* direction.h
 * What is known of one direction of a connection: of what one side sends. Names follow RFC 9293, section 3.3.1.
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
#include "track/sizes.h"
#include "track/unanswered.h"

enum { /* which members are valid, and what else is known */
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
       /* the peer completed the handshake, or acknowledged data: a conversation, and not just packets that bear an
        * address (engine/proof.c) */
       RST_DIRECTION_PROVED = 0x1000,
       RST_DIRECTION_CHECKSUMS = 0x2000, /* its SYN bore a right checksum: no network card fills it in later */
       RST_DIRECTION_FASTCLOSE = 0x4000, /* sent MP_FASTCLOSE (RFC 8684, section 3.5) */
       RST_DIRECTION_CUT = 0x8000,       /* the options of its SYN were not captured */
       /* from here on: never set in a connection of which a summary is kept (closed_summary.h) */
       /* advertised less than a quarter of its largest window, and has not returned to half of it */
       RST_DIRECTION_SHRUNK = 0x10000,
       RST_DIRECTION_SACK = 0x20000, /* sack_right is beyond acked */
       /* its SYN asks for MPTCP; or later options do, if the SYN or its options were not captured */
       RST_DIRECTION_MPTCP = 0x40000,
       RST_DIRECTION_MIRRORS_ID = 0x80000, /* a packet of it bore the IP ID of the other side's latest one */
       RST_DIRECTION_UNCAPTURED = 0x100000 /* the peer acknowledged what the capture does not show */
};

/* A hop distance that the side was seen at. Two segments that agree settle it. */
typedef struct rst_distance {
    uint8_t hops, seen;
} rst_distance_t;

#define RST_ID_STEP_MAX 64 /* packets of other connections that may come between two packets of this one */
#define RST_ID_NEXT 4   /* IP IDs that follow each other this closely come from one counter; by chance once in 16000 */
#define RST_DISTANCES 3 /* load sharing over more paths is rare */

/* Segments in a row whose numbers alone are foreign, and that continue each other (gap.h). */
typedef struct rst_gap {
    uint32_t seq, ack; /* where the latest one ends, and what it acknowledges */
    uint32_t run;      /* 0 = none */
} rst_gap_t;

typedef struct rst_doubt rst_doubt_t;

typedef struct rst_direction {
    uint32_t known; /* RST_DIRECTION_* */
    uint32_t isn;
    uint32_t first_isn; /* of the first SYN or SYN-ACK: several hosts may answer one SYN */
    uint32_t nxt;       /* SND.NXT: one beyond the highest sequence number sent */
    uint32_t acked;     /* highest ACK sent, the best lower bound known for RCV.NXT */
    uint32_t fin_seq;   /* the number after the FIN */
    uint32_t segments;  /* not counting resets and copies */
    uint32_t data_segments;
    uint32_t pure_acks;
    uint32_t copies;        /* segments that the capture contains twice */
    uint32_t out_of_window; /* segments far outside the peer's window, not accepted by it */
    rst_moment_t out_of_window_last;
    uint32_t gaps;         /* times that segments turned out to be missing from the capture */
    rst_moment_t gap_last; /* when the latest of them did */
    uint64_t bytes;        /* payload, not counting retransmissions */
    uint32_t unanswered;   /* payload sent since the peer's last payload */
    uint32_t unanswerable; /* payload sent since the peer's FIN */
    uint32_t latest_bytes; /* payload of its latest segment with new payload */
    uint32_t window;       /* last advertised, scale applied */
    uint32_t window_max;
    uint16_t raw_window;  /* last advertised, as in the header */
    uint16_t raw_changes; /* how often it changed after the SYN */
    uint32_t sack_right;  /* highest right edge acknowledged selectively */
    uint16_t synacks;     /* transmissions of the SYN-ACK */
    uint16_t ip_id, ip_id_changes;
    uint16_t ip_id_steps; /* changes that are small steps forward, as of a counter */
    uint16_t mss;
    uint8_t wscale;
    uint8_t hop_min, hop_max;   /* hop distance of its segments, not counting resets */
    uint8_t ttl;                /* of the latest segment */
    uint8_t stamped, unstamped; /* segments with and without a timestamp, up to 2 */
    rst_distance_t distance[RST_DISTANCES];
    rst_gap_t gap;
    uint8_t foreign_clues; /* RST_CLUE_* of the latest foreign segment */
    uint32_t foreign;      /* segments with this side's address that do not fit it (fit.h) */
    rst_moment_t foreign_last;
    rst_doubt_t *doubt;   /* segments held (doubt.h); NULL = never; shared by all copies of the direction */
    uint8_t syn_ttl;      /* of the first SYN, 0 = unknown */
    bool data_at_syn_ttl; /* a segment with payload had the TTL of the SYN */
    uint8_t syn_flags;
    uint8_t message;              /* rst_message_t of the latest payload */
    uint32_t syn_tsval, syn_link; /* of the first SYN */
    uint16_t syn_window;
    bool syn_bare;    /* the SYN had no options, or only MSS: no ordinary system sends that */
    bool syn_options; /* the SYN asked for Fast Open, MPTCP, ECN or a signature */
    uint32_t tsval;
    rst_moment_t first, last, last_data, syn, fin, zero_window;
    rst_moment_t syn_kept;      /* first time that it repeated its SYN after a bare reset with its address */
    int64_t woke;               /* longest silence, in ns, that it ended since the peer last sent something */
    int64_t survived;           /* longest silence, in ns, that the peer ended and after which it went on */
    rst_moment_t old_duplicate; /* latest data sent again after both FINs although the peer had acknowledged it */
    int64_t rtt;                /* shortest time, at the capture point, for this side to acknowledge a segment */
    uint16_t rtt_samples;
    uint32_t timed_seq; /* end of the segment being timed; valid while timed is set */
    rst_moment_t timed;
    rst_retransmission_t retransmission;
    rst_sizes_t sizes;
    rst_probes_t keepalive, window_probe;
    rst_ring_t ring;
    /* the latest segment that was foreign or doubtful, and so changed nothing: a host may answer it all the same. NULL
     * = none; shared by all copies of the direction */
    rst_recent_segment_t *stray;
} rst_direction_t;

/* Hop distance, assuming the nearest common initial TTL above (32, 64, 128, 255). 255 = no stack starts from a TTL that
 * would explain this one, or an application chose it (TTL 1 between routers): tests on it abstain. */
uint8_t rst_hops(uint8_t ttl);

#define RST_HOPS_ABSURD 255
#define RST_TTL_LOW 32 /* no common stack starts so low that this would be left of a path: a program chose it */

#define RST_COPY_SPAN_CONSTANT INT64_C(20000000) /* ns; no stack retransmits that soon */

/* Does the capture show both directions, and more than SYNs, FINs and resets? A capture filter on these flags leaves
 * nothing else, and then neither sequence numbers nor silence say anything about what was sent. */
bool rst_directions_talk(const rst_direction_t *a, const rst_direction_t *b);

/* Does it send or acknowledge something new? Most segments do, and such a segment cannot have a copy in the ring. */
bool rst_direction_is_news(const rst_direction_t *side, const rst_segment_t *segment);

/* Is the segment in the ring already, recorded twice by the capture? */
bool rst_direction_is_copy(const rst_direction_t *side, const rst_segment_t *segment, const rst_prefs_t *prefs);

/* Segments of this side are missing from the capture. */
static inline void rst_direction_note_gap(rst_direction_t *side, rst_moment_t at)
{
    side->gaps++;
    side->gap_last = at;
}

/* Updates both directions for a segment (not a reset, not a copy) that side sent. at = the current moment, idle = ns
 * since the connection's previous segment. */
void rst_direction_take(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at,
                        int64_t idle, const rst_memory_t *memory);

/* Keeps a segment that changes nothing as something that a reset may answer. */
void rst_direction_set_aside(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                             const rst_memory_t *memory);

/* Keeps a segment of which only one of the numbers does not fit, next to those before it. */
void rst_direction_take_rewritten(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                                  const rst_memory_t *memory);

/* How long nothing was sent before its FIN, in ns: a program's timer. */
static inline int64_t rst_silence_before_fin(const rst_direction_t *side)
{
    return side->last_data.pass_index && side->last_data.pass_index < side->fin.pass_index
               ? rst_elapsed(side->last_data, side->fin)
               : RST_TIME_NONE;
}

/* Both SYNs were acknowledged, or the capture shows segments that only an open connection sends. */
bool rst_directions_synchronized(const rst_direction_t *client, const rst_direction_t *server);

#endif
