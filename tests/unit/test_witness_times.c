/* test_witness_times.c
 * What else measures the clock of a log, or does not: idle timers, hints, storms; and the times that follow from it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/offset.h"

#define MS RST_MILLISECOND
#define DAY (24 * HOUR)

/* A timer that waited so long since the longest silence began tells the clock without any packet. */
static void test_idle(void)
{
    static const struct {
        rst_meaning_t meaning;
        int64_t idle;
        bool known;
    } cases[] = {{RST_MEANING_IDLE, HOUR, true}, {RST_MEANING_IDLE, 0, false}, {RST_MEANING_RESET_BY_DST, HOUR, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(40000, cases[i].meaning, NOON + 3 * HOUR + 10 * RST_SECOND);
        const rst_log_clock_t *clock;

        join_packet(&scene, 40000, false, RST_FLAG_SYN, 1000, 77, NOON);
        join_packet(&scene, 40000, true, RST_FLAG_ACK, 1000, 0, NOON + 10 * RST_SECOND);
        join_packet(&scene, 40000, true, RST_FLAG_ACK, 1000, 0, NOON + 9 * MINUTE);
        record.when.kind = RST_WHEN_LOCAL;
        record.when.resolution = 0;
        record.idle = cases[i].idle;
        join_file(&scene);
        join_take(&scene, &record);
        rst_offsets_find(&scene.witnesses->kepts);
        clock = &g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0);
        g_assert_cmpint(clock->known, ==, cases[i].known);
        g_assert_cmpint(clock->offset, ==, cases[i].known ? -2 * HOUR : 0);
        join_close(&scene);
    }
}

/* A line that names one end only is a hint, and no measure of its clock. */
static void test_hints_set_no_clock(void)
{
    for (unsigned weak = 0; weak <= 1; weak++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(40000, RST_MEANING_RESET_BY_DEVICE, NOON + RST_SECOND + 1500 * MS);

        join_broken(&scene, 40000, NOON, RST_SECOND);
        record.weak = weak;
        join_file(&scene);
        join_take(&scene, &record);
        g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 1);
        rst_offsets_find(&scene.witnesses->kepts);
        g_assert_cmpuint(g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0).matched, ==, weak ? 0 : 1);
        join_close(&scene);
    }
}

/* Of a storm, a line is compared with the latest packets only. */
static void test_storm(void)
{
    for (unsigned back = 32; back <= 33; back++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(40000, RST_MEANING_RESET_BY_DST, NOON + (60 - back) * 10 * RST_SECOND);

        for (unsigned i = 0; i < 60; i++)
            join_packet(&scene, 40000, true, RST_FLAG_RST, 1000 + i, 0, NOON + i * 10 * RST_SECOND);
        join_file(&scene);
        join_take(&scene, &record);
        rst_offsets_find(&scene.witnesses->kepts);
        g_assert_cmpint(g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0).known, ==, back == 32);
        join_close(&scene);
    }
}

/* The line of the switch itself already has the new time. */
static void test_time_after_switch(void)
{
    const rst_log_clock_t clock = {
        .kind = RST_WHEN_LOCAL, .offset = -HOUR, .switched = true, .switched_at = 5, .after = -2 * HOUR};

    g_assert_cmpint(rst_offset_time(&clock, &(rst_kept_t){.line = 4}, NOON, NOON), ==, NOON - HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &(rst_kept_t){.line = 5}, NOON, NOON), ==, NOON - 2 * HOUR);
}

/* A time of day is of the day that brings it nearest, from half a day before to just below half a day after. */
static void test_of_day(void)
{
    const rst_log_clock_t clock = {.kind = RST_WHEN_OF_DAY};
    const rst_kept_t kept = {.line = 1};
    const int64_t midnight = NOON - NOON % DAY;

    g_assert_cmpint(rst_offset_time(&clock, &kept, 11 * HOUR, midnight + 10 * HOUR), ==, midnight + 11 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 23 * HOUR, midnight + HOUR), ==, midnight - HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, HOUR, midnight + 23 * HOUR), ==, midnight + 25 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 0, midnight + 12 * HOUR), ==, midnight);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 12 * HOUR, midnight), ==, midnight - 12 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 12 * HOUR - 1, midnight), ==, midnight + 12 * HOUR - 1);
    /* negative times, as of captures without a date */
    g_assert_cmpint(rst_offset_time(&clock, &kept, 0, 12 * HOUR), ==, 0);
    g_assert_cmpint(rst_offset_time(&clock, &kept, -13 * HOUR, 0), ==, 11 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, -12 * HOUR, 0), ==, -12 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 12 * HOUR, 0), ==, -12 * HOUR);
    g_assert_cmpint(rst_offset_time(&clock, &kept, RST_TIME_NONE, NOON), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_offset_time(&clock, &kept, 11 * HOUR, RST_TIME_NONE), ==, 11 * HOUR);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_times/idle", test_idle);
    g_test_add_func("/witness_times/hints_set_no_clock", test_hints_set_no_clock);
    g_test_add_func("/witness_times/storm", test_storm);
    g_test_add_func("/witness_times/time_after_switch", test_time_after_switch);
    g_test_add_func("/witness_times/of_day", test_of_day);
    return g_test_run();
}
