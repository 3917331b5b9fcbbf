/* places.c
 * Implementation of where the segments of a scene are captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "places.h"

#include <string.h>

enum { /* where */
       AT_BOTH = 0,
       AT_FIRST = 1,
       AT_SECOND = 2,
       AT_SECOND_FIRST = 3,
       AT_MASK = 3,
       BIT_LATE = 0x04,       /* at the second place after the segments that follow */
       BIT_THIRD = 0x08,      /* at a third place too */
       BIT_TRANSLATED = 0x10, /* as the head says */
       BIT_SHIFTED = 0x20,    /* numbers rewritten */
       BIT_OTHER_ID = 0x40,
       BIT_CHANGED = 0x80 /* window and TTL */
};

static scene_item_t *next_item(places_t *places, int64_t time)
{
    scene_t *scene = places->scene;
    scene_item_t *item;

    if (scene->items == SCENE_ITEMS_MAX)
        return NULL;
    item = &scene->item[scene->items];
    item->same_frame = scene->items && places->same_frame;
    if (!item->same_frame) {
        scene->last += !(scene->items && places->rejected);
        places->rejected = false;
    }
    item->segment.frame = scene->last;
    item->segment.time = item->same_frame && scene->items ? scene->item[scene->items - 1].segment.time
                         : places->untimed                ? RST_TIME_NONE
                                                          : time;
    places->same_frame = places->untimed = false;
    scene->items++;
    return item;
}

static void show(places_t *places, const rst_segment_t *segment)
{
    scene_item_t *item = next_item(places, segment->time);
    uint32_t frame;
    int64_t time;

    if (!item)
        return;
    frame = item->segment.frame;
    time = item->segment.time;
    memcpy(&item->segment, segment, offsetof(rst_segment_t, head) + segment->head_len);
    item->segment.frame = frame;
    item->segment.time = time;
    item->is_icmp = false;
    places->scene->several |= segment->interface != places->scene->item[0].segment.interface;
    places->scene->segments++;
    places->scene->resets += !!(segment->flags & RST_FLAG_RST);
}

void places_show_icmp(places_t *places, const rst_icmp_t *icmp, int64_t time)
{
    scene_item_t *item = next_item(places, time);

    if (!item)
        return;
    item->icmp = *icmp;
    item->is_icmp = true;
}

static bool from_client(const rst_segment_t *segment)
{
    return segment->sport > segment->dport;
}

static void translate(const places_t *places, rst_segment_t *segment)
{
    uint8_t *address = (uint8_t *)(from_client(segment) ? segment->src.word : segment->dst.word);
    uint16_t *port = from_client(segment) ? &segment->sport : &segment->dport;

    if (places->translation & 1)
        address[segment->src.size - 1] ^= 0x40;
    if (places->translation & 2)
        *port ^= 0x1000;
}

static rst_segment_t at_second(const places_t *places, const rst_segment_t *segment, unsigned how)
{
    rst_segment_t other = *segment;

    other.interface = 2;
    other.ttl = (uint8_t)(segment->ttl - 3);
    other.time = (int64_t)((uint64_t)other.time + (uint64_t)places->clock);
    if (how & BIT_TRANSLATED)
        translate(places, &other);
    if (how & BIT_SHIFTED) {
        other.seq += from_client(segment) ? 77777u : 0;
        other.ack += from_client(segment) ? 0 : 77777u;
    }
    if (how & BIT_OTHER_ID)
        other.ip_id = (uint16_t)(segment->ip_id ^ 0x5a5a);
    if (how & BIT_CHANGED) {
        other.window = (uint16_t)(segment->window / 2);
        other.ttl = 7;
    }
    return other;
}

static void show_late(places_t *places)
{
    for (unsigned i = 0; i < places->waiting; i++)
        show(places, &places->late[i]);
    places->waiting = 0;
}

static void show_second(places_t *places, const rst_segment_t *segment, unsigned how)
{
    rst_segment_t other = at_second(places, segment, how);

    if ((how & BIT_LATE) && places->waiting < PLACES_LATE_MAX) {
        places->late[places->waiting++] = other;
        return;
    }
    show(places, &other);
    show_late(places);
}

void places_show(places_t *places, const rst_segment_t *segment, uint8_t where)
{
    rst_segment_t own = *segment;

    own.interface = places->several ? 1 : places->interface;
    if (!places->several) {
        show(places, &own);
        return;
    }
    if ((where & AT_MASK) == AT_SECOND_FIRST)
        show_second(places, &own, where);
    if ((where & AT_MASK) != AT_SECOND)
        show(places, &own);
    if ((where & AT_MASK) == AT_BOTH || (where & AT_MASK) == AT_SECOND)
        show_second(places, &own, where);
    if (where & BIT_THIRD) {
        own.interface = 3;
        show(places, &own);
    }
}

void places_end(places_t *places)
{
    show_late(places);
}
