/* compare_settle.c
 * Implementation for the losses of the points, counted when all is read: only a point that loses next to nothing is
 * believed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare_track.h"

#include "state.h"

#define SETTLE_MAX 20000 /* connections whose losses are counted */

/* What came from behind a point and reached the other one, but is not in the first one's record. */
static void count_missed(rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track)
{
    unsigned low = MIN(rst_track_interface(there), rst_track_interface(track));
    unsigned high = MAX(rst_track_interface(there), rst_track_interface(track));
    rst_pair_t *pair = engine->points.pair[low][high];

    for (unsigned s = 0; pair && s < 2; s++) {
        unsigned compared;
        uint32_t until = there->path->latest[track->place][there->place];

        if (rst_track_nearer(engine, there, track, s) > 0)
            pair->missed[rst_track_interface(there) == high] +=
                rst_track_lost(there, track, s ^ track->swap, until, &compared);
    }
}

static void settle_path(rst_engine_t *engine, const rst_path_t *path)
{
    for (unsigned a = 0; a < path->tracks; a++) {
        for (unsigned b = 0; b < path->tracks; b++) {
            if (a != b && !path->track[a]->mixed && !path->track[b]->mixed)
                count_missed(engine, path->track[a], path->track[b]);
        }
    }
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

void rst_compare_settle(rst_engine_t *engine)
{
    GHashTableIter iter;
    gpointer key;
    unsigned left = SETTLE_MAX;

    forget_missed(&engine->points);
    g_hash_table_iter_init(&iter, engine->slots.table);
    while (left && g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_slot_t *slot = key;
        const rst_track_t *view = slot->packed || !slot->as.conn ? NULL : slot->as.conn->track;

        for (; view && left; view = view->view) {
            if (view->place || view->path->tracks < 2)
                continue;
            settle_path(engine, view->path);
            left--;
        }
    }
}
