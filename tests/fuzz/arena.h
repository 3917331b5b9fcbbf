/* arena.h
 * The memory of one execution: handed out from one region and taken back as a whole, because malloc() under
 * AddressSanitizer would cost more than all else. Gaps between blocks and released blocks are poisoned by hand, and
 * no block is used twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_ARENA_H
#define RST_FUZZ_ARENA_H

#include "base/memory.h"

#define ARENA_SIZE (16u << 20) /* bounds what one input may take */

/* Starts as zeros; its region is reserved with the first use and stays. */
typedef struct arena {
    rst_memory_t memory;
    uint8_t *bytes;
    size_t used;
    size_t live; /* bytes handed out and not released */
} arena_t;

/* An empty arena, whatever it held before. */
void arena_open(arena_t *arena);

#endif
