/* test_witness_translations.c
 * What a device says of the addresses and ports that it translates: for which time each counts, and what it joins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/translations.h"

#define INSIDE "10.1.1.2"
#define OTHER "10.1.1.3"
#define PUBLIC "203.0.113.1"
#define PUBLIC_TOO "203.0.113.2"
#define SLACK (2 * RST_SECOND) /* lines about one moment are written in any order */

static rst_when_t at(rst_when_kind_t kind, int64_t time)
{
    return (rst_when_t){.ns = time, .kind = kind};
}

static void take(rst_translations_t *translations, rst_log_end_t inside, rst_log_end_t outside, rst_when_t when)
{
    const rst_record_t record = {.src = inside, .nat_src = outside};

    rst_translations_take(translations, &record, &when);
}

/* It ended then, and had lasted so long. */
static void end(rst_translations_t *translations, rst_log_end_t inside, rst_log_end_t outside, rst_when_t when,
                int64_t duration)
{
    const rst_record_t record = {.src = inside, .nat_src = outside, .over = true, .duration = duration};

    rst_translations_take(translations, &record, &when);
}

static bool becomes(const rst_translations_t *translations, rst_log_end_t one, rst_log_end_t other, rst_when_t when)
{
    const rst_log_end_t *found = rst_translations_find(translations, &one, &when);

    return found && found->port == other.port && rst_address_equal(&found->address, &other.address);
}

static bool is_nothing(const rst_translations_t *translations, rst_log_end_t one, rst_when_t when)
{
    return !rst_translations_find(translations, &one, &when);
}

/* From its begin to its end, in both directions; times with and without a zone alike. */
static void test_span(void)
{
    static const rst_when_kind_t dated[] = {RST_WHEN_UTC, RST_WHEN_LOCAL};
    const rst_log_end_t inside = join_end(INSIDE, 6666), outside = join_end(PUBLIC, 40000);

    for (unsigned i = 0; i < G_N_ELEMENTS(dated); i++) {
        rst_translations_t map;

        rst_translations_open(&map);
        take(&map, inside, outside, at(dated[i], NOON));
        g_assert_true(becomes(&map, inside, outside, at(dated[i], NOON - SLACK)));
        g_assert_true(becomes(&map, outside, inside, at(dated[i], NOON - SLACK)));
        g_assert_true(is_nothing(&map, inside, at(dated[i], NOON - SLACK - 1)));
        g_assert_true(becomes(&map, inside, outside, at(dated[i], NOON + 99 * HOUR)));
        end(&map, inside, outside, at(dated[i], NOON + HOUR), HOUR);
        g_assert_true(becomes(&map, inside, outside, at(dated[i], NOON - SLACK)));
        g_assert_true(is_nothing(&map, inside, at(dated[i], NOON - SLACK - 1)));
        g_assert_true(becomes(&map, outside, inside, at(dated[i], NOON + HOUR + SLACK)));
        g_assert_true(is_nothing(&map, outside, at(dated[i], NOON + HOUR + SLACK + 1)));
        g_assert_true(is_nothing(&map, join_end(INSIDE, 6667), at(dated[i], NOON)));
        rst_translations_close(&map);
    }
}

/* Times of different kinds cannot be compared, and those without a date tell no day: then what was said last counts,
 * and from its end on nothing does. */
static void test_without_date(void)
{
    const rst_log_end_t inside = join_end(INSIDE, 6666), outside = join_end(PUBLIC, 40000);
    rst_translations_t map;

    rst_translations_open(&map);
    take(&map, inside, outside, at(RST_WHEN_UTC, NOON));
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_LOCAL, NOON - HOUR)));
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_BOOT, HOUR)));
    take(&map, inside, outside, at(RST_WHEN_BOOT, 2 * HOUR));
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_BOOT, HOUR)));
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_UTC, NOON - HOUR)));
    end(&map, inside, outside, at(RST_WHEN_BOOT, 3 * HOUR), HOUR);
    g_assert_true(is_nothing(&map, inside, at(RST_WHEN_BOOT, 3 * HOUR)));
    g_assert_true(is_nothing(&map, outside, at(RST_WHEN_BOOT, 3 * HOUR)));
    rst_translations_close(&map);
}

/* Another host has the port now: before that it was the former's, and the former has nothing afterwards. */
static void test_handed_out_again(void)
{
    const rst_log_end_t inside = join_end(INSIDE, 6666), other = join_end(OTHER, 7777);
    const rst_log_end_t outside = join_end(PUBLIC, 40000);
    rst_translations_t map;

    rst_translations_open(&map);
    take(&map, inside, outside, at(RST_WHEN_UTC, NOON));
    take(&map, inside, outside, at(RST_WHEN_UTC, NOON + MINUTE)); /* said again, which ends nothing */
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_UTC, NOON + HOUR)));
    take(&map, other, outside, at(RST_WHEN_UTC, NOON + HOUR));
    g_assert_true(becomes(&map, outside, other, at(RST_WHEN_UTC, NOON + HOUR)));
    g_assert_true(becomes(&map, inside, outside, at(RST_WHEN_UTC, NOON + HOUR + SLACK)));
    g_assert_true(is_nothing(&map, inside, at(RST_WHEN_UTC, NOON + HOUR + SLACK + 1)));
    rst_translations_close(&map);
}

/* The same where nothing tells until when: without a date, or in another way of telling the time. */
static void test_handed_out_at_unknown_time(void)
{
    static const rst_when_kind_t kinds[][2] = {{RST_WHEN_BOOT, RST_WHEN_BOOT}, {RST_WHEN_UTC, RST_WHEN_LOCAL}};
    const rst_log_end_t inside = join_end(INSIDE, 6666), other = join_end(OTHER, 7777);
    const rst_log_end_t outside = join_end(PUBLIC, 40000);

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        rst_translations_t map;

        rst_translations_open(&map);
        take(&map, inside, outside, at(kinds[i][0], NOON));
        take(&map, other, outside, at(kinds[i][1], NOON + HOUR));
        g_assert_true(is_nothing(&map, inside, at(kinds[i][0], NOON + MINUTE)));
        g_assert_true(becomes(&map, outside, other, at(kinds[i][1], NOON + HOUR)));
        rst_translations_close(&map);
    }
}

/* A host that is given another address, or another port, has left the one before; but not if that is another host's by
 * then. */
static void test_left(void)
{
    const rst_log_end_t inside = join_end(INSIDE, 6666), other = join_end(OTHER, 7777);
    const rst_log_end_t first = join_end(PUBLIC, 40000);
    const rst_log_end_t second[] = {join_end(PUBLIC_TOO, 40000), join_end(PUBLIC, 40001)};
    const rst_when_t later = at(RST_WHEN_UTC, NOON + 3 * HOUR);

    for (unsigned i = 0; i < G_N_ELEMENTS(second); i++) {
        rst_translations_t map;

        rst_translations_open(&map);
        take(&map, inside, first, at(RST_WHEN_UTC, NOON));
        take(&map, inside, second[i], at(RST_WHEN_UTC, NOON + HOUR));
        g_assert_true(becomes(&map, inside, second[i], later));
        g_assert_true(is_nothing(&map, first, later));
        g_assert_true(becomes(&map, first, inside, at(RST_WHEN_UTC, NOON + MINUTE)));
        rst_translations_close(&map);

        rst_translations_open(&map);
        take(&map, inside, first, at(RST_WHEN_UTC, NOON));
        take(&map, other, first, at(RST_WHEN_UTC, NOON + HOUR));
        take(&map, inside, second[i], at(RST_WHEN_UTC, NOON + 2 * HOUR));
        g_assert_true(becomes(&map, first, other, later));
        rst_translations_close(&map);
    }
}

/* A device translates far more than a capture is about: only what touches one of its ends is kept. */
static void test_only_of_the_capture(void)
{
    const struct {
        rst_log_end_t inside, outside;
        bool kept;
    } cases[] = {{join_end(CLIENT, 40000), join_end(PUBLIC, 5555), true},
                 {join_end(INSIDE, 5555), join_end(CLIENT, 40000), true},
                 {join_end(INSIDE, 5555), join_end(PUBLIC, 5555), false},
                 {join_end(CLIENT, 40001), join_end(PUBLIC, 5555), false},
                 {join_end(CLIENT, 40000), {.port = 5555}, false},
                 {join_end(CLIENT, 40000), join_end(PUBLIC, 0), false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        const rst_record_t record = {.translation = true,
                                     .src = cases[i].inside,
                                     .nat_src = cases[i].outside,
                                     .when = {.ns = NOON, .kind = RST_WHEN_UTC}};

        join_broken(&scene, 40000, NOON, RST_SECOND);
        join_file(&scene);
        join_take(&scene, &record);
        g_assert_cmpuint(g_hash_table_size(scene.witnesses->kepts.translations.table), ==, cases[i].kept ? 2 : 0);
        g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 0);
        join_close(&scene);
    }
}

/* A record before translation, the capture behind it: of its src, of its dst (a server behind a device), or of both. */
static void test_join(void)
{
    static const struct {
        bool src, dst; /* are translated */
        const char *named_src, *named_dst;
        bool joined;
    } cases[] = {{true, false, INSIDE, SERVER, true}, {false, true, CLIENT, PUBLIC, true},
                 {true, true, INSIDE, PUBLIC, true},  {true, true, INSIDE, SERVER, true},
                 {true, true, CLIENT, PUBLIC, true},  {true, false, INSIDE, PUBLIC, false},
                 {false, true, INSIDE, PUBLIC, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t map = {.translation = true, .when = {.ns = NOON, .kind = RST_WHEN_UTC}};
        rst_record_t record = join_dropped(40000, RST_WHEN_UTC, NOON, RST_MILLISECOND);

        join_broken(&scene, 40000, NOON, RST_SECOND);
        join_file(&scene);
        map.src = join_end(INSIDE, 40000);
        map.nat_src = join_end(CLIENT, 40000);
        if (cases[i].src)
            join_take(&scene, &map);
        map.src = join_end(SERVER, 443);
        map.nat_src = join_end(PUBLIC, 443);
        if (cases[i].dst)
            join_take(&scene, &map);
        record.src = join_end(cases[i].named_src, 40000);
        record.dst = join_end(cases[i].named_dst, 443);
        join_take(&scene, &record);
        g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, cases[i].joined);
        if (cases[i].joined)
            g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->by, ==, RST_BY_MAP);
        join_close(&scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_translations/span", test_span);
    g_test_add_func("/witness_translations/without_date", test_without_date);
    g_test_add_func("/witness_translations/handed_out_again", test_handed_out_again);
    g_test_add_func("/witness_translations/handed_out_at_unknown_time", test_handed_out_at_unknown_time);
    g_test_add_func("/witness_translations/left", test_left);
    g_test_add_func("/witness_translations/only_of_the_capture", test_only_of_the_capture);
    g_test_add_func("/witness_translations/join", test_join);
    return g_test_run();
}
