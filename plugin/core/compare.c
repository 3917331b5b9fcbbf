/* compare.c
 * Implementation for one reset at several capture points.
 *
 * A point that does not show a reset proves nothing by itself: it may have started late, stopped early, or lost the
 * frame. So it must have recorded the connection before and after, and nothing else that reached the other point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare.h"

#include "seq.h"
#include "state.h"

#define MILLISECOND INT64_C(1000000)
#define LOSS_MAX 200     /* one segment in so many may be missing at a point that is believed */
#define SETTLE_MAX 20000 /* connections whose losses are counted */

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
    return MILLISECOND + 2 * (way < 0 ? -way : way);
}

/* Was the segment recorded at track after the given moment of the other track? By its own copy there, or by the clock.
 */
static bool is_later(const rst_engine_t *engine, const rst_track_t *track, unsigned x, const rst_sight_t *sight,
                     const rst_track_t *other, rst_mark_t at)
{
    const rst_sight_t *copy = rst_sights_find(&other->sent[x ^ track->swap ^ other->swap], sight);
    int64_t moment;

    if (copy)
        return copy->visit > at.visit;
    moment = time_there(engine, other, at.time, track);
    return moment != RST_TIME_NONE && sight->time != RST_TIME_NONE && sight->time > moment + margin(track, other);
}

/* The first segment of a side that a track recorded after a moment of another track, resets left out. After a SYN it
 * is another connection: who resets an old one may open a new one at once. */
static const rst_sight_t *first_later(const rst_engine_t *engine, const rst_track_t *track, unsigned x,
                                      const rst_track_t *other, rst_mark_t at)
{
    for (unsigned i = 0; i < track->sent[x].used; i++) {
        const rst_sight_t *sight = rst_sights_at(&track->sent[x], i);

        if ((sight->flags & RST_FLAG_RST) || !is_later(engine, track, x, sight, other, at))
            continue;
        return (sight->flags & RST_FLAG_SYN) ? NULL : sight;
    }
    return NULL;
}

/* Interfaces of two tracks: visits at the first one between which the other one recorded too. */
static bool spans(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track, uint32_t visit)
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

static unsigned common(const rst_track_t *a, const rst_track_t *b, unsigned s)
{
    const rst_path_t *path = a->path;

    return path->same[MIN(a->place, b->place)][MAX(a->place, b->place)][s];
}

bool rst_track_records_on(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track, rst_mark_t at)
{
    int64_t moment = time_there(engine, track, at.time, there);
    int64_t latest = engine->points.latest_time[rst_track_interface(there)];

    if ((there->path == track->path && there->path->latest[track->place][there->place] > at.visit) ||
        spans(engine, there, track, at.visit))
        return true;
    return moment != RST_TIME_NONE && latest != RST_TIME_NONE && latest > moment + margin(track, there);
}

/* Segments of a side that track has and there has not, from the first common one to the given visit. */
static unsigned lost_between(const rst_track_t *there, const rst_track_t *track, unsigned x, uint32_t until,
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

/* Common segments of a point that loses next to nothing, by what reached the other one all the same; otherwise 0. */
static uint32_t clean_segments(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track)
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

/* The segment that the reset answers never came to the point of the apparent sender. */
static bool trigger_missing(const rst_case_t *reset, const rst_elsewhere_t *other, const rst_track_t *track)
{
    unsigned y = 1u - reset->x;
    const rst_sight_t *trigger =
        reset->trigger.mark.visit ? rst_track_sight(track, y, reset->trigger.mark.visit) : NULL;

    return trigger && !reset->trigger_late && common(track, other->track, y ^ track->swap) &&
           !rst_track_covers(other->track, y ^ track->swap ^ other->track->swap, trigger);
}

/* Resets of the side there that track does not show: one of them may be this one with other numbers. */
static bool has_doubt(const rst_track_t *there, const rst_track_t *track, unsigned x)
{
    for (unsigned i = 0; i < there->resets; i++) {
        const rst_sight_t *sight = rst_track_sight(there, x, there->reset[i]->at.visit);

        if (there->reset[i]->x == x && (!sight || !rst_sights_find(&track->sent[x ^ track->swap ^ there->swap], sight)))
            return true;
    }
    return there->crowded;
}

/* A reset of the other side came in there that its own point never saw: a device reset both ends. */
static uint32_t reciprocal(const rst_case_t *reset, const rst_track_t *there)
{
    const rst_track_t *track = reset->track;
    unsigned y = 1u - reset->x;
    unsigned its = y ^ track->swap ^ there->swap;
    unsigned compared;

    for (unsigned i = 0; i < there->resets; i++) {
        const rst_case_t *other = there->reset[i];
        const rst_sight_t *sight = rst_track_sight(there, its, other->at.visit);

        if (other->x == its && sight && !rst_sights_find(&track->sent[y], sight) && !has_doubt(track, there, y) &&
            !lost_between(track, there, its, other->at.visit, &compared) && compared)
            return other->at.visit;
    }
    return 0;
}

/* Before any data the kernel may reset what a program with a raw socket or a stack of its own goes on with. */
static bool may_go_on(const rst_case_t *reset)
{
    return reset->x == reset->client && !reset->side[0].bytes && !reset->side[1].bytes;
}

static rst_proof_t proof_of(const rst_engine_t *engine, const rst_case_t *reset, rst_elsewhere_t *other)
{
    const rst_track_t *track = reset->track;
    const rst_track_t *there = other->track;
    unsigned x = reset->x ^ track->swap ^ there->swap;
    const rst_sight_t *alive = first_later(engine, there, x, track, reset->at);
    const rst_sight_t *peer = first_later(engine, there, 1 - x, track, reset->at);

    if (!clean_segments(engine, there, track))
        return RST_PROOF_NONE;
    if (may_go_on(reset))
        alive = NULL;
    other->after = alive ? alive->visit : reciprocal(reset, there);
    if (alive)
        return RST_PROOF_ALIVE;
    if (other->after)
        return RST_PROOF_RECIPROCAL;
    other->after = peer ? peer->visit : 0;
    if (trigger_missing(reset, other, track) && (peer || spans(engine, there, track, reset->at.visit)))
        return RST_PROOF_TRIGGER;
    return RST_PROOF_NONE;
}

/* Frames of the sender there that both points know, the latest before the reset. */
static uint32_t latest_before(const rst_track_t *there, const rst_track_t *track, unsigned x, uint32_t visit)
{
    for (unsigned i = track->sent[x].used; i-- > 0;) {
        const rst_sight_t *sight = rst_sights_at(&track->sent[x], i);
        const rst_sight_t *copy;

        if (sight->visit >= visit || (sight->flags & RST_FLAG_RST))
            continue;
        copy = rst_track_covers(there, x ^ track->swap ^ there->swap, sight);
        if (copy)
            return copy->visit;
    }
    return 0;
}

/* The record of the point still holds what it saw before the visit of the other track. */
static bool reaches_back(const rst_track_t *there, const rst_track_t *track, unsigned x, uint32_t visit)
{
    const rst_sight_t *oldest = rst_sights_at(&there->sent[x], 0);
    const rst_sight_t *copy;

    if (!there->sent[x].lost)
        return true;
    copy = oldest ? rst_sights_find(&track->sent[x ^ track->swap ^ there->swap], oldest) : NULL;
    return copy && copy->visit < visit;
}

/* Resets that answer a burst of segments may all be equal: the first is the first of the other point too. */
static const rst_sight_t *same_in_order(const rst_sights_t *own, const rst_sights_t *there, const rst_sight_t *sight,
                                        unsigned *order)
{
    const rst_sight_t *found = NULL;
    unsigned left;

    *order = 0;

    for (unsigned i = 0; i < own->used; i++) {
        const rst_sight_t *old = rst_sights_at(own, i);

        *order += old->visit < sight->visit && old->interface == sight->interface && rst_sight_same(old, sight);
    }
    left = *order;
    for (unsigned i = 0; i < there->used; i++) {
        const rst_sight_t *old = rst_sights_at(there, i);

        if (!rst_sight_same(old, sight))
            continue;
        found = old;
        if (!left--)
            break;
    }
    return found ? found : rst_sights_find(there, sight);
}

static void find_copy(const rst_case_t *reset, rst_elsewhere_t *other, const rst_sight_t *sight, unsigned x)
{
    const rst_sights_t *own = &reset->track->sent[reset->x];
    const rst_sights_t *there = &other->track->sent[x];
    unsigned order;
    const rst_sight_t *copy = same_in_order(own, there, sight, &order);

    if (!copy || !(copy->flags & RST_FLAG_RST))
        return;
    other->presence = RST_PRESENCE_SEEN;
    other->copy_visit = copy->visit;
    for (unsigned i = 0; i < other->track->resets; i++) {
        rst_case_t *its = other->track->reset[i];

        /* Of a long burst of equal ones only the latest are still known, perhaps not the same ones at both points. */
        if (its->at.visit == copy->visit && ((!own->lost && !there->lost) || its->own_ordinal == reset->own_ordinal))
            other->copy = its;
    }
}

static void judge(const rst_engine_t *engine, const rst_case_t *reset, rst_elsewhere_t *other, const rst_sight_t *sight)
{
    const rst_track_t *track = reset->track;
    const rst_track_t *there = other->track;
    unsigned x = reset->x ^ track->swap ^ there->swap;
    unsigned compared;

    find_copy(reset, other, sight, x);
    if (other->presence == RST_PRESENCE_SEEN || !engine->points.settled || has_doubt(there, track, x) ||
        !reaches_back(there, track, x, reset->at.visit))
        return;
    if (there->mixed || track->mixed || there->parted || track->parted ||
        !common(track, there, reset->x ^ track->swap) || !rst_points_proven(&engine->points, track, there))
        return;
    if (lost_between(there, track, reset->x, reset->at.visit, &compared) || !compared)
        return;
    other->proof = proof_of(engine, reset, other);
    if (other->proof == RST_PROOF_NONE)
        return;
    other->presence = RST_PRESENCE_MISSING;
    other->before = latest_before(there, track, reset->x, reset->at.visit);
}

/* No router between the point and the sender, by what it sends there. */
static bool at_host(const rst_engine_t *engine, const rst_track_t *track, unsigned x)
{
    const rst_side_t *side = &track->conn->side[x];
    unsigned end = engine->points.end[rst_track_interface(track)];

    if (end == RST_END_CLIENT || end == RST_END_SERVER)
        return (end == RST_END_CLIENT) == (rst_conn_client(track->conn) == x);
    return (side->known & RST_SIDE_HOPS) && side->hop_max == 0;
}

static void place_others(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare)
{
    const rst_track_t *track = reset->track;
    unsigned s = reset->x ^ track->swap;
    bool proven = false;

    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];
        int nearer = rst_track_nearer(engine, other->track, track, s);

        if (other->presence == RST_PRESENCE_SEEN && rst_points_one_host(&engine->points, track, other->track)) {
            if (other->copy && other->copy_visit < reset->at.visit)
                compare->duplicate_of = other->copy;
            continue;
        }
        if (other->presence == RST_PRESENCE_SEEN && rst_points_proven(&engine->points, track, other->track)) {
            proven = true;
            compare->from_host = compare->from_host || at_host(engine, other->track, s ^ other->track->swap);
            if (nearer > 0 && other->copy &&
                (!compare->nearest || rst_track_nearer(engine, other->track, compare->nearest->track, s) > 0))
                compare->nearest = other;
        }
        if (other->presence == RST_PRESENCE_MISSING && nearer > 0 &&
            (!compare->absent || rst_track_nearer(engine, other->track, compare->absent->track, s) < 0))
            compare->absent = other;
    }
    compare->from_host = proven && (compare->from_host || at_host(engine, track, reset->x));
    if (compare->nearest && compare->absent &&
        rst_track_nearer(engine, compare->absent->track, compare->nearest->track, s) <= 0)
        compare->absent = NULL;
    if (compare->absent)
        compare->from_host = false;
}

static bool same_hosts(const rst_conn_t *a, const rst_conn_t *b)
{
    return rst_address_equal(&a->address[0], &b->address[0]) && rst_address_equal(&a->address[1], &b->address[1]);
}

/* The track at another point, nearer to the server, of one of the client's connections to the same server: it shows
 * that this point records such connections, and under the same addresses. */
static const rst_track_t *other_point(const rst_engine_t *engine, const rst_conn_t *conn, const rst_conn_t *witness)
{
    const rst_track_t *track = witness->track;
    unsigned server = 1 - rst_conn_client(witness);

    for (unsigned i = 0; i < track->path->tracks; i++) {
        const rst_track_t *other = track->path->track[i];

        if (other != track && other->home == track->home && same_hosts(other->conn, conn) && !other->mixed &&
            !other->parted && rst_points_proven(&engine->points, track, other) &&
            rst_track_nearer(engine, other, track, server ^ track->swap) > 0)
            return other;
    }
    return NULL;
}

/* A filter may record one port only: the witness has the same one, or there are witnesses of several. */
const rst_track_t *rst_compare_witness(const rst_engine_t *engine, const rst_conn_t *conn, rst_mark_t at)
{
    unsigned client = rst_conn_client(conn);
    const rst_host_t *host = conn->host[client];
    const rst_track_t *found = NULL;
    uint16_t port = 0;

    for (unsigned i = 0; host && i < RST_RECENT_MAX; i++) {
        const rst_conn_t *witness = host->recent[i];
        const rst_track_t *there;
        uint16_t its;

        if (!witness || witness == conn || !witness->track || witness->track->mixed || !same_hosts(witness, conn) ||
            !(witness->track->interfaces & conn->track->interfaces))
            continue;
        there = other_point(engine, conn, witness);
        if (!there || !rst_track_records_on(engine, there, conn->track, at) ||
            !spans(engine, there, conn->track, at.visit))
            continue;
        its = witness->port[1 - rst_conn_client(witness)];
        if (its == conn->port[1 - client] || (found && its != port))
            return there;
        found = there;
        port = its;
    }
    return NULL;
}

/* Refused, and the server's point shows neither the SYN nor the reset. */
static void compare_unknown(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare)
{
    const rst_track_t *there;

    if (!engine->points.settled || reset->form != RST_FORM_REFUSAL || reset->x == reset->client ||
        reset->track->mixed || reset->side[reset->x].segments)
        return;
    there = rst_compare_witness(engine, reset->conn, reset->at);
    if (!there || !clean_segments(engine, there, reset->track))
        return;
    compare->track = reset->track;
    compare->others = 1;
    compare->other[0] = (rst_elsewhere_t){.track = there,
                                          .witness = true,
                                          .number = rst_points_number(&engine->points, there),
                                          .presence = RST_PRESENCE_MISSING,
                                          .proof = RST_PROOF_TRIGGER};
    compare->absent = &compare->other[0];
}

void rst_compare(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare)
{
    const rst_track_t *track = reset->track;
    const rst_sight_t *sight;

    memset(compare, 0, sizeof *compare);
    if (track && track->path->tracks < 2)
        compare_unknown(engine, reset, compare);
    if (!track || track->path->tracks < 2)
        return;
    sight = rst_track_sight(track, reset->x, reset->at.visit);
    if (!sight)
        return;
    compare->track = track;
    for (unsigned i = 0; i < track->path->tracks; i++) {
        rst_elsewhere_t *other = &compare->other[compare->others];

        if (track->path->track[i] == track)
            continue;
        other->track = track->path->track[i];
        other->number = rst_points_number(&engine->points, other->track);
        judge(engine, reset, other, sight);
        compare->others++;
    }
    place_others(engine, reset, compare);
}

unsigned rst_compare_copies(const rst_engine_t *engine, const rst_case_t *reset, const rst_compare_t *compare,
                            const rst_case_t **copy)
{
    unsigned copies = 1;

    copy[0] = reset;
    if (!compare->track || compare->absent || compare->duplicate_of)
        return 1;
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];
        unsigned at = copies;

        if (other->presence != RST_PRESENCE_SEEN || !other->copy ||
            !rst_points_proven(&engine->points, compare->track, other->track))
            continue;
        for (; at > 0 && rst_track_nearer(engine, other->track, copy[at - 1]->track,
                                          copy[at - 1]->x ^ copy[at - 1]->track->swap) > 0;
             at--)
            copy[at] = copy[at - 1];
        copy[at] = other->copy;
        copies++;
    }
    return copies;
}

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
                lost_between(there, track, s ^ track->swap, until, &compared);
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
