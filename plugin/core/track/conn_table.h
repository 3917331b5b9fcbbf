/* conn_table.h
 * The table of connections. Of most addresses and ports that a scan or a flood tries the capture shows one SYN and no
 * more: that SYN is kept in packed form, and only a second segment makes a connection of it.
 *
 * Bounds: RST_CONN_ENTRIES_MAX addresses and ports, RST_CONNS_MAX connections. Beyond them new ones are not followed;
 * their resets get "cannot tell" and say why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONN_TABLE_H
#define RST_CONN_TABLE_H

#include "track/closed_summary.h"

#define RST_CONN_ENTRIES_MAX 4000000
#define RST_CONNS_MAX 250000

/* What rst_direction_take() needs of a SYN without payload; what is not here is zero. */
typedef struct rst_packed_syn {
    int64_t time;
    uint32_t pass_index, seq, tsval, link;
    uint16_t known, window, ip_id, mss;
    uint8_t flags, ttl, tos;
    uint8_t wscale : 4;
    uint8_t df : 1;
    uint8_t from; /* index of its sender, plus twice that of the interface (points/interfaces.h) */
} rst_packed_syn_t;

typedef struct rst_conn_entry {
    union {
        rst_conn_t *conn;
        rst_packed_syn_t syn;
        rst_closed_summary_t summary;
    } as;
    uint32_t hash;        /* of the key, mixed with the table's secret */
    bool packed;          /* as.syn or as.rest, not as.conn */
    bool closed_long_ago; /* as.rest */
    uint8_t key_words;    /* of key[] */
    uint64_t key[];       /* both addresses, smaller end first, and one word with ports and sizes */
} rst_conn_entry_t;

#define RST_CONN_TABLE_NEAR 2048

typedef struct rst_conn_table {
    GHashTable *table; /* rst_conn_entry_t, keyed by itself */
    rst_conn_entry_t
        *near[RST_CONN_TABLE_NEAR]; /* found last, by the low bits of the hash: most segments find theirs here */
    uint32_t conns;
    uint32_t entries_max, conns_max;
    uint64_t secret; /* odd and random: a file cannot be made whose keys all collide */
    bool full;       /* something was turned away */
} rst_conn_table_t;

void rst_conn_table_open(rst_conn_table_t *table);
void rst_conn_table_close(rst_conn_table_t *table);

/* The slot of the segment's addresses and ports, made when it is new. NULL when the table is full. *from = index of the
 * sender. */
rst_conn_entry_t *rst_conn_table_find(rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from,
                                      const rst_memory_t *memory);

/* Shrinks the connection of a slot to a summary and gives its memory back; nothing may point to it any more. */
void rst_conn_entry_close(rst_conn_table_t *table, rst_conn_entry_t *entry, const rst_memory_t *memory);

/* Makes the connection of a slot that closed_long_ago whole again, as far as the summary goes. */
void rst_conn_entry_restore(rst_conn_entry_t *entry, rst_conn_t *conn, const rst_memory_t *memory);

/* The same without making one: NULL when there is none. */
rst_conn_entry_t *rst_conn_table_peek(const rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from);

/* An ordinary SYN without payload or acknowledgment, the only segment that can be packed. */
bool rst_conn_entry_can_pack(const rst_segment_t *segment);
/* x = index of the sender plus twice the interface's. */
void rst_conn_entry_pack(rst_conn_entry_t *entry, const rst_segment_t *segment, unsigned from, uint32_t pass_index);

/* The packed SYN as a segment again; like is any segment of the same connection, sent by side x. */
void rst_conn_entry_unpack(const rst_packed_syn_t *syn, const rst_segment_t *like, unsigned from,
                           rst_segment_t *segment);

#endif
