/* sightings.h
 * A segment as seen at one capture point: what distinguishes it from all others, and what a device may change in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SIGHTINGS_H
#define RST_SIGHTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "facts/segment.h"
#include "track/direction.h"
#include "track/reset.h"

#define RST_SIGHTINGS_MAX 64      /* kept per direction */
#define RST_SIGHTING_ROOM 2000000 /* for all connections together; connections beyond that have none */

enum {                         /* rst_sighting_t.known */
       RST_SIGHTING_ID = 0x01, /* an IP ID other than 0 */
       RST_SIGHTING_STAMP = 0x02,
       RST_SIGHTING_WINDOW = 0x04,
       RST_SIGHTING_TTL = 0x08,
       RST_SIGHTING_LENGTH = 0x10
};

typedef struct rst_sighting {
    int64_t time;
    uint32_t pass_index, seq, ack, len, tsval;
    uint32_t hash; /* of the first payload bytes; 0 = none captured */
    uint16_t ip_id, window;
    uint8_t flags, ttl, interface, known;
} rst_sighting_t;

typedef struct rst_sightings {
    rst_sighting_t *ring; /* oldest overwritten first; NULL until the first */
    uint8_t room, used, next;
    bool lost; /* older ones were overwritten or never recorded */
} rst_sightings_t;

/* From a segment with all its facts, from one that its direction still remembers, and from a reset. */
rst_sighting_t rst_sighting_of_segment(const rst_segment_t *segment, uint32_t pass_index, unsigned interface);
rst_sighting_t rst_sighting_of_recent(const rst_recent_segment_t *recent, unsigned interface);
rst_sighting_t rst_sighting_of_reset(const rst_reset_t *reset, unsigned interface);

/* In file order: 0 = oldest. NULL beyond the end. */
const rst_sighting_t *rst_sightings_at(const rst_sightings_t *sightings, unsigned index);

/* Adds one, unless *total has reached its bound. */
void rst_sightings_push(rst_sightings_t *sightings, const rst_sighting_t *sighting, uint32_t *total,
                        const rst_memory_t *memory);

/* Forgets all of them. */
void rst_sightings_drop(rst_sightings_t *sightings, uint32_t *total, const rst_memory_t *memory);

/* The same segment, unchanged. */
bool rst_sighting_same(const rst_sighting_t *a, const rst_sighting_t *b);

/* The same packet, perhaps with different TCP numbers, judging by IP ID, length, flags and payload. */
bool rst_sighting_same_packet(const rst_sighting_t *a, const rst_sighting_t *b);

/* Do both contain a value that changes with every transmission? Then equal ones are one packet. */
bool rst_sighting_strong(const rst_sighting_t *a, const rst_sighting_t *b);

/* The latest sighting of the same segment, or else of the same packet, on another interface; NULL if there is none. */
const rst_sighting_t *rst_sightings_find(const rst_sightings_t *sightings, const rst_sighting_t *sighting);

#endif
