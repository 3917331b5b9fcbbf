/* conn_table.h
 * The table of connections. In a scan or a flood, most addresses and ports show a single SYN: it is kept in packed form
 * and becomes a connection only with a second segment. When memory is used up, entries give way (keep.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONN_TABLE_H
#define RST_CONN_TABLE_H

#include "base/siphash.h"
#include "track/connection.h"
#include "track/keep.h"

/* What rst_direction_take() needs of a SYN without payload; all other members of the segment are zero. */
typedef struct rst_packed_syn {
    int64_t time;
    uint32_t pass_index, seq, tsval, link;
    uint16_t known, window, ip_id, mss;
    uint8_t flags, ttl, tos;
    uint8_t wscale : 4;
    uint8_t df : 1;
    uint8_t from; /* index of its sender, plus twice the index of the interface (points/interfaces.h) */
} rst_packed_syn_t;

#define RST_FOLDED_ROOM 38

/* A connection that has ended, as what distinguishes it from others (engine/fold.h). */
typedef struct rst_folded_conn {
    uint8_t kind, size;
    uint8_t bytes[RST_FOLDED_ROOM]; /* or where they are, if there are more */
} rst_folded_conn_t;

typedef struct rst_conn_entry {
    rst_keep_item_t item;
    union {
        rst_conn_t *conn;
        rst_packed_syn_t syn;
        rst_folded_conn_t folded;
    } as;
    uint32_t hash;        /* of the key, by the table's secret */
    bool packed;          /* as.syn or as.folded, not as.conn */
    bool closed_long_ago; /* as.folded is a summary (closed_summary.h) */
    bool folded;          /* as.folded is all that was known, with a reset */
    bool ghost;           /* as.syn, and something of these addresses and ports had to go before */
    uint8_t key_words;    /* of key[] */
    uint64_t key[];       /* both addresses, smaller endpoint first, then one word with ports and address sizes */
} rst_conn_entry_t;

#define RST_CONN_TABLE_NEAR_BITS 11
#define RST_CONN_TABLE_NEAR (1u << RST_CONN_TABLE_NEAR_BITS)

typedef struct rst_conn_table {
    GHashTable *table;                           /* rst_conn_entry_t, keyed by itself */
    rst_conn_entry_t *near[RST_CONN_TABLE_NEAR]; /* found last: a cache that serves most segments */
    rst_secret_t secret;
} rst_conn_table_t;

void rst_conn_table_open(rst_conn_table_t *table);
void rst_conn_table_close(rst_conn_table_t *table);

/* The entry for the segment's addresses and ports, created if missing. *from = index of the sender. */
rst_conn_entry_t *rst_conn_table_find(rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from,
                                      const rst_memory_t *memory);

/* Takes an entry out of the table and frees it. Its connection must be gone. */
void rst_conn_table_remove(rst_conn_table_t *table, rst_conn_entry_t *entry, const rst_memory_t *memory);

/* All connections that are followed, in the order of their first segments, the same in each run; owned by the caller.
 */
GPtrArray *rst_conn_table_list(const rst_conn_table_t *table);

/* Like rst_conn_table_find(), but does not create an entry: NULL if there is none. */
rst_conn_entry_t *rst_conn_table_peek(const rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from);

/* Both ends of an entry, the smaller one first. */
void rst_conn_entry_ends(const rst_conn_entry_t *entry, rst_address_t address[2], uint16_t port[2]);

/* An ordinary SYN without payload or ACK, the only kind of segment that can be packed. */
bool rst_conn_entry_can_pack(const rst_segment_t *segment);
/* from = index of the sender, plus twice the index of the interface. */
void rst_conn_entry_pack(rst_conn_entry_t *entry, const rst_segment_t *segment, unsigned from, uint32_t pass_index);

/* Turns the packed SYN back into a segment; like is any segment of the same connection, sent by side from. */
void rst_conn_entry_unpack(const rst_packed_syn_t *syn, const rst_segment_t *like, unsigned from,
                           rst_segment_t *segment);

#endif
