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

unsigned rst_join_clock_of(rst_join_t *join, const rst_address_t *address)
{
    unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(join->by_host, address));
    rst_host_clock_t *clock;

    if (index)
        return index - 1;
    clock = g_new0(rst_host_clock_t, 1);
    clock->rows = g_array_new(FALSE, FALSE, sizeof(unsigned));
    g_ptr_array_add(join->clocks, clock);
    g_hash_table_insert(join->by_host, g_memdup2(address, sizeof *address), GUINT_TO_POINTER(join->clocks->len));
    return join->clocks->len - 1;
}
