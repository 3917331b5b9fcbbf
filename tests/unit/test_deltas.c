/* test_deltas.c
 * Records that are kept as what distinguishes them: each comes back as it was, and those of a kind take little room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/deltas.h"

#include <stdlib.h>
#include <string.h>

#define WORDS 500

static size_t held;        /* bytes */
static GHashTable *blocks; /* that are not released one by one go with their scope */

static void *counted_alloc(void *scope, size_t size)
{
    void *block;

    (void)scope;
    held += size;
    block = malloc(size);
    g_hash_table_add(blocks, block);
    return block;
}

static void counted_release(void *scope, void *block, size_t size)
{
    (void)scope;
    held -= size;
    g_hash_table_remove(blocks, block);
}

static const rst_memory_t counted = {counted_alloc, counted_release, NULL};

/* As of a scan: a number, a time, and both again in several places; the rest is the same in all. */
static void fill(uint32_t record[WORDS], uint32_t number)
{
    for (unsigned i = 0; i < WORDS; i++)
        record[i] = i * 7;
    for (unsigned i = 10; i < 200; i += 10) {
        record[i] = number;
        record[i + 1] = number * 2654435761u;
        record[i + 2] = number * 2654435761u + number % 100;
    }
}

static void assert_restored(const rst_deltas_t *deltas, const uint8_t *kept, const uint32_t record[WORDS])
{
    uint32_t restored[WORDS];

    rst_deltas_read(deltas, kept, restored, WORDS);
    g_assert_cmpmem(restored, sizeof restored, record, sizeof restored);
}

static void test_alike(void)
{
    enum { COUNT = 2000 };
    uint8_t(*kept)[RST_DELTAS_ROOM] = g_malloc0(COUNT * sizeof *kept);
    uint32_t record[WORDS];
    rst_deltas_t deltas;
    unsigned bytes = 0;

    held = 0;
    rst_deltas_open(&deltas, &counted);
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned size;

        fill(record, i);
        size = rst_deltas_keep(&deltas, 3, record, WORDS, kept[i]);
        g_assert_cmpuint(size, >, 0);
        bytes += size;
    }
    g_assert_cmpuint(bytes / COUNT, <=, 16);
    g_assert_cmpuint(held / COUNT, <=, 16);
    for (unsigned i = 0; i < COUNT; i++) {
        fill(record, i);
        assert_restored(&deltas, kept[i], record);
    }
    for (unsigned i = 0; i < COUNT; i++)
        rst_deltas_drop(&deltas, kept[i]);
    g_assert_cmpuint(held, ==, 0);
    rst_deltas_close(&deltas);
    g_free(kept);
}

/* What has little in common with its model is refused, until it may become one itself. */
static void test_unlike(void)
{
    uint8_t kept[RST_DELTAS_ROOM];
    uint32_t record[WORDS] = {0};
    unsigned refused = 0;
    rst_deltas_t deltas;

    held = 0;
    rst_deltas_open(&deltas, &counted);
    g_assert_cmpuint(rst_deltas_keep(&deltas, 0, record, WORDS, kept), >, 0);
    for (unsigned i = 0; i < WORDS; i++)
        record[i] = g_random_int();
    g_assert_cmpuint(rst_deltas_keep(&deltas, 0, record, WORDS, kept), ==, 0);
    g_assert_cmpuint(rst_deltas_keep(&deltas, 1, record, WORDS, kept), >, 0);
    assert_restored(&deltas, kept, record);
    /* Each differs in a place of its own: shapes are few, and so is what they take. */
    for (unsigned i = 0; i < WORDS; i++) {
        record[i] ^= 1;
        if (rst_deltas_keep(&deltas, 1, record, WORDS, kept))
            assert_restored(&deltas, kept, record);
        else
            refused++;
    }
    g_assert_cmpuint(refused, >, 0);
    g_assert_cmpuint(held, <, 60000);
    rst_deltas_close(&deltas);
}

static unsigned refused_of(rst_deltas_t *deltas, unsigned count)
{
    uint8_t kept[RST_DELTAS_ROOM];
    uint32_t record[WORDS];
    unsigned refused = 0;

    for (unsigned i = 0; i < count; i++) {
        fill(record, i);
        refused += !rst_deltas_keep(deltas, 0, record, WORDS, kept);
    }
    return refused;
}

/* Odd records, first of all or in between, do not shut out those that resemble each other. */
static void test_odd(void)
{
    uint8_t kept[RST_DELTAS_ROOM];
    uint32_t record[WORDS];
    unsigned refused = 0;
    rst_deltas_t deltas;

    rst_deltas_open(&deltas, &counted);
    for (unsigned odd = 0; odd < 20; odd++) {
        for (unsigned i = 0; i < WORDS; i++)
            record[i] = g_random_int();
        (void)rst_deltas_keep(&deltas, 0, record, WORDS, kept);
        refused += refused_of(&deltas, 100);
    }
    g_assert_cmpuint(refused, <=, 40);
    rst_deltas_close(&deltas);
}

/* Whatever the differences are: none at all, the largest, of either sign. */
static void test_extremes(void)
{
    static const uint32_t values[] = {0, 1, UINT32_MAX, 0x7fffffff, 0x80000000, 0x80000001, 127, 128};
    uint8_t kept[RST_DELTAS_ROOM];
    uint32_t record[WORDS] = {0};
    rst_deltas_t deltas;

    rst_deltas_open(&deltas, &counted);
    for (unsigned a = 0; a < G_N_ELEMENTS(values); a++) {
        for (unsigned b = 0; b < G_N_ELEMENTS(values); b++) {
            record[0] = values[a];
            record[1] = values[b];
            record[WORDS - 1] = values[a] + values[b];
            g_assert_cmpuint(rst_deltas_keep(&deltas, 0, record, WORDS, kept), >, 0);
            assert_restored(&deltas, kept, record);
        }
    }
    rst_deltas_close(&deltas);
}

int main(int argc, char **argv)
{
    int failed;

    g_test_init(&argc, &argv, NULL);
    blocks = g_hash_table_new_full(NULL, NULL, free, NULL);
    g_test_add_func("/deltas/alike", test_alike);
    g_test_add_func("/deltas/unlike", test_unlike);
    g_test_add_func("/deltas/odd", test_odd);
    g_test_add_func("/deltas/extremes", test_extremes);
    failed = g_test_run();
    g_hash_table_destroy(blocks);
    return failed;
}
