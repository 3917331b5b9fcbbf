/* segment.h
 * The facts of one TCP segment, as plain values: no pointer into a frame, no epan types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SEGMENT_H
#define RST_SEGMENT_H

#include "base/address.h"
#include "base/moment.h"

/* TCP flags as on the wire (RFC 9293, section 3.1). */
enum {
    RST_FLAG_FIN = 0x01,
    RST_FLAG_SYN = 0x02,
    RST_FLAG_RST = 0x04,
    RST_FLAG_PSH = 0x08,
    RST_FLAG_ACK = 0x10,
    RST_FLAG_URG = 0x20,
    RST_FLAG_ECE = 0x40,
    RST_FLAG_CWR = 0x80
};

/* Which facts are known. Tests on an unknown fact abstain. */
enum {
    RST_HAS_IP = 0x0001,      /* ttl and tos, from the packet itself */
    RST_HAS_IP_ID = 0x0002,   /* ip_id, df (IPv4 only) */
    RST_HAS_WINDOW = 0x0004,  /* window was captured (a short snap length may cut it off) */
    RST_HAS_OPTIONS = 0x0008, /* the whole option list was captured */
    RST_HAS_LENGTH = 0x0010,  /* len is exact; otherwise a lower bound */
    RST_HAS_MSS = 0x0020,
    RST_HAS_WSCALE = 0x0040,
    RST_HAS_SACK_OK = 0x0080,
    RST_HAS_TIMESTAMP = 0x0100,
    RST_HAS_SACK = 0x0200,      /* sack_left, sack_right of the first block */
    RST_HAS_MPTCP = 0x0400,     /* any MPTCP option (kind 30) */
    RST_HAS_FAST_OPEN = 0x0800, /* kind 34 */
    RST_HAS_AUTH = 0x1000,      /* MD5 signature (kind 19) or TCP-AO (kind 29) */
    RST_HAS_F5_CAUSE = 0x2000,  /* head is not payload but the cause from the trailer of a BIG-IP capture */
    RST_HAS_MORE = 0x4000,      /* more options than a timestamp, but cut off by the snap length */
    RST_HAS_MPTCP_OPEN = 0x8000 /* MP_CAPABLE or MP_JOIN (RFC 8684, sections 3.1 and 3.2) */
};

/* MPTCP options that explain a reset (RFC 8684, sections 3.5 and 3.6). */
enum { RST_MPTCP_NONE = 0, RST_MPTCP_FASTCLOSE = 7, RST_MPTCP_TCPRST = 8 };

typedef enum rst_checksum {
    RST_CHECKSUM_UNKNOWN, /* not all of the segment was captured, or a partial checksum of an offloading sender */
    RST_CHECKSUM_GOOD,
    RST_CHECKSUM_BAD
} rst_checksum_t;

/* Where the name of a server is from. */
typedef enum rst_named_by {
    RST_NAMED_BY_NOTHING,
    RST_NAMED_BY_TLS,   /* its client asked for it in a ClientHello */
    RST_NAMED_BY_HTTP,  /* in the Host line of its latest request */
    RST_NAMED_BY_PROXY, /* in its latest request, which is to be passed on there */
    RST_NAMED_BY_DNS,   /* its client had asked for the address of that name, with this answer */
    RST_NAMED_BY_MULTICAST,
    RST_NAMED_BY_LLMNR,
    RST_NAMED_BY_COUNT
} rst_named_by_t;

#define RST_HEAD_MAX 128 /* payload bytes kept of a reset */
#define RST_NAME_MAX 100 /* of a longer name, the beginning is kept */
#define RST_HEAD_DATA 24 /* payload bytes kept of any other segment */

typedef struct rst_segment {
    uint32_t frame;     /* frame number on this pass, > 0 */
    uint32_t interface; /* interface and section of the file; equal = the same one */
    uint32_t link;      /* hash of link-layer source, VLAN and interface, to tell copies apart; 0 = unknown */
    uint32_t known;     /* RST_HAS_* */
    int64_t time;       /* nanoseconds since the epoch, or RST_TIME_NONE */
    rst_address_t src, dst;
    uint16_t sport, dport;
    uint32_t seq, ack; /* raw numbers; ack as in the header even if the ACK flag is clear */
    uint32_t len;      /* payload bytes by the IP length, not counting SYN and FIN */
    uint16_t window;   /* raw, unscaled */
    uint16_t ip_id;
    uint16_t snapped; /* bytes that were captured of the frame, 0 = all of them */
    uint8_t flags;
    uint8_t ttl; /* TTL or hop limit */
    uint8_t tos;
    uint8_t wscale; /* shift count, 0..14 */
    bool df;
    uint8_t mptcp;        /* RST_MPTCP_* seen in this segment */
    uint8_t mptcp_reason; /* of MP_TCPRST */
    uint8_t mptcp_flags;  /* U, V, W, T of MP_TCPRST */
    uint16_t mss;
    uint32_t tsval, tsecr;
    uint32_t sack_left, sack_right;
    /* Computes the TCP checksum, which costs more than all else: only where it matters. Called while the segment is
     * fed, never later; NULL = cannot be computed. */
    rst_checksum_t (*checksum)(const void *packet);
    const void *packet;
    uint16_t head_len;
    uint8_t name_len;           /* of the server that a TLS ClientHello or an HTTP request asks for, 0 = none */
    uint8_t named_by;           /* rst_named_by_t */
    uint8_t head[RST_HEAD_MAX]; /* first head_len payload bytes; the rest is uninitialized */
    uint8_t name[RST_NAME_MAX]; /* first name_len bytes */
} rst_segment_t;

/* Sequence space that the segment takes up: SYN and FIN count one each. */
static inline uint32_t rst_segment_space(const rst_segment_t *seg)
{
    return seg->len + !!(seg->flags & RST_FLAG_SYN) + !!(seg->flags & RST_FLAG_FIN);
}

/* As it stands in the header; 0 also where a short snap length cut it off. */
static inline uint16_t rst_segment_window(const rst_segment_t *seg)
{
    return (seg->known & RST_HAS_WINDOW) ? seg->window : 0;
}

#endif
