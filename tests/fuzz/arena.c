/* arena.c
 * Implementation of the memory of one execution.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "arena.h"

#include "audit.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* GCC defines this, Clang does not */
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_POISON) /* not itself instrumented */
#include <sanitizer/asan_interface.h>
#define POISON(at, size) __asan_poison_memory_region(at, size)
#define UNPOISON(at, size) __asan_unpoison_memory_region(at, size)
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

#define GAP 32 /* before each block; its first word holds the size of the block */
#define ROUNDED(size) (((size) + 15) & ~(size_t)15)
#define RELEASED SIZE_MAX

/* Filled with a pattern, because the core must not rely on zeroed memory. */
static void *arena_alloc(void *data, size_t size)
{
    arena_t *arena = data;
    uint8_t *gap = arena->bytes + arena->used;

    REQUIRE(size < ARENA_SIZE && GAP + ROUNDED(size) <= ARENA_SIZE - arena->used);
    arena->used += GAP + ROUNDED(size);
    arena->live += size;
    UNPOISON(gap, sizeof size);
    memcpy(gap, &size, sizeof size);
    POISON(gap, sizeof size);
    UNPOISON(gap + GAP, size);
    return memset(gap + GAP, 0xa5, size);
}

static void arena_release(void *data, void *block, size_t size)
{
    arena_t *arena = data;
    uint8_t *gap = (uint8_t *)block - GAP;
    size_t released = RELEASED;
    size_t given;

    REQUIRE(gap >= arena->bytes && gap < arena->bytes + arena->used);
    UNPOISON(gap, sizeof given);
    memcpy(&given, gap, sizeof given);
    memcpy(gap, &released, sizeof released);
    POISON(gap, sizeof given);
    REQUIRE(given == size);
    arena->live -= size;
    POISON(block, ROUNDED(size));
}

void arena_open(arena_t *arena)
{
    if (!arena->bytes) {
        arena->bytes = malloc(ARENA_SIZE);
        REQUIRE(arena->bytes);
        arena->used = ARENA_SIZE;
    }
    POISON(arena->bytes, arena->used);
    arena->memory = (rst_memory_t){arena_alloc, arena_release, arena};
    arena->used = arena->live = 0;
}
