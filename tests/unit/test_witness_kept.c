/* test_witness_kept.c
 * Which records of a log are kept: those of the addresses, ports and times of the capture, as they are or as a device
 * translated them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#define MS RST_MILLISECOND
#define DAY (24 * HOUR)
#define PORT 40000
#define REACH (14 * HOUR + 20 * MINUTE) /* of time zones, and of clocks that nobody set */

static const rst_log_end_t nobody;

/* A capture of one connection that lasts a second. */
static join_scene_t scene_of_one(void)
{
    join_scene_t scene = join_open();

    join_broken(&scene, PORT, NOON, RST_SECOND);
    join_file(&scene);
    return scene;
}

static const rst_witness_file_t *file_of(const join_scene_t *scene)
{
    return g_ptr_array_index(scene->witnesses->kepts.files, 0);
}

static unsigned kept(const join_scene_t *scene)
{
    return scene->witnesses->kepts.records->len;
}

/* Takes one record and tells whether it was kept. */
static bool keeps(const rst_record_t *record)
{
    join_scene_t scene = scene_of_one();
    bool result;

    join_take(&scene, record);
    g_assert_cmpuint(file_of(&scene)->records, ==, 1);
    g_assert_cmpuint(file_of(&scene)->ours, ==, kept(&scene));
    result = kept(&scene) == 1;
    join_close(&scene);
    return result;
}

/* A line of a quite different time is of another connection on the same addresses and ports, whatever its zone. */
static void test_time(void)
{
    static const rst_when_kind_t dated[] = {RST_WHEN_UTC, RST_WHEN_LOCAL};
    const int64_t last = NOON + RST_SECOND;

    for (unsigned i = 0; i < G_N_ELEMENTS(dated); i++) {
        rst_record_t record = join_dropped(PORT, dated[i], NOON - REACH, MS);

        g_assert_true(keeps(&record));
        record.when.ns--;
        g_assert_false(keeps(&record));
        record.when.ns = last + REACH;
        g_assert_true(keeps(&record));
        record.when.ns++;
        g_assert_false(keeps(&record));
        record.idle = 1; /* the timer of the device waited before that */
        g_assert_true(keeps(&record));
        record.idle = -HOUR;
        record.when.ns = last + REACH;
        g_assert_true(keeps(&record));
        record.idle = 0;
        /* a sequence number proves it, however wrong the clock; 0 proves nothing, nor one that is not told */
        record.when.ns = NOON - 99 * DAY;
        record.keys = (rst_packet_keys_t){.seq = 5, .known = RST_KEY_SEQ};
        g_assert_true(keeps(&record));
        record.keys = (rst_packet_keys_t){.seq = 0, .known = RST_KEY_SEQ};
        g_assert_false(keeps(&record));
        record.keys = (rst_packet_keys_t){.seq = 5, .known = RST_KEY_IP_ID};
        g_assert_false(keeps(&record));
    }
    g_assert_true(keeps(&(rst_record_t){
        .src = join_end(CLIENT, PORT), .dst = join_end(SERVER, 443), .when = {.ns = HOUR, .kind = RST_WHEN_BOOT}}));
}

/* February 29 in years that have none: no time at all. */
static void test_no_such_day(void)
{
    join_scene_t scene = scene_of_one();
    const int64_t february_29 = (2 * 365 + 59) * DAY;
    rst_record_t record = join_dropped(PORT, RST_WHEN_NO_YEAR, february_29, RST_SECOND);

    join_take(&scene, &record);
    g_assert_cmpuint(kept(&scene), ==, 1);
    g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->time, ==, RST_TIME_NONE);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(file_of(&scene)->unplaced, ==, 1);
    join_close(&scene);
}

/* What is not told is no end: not even of a capture of crafted packets whose ports, or addresses, are 0. */
static void test_not_told(void)
{
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);

    for (unsigned i = 0; i < 4; i++) {
        rst_segment_t segment = {.src = join_end(CLIENT, 0).address,
                                 .dst = join_end(SERVER, 0).address,
                                 .sport = PORT,
                                 .dport = 443,
                                 .flags = RST_FLAG_SYN};
        join_scene_t scene = join_open();

        record.src = join_end(CLIENT, PORT);
        record.dst = join_end(SERVER, 443);
        if (i == 0)
            record.src.address = segment.src = nobody.address;
        else if (i == 1)
            record.dst.address = segment.dst = nobody.address;
        else if (i == 2)
            record.src.port = segment.sport = 0;
        else
            record.dst.port = segment.dport = 0;
        rst_witnesses_see(scene.witnesses, &segment, (rst_moment_t){1, NOON});
        join_file(&scene);
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, 0);
        record.weak = true; /* the same of the end that a hint names: src if its port is told */
        if (i == 1)
            record.src = nobody;
        else if (i == 3)
            record.src.port = 0;
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, i == 2);
        record.weak = false;
        join_close(&scene);
    }
}

/* Each device of a file has its own clock, and so has each way of telling the time. */
static void test_clocks(void)
{
    join_scene_t scene = scene_of_one();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);
    const rst_kepts_t *kepts = &scene.witnesses->kepts;

    join_take(&scene, &record);
    join_take(&scene, &record);
    g_assert_cmpuint(kepts->clocks->len, ==, 1);
    record.device = "fw1";
    join_take(&scene, &record);
    record.device = "fw2";
    join_take(&scene, &record);
    g_assert_cmpuint(kepts->clocks->len, ==, 3);
    record.when.kind = RST_WHEN_LOCAL;
    join_take(&scene, &record);
    g_assert_cmpuint(kepts->clocks->len, ==, 4);
    record.when.loose = true;
    join_take(&scene, &record);
    g_assert_cmpuint(kepts->clocks->len, ==, 5);
    join_file(&scene);
    join_take(&scene, &record);
    g_assert_cmpuint(kepts->clocks->len, ==, 6);
    for (guint i = 0; i < kepts->records->len; i++) {
        g_assert_cmpuint(rst_kept(kepts, i)->file, ==, i == 6 ? 1 : 0);
        g_assert_cmpuint(rst_kept_clock(kepts, rst_kept(kepts, i))->file, ==, i == 6 ? 1 : 0);
        g_assert_cmpint(rst_kept_clock(kepts, rst_kept(kepts, i))->kind, ==, i < 4 ? RST_WHEN_UTC : RST_WHEN_LOCAL);
    }
    g_assert_cmpstr(rst_kept(kepts, 3)->device, ==, "fw2");
    g_assert_cmpstr(rst_kept(kepts, 3)->text, ==, "a line");
    join_close(&scene);
}

/* An empty zone is none. */
static void test_zone(void)
{
    join_scene_t scene = join_open();

    g_assert_null(rst_kepts_file(&scene.witnesses->kepts, "a.log", NULL)->zone);
    g_assert_null(rst_kepts_file(&scene.witnesses->kepts, "a.log", "")->zone);
    g_assert_cmpstr(rst_kepts_file(&scene.witnesses->kepts, "a.log", "+02:00")->zone, ==, "+02:00");
    join_close(&scene);
}

/* A log of nothing but one connection is not kept in full. The device of a line that is not kept has a clock that no
 * record measures. */
static void test_crowded(void)
{
    join_scene_t scene = scene_of_one();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);

    for (unsigned i = 0; i < RST_KEPT_OF_ENDS_MAX; i++)
        join_take(&scene, &record);
    g_assert_cmpuint(kept(&scene), ==, RST_KEPT_OF_ENDS_MAX);
    record.device = "fw2";
    join_take(&scene, &record);
    g_assert_cmpuint(kept(&scene), ==, RST_KEPT_OF_ENDS_MAX);
    g_assert_false(scene.witnesses->kepts.full);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(scene.witnesses->kepts.clocks->len, ==, 2);
    g_assert_false(g_array_index(scene.witnesses->kepts.clocks, rst_log_clock_t, 1).known);
    join_close(&scene);
}

/* Beyond so many devices, or records, nothing more is kept. */
static void test_full_of_devices(void)
{
    join_scene_t scene = scene_of_one();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);
    rst_kepts_t *kepts = &scene.witnesses->kepts;

    for (unsigned i = 0; i < RST_CLOCKS_MAX; i++) {
        char device[16];

        g_snprintf(device, sizeof device, "fw%u", i);
        record.device = device;
        join_take(&scene, &record);
    }
    g_assert_false(kepts->full);
    record.device = "one more";
    join_take(&scene, &record);
    g_assert_true(kepts->full);
    g_assert_cmpuint(kepts->clocks->len, ==, RST_CLOCKS_MAX);
    join_close(&scene);
}

static void test_full_of_records(void)
{
    join_scene_t scene = scene_of_one();
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);
    rst_kepts_t *kepts = &scene.witnesses->kepts;

    kepts->records->len = RST_KEPT_MAX;
    join_take(&scene, &record);
    g_assert_true(kepts->full);
    g_assert_cmpuint(kept(&scene), ==, RST_KEPT_MAX);
    kepts->records->len = 0;
    join_close(&scene);
}

/* What is said of the time of a session is never negative. */
static void test_spans(void)
{
    static const int64_t spans[] = {-HOUR, 0, HOUR, RST_TIME_NONE};

    for (unsigned i = 0; i < G_N_ELEMENTS(spans); i++) {
        join_scene_t scene = scene_of_one();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);

        record.duration = record.idle = spans[i];
        record.text = NULL;
        join_take(&scene, &record);
        g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->duration, ==, spans[i] == HOUR ? HOUR : 0);
        g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->idle, ==, spans[i] == HOUR ? HOUR : 0);
        g_assert_cmpstr(rst_kept(&scene.witnesses->kepts, 0)->text, ==, "");
        join_close(&scene);
    }
}

/* A translation that tells only the address, or only the port, leaves the rest. */
static void test_partly_translated(void)
{
    rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);

    record.src = join_end("10.1.1.1", PORT);
    record.nat_src = join_end(CLIENT, 0);
    g_assert_true(keeps(&record));
    record.src = join_end(CLIENT, 5555);
    record.nat_src = (rst_log_end_t){.port = PORT};
    g_assert_true(keeps(&record));
    record.nat_src.port = PORT + 1;
    g_assert_false(keeps(&record));
    record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);
    record.dst = join_end("10.1.1.1", 443);
    record.nat_dst = join_end(SERVER, 0);
    g_assert_true(keeps(&record));
    record.dst = join_end(SERVER, 8443);
    record.nat_dst = (rst_log_end_t){.port = 443};
    g_assert_true(keeps(&record));
    record.src = join_end("10.1.1.1", 5555); /* both sides translated */
    record.nat_src = join_end(CLIENT, PORT);
    g_assert_true(keeps(&record));
    record.nat_dst = nobody;
    g_assert_false(keeps(&record));
}

/* Which side of the pair is the record's src. */
static void test_side(void)
{
    static const struct {
        bool back, weak, by_dst;
    } cases[] = {{false, false, false}, {true, false, false}, {false, true, false},
                 {true, true, false},   {false, true, true},  {true, true, true}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = scene_of_one();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);
        rst_log_end_t src = record.src;

        if (cases[i].back) {
            record.src = record.dst;
            record.dst = src;
        }
        record.weak = cases[i].weak;
        if (cases[i].weak && cases[i].by_dst)
            record.src = nobody;
        else if (cases[i].weak)
            record.dst = nobody;
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, 1);
        g_assert_cmpuint(rst_kept(&scene.witnesses->kepts, 0)->side, ==, cases[i].back ? 1 : 0);
        g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->by, ==, cases[i].weak ? RST_BY_ONE_END : RST_BY_PAIR);
        join_close(&scene);
    }
}

/* The ends of a pair may share the address, or the port. */
static void test_side_of_like_ends(void)
{
    static const struct {
        const char *address;
        uint16_t port;
        unsigned side;
    } cases[] = {{"127.0.0.1", 80, 0}, {"127.0.0.1", 50000, 1}, {"127.0.0.2", 179, 0}, {"127.0.0.3", 179, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_segment_t one_host = {.src = join_end("127.0.0.1", 0).address, .sport = 80, .dport = 50000};
        rst_segment_t one_port = {.src = join_end("127.0.0.2", 0).address, .sport = 179, .dport = 179};
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON, MS);

        one_host.dst = one_host.src;
        one_port.dst = join_end("127.0.0.3", 0).address;
        rst_witnesses_see(scene.witnesses, &one_host, (rst_moment_t){1, NOON});
        rst_witnesses_see(scene.witnesses, &one_port, (rst_moment_t){2, NOON});
        join_file(&scene);
        record.weak = true;
        record.src = join_end(cases[i].address, cases[i].port);
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, 1);
        g_assert_cmpuint(rst_kept(&scene.witnesses->kepts, 0)->side, ==, cases[i].side);
        join_close(&scene);
    }
}

/* A hint is about a connection that began or ended within three seconds, and its time must need no guess. */
static void test_hint_is_near(void)
{
    static const struct {
        int64_t time;
        bool kept;
    } cases[] = {{-3 * RST_SECOND, true},     {-3 * RST_SECOND - 1, false}, {3 * RST_SECOND, true},
                 {3 * RST_SECOND + 1, false}, {57 * RST_SECOND, true},      {57 * RST_SECOND - 1, false},
                 {63 * RST_SECOND, true},     {63 * RST_SECOND + 1, false}, {30 * RST_SECOND, false}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        join_scene_t scene = join_open();
        rst_record_t record = join_dropped(PORT, RST_WHEN_UTC, NOON + cases[i].time, MS);

        join_broken(&scene, PORT, NOON, MINUTE);
        join_file(&scene);
        record.weak = true;
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, cases[i].kept);
        record.when.kind = RST_WHEN_LOCAL;
        join_take(&scene, &record);
        g_assert_cmpuint(kept(&scene), ==, cases[i].kept);
        join_close(&scene);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_kept/time", test_time);
    g_test_add_func("/witness_kept/no_such_day", test_no_such_day);
    g_test_add_func("/witness_kept/not_told", test_not_told);
    g_test_add_func("/witness_kept/clocks", test_clocks);
    g_test_add_func("/witness_kept/zone", test_zone);
    g_test_add_func("/witness_kept/crowded", test_crowded);
    g_test_add_func("/witness_kept/full_of_devices", test_full_of_devices);
    g_test_add_func("/witness_kept/full_of_records", test_full_of_records);
    g_test_add_func("/witness_kept/spans", test_spans);
    g_test_add_func("/witness_kept/partly_translated", test_partly_translated);
    g_test_add_func("/witness_kept/side", test_side);
    g_test_add_func("/witness_kept/side_of_like_ends", test_side_of_like_ends);
    g_test_add_func("/witness_kept/hint_is_near", test_hint_is_near);
    return g_test_run();
}
