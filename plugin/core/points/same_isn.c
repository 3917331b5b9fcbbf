/* same_isn.c
 * The table of initial sequence numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/same_isn.h"

static guint isn_hash(gconstpointer key)
{
    return ((const rst_same_isn_t *)key)->hash;
}

static gboolean isn_equal(gconstpointer a, gconstpointer b)
{
    return ((const rst_same_isn_t *)a)->isn == ((const rst_same_isn_t *)b)->isn;
}

GHashTable *rst_same_isn_table(void)
{
    return g_hash_table_new(isn_hash, isn_equal);
}

rst_same_isn_t *rst_same_isn(const rst_points_t *points, uint32_t isn, bool make)
{
    rst_same_isn_t key = {.isn = isn, .hash = (uint32_t)rst_siphash_words(&points->secret, NULL, 0, isn)};
    rst_same_isn_t *same = g_hash_table_lookup(points->by_isn, &key);

    if (same || !make)
        return same;
    same = points->memory->alloc(points->memory->scope, sizeof *same);
    *same = key;
    g_hash_table_add(points->by_isn, same);
    return same;
}

void rst_same_isn_leave(const rst_points_t *points, uint32_t isn, struct rst_conn_at_point *latest)
{
    rst_same_isn_t *same = rst_same_isn(points, isn, false);

    same->latest = latest;
    if (latest)
        return;
    g_hash_table_remove(points->by_isn, same);
    rst_release(points->memory, same, sizeof *same);
}
