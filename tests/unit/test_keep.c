/* test_keep.c
 * Tests of the policy for full tables: what goes first, and that no kind starves another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/keep.h"

#define RECORD 1000 /* bytes */

typedef struct record {
    rst_keep_item_t item;
    unsigned name;
    bool silent;
    bool story; /* is worth more than its queue says */
} record_t;

typedef struct bench {
    script_scope_t scope;
    rst_keep_t keep;
    rst_memory_t memory[RST_KIND_COUNT];
    unsigned gone[200]; /* names, in order */
    unsigned gones;
} bench_t;

static bench_t *bench; /* of the running test */

static void evict(void *owner, rst_keep_item_t *item)
{
    bench_t *on = owner;

    on->gone[on->gones++] = ((record_t *)item)->name;
    rst_release(&on->memory[item->kind], item, RECORD);
}

static bool is_silent(const void *owner, const rst_keep_item_t *item)
{
    (void)owner;
    return ((const record_t *)item)->silent;
}

static rst_value_t value_of(const void *owner, const rst_keep_item_t *item)
{
    (void)owner;
    return ((const record_t *)item)->story ? RST_VALUE_STORY : (rst_value_t)item->value;
}

static void bench_open(unsigned records)
{
    static const rst_keep_kind_t can = {evict, is_silent, value_of};

    bench = g_new0(bench_t, 1);
    script_scope_open(&bench->scope);
    rst_keep_open(&bench->keep, (uint64_t)records * RECORD, &bench->scope.memory);
    for (unsigned kind = 0; kind < RST_KIND_COUNT; kind++) {
        rst_keep_own(&bench->keep, (rst_kind_t)kind, bench, &can);
        bench->memory[kind] = rst_keep_memory(&bench->keep, (rst_kind_t)kind);
    }
}

static void bench_close(void)
{
    script_scope_close(&bench->scope);
    g_free(bench);
}

static record_t *add(rst_kind_t kind, rst_value_t value, unsigned name, uint32_t now)
{
    record_t *record = rst_alloc0(&bench->memory[kind], RECORD);

    record->name = name;
    rst_keep_add(&bench->keep, &record->item, kind, value, now);
    rst_keep_make_room(&bench->keep);
    return record;
}

/* Nothing goes while there is room. */
static void test_room(void)
{
    bench_open(10);
    for (unsigned i = 0; i < 10; i++)
        add(RST_KIND_CONNS, RST_VALUE_LONE, i, i);
    g_assert_cmpuint(bench->gones, ==, 0);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 10, 10);
    g_assert_cmpuint(bench->gones, ==, 1);
    g_assert_cmpuint(bench->gone[0], ==, 0);
    bench_close();
}

/* From the lowest value up, whatever came first. */
static void test_values(void)
{
    bench_open(RST_VALUES);
    for (unsigned value = RST_VALUES; value-- > 0;)
        add(RST_KIND_CONNS, (rst_value_t)value, value, RST_VALUES - value);
    bench->keep.limit = 0;
    bench->keep.kind[RST_KIND_CONNS].share = 0;
    rst_keep_make_room(&bench->keep);
    g_assert_cmpuint(bench->gones, ==, RST_VALUES);
    for (unsigned value = 0; value < RST_VALUES; value++)
        g_assert_cmpuint(bench->gone[value], ==, value);
    g_assert_cmpuint(bench->keep.used, ==, 0);
    bench_close();
}

/* A flood takes its own kind away, never what both sides took part in. */
static void test_flood(void)
{
    bench_open(10);
    for (unsigned i = 0; i < 5; i++)
        add(RST_KIND_CONNS, RST_VALUE_BOTH, 1000 + i, i);
    for (unsigned i = 0; i < 100; i++)
        add(RST_KIND_CONNS, RST_VALUE_LONE, i, 10 + i);
    g_assert_cmpuint(bench->gones, ==, 95);
    for (unsigned i = 0; i < 95; i++)
        g_assert_cmpuint(bench->gone[i], ==, i);
    bench_close();
}

/* What is heard of stays longer; within RST_KEEP_GRAIN packets, the order does not matter. */
static void test_touch(void)
{
    record_t *first, *second;

    bench_open(3);
    first = add(RST_KIND_CONNS, RST_VALUE_BOTH, 0, 0);
    second = add(RST_KIND_CONNS, RST_VALUE_BOTH, 1, 1);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 2, 2);
    rst_keep_touch(&bench->keep, &first->item, RST_KEEP_GRAIN);
    rst_keep_touch(&bench->keep, &second->item, RST_KEEP_GRAIN);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 3, RST_KEEP_GRAIN);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 4, RST_KEEP_GRAIN);
    g_assert_cmpuint(bench->gones, ==, 2);
    g_assert_cmpuint(bench->gone[0], ==, 1); /* one packet less than the grain */
    g_assert_cmpuint(bench->gone[1], ==, 2);
    bench_close();
}

static void test_rate(void)
{
    record_t *first;

    bench_open(2);
    first = add(RST_KIND_CONNS, RST_VALUE_LONE, 0, 0);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 1, 1);
    rst_keep_rate(&bench->keep, &first->item, RST_VALUE_BOTH, 2);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 2, 3);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 3, 4);
    g_assert_cmpuint(bench->gone[0], ==, 1);
    g_assert_cmpuint(bench->gone[1], ==, 2);
    bench_close();
}

static void test_pinned(void)
{
    record_t *first;

    bench_open(2);
    first = add(RST_KIND_CONNS, RST_VALUE_LONE, 0, 0);
    rst_keep_remove(&bench->keep, &first->item);
    rst_keep_remove(&bench->keep, &first->item);
    for (unsigned i = 1; i < 4; i++)
        add(RST_KIND_CONNS, RST_VALUE_LONE, i, i);
    g_assert_cmpuint(bench->gones, ==, 2);
    g_assert_cmpuint(bench->gone[0], ==, 1);
    g_assert_cmpuint(bench->gone[1], ==, 2);
    bench_close();
}

/* Silent ones go before those of a lower value that are heard of, but not before noise; a story never does. */
static void test_silent(void)
{
    bench_open(5);
    add(RST_KIND_CONNS, RST_VALUE_STORY, 4, 0)->silent = true;
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 1, 1)->silent = true;
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 3, 2);
    add(RST_KIND_CONNS, RST_VALUE_ONE_SIDE, 2, 3);
    add(RST_KIND_CONNS, RST_VALUE_CLOSED, 0, 4);
    bench->keep.limit = 0;
    bench->keep.kind[RST_KIND_CONNS].share = 0;
    rst_keep_make_room(&bench->keep);
    for (unsigned i = 0; i < 5; i++)
        g_assert_cmpuint(bench->gone[i], ==, i);
    bench_close();
}

/* Each kind keeps its share, even of the lowest value, whatever the others hold. */
static void test_shares(void)
{
    for (unsigned flooded = 0; flooded < RST_KIND_COUNT; flooded++) {
        bench_open(100);
        for (unsigned kind = 0; kind < RST_KIND_COUNT; kind++) {
            for (unsigned i = 0; kind != flooded && i < bench->keep.kind[kind].share / RECORD; i++)
                add((rst_kind_t)kind, RST_VALUE_LONE, kind, i);
        }
        for (unsigned i = 0; i < 200; i++)
            add((rst_kind_t)flooded, RST_VALUE_STORY, flooded, i);
        for (unsigned i = 0; i < bench->gones; i++)
            g_assert_cmpuint(bench->gone[i], ==, flooded);
        g_assert_cmpuint(bench->gones, >, 0);
        bench_close();
    }
}

/* Of equal value, the longest untouched goes, whatever its kind. */
static void test_kinds(void)
{
    bench_open(100);
    for (unsigned i = 0; i < 50; i++) {
        add(RST_KIND_HOSTS, RST_VALUE_LONE, 2 * i, 2 * i);
        add(RST_KIND_CONNS, RST_VALUE_LONE, 2 * i + 1, 2 * i + 1);
    }
    for (unsigned i = 0; i < 20; i++)
        add(RST_KIND_SERVICES, RST_VALUE_LONE, 100 + i, 100 + i);
    g_assert_cmpuint(bench->gones, ==, 20);
    for (unsigned i = 0; i < 20; i++)
        g_assert_cmpuint(bench->gone[i], ==, i);
    bench_close();
}

static void test_dropped(void)
{
    bench_open(2);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 0, 7);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 1, 8);
    g_assert_cmpuint(rst_keep_dropped(&bench->keep, RST_KIND_CONNS, RST_VALUE_LONE), ==, 0);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 2, 9);
    g_assert_cmpuint(rst_keep_dropped(&bench->keep, RST_KIND_CONNS, RST_VALUE_LONE), ==, 7);
    g_assert_cmpuint(rst_keep_dropped(&bench->keep, RST_KIND_CONNS, RST_VALUE_LONE_RESET), ==, 0);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 3, 10);
    g_assert_cmpuint(rst_keep_dropped(&bench->keep, RST_KIND_CONNS, RST_VALUE_BOTH), ==, 8);
    g_assert_cmpuint(rst_keep_dropped(&bench->keep, RST_KIND_HOSTS, RST_VALUE_LONE), ==, 0);
    bench_close();
}

/* A table full of what is worth more still follows what begins now: the latest of each queue stay. */
static void test_least(void)
{
    bench_open(100);
    bench->keep.least = 3;
    for (unsigned i = 0; i < 100; i++)
        add(RST_KIND_CONNS, RST_VALUE_BOTH, i, i);
    for (unsigned i = 0; i < 10; i++)
        add(RST_KIND_CONNS, RST_VALUE_LONE, 100 + i, 100 + i);
    g_assert_cmpuint(bench->gones, ==, 10);
    for (unsigned i = 0; i < 3; i++)
        g_assert_cmpuint(bench->gone[i], ==, i); /* for the first three */
    for (unsigned i = 3; i < 10; i++)
        g_assert_cmpuint(bench->gone[i], ==, 100 + i - 3);
    bench_close();
}

static void test_worth_more(void)
{
    bench_open(2);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 0, 0)->story = true;
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 1, 1);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 2, 2);
    add(RST_KIND_CONNS, RST_VALUE_BOTH, 3, 3);
    g_assert_cmpuint(bench->gones, ==, 2);
    g_assert_cmpuint(bench->gone[0], ==, 1);
    g_assert_cmpuint(bench->gone[1], ==, 2);
    bench_close();
}

static void test_charged(void)
{
    bench_open(10);
    add(RST_KIND_CONNS, RST_VALUE_LONE, 0, 0);
    rst_keep_charge(&bench->keep, RST_KIND_CONNS, 20 * RECORD);
    rst_keep_make_room(&bench->keep);
    g_assert_cmpuint(bench->gones, ==, 1); /* and then there is nothing left to evict */
    rst_keep_refund(&bench->keep, RST_KIND_CONNS, 20 * RECORD);
    g_assert_cmpuint(bench->keep.used, ==, 0);
    bench_close();
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/keep/room", test_room},
        {"/keep/values", test_values},
        {"/keep/flood", test_flood},
        {"/keep/touch", test_touch},
        {"/keep/rate", test_rate},
        {"/keep/pinned", test_pinned},
        {"/keep/silent", test_silent},
        {"/keep/shares", test_shares},
        {"/keep/kinds", test_kinds},
        {"/keep/least", test_least},
        {"/keep/worth-more", test_worth_more},
        {"/keep/dropped", test_dropped},
        {"/keep/charged", test_charged},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
