/* scope.h
 * Memory for the core that counts: what is in use, and the most that ever was.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BENCH_SCOPE_H
#define RST_BENCH_SCOPE_H

#include "base/memory.h"

/* Precedes each block: a ring of all blocks in use, so that they can be freed together like a Wireshark scope. */
typedef struct head {
    struct head *next, *before;
    size_t size;
    size_t unused; /* keeps blocks aligned to 16 bytes */
} head_t;

/* Must stay where it is: memory and the ring point into it. */
typedef struct scope {
    rst_memory_t memory;
    head_t ring;
    size_t held, peak; /* bytes, without what an allocator adds */
} scope_t;

void scope_open(scope_t *scope);
void scope_close(scope_t *scope);

#endif
