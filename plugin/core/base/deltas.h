/* deltas.h
 * Records that resemble each other, each kept as what distinguishes it from a model.
 *
 * The thousand refusals of one scan differ in a port, some numbers and some times, and each of these occurs in several
 * places of a record. So the words in which a record differs from its model are a pattern that many records share, its
 * shape, and all that is kept of one is the few distinct differences. What is restored equals what was kept, byte for
 * byte, whatever the record holds: where that takes too much room, the record becomes a model itself or is refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DELTAS_H
#define RST_DELTAS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"

#define RST_DELTAS_WORDS 1280 /* of the largest record, of 32 bits each */
#define RST_DELTAS_KINDS 192  /* of records; those of one kind have the same size */
#define RST_DELTAS_ROOM 256   /* bytes that a kept record takes at most */

struct rst_delta_model;

typedef struct rst_deltas {
    const rst_memory_t *memory;
    GPtrArray *models;                                 /* by number; NULL = free */
    GArray *idle;                                      /* free numbers (uint32_t) */
    struct rst_delta_model *latest[RST_DELTAS_KINDS];  /* what new records are compared with */
} rst_deltas_t;

/* memory must outlive it. */
void rst_deltas_open(rst_deltas_t *deltas, const rst_memory_t *memory);
void rst_deltas_close(rst_deltas_t *deltas);

/* Writes what distinguishes the record, and returns how many bytes that takes; 0 = too many. It is to be given back
 * some time. */
unsigned rst_deltas_keep(rst_deltas_t *deltas, unsigned kind, const void *record, unsigned words,
                         uint8_t kept[RST_DELTAS_ROOM]);

/* Restores a record of that many words. */
void rst_deltas_read(const rst_deltas_t *deltas, const uint8_t *kept, void *record, unsigned words);

/* It is no longer needed. */
void rst_deltas_drop(rst_deltas_t *deltas, const uint8_t *kept);

#endif
