/* lives.h
 * The capture as logs see it: which pairs of addresses and ports it has, when each of their connections lived, and the
 * packets that logs write about: SYN, FIN and reset. Kept only where the user names logs, and apart from what the rules
 * follow, because a log may speak of connections that had to go to save memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LIVES_H
#define RST_LIVES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/siphash.h"
#include "facts/segment.h"

#define RST_LIVES_MAX 1000000     /* pairs; further ones have no witness */
#define RST_SIGHTS_MAX 4000000    /* packets, of all connections */
#define RST_PAIRS_OF_END_MAX 1024 /* of one address and port; a busier one needs both ends told */
#define RST_SIGHTS_OF_LIFE_MAX 64 /* of one connection; a storm of resets needs no more */

/* One packet of the capture that a log may speak of. */
typedef struct rst_sight {
    int64_t time;
    uint32_t pass_index, seq, ack;
    uint32_t before; /* the one before it of the same connection, plus 1; 0 = none */
    uint16_t ip_id, window;
    uint8_t flags, from; /* index of its sender */
    uint8_t known;       /* RST_KEY_... of logs/record.h that a record is compared by */
} rst_sight_t;

/* One connection: the SYN begins it, the next SYN with another number begins the next. */
typedef struct rst_life {
    struct rst_life *before; /* the one before it on the same addresses and ports */
    int64_t begin, end;      /* its first and its latest packet */
    int64_t quiet, silence;  /* when its longest silence began, and how long it was */
    uint32_t sights;         /* the latest, plus 1 */
    uint32_t syn_seq;
    uint16_t sight_count;
    int8_t opener;   /* index of the side that sent the SYN, -1 = not seen */
    bool asked_only; /* nothing but SYNs of one side so far */
    bool broken[2];  /* reset by this side */
} rst_life_t;

/* Two addresses and ports; side 0 is the smaller. */
typedef struct rst_ends {
    rst_address_t address[2];
    uint16_t port[2];
    uint32_t hash;
    uint32_t kept;    /* the latest record about it, plus 1 (kept.h) */
    uint16_t count;   /* records about it */
    rst_life_t *life; /* the latest */
} rst_ends_t;

typedef struct rst_lives {
    GHashTable *table; /* rst_ends_t, keyed by itself */
    GHashTable *sides; /* each end of them alone -> GPtrArray of rst_ends_t */
    GArray *sights;    /* rst_sight_t, in file order */
    rst_secret_t secret;
    rst_ends_t *near;    /* found last */
    int64_t first, last; /* times of the capture; RST_TIME_NONE until there is one */
    uint32_t connections;
    bool full;
} rst_lives_t;

void rst_lives_open(rst_lives_t *lives);
void rst_lives_close(rst_lives_t *lives);

/* The next segment of the capture. */
void rst_lives_see(rst_lives_t *lives, const rst_segment_t *segment, rst_moment_t now);

/* NULL if the capture has no such pair, in whatever order. *side = index of the first end. */
rst_ends_t *rst_lives_find(const rst_lives_t *lives, const rst_address_t *address, uint16_t port,
                           const rst_address_t *other_address, uint16_t other_port, unsigned *side);

static inline rst_sight_t *rst_lives_sight(const rst_lives_t *lives, uint32_t place)
{
    return place ? &g_array_index(lives->sights, rst_sight_t, place - 1) : NULL;
}

/* Has the capture this address and port at all? */
bool rst_lives_has_end(const rst_lives_t *lives, const rst_address_t *address, uint16_t port);

/* The pairs of an address and port, NULL if the capture has none, or too many. */
const GPtrArray *rst_lives_of_end(const rst_lives_t *lives, const rst_address_t *address, uint16_t port);

/* One packet, seen twice (at several capture points, or copied by the capture)? */
bool rst_sight_is_copy(const rst_sight_t *a, const rst_sight_t *b);

#endif
