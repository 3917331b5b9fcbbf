/* conn_table.c
 * The table of connections: keys, packed SYNs, summaries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/conn_table.h"

#define KEY_MIN 2 /* words, of IPv4 */
#define KEY_MAX 5

/* An entry with room for the longest key. */
typedef union rst_conn_probe {
    rst_conn_entry_t entry;
    uint8_t room[sizeof(rst_conn_entry_t) + KEY_MAX * sizeof(uint64_t)];
} rst_conn_probe_t;

static guint entry_hash(gconstpointer key)
{
    return ((const rst_conn_entry_t *)key)->hash;
}

static gboolean entry_equal(gconstpointer a, gconstpointer b)
{
    const rst_conn_entry_t *left = a;
    const rst_conn_entry_t *right = b;

    if (left->key_words != right->key_words || left->key[0] != right->key[0] || left->key[1] != right->key[1])
        return FALSE;
    for (unsigned at = KEY_MIN; at < left->key_words; at++) {
        if (left->key[at] != right->key[at])
            return FALSE;
    }
    return TRUE;
}

void rst_conn_table_open(rst_conn_table_t *table)
{
    table->table = g_hash_table_new(entry_hash, entry_equal);
    table->secret = rst_secret_new();
}

void rst_conn_table_close(rst_conn_table_t *table)
{
    g_hash_table_destroy(table->table);
}

/* Two IPv4 addresses fit into one word. */
static void fill_key(rst_conn_probe_t *probe, const rst_segment_t *segment, bool swap)
{
    const rst_address_t *low = swap ? &segment->dst : &segment->src;
    const rst_address_t *high = swap ? &segment->src : &segment->dst;
    uint32_t ports =
        (uint32_t)(swap ? segment->dport : segment->sport) << 16 | (swap ? segment->sport : segment->dport);
    uint64_t *at = probe->entry.key;

    if (low->size == 4 && high->size == 4) {
        *at++ = (uint64_t)rst_address_ipv4(low) << 32 | rst_address_ipv4(high);
    } else {
        *at++ = low->word[0];
        *at++ = low->word[1];
        *at++ = high->word[0];
        *at++ = high->word[1];
    }
    *at++ = (uint64_t)(low->size << 8 | high->size) << 32 | ports;
    probe->entry.key_words = (uint8_t)(at - probe->entry.key);
}

static void fill_hash(rst_conn_probe_t *probe, const rst_secret_t *secret)
{
    unsigned words = probe->entry.key_words - 1u;

    probe->entry.hash = (uint32_t)rst_siphash_words(secret, probe->entry.key, words, probe->entry.key[words]);
}

/* The place in the cache needs no secret: whoever makes all his connections share one only makes each of his segments
 * ask the table. */
static unsigned near_place(const rst_conn_entry_t *entry)
{
    uint64_t fold = entry->key[0] ^ entry->key[1];

    for (unsigned at = KEY_MIN; at < entry->key_words; at++)
        fold ^= entry->key[at];
    return (unsigned)((fold * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - RST_CONN_TABLE_NEAR_BITS));
}

void rst_conn_entry_ends(const rst_conn_entry_t *entry, rst_address_t address[2], uint16_t port[2])
{
    uint64_t last = entry->key[entry->key_words - 1];

    memset(address, 0, 2 * sizeof address[0]);
    if (entry->key_words == 2) {
        address[0] = rst_address_of_ipv4((uint32_t)(entry->key[0] >> 32));
        address[1] = rst_address_of_ipv4((uint32_t)entry->key[0]);
    } else {
        memcpy(address[0].word, &entry->key[0], sizeof address[0].word);
        memcpy(address[1].word, &entry->key[2], sizeof address[1].word);
    }
    address[0].size = (uint8_t)(last >> 40);
    address[1].size = (uint8_t)(last >> 32);
    port[0] = (uint16_t)(last >> 16);
    port[1] = (uint16_t)last;
}

static size_t size_of(const rst_conn_entry_t *entry)
{
    return sizeof *entry + entry->key_words * sizeof entry->key[0];
}

static rst_conn_entry_t *new_entry(const rst_conn_entry_t *like, const rst_memory_t *memory)
{
    size_t size = size_of(like);
    rst_conn_entry_t *entry = memory->alloc(memory->scope, size);

    memcpy(entry, like, size);
    memset(&entry->item, 0, sizeof entry->item);
    entry->as.conn = NULL;
    entry->packed = entry->closed_long_ago = entry->folded = entry->ghost = false;
    return entry;
}

rst_conn_entry_t *rst_conn_table_find(rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from,
                                      const rst_memory_t *memory)
{
    rst_conn_probe_t probe;
    rst_conn_entry_t **near;
    rst_conn_entry_t *entry;

    *from = rst_conn_sender(segment);
    fill_key(&probe, segment, *from == 1);
    near = &table->near[near_place(&probe.entry)];
    if (*near && entry_equal(*near, &probe.entry))
        return *near;
    fill_hash(&probe, &table->secret);
    entry = g_hash_table_lookup(table->table, &probe.entry);
    if (!entry) {
        entry = new_entry(&probe.entry, memory);
        g_hash_table_add(table->table, entry);
    }
    *near = entry;
    return entry;
}

rst_conn_entry_t *rst_conn_table_peek(const rst_conn_table_t *table, const rst_segment_t *segment, unsigned *from)
{
    rst_conn_probe_t probe;

    *from = rst_conn_sender(segment);
    fill_key(&probe, segment, *from == 1);
    fill_hash(&probe, &table->secret);
    return g_hash_table_lookup(table->table, &probe.entry);
}

void rst_conn_table_remove(rst_conn_table_t *table, rst_conn_entry_t *entry, const rst_memory_t *memory)
{
    rst_conn_entry_t **near = &table->near[near_place(entry)];

    if (*near == entry)
        *near = NULL;
    g_hash_table_remove(table->table, entry);
    rst_release(memory, entry, size_of(entry));
}

/* One frame may begin several. */
static int compare_beginning(const void *a, const void *b)
{
    const rst_conn_t *left = *(const rst_conn_t *const *)a;
    const rst_conn_t *right = *(const rst_conn_t *const *)b;
    int order = (left->first.pass_index > right->first.pass_index) - (left->first.pass_index < right->first.pass_index);

    for (unsigned i = 0; !order && i < 2; i++) {
        order = rst_address_compare(&left->address[i], &right->address[i]);
        order = order ? order : (int)left->port[i] - (int)right->port[i];
    }
    return order;
}

GPtrArray *rst_conn_table_list(const rst_conn_table_t *table)
{
    GPtrArray *conns = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, table->table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_conn_entry_t *entry = key;

        if (!entry->packed && entry->as.conn)
            g_ptr_array_add(conns, entry->as.conn);
    }
    g_ptr_array_sort(conns, compare_beginning);
    return conns;
}

bool rst_conn_entry_can_pack(const rst_segment_t *segment)
{
    return (segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK | RST_FLAG_RST | RST_FLAG_FIN)) == RST_FLAG_SYN &&
           segment->len == 0 && !segment->ack && !segment->tsecr && !segment->mptcp && segment->known <= UINT16_MAX;
}

void rst_conn_entry_pack(rst_conn_entry_t *entry, const rst_segment_t *segment, unsigned from, uint32_t pass_index)
{
    entry->packed = true;
    entry->as.syn = (rst_packed_syn_t){
        .time = segment->time,
        .pass_index = pass_index,
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
        .from = (uint8_t)from,
        .df = segment->df,
    };
}

void rst_conn_entry_unpack(const rst_packed_syn_t *syn, const rst_segment_t *like, unsigned from,
                           rst_segment_t *segment)
{
    bool swap = (syn->from & 1) != from;

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
