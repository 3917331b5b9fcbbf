/* sightings.c
 * The identity of segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/sightings.h"

#define ROOM_SMALL 8

/* FNV-1a. */
static uint32_t head_hash(const rst_segment_t *segment)
{
    uint32_t hash = UINT32_C(2166136261);
    unsigned size = MIN(segment->head_len, RST_HEAD_DATA);

    if (!size)
        return 0;
    for (unsigned i = 0; i < size; i++)
        hash = (hash ^ segment->head[i]) * UINT32_C(16777619);
    return hash ? hash : 1;
}

rst_sighting_t rst_sighting_of_segment(const rst_segment_t *segment, uint32_t pass_index, unsigned interface)
{
    rst_sighting_t sighting = {.time = segment->time,
                               .pass_index = pass_index,
                               .seq = segment->seq,
                               .ack = segment->ack,
                               .len = segment->len,
                               .tsval = segment->tsval,
                               .hash = head_hash(segment),
                               .ip_id = segment->ip_id,
                               .window = segment->window,
                               .flags = segment->flags,
                               .ttl = segment->ttl,
                               .interface = (uint8_t)interface};

    if ((segment->known & RST_HAS_IP_ID) && segment->ip_id)
        sighting.known |= RST_SIGHTING_ID;
    if (segment->known & RST_HAS_TIMESTAMP)
        sighting.known |= RST_SIGHTING_STAMP;
    if (segment->known & RST_HAS_WINDOW)
        sighting.known |= RST_SIGHTING_WINDOW;
    if (segment->known & RST_HAS_IP)
        sighting.known |= RST_SIGHTING_TTL;
    if (segment->known & RST_HAS_LENGTH)
        sighting.known |= RST_SIGHTING_LENGTH;
    return sighting;
}

rst_sighting_t rst_sighting_of_recent(const rst_recent_segment_t *recent, unsigned interface)
{
    rst_sighting_t sighting = {.time = recent->moment.time,
                               .pass_index = recent->moment.pass_index,
                               .seq = recent->seq,
                               .ack = recent->ack,
                               .len = recent->len,
                               .ip_id = recent->ip_id,
                               .window = recent->window,
                               .flags = recent->flags,
                               .ttl = recent->ttl,
                               .interface = (uint8_t)interface,
                               .known = RST_SIGHTING_LENGTH};

    sighting.known |= recent->ip_id ? RST_SIGHTING_ID : 0;
    sighting.known |= recent->ttl ? RST_SIGHTING_TTL : 0;
    return sighting;
}

rst_sighting_t rst_sighting_of_reset(const rst_reset_t *reset, unsigned interface)
{
    rst_sighting_t sighting = {.time = reset->at.time,
                               .pass_index = reset->at.pass_index,
                               .seq = reset->seq,
                               .ack = reset->ack,
                               .len = reset->len,
                               .ip_id = reset->ip_id,
                               .window = reset->window,
                               .flags = reset->flags,
                               .ttl = reset->ttl,
                               .interface = (uint8_t)interface};

    sighting.known |= reset->ip_id ? RST_SIGHTING_ID : 0;
    sighting.known |= (reset->known & RST_HAS_IP) ? RST_SIGHTING_TTL : 0;
    sighting.known |= (reset->known & RST_HAS_LENGTH) ? RST_SIGHTING_LENGTH : 0;
    return sighting;
}

const rst_sighting_t *rst_sightings_at(const rst_sightings_t *sightings, unsigned index)
{
    if (index >= sightings->used)
        return NULL;
    return &sightings->ring[(sightings->next + sightings->room - sightings->used + index) % sightings->room];
}

static bool grow(rst_sightings_t *sightings, uint32_t *total, const rst_memory_t *memory)
{
    unsigned room = sightings->room ? MIN(2u * sightings->room, RST_SIGHTINGS_MAX) : ROOM_SMALL;
    rst_sighting_t *ring;

    if (room == sightings->room || *total + room > RST_SIGHTING_ROOM)
        return false;
    *total += room - sightings->room;
    ring = memory->alloc(memory->scope, room * sizeof *ring);
    for (unsigned i = 0; i < sightings->used; i++)
        ring[i] = *rst_sightings_at(sightings, i);
    rst_release(memory, sightings->ring, sightings->room * sizeof *ring);
    sightings->ring = ring;
    sightings->room = (uint8_t)room;
    sightings->next = sightings->used;
    return true;
}

void rst_sightings_push(rst_sightings_t *sightings, const rst_sighting_t *sighting, uint32_t *total,
                        const rst_memory_t *memory)
{
    if (sightings->used == sightings->room && !grow(sightings, total, memory))
        sightings->lost = true;
    if (!sightings->room)
        return;
    sightings->ring[sightings->next] = *sighting;
    sightings->next = (uint8_t)((sightings->next + 1) % sightings->room);
    if (sightings->used < sightings->room)
        sightings->used++;
}

void rst_sightings_drop(rst_sightings_t *sightings, uint32_t *total, const rst_memory_t *memory)
{
    *total -= sightings->room;
    rst_release(memory, sightings->ring, sightings->room * sizeof *sightings->ring);
    *sightings = (rst_sightings_t){.lost = true};
}

/* A value known of both must be equal. */
static bool agree(const rst_sighting_t *a, const rst_sighting_t *b, unsigned what, uint32_t left, uint32_t right)
{
    return !(a->known & b->known & what) || left == right;
}

static bool same_head(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return !a->hash || !b->hash || a->hash == b->hash;
}

bool rst_sighting_same(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags &&
           agree(a, b, RST_SIGHTING_LENGTH, a->len, b->len) && agree(a, b, RST_SIGHTING_ID, a->ip_id, b->ip_id) &&
           agree(a, b, RST_SIGHTING_STAMP, a->tsval, b->tsval) && same_head(a, b);
}

bool rst_sighting_same_packet(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return (a->known & b->known & RST_SIGHTING_ID) && a->ip_id == b->ip_id && a->flags == b->flags &&
           agree(a, b, RST_SIGHTING_LENGTH, a->len, b->len) && same_head(a, b);
}

bool rst_sighting_strong(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return (a->known & b->known & (RST_SIGHTING_ID | RST_SIGHTING_STAMP)) != 0;
}

const rst_sighting_t *rst_sightings_find(const rst_sightings_t *sightings, const rst_sighting_t *sighting)
{
    const rst_sighting_t *packet = NULL;

    for (unsigned i = sightings->used; i-- > 0;) {
        const rst_sighting_t *old = rst_sightings_at(sightings, i);

        if (old->interface == sighting->interface)
            continue;
        if (rst_sighting_same(old, sighting))
            return old;
        if (!packet && rst_sighting_same_packet(old, sighting))
            packet = old;
    }
    return packet;
}
