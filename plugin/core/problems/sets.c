/* sets.c
 * Joining sets of numbers: each points to another one of its set, halfway to the one that stands for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/sets.h"

void rst_sets_reach(GArray *sets, uint32_t number)
{
    while (sets->len <= number) {
        uint32_t next = sets->len;

        g_array_append_val(sets, next);
    }
}

uint32_t rst_sets_find(GArray *sets, uint32_t number)
{
    while (g_array_index(sets, uint32_t, number) != number) {
        uint32_t above = g_array_index(sets, uint32_t, number);

        number = g_array_index(sets, uint32_t, number) = g_array_index(sets, uint32_t, above);
    }
    return number;
}

void rst_sets_join(GArray *sets, uint32_t one, uint32_t other)
{
    uint32_t stands = rst_sets_find(sets, one);

    g_array_index(sets, uint32_t, rst_sets_find(sets, other)) = stands;
}
