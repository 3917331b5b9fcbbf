/* sightings.c
 * Implementation for the identity of segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/points.h"

#define ROOM_SMALL 8

const rst_sighting_t *rst_sightings_at(const rst_sightings_t *sightings, unsigned index)
{
    if (index >= sightings->used)
        return NULL;
    return &sightings->slot[(sightings->next + sightings->room - sightings->used + index) % sightings->room];
}

static bool grow(rst_sightings_t *sightings, uint32_t *total, const rst_memory_t *memory)
{
    unsigned room = sightings->room ? MIN(2u * sightings->room, RST_SIGHTINGS_MAX) : ROOM_SMALL;
    rst_sighting_t *slot;

    if (room == sightings->room || *total + room > RST_SIGHTING_ROOM)
        return false;
    *total += room - sightings->room;
    slot = memory->alloc(memory->scope, room * sizeof *slot);
    for (unsigned i = 0; i < sightings->used; i++)
        slot[i] = *rst_sightings_at(sightings, i);
    rst_release(memory, sightings->slot, sightings->room * sizeof *slot);
    sightings->slot = slot;
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
    sightings->slot[sightings->next] = *sighting;
    sightings->next = (uint8_t)((sightings->next + 1) % sightings->room);
    if (sightings->used < sightings->room)
        sightings->used++;
}

/* What is known of both must be equal. */
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
