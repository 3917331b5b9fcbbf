/* test_pool.c
 * Tests of the engine's memory: records do not overlap, and what is given back is given out again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/pool.h"
#include "script.h"

#define RECORDS 3000

static void test_records(void)
{
    script_scope_t scope;
    rst_pool_t pool = {0};
    rst_memory_t memory;
    uint8_t *record[RECORDS];

    script_scope_open(&scope);
    memory = rst_pool_open(&pool, &scope.memory);
    for (unsigned i = 0; i < RECORDS; i++) {
        size_t size = 1 + i * 7 % (RST_POOL_MAX + 100);

        record[i] = memory.alloc(memory.scope, size);
        memset(record[i], (int)(i % 251), size);
    }
    for (unsigned i = 0; i < RECORDS; i++) {
        size_t size = 1 + i * 7 % (RST_POOL_MAX + 100);

        g_assert_cmpuint(record[i][0], ==, i % 251);
        g_assert_cmpuint(record[i][size - 1], ==, i % 251);
        g_assert_cmpuint((uintptr_t)record[i] % 8, ==, 0);
        rst_release(&memory, record[i], size);
    }
    script_scope_close(&scope);
}

/* Connections come and go: memory does not grow with them. */
static void test_again(void)
{
    script_scope_t scope;
    rst_pool_t pool = {0};
    rst_memory_t memory;

    script_scope_open(&scope);
    memory = rst_pool_open(&pool, &scope.memory);
    for (unsigned i = 0; i < RECORDS; i++) {
        void *small = memory.alloc(memory.scope, 40);
        void *large = memory.alloc(memory.scope, 4000);

        g_assert_true(small != large);
        rst_release(&memory, large, 4000);
        rst_release(&memory, small, 40);
    }
    g_assert_cmpuint(g_hash_table_size(scope.blocks), <=, 1);
    script_scope_close(&scope);
}

/* When memory is short, idle records of one size serve for smaller ones, without overlap, and nothing new is asked for.
 */
static void test_tight(void)
{
    static const size_t sizes[] = {8, 16, 72, 88, 200, 512, 1000, 1500, 4088};
    script_scope_t scope;
    rst_pool_t pool = {0};
    rst_memory_t memory;
    uint8_t *record[100];
    guint blocks;

    script_scope_open(&scope);
    memory = rst_pool_open(&pool, &scope.memory);
    for (unsigned i = 0; i < G_N_ELEMENTS(record); i++)
        record[i] = memory.alloc(memory.scope, 4096);
    for (unsigned i = 0; i < G_N_ELEMENTS(record); i++)
        rst_release(&memory, record[i], 4096);
    blocks = g_hash_table_size(scope.blocks);
    pool.tight = true;
    for (unsigned i = 0; i < G_N_ELEMENTS(record); i++) {
        size_t size = sizes[i % G_N_ELEMENTS(sizes)];

        record[i] = memory.alloc(memory.scope, size);
        memset(record[i], (int)i, size);
    }
    if (blocks) /* else the pool is not in use (AddressSanitizer) */
        g_assert_cmpuint(g_hash_table_size(scope.blocks), ==, blocks);
    for (unsigned i = 0; i < G_N_ELEMENTS(record); i++) {
        g_assert_cmpuint(record[i][0], ==, i);
        g_assert_cmpuint(record[i][sizes[i % G_N_ELEMENTS(sizes)] - 1], ==, i);
    }
    script_scope_close(&scope);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/pool/records", test_records},
        {"/pool/again", test_again},
        {"/pool/tight", test_tight},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
