/* test_witness_assign.c
 * Which connection and which packet a record is about, once the clock of its log is known: the limit of each rule.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/assign.h"

#define MS RST_MILLISECOND
#define DAY (24 * HOUR)
#define PORT 40000
#define SURE_AFTER 4 /* connections that agree on a clock */

static const rst_log_clock_t right = {.kind = RST_WHEN_UTC, .known = true, .sure = true};

/* A clock that many connections agree on, to so much. */
static rst_log_clock_t exact(int64_t error)
{
    rst_log_clock_t clock = right;

    clock.matched = SURE_AFTER;
    clock.error = error;
    return clock;
}

/* Joins one record by that clock, and closes the scene. */
static rst_kept_t assigned(join_scene_t *scene, const rst_record_t *record, rst_log_clock_t clock)
{
    rst_kepts_t *kepts = &scene->witnesses->kepts;
    rst_kept_t kept;

    join_file(scene);
    join_take(scene, record);
    g_assert_cmpuint(kepts->records->len, ==, 1);
    g_array_index(kepts->clocks, rst_log_clock_t, 0) = clock;
    rst_assign_all(kepts);
    kept = *rst_kept(kepts, 0);
    join_close(scene);
    return kept;
}

static uint32_t syn(join_scene_t *scene, uint32_t seq, uint16_t ip_id, int64_t time)
{
    return join_packet(scene, PORT, false, RST_FLAG_SYN, seq, ip_id, time);
}

/* A record that many milliseconds after a SYN. */
static rst_kept_t after_syn(int64_t off, int64_t resolution, rst_log_clock_t clock)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON + off, resolution);

    syn(&scene, 1000, 7, NOON);
    return assigned(&scene, &record, clock);
}

/* Four seconds while few connections agree; else twice the error of the clock, from a tenth of a second on. */
static void test_tolerance(void)
{
    static const struct {
        unsigned matched;
        int64_t error, tolerance;
    } cases[] = {{0, 0, 4 * RST_SECOND},           {SURE_AFTER - 1, 0, 4 * RST_SECOND},
                 {SURE_AFTER, 0, 100 * MS},        {SURE_AFTER, 50 * MS, 100 * MS},
                 {SURE_AFTER, 300 * MS, 600 * MS}, {SURE_AFTER, 3 * RST_SECOND, 4 * RST_SECOND}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_log_clock_t clock = exact(cases[i].error);

        clock.matched = cases[i].matched;
        g_assert_cmpint(after_syn(cases[i].tolerance, 0, clock).state, ==, RST_KEPT_JOINED);
        g_assert_cmpuint(after_syn(cases[i].tolerance, 0, clock).sight, ==, 1); /* the SYN, not just its connection */
        g_assert_cmpint(after_syn(cases[i].tolerance + 1, 0, clock).state, ==, RST_KEPT_OTHER);
        g_assert_cmpint(after_syn(-cases[i].tolerance, 0, clock).state, ==, RST_KEPT_JOINED);
        g_assert_cmpint(after_syn(-cases[i].tolerance - 1, 0, clock).state, ==, RST_KEPT_OTHER);
        /* the event was up to a resolution later than the log has it */
        g_assert_cmpint(after_syn(-cases[i].tolerance - RST_SECOND, RST_SECOND, clock).state, ==, RST_KEPT_JOINED);
        g_assert_cmpint(after_syn(-cases[i].tolerance - RST_SECOND - 1, RST_SECOND, clock).state, ==, RST_KEPT_OTHER);
    }
}

/* How far the clocks may differ is stated: by their error, by what is between the two, and never by less than 2 ms. */
static void test_error(void)
{
    g_assert_cmpint(after_syn(0, 0, exact(0)).error, ==, 2 * MS);
    g_assert_cmpint(after_syn(5 * MS, 0, exact(0)).error, ==, 5 * MS);
    g_assert_cmpint(after_syn(5 * MS, 0, exact(9 * MS)).error, ==, 9 * MS);
    g_assert_cmpint(after_syn(-5 * MS, 10 * MS, exact(0)).error, ==, 2 * MS); /* within the time that the log has */
}

/* A clock that a single chance may have set joins nothing. */
static void test_unsure(void)
{
    rst_log_clock_t clock = right;

    clock.sure = false;
    g_assert_cmpint(after_syn(0, 0, right).state, ==, RST_KEPT_JOINED);
    g_assert_cmpint(after_syn(0, 0, clock).state, ==, RST_KEPT_AMBIGUOUS);
}

/* Without a clock only numbers tell: a sequence number always, an IP ID only where the line has no time at all. */
static void test_no_clock(void)
{
    static const struct {
        uint8_t known;
        bool timed, joined;
    } cases[] = {{RST_KEY_SEQ, true, true},
                 {RST_KEY_SEQ | RST_KEY_IP_ID, true, true},
                 {RST_KEY_IP_ID, true, false},
                 {RST_KEY_IP_ID, false, true},
                 {0, false, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, cases[i].timed ? RST_WHEN_BOOT : RST_WHEN_NONE, HOUR, 0);
        rst_kept_t kept;

        syn(&scene, 1000, 7, NOON);
        record.keys = (rst_packet_keys_t){.seq = 1000, .ip_id = 7, .known = cases[i].known};
        kept = assigned(&scene, &record, (rst_log_clock_t){.kind = record.when.kind});
        g_assert_cmpint(kept.state, ==, cases[i].joined ? RST_KEPT_JOINED : RST_KEPT_UNPLACED);
        if (cases[i].joined)
            g_assert_cmpint(kept.error, ==, RST_TIME_NONE);
    }
}

/* With a clock, a line that has no time is about nothing: its number alone may be the same again. */
static void test_no_time(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(PORT, RST_WHEN_NONE, 0, 0);

    syn(&scene, 1000, 7, NOON);
    record.keys = (rst_packet_keys_t){.seq = 1000, .known = RST_KEY_SEQ};
    g_assert_cmpint(assigned(&scene, &record, right).state, ==, RST_KEPT_OTHER);
    scene = join_open();
    syn(&scene, 1000, 7, NOON);
    record = join_session(PORT, RST_MEANING_IDLE, 0); /* nor is one that may come days late */
    record.when.kind = RST_WHEN_NONE;
    g_assert_cmpint(assigned(&scene, &record, right).state, ==, RST_KEPT_OTHER);
}

/* Of the SYNs of an attempt: the one whose numbers agree best, then the nearest, then the first. */
static void test_nearest(void)
{
    static const struct {
        int64_t off;
        uint16_t ip_id; /* 0 = not told */
        uint32_t frame;
    } cases[] = {{0, 0, 1}, {400 * MS, 0, 1}, {500 * MS, 0, 1}, {600 * MS, 0, 2}, {400 * MS, 8, 2}, {600 * MS, 7, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON + cases[i].off, 0);
        rst_kept_t kept;

        syn(&scene, 1000, 7, NOON);
        syn(&scene, 1000, 8, NOON + RST_SECOND);
        record.keys = (rst_packet_keys_t){.seq = 1000, .ip_id = cases[i].ip_id, .known = RST_KEY_SEQ | RST_KEY_IP_ID};
        kept = assigned(&scene, &record, right);
        g_assert_cmpint(kept.state, ==, RST_KEPT_JOINED);
        g_assert_cmpuint(kept.sight, ==, cases[i].frame);
    }
}

/* A SYN that asked for ECN in vain is repeated without: still the same attempt. */
static void test_without_ecn(void)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, 0);

    join_packet(&scene, PORT, false, RST_FLAG_SYN | 0x40 | 0x80, 1000, 7, NOON);
    syn(&scene, 1000, 8, NOON + RST_SECOND);
    g_assert_cmpint(assigned(&scene, &record, right).state, ==, RST_KEPT_JOINED);
}

/* Two attempts on the same addresses and ports, and a record by a reliable clock, so long before the second as after
 * the first: it is about the nearer one if the other is more than four times as far, and a tenth of a second at least.
 */
static rst_kept_t between(int64_t first, int64_t second, rst_log_clock_t clock)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, 0);

    syn(&scene, 1000, 7, NOON - first);
    syn(&scene, 2000, 8, NOON + second);
    return assigned(&scene, &record, clock);
}

static void test_much_farther(void)
{
    rst_log_clock_t clock = exact(RST_SECOND);

    g_assert_cmpint(between(0, 100 * MS, clock).state, ==, RST_KEPT_AMBIGUOUS);
    g_assert_cmpint(between(0, 100 * MS + 4, clock).state, ==, RST_KEPT_JOINED);
    g_assert_cmpint(between(100 * MS + 4, 0, clock).state, ==, RST_KEPT_JOINED);
    g_assert_cmpuint(between(0, 100 * MS + 4, clock).sight, ==, 1);
    g_assert_cmpuint(between(100 * MS + 4, 0, clock).sight, ==, 2);
    g_assert_cmpint(between(50 * MS, 200 * MS, clock).state, ==, RST_KEPT_AMBIGUOUS);
    g_assert_cmpint(between(50 * MS, 200 * MS + 4, clock).state, ==, RST_KEPT_JOINED);
    clock.matched = SURE_AFTER - 1; /* the offset itself follows from the guess which one is meant */
    g_assert_cmpint(between(0, RST_SECOND, clock).state, ==, RST_KEPT_AMBIGUOUS);
    g_assert_cmpint(between(0, 4 * RST_SECOND + 1, clock).state, ==, RST_KEPT_JOINED); /* out of reach */
}

/* Two that cannot be told apart do not matter once a third one is much nearer. */
static void test_rivals_that_are_far(void)
{
    static const int64_t nearest[] = {10 * MS, 240 * MS};

    for (unsigned i = 0; i < G_N_ELEMENTS(nearest); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, 0);

        syn(&scene, 1000, 7, NOON + nearest[i]);
        syn(&scene, 2000, 8, NOON + 250 * MS);
        syn(&scene, 3000, 9, NOON + 300 * MS);
        g_assert_cmpint(assigned(&scene, &record, exact(RST_SECOND)).state, ==,
                        i ? RST_KEPT_AMBIGUOUS : RST_KEPT_JOINED);
    }
}

/* A number outweighs time: of two connections within reach, the one with the same IP ID. */
static void test_number_before_time(void)
{
    for (unsigned told = 0; told <= 1; told++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, 0);
        rst_kept_t kept;

        syn(&scene, 1000, 0, NOON);
        syn(&scene, 2000, 8, NOON + RST_SECOND);
        record.keys = (rst_packet_keys_t){.ip_id = 8, .known = told ? RST_KEY_IP_ID : 0};
        kept = assigned(&scene, &record, right);
        g_assert_cmpint(kept.state, ==, told ? RST_KEPT_JOINED : RST_KEPT_AMBIGUOUS);
        if (told)
            g_assert_cmpuint(kept.sight, ==, 2);
    }
}

/* A connection from NOON on that lasts a second, and ends with no packet that a log would write about. */
static void connection(join_scene_t *scene, bool opened, int64_t time, int64_t life)
{
    if (opened)
        syn(scene, (uint32_t)(time / MS), 7, time);
    join_packet(scene, PORT, true, RST_FLAG_ACK, 9001, 0, time);
    join_packet(scene, PORT, true, RST_FLAG_ACK, 9001, 0, time + life);
}

static rst_kept_state_t after_end(rst_meaning_t meaning, int64_t idle, int64_t off)
{
    join_scene_t scene = join_open();
    rst_record_t record = join_session(PORT, meaning, NOON + RST_SECOND + off);

    record.idle = idle;
    record.when.resolution = 0;
    connection(&scene, true, NOON, RST_SECOND);
    join_packet(&scene, PORT + 1, false, RST_FLAG_SYN, 1, 1, NOON + 10 * DAY); /* the capture goes on */
    return assigned(&scene, &record, exact(0)).state;
}

/* Firewalls write of an end when they clear it away: within two minutes, or that much after their timer, which is five
 * days at most where it is not told. What is no end is written while the connection lives. */
static void test_late(void)
{
    static const struct {
        rst_meaning_t meaning;
        int64_t idle, late;
    } cases[] = {{RST_MEANING_CLOSED, 0, 2 * MINUTE},
                 {RST_MEANING_CLOSED, HOUR, HOUR + 2 * MINUTE},
                 {RST_MEANING_IDLE, HOUR, HOUR + 2 * MINUTE},
                 {RST_MEANING_IDLE, 0, 5 * DAY},
                 {RST_MEANING_MENTION, 0, 0}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t most = cases[i].late + 100 * MS;

        g_assert_cmpint(after_end(cases[i].meaning, cases[i].idle, most), ==, RST_KEPT_JOINED);
        g_assert_cmpint(after_end(cases[i].meaning, cases[i].idle, most + 1), ==, RST_KEPT_OTHER);
        g_assert_cmpint(after_end(cases[i].meaning, cases[i].idle, -RST_SECOND - 100 * MS), ==, RST_KEPT_JOINED);
        g_assert_cmpint(after_end(cases[i].meaning, cases[i].idle, -RST_SECOND - 100 * MS - 1), ==, RST_KEPT_OTHER);
    }
}

/* The port used again: what is said of an end after the next connection began is of that one. */
static void test_next(void)
{
    static const struct {
        int64_t time;
        bool joined, second;
    } cases[] = {{30 * RST_SECOND, true, false}, {61 * RST_SECOND, true, true}, {60 * RST_SECOND, false, true}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(PORT, RST_MEANING_CLOSED, NOON + cases[i].time);
        rst_kept_t kept;
        bool second;

        connection(&scene, true, NOON, RST_SECOND);
        connection(&scene, true, NOON + MINUTE, RST_SECOND);
        join_file(&scene);
        join_take(&scene, &record);
        g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 0) = exact(0);
        rst_assign_all(&scene.witnesses->kepts);
        kept = *rst_kept(&scene.witnesses->kepts, 0);
        second = kept.life && kept.life->begin == NOON + MINUTE;
        join_close(&scene);
        g_assert_cmpint(kept.state, ==, cases[i].joined ? RST_KEPT_JOINED : RST_KEPT_AMBIGUOUS);
        if (cases[i].joined)
            g_assert_cmpint(second, ==, cases[i].second);
    }
}

/* A session that began at another time is another one, unless the capture came later. */
static void test_duration(void)
{
    static const struct {
        int64_t error; /* how much longer the session lasted, by the record */
        bool opened, joined;
    } cases[] = {{0, true, true},         {210 * MS, true, true},       {210 * MS + 1, true, false},
                 {-210 * MS, true, true}, {-210 * MS - 1, true, false}, {HOUR, true, false},
                 {HOUR, false, true}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(PORT, RST_MEANING_IDLE, NOON + 20 * RST_SECOND);

        connection(&scene, cases[i].opened, NOON, 20 * RST_SECOND);
        record.duration = 20 * RST_SECOND + cases[i].error;
        record.when.resolution = 10 * MS;
        g_assert_cmpint(assigned(&scene, &record, exact(0)).state, ==,
                        cases[i].joined ? RST_KEPT_JOINED : RST_KEPT_OTHER);
    }
}

/* Packets without SYN, FIN or reset are not kept, so a record of one is about its connection; a record of a SYN, FIN or
 * reset that the capture does not have is about nothing in it. */
static void test_must_be_packet(void)
{
    static const struct {
        uint8_t flags, known;
        bool packet, joined;
    } cases[] = {{RST_FLAG_ACK, RST_KEY_FLAGS, true, true},
                 {RST_FLAG_RST, RST_KEY_FLAGS, true, false},
                 {RST_FLAG_FIN | RST_FLAG_ACK, RST_KEY_FLAGS, true, false},
                 {RST_FLAG_SYN | RST_FLAG_ACK, RST_KEY_FLAGS, true, false},
                 {RST_FLAG_RST, 0, true, true},               /* flags that are not told */
                 {RST_FLAG_RST, RST_KEY_FLAGS, false, true}}; /* of a session: all flags that it had */

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON + 10 * RST_SECOND, 0);

        connection(&scene, true, NOON, 20 * RST_SECOND);
        record.meaning = RST_MEANING_MENTION;
        record.packet = cases[i].packet;
        record.keys = (rst_packet_keys_t){.flags = cases[i].flags, .known = cases[i].known};
        g_assert_cmpint(assigned(&scene, &record, exact(0)).state, ==,
                        cases[i].joined ? RST_KEPT_JOINED : RST_KEPT_OTHER);
    }
}

/* A line that names one end is about the connection that began or ended nearest, of equals the latest, and never sure.
 */
static void test_one_end(void)
{
    static const struct {
        int64_t time;
        bool second;
        int64_t error;
    } cases[] = {{1200 * MS, false, 200 * MS}, {1500 * MS, true, 500 * MS}, {1800 * MS, true, 200 * MS}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_session(PORT, RST_MEANING_RESET_BY_DST, NOON + cases[i].time);
        const rst_kept_t *kept;

        record.weak = true;
        connection(&scene, true, NOON, RST_SECOND);
        connection(&scene, true, NOON + 2 * RST_SECOND, RST_SECOND);
        join_file(&scene);
        join_take(&scene, &record);
        rst_assign_all(&scene.witnesses->kepts);
        kept = rst_kept(&scene.witnesses->kepts, 0);
        g_assert_cmpint(kept->state, ==, RST_KEPT_AMBIGUOUS);
        g_assert_cmpint(kept->life->begin == NOON + 2 * RST_SECOND, ==, cases[i].second);
        g_assert_cmpint(kept->error, ==, cases[i].error);
        join_close(&scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_assign/tolerance", test_tolerance);
    g_test_add_func("/witness_assign/error", test_error);
    g_test_add_func("/witness_assign/unsure", test_unsure);
    g_test_add_func("/witness_assign/no_clock", test_no_clock);
    g_test_add_func("/witness_assign/no_time", test_no_time);
    g_test_add_func("/witness_assign/nearest", test_nearest);
    g_test_add_func("/witness_assign/without_ecn", test_without_ecn);
    g_test_add_func("/witness_assign/much_farther", test_much_farther);
    g_test_add_func("/witness_assign/rivals_that_are_far", test_rivals_that_are_far);
    g_test_add_func("/witness_assign/number_before_time", test_number_before_time);
    g_test_add_func("/witness_assign/late", test_late);
    g_test_add_func("/witness_assign/next", test_next);
    g_test_add_func("/witness_assign/duration", test_duration);
    g_test_add_func("/witness_assign/must_be_packet", test_must_be_packet);
    g_test_add_func("/witness_assign/one_end", test_one_end);
    return g_test_run();
}
