/* test_witnesses.c
 * Joining the records of logs with connections and packets: translation, ports used again, and what must not be joined.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

/* The same addresses and ports, used again: time tells which connection is meant. */
static void test_reuse(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_session(40000, RST_MEANING_RESET_BY_DST, NOON + MINUTE + RST_SECOND);
    uint32_t first = join_broken(&scene, 40000, NOON, RST_SECOND);
    uint32_t second;

    /* with other numbers: otherwise its SYN would be a copy of the first */
    join_packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + MINUTE);
    join_packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 888888, 0, NOON + MINUTE + RST_MILLISECOND);
    second = join_packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 888889, 0, NOON + MINUTE + RST_SECOND);
    join_file(&scene);
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, first, true), ==, 0);
    g_assert_cmpuint(join_of_reset(&scene, 40000, second, true), ==, 1);
    join_close(&scene);
}

/* The same, by a line in whole seconds about a data packet, which no packet that is kept resembles. */
static void test_reuse_of_data(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(40000, RST_WHEN_UTC, NOON + 14 * RST_SECOND, RST_SECOND);
    uint32_t first = join_broken(&scene, 40000, NOON, 8 * RST_SECOND);
    uint32_t second;

    record.keys = (rst_packet_keys_t){.flags = RST_FLAG_ACK, .known = RST_KEY_FLAGS};
    join_packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + 10 * RST_SECOND);
    join_packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 888888, 0, NOON + 10 * RST_SECOND + RST_MILLISECOND);
    second = join_packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 888889, 0, NOON + 14 * RST_SECOND);
    join_file(&scene);
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, first, false), ==, 0);
    g_assert_cmpuint(join_of_reset(&scene, 40000, second, false), ==, 1);
    join_close(&scene);
}

/* Two connections on the same addresses and ports so close together that the log cannot tell them apart. */
static void test_doubled(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_session(40000, RST_MEANING_RESET_BY_DST, NOON + 500 * RST_MILLISECOND);
    uint32_t first = join_broken(&scene, 40000, NOON, 400 * RST_MILLISECOND);
    uint32_t second;

    join_packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + 500 * RST_MILLISECOND);
    second = join_packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 0, 0, NOON + 600 * RST_MILLISECOND);
    join_file(&scene);
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, first, true), ==, 0);
    g_assert_cmpuint(join_of_reset(&scene, 40000, second, true), ==, 0);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 1);
    g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->state, ==, RST_KEPT_AMBIGUOUS);
    join_close(&scene);
}

/* Behind a device that translates: by the pair that the record gives, or by an earlier translation. */
static void test_translated(void)
{
    join_scene_t scene = join_open();
    uint32_t frame = join_broken(&scene, 40000, NOON, RST_SECOND);
    uint32_t mapped = join_broken(&scene, 40001, NOON + 10 * RST_SECOND, RST_SECOND);
    rst_record_t record = join_session(5555, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
    rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

    join_file(&scene);
    record.src = join_end("10.1.1.1", 5555);
    record.nat_src = join_end(CLIENT, 40000);
    join_take(&scene, &record);
    map.src = join_end("10.1.1.2", 6666);
    map.nat_src = join_end(CLIENT, 40001);
    join_take(&scene, &map);
    record.src = map.src;
    record.nat_src = (rst_log_end_t){.port = 0};
    record.when.ns = NOON + 11 * RST_SECOND;
    join_take(&scene, &record);
    record.src = join_end("10.1.1.1", 5555); /* the first record said what that became, as those of conntrack do */
    record.when.ns = NOON + RST_SECOND;
    join_take(&scene, &record);
    record.src = join_end("10.1.1.3", 6666); /* nobody translated that */
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, frame, true), ==, 2);
    g_assert_cmpuint(join_of_reset(&scene, 40001, mapped, true), ==, 1);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 3);
    join_close(&scene);
}

/* A port of a translating device is handed out again: only what was in force at the time counts. */
static void test_translated_before(void)
{
    static const struct {
        int64_t from, until; /* of the translation, from the reset; until 0 = not told */
        unsigned joined;
    } cases[] = {{-MINUTE, 0, 1}, {-2 * HOUR, -HOUR, 0}, {MINUTE, 0, 0}, {-MINUTE, MINUTE, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        uint32_t frame = join_broken(&scene, 40000, NOON, RST_SECOND);
        rst_record_t record = join_session(6666, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
        rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

        join_file(&scene);
        map.when = record.when;
        map.src = record.src = join_end("10.1.1.2", 6666);
        map.nat_src = join_end(CLIENT, 40000);
        map.when.ns = NOON + cases[i].from;
        join_take(&scene, &map);
        map.over = cases[i].until != 0;
        map.when.ns = NOON + cases[i].until;
        map.duration = cases[i].until - cases[i].from;
        if (map.over)
            join_take(&scene, &map);
        join_take(&scene, &record);
        rst_witnesses_join(scene.witnesses);
        g_assert_cmpuint(join_of_reset(&scene, 40000, frame, true), ==, cases[i].joined);
        join_close(&scene);
    }
}

/* Another host has the port now. */
static void test_translated_again(void)
{
    join_scene_t scene = join_open();
    uint32_t frame = join_broken(&scene, 40000, NOON, RST_SECOND);
    rst_record_t record = join_session(6666, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
    rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

    join_file(&scene);
    map.when = record.when;
    map.nat_src = join_end(CLIENT, 40000);
    map.src = record.src = join_end("10.1.1.2", 6666);
    map.when.ns = NOON - HOUR;
    join_take(&scene, &map);
    map.src = join_end("10.1.1.3", 7777);
    map.when.ns = NOON - MINUTE;
    join_take(&scene, &map);
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, frame, true), ==, 0);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 0);
    join_close(&scene);
}

/* The timer of a device ends a connection long after its last packet. */
static void test_idle(void)
{
    join_scene_t scene = join_open();
    uint32_t frame;
    rst_record_t record = join_session(40000, RST_MEANING_IDLE, NOON + HOUR + 5 * RST_MILLISECOND);

    join_packet(&scene, 40000, false, RST_FLAG_SYN, 100, 7, NOON);
    join_packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 200, 0, NOON + RST_MILLISECOND);
    join_packet(&scene, 40000, false, RST_FLAG_ACK, 101, 0, NOON + 5 * RST_MILLISECOND);
    frame = join_packet(&scene, 40000, true, RST_FLAG_RST, 201, 0, NOON + 2 * HOUR);
    record.idle = HOUR;
    join_file(&scene);
    join_take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_of_reset(&scene, 40000, frame, false), ==, 1);
    join_close(&scene);
}

/* Other addresses, another protocol, a device that had a chance port in common. */
static void test_foreign(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(40000, RST_WHEN_UTC, NOON, RST_MILLISECOND);

    join_attempt(&scene, 40000, NOON);
    join_file(&scene);
    record.dst = join_end("198.51.100.21", 443);
    join_take(&scene, &record);
    record.dst = join_end(SERVER, 80);
    join_take(&scene, &record);
    record.dst = join_end(SERVER, 443);
    record.protocol = 17;
    join_take(&scene, &record);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 0);
    join_close(&scene);
}

/* A line that names one end is a hint about the only connection that it may mean, and about none if there are two. */
static void test_one_end(void)
{
    for (unsigned connections = 1; connections <= 2; connections++) {
        join_scene_t scene = join_open();
        uint32_t frame = join_broken(&scene, 40000, NOON, RST_SECOND);
        rst_record_t record = join_session(40000, RST_MEANING_RESET_BY_DEVICE, NOON + RST_SECOND);
        rst_testimony_t testimony[RST_TESTIMONIES_MAX];

        if (connections == 2)
            join_broken(&scene, 40001, NOON + RST_SECOND, RST_SECOND);
        record.src = (rst_log_end_t){.port = 0};
        record.weak = true;
        join_file(&scene);
        join_take(&scene, &record);
        rst_witnesses_join(scene.witnesses);
        g_assert_cmpuint(join_about(&scene, 40000, true, frame, frame, testimony), ==, connections == 1);
        g_assert_cmpuint(join_of_reset(&scene, 40000, frame, false), ==, 0);
        join_close(&scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witnesses/reuse", test_reuse);
    g_test_add_func("/witnesses/reuse_of_data", test_reuse_of_data);
    g_test_add_func("/witnesses/doubled", test_doubled);
    g_test_add_func("/witnesses/translated", test_translated);
    g_test_add_func("/witnesses/translated_before", test_translated_before);
    g_test_add_func("/witnesses/translated_again", test_translated_again);
    g_test_add_func("/witnesses/idle", test_idle);
    g_test_add_func("/witnesses/foreign", test_foreign);
    g_test_add_func("/witnesses/one_end", test_one_end);
    return g_test_run();
}
