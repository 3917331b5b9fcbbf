/* pairing.c
 * Comparing a connection at two points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/pairing.h"

#include "base/seq.h"

#define ONE_HOST (100 * RST_MICROSECOND) /* veth, bridge and eth0 of one host show a packet within this time */
#define SAME_MIN 3                       /* common segments that prove two points */
#define LOSS_MAX 200                     /* one segment in this many may be missing at a point that is believed */

unsigned rst_points_number(const rst_points_t *points, const rst_conn_at_point_t *at_point)
{
    unsigned lowest = rst_at_point_interface(at_point);

    return points->ends.group[lowest] < RST_INTERFACES_MAX ? points->ends.group[lowest] + 1u : lowest + 1;
}

/* In both directions packets appeared on the two almost at once, and never did both ends look directly attached: two
 * interfaces of one host, such as veth, bridge and eth0. */
static bool within_host(const rst_pair_t *pair)
{
    bool ends = ((pair->zero[0] & 1) && (pair->zero[1] & 2)) || ((pair->zero[0] & 2) && (pair->zero[1] & 1));

    return pair->same[0] && pair->same[1] && pair->nearest[0] <= ONE_HOST && pair->nearest[1] <= ONE_HOST && !ends;
}

/* Adds up what the interfaces of the two points have in common. Returns false if they share an interface. */
static bool add_pairs(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                      rst_pair_t *all)
{
    *all = (rst_pair_t){.nearest = {INT64_MAX, INT64_MAX}};
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (a->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            const rst_pair_t *pair;
            bool swapped;

            if (!(b->interfaces >> j & 1))
                continue;
            pair = rst_points_pair(points, i, j, &swapped);
            if (i == j)
                return false;
            for (unsigned k = 0; pair && k < 2; k++) {
                all->same[k] += pair->same[k];
                all->nearest[k] = MIN(all->nearest[k], pair->nearest[k]);
                all->zero[k] |= pair->zero[swapped ? 1 - k : k];
            }
        }
    }
    return true;
}

static bool is_stated(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    unsigned i = points->ends.group[rst_at_point_interface(a)];
    unsigned j = points->ends.group[rst_at_point_interface(b)];

    return points->mode == RST_POINTS_EVERY || (i != j && i < RST_INTERFACES_MAX && j < RST_INTERFACES_MAX);
}

bool rst_points_proven(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    rst_pair_t all;

    if (!add_pairs(points, a, b, &all))
        return false;
    return is_stated(points, a, b) ||
           (all.same[0] && all.same[1] && all.same[0] + all.same[1] >= SAME_MIN && !within_host(&all));
}

bool rst_points_one_host(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    rst_pair_t all;

    return !is_stated(points, a, b) && add_pairs(points, a, b, &all) && within_host(&all);
}

const rst_sighting_t *rst_at_point_sighting(const rst_conn_at_point_t *at_point, unsigned from, uint32_t pass_index)
{
    for (unsigned i = at_point->sent[from].used; i-- > 0;) {
        const rst_sighting_t *sighting = rst_sightings_at(&at_point->sent[from], i);

        if (sighting->pass_index == pass_index)
            return sighting;
    }
    return NULL;
}

/* Offloading merges segments at one host and not at the other, so bytes are compared, not segments. */
static bool overlap(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return a->len && b->len && rst_seq_before(a->seq, b->seq + b->len) && rst_seq_before(b->seq, a->seq + a->len);
}

const rst_sighting_t *rst_at_point_covers(const rst_conn_at_point_t *at_point, unsigned from,
                                          const rst_sighting_t *sighting)
{
    const rst_sighting_t *found = rst_sightings_find(&at_point->sent[from], sighting);

    for (unsigned i = at_point->sent[from].used; !found && i-- > 0;) {
        const rst_sighting_t *old = rst_sightings_at(&at_point->sent[from], i);

        if (overlap(old, sighting))
            found = old;
    }
    return found;
}

static bool hops_known(const rst_conn_at_point_t *at_point, unsigned s)
{
    return at_point->place == 0 || ((at_point->deltas & (RST_DELTA_HOPS << s)) && !at_point->hops_vary[s]);
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

/* Every router decrements the TTL. */
static int nearer_by_hops(const rst_conn_at_point_t *a, const rst_conn_at_point_t *b, unsigned s)
{
    int own = hops_known(a, s) && hops_known(b, s) ? sign(a->hops[s] - b->hops[s]) : 0;
    int peer = hops_known(a, 1 - s) && hops_known(b, 1 - s) ? sign(b->hops[1 - s] - a->hops[1 - s]) : 0;

    if (own && peer && own != peer)
        return 0;
    return own ? own : peer;
}

/* For points with no router between them: a segment passes the point nearer to its sender first. Half the difference
 * between the two directions is the transit time between the points, however wrong the clocks are. */
static int nearer_by_time(const rst_conn_at_point_t *a, const rst_conn_at_point_t *b, unsigned s)
{
    int64_t far_a = a->place ? rst_time_sub(a->latest[0] / 2, a->latest[1] / 2) : 0;
    int64_t far_b = b->place ? rst_time_sub(b->latest[0] / 2, b->latest[1] / 2) : 0;

    if ((a->place && (a->deltas & 3) != 3) || (b->place && (b->deltas & 3) != 3))
        return 0;
    return s == 0 ? sign(rst_time_sub(far_b, far_a)) : sign(rst_time_sub(far_a, far_b));
}

static int nearer_by_user(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                          bool client)
{
    static const int place[] = {[RST_END_CLIENT] = 0, [RST_END_MIDDLE] = 1, [RST_END_SERVER] = 2};
    unsigned left = points->ends.end[rst_at_point_interface(a)];
    unsigned right = points->ends.end[rst_at_point_interface(b)];

    if (!left || !right)
        return 0;
    return client ? sign(place[right] - place[left]) : sign(place[left] - place[right]);
}

int rst_at_point_nearer(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                        unsigned s)
{
    bool client = a->facts.client == (s ^ a->swap);
    int stated = nearer_by_user(points, a, b, client);
    int hops = nearer_by_hops(a, b, s);

    if (stated && hops && stated != hops)
        return 0;
    if (stated || hops)
        return stated ? stated : hops;
    return nearer_by_time(a, b, s);
}

/* Converts a time at one point to the clock of another, ns; RST_TIME_NONE = unknown. */
static int64_t time_there(const rst_points_t *points, const rst_conn_at_point_t *at_point, int64_t time,
                          const rst_conn_at_point_t *there)
{
    bool swapped;
    const rst_pair_t *pair =
        rst_points_pair(points, rst_at_point_interface(at_point), rst_at_point_interface(there), &swapped);
    int64_t offset;

    if (!pair || !pair->clock.used || time == RST_TIME_NONE)
        return RST_TIME_NONE;
    offset = rst_clock_at(&pair->clock, time);
    time = swapped ? rst_time_sub(time, offset) : rst_time_add(time, offset);
    return rst_time_fits(time) ? time : RST_TIME_NONE;
}

/* More time than any packet needs from one point to the other. */
static int64_t margin(const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    int64_t way = rst_time_sub(a->latest[0], a->latest[1]);

    if (a->whole == b->whole) /* else b is a witness, which belongs to another whole */
        way = rst_time_sub(way, rst_time_sub(b->latest[0], b->latest[1]));
    return rst_time_add(RST_MILLISECOND, rst_time_times(2, rst_time_abs(way)));
}

bool rst_at_point_is_after(const rst_points_t *points, const rst_conn_at_point_t *at_point, int64_t time,
                           const rst_conn_at_point_t *other, rst_moment_t at)
{
    int64_t moment = time_there(points, other, at.time, at_point);

    return moment != RST_TIME_NONE && time != RST_TIME_NONE && time > rst_time_add(moment, margin(at_point, other));
}

bool rst_at_point_is_later(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                           const rst_sighting_t *sighting, const rst_conn_at_point_t *other, rst_moment_t at)
{
    const rst_sighting_t *copy = rst_sightings_find(&other->sent[from ^ at_point->swap ^ other->swap], sighting);

    if (copy)
        return copy->pass_index > at.pass_index;
    return rst_at_point_is_after(points, at_point, sighting->time, other, at);
}

bool rst_at_point_spans(const rst_points_t *points, const rst_conn_at_point_t *there,
                        const rst_conn_at_point_t *at_point, uint32_t pass_index)
{
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (at_point->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            bool swapped;
            const rst_pair_t *pair = rst_points_pair(points, i, j, &swapped);

            if ((there->interfaces >> j & 1) && i != j && pair && pair->first[swapped] &&
                pair->first[swapped] < pass_index && pair->latest[swapped] > pass_index)
                return true;
        }
    }
    return false;
}

bool rst_at_point_records_on(const rst_points_t *points, const rst_conn_at_point_t *there,
                             const rst_conn_at_point_t *at_point, rst_moment_t at)
{
    int64_t moment = time_there(points, at_point, at.time, there);
    int64_t latest = points->latest_time[rst_at_point_interface(there)];

    if ((there->whole == at_point->whole && there->whole->latest[at_point->place][there->place] > at.pass_index) ||
        rst_at_point_spans(points, there, at_point, at.pass_index))
        return true;
    return moment != RST_TIME_NONE && latest != RST_TIME_NONE && latest > rst_time_add(moment, margin(at_point, there));
}

unsigned rst_at_point_lost(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                           uint32_t until, unsigned *compared)
{
    unsigned lost = 0;
    bool begun = false;

    *compared = 0;
    for (unsigned i = 0; i < at_point->sent[from].used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(&at_point->sent[from], i);
        bool found;

        if (sighting->pass_index >= until || (sighting->flags & RST_FLAG_RST))
            continue;
        found = rst_at_point_covers(there, from ^ at_point->swap ^ there->swap, sighting) != NULL;
        begun = begun || found;
        *compared += begun;
        lost += begun && !found;
    }
    return lost;
}

uint32_t rst_at_point_clean(const rst_points_t *points, const rst_conn_at_point_t *there,
                            const rst_conn_at_point_t *at_point)
{
    uint64_t missed = 0;
    uint32_t same = 0;

    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (at_point->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            bool swapped;
            const rst_pair_t *pair = rst_points_pair(points, i, j, &swapped);

            if (!(there->interfaces >> j & 1) || i == j || !pair)
                continue;
            missed += pair->missed[swapped ? 0 : 1];
            same += pair->same[0] + pair->same[1];
        }
    }
    return missed * LOSS_MAX > same ? 0 : same;
}
