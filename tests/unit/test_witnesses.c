/* test_witnesses.c
 * Joining the records of logs with connections and packets: each kind of clock, translation, ports used again, and what
 * must not be joined.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/endpoint.h"
#include "witness/witnesses.h"

#define NOON (INT64_C(1789991400) * RST_SECOND) /* 2026-09-21 11:50:00 UTC */
#define MINUTE (60 * RST_SECOND)
#define HOUR (60 * MINUTE)
#define CLIENT "192.0.2.10"
#define SERVER "198.51.100.20"

typedef struct scene {
    rst_witnesses_t *witnesses;
    uint32_t frame;
} scene_t;

static rst_log_end_t end_of(const char *address, uint16_t port)
{
    rst_log_end_t end = {.port = port};

    g_assert_true(rst_address_read(address, strlen(address), &end.address));
    return end;
}

static scene_t open_scene(void)
{
    return (scene_t){rst_witnesses_new(false), 0};
}

static void close_scene(scene_t *scene)
{
    rst_witnesses_free(scene->witnesses);
}

/* A packet from the client; with back, from the server. */
static uint32_t packet(scene_t *scene, uint16_t port, bool back, uint8_t flags, uint32_t seq, uint16_t ip_id,
                       int64_t time)
{
    rst_log_end_t client = end_of(CLIENT, port);
    rst_log_end_t server = end_of(SERVER, 443);
    rst_segment_t segment = {.known = RST_HAS_IP | RST_HAS_IP_ID | RST_HAS_WINDOW,
                             .time = time,
                             .seq = seq,
                             .ip_id = ip_id,
                             .window = 64240,
                             .ttl = 64,
                             .flags = flags};

    segment.src = back ? server.address : client.address;
    segment.sport = back ? server.port : client.port;
    segment.dst = back ? client.address : server.address;
    segment.dport = back ? client.port : server.port;
    rst_witnesses_see(scene->witnesses, &segment, (rst_moment_t){++scene->frame, time});
    return scene->frame;
}

/* An attempt with three SYNs that nobody answers. Returns the first frame. */
static uint32_t attempt(scene_t *scene, uint16_t port, int64_t time)
{
    uint32_t first = packet(scene, port, false, RST_FLAG_SYN, 1000u + port, port, time);

    packet(scene, port, false, RST_FLAG_SYN, 1000u + port, (uint16_t)(port + 1), time + RST_SECOND);
    packet(scene, port, false, RST_FLAG_SYN, 1000u + port, (uint16_t)(port + 2), time + 3 * RST_SECOND);
    return first;
}

/* A connection that the server resets. Returns the frame of the reset. */
static uint32_t broken(scene_t *scene, uint16_t port, int64_t time, int64_t life)
{
    packet(scene, port, false, RST_FLAG_SYN, 500u + port, 7, time);
    packet(scene, port, true, RST_FLAG_SYN | RST_FLAG_ACK, 9000u + port, 0, time + RST_MILLISECOND);
    packet(scene, port, false, RST_FLAG_ACK, 501u + port, 8, time + 2 * RST_MILLISECOND);
    return packet(scene, port, true, RST_FLAG_RST | RST_FLAG_ACK, 9001u + port, 0, time + life);
}

static rst_record_t dropped(uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution)
{
    return (rst_record_t){.line = 1,
                          .protocol = RST_PROTOCOL_TCP,
                          .meaning = RST_MEANING_DROPPED,
                          .packet = true,
                          .acted = true,
                          .src = end_of(CLIENT, port),
                          .dst = end_of(SERVER, 443),
                          .when = {.ns = time, .resolution = resolution, .kind = kind},
                          .rule = "block web",
                          .text = "a line"};
}

static void file(scene_t *scene)
{
    rst_kepts_file(&scene->witnesses->kepts, "fw1.log", NULL);
}

static void take(scene_t *scene, const rst_record_t *record)
{
    rst_kepts_take(&scene->witnesses->kepts, record);
}

/* The records of an attempt, as a log in that kind of time has them. */
static void log_attempt(scene_t *scene, uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution)
{
    static const int64_t after[] = {0, RST_SECOND, 3 * RST_SECOND};

    for (unsigned i = 0; i < 3; i++) {
        int64_t at = time + after[i] + 2 * RST_MILLISECOND;
        rst_record_t record = dropped(port, kind, at - at % resolution, resolution);

        take(scene, &record);
    }
}

static unsigned about(const scene_t *scene, uint16_t port, bool back, uint32_t first, uint32_t last,
                      rst_testimony_t testimony[RST_TESTIMONIES_MAX])
{
    rst_log_end_t client = end_of(CLIENT, port);
    rst_log_end_t server = end_of(SERVER, 443);
    rst_address_t address[2] = {client.address, server.address};
    uint16_t ports[2] = {client.port, server.port};
    rst_asked_t asked = {address, ports, back, first, last, RST_TIME_NONE};

    return rst_witnesses_about(scene->witnesses, &asked, testimony);
}

/* How many of the SYNs of an attempt have a record of their own. */
static unsigned joined_of_attempt(const scene_t *scene, uint16_t port, uint32_t first)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    unsigned count = about(scene, port, false, first, first + 2, testimony);
    unsigned seen = 0;

    for (unsigned i = 0; i < count; i++) {
        if (testimony[i].kept->state == RST_KEPT_JOINED && testimony[i].itself)
            seen |= 1u << (testimony[i].sight - first);
    }
    return (seen & 1) + (seen >> 1 & 1) + (seen >> 2 & 1);
}

/* One attempt, and a log of it in that kind of time. */
static unsigned joined_in(rst_when_kind_t kind, int64_t shift, int64_t resolution, unsigned attempts)
{
    scene_t scene = open_scene();
    uint32_t first = attempt(&scene, 40000, NOON);
    unsigned joined;

    for (unsigned i = 1; i < attempts; i++)
        attempt(&scene, (uint16_t)(40000 + i), NOON + (int64_t)i * 7 * RST_SECOND);
    file(&scene);
    for (unsigned i = 0; i < attempts; i++) {
        int64_t time = NOON + (int64_t)i * 7 * RST_SECOND + shift;

        log_attempt(&scene, (uint16_t)(40000 + i), kind, time, resolution);
    }
    rst_witnesses_join(scene.witnesses);
    joined = joined_of_attempt(&scene, 40000, first);
    close_scene(&scene);
    return joined;
}

static void test_clocks(void)
{
    const int64_t ms = RST_MILLISECOND;

    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 0, ms, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 1200 * ms, ms, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 0, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 5 * RST_SECOND, ms, 1), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 3 * HOUR + 7 * MINUTE, ms, 2), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, 3 * HOUR + 7 * MINUTE, ms, 3), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 2 * HOUR, ms, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 5 * HOUR + 45 * MINUTE, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, -12 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 14 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 2 * HOUR + 4 * MINUTE, ms, 1), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 2 * HOUR + 4 * MINUTE, ms, 3), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_BOOT, -NOON + 4711 * RST_SECOND, 1000, 2), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_BOOT, -NOON + 4711 * RST_SECOND, 1000, 3), ==, 3);
}

static void test_other_days(void)
{
    const int64_t day = 24 * HOUR;

    g_assert_cmpuint(joined_in(RST_WHEN_UTC, day, RST_MILLISECOND, 5), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_UTC, -day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, -day, RST_SECOND, 5), ==, 0);
    g_assert_cmpuint(joined_in(RST_WHEN_LOCAL, 365 * day, RST_SECOND, 5), ==, 0);
}

/* As if in 1972, which began 730 days after 1970 and whose September 21 is a day later in the year than that of 2026.
 */
static void test_no_year(void)
{
    const int64_t day = 24 * HOUR;
    int64_t shift = (730 + 264) * day - (NOON - NOON % day);

    g_assert_cmpuint(joined_in(RST_WHEN_NO_YEAR, shift, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_NO_YEAR, shift + 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_NO_YEAR, shift + day, RST_SECOND, 5), ==, 0);
}

static void test_of_day(void)
{
    int64_t midnight = NOON - NOON % (24 * HOUR);

    g_assert_cmpuint(joined_in(RST_WHEN_OF_DAY, -midnight, RST_MILLISECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_OF_DAY, -midnight + 2 * HOUR, RST_SECOND, 1), ==, 3);
    g_assert_cmpuint(joined_in(RST_WHEN_OF_DAY, -midnight + 4 * MINUTE, RST_SECOND, 1), ==, 0);
}

/* Numbers of packets need no clock, and they find one for the records that have none. */
static void test_numbers(void)
{
    scene_t scene = open_scene();
    uint32_t first = attempt(&scene, 40000, NOON);
    uint32_t other = attempt(&scene, 40001, NOON + 20 * RST_SECOND);
    int64_t boot = 99 * HOUR;
    rst_record_t record = dropped(40000, RST_WHEN_BOOT, boot, 1000);

    file(&scene);
    record.keys = (rst_packet_keys_t){
        .seq = 41000, .ip_id = 40001, .flags = RST_FLAG_SYN, .known = RST_KEY_SEQ | RST_KEY_IP_ID | RST_KEY_FLAGS};
    take(&scene, &record); /* the second SYN */
    log_attempt(&scene, 40001, RST_WHEN_BOOT, boot + 19 * RST_SECOND, 1000);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_attempt(&scene, 40000, first), ==, 1);
    g_assert_cmpuint(joined_of_attempt(&scene, 40001, other), ==, 3);
    close_scene(&scene);
}

static unsigned joined_with_keys(rst_packet_keys_t keys, rst_when_kind_t kind)
{
    scene_t scene = open_scene();
    uint32_t first = attempt(&scene, 40000, NOON);
    rst_record_t record = dropped(40000, kind, kind == RST_WHEN_NONE ? 0 : NOON, RST_MILLISECOND);
    unsigned joined;

    file(&scene);
    record.keys = keys;
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    joined = joined_of_attempt(&scene, 40000, first);
    close_scene(&scene);
    return joined;
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

static rst_record_t session(uint16_t port, rst_meaning_t meaning, int64_t time)
{
    rst_record_t record = dropped(port, RST_WHEN_UTC, time, RST_MILLISECOND);

    record.meaning = meaning;
    record.packet = false;
    record.oriented = true;
    return record;
}

static unsigned joined_of_reset(const scene_t *scene, uint16_t port, uint32_t frame, bool itself)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    unsigned count = about(scene, port, true, frame, frame, testimony);
    unsigned joined = 0;

    for (unsigned i = 0; i < count; i++)
        joined += testimony[i].kept->state == RST_KEPT_JOINED && testimony[i].itself == itself;
    return joined;
}

/* The same addresses and ports, used again: time tells which connection is meant. */
static void test_reuse(void)
{
    scene_t scene = open_scene();
    rst_record_t record = session(40000, RST_MEANING_RESET_BY_DST, NOON + MINUTE + RST_SECOND);
    uint32_t first = broken(&scene, 40000, NOON, RST_SECOND);
    uint32_t second;

    /* with other numbers: otherwise its SYN would be a copy of the first */
    packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + MINUTE);
    packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 888888, 0, NOON + MINUTE + RST_MILLISECOND);
    second = packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 888889, 0, NOON + MINUTE + RST_SECOND);
    file(&scene);
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, first, true), ==, 0);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, second, true), ==, 1);
    close_scene(&scene);
}

/* The same, by a line in whole seconds about a data packet, which no packet that is kept resembles. */
static void test_reuse_of_data(void)
{
    scene_t scene = open_scene();
    rst_record_t record = dropped(40000, RST_WHEN_UTC, NOON + 14 * RST_SECOND, RST_SECOND);
    uint32_t first = broken(&scene, 40000, NOON, 8 * RST_SECOND);
    uint32_t second;

    record.keys = (rst_packet_keys_t){.flags = RST_FLAG_ACK, .known = RST_KEY_FLAGS};
    packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + 10 * RST_SECOND);
    packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 888888, 0, NOON + 10 * RST_SECOND + RST_MILLISECOND);
    second = packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 888889, 0, NOON + 14 * RST_SECOND);
    file(&scene);
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, first, false), ==, 0);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, second, false), ==, 1);
    close_scene(&scene);
}

/* Two connections on the same addresses and ports so close together that the log cannot tell them apart. */
static void test_doubled(void)
{
    scene_t scene = open_scene();
    rst_record_t record = session(40000, RST_MEANING_RESET_BY_DST, NOON + 500 * RST_MILLISECOND);
    uint32_t first = broken(&scene, 40000, NOON, 400 * RST_MILLISECOND);
    uint32_t second;

    packet(&scene, 40000, false, RST_FLAG_SYN, 777777, 7, NOON + 500 * RST_MILLISECOND);
    second = packet(&scene, 40000, true, RST_FLAG_RST | RST_FLAG_ACK, 0, 0, NOON + 600 * RST_MILLISECOND);
    file(&scene);
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, first, true), ==, 0);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, second, true), ==, 0);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 1);
    g_assert_cmpint(rst_kept(&scene.witnesses->kepts, 0)->state, ==, RST_KEPT_AMBIGUOUS);
    close_scene(&scene);
}

/* Behind a device that translates: by the pair that the record gives, or by an earlier translation. */
static void test_translated(void)
{
    scene_t scene = open_scene();
    uint32_t frame = broken(&scene, 40000, NOON, RST_SECOND);
    uint32_t mapped = broken(&scene, 40001, NOON + 10 * RST_SECOND, RST_SECOND);
    rst_record_t record = session(5555, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
    rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

    file(&scene);
    record.src = end_of("10.1.1.1", 5555);
    record.nat_src = end_of(CLIENT, 40000);
    take(&scene, &record);
    map.src = end_of("10.1.1.2", 6666);
    map.nat_src = end_of(CLIENT, 40001);
    take(&scene, &map);
    record.src = map.src;
    record.nat_src = (rst_log_end_t){.port = 0};
    record.when.ns = NOON + 11 * RST_SECOND;
    take(&scene, &record);
    record.src = end_of("10.1.1.1", 5555); /* the first record said what that became, as those of conntrack do */
    record.when.ns = NOON + RST_SECOND;
    take(&scene, &record);
    record.src = end_of("10.1.1.3", 6666); /* nobody translated that */
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, frame, true), ==, 2);
    g_assert_cmpuint(joined_of_reset(&scene, 40001, mapped, true), ==, 1);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 3);
    close_scene(&scene);
}

/* A port of a translating device is handed out again: only what was in force at the time counts. */
static void test_translated_before(void)
{
    static const struct {
        int64_t from, until; /* of the translation, from the reset; until 0 = not told */
        unsigned joined;
    } cases[] = {{-MINUTE, 0, 1}, {-2 * HOUR, -HOUR, 0}, {MINUTE, 0, 0}, {-MINUTE, MINUTE, 1}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        scene_t scene = open_scene();
        uint32_t frame = broken(&scene, 40000, NOON, RST_SECOND);
        rst_record_t record = session(6666, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
        rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

        file(&scene);
        map.when = record.when;
        map.src = record.src = end_of("10.1.1.2", 6666);
        map.nat_src = end_of(CLIENT, 40000);
        map.when.ns = NOON + cases[i].from;
        take(&scene, &map);
        map.over = cases[i].until != 0;
        map.when.ns = NOON + cases[i].until;
        map.duration = cases[i].until - cases[i].from;
        if (map.over)
            take(&scene, &map);
        take(&scene, &record);
        rst_witnesses_join(scene.witnesses);
        g_assert_cmpuint(joined_of_reset(&scene, 40000, frame, true), ==, cases[i].joined);
        close_scene(&scene);
    }
}

/* Another host has the port now. */
static void test_translated_again(void)
{
    scene_t scene = open_scene();
    uint32_t frame = broken(&scene, 40000, NOON, RST_SECOND);
    rst_record_t record = session(6666, RST_MEANING_RESET_BY_DST, NOON + RST_SECOND);
    rst_record_t map = {.line = 2, .protocol = RST_PROTOCOL_TCP, .translation = true};

    file(&scene);
    map.when = record.when;
    map.nat_src = end_of(CLIENT, 40000);
    map.src = record.src = end_of("10.1.1.2", 6666);
    map.when.ns = NOON - HOUR;
    take(&scene, &map);
    map.src = end_of("10.1.1.3", 7777);
    map.when.ns = NOON - MINUTE;
    take(&scene, &map);
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, frame, true), ==, 0);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 0);
    close_scene(&scene);
}

/* The timer of a device ends a connection long after its last packet. */
static void test_idle(void)
{
    scene_t scene = open_scene();
    uint32_t frame;
    rst_record_t record = session(40000, RST_MEANING_IDLE, NOON + HOUR + 5 * RST_MILLISECOND);

    packet(&scene, 40000, false, RST_FLAG_SYN, 100, 7, NOON);
    packet(&scene, 40000, true, RST_FLAG_SYN | RST_FLAG_ACK, 200, 0, NOON + RST_MILLISECOND);
    packet(&scene, 40000, false, RST_FLAG_ACK, 101, 0, NOON + 5 * RST_MILLISECOND);
    frame = packet(&scene, 40000, true, RST_FLAG_RST, 201, 0, NOON + 2 * HOUR);
    record.idle = HOUR;
    file(&scene);
    take(&scene, &record);
    rst_witnesses_join(scene.witnesses);
    g_assert_cmpuint(joined_of_reset(&scene, 40000, frame, false), ==, 1);
    close_scene(&scene);
}

/* The log of a time zone that goes back by an hour in between. */
static void test_daylight_saving(void)
{
    scene_t scene = open_scene();
    uint32_t before[3], after[3];

    for (unsigned i = 0; i < 3; i++)
        before[i] = attempt(&scene, (uint16_t)(40000 + i), NOON + (int64_t)i * 11 * RST_SECOND);
    for (unsigned i = 0; i < 3; i++)
        after[i] = attempt(&scene, (uint16_t)(41000 + i), NOON + 2 * HOUR + (int64_t)i * 13 * RST_SECOND);
    file(&scene);
    for (unsigned i = 0; i < 6; i++) {
        unsigned nth = i % 3;
        uint16_t port = (uint16_t)((i < 3 ? 40000 : 41000) + nth);
        int64_t time =
            i < 3 ? NOON + 2 * HOUR + (int64_t)nth * 11 * RST_SECOND : NOON + 3 * HOUR + (int64_t)nth * 13 * RST_SECOND;
        rst_record_t record = dropped(port, RST_WHEN_LOCAL, time, RST_SECOND);

        record.line = i + 1;
        take(&scene, &record);
    }
    rst_witnesses_join(scene.witnesses);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(joined_of_attempt(&scene, (uint16_t)(40000 + i), before[i]), ==, 1);
        g_assert_cmpuint(joined_of_attempt(&scene, (uint16_t)(41000 + i), after[i]), ==, 1);
    }
    close_scene(&scene);
}

/* Other addresses, another protocol, a device that had a chance port in common. */
static void test_foreign(void)
{
    scene_t scene = open_scene();
    rst_record_t record = dropped(40000, RST_WHEN_UTC, NOON, RST_MILLISECOND);

    attempt(&scene, 40000, NOON);
    file(&scene);
    record.dst = end_of("198.51.100.21", 443);
    take(&scene, &record);
    record.dst = end_of(SERVER, 80);
    take(&scene, &record);
    record.dst = end_of(SERVER, 443);
    record.protocol = 17;
    take(&scene, &record);
    g_assert_cmpuint(scene.witnesses->kepts.records->len, ==, 0);
    close_scene(&scene);
}

/* A line that names one end is a hint about the only connection that it may mean, and about none if there are two. */
static void test_one_end(void)
{
    for (unsigned connections = 1; connections <= 2; connections++) {
        scene_t scene = open_scene();
        uint32_t frame = broken(&scene, 40000, NOON, RST_SECOND);
        rst_record_t record = session(40000, RST_MEANING_RESET_BY_DEVICE, NOON + RST_SECOND);
        rst_testimony_t testimony[RST_TESTIMONIES_MAX];

        if (connections == 2)
            broken(&scene, 40001, NOON + RST_SECOND, RST_SECOND);
        record.src = (rst_log_end_t){.port = 0};
        record.weak = true;
        file(&scene);
        take(&scene, &record);
        rst_witnesses_join(scene.witnesses);
        g_assert_cmpuint(about(&scene, 40000, true, frame, frame, testimony), ==, connections == 1);
        g_assert_cmpuint(joined_of_reset(&scene, 40000, frame, false), ==, 0);
        close_scene(&scene);
    }
}

/* Health checks come back to the same port every minute: the hour of another log fits each of them about as well. */
static void test_periodic(void)
{
    scene_t scene = open_scene();

    for (unsigned i = 0; i < 20; i++) {
        for (unsigned port = 0; port < 4; port++)
            packet(&scene, (uint16_t)(40000 + port), false, RST_FLAG_SYN, 1000 * i + port, 0,
                   NOON + (int64_t)i * MINUTE + (int64_t)port * 100 * RST_MILLISECOND);
    }
    file(&scene);
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned port = 0; port < 4; port++) {
            rst_record_t record =
                dropped((uint16_t)(40000 + port), RST_WHEN_UTC,
                        NOON - HOUR - 13 * RST_SECOND + (int64_t)i * MINUTE + (int64_t)port * 100 * RST_MILLISECOND,
                        RST_MILLISECOND);

            take(&scene, &record);
        }
    }
    rst_witnesses_join(scene.witnesses);
    for (guint i = 0; i < scene.witnesses->kepts.records->len; i++)
        g_assert_cmpint(rst_kept(&scene.witnesses->kepts, i)->state, !=, RST_KEPT_JOINED);
    close_scene(&scene);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witnesses/clocks", test_clocks);
    g_test_add_func("/witnesses/other_days", test_other_days);
    g_test_add_func("/witnesses/no_year", test_no_year);
    g_test_add_func("/witnesses/of_day", test_of_day);
    g_test_add_func("/witnesses/numbers", test_numbers);
    g_test_add_func("/witnesses/other_packets", test_other_packets);
    g_test_add_func("/witnesses/reuse", test_reuse);
    g_test_add_func("/witnesses/reuse_of_data", test_reuse_of_data);
    g_test_add_func("/witnesses/doubled", test_doubled);
    g_test_add_func("/witnesses/translated", test_translated);
    g_test_add_func("/witnesses/translated_before", test_translated_before);
    g_test_add_func("/witnesses/translated_again", test_translated_again);
    g_test_add_func("/witnesses/idle", test_idle);
    g_test_add_func("/witnesses/daylight_saving", test_daylight_saving);
    g_test_add_func("/witnesses/foreign", test_foreign);
    g_test_add_func("/witnesses/one_end", test_one_end);
    g_test_add_func("/witnesses/periodic", test_periodic);
    return g_test_run();
}
