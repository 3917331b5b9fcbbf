/* slot.c
 * Implementation for the table of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "slot.h"

#define KEY_MAX (2 * 16 + 2 * 2)

/* A slot with room for the longest key. */
typedef union rst_slot_probe {
    rst_slot_t slot;
    uint8_t room[sizeof(rst_slot_t) + KEY_MAX];
} rst_slot_probe_t;

static guint slot_hash(gconstpointer key)
{
    return ((const rst_slot_t *)key)->hash;
}

static uint32_t mix_key(uint64_t secret, const uint8_t *key, unsigned size)
{
    uint64_t hash = secret ^ size;

    for (unsigned at = 0; at < size; at += 8) {
        uint64_t word = 0;

        memcpy(&word, key + at, size - at < 8 ? size - at : 8);
        hash = (hash ^ word) * secret;
        hash ^= hash >> 32;
    }
    return (uint32_t)(hash ^ hash >> 29);
}

static gboolean slot_equal(gconstpointer a, gconstpointer b)
{
    const rst_slot_t *left = a;
    const rst_slot_t *right = b;

    return left->hash == right->hash && left->key_size == right->key_size &&
           memcmp(left->key, right->key, left->key_size) == 0;
}

void rst_slots_open(rst_slots_t *slots)
{
    slots->table = g_hash_table_new(slot_hash, slot_equal);
    slots->secret = rst_secret();
    slots->slots_max = RST_SLOTS_MAX;
    slots->conns_max = RST_CONNS_MAX;
}

void rst_slots_close(rst_slots_t *slots)
{
    g_hash_table_destroy(slots->table);
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static void fill_key(rst_slot_probe_t *probe, const rst_segment_t *segment, bool swap, uint64_t secret)
{
    const rst_address_t *low = swap ? &segment->dst : &segment->src;
    const rst_address_t *high = swap ? &segment->src : &segment->dst;
    uint16_t ports[2] = {swap ? segment->dport : segment->sport, swap ? segment->sport : segment->dport};
    uint8_t *at = probe->slot.key;

    at = put(at, low->word, low->size);
    at = put(at, high->word, high->size);
    at = put(at, ports, sizeof ports);
    probe->slot.key_size = (uint8_t)(at - probe->slot.key);
    probe->slot.hash = mix_key(secret, probe->slot.key, probe->slot.key_size);
}

rst_slot_t *rst_slots_find(rst_slots_t *slots, const rst_segment_t *segment, unsigned *x, const rst_memory_t *memory)
{
    rst_slot_probe_t probe;
    rst_slot_t *slot;

    *x = rst_conn_sender(segment);
    fill_key(&probe, segment, *x == 1, slots->secret);
    if (slots->latest && slot_equal(slots->latest, &probe.slot))
        return slots->latest;
    slot = g_hash_table_lookup(slots->table, &probe.slot);
    if (!slot) {
        if (g_hash_table_size(slots->table) >= slots->slots_max) {
            slots->full = true;
            return NULL;
        }
        slot = memory->alloc(memory->scope, sizeof *slot + probe.slot.key_size);
        slot->as.conn = NULL;
        slot->packed = false;
        slot->key_size = probe.slot.key_size;
        slot->hash = probe.slot.hash;
        memcpy(slot->key, probe.slot.key, probe.slot.key_size);
        g_hash_table_add(slots->table, slot);
    }
    slots->latest = slot;
    return slot;
}

const rst_slot_t *rst_slots_peek(const rst_slots_t *slots, const rst_segment_t *segment, unsigned *x)
{
    rst_slot_probe_t probe;

    *x = rst_conn_sender(segment);
    fill_key(&probe, segment, *x == 1, slots->secret);
    return g_hash_table_lookup(slots->table, &probe.slot);
}

bool rst_slot_can_pack(const rst_segment_t *segment)
{
    return (segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK | RST_FLAG_RST | RST_FLAG_FIN)) == RST_FLAG_SYN &&
           segment->len == 0;
}

void rst_slot_pack(rst_slot_t *slot, const rst_segment_t *segment, unsigned x, uint32_t visit)
{
    slot->packed = true;
    slot->as.syn = (rst_packed_syn_t){
        .time = segment->time,
        .visit = visit,
        .seq = segment->seq,
        .ack = segment->ack,
        .tsval = segment->tsval,
        .tsecr = segment->tsecr,
        .link = segment->link,
        .known = segment->known,
        .window = segment->window,
        .ip_id = segment->ip_id,
        .mss = segment->mss,
        .flags = segment->flags,
        .ttl = segment->ttl,
        .tos = segment->tos,
        .wscale = segment->wscale,
        .x = (uint8_t)x,
        .df = segment->df,
    };
}

void rst_slot_unpack(const rst_packed_syn_t *syn, const rst_segment_t *like, unsigned x, rst_segment_t *segment)
{
    bool swap = (syn->x & 1) != x;

    memset(segment, 0, offsetof(rst_segment_t, head));
    segment->src = swap ? like->dst : like->src;
    segment->dst = swap ? like->src : like->dst;
    segment->sport = swap ? like->dport : like->sport;
    segment->dport = swap ? like->sport : like->dport;
    segment->time = syn->time;
    segment->seq = syn->seq;
    segment->ack = syn->ack;
    segment->tsval = syn->tsval;
    segment->tsecr = syn->tsecr;
    segment->link = syn->link;
    segment->known = syn->known;
    segment->window = syn->window;
    segment->ip_id = syn->ip_id;
    segment->mss = syn->mss;
    segment->flags = syn->flags;
    segment->ttl = syn->ttl;
    segment->tos = syn->tos;
    segment->wscale = syn->wscale;
    segment->df = syn->df;
}
