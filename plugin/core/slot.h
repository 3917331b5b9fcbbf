/* slot.h
 * The table of connections. Of most addresses and ports that a scan or a flood tries the capture shows one SYN and no
 * more: that SYN is kept in packed form, and only a second segment makes a connection of it.
 *
 * Bounds: RST_SLOTS_MAX addresses and ports, RST_CONNS_MAX connections. Beyond them new ones are not followed; their
 * resets get "cannot tell" and say why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SLOT_H
#define RST_SLOT_H

#include "rest.h"

#define RST_SLOTS_MAX 4000000
#define RST_CONNS_MAX 250000

/* What rst_side_take() needs of a SYN without payload; what is not here is zero. */
typedef struct rst_packed_syn {
    int64_t time;
    uint32_t visit, seq, tsval, link;
    uint16_t known, window, ip_id, mss;
    uint8_t flags, ttl, tos;
    uint8_t wscale : 4;
    uint8_t df : 1;
    uint8_t x; /* index of its sender, plus twice that of the interface (points.h) */
} rst_packed_syn_t;

typedef struct rst_slot {
    union {
        rst_conn_t *conn;
        rst_packed_syn_t syn;
        rst_rest_t rest;
    } as;
    uint32_t hash;     /* of the key, mixed with the table's secret */
    bool packed;       /* as.syn or as.rest, not as.conn */
    bool rests;        /* as.rest */
    uint8_t key_words; /* of key[] */
    uint64_t key[];    /* both addresses, smaller end first, and one word with ports and sizes */
} rst_slot_t;

#define RST_SLOTS_NEAR 2048

typedef struct rst_slots {
    GHashTable *table; /* rst_slot_t, keyed by itself */
    rst_slot_t *near[RST_SLOTS_NEAR]; /* found last, by the low bits of the hash: most segments find theirs here */
    uint32_t conns;
    uint32_t slots_max, conns_max;
    uint64_t secret; /* odd and random: a file cannot be made whose keys all collide */
    bool full;       /* something was turned away */
} rst_slots_t;

void rst_slots_open(rst_slots_t *slots);
void rst_slots_close(rst_slots_t *slots);

/* The slot of the segment's addresses and ports, made when it is new. NULL when the table is full. *x = index of the
 * sender. */
rst_slot_t *rst_slots_find(rst_slots_t *slots, const rst_segment_t *segment, unsigned *x, const rst_memory_t *memory);

/* Shrinks the connection of a slot to a summary and gives its memory back; nothing may point to it any more. */
void rst_slot_rest(rst_slots_t *slots, rst_slot_t *slot, const rst_memory_t *memory);

/* Makes the connection of a slot that rests whole again, as far as the summary goes. */
void rst_slot_wake(rst_slot_t *slot, rst_conn_t *conn, const rst_memory_t *memory);

/* The same without making one: NULL when there is none. */
rst_slot_t *rst_slots_peek(const rst_slots_t *slots, const rst_segment_t *segment, unsigned *x);

/* An ordinary SYN without payload or acknowledgment, the only segment that can be packed. */
bool rst_slot_can_pack(const rst_segment_t *segment);
/* x = index of the sender plus twice the interface's. */
void rst_slot_pack(rst_slot_t *slot, const rst_segment_t *segment, unsigned x, uint32_t visit);

/* The packed SYN as a segment again; like is any segment of the same connection, sent by side x. */
void rst_slot_unpack(const rst_packed_syn_t *syn, const rst_segment_t *like, unsigned x, rst_segment_t *segment);

#endif
