/* pool.h
 * The memory of one engine: records without allocator headers, reused for requests of the same size. A scan creates and
 * trims connections all the time, and the general allocator would be a sixth of its cost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_POOL_H
#define RST_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"

#define RST_POOL_STEP 8
#define RST_POOL_LISTS (RST_POOL_MAX / RST_POOL_STEP)
#define RST_POOL_MAX 4096 /* larger blocks, which are rare, come directly from the underlying memory */

/* Starts as zeros. Its blocks are freed with the scope of the underlying memory. */
typedef struct rst_pool {
    rst_memory_t from;
    uint8_t *next;                        /* in the block being cut up */
    size_t left;                          /* bytes left in it */
    void *idle[RST_POOL_LISTS];           /* released records, by size; the first word of each points to the next */
    uint64_t filled[RST_POOL_LISTS / 64]; /* one bit for each of these lists that is not empty */
    /* cuts up larger idle records rather than ask for more memory: else records of one size could stay idle forever
     * once another kind of traffic needs another size */
    bool tight;
} rst_pool_t;

/* The pool as an rst_memory_t; the pool must not move. */
rst_memory_t rst_pool_open(rst_pool_t *pool, const rst_memory_t *from);

#endif
