/* losses.c
 * Counting the losses of the points after the whole file was read: only a point that loses next to nothing is believed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/losses.h"

#include <string.h>

#include "points/conn_at_point.h"
#include "points/pairing.h"

#define WHOLES_MAX 20000 /* the most connections to count, the earliest ones */

/* Counts the segments that must have passed one point, because they reached the other, but are not in the first point's
 * record. */
static void count_missed(rst_points_t *points, const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point)
{
    unsigned low = MIN(rst_at_point_interface(there), rst_at_point_interface(at_point));
    unsigned high = MAX(rst_at_point_interface(there), rst_at_point_interface(at_point));
    rst_pair_t *pair = points->pair[low][high];

    for (unsigned s = 0; pair && s < 2; s++) {
        unsigned compared;
        uint32_t until = there->whole->latest[at_point->place][there->place];

        if (rst_at_point_nearer(points, there, at_point, s) > 0)
            pair->missed[rst_at_point_interface(there) == high] +=
                rst_at_point_lost(there, at_point, s ^ at_point->swap, until, &compared);
    }
}

static void count_whole(rst_points_t *points, const rst_whole_connection_t *whole)
{
    for (unsigned a = 0; a < whole->at_points; a++) {
        for (unsigned b = 0; b < whole->at_points; b++) {
            if (a != b && !whole->at_point[a]->mixed && !whole->at_point[b]->mixed)
                count_missed(points, whole->at_point[a], whole->at_point[b]);
        }
    }
}

/* Counts for this view and its earlier incarnations. Returns how many were counted. */
static unsigned count_incarnations(rst_points_t *points, const rst_conn_at_point_t *view, unsigned most)
{
    unsigned counted = 0;

    for (const rst_conn_at_point_t *use = view; use && counted < most; use = use->previous) {
        if (use->place || use->whole->at_points < 2)
            continue;
        count_whole(points, use->whole);
        counted++;
    }
    return counted;
}

static void forget_missed(rst_points_t *points)
{
    for (unsigned low = 0; low < RST_INTERFACES_MAX; low++) {
        for (unsigned high = low + 1; high < RST_INTERFACES_MAX; high++) {
            if (points->pair[low][high])
                memset(points->pair[low][high]->missed, 0, sizeof points->pair[low][high]->missed);
        }
    }
}

void rst_losses_count(rst_points_t *points)
{
    GPtrArray *conns = rst_conn_table_list(points->table);
    unsigned left = WHOLES_MAX;

    forget_missed(points);
    for (unsigned i = 0; left && i < conns->len; i++) {
        const rst_conn_t *conn = g_ptr_array_index(conns, i);

        for (const rst_conn_at_point_t *view = conn->at_point; view && left; view = view->view)
            left -= count_incarnations(points, view, left);
    }
    g_ptr_array_free(conns, TRUE);
}
