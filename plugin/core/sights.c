/* sights.c
 * Implementation for the identity of segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points.h"

#define ROOM_SMALL 8
#define DIFFERENCE_MAX INT64_C(1000000000000000000) /* 31 years: absurd, and small enough to add */

bool rst_time_difference(int64_t a, int64_t b, int64_t *difference)
{
    *difference = (int64_t)((uint64_t)b - (uint64_t)a);
    if (a == RST_TIME_NONE || b == RST_TIME_NONE || (b < a) != (*difference < 0))
        return false;
    return *difference <= DIFFERENCE_MAX && *difference >= -DIFFERENCE_MAX;
}

const rst_sight_t *rst_sights_at(const rst_sights_t *sights, unsigned index)
{
    if (index >= sights->used)
        return NULL;
    return &sights->slot[(sights->next + sights->room - sights->used + index) % sights->room];
}

static bool grow(rst_sights_t *sights, uint32_t *total, const rst_memory_t *memory)
{
    unsigned room = sights->room ? MIN(2u * sights->room, RST_SIGHTS_MAX) : ROOM_SMALL;
    rst_sight_t *slot;

    if (room == sights->room || *total + room > RST_SIGHT_ROOM)
        return false;
    *total += room - sights->room;
    slot = memory->alloc(memory->scope, room * sizeof *slot);
    for (unsigned i = 0; i < sights->used; i++)
        slot[i] = *rst_sights_at(sights, i);
    rst_release(memory, sights->slot, sights->room * sizeof *slot);
    sights->slot = slot;
    sights->room = (uint8_t)room;
    sights->next = sights->used;
    return true;
}

void rst_sights_push(rst_sights_t *sights, const rst_sight_t *sight, uint32_t *total, const rst_memory_t *memory)
{
    if (sights->used == sights->room && !grow(sights, total, memory))
        sights->lost = true;
    if (!sights->room)
        return;
    sights->slot[sights->next] = *sight;
    sights->next = (uint8_t)((sights->next + 1) % sights->room);
    if (sights->used < sights->room)
        sights->used++;
}

/* What is known of both must be equal. */
static bool agree(const rst_sight_t *a, const rst_sight_t *b, unsigned what, uint32_t left, uint32_t right)
{
    return !(a->known & b->known & what) || left == right;
}

static bool same_head(const rst_sight_t *a, const rst_sight_t *b)
{
    return !a->hash || !b->hash || a->hash == b->hash;
}

bool rst_sight_same(const rst_sight_t *a, const rst_sight_t *b)
{
    return a->seq == b->seq && a->ack == b->ack && a->flags == b->flags &&
           agree(a, b, RST_SIGHT_LENGTH, a->len, b->len) && agree(a, b, RST_SIGHT_ID, a->ip_id, b->ip_id) &&
           agree(a, b, RST_SIGHT_STAMP, a->tsval, b->tsval) && same_head(a, b);
}

bool rst_sight_same_packet(const rst_sight_t *a, const rst_sight_t *b)
{
    return (a->known & b->known & RST_SIGHT_ID) && a->ip_id == b->ip_id && a->flags == b->flags &&
           agree(a, b, RST_SIGHT_LENGTH, a->len, b->len) && same_head(a, b);
}

bool rst_sight_strong(const rst_sight_t *a, const rst_sight_t *b)
{
    return (a->known & b->known & (RST_SIGHT_ID | RST_SIGHT_STAMP)) != 0;
}

const rst_sight_t *rst_sights_find(const rst_sights_t *sights, const rst_sight_t *sight)
{
    const rst_sight_t *packet = NULL;

    for (unsigned i = sights->used; i-- > 0;) {
        const rst_sight_t *old = rst_sights_at(sights, i);

        if (old->interface == sight->interface)
            continue;
        if (rst_sight_same(old, sight))
            return old;
        if (!packet && rst_sight_same_packet(old, sight))
            packet = old;
    }
    return packet;
}
