/* join_state.c
 * The rows and clocks of the join.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/join_state.h"

rst_row_t *rst_join_row(const rst_join_t *join, unsigned index)
{
    return &g_array_index(join->rows, rst_row_t, index);
}

rst_host_clock_t *rst_join_clock(const rst_join_t *join, unsigned index)
{
    return g_ptr_array_index(join->clocks, index);
}

static guint clock_hash(gconstpointer key)
{
    return ((const rst_host_clock_t *)key)->hash;
}

static gboolean clock_equal(gconstpointer a, gconstpointer b)
{
    return rst_address_equal(&((const rst_host_clock_t *)a)->address, &((const rst_host_clock_t *)b)->address);
}

static void free_clock(gpointer data)
{
    rst_host_clock_t *clock = data;

    g_array_free(clock->rows, TRUE);
    g_free(clock);
}

void rst_join_clocks_open(rst_join_t *join)
{
    join->clocks = g_ptr_array_new_with_free_func(free_clock);
    join->by_host = g_hash_table_new(clock_hash, clock_equal);
    join->secret = rst_secret_new();
}

void rst_join_clocks_close(rst_join_t *join)
{
    g_hash_table_destroy(join->by_host);
    g_ptr_array_free(join->clocks, TRUE);
}

unsigned rst_join_clock_of(rst_join_t *join, const rst_address_t *address)
{
    rst_host_clock_t key = {.address = *address};
    rst_host_clock_t *clock;

    key.hash = (uint32_t)rst_siphash_words(&join->secret, address->word, G_N_ELEMENTS(address->word), address->size);
    clock = g_hash_table_lookup(join->by_host, &key);
    if (!clock) {
        clock = g_memdup2(&key, sizeof key);
        clock->rows = g_array_new(FALSE, FALSE, sizeof(unsigned));
        clock->index = join->clocks->len;
        g_ptr_array_add(join->clocks, clock);
        g_hash_table_add(join->by_host, clock);
    }
    return clock->index;
}
