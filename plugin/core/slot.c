/* slot.c
 * Implementation for the table of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "slot.h"

#define KEY_MAX 5

/* A slot with room for the longest key. */
typedef union rst_slot_probe {
    rst_slot_t slot;
    uint8_t room[sizeof(rst_slot_t) + KEY_MAX * sizeof(uint64_t)];
} rst_slot_probe_t;

static guint slot_hash(gconstpointer key)
{
    return ((const rst_slot_t *)key)->hash;
}

static uint32_t mix_key(uint64_t secret, const uint64_t *key, unsigned words)
{
    uint64_t hash = secret ^ words;

    for (unsigned at = 0; at < words; at++) {
        hash = (hash ^ key[at]) * secret;
        hash ^= hash >> 32;
    }
    return (uint32_t)(hash ^ hash >> 29);
}

static gboolean slot_equal(gconstpointer a, gconstpointer b)
{
    const rst_slot_t *left = a;
    const rst_slot_t *right = b;

    if (left->hash != right->hash || left->key_words != right->key_words)
        return FALSE;
    for (unsigned at = 0; at < left->key_words; at++) {
        if (left->key[at] != right->key[at])
            return FALSE;
    }
    return TRUE;
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

/* Two IPv4 addresses take one word. */
static void fill_key(rst_slot_probe_t *probe, const rst_segment_t *segment, bool swap, uint64_t secret)
{
    const rst_address_t *low = swap ? &segment->dst : &segment->src;
    const rst_address_t *high = swap ? &segment->src : &segment->dst;
    uint32_t ports =
        (uint32_t)(swap ? segment->dport : segment->sport) << 16 | (swap ? segment->sport : segment->dport);
    uint64_t *at = probe->slot.key;

    if (low->size == 4 && high->size == 4) {
        *at++ = low->word[0] << 32 ^ high->word[0];
    } else {
        *at++ = low->word[0];
        *at++ = low->word[1];
        *at++ = high->word[0];
        *at++ = high->word[1];
    }
    *at++ = (uint64_t)(low->size << 8 | high->size) << 32 | ports;
    probe->slot.key_words = (uint8_t)(at - probe->slot.key);
    probe->slot.hash = mix_key(secret, probe->slot.key, probe->slot.key_words);
}

static rst_slot_t *new_slot(const rst_slot_t *like, const rst_memory_t *memory)
{
    size_t size = sizeof *like + like->key_words * sizeof like->key[0];
    rst_slot_t *slot = memory->alloc(memory->scope, size);

    memcpy(slot, like, size);
    slot->as.conn = NULL;
    slot->packed = false;
    slot->rests = false;
    return slot;
}

rst_slot_t *rst_slots_find(rst_slots_t *slots, const rst_segment_t *segment, unsigned *x, const rst_memory_t *memory)
{
    rst_slot_probe_t probe;
    rst_slot_t **near;
    rst_slot_t *slot;

    *x = rst_conn_sender(segment);
    fill_key(&probe, segment, *x == 1, slots->secret);
    near = &slots->near[probe.slot.hash % RST_SLOTS_NEAR];
    if (*near && slot_equal(*near, &probe.slot))
        return *near;
    slot = g_hash_table_lookup(slots->table, &probe.slot);
    if (!slot) {
        if (g_hash_table_size(slots->table) >= slots->slots_max) {
            slots->full = true;
            return NULL;
        }
        slot = new_slot(&probe.slot, memory);
        g_hash_table_add(slots->table, slot);
    }
    *near = slot;
    return slot;
}

rst_slot_t *rst_slots_peek(const rst_slots_t *slots, const rst_segment_t *segment, unsigned *x)
{
    rst_slot_probe_t probe;

    *x = rst_conn_sender(segment);
    fill_key(&probe, segment, *x == 1, slots->secret);
    return g_hash_table_lookup(slots->table, &probe.slot);
}

void rst_slot_rest(rst_slots_t *slots, rst_slot_t *slot, const rst_memory_t *memory)
{
    rst_conn_t *conn = slot->as.conn;
    rst_rest_side_t *side = memory->alloc(memory->scope, 2 * sizeof *side);

    rst_rest_fill(&slot->as.rest, side, conn);
    slot->packed = slot->rests = true;
    slots->conns--;
    rst_conn_free(conn, memory);
}

void rst_slot_wake(rst_slot_t *slot, rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_rest_side_t *side = slot->as.rest.side;

    rst_rest_wake(&slot->as.rest, conn);
    slot->packed = slot->rests = false;
    slot->as.conn = conn;
    rst_release(memory, side, 2 * sizeof *side);
}

bool rst_slot_can_pack(const rst_segment_t *segment)
{
    return (segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK | RST_FLAG_RST | RST_FLAG_FIN)) == RST_FLAG_SYN &&
           segment->len == 0 && !segment->ack && !segment->tsecr && !segment->mptcp && segment->known <= UINT16_MAX;
}

void rst_slot_pack(rst_slot_t *slot, const rst_segment_t *segment, unsigned x, uint32_t visit)
{
    slot->packed = true;
    slot->as.syn = (rst_packed_syn_t){
        .time = segment->time,
        .visit = visit,
        .seq = segment->seq,
        .tsval = segment->tsval,
        .link = segment->link,
        .known = (uint16_t)segment->known,
        .window = segment->window,
        .ip_id = segment->ip_id,
        .mss = segment->mss,
        .flags = segment->flags,
        .ttl = segment->ttl,
        .tos = segment->tos,
        .wscale = segment->wscale & 0x0f,
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
    segment->tsval = syn->tsval;
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
