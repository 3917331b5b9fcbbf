/* test_witness_offsets.c
 * How far the clock of a log is from that of the capture: the limit of each rule, by connections of one SYN each and
 * lines about them that are off by so much.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/offset.h"

#define MS RST_MILLISECOND
#define DAY (24 * HOUR)
#define FIRST_PORT 40000

/* So many connections, each with a line that is off by offset (of the capture, minus the log), and each further one by
 * step more. */
typedef struct group {
    unsigned connections;
    int64_t offset, step;
    rst_packet_keys_t keys; /* that the lines quote */
} group_t;

#define NO_KEYS                                                                                                        \
    {                                                                                                                  \
        .known = 0                                                                                                     \
    }
#define END_OF_GROUPS                                                                                                  \
    {                                                                                                                  \
        .connections = 0                                                                                               \
    }

static int64_t time_of(unsigned nth)
{
    return NOON + nth * 7 * RST_SECOND;
}

static rst_log_clock_t clock_in(rst_when_kind_t kind, int64_t resolution, const group_t *groups)
{
    join_scene_t scene = join_open();
    rst_log_clock_t clock;
    unsigned nth = 0;

    join_file(&scene);
    for (const group_t *group = groups; group->connections; group++) {
        for (unsigned i = 0; i < group->connections; i++)
            join_packet(&scene, (uint16_t)(FIRST_PORT + nth + i), false, RST_FLAG_SYN, 1000, 77, time_of(nth + i));
        nth += group->connections;
    }
    nth = 0;
    for (const group_t *group = groups; group->connections; group++) {
        for (unsigned i = 0; i < group->connections; i++, nth++) {
            int64_t logged = time_of(nth) - group->offset - (int64_t)i * group->step;
            rst_record_t record = join_dropped((uint16_t)(FIRST_PORT + nth), kind, logged, resolution);

            record.line = nth + 1;
            record.keys = group->keys;
            join_take(&scene, &record);
        }
    }
    rst_offsets_find(&scene.witnesses->kepts);
    clock = g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0);
    join_close(&scene);
    return clock;
}

static rst_log_clock_t clock_of(rst_when_kind_t kind, const group_t *groups)
{
    return clock_in(kind, 0, groups);
}

static bool is_at(rst_log_clock_t clock, int64_t offset)
{
    return clock.known && clock.sure && clock.offset == offset;
}

/* A log in UTC is off by no more than zones are apart, whatever its clock; another day is another day. */
static void test_possible_utc(void)
{
    const int64_t most = 14 * HOUR + 20 * MINUTE;
    const int64_t beyond[] = {most + 1, -most - 1};

    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{3, most, 0, NO_KEYS}, END_OF_GROUPS}), most));
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{3, -most, 0, NO_KEYS}, END_OF_GROUPS}), -most));
    for (unsigned i = 0; i < G_N_ELEMENTS(beyond); i++) {
        rst_log_clock_t clock = clock_of(RST_WHEN_UTC, (group_t[]){{3, beyond[i], 0, NO_KEYS}, END_OF_GROUPS});

        g_assert_cmpuint(clock.matched, ==, 0); /* taken for right, then, which joins none of these lines */
        g_assert_true(is_at(clock, 0));
        g_assert_cmpint(clock.error, ==, 2 * RST_SECOND);
    }
}

/* Local time is ahead of UTC by up to 14 hours in the east, and behind by up to 12 in the west. */
static void test_possible_local(void)
{
    const int64_t east = -14 * HOUR - 20 * MINUTE;
    const int64_t west = 12 * HOUR + 20 * MINUTE;

    g_assert_true(is_at(clock_of(RST_WHEN_LOCAL, (group_t[]){{3, east, 0, NO_KEYS}, END_OF_GROUPS}), east));
    g_assert_true(is_at(clock_of(RST_WHEN_LOCAL, (group_t[]){{3, west, 0, NO_KEYS}, END_OF_GROUPS}), west));
    g_assert_false(clock_of(RST_WHEN_LOCAL, (group_t[]){{3, east - 1, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(clock_of(RST_WHEN_LOCAL, (group_t[]){{3, west + 1, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_true(is_at(clock_of(RST_WHEN_BOOT, (group_t[]){{3, 99 * DAY, 0, NO_KEYS}, END_OF_GROUPS}), 99 * DAY));
}

/* Zones are quarters of an hour apart, and a clock that is kept right is within two seconds: then one line will do. */
static void test_plain(void)
{
    const int64_t zone = 5 * HOUR + 45 * MINUTE;

    g_assert_true(is_at(clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone, 0, NO_KEYS}, END_OF_GROUPS}), zone));
    g_assert_true(clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone + 2000 * MS, 0, NO_KEYS}, END_OF_GROUPS}).sure);
    g_assert_true(clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone - 2000 * MS, 0, NO_KEYS}, END_OF_GROUPS}).sure);
    g_assert_false(clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone + 2001 * MS, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone - 2001 * MS, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(
        clock_of(RST_WHEN_LOCAL, (group_t[]){{1, zone + 450 * RST_SECOND, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(clock_of(RST_WHEN_BOOT, (group_t[]){{1, 0, 0, NO_KEYS}, END_OF_GROUPS}).known);
}

/* A coarse log cuts its times: the event was up to a resolution later, and half of it more may be the clock. */
static void test_plain_and_coarse(void)
{
    const int64_t most = 12 * RST_SECOND; /* 2 for the clock, 5 for the cut, and 5 more for the guess in between */

    g_assert_true(clock_in(RST_WHEN_LOCAL, 10 * RST_SECOND, (group_t[]){{1, most, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(
        clock_in(RST_WHEN_LOCAL, 10 * RST_SECOND, (group_t[]){{1, most + 1, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_true(
        clock_in(RST_WHEN_LOCAL, 10 * RST_SECOND, (group_t[]){{1, -2 * RST_SECOND, 0, NO_KEYS}, END_OF_GROUPS}).known);
    g_assert_false(
        clock_in(RST_WHEN_LOCAL, 10 * RST_SECOND, (group_t[]){{1, -2 * RST_SECOND - 1, 0, NO_KEYS}, END_OF_GROUPS})
            .known);
}

/* An offset that nothing explains takes three connections, and a fifth of those that the log may speak of. */
static void test_some(void)
{
    const int64_t odd = 37 * MINUTE;
    const group_t two[] = {{2, odd, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t three[] = {{3, odd, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t fifth[] = {{3, odd, 0, NO_KEYS}, {12, HOUR, 100 * RST_SECOND, NO_KEYS}, END_OF_GROUPS};
    const group_t less[] = {{3, odd, 0, NO_KEYS}, {13, HOUR, 100 * RST_SECOND, NO_KEYS}, END_OF_GROUPS};

    g_assert_false(clock_of(RST_WHEN_BOOT, two).known);
    g_assert_true(is_at(clock_of(RST_WHEN_BOOT, three), odd));
    g_assert_cmpuint(clock_of(RST_WHEN_BOOT, three).matched, ==, 3);
    g_assert_true(is_at(clock_of(RST_WHEN_BOOT, fifth), odd));
    g_assert_false(clock_of(RST_WHEN_BOOT, less).known);
}

/* A zone that less than three agree on takes half of the connections. */
static void test_most(void)
{
    const group_t half[] = {
        {2, 2 * HOUR, 0, NO_KEYS}, {2, 5 * HOUR + 100 * RST_SECOND, MINUTE, NO_KEYS}, END_OF_GROUPS};
    const group_t less[] = {
        {2, 2 * HOUR, 0, NO_KEYS}, {3, 5 * HOUR + 100 * RST_SECOND, MINUTE, NO_KEYS}, END_OF_GROUPS};

    g_assert_true(is_at(clock_of(RST_WHEN_LOCAL, half), 2 * HOUR));
    g_assert_false(clock_of(RST_WHEN_LOCAL, less).known);
}

/* A clock in UTC is right, unless three connections, and twice as many as say so, agree on another offset. */
static void test_right_clock(void)
{
    const int64_t odd = 37 * MINUTE;
    const struct {
        unsigned right, odd;
        int64_t offset;
    } cases[] = {{2, 3, 0}, {2, 4, odd}, {1, 2, 0}, {1, 3, odd}, {3, 5, 0}, {3, 6, odd}, {1, 1, 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const group_t groups[] = {{cases[i].right, 0, 0, NO_KEYS}, {cases[i].odd, odd, 0, NO_KEYS}, END_OF_GROUPS};

        g_assert_true(is_at(clock_of(RST_WHEN_UTC, groups), cases[i].offset));
    }
}

/* One line is sure of a zone if its addresses and ports were used once: else it may be about another connection. What
 * the other lines are about, which fit no zone, does not matter. */
static void test_only(void)
{
    static const struct {
        uint16_t reused; /* 0 = none */
        bool sure;
    } cases[] = {{0, true}, {40001, false}, {40002, true}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(40001, RST_WHEN_LOCAL, NOON + 2 * HOUR, 0);
        rst_record_t other = join_dropped(40002, RST_WHEN_LOCAL, NOON + 5 * HOUR + 4 * MINUTE, 0);
        const rst_log_clock_t *clock;

        if (cases[i].reused)
            join_packet(&scene, cases[i].reused, true, RST_FLAG_RST, 1, 0, NOON - MINUTE);
        join_packet(&scene, 40001, false, RST_FLAG_SYN, 1000, 77, NOON);
        join_packet(&scene, 40001, false, RST_FLAG_SYN, 1000, 78, NOON + 100 * MS); /* so that it outweighs the other */
        join_packet(&scene, 40002, false, RST_FLAG_SYN, 1000, 77, NOON);
        join_file(&scene);
        join_take(&scene, &record);
        join_take(&scene, &other);
        rst_offsets_find(&scene.witnesses->kepts);
        clock = &g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0);
        g_assert_true(clock->known);
        g_assert_cmpint(clock->offset, ==, -2 * HOUR + 100 * MS);
        g_assert_cmpint(clock->sure, ==, cases[i].sure);
        join_close(&scene);
    }
}

/* Two lines about one connection confirm each other. */
static void test_two_lines(void)
{
    for (unsigned lines = 1; lines <= 2; lines++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(40001, RST_WHEN_LOCAL, NOON + 2 * HOUR, 0);

        join_packet(&scene, 40001, true, RST_FLAG_RST, 1, 0, NOON - MINUTE); /* used before */
        join_packet(&scene, 40001, false, RST_FLAG_SYN, 1000, 77, NOON);
        join_file(&scene);
        for (unsigned i = 0; i < lines; i++)
            join_take(&scene, &record);
        rst_offsets_find(&scene.witnesses->kepts);
        g_assert_cmpint(g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0).sure, ==, lines == 2);
        join_close(&scene);
    }
}

/* The clock by the numbers that lines quote: sequence numbers of two connections prove any offset, one number alone or
 * an IP ID only what a clock can be off by. */
static void test_numbers(void)
{
    const rst_packet_keys_t seq = {.seq = 1000, .known = RST_KEY_SEQ};
    const rst_packet_keys_t id = {.ip_id = 77, .known = RST_KEY_IP_ID};
    const rst_packet_keys_t both = {.seq = 1000, .ip_id = 77, .known = RST_KEY_SEQ | RST_KEY_IP_ID};
    const int64_t days = 3 * DAY;

    g_assert_false(clock_of(RST_WHEN_UTC, (group_t[]){{1, days, 0, seq}, END_OF_GROUPS}).known);
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{2, days, 0, seq}, END_OF_GROUPS}), days));
    g_assert_true(is_at(clock_of(RST_WHEN_LOCAL, (group_t[]){{2, days, 0, seq}, END_OF_GROUPS}), days));
    g_assert_false(clock_of(RST_WHEN_UTC, (group_t[]){{1, days, 0, both}, END_OF_GROUPS}).known);
    /* both numbers of one line are no chance; the lines of one number need a clock that is kept right */
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{1, 7 * HOUR, 0, both}, END_OF_GROUPS}), 7 * HOUR));
    g_assert_false(clock_of(RST_WHEN_UTC, (group_t[]){{1, 7 * HOUR, 0, seq}, END_OF_GROUPS}).sure);
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{1, 2000 * MS, 0, seq}, END_OF_GROUPS}), 2000 * MS));
    g_assert_false(clock_of(RST_WHEN_UTC, (group_t[]){{1, 2001 * MS, 0, seq}, END_OF_GROUPS}).sure);
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, (group_t[]){{1, 2000 * MS, 0, id}, END_OF_GROUPS}), 2000 * MS));
    g_assert_false(clock_of(RST_WHEN_BOOT, (group_t[]){{1, 0, 0, seq}, END_OF_GROUPS}).sure);
    g_assert_true(clock_of(RST_WHEN_BOOT, (group_t[]){{2, 0, 0, seq}, END_OF_GROUPS}).sure);
}

/* Better numbers first: one line that quotes both outweighs any that quote less. */
static void test_better_numbers(void)
{
    const rst_packet_keys_t both = {.seq = 1000, .ip_id = 77, .known = RST_KEY_SEQ | RST_KEY_IP_ID};
    const rst_packet_keys_t id = {.ip_id = 77, .known = RST_KEY_IP_ID};
    const group_t groups[] = {{1, HOUR, 0, both}, {4, 2 * HOUR, 0, id}, {5, 3 * HOUR, 0, NO_KEYS}, END_OF_GROUPS};

    g_assert_true(is_at(clock_of(RST_WHEN_UTC, groups), HOUR));
    g_assert_true(is_at(clock_of(RST_WHEN_UTC, groups + 1), 2 * HOUR));
}

/* Connections that come back after the same time: so many votes for the first, and for the second. A clock that both
 * explain about as well is not known; retransmissions of one SYN, which agree for half a minute, are no such thing. */
static rst_log_clock_t with_rival(unsigned again, int64_t later, unsigned lines, unsigned syns)
{
    join_scene_t scene = join_open();
    rst_log_clock_t clock;

    for (unsigned i = 0; i < 3; i++) {
        join_packet(&scene, (uint16_t)(40000 + i), false, RST_FLAG_SYN, 1000, 77, time_of(100 * i));
        join_packet(&scene, (uint16_t)(40000 + i), false, RST_FLAG_SYN, 1000, 78, time_of(100 * i) + 2 * RST_SECOND);
        for (unsigned nth = 0; i < again && nth < syns; nth++)
            join_packet(&scene, (uint16_t)(40000 + i), false, RST_FLAG_SYN, 2000, 79,
                        time_of(100 * i) + later + nth * 2 * RST_SECOND);
    }
    join_file(&scene);
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned line = 0; line < lines; line++) {
            rst_record_t record =
                join_dropped((uint16_t)(40000 + i), RST_WHEN_BOOT, time_of(100 * i) + line * 2 * RST_SECOND, 0);

            join_take(&scene, &record);
        }
    }
    rst_offsets_find(&scene.witnesses->kepts);
    clock = g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0);
    join_close(&scene);
    return clock;
}

static void test_rival(void)
{
    /* two lines for two SYNs agree twice on the first, and on the second only once, which is not more than half */
    g_assert_true(is_at(with_rival(0, 0, 2, 0), 0));
    g_assert_true(is_at(with_rival(3, MINUTE, 2, 1), 0));
    g_assert_false(with_rival(3, MINUTE, 2, 2).known);
    /* not all of them came back */
    g_assert_true(is_at(with_rival(2, MINUTE, 2, 2), 0));
    /* one line each: the first SYN, its retransmission, and the same so much later */
    g_assert_true(with_rival(3, 32 * RST_SECOND, 1, 1).known);
    g_assert_false(with_rival(3, 32 * RST_SECOND + 1, 1, 1).known);
}

/* Daylight saving: once in a file, by an hour, at a line from which on at least two connections agree; only where the
 * zone is not told, because UTC and uptime know no such thing. */
static void test_switch(void)
{
    const rst_when_kind_t kinds[] = {RST_WHEN_LOCAL, RST_WHEN_UTC, RST_WHEN_BOOT, RST_WHEN_OF_DAY};
    const group_t forth[] = {{4, -HOUR, 0, NO_KEYS}, {2, -2 * HOUR, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t back[] = {{4, -2 * HOUR, 0, NO_KEYS}, {2, -HOUR, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t before[] = {{2, -2 * HOUR, 0, NO_KEYS}, {4, -HOUR, 0, NO_KEYS}, END_OF_GROUPS};

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        rst_log_clock_t clock = clock_of(kinds[i], forth);

        g_assert_cmpint(clock.switched, ==, kinds[i] == RST_WHEN_LOCAL || kinds[i] == RST_WHEN_OF_DAY);
        g_assert_cmpint(clock.offset, ==, -HOUR);
        if (clock.switched) {
            g_assert_cmpuint(clock.switched_at, ==, 5);
            g_assert_cmpint(clock.after, ==, -2 * HOUR);
        }
    }
    g_assert_cmpuint(clock_of(RST_WHEN_LOCAL, back).switched_at, ==, 5);
    g_assert_cmpint(clock_of(RST_WHEN_LOCAL, back).after, ==, -HOUR);
    /* what most agree on may be what came after it */
    g_assert_cmpuint(clock_of(RST_WHEN_LOCAL, before).switched_at, ==, 3);
    g_assert_cmpint(clock_of(RST_WHEN_LOCAL, before).offset, ==, -2 * HOUR);
    g_assert_cmpint(clock_of(RST_WHEN_LOCAL, before).after, ==, -HOUR);
}

static void test_no_switch(void)
{
    const group_t one[] = {{4, -HOUR, 0, NO_KEYS}, {1, -2 * HOUR, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t mixed[] = {{2, -HOUR, 0, NO_KEYS}, {2, -2 * HOUR, 0, NO_KEYS}, {2, -HOUR, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t reverse[] = {
        {2, -2 * HOUR, 0, NO_KEYS}, {4, -HOUR, 0, NO_KEYS}, {1, -2 * HOUR, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t within[] = {{4, -HOUR, 0, NO_KEYS}, {2, -2 * HOUR + 1000 * MS, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t beyond[] = {{4, -HOUR, 0, NO_KEYS}, {2, -2 * HOUR + 1001 * MS, 0, NO_KEYS}, END_OF_GROUPS};
    const group_t twice[] = {
        {4, -2 * HOUR, 0, NO_KEYS}, {2, -HOUR, 0, NO_KEYS}, {2, -3 * HOUR, 0, NO_KEYS}, END_OF_GROUPS};

    g_assert_false(clock_of(RST_WHEN_LOCAL, one).switched);
    g_assert_false(clock_of(RST_WHEN_LOCAL, mixed).switched);
    g_assert_false(clock_of(RST_WHEN_LOCAL, reverse).switched);
    g_assert_true(clock_of(RST_WHEN_LOCAL, within).switched);
    g_assert_false(clock_of(RST_WHEN_LOCAL, beyond).switched);
    g_assert_cmpuint(clock_of(RST_WHEN_LOCAL, twice).switched_at, ==, 5);
    g_assert_cmpint(clock_of(RST_WHEN_LOCAL, twice).after, ==, -HOUR);
}

/* Three lines before and three after; with a line that speaks for both hours, because its port was used again an hour
 * later or earlier, the two do not come apart. */
static bool switches(unsigned both, int64_t again)
{
    join_scene_t scene = join_open();
    bool switched;

    join_file(&scene);
    for (unsigned i = 1; i <= 6; i++) {
        join_packet(&scene, (uint16_t)(FIRST_PORT + i), false, RST_FLAG_SYN, 1000, 77, time_of(i));
        if (i == both)
            join_packet(&scene, (uint16_t)(FIRST_PORT + i), false, RST_FLAG_SYN, 2000, 78, time_of(i) + again);
    }
    for (unsigned i = 1; i <= 6; i++) {
        rst_record_t record =
            join_dropped((uint16_t)(FIRST_PORT + i), RST_WHEN_LOCAL, time_of(i) + (i > 3 ? 2 * HOUR : HOUR), 0);

        record.line = i;
        join_take(&scene, &record);
    }
    rst_offsets_find(&scene.witnesses->kepts);
    switched = g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0).switched;
    join_close(&scene);
    return switched;
}

static void test_line_of_switch(void)
{
    g_assert_true(switches(0, 0));
    g_assert_false(switches(3, -HOUR));
    g_assert_false(switches(4, HOUR));
}

/* A log that has the time of day of the far east is half a day behind. */
static void test_of_day_in_zone(void)
{
    const int64_t midnight = NOON - NOON % DAY;

    g_assert_true(
        is_at(clock_of(RST_WHEN_OF_DAY, (group_t[]){{1, midnight - 14 * HOUR, 0, NO_KEYS}, END_OF_GROUPS}), 10 * HOUR));
    g_assert_true(
        is_at(clock_of(RST_WHEN_OF_DAY, (group_t[]){{1, midnight - 9 * HOUR, 0, NO_KEYS}, END_OF_GROUPS}), -9 * HOUR));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_offsets/possible_utc", test_possible_utc);
    g_test_add_func("/witness_offsets/possible_local", test_possible_local);
    g_test_add_func("/witness_offsets/plain", test_plain);
    g_test_add_func("/witness_offsets/plain_and_coarse", test_plain_and_coarse);
    g_test_add_func("/witness_offsets/some", test_some);
    g_test_add_func("/witness_offsets/most", test_most);
    g_test_add_func("/witness_offsets/right_clock", test_right_clock);
    g_test_add_func("/witness_offsets/only", test_only);
    g_test_add_func("/witness_offsets/two_lines", test_two_lines);
    g_test_add_func("/witness_offsets/numbers", test_numbers);
    g_test_add_func("/witness_offsets/better_numbers", test_better_numbers);
    g_test_add_func("/witness_offsets/rival", test_rival);
    g_test_add_func("/witness_offsets/switch", test_switch);
    g_test_add_func("/witness_offsets/no_switch", test_no_switch);
    g_test_add_func("/witness_offsets/line_of_switch", test_line_of_switch);
    g_test_add_func("/witness_offsets/of_day_in_zone", test_of_day_in_zone);
    return g_test_run();
}
