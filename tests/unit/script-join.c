/* script-join.c
 * Implementation of the scenes of joining.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include <string.h>

#include "base/endpoint.h"

rst_log_end_t join_end(const char *address, uint16_t port)
{
    rst_log_end_t end = {.port = port};

    g_assert_true(rst_address_read(address, strlen(address), &end.address));
    return end;
}

join_scene_t join_open(void)
{
    return (join_scene_t){rst_witnesses_new(false), 0};
}

void join_close(join_scene_t *scene)
{
    rst_witnesses_free(scene->witnesses);
}

uint32_t join_packet(join_scene_t *scene, uint16_t port, bool back, uint8_t flags, uint32_t seq, uint16_t ip_id,
                     int64_t time)
{
    rst_log_end_t client = join_end(CLIENT, port);
    rst_log_end_t server = join_end(SERVER, 443);
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

uint32_t join_attempt(join_scene_t *scene, uint16_t port, int64_t time)
{
    uint32_t first = join_packet(scene, port, false, RST_FLAG_SYN, 1000u + port, port, time);

    join_packet(scene, port, false, RST_FLAG_SYN, 1000u + port, (uint16_t)(port + 1), time + RST_SECOND);
    join_packet(scene, port, false, RST_FLAG_SYN, 1000u + port, (uint16_t)(port + 2), time + 3 * RST_SECOND);
    return first;
}

uint32_t join_broken(join_scene_t *scene, uint16_t port, int64_t time, int64_t life)
{
    join_packet(scene, port, false, RST_FLAG_SYN, 500u + port, 7, time);
    join_packet(scene, port, true, RST_FLAG_SYN | RST_FLAG_ACK, 9000u + port, 0, time + RST_MILLISECOND);
    join_packet(scene, port, false, RST_FLAG_ACK, 501u + port, 8, time + 2 * RST_MILLISECOND);
    return join_packet(scene, port, true, RST_FLAG_RST | RST_FLAG_ACK, 9001u + port, 0, time + life);
}

rst_record_t join_dropped(uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution)
{
    return (rst_record_t){.line = 1,
                          .protocol = RST_PROTOCOL_TCP,
                          .meaning = RST_MEANING_DROPPED,
                          .packet = true,
                          .acted = true,
                          .src = join_end(CLIENT, port),
                          .dst = join_end(SERVER, 443),
                          .when = {.ns = time, .resolution = resolution, .kind = kind},
                          .rule = "block web",
                          .text = "a line"};
}

void join_file(join_scene_t *scene)
{
    rst_kepts_file(&scene->witnesses->kepts, "fw1.log", NULL);
}

void join_take(join_scene_t *scene, const rst_record_t *record)
{
    rst_kepts_take(&scene->witnesses->kepts, record);
}

void join_log_attempt(join_scene_t *scene, uint16_t port, rst_when_kind_t kind, int64_t time, int64_t resolution)
{
    static const int64_t after[] = {0, RST_SECOND, 3 * RST_SECOND};

    for (unsigned i = 0; i < 3; i++) {
        int64_t at = time + after[i] + 2 * RST_MILLISECOND;
        rst_record_t record = join_dropped(port, kind, at - at % resolution, resolution);

        join_take(scene, &record);
    }
}

unsigned join_about(const join_scene_t *scene, uint16_t port, bool back, uint32_t first, uint32_t last,
                    rst_testimony_t testimony[RST_TESTIMONIES_MAX])
{
    rst_log_end_t client = join_end(CLIENT, port);
    rst_log_end_t server = join_end(SERVER, 443);
    rst_address_t address[2] = {client.address, server.address};
    uint16_t ports[2] = {client.port, server.port};
    rst_asked_t asked = {address, ports, back, first, last, RST_TIME_NONE};

    return rst_witnesses_about(scene->witnesses, &asked, testimony);
}

unsigned join_of_attempt(const join_scene_t *scene, uint16_t port, uint32_t first)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    unsigned count = join_about(scene, port, false, first, first + 2, testimony);
    unsigned seen = 0;

    for (unsigned i = 0; i < count; i++) {
        if (testimony[i].kept->state == RST_KEPT_JOINED && testimony[i].itself)
            seen |= 1u << (testimony[i].sight - first);
    }
    return (seen & 1) + (seen >> 1 & 1) + (seen >> 2 & 1);
}

unsigned join_in(rst_when_kind_t kind, int64_t shift, int64_t resolution, unsigned attempts)
{
    join_scene_t scene = join_open();
    uint32_t first = join_attempt(&scene, 40000, NOON);
    unsigned joined;

    for (unsigned i = 1; i < attempts; i++)
        join_attempt(&scene, (uint16_t)(40000 + i), NOON + (int64_t)i * 7 * RST_SECOND);
    join_file(&scene);
    for (unsigned i = 0; i < attempts; i++) {
        int64_t time = NOON + (int64_t)i * 7 * RST_SECOND + shift;

        join_log_attempt(&scene, (uint16_t)(40000 + i), kind, time, resolution);
    }
    rst_witnesses_join(scene.witnesses);
    joined = join_of_attempt(&scene, 40000, first);
    join_close(&scene);
    return joined;
}

rst_record_t join_session(uint16_t port, rst_meaning_t meaning, int64_t time)
{
    rst_record_t record = join_dropped(port, RST_WHEN_UTC, time, RST_MILLISECOND);

    record.meaning = meaning;
    record.packet = false;
    record.oriented = true;
    return record;
}

unsigned join_of_reset(const join_scene_t *scene, uint16_t port, uint32_t frame, bool itself)
{
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    unsigned count = join_about(scene, port, true, frame, frame, testimony);
    unsigned joined = 0;

    for (unsigned i = 0; i < count; i++)
        joined += testimony[i].kept->state == RST_KEPT_JOINED && testimony[i].itself == itself;
    return joined;
}
