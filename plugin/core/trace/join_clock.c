/* join_clock.c
 * The offset of a clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/join_clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"

#define DEVIATIONS 12
#define ENOUGH 4 /* pairs needed before a deviation means something */

static int compare_values(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

int rst_vote_compare(const void *a, const void *b)
{
    const rst_vote_t *one = a;
    const rst_vote_t *other = b;

    if (one->clock != other->clock)
        return one->clock < other->clock ? -1 : 1;
    return compare_values(&one->offset, &other->offset);
}

/* The most votes that fit into one window; *start = the first of them. */
static unsigned best_window(const rst_vote_t *votes, unsigned count, unsigned *start)
{
    unsigned best = 0;
    unsigned from = 0;

    for (unsigned to = 0; to < count; to++) {
        while (rst_time_sub(votes[to].offset, votes[from].offset) > 2 * RST_JOIN_TOLERANCE)
            from++;
        if (to - from + 1 > best) {
            best = to - from + 1;
            *start = from;
        }
    }
    return best;
}

/* The most votes that the same resets have in another window. Other resets may well have a different offset: clocks
 * drift. */
static unsigned best_rival(const rst_vote_t *votes, unsigned count, unsigned start, unsigned best)
{
    GHashTable *rows = g_hash_table_new(NULL, NULL);
    GArray *others = g_array_new(FALSE, FALSE, sizeof(rst_vote_t));
    unsigned rival;
    unsigned place;

    for (unsigned i = start; i < start + best; i++)
        g_hash_table_add(rows, GUINT_TO_POINTER(votes[i].row));
    for (unsigned i = 0; i < count; i++) {
        if ((i < start || i >= start + best) && g_hash_table_contains(rows, GUINT_TO_POINTER(votes[i].row)))
            g_array_append_val(others, votes[i]);
    }
    rival = best_window((const rst_vote_t *)(void *)others->data, others->len, &place);
    g_array_free(others, TRUE);
    g_hash_table_destroy(rows);
    return rival;
}

bool rst_vote_mode(const rst_vote_t *votes, unsigned count, rst_mode_t *mode)
{
    const rst_vote_t *middle;
    unsigned start = 0;
    unsigned best;

    if (!count)
        return false;
    best = best_window(votes, count, &start);
    if (best_rival(votes, count, start, best) >= best)
        return false;
    middle = &votes[start + (best - 1) / 2];
    *mode = (rst_mode_t){middle->offset, middle->row, best};
    return true;
}

void rst_drift_add(rst_drift_t *drift, int64_t offset)
{
    drift->offset[drift->count++ % RST_DRIFT_MAX] = offset;
}

int64_t rst_drift_offset(const rst_drift_t *drift, int64_t start)
{
    int64_t values[RST_DRIFT_MAX];
    unsigned count = MIN(drift->count, RST_DRIFT_MAX);

    if (!count)
        return start;
    memcpy(values, drift->offset, count * sizeof *values);
    qsort(values, count, sizeof *values, compare_values);
    return values[(count - 1) / 2];
}

int64_t rst_spread(int64_t *misses, unsigned count)
{
    if (count < ENOUGH)
        return RST_JOIN_TOLERANCE;
    qsort(misses, count, sizeof *misses, compare_values);
    return CLAMP(rst_time_times(DEVIATIONS, misses[(count - 1) / 2]), RST_JOIN_TIGHT, RST_JOIN_TOLERANCE);
}
