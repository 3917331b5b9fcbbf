/* ring.c
 * The ring of the latest segments of one direction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/ring.h"

#include "facts/payload.h"

rst_recent_segment_t *rst_ring_at(const rst_ring_t *ring, unsigned age)
{
    if (age >= ring->used)
        return NULL;
    return &ring->slot[(ring->next + ring->size - 1 - age) % ring->size];
}

rst_moment_t rst_ring_sent_before(const rst_ring_t *ring, uint32_t seq, unsigned youngest)
{
    for (unsigned age = youngest; age < ring->used; age++) {
        const rst_recent_segment_t *old = rst_ring_at(ring, age);

        if (old->seq == seq && old->space && !old->keepalive)
            return old->moment;
    }
    return (rst_moment_t){0, RST_TIME_NONE};
}

/* Four slots are enough for a handshake; a connection that continues gets sixteen, in the same order. */
static void ring_grow(rst_ring_t *ring, const rst_memory_t *memory)
{
    uint8_t size = ring->slot ? RST_RING_LARGE : RST_RING_SMALL;
    rst_recent_segment_t *slot = memory->alloc(memory->scope, size * sizeof *slot);

    for (unsigned age = ring->used; age-- > 0;)
        slot[ring->used - 1 - age] = *rst_ring_at(ring, age);
    rst_release(memory, ring->slot, ring->size * sizeof *slot);
    ring->slot = slot;
    ring->size = size;
    ring->next = ring->used;
}

rst_recent_segment_t *rst_ring_push(rst_ring_t *ring, const rst_memory_t *memory)
{
    rst_recent_segment_t *slot;

    if (ring->used == ring->size && ring->size < RST_RING_LARGE)
        ring_grow(ring, memory);
    slot = &ring->slot[ring->next];
    ring->next = (uint8_t)((ring->next + 1) % ring->size);
    if (ring->used < ring->size)
        ring->used++;
    memset(slot, 0, sizeof *slot);
    return slot;
}

void rst_recent_segment_fill(rst_recent_segment_t *slot, const rst_segment_t *segment, rst_moment_t at)
{
    slot->moment = at;
    slot->seq = segment->seq;
    slot->ack = segment->ack;
    slot->len = segment->len;
    slot->space = rst_segment_space(segment);
    slot->link = segment->link;
    slot->tsecr = (segment->known & RST_HAS_TIMESTAMP) ? segment->tsecr : 0;
    slot->timestamp = (segment->known & RST_HAS_TIMESTAMP) != 0;
    slot->window = rst_segment_window(segment);
    slot->ip_id = (segment->known & RST_HAS_IP_ID) ? segment->ip_id : 0;
    slot->flags = segment->flags;
    slot->ttl = segment->ttl;
    slot->tos = segment->tos;
    slot->message = (uint8_t)rst_message_read(segment);
}

bool rst_recent_segment_is(const rst_recent_segment_t *old, const rst_segment_t *segment)
{
    return old->seq == segment->seq && old->ack == segment->ack && old->len == segment->len &&
           old->flags == segment->flags && old->window == rst_segment_window(segment);
}
