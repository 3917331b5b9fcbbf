/* pool.h
 * The memory of one engine: records without the head that an allocator puts before each, given out again at the same
 * size. A scan makes and trims connections all the time; the general allocator would take a sixth of its cost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_POOL_H
#define RST_POOL_H

#include <stdint.h>

#include "base/memory.h"

#define RST_POOL_STEP 8
#define RST_POOL_MAX 4096 /* larger blocks, which hardly exist, come from below as they are */

/* Starts as zeros. What it took from below goes with that scope. */
typedef struct rst_pool {
    rst_memory_t from;
    uint8_t *next;                            /* in the block that is being cut */
    size_t left;                              /* bytes of it */
    void *idle[RST_POOL_MAX / RST_POOL_STEP]; /* given back, by size; the first word of each leads to the next */
} rst_pool_t;

/* The pool as memory; it must stay where it is. */
rst_memory_t rst_pool_open(rst_pool_t *pool, const rst_memory_t *from);

#endif
