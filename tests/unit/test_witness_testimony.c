/* test_witness_testimony.c
 * What is joined with some packets and their connection, and in which order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#define PORT 40000

static unsigned ask(const join_scene_t *scene, bool back, uint32_t frame, int64_t time,
                    rst_testimony_t testimony[RST_TESTIMONIES_MAX])
{
    const rst_address_t address[2] = {join_end(CLIENT, 0).address, join_end(SERVER, 0).address};
    const uint16_t port[2] = {PORT, 443};
    const rst_asked_t asked = {address, port, back, frame, frame, time};

    return rst_witnesses_about(scene->witnesses, &asked, testimony);
}

/* Nothing before the logs are joined, and nothing about ends that the capture does not have. */
static void test_nothing(void)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    join_scene_t scene = join_open();
    rst_record_t record = join_session(PORT, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
    uint32_t frame = join_broken(&scene, PORT, NOON, RST_SECOND);

    join_file(&scene);
    join_take(&scene, &record);
    g_assert_cmpuint(join_about(&scene, PORT, true, frame, frame, testimony), ==, 0);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(join_about(&scene, PORT, true, frame, frame, testimony), ==, 1);
    g_assert_cmpuint(join_about(&scene, PORT + 1, true, frame, frame, testimony), ==, 0);
    rst_witnesses_restart(scene.witnesses);
    g_assert_cmpuint(join_about(&scene, PORT, true, frame, frame, testimony), ==, 0);
    join_close(&scene);
    rst_witnesses_free(NULL); /* a capture without logs has none */
}

/* Data packets have no place of their own: the time of the packet tells its connection, from the first packet of that
 * to the last. */
static void test_data(void)
{
    static const struct {
        int64_t time;
        unsigned line; /* of the connection's record; 0 = of neither */
    } cases[] = {{-1, 0},
                 {0, 1},
                 {500 * RST_MILLISECOND, 1},
                 {RST_SECOND, 1},
                 {RST_SECOND + 1, 0},
                 {MINUTE - 1, 0},
                 {MINUTE, 2},
                 {MINUTE + RST_SECOND, 2},
                 {MINUTE + RST_SECOND + 1, 0}};
    join_scene_t scene = join_open();
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];

    join_broken(&scene, PORT, NOON, RST_SECOND);
    join_packet(&scene, PORT, false, RST_FLAG_SYN, 777777, 7, NOON + MINUTE);
    join_packet(&scene, PORT, true, RST_FLAG_RST | RST_FLAG_ACK, 888889, 0, NOON + MINUTE + RST_SECOND);
    join_file(&scene);
    for (unsigned i = 0; i < 2; i++) {
        rst_record_t record = join_session(PORT, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND + i * MINUTE);

        record.line = i + 1;
        join_take(&scene, &record);
    }
    rst_witnesses_join(scene.witnesses);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        unsigned count = ask(&scene, false, 99, NOON + cases[i].time, testimony);

        g_assert_cmpuint(count, ==, cases[i].line ? 1 : 0);
        if (count) {
            g_assert_cmpuint(testimony[0].kept->line, ==, cases[i].line);
            g_assert_false(testimony[0].itself);
        }
    }
    join_close(&scene);
}

/* Each SYN of an attempt has its own line: that of another one is about the connection only. */
static void test_itself(void)
{
    join_scene_t scene = join_open();
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    uint32_t first = join_attempt(&scene, PORT, NOON);

    join_file(&scene);
    join_log_attempt(&scene, PORT, RST_WHEN_UTC, NOON, RST_MILLISECOND);
    rst_witnesses_join(scene.witnesses);
    for (uint32_t asked = first; asked < first + 3; asked++) {
        g_assert_cmpuint(ask(&scene, false, asked, NOON, testimony), ==, 3);
        for (unsigned i = 0; i < 3; i++) {
            g_assert_cmpint(testimony[i].itself, ==, testimony[i].sight == asked);
            g_assert_cmpint(testimony[i].itself, ==, i == 0);
            g_assert_true(testimony[i].by_sender);
            g_assert_cmpuint(testimony[i].flags, ==, RST_FLAG_SYN);
        }
    }
    join_close(&scene);
}

/* Who sent it, and whether the capture lacks the reset that a line tells of. */
static void test_sides(void)
{
    static const struct {
        rst_meaning_t meaning;
        bool reset_by_server, unseen;
    } cases[] = {{RST_MEANING_RESET_BY_DST, true, false},    {RST_MEANING_RESET_BY_DST, false, true},
                 {RST_MEANING_RESET_BY_SRC, true, true},     {RST_MEANING_RESET_BY_SRC, false, false},
                 {RST_MEANING_RESET_BY_DEVICE, true, false}, {RST_MEANING_RESET_BY_DEVICE, false, false},
                 {RST_MEANING_CLOSED, false, false},         {RST_MEANING_CLOSED, true, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(PORT, cases[i].meaning, NOON + RST_SECOND);
        rst_testimony_t testimony[RST_TESTIMONIES_MAX];
        bool back = cases[i].reset_by_server;
        uint32_t frame;

        join_packet(&scene, PORT, false, RST_FLAG_SYN, 1, 1, NOON);
        frame = join_packet(&scene, PORT, back, RST_FLAG_RST, 2, 2, NOON + RST_SECOND);
        join_file(&scene);
        join_take(&scene, &record);
        rst_witnesses_join(scene.witnesses);
        g_assert_cmpuint(ask(&scene, back, frame, NOON + RST_SECOND, testimony), ==, 1);
        g_assert_cmpint(testimony[0].unseen, ==, cases[i].unseen);
        g_assert_cmpint(testimony[0].by_sender, ==, !back);
        join_close(&scene);
    }
}

/* So many lines about the SYN itself and about its connection, in that order in the log: 's' and 'c'. The lines that
 * are shown, by their numbers. */
static void shows(const char *log, unsigned count, const unsigned *lines)
{
    join_scene_t scene = join_open();
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];

    join_packet(&scene, PORT, false, RST_FLAG_SYN, 1, 1, NOON);
    join_packet(&scene, PORT, true, RST_FLAG_ACK, 1, 1, NOON + RST_SECOND);
    join_file(&scene);
    for (unsigned i = 0; log[i]; i++) {
        rst_record_t record = log[i] == 's' ? join_dropped(PORT, RST_WHEN_UTC, NOON, RST_MILLISECOND)
                                            : join_session(PORT, RST_MEANING_MENTION, NOON + RST_SECOND);

        record.line = i + 1;
        join_take(&scene, &record);
    }
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(ask(&scene, false, 1, NOON, testimony), ==, count);
    for (unsigned i = 0; i < count; i++) {
        g_assert_cmpuint(testimony[i].kept->line, ==, lines[i]);
        g_assert_cmpint(testimony[i].itself, ==, log[lines[i] - 1] == 's');
    }
    join_close(&scene);
}

/* First what is about the packet itself, then what is about its connection, both in the order of the log. */
static void test_order(void)
{
    shows("sss", 3, (const unsigned[]){1, 2, 3});
    shows("ccc", 3, (const unsigned[]){1, 2, 3});
    shows("cscs", 4, (const unsigned[]){2, 4, 1, 3});
}

/* Of more than fit, the last ones go, and those about the packet itself last of all. */
static void test_too_many(void)
{
    static const unsigned first[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static const unsigned second[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
    static const unsigned third_then_first[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 1};

    shows("cccccccccccccccc", 16, first);
    shows("ccccccccccccccccc", 16, first);
    shows("ssssssssssssssssss", 16, first);
    shows("scccccccccccccccc", 16, first);
    shows("cssssssssssssssss", 16, second);
    shows("ccsssssssssssssss", 16, third_then_first);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_testimony/nothing", test_nothing);
    g_test_add_func("/witness_testimony/data", test_data);
    g_test_add_func("/witness_testimony/itself", test_itself);
    g_test_add_func("/witness_testimony/sides", test_sides);
    g_test_add_func("/witness_testimony/order", test_order);
    g_test_add_func("/witness_testimony/too_many", test_too_many);
    return g_test_run();
}
