/* lives.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/lives.h"

#include "logs/record.h"

#define COPY_SPAN (2 * RST_SECOND) /* clocks of capture points differ; no stack repeats all numbers and the IP ID */

/* Side 0 is the smaller one. */
static rst_ends_t ordered(const rst_lives_t *lives, const rst_address_t *address, uint16_t port,
                          const rst_address_t *other, uint16_t other_port, unsigned *side)
{
    int order = rst_address_compare(address, other);
    rst_ends_t ends = {.kept = 0};
    uint64_t tail;

    *side = (order ? order : (int)port - (int)other_port) > 0;
    ends.address[*side] = *address;
    ends.address[1 - *side] = *other;
    ends.port[*side] = port;
    ends.port[1 - *side] = other_port;
    const uint64_t words[] = {ends.address[0].word[0], ends.address[0].word[1], ends.address[1].word[0],
                              ends.address[1].word[1]};

    tail = (uint64_t)ends.port[0] | (uint64_t)ends.port[1] << 16 | (uint64_t)ends.address[0].size << 32 |
           (uint64_t)ends.address[1].size << 40;
    ends.hash = (uint32_t)rst_siphash_words(&lives->secret, words, G_N_ELEMENTS(words), tail);
    return ends;
}

static bool same_ends(const rst_ends_t *a, const rst_ends_t *b)
{
    return a->port[0] == b->port[0] && a->port[1] == b->port[1] && rst_address_equal(&a->address[0], &b->address[0]) &&
           rst_address_equal(&a->address[1], &b->address[1]);
}

static guint hash_ends(gconstpointer key)
{
    return ((const rst_ends_t *)key)->hash;
}

static gboolean equal_ends(gconstpointer a, gconstpointer b)
{
    return same_ends(a, b);
}

static void free_ends(gpointer key)
{
    rst_ends_t *ends = key;

    while (ends->life) {
        rst_life_t *before = ends->life->before;

        g_free(ends->life);
        ends->life = before;
    }
    g_free(ends);
}

static void free_pairs(gpointer pairs)
{
    g_ptr_array_free(pairs, TRUE);
}

void rst_lives_open(rst_lives_t *lives)
{
    lives->table = g_hash_table_new_full(hash_ends, equal_ends, free_ends, NULL);
    lives->sides = g_hash_table_new_full(hash_ends, equal_ends, g_free, free_pairs);
    lives->sights = g_array_new(FALSE, FALSE, sizeof(rst_sight_t));
    lives->secret = rst_secret_new();
    lives->first = lives->last = RST_TIME_NONE;
}

void rst_lives_close(rst_lives_t *lives)
{
    g_hash_table_destroy(lives->table);
    g_hash_table_destroy(lives->sides);
    g_array_free(lives->sights, TRUE);
}

/* An end alone, as a pair whose other half is empty. */
static rst_ends_t alone(const rst_lives_t *lives, const rst_address_t *address, uint16_t port)
{
    static const rst_address_t nobody;
    unsigned side;

    return ordered(lives, address, port, &nobody, 0, &side);
}

static void add_side(const rst_lives_t *lives, rst_ends_t *ends, unsigned side)
{
    rst_ends_t end = alone(lives, &ends->address[side], ends->port[side]);

    GPtrArray *pairs = g_hash_table_lookup(lives->sides, &end);

    if (!pairs) {
        pairs = g_ptr_array_new();
        g_hash_table_insert(lives->sides, g_memdup2(&end, sizeof end), pairs);
    }
    if (pairs->len <= RST_PAIRS_OF_END_MAX) /* one more: then there are too many */
        g_ptr_array_add(pairs, ends);
}

bool rst_lives_has_end(const rst_lives_t *lives, const rst_address_t *address, uint16_t port)
{
    rst_ends_t end = alone(lives, address, port);

    return g_hash_table_contains(lives->sides, &end);
}

const GPtrArray *rst_lives_of_end(const rst_lives_t *lives, const rst_address_t *address, uint16_t port)
{
    rst_ends_t end = alone(lives, address, port);
    const GPtrArray *pairs = g_hash_table_lookup(lives->sides, &end);

    return pairs && pairs->len <= RST_PAIRS_OF_END_MAX ? pairs : NULL;
}

rst_ends_t *rst_lives_find(const rst_lives_t *lives, const rst_address_t *address, uint16_t port,
                           const rst_address_t *other_address, uint16_t other_port, unsigned *side)
{
    rst_ends_t wanted = ordered(lives, address, port, other_address, other_port, side);

    return g_hash_table_lookup(lives->table, &wanted);
}

/* The ends of a segment, added if missing; NULL if there is no more room. */
static rst_ends_t *ends_of(rst_lives_t *lives, const rst_segment_t *segment, unsigned *from)
{
    rst_ends_t wanted = ordered(lives, &segment->src, segment->sport, &segment->dst, segment->dport, from);
    rst_ends_t *ends =
        lives->near && same_ends(lives->near, &wanted) ? lives->near : g_hash_table_lookup(lives->table, &wanted);

    if (!ends && g_hash_table_size(lives->table) >= RST_LIVES_MAX) {
        lives->full = true;
        return NULL;
    }
    if (!ends) {
        ends = g_memdup2(&wanted, sizeof wanted);
        g_hash_table_add(lives->table, ends);
        add_side(lives, ends, 0);
        add_side(lives, ends, 1);
    }
    lives->near = ends;
    return ends;
}

static bool is_syn(const rst_segment_t *segment)
{
    return (segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK | RST_FLAG_RST)) == RST_FLAG_SYN;
}

/* The same SYN once more, or that of the other side of a simultaneous open, belongs to the attempt. */
static bool begins(const rst_life_t *life, const rst_segment_t *segment, unsigned from)
{
    if (!life)
        return true;
    if (!is_syn(segment))
        return false;
    if (life->opener == (int)from)
        return life->syn_seq != segment->seq;
    return !(life->opener == 1 - (int)from && life->asked_only);
}

static bool begin(rst_lives_t *lives, rst_ends_t *ends, int64_t time)
{
    rst_life_t *life;

    if (lives->connections >= RST_SIGHTS_MAX) {
        lives->full = true;
        return false;
    }
    life = g_new0(rst_life_t, 1);
    life->before = ends->life;
    life->begin = life->end = life->quiet = time;
    life->opener = -1;
    life->asked_only = true;
    ends->life = life;
    lives->connections++;
    return true;
}

static uint8_t keys_of(const rst_segment_t *segment)
{
    return (uint8_t)(RST_KEY_SEQ | RST_KEY_FLAGS | ((segment->known & RST_HAS_IP_ID) ? RST_KEY_IP_ID : 0) |
                     ((segment->known & RST_HAS_WINDOW) ? RST_KEY_WINDOW : 0));
}

static void add_sight(rst_lives_t *lives, rst_life_t *life, const rst_segment_t *segment, rst_moment_t now,
                      unsigned from)
{
    rst_sight_t sight = {.time = now.time,
                         .pass_index = now.pass_index,
                         .seq = segment->seq,
                         .ack = segment->ack,
                         .before = life->sights,
                         .ip_id = segment->ip_id,
                         .window = segment->window,
                         .flags = segment->flags,
                         .from = (uint8_t)from,
                         .known = keys_of(segment)};

    if (life->sight_count >= RST_SIGHTS_OF_LIFE_MAX)
        return;
    if (lives->sights->len >= RST_SIGHTS_MAX) {
        lives->full = true;
        return;
    }
    life->sight_count++;
    g_array_append_val(lives->sights, sight);
    life->sights = lives->sights->len;
}

void rst_lives_see(rst_lives_t *lives, const rst_segment_t *segment, rst_moment_t now)
{
    unsigned from;
    rst_ends_t *ends;
    rst_life_t *life;

    if (now.time == RST_TIME_NONE)
        return;
    ends = ends_of(lives, segment, &from);
    if (!ends)
        return;
    if (begins(ends->life, segment, from) && !begin(lives, ends, now.time))
        return;
    life = ends->life;
    if (is_syn(segment) && life->opener < 0) {
        life->opener = (int8_t)from;
        life->syn_seq = segment->seq;
    } else if (!is_syn(segment)) {
        life->asked_only = false;
    }
    if (rst_time_sub(now.time, life->end) > life->silence) {
        life->quiet = life->end;
        life->silence = rst_time_sub(now.time, life->end);
    }
    life->begin = MIN(life->begin, now.time);
    life->end = MAX(life->end, now.time);
    lives->first = lives->first == RST_TIME_NONE ? now.time : MIN(lives->first, now.time);
    lives->last = lives->last == RST_TIME_NONE ? now.time : MAX(lives->last, now.time);
    if (segment->flags & RST_FLAG_RST)
        life->broken[from] = true;
    if (segment->flags & (RST_FLAG_SYN | RST_FLAG_FIN | RST_FLAG_RST))
        add_sight(lives, life, segment, now, from);
}

bool rst_sight_is_copy(const rst_sight_t *a, const rst_sight_t *b)
{
    return a == b || (a->from == b->from && a->seq == b->seq && a->ack == b->ack && a->flags == b->flags &&
                      a->ip_id == b->ip_id && rst_time_apart(a->time, b->time) <= COPY_SPAN &&
                      (a->ip_id || rst_time_apart(a->time, b->time) <= 10 * RST_MILLISECOND));
}
