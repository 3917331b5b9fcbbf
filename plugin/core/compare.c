/* compare.c
 * Implementation for one reset at several capture points.
 *
 * A point that does not show a reset proves nothing by itself: it may have started late, stopped early, or lost the
 * frame. So it must have recorded the connection before and after, and nothing else that reached the other point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare.h"

#include "compare_track.h"
#include "state.h"

/* The first segment of a side that a track recorded after a moment of another track, resets left out. After a SYN it
 * is another connection: who resets an old one may open a new one at once. */
static const rst_sight_t *first_later(const rst_engine_t *engine, const rst_track_t *track, unsigned x,
                                      const rst_track_t *other, rst_mark_t at)
{
    for (unsigned i = 0; i < track->sent[x].used; i++) {
        const rst_sight_t *sight = rst_sights_at(&track->sent[x], i);

        if ((sight->flags & RST_FLAG_RST) || !rst_track_is_later(engine, track, x, sight, other, at))
            continue;
        return (sight->flags & RST_FLAG_SYN) ? NULL : sight;
    }
    return NULL;
}

static unsigned common(const rst_track_t *a, const rst_track_t *b, unsigned s)
{
    const rst_path_t *path = a->path;

    return path->same[MIN(a->place, b->place)][MAX(a->place, b->place)][s];
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
            !rst_track_lost(track, there, its, other->at.visit, &compared) && compared)
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

    if (!rst_track_clean(engine, there, track))
        return RST_PROOF_NONE;
    if (may_go_on(reset))
        alive = NULL;
    other->after = alive ? alive->visit : reciprocal(reset, there);
    if (alive)
        return RST_PROOF_ALIVE;
    if (other->after)
        return RST_PROOF_RECIPROCAL;
    other->after = peer ? peer->visit : 0;
    /* Where a new connection on the same ports has begun there, and its SYN is not recorded here, both may be in that.
     */
    if (there->conn->track == there && trigger_missing(reset, other, track) &&
        (peer || rst_track_spans(engine, there, track, reset->at.visit)))
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
    if (rst_track_lost(there, track, reset->x, reset->at.visit, &compared) || !compared)
        return;
    other->proof = proof_of(engine, reset, other);
    if (other->proof == RST_PROOF_NONE)
        return;
    other->presence = RST_PRESENCE_MISSING;
    other->before = latest_before(there, track, reset->x, reset->at.visit);
}

/* No router between the point and the sender, by what it sends there. A reset that came over other hops than the rest
 * is not the host's, although it passed here too. Who refuses a connection may send nothing else. */
static bool at_host(const rst_engine_t *engine, const rst_track_t *track, unsigned x, uint32_t visit)
{
    const rst_side_t *side = &track->conn->side[x];
    const rst_sight_t *reset = rst_track_sight(track, x, visit);
    bool has_hops = (side->known & RST_SIDE_HOPS) != 0;
    bool has_ttl = reset && (reset->known & RST_SIGHT_TTL);
    unsigned end = engine->points.end[rst_track_interface(track)];

    if (has_ttl && has_hops && (rst_hops(reset->ttl) < side->hop_min || rst_hops(reset->ttl) > side->hop_max))
        return false;
    if (end == RST_END_CLIENT || end == RST_END_SERVER)
        return (end == RST_END_CLIENT) == (rst_conn_client(track->conn) == x);
    return has_ttl && rst_hops(reset->ttl) == 0 && (!has_hops || side->hop_max == 0);
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
            compare->from_host =
                compare->from_host || at_host(engine, other->track, s ^ other->track->swap, other->copy_visit);
            if (nearer > 0 && other->copy &&
                (!compare->nearest || rst_track_nearer(engine, other->track, compare->nearest->track, s) > 0))
                compare->nearest = other;
        }
        if (other->presence == RST_PRESENCE_MISSING && nearer > 0 &&
            (!compare->absent || rst_track_nearer(engine, other->track, compare->absent->track, s) < 0))
            compare->absent = other;
    }
    compare->from_host = proven && (compare->from_host || at_host(engine, track, reset->x, reset->at.visit));
    if (compare->nearest && compare->absent &&
        rst_track_nearer(engine, compare->absent->track, compare->nearest->track, s) <= 0)
        compare->absent = NULL;
    if (compare->absent)
        compare->from_host = false;
}

void rst_compare(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare)
{
    const rst_track_t *track = reset->track;
    const rst_sight_t *sight;

    memset(compare, 0, sizeof *compare);
    if (track && track->path->tracks < 2)
        rst_compare_unknown(engine, reset, compare);
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
