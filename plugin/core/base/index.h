/* index.h
 * Numbers by hash, in eight bytes each: for what is too small to have an entry in a table of its own. Whoever asks must
 * be able to tell whether a number is the right one, because two may have the same hash.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_INDEX_H
#define RST_INDEX_H

#include <stddef.h>
#include <stdint.h>

typedef struct rst_index_place {
    uint32_t hash, number; /* number 0 = free */
} rst_index_place_t;

/* Starts as zeros. */
typedef struct rst_index {
    rst_index_place_t *place; /* NULL before the first */
    uint32_t places;          /* a power of two */
    uint32_t used;
} rst_index_t;

void rst_index_close(rst_index_t *index);

/* The hash must come from a secret key (siphash.h). number > 0. Returns by how many bytes the index has grown. */
size_t rst_index_add(rst_index_t *index, uint32_t hash, uint32_t number);

/* Does nothing if it is not there. */
void rst_index_remove(rst_index_t *index, uint32_t hash, uint32_t number);

/* The first number with this hash (*at = 0), and each further one (*at as it was left); 0 = there are no more. The
 * index must not change in between. */
uint32_t rst_index_find(const rst_index_t *index, uint32_t hash, uint32_t *at);

#endif
