/* compare_track.c
 * Implementation for two tracks side by side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare_track.h"

#include "seq.h"
#include "state.h"

#define LOSS_MAX 200 /* one segment in so many may be missing at a point that is believed */

const rst_sight_t *rst_track_sight(const rst_track_t *track, unsigned x, uint32_t visit)
{
    for (unsigned i = track->sent[x].used; i-- > 0;) {
        const rst_sight_t *sight = rst_sights_at(&track->sent[x], i);

        if (sight->visit == visit)
            return sight;
    }
    return NULL;
}

/* Offloading merges segments at one host and not at the other: bytes count, not segments. */
static bool overlap(const rst_sight_t *a, const rst_sight_t *b)
{
    return a->len && b->len && rst_seq_before(a->seq, b->seq + b->len) && rst_seq_before(b->seq, a->seq + a->len);
}

const rst_sight_t *rst_track_covers(const rst_track_t *track, unsigned x, const rst_sight_t *sight)
{
    const rst_sight_t *found = rst_sights_find(&track->sent[x], sight);

    for (unsigned i = track->sent[x].used; !found && i-- > 0;) {
        const rst_sight_t *old = rst_sights_at(&track->sent[x], i);

        if (overlap(old, sight))
            found = old;
    }
    return found;
}

static bool hops_known(const rst_track_t *track, unsigned s)
{
    return track->place == 0 || ((track->deltas & (4 << s)) && !track->hops_vary[s]);
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

/* Every router takes one from the TTL. */
static int nearer_by_hops(const rst_track_t *a, const rst_track_t *b, unsigned s)
{
    int own = hops_known(a, s) && hops_known(b, s) ? sign(a->hops[s] - b->hops[s]) : 0;
    int peer = hops_known(a, 1 - s) && hops_known(b, 1 - s) ? sign(b->hops[1 - s] - a->hops[1 - s]) : 0;

    if (own && peer && own != peer)
        return 0;
    return own ? own : peer;
}

/* Without routers between the points: a segment passes the point nearer to its sender first. Half the difference of
 * both directions is the time between the points, whatever the clocks show. */
static int nearer_by_time(const rst_track_t *a, const rst_track_t *b, unsigned s)
{
    int64_t far_a = a->place ? a->latest[0] / 2 - a->latest[1] / 2 : 0;
    int64_t far_b = b->place ? b->latest[0] / 2 - b->latest[1] / 2 : 0;

    if ((a->place && (a->deltas & 3) != 3) || (b->place && (b->deltas & 3) != 3))
        return 0;
    return s == 0 ? sign(far_b - far_a) : sign(far_a - far_b);
}

static int nearer_by_user(const rst_engine_t *engine, const rst_track_t *a, const rst_track_t *b, bool client)
{
    static const int place[] = {[RST_END_CLIENT] = 0, [RST_END_MIDDLE] = 1, [RST_END_SERVER] = 2};
    unsigned left = engine->points.end[rst_track_interface(a)];
    unsigned right = engine->points.end[rst_track_interface(b)];

    if (!left || !right)
        return 0;
    return client ? sign(place[right] - place[left]) : sign(place[left] - place[right]);
}

int rst_track_nearer(const rst_engine_t *engine, const rst_track_t *a, const rst_track_t *b, unsigned s)
{
    bool client = rst_conn_client(a->conn) == (s ^ a->swap);
    int stated = nearer_by_user(engine, a, b, client);
    int hops = nearer_by_hops(a, b, s);

    if (stated && hops && stated != hops)
        return 0;
    if (stated || hops)
        return stated ? stated : hops;
    return nearer_by_time(a, b, s);
}

/* Where the visit of one track lies on the clock of another, ns; RST_TIME_NONE unknown. */
static int64_t time_there(const rst_engine_t *engine, const rst_track_t *track, int64_t time, const rst_track_t *there)
{
    bool swapped;
    const rst_pair_t *pair =
        rst_points_pair(&engine->points, rst_track_interface(track), rst_track_interface(there), &swapped);

    if (!pair || !pair->clock.used || time == RST_TIME_NONE)
        return RST_TIME_NONE;
    if (!swapped)
        return time + rst_clock_at(&pair->clock, time);
    return time - rst_clock_at(&pair->clock, time);
}

/* More than any packet needs between the points. */
static int64_t margin(const rst_track_t *a, const rst_track_t *b)
{
    int64_t way = (a->latest[0] - a->latest[1]) - (b->latest[0] - b->latest[1]);

    if (a->path != b->path) /* a witness: of its own path this is one leg */
        way = a->latest[0] - a->latest[1];
    return RST_MILLISECOND + 2 * (way < 0 ? -way : way);
}

bool rst_track_is_later(const rst_engine_t *engine, const rst_track_t *track, unsigned x, const rst_sight_t *sight,
                        const rst_track_t *other, rst_mark_t at)
{
    const rst_sight_t *copy = rst_sights_find(&other->sent[x ^ track->swap ^ other->swap], sight);
    int64_t moment;

    if (copy)
        return copy->visit > at.visit;
    moment = time_there(engine, other, at.time, track);
    return moment != RST_TIME_NONE && sight->time != RST_TIME_NONE && sight->time > moment + margin(track, other);
}

bool rst_track_spans(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track, uint32_t visit)
{
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (track->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            bool swapped;
            const rst_pair_t *pair = rst_points_pair(&engine->points, i, j, &swapped);

            if ((there->interfaces >> j & 1) && i != j && pair && pair->first[swapped] &&
                pair->first[swapped] < visit && pair->latest[swapped] > visit)
                return true;
        }
    }
    return false;
}

bool rst_track_records_on(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track, rst_mark_t at)
{
    int64_t moment = time_there(engine, track, at.time, there);
    int64_t latest = engine->points.latest_time[rst_track_interface(there)];

    if ((there->path == track->path && there->path->latest[track->place][there->place] > at.visit) ||
        rst_track_spans(engine, there, track, at.visit))
        return true;
    return moment != RST_TIME_NONE && latest != RST_TIME_NONE && latest > moment + margin(track, there);
}

unsigned rst_track_lost(const rst_track_t *there, const rst_track_t *track, unsigned x, uint32_t until,
                        unsigned *compared)
{
    unsigned lost = 0;
    bool begun = false;

    *compared = 0;
    for (unsigned i = 0; i < track->sent[x].used; i++) {
        const rst_sight_t *sight = rst_sights_at(&track->sent[x], i);
        bool found;

        if (sight->visit >= until || (sight->flags & RST_FLAG_RST))
            continue;
        found = rst_track_covers(there, x ^ track->swap ^ there->swap, sight) != NULL;
        begun = begun || found;
        *compared += begun;
        lost += begun && !found;
    }
    return lost;
}

uint32_t rst_track_clean(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track)
{
    uint64_t missed = 0;
    uint32_t same = 0;

    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (track->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            bool swapped;
            const rst_pair_t *pair = rst_points_pair(&engine->points, i, j, &swapped);

            if (!(there->interfaces >> j & 1) || i == j || !pair)
                continue;
            missed += pair->missed[swapped ? 0 : 1];
            same += pair->same[0] + pair->same[1];
        }
    }
    return missed * LOSS_MAX > same ? 0 : same;
}
