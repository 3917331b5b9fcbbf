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

static void *pool_alloc(void *scope, size_t size)
{
    rst_pool_t *pool = scope;
    size_t steps = (size + RST_POOL_STEP - 1) / RST_POOL_STEP;
    void **idle = steps ? &pool->idle[steps - 1] : NULL;
    void *block;

    if (size > RST_POOL_MAX || !steps)
        return pool->from.alloc(pool->from.scope, size);
    block = *idle;
    if (block) {
        memcpy((void *)idle, block, sizeof *idle);
        return block;
    }
    size = steps * RST_POOL_STEP;
    if (pool->left < size) {
        pool->next = pool->from.alloc(pool->from.scope, BLOCK);
        pool->left = BLOCK;
    }
    block = pool->next;
    pool->next += size;
    pool->left -= size;
    return block;
}

static void pool_release(void *scope, void *block, size_t size)
{
    rst_pool_t *pool = scope;

    if (size > RST_POOL_MAX || !size) {
        rst_release(&pool->from, block, size);
        return;
    }
    memcpy(block, (const void *)&pool->idle[(size - 1) / RST_POOL_STEP], sizeof(void *));
    pool->idle[(size - 1) / RST_POOL_STEP] = block;
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
