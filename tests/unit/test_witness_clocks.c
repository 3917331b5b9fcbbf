/* test_witness_clocks.c
 * Joining the records of logs with packets: each kind of clock, and what fixes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

static void test_clocks(void)
{
    const int64_t ms = RST_MILLISECOND;

    g_assert_cmpuint(join_in(RST_WHEN_UTC, 0, ms, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, 1200 * ms, ms, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, 0, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, 5 * RST_SECOND, ms, 1), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, 3 * HOUR + 7 * MINUTE, ms, 2), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, 3 * HOUR + 7 * MINUTE, ms, 3), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 2 * HOUR, ms, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 5 * HOUR + 45 * MINUTE, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, -12 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 14 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 2 * HOUR + 4 * MINUTE, ms, 1), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 2 * HOUR + 4 * MINUTE, ms, 3), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_BOOT, -NOON + 4711 * RST_SECOND, 1000, 2), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_BOOT, -NOON + 4711 * RST_SECOND, 1000, 3), ==, 3);
}

static void test_other_days(void)
{
    const int64_t day = 24 * HOUR;

    g_assert_cmpuint(join_in(RST_WHEN_UTC, day, RST_MILLISECOND, 5), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_UTC, -day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, -day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(join_in(RST_WHEN_LOCAL, 365 * day, RST_SECOND, 5), ==, 0);
}

/* As if in 1972, which began 730 days after 1970 and whose September 21 is a day later in the year than that of 2026.
 */
static void test_no_year(void)
{
    const int64_t day = 24 * HOUR;
    int64_t shift = (730 + 264) * day - (NOON - NOON % day);

    g_assert_cmpuint(join_in(RST_WHEN_NO_YEAR, shift, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_NO_YEAR, shift + 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_NO_YEAR, shift + day, RST_SECOND, 5), ==, 0);
}

static void test_of_day(void)
{
    int64_t midnight = NOON - NOON % (24 * HOUR);

    g_assert_cmpuint(join_in(RST_WHEN_OF_DAY, -midnight, RST_MILLISECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_OF_DAY, -midnight + 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(join_in(RST_WHEN_OF_DAY, -midnight + 4 * MINUTE, RST_SECOND, 1), ==, 0);
}

/* Numbers of packets need no clock, and they find one for the records that have none. */
static void test_numbers(void)
{
    join_scene_t scene = join_open();
    uint32_t first = join_attempt(&scene, 40000, NOON);
    uint32_t other = join_attempt(&scene, 40001, NOON + 20 * RST_SECOND);
    int64_t boot = 99 * HOUR;
    rst_record_t record = join_dropped(40000, RST_WHEN_BOOT, boot, 1000);

    join_file(&scene);
    record.keys = (rst_packet_keys_t){
        .seq = 41000, .ip_id = 40001, .flags = RST_FLAG_SYN, .known = RST_KEY_SEQ | RST_KEY_IP_ID | RST_KEY_FLAGS};
    join_take(&scene, &record); /* the second SYN */
    join_log_attempt(&scene, 40001, RST_WHEN_BOOT, boot + 19 * RST_SECOND, 1000);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_attempt(&scene, 40000, first), ==, 1);
    g_assert_cmpuint(join_of_attempt(&scene, 40001, other), ==, 3);
    join_close(&scene);
}

/* Lines about the first packets of one attempt, by a clock that is off by so much. */
static unsigned joined_lines(rst_packet_keys_t keys, rst_when_kind_t kind, int64_t off, unsigned lines)
{
    join_scene_t scene = join_open();
    uint32_t first = join_attempt(&scene, 40000, NOON);
    unsigned joined;

    join_file(&scene);
    for (unsigned i = 0; i < lines; i++) {
        int64_t time = kind == RST_WHEN_NONE ? 0 : NOON + off + i * RST_SECOND;
        rst_record_t record = join_dropped(40000, kind, time, RST_MILLISECOND);

        record.line = i + 1;
        record.keys = keys;
        record.keys.ip_id += (uint16_t)i;
        join_take(&scene, &record);
    }
    rst_witnesses_join(scene.witnesses);
    joined = join_of_attempt(&scene, 40000, first);
    join_close(&scene);
    return joined;
}

static unsigned joined_with_keys(rst_packet_keys_t keys, rst_when_kind_t kind)
{
    return joined_lines(keys, kind, 0, 1);
}

/* A scanner writes the same number into each packet, and 16 bits are the same by chance: from one line, one number sets
 * no clock that is off by what nobody can explain. */
static void test_one_number(void)
{
    const rst_packet_keys_t seq = {.seq = 41000, .flags = 2, .known = RST_KEY_SEQ | RST_KEY_FLAGS};
    const rst_packet_keys_t id = {.ip_id = 40000, .flags = 2, .known = RST_KEY_IP_ID | RST_KEY_FLAGS};
    const rst_packet_keys_t both = {
        .seq = 41000, .ip_id = 40000, .flags = 2, .known = RST_KEY_SEQ | RST_KEY_IP_ID | RST_KEY_FLAGS};
    const int64_t absurd = 3 * HOUR + 7 * MINUTE;

    g_assert_cmpuint(joined_lines(seq, RST_WHEN_UTC, absurd, 1), ==, 0);
    g_assert_cmpuint(joined_lines(id, RST_WHEN_UTC, absurd, 1), ==, 0);
    g_assert_cmpuint(joined_lines(seq, RST_WHEN_LOCAL, absurd, 1), ==, 0);
    g_assert_cmpuint(joined_lines(id, RST_WHEN_LOCAL, absurd, 1), ==, 0);
    g_assert_cmpuint(joined_lines(both, RST_WHEN_UTC, absurd, 1), ==, 1);
    g_assert_cmpuint(joined_lines(seq, RST_WHEN_UTC, absurd, 2), ==, 2);
    g_assert_cmpuint(joined_lines(id, RST_WHEN_UTC, absurd, 2), ==, 2);
    g_assert_cmpuint(joined_lines(seq, RST_WHEN_LOCAL, 3 * HOUR, 1), ==, 1);
    g_assert_cmpuint(joined_lines(id, RST_WHEN_LOCAL, 3 * HOUR, 1), ==, 1);
}

static void test_other_packets(void)
{
    const uint8_t seq = RST_KEY_SEQ | RST_KEY_FLAGS;
    const uint8_t id = RST_KEY_IP_ID | RST_KEY_FLAGS;

    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.seq = 41000, .flags = 2, .known = seq}, RST_WHEN_UTC), ==,
                     1);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.seq = 41001, .flags = 2, .known = seq}, RST_WHEN_UTC), ==,
                     0);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.seq = 41000, .flags = 4, .known = seq}, RST_WHEN_UTC), ==,
                     0);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.ip_id = 40000, .flags = 2, .known = id}, RST_WHEN_UTC), ==,
                     1);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.ip_id = 47000, .flags = 2, .known = id}, RST_WHEN_UTC), ==,
                     0);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.ip_id = 40000, .flags = 2, .known = id}, RST_WHEN_NONE), ==,
                     1);
    g_assert_cmpuint(joined_with_keys((rst_packet_keys_t){.flags = 2, .known = RST_KEY_FLAGS}, RST_WHEN_NONE), ==, 0);
}

/* The log of a time zone that goes back by an hour in between. */
static void test_daylight_saving(void)
{
    join_scene_t scene = join_open();
    uint32_t before[3], after[3];

    for (unsigned i = 0; i < 3; i++)
        before[i] = join_attempt(&scene, (uint16_t)(40000 + i), NOON + (int64_t)i * 11 * RST_SECOND);
    for (unsigned i = 0; i < 3; i++)
        after[i] = join_attempt(&scene, (uint16_t)(41000 + i), NOON + 2 * HOUR + (int64_t)i * 13 * RST_SECOND);
    join_file(&scene);
    for (unsigned i = 0; i < 6; i++) {
        unsigned nth = i % 3;
        uint16_t port = (uint16_t)((i < 3 ? 40000 : 41000) + nth);
        int64_t time =
            i < 3 ? NOON + 2 * HOUR + (int64_t)nth * 11 * RST_SECOND : NOON + 3 * HOUR + (int64_t)nth * 13 * RST_SECOND;
        rst_record_t record = join_dropped(port, RST_WHEN_LOCAL, time, RST_SECOND);

        record.line = i + 1;
        join_take(&scene, &record);
    }
    rst_witnesses_join(scene.witnesses);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(join_of_attempt(&scene, (uint16_t)(40000 + i), before[i]), ==, 1);
        g_assert_cmpuint(join_of_attempt(&scene, (uint16_t)(41000 + i), after[i]), ==, 1);
    }
    join_close(&scene);
}

/* Health checks come back to the same port every minute: the hour of another log fits each of them about as well. */
static void test_periodic(void)
{
    join_scene_t scene = join_open();

    for (unsigned i = 0; i < 20; i++) {
        for (unsigned port = 0; port < 4; port++)
            join_packet(&scene, (uint16_t)(40000 + port), false, RST_FLAG_SYN, 1000 * i + port, 0,
                        NOON + (int64_t)i * MINUTE + (int64_t)port * 100 * RST_MILLISECOND);
    }
    join_file(&scene);
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned port = 0; port < 4; port++) {
            rst_record_t record = join_dropped((uint16_t)(40000 + port), RST_WHEN_UTC,
                                               NOON - HOUR - 13 * RST_SECOND + (int64_t)i * MINUTE +
                                                   (int64_t)port * 100 * RST_MILLISECOND,
                                               RST_MILLISECOND);

            join_take(&scene, &record);
        }
    }
    rst_witnesses_join(scene.witnesses);
    for (guint i = 0; i < scene.witnesses->kepts.records->len; i++)
        g_assert_cmpint(rst_kept(&scene.witnesses->kepts, i)->state, !=, RST_KEPT_JOINED);
    join_close(&scene);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_clocks/clocks", test_clocks);
    g_test_add_func("/witness_clocks/other_days", test_other_days);
    g_test_add_func("/witness_clocks/no_year", test_no_year);
    g_test_add_func("/witness_clocks/of_day", test_of_day);
    g_test_add_func("/witness_clocks/numbers", test_numbers);
    g_test_add_func("/witness_clocks/one_number", test_one_number);
    g_test_add_func("/witness_clocks/other_packets", test_other_packets);
    g_test_add_func("/witness_clocks/daylight_saving", test_daylight_saving);
    g_test_add_func("/witness_clocks/periodic", test_periodic);
    return g_test_run();
}
