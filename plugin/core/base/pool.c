/* pool.c
 * The memory of one engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/pool.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1 /* GCC defines this, Clang does not */
#endif
#endif

#define BLOCK 65536 /* bytes cut into records at a time */

static void put(rst_pool_t *pool, void *block, size_t steps)
{
    void **idle = &pool->idle[steps - 1];

    memcpy(block, (const void *)idle, sizeof *idle);
    *idle = block;
    pool->filled[(steps - 1) / 64] |= UINT64_C(1) << (steps - 1) % 64;
}

/* The list must not be empty. */
static void *take(rst_pool_t *pool, size_t steps)
{
    void **idle = &pool->idle[steps - 1];
    void *block = *idle;

    memcpy((void *)idle, block, sizeof *idle);
    if (!*idle)
        pool->filled[(steps - 1) / 64] &= ~(UINT64_C(1) << (steps - 1) % 64);
    return block;
}

/* The size in steps of the smallest idle record that is larger, 0 = there is none. */
static size_t larger(const rst_pool_t *pool, size_t steps)
{
    uint64_t lists = steps % 64 ? pool->filled[steps / 64] >> steps % 64 << steps % 64 : pool->filled[steps / 64];

    for (size_t word = steps / 64;;) {
        if (lists) {
            size_t bit = 0;

            while (!(lists >> bit & 1))
                bit++;
            return word * 64 + bit + 1;
        }
        if (++word == RST_POOL_LISTS / 64)
            return 0;
        lists = pool->filled[word];
    }
}

static void *cut_up(rst_pool_t *pool, size_t steps)
{
    size_t from = steps < RST_POOL_LISTS ? larger(pool, steps) : 0;
    uint8_t *block = from ? take(pool, from) : NULL;

    if (block)
        put(pool, block + steps * RST_POOL_STEP, from - steps);
    return block;
}

static void *cut_new(rst_pool_t *pool, size_t size)
{
    uint8_t *block;

    if (pool->left < size) {
        pool->next = pool->from.alloc(pool->from.scope, BLOCK);
        pool->left = BLOCK;
    }
    block = pool->next;
    pool->next += size;
    pool->left -= size;
    return block;
}

static void *pool_alloc(void *scope, size_t size)
{
    rst_pool_t *pool = scope;
    size_t steps = (size + RST_POOL_STEP - 1) / RST_POOL_STEP;
    void *block = NULL;

    if (size > RST_POOL_MAX || !steps)
        return pool->from.alloc(pool->from.scope, size);
    if (pool->idle[steps - 1])
        return take(pool, steps);
    if (pool->tight)
        block = cut_up(pool, steps);
    return block ? block : cut_new(pool, steps * RST_POOL_STEP);
}

static void pool_release(void *scope, void *block, size_t size)
{
    rst_pool_t *pool = scope;

    if (size > RST_POOL_MAX || !size) {
        rst_release(&pool->from, block, size);
        return;
    }
    put(pool, block, (size + RST_POOL_STEP - 1) / RST_POOL_STEP);
}

rst_memory_t rst_pool_open(rst_pool_t *pool, const rst_memory_t *from)
{
    pool->from = *from;
#ifdef __SANITIZE_ADDRESS__
    (void)pool_alloc; /* AddressSanitizer detects use after free only if blocks are really freed */
    (void)pool_release;
    return *from;
#else
    return (rst_memory_t){pool_alloc, pool_release, pool};
#endif
}
