/* memory.h
 * Where the core's memory comes from: the plugin passes a wmem scope, tests pass malloc.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MEMORY_H
#define RST_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct rst_memory {
    void *(*alloc)(void *scope, size_t size); /* never returns NULL: aborts or throws when out of memory */
    void (*release)(void *scope, void *block, size_t size); /* NULL when the scope frees everything at once */
    void *scope;
} rst_memory_t;

/* A zeroed block of size bytes, owned by the scope. */
static inline void *rst_alloc0(const rst_memory_t *memory, size_t size)
{
    return memset(memory->alloc(memory->scope, size), 0, size);
}

/* size = the size that was allocated. */
static inline void rst_release(const rst_memory_t *memory, void *block, size_t size)
{
    if (block && memory->release)
        memory->release(memory->scope, block, size);
}

/* A larger block for an array with room for that many elements, at most limit; copies those that are used. */
static inline void *rst_grow(const rst_memory_t *memory, void *old, size_t size, unsigned used, uint8_t *room,
                             unsigned limit)
{
    unsigned wanted = *room ? *room * 2u : 1u;
    void *block;

    if (wanted > limit)
        wanted = limit;
    block = memory->alloc(memory->scope, size * wanted);
    if (used)
        memcpy(block, old, size * used);
    rst_release(memory, old, size * *room);
    *room = (uint8_t)wanted;
    return block;
}

#endif
