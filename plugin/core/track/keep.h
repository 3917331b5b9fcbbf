/* keep.h
 * What is kept and what gives way when the memory that the user grants is used up: the one policy for all tables.
 *
 * Every record has a value, by what it shows (rst_value_t), and every kind of record (rst_kind_t) has a queue for each
 * value, the longest untouched first. Room is made from the lowest value up, and within it from the longest untouched
 * on: so a flood of lone segments, however long, displaces lone segments. What has been silent for long gives way
 * before what is heard of (rst_keep_kind_t.silent). A kind that holds no more than its share of the memory is left
 * alone, so that none can starve another; and in each queue the latest records (rst_keep_t.least) are, so that a table
 * full of valuable ones still follows what begins now. Only when nothing else is left, these go too.
 *
 * Room is made at one place, before the engine looks anything up for a segment: nobody holds a pointer to a record
 * then, except other records, which the kind's evict() unhooks. What goes depends on the segments and the limit alone,
 * not on the secret of the hashes or on addresses of memory. Each step takes constant time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_KEEP_H
#define RST_KEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/queue.h"

/* What goes first comes first. */
typedef enum rst_value {
    RST_VALUE_LONE,       /* a single segment, or several SYNs, that nobody answered; hosts known from nothing else */
    RST_VALUE_LONE_RESET, /* a reset and nothing else */
    RST_VALUE_REFUSED,    /* a SYN and its refusal: a scanned port */
    RST_VALUE_CLOSED,     /* closed in an orderly way, long ago: a summary */
    RST_VALUE_ONE_SIDE,   /* several segments, or data, of one side only */
    RST_VALUE_BOTH,       /* both sides took part: a handshake, data; hosts and services that did */
    RST_VALUE_STORY,      /* a reset of a connection of which more is known, or a finding */
    RST_VALUES
} rst_value_t;

#define RST_VALUE_SILENT RST_VALUE_ONE_SIDE /* from this value on, records that have been silent for long go first */

/* Share = percent of the memory that others cannot take from it. Together they must stay well below 100. */
#define RST_KINDS(X)                                                                                                   \
    X(CONNS, 30)   /* addresses and ports: packed SYNs, connections with their resets and capture points, summaries */ \
    X(HOSTS, 10)   /* hosts */                                                                                         \
    X(SERVICES, 5) /* services */                                                                                      \
    X(VISITS, 5)   /* visits of clients to services, and their habits */                                               \
    X(ICMP, 5)     /* ICMP errors */                                                                                   \
    X(NAMES, 3)    /* names that addresses were found by */

typedef enum rst_kind {
#define RST_KIND_NAME(name, share) RST_KIND_##name,
    RST_KINDS(RST_KIND_NAME)
#undef RST_KIND_NAME
        RST_KIND_COUNT
} rst_kind_t;

/* The first member of a record; all zeros while it is not kept. */
typedef struct rst_keep_item {
    rst_link_t link;
    uint32_t touched; /* pass_index */
    uint8_t value;    /* rst_value_t */
    uint8_t kind;     /* rst_kind_t */
    bool kept;        /* is in a queue, and may be evicted */
} rst_keep_item_t;

/* What a kind must be able to do. */
typedef struct rst_keep_kind {
    /* Takes the record out of its table, unhooks it everywhere and releases it. The item is in no queue any more. */
    void (*evict)(void *owner, rst_keep_item_t *item);
    /* Has nothing been heard of it for long? NULL = never asked. */
    bool (*silent)(const void *owner, const rst_keep_item_t *item);
    /* Asked before it is evicted: its value now. A record that is worth more than its queue says goes to another one
     * instead. NULL = as rst_keep_rate() said. */
    rst_value_t (*value)(const void *owner, const rst_keep_item_t *item);
} rst_keep_kind_t;

typedef struct rst_keep rst_keep_t;

typedef struct rst_keep_queues {
    rst_keep_t *keep;
    void *owner;
    const rst_keep_kind_t *can;
    rst_queue_t queue[RST_VALUES];
    uint64_t used, share;         /* bytes */
    uint64_t evicted;             /* records, so far */
    uint32_t dropped[RST_VALUES]; /* when the latest of those that had to go was last touched; 0 = none went */
} rst_keep_queues_t;

struct rst_keep {
    rst_memory_t from;
    uint64_t used, limit; /* bytes */
    uint32_t least;       /* records that a queue keeps as long as others have more */
    rst_keep_queues_t kind[RST_KIND_COUNT];
};

/* limit = bytes; from must outlive it. */
void rst_keep_open(rst_keep_t *keep, uint64_t limit, const rst_memory_t *from);

/* Sets another limit. */
void rst_keep_limit(rst_keep_t *keep, uint64_t limit);

/* Whoever keeps records of this kind. Until then, none is evicted. */
void rst_keep_own(rst_keep_t *keep, rst_kind_t kind, void *owner, const rst_keep_kind_t *can);

/* Memory that is charged to a kind, and to the whole. */
rst_memory_t rst_keep_memory(rst_keep_t *keep, rst_kind_t kind);

/* The same for what lies elsewhere, such as the places of a hash table. */
void rst_keep_charge(rst_keep_t *keep, rst_kind_t kind, size_t size);
void rst_keep_refund(rst_keep_t *keep, rst_kind_t kind, size_t size);

/* From now on the record may be evicted. now = pass_index. */
void rst_keep_add(rst_keep_t *keep, rst_keep_item_t *item, rst_kind_t kind, rst_value_t value, uint32_t now);

/* It is heard of: goes to the end of its queue, and into another one if its value has changed. */
void rst_keep_rate(rst_keep_t *keep, rst_keep_item_t *item, rst_value_t value, uint32_t now);

/* It can no longer be evicted. Does nothing to a record that is not kept. */
void rst_keep_remove(rst_keep_t *keep, rst_keep_item_t *item);

static inline bool rst_keep_is_over(const rst_keep_t *keep)
{
    return keep->used > keep->limit;
}

/* This record goes now, whatever its value. */
void rst_keep_evict(rst_keep_t *keep, rst_keep_item_t *item);

/* Evicts until the limit is kept, or only shares are left. */
void rst_keep_make_room(rst_keep_t *keep);

/* When the latest of the records of a kind, of at least this value, that had to go was last touched (pass_index); 0 =
 * none went. Knowledge from after that is complete. */
uint32_t rst_keep_dropped(const rst_keep_t *keep, rst_kind_t kind, rst_value_t value);

#define RST_KEEP_GRAIN 256 /* packets; order within so short a time does not matter */

/* Was it heard of so lately that it need not go to the end of its queue? */
static inline bool rst_keep_is_fresh(const rst_keep_item_t *item, uint32_t now)
{
    return item->kept && now - item->touched < RST_KEEP_GRAIN;
}

/* For a record whose value stays the same. */
static inline void rst_keep_touch(rst_keep_t *keep, rst_keep_item_t *item, uint32_t now)
{
    if (!rst_keep_is_fresh(item, now))
        rst_keep_rate(keep, item, (rst_value_t)item->value, now);
}

#endif
