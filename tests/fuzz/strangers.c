/* strangers.c
 * Implementation of an ordinary connection of other hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "strangers.h"

#include <glib.h>

#define LATER (1000 * RST_SECOND)

static const struct {
    bool from_server;
    uint8_t flags;
    uint32_t seq, ack, len;
} steps[STRANGERS_SEGMENTS] = {
    {false, RST_FLAG_SYN, 0, 0, 0},
    {true, RST_FLAG_SYN | RST_FLAG_ACK, 0, 1, 0},
    {false, RST_FLAG_ACK, 1, 1, 0},
    {false, RST_FLAG_PSH | RST_FLAG_ACK, 1, 1, 50},
    {true, RST_FLAG_PSH | RST_FLAG_ACK, 1, 51, 50},
    {false, RST_FLAG_ACK, 51, 51, 0},
    {false, RST_FLAG_FIN | RST_FLAG_ACK, 51, 51, 0},
    {true, RST_FLAG_FIN | RST_FLAG_ACK, 51, 52, 0},
    {false, RST_FLAG_ACK, 52, 52, 0},
};

rst_segment_t strangers_segment(const scene_t *scene, unsigned number, int64_t time)
{
    const rst_address_t client = rst_address_of_ipv4(GUINT32_TO_BE(0xac100107));
    const rst_address_t server = rst_address_of_ipv4(GUINT32_TO_BE(0xac100209));
    bool back = steps[number].from_server;

    return (rst_segment_t){
        .src = back ? server : client,
        .dst = back ? client : server,
        .sport = back ? 9 : 20000,
        .dport = back ? 20000 : 9,
        .interface = scene->item[0].segment.interface,
        .flags = steps[number].flags,
        .seq = (back ? 0x50000000u : 0x30000000u) + steps[number].seq,
        .ack = (steps[number].flags & RST_FLAG_ACK) ? (back ? 0x30000000u : 0x50000000u) + steps[number].ack : 0,
        .len = steps[number].len,
        .window = 64240,
        .ttl = 64,
        .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH,
        .time = time,
    };
}

static bool clock_stands(const scene_t *scene)
{
    for (unsigned i = 1; i < scene->items; i++) {
        rst_moment_t before = {1, scene->item[i - 1].segment.time}, now = {2, scene->item[i].segment.time};

        if (rst_elapsed(before, now) > 0)
            return false;
    }
    return true;
}

int64_t strangers_time(const scene_t *scene, unsigned number)
{
    int64_t last = scene->items ? scene->item[scene->items - 1].segment.time : 0;

    if (clock_stands(scene))
        return last;
    for (unsigned i = 0; i < scene->items; i++) {
        if (scene->item[i].segment.time > last)
            last = scene->item[i].segment.time;
    }
    last = last > INT64_MAX - 2 * LATER ? INT64_MAX - LATER : last < 0 ? LATER : last + LATER;
    return last + (int64_t)number * RST_MILLISECOND;
}
