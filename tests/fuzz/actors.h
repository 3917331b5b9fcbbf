/* actors.h
 * The hosts of a scene: what each side of each connection has sent, and its next segment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_ACTORS_H
#define RST_FUZZ_ACTORS_H

#include <stddef.h>

#include "facts/segment.h"

#define ACTORS_TUPLES 8
#define ACTORS_SHIFTS 16 /* connections of a tuple, one after the other or at once */

/* What a repetition changes in the tuple. */
typedef enum actors_shift { SHIFT_NOTHING, SHIFT_CLIENT_PORT, SHIFT_SERVER_PORT, SHIFT_CLIENT } actors_shift_t;

/* What the codes refer to in a direction. */
typedef struct actors_side {
    uint32_t isn, nxt, latest, ack, reset, tsval;
    uint16_t ip_id;
    uint8_t ttl;
    uint8_t link;
    bool stamps;
    bool sent;
    uint32_t latest_len;
    uint8_t latest_flags;
} actors_side_t;

typedef struct actors_conn {
    uint32_t run; /* the fields are of this run, otherwise stale */
    rst_address_t address[2];
    uint16_t port[2];
    actors_side_t side[2]; /* client, server */
} actors_conn_t;

/* What the next segment alone has. */
typedef struct actors_dress {
    uint32_t known;
    uint8_t tos, mptcp, mptcp_reason, mptcp_flags;
    uint8_t payload; /* number of a text, from 1; 0 = none */
    bool window_set;
    uint16_t window;
    uint8_t sack;
    int8_t stamp_off; /* in units of 4096 */
    rst_checksum_t checksum;
} actors_dress_t;

typedef struct actors {
    uint32_t run;
    bool ipv6;
    bool stamps;   /* everybody begins with timestamps */
    uint32_t base; /* first sequence numbers */
    unsigned shift;
    actors_shift_t shift_kind;
    actors_dress_t dress;
    actors_conn_t conn[ACTORS_TUPLES][ACTORS_SHIFTS];
} actors_t;

/* One segment, as a step asks for it. */
typedef struct actors_order {
    unsigned tuple;
    bool reverse; /* from the server */
    uint8_t flags;
    uint8_t numbers; /* codes of sequence number and acknowledgment, 4 bits each */
    uint32_t len;
    uint8_t looks; /* LOOKS_ */
    uint8_t operand;
    int64_t time;
} actors_order_t;

enum {
    LOOKS_TTL = 0x10,    /* another TTL */
    LOOKS_IP_ID = 0x20,  /* an IP ID out of turn */
    LOOKS_WINDOW = 0x40, /* another window */
    LOOKS_CUT = 0x80     /* some facts are missing */
};

/* Empties the stage. */
void actors_open(actors_t *actors, bool ipv6, uint32_t base);

actors_conn_t *actors_conn(actors_t *actors, unsigned tuple);

/* Makes the segment and remembers it. */
void actors_send(actors_t *actors, const actors_order_t *order, rst_segment_t *segment);

#endif
