/* ghosts.h
 * What is left of connections that had to go (keep.h): "there was something here, last at this frame", in eight bytes.
 *
 * A table of fixed size, made when the first connection goes; in each row of it, the least valuable and then the oldest
 * is overwritten. What lies where must not change from run to run, so the hash has a fixed key. Whoever crafts
 * collisions in his own traffic only makes his own ghosts overwrite each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_GHOSTS_H
#define RST_GHOSTS_H

#include "track/keep.h"

typedef struct rst_ghost {
    uint32_t tag;  /* of the hash; the lowest RST_GHOST_VALUE_BITS are the value that it had (rst_value_t) */
    uint32_t last; /* pass_index when it was last heard of; 0 = free */
} rst_ghost_t;

#define RST_GHOST_VALUE_BITS 3
#define RST_GHOST_ROW 8

/* Starts as zeros. */
typedef struct rst_ghosts {
    rst_ghost_t *ghost; /* NULL before the first */
    uint32_t rows;      /* a power of two */
} rst_ghosts_t;

/* Notes one; key = words that identify its addresses and ports. The table takes its memory from keep. */
void rst_ghosts_note(rst_ghosts_t *ghosts, rst_keep_t *keep, const uint64_t *key, unsigned words, uint32_t last,
                     rst_value_t value);

/* What was there last; last = 0 if nothing is known. */
rst_ghost_t rst_ghosts_find(const rst_ghosts_t *ghosts, const uint64_t *key, unsigned words);

rst_value_t rst_ghost_value(rst_ghost_t ghost);

#endif
