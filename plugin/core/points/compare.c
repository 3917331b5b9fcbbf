/* compare.c
 * Comparing one reset at several capture points.
 *
 * A point that does not show a reset proves nothing by itself: it may have started late, stopped early, or lost the
 * frame. So it must have recorded the connection before and after, and must have missed nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/compare.h"

#include <string.h>

#include "points/pairing.h"
#include "points/witness.h"

#define EARLY_MIN (2 * RST_MILLISECOND) /* points closer together than this show nothing by time */

/* The first segment from a sender, other than resets, that a point recorded after a moment of another point. What
 * follows a SYN is another connection: a host that resets an old one may open a new one at once. */
static const rst_sighting_t *first_later(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                                         const rst_conn_at_point_t *other, rst_moment_t at)
{
    for (unsigned i = 0; i < at_point->sent[from].used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(&at_point->sent[from], i);

        if ((sighting->flags & RST_FLAG_RST) || !rst_at_point_is_later(points, at_point, from, sighting, other, at))
            continue;
        return (sighting->flags & RST_FLAG_SYN) ? NULL : sighting;
    }
    return NULL;
}

static unsigned common(const rst_conn_at_point_t *a, const rst_conn_at_point_t *b, unsigned s)
{
    const rst_whole_connection_t *whole = a->whole;

    return whole->same[MIN(a->place, b->place)][MAX(a->place, b->place)][s];
}

/* What the reset answers or acknowledges never reached the point of the apparent sender. */
static bool trigger_missing(const rst_reset_t *reset, rst_elsewhere_t *other, const rst_conn_at_point_t *at_point)
{
    unsigned peer = 1u - reset->from;
    uint32_t caused = reset->trigger.moment.pass_index ? reset->trigger.moment.pass_index
                      : reset->form == RST_FORM_ABORT  ? reset->acknowledged.pass_index
                                                       : 0;
    const rst_sighting_t *trigger = caused ? rst_at_point_sighting(at_point, peer, caused) : NULL;

    other->trigger = trigger ? trigger->pass_index : 0;
    return trigger && !reset->trigger_late && common(at_point, other->at_point, peer ^ at_point->swap) &&
           !rst_at_point_covers(other->at_point, peer ^ at_point->swap ^ other->at_point->swap, trigger);
}

/* Does the sender have resets there that this point does not show? One of them may be this one with
 * different numbers. */
static bool has_doubt(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from)
{
    for (unsigned i = 0; i < there->resets; i++) {
        const rst_sighting_t *sighting = rst_at_point_sighting(there, from, there->reset[i]->at.pass_index);

        if (there->reset[i]->from == from &&
            (!sighting || !rst_sightings_find(&at_point->sent[from ^ at_point->swap ^ there->swap], sighting)))
            return true;
    }
    return there->crowded;
}

/* A reset from the peer arrived there that the peer's own point never saw: a device reset both ends. */
static uint32_t reciprocal(const rst_reset_t *reset, const rst_conn_at_point_t *there)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    unsigned peer = 1u - reset->from;
    unsigned its = peer ^ at_point->swap ^ there->swap;
    unsigned compared;

    for (unsigned i = 0; i < there->resets; i++) {
        const rst_reset_t *other = there->reset[i];
        const rst_sighting_t *sighting = rst_at_point_sighting(there, its, other->at.pass_index);

        if (other->from == its && sighting && !rst_sightings_find(&at_point->sent[peer], sighting) &&
            !has_doubt(at_point, there, peer) &&
            !rst_at_point_lost(at_point, there, its, other->at.pass_index, &compared) && compared)
            return other->at.pass_index;
    }
    return 0;
}

/* Before any data, a kernel may reset a connection with which a program with a raw socket or its own stack
 * carries on. */
static bool may_go_on(const rst_reset_t *reset)
{
    return reset->from == reset->client && !reset->direction[0].bytes && !reset->direction[1].bytes;
}

/* If a new connection on the same ports had begun there by then, and its SYN was not recorded here, the reset and what
 * it answers may both belong to it. */
static bool next_had_begun(const rst_points_t *points, const rst_conn_at_point_t *there,
                           const rst_conn_at_point_t *at_point, rst_moment_t at)
{
    const rst_conn_at_point_t *next = there->next;

    return next && !rst_at_point_is_after(points, there, next->facts.first.time, at_point, at);
}

static rst_proof_t proof_of(const rst_points_t *points, const rst_reset_t *reset, rst_elsewhere_t *other)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    const rst_conn_at_point_t *there = other->at_point;
    unsigned from = reset->from ^ at_point->swap ^ there->swap;
    const rst_sighting_t *alive = first_later(points, there, from, at_point, reset->at);
    const rst_sighting_t *peer = first_later(points, there, 1 - from, at_point, reset->at);

    if (!rst_at_point_clean(points, there, at_point))
        return RST_PROOF_NONE;
    if (may_go_on(reset))
        alive = NULL;
    other->after = alive ? alive->pass_index : reciprocal(reset, there);
    if (alive)
        return RST_PROOF_ALIVE;
    if (other->after)
        return RST_PROOF_RECIPROCAL;
    other->after = peer ? peer->pass_index : 0;
    if (!next_had_begun(points, there, at_point, reset->at) && trigger_missing(reset, other, at_point) &&
        (peer || rst_at_point_spans(points, there, at_point, reset->at.pass_index)))
        return RST_PROOF_TRIGGER;
    return RST_PROOF_NONE;
}

/* The sender's latest frame there before the reset that both points know. */
static uint32_t latest_before(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                              uint32_t pass_index)
{
    for (unsigned i = at_point->sent[from].used; i-- > 0;) {
        const rst_sighting_t *sighting = rst_sightings_at(&at_point->sent[from], i);
        const rst_sighting_t *copy;

        if (sighting->pass_index >= pass_index || (sighting->flags & RST_FLAG_RST))
            continue;
        copy = rst_at_point_covers(there, from ^ at_point->swap ^ there->swap, sighting);
        if (copy)
            return copy->pass_index;
    }
    return 0;
}

/* The other point still remembers what came before a frame of this point. */
static bool reaches_back(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                         uint32_t pass_index)
{
    const rst_sighting_t *oldest = rst_sightings_at(&there->sent[from], 0);
    const rst_sighting_t *copy;

    if (!there->sent[from].lost)
        return true;
    copy = oldest ? rst_sightings_find(&at_point->sent[from ^ at_point->swap ^ there->swap], oldest) : NULL;
    return copy && copy->pass_index < pass_index;
}

/* The shortest way between two points, by the segments from one side that both show: time at a minus time at b, so the
 * offset of the clocks is part of it. False if there is none. */
static bool shortest(const rst_conn_at_point_t *a, const rst_conn_at_point_t *b, unsigned from, int64_t *way)
{
    bool some = false;

    for (unsigned i = 0; i < a->sent[from].used; i++) {
        const rst_sighting_t *here = rst_sightings_at(&a->sent[from], i);
        const rst_sighting_t *there =
            (here->flags & RST_FLAG_RST) ? NULL : rst_sightings_find(&b->sent[from ^ a->swap ^ b->swap], here);
        int64_t delta;

        if (!there || !rst_time_difference(there->time, here->time, &delta))
            continue;
        *way = some ? MIN(*way, delta) : delta;
        some = true;
    }
    return some;
}

/* Would the packet have passed the farther point before it left the nearer one? The clocks may differ by anything: what
 * they show for the shortest ways in both directions adds up to the round trip between the points, and no packet is
 * half a round trip faster than all others. */
static bool is_impossible(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_sighting_t *here,
                          const rst_conn_at_point_t *b, const rst_sighting_t *there, unsigned from)
{
    int nearer = rst_at_point_nearer(points, b, a, from ^ a->swap);
    const rst_conn_at_point_t *far_point = nearer > 0 ? a : b, *near_point = nearer > 0 ? b : a;
    const rst_sighting_t *late = nearer > 0 ? here : there, *early = nearer > 0 ? there : here;
    unsigned its = from ^ a->swap ^ far_point->swap;
    int64_t way, back, took, round_trip;

    if (!nearer || !rst_time_difference(early->time, late->time, &took) ||
        !shortest(far_point, near_point, its, &way) ||
        !shortest(near_point, far_point, (1 - its) ^ far_point->swap ^ near_point->swap, &back))
        return false;
    round_trip = rst_time_add(way, back);
    return round_trip > EARLY_MIN && took < rst_time_sub(rst_time_sub(way, round_trip / 2), EARLY_MIN / 2);
}

/* Resets that answer a burst of segments may all be equal: then the first here is the first there, and so on. */
static const rst_sighting_t *same_in_order(const rst_points_t *points, const rst_reset_t *reset,
                                           const rst_conn_at_point_t *other, const rst_sighting_t *sighting)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    const rst_sightings_t *own = &at_point->sent[reset->from];
    const rst_sightings_t *there = &other->sent[reset->from ^ at_point->swap ^ other->swap];
    const rst_sighting_t *found = NULL;
    unsigned left = 0;

    for (unsigned i = 0; i < own->used; i++) {
        const rst_sighting_t *old = rst_sightings_at(own, i);

        left += old->pass_index < sighting->pass_index && old->interface == sighting->interface &&
                rst_sighting_same(old, sighting);
    }
    for (unsigned i = 0; i < there->used; i++) {
        const rst_sighting_t *old = rst_sightings_at(there, i);

        if (!rst_sighting_same(old, sighting) || is_impossible(points, at_point, sighting, other, old, reset->from))
            continue;
        found = old;
        if (!left--)
            break;
    }
    if (found)
        return found;
    found = rst_sightings_find(there, sighting);
    return found && is_impossible(points, at_point, sighting, other, found, reset->from) ? NULL : found;
}

static void find_copy(const rst_points_t *points, const rst_reset_t *reset, rst_elsewhere_t *other,
                      const rst_sighting_t *sighting, unsigned from)
{
    const rst_sightings_t *own = &reset->at_point->sent[reset->from];
    const rst_sightings_t *there = &other->at_point->sent[from];
    const rst_sighting_t *copy = same_in_order(points, reset, other->at_point, sighting);

    if (!copy || !(copy->flags & RST_FLAG_RST))
        return;
    other->presence = RST_PRESENCE_SEEN;
    other->copy_pass_index = copy->pass_index;
    for (unsigned i = 0; i < other->at_point->resets; i++) {
        rst_reset_t *its = other->at_point->reset[i];

        /* Of a long burst of equal resets, only the latest are remembered, and perhaps not the same ones at both
         * points. */
        if (its->at.pass_index == copy->pass_index &&
            ((!own->lost && !there->lost) || its->own_ordinal == reset->own_ordinal))
            other->copy = its;
    }
}

static void judge(const rst_points_t *points, const rst_reset_t *reset, rst_elsewhere_t *other,
                  const rst_sighting_t *sighting)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    const rst_conn_at_point_t *there = other->at_point;
    unsigned from = reset->from ^ at_point->swap ^ there->swap;
    unsigned compared;

    find_copy(points, reset, other, sighting, from);
    if (other->presence == RST_PRESENCE_SEEN || !points->finished || has_doubt(there, at_point, from) ||
        !reaches_back(there, at_point, from, reset->at.pass_index))
        return;
    if (there->mixed || at_point->mixed || there->parted || at_point->parted ||
        !common(at_point, there, reset->from ^ at_point->swap) || !rst_points_proven(points, at_point, there))
        return;
    if (rst_at_point_lost(there, at_point, reset->from, reset->at.pass_index, &compared) || !compared)
        return;
    other->proof = proof_of(points, reset, other);
    if (other->proof == RST_PROOF_NONE)
        return;
    other->presence = RST_PRESENCE_MISSING;
    other->before = latest_before(there, at_point, reset->from, reset->at.pass_index);
}

/* Is there no router between the point and the sender, judging by the segments it sends there? A reset whose hop count
 * differs from theirs is not the host's, although it was seen here too. A host that refuses a connection may send
 * nothing but the reset. */
static bool at_host(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from, uint32_t pass_index)
{
    const rst_conn_facts_t *facts = &at_point->facts;
    const rst_sighting_t *reset = rst_at_point_sighting(at_point, from, pass_index);
    bool has_ttl = reset && (reset->known & RST_SIGHTING_TTL);
    unsigned end = points->ends.end[rst_at_point_interface(at_point)];

    if (has_ttl && facts->hops[from] &&
        (rst_hops(reset->ttl) < facts->hop_min[from] || rst_hops(reset->ttl) > facts->hop_max[from]))
        return false;
    if (end == RST_END_CLIENT || end == RST_END_SERVER)
        return (end == RST_END_CLIENT) == (facts->client == from);
    return has_ttl && rst_hops(reset->ttl) == 0 && (!facts->hops[from] || facts->hop_max[from] == 0);
}

static void place_others(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    unsigned s = reset->from ^ at_point->swap;
    bool proven = false;

    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];
        int nearer = rst_at_point_nearer(points, other->at_point, at_point, s);

        if (other->presence == RST_PRESENCE_SEEN && rst_points_one_host(points, at_point, other->at_point)) {
            if (other->copy && other->copy_pass_index < reset->at.pass_index)
                compare->duplicate_of = other->copy;
            continue;
        }
        if (other->presence == RST_PRESENCE_SEEN && rst_points_proven(points, at_point, other->at_point)) {
            proven = true;
            compare->from_host = compare->from_host ||
                                 at_host(points, other->at_point, s ^ other->at_point->swap, other->copy_pass_index);
            if (nearer > 0 && other->copy &&
                (!compare->nearest || rst_at_point_nearer(points, other->at_point, compare->nearest->at_point, s) > 0))
                compare->nearest = other;
        }
        if (other->presence == RST_PRESENCE_MISSING && nearer > 0 &&
            (!compare->absent || rst_at_point_nearer(points, other->at_point, compare->absent->at_point, s) < 0))
            compare->absent = other;
    }
    compare->from_host = proven && (compare->from_host || at_host(points, at_point, reset->from, reset->at.pass_index));
    if (compare->nearest && compare->absent &&
        rst_at_point_nearer(points, compare->absent->at_point, compare->nearest->at_point, s) <= 0)
        compare->absent = NULL;
    if (compare->absent)
        compare->from_host = false;
}

/* For a refusal where the server's point shows neither the SYN nor the reset. */
static void ask_witness(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare)
{
    const rst_conn_at_point_t *there;

    if (!points->finished || reset->form != RST_FORM_REFUSAL || reset->from == reset->client ||
        reset->at_point->mixed || reset->direction[reset->from].segments)
        return;
    there = rst_witness_find(points, reset->at_point, reset->at);
    if (!there || !rst_at_point_clean(points, there, reset->at_point))
        return;
    compare->at_point = reset->at_point;
    compare->others = 1;
    compare->other[0] = (rst_elsewhere_t){.at_point = there,
                                          .witness = true,
                                          .number = rst_points_number(points, there),
                                          .presence = RST_PRESENCE_MISSING,
                                          .proof = RST_PROOF_TRIGGER};
    compare->absent = &compare->other[0];
}

void rst_compare(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare)
{
    const rst_conn_at_point_t *at_point = reset->at_point;
    const rst_sighting_t *sighting;

    memset(compare, 0, sizeof *compare);
    compare->points = points;
    if (at_point && at_point->whole->at_points < 2)
        ask_witness(points, reset, compare);
    if (!at_point || at_point->whole->at_points < 2)
        return;
    sighting = rst_at_point_sighting(at_point, reset->from, reset->at.pass_index);
    if (!sighting)
        return;
    compare->at_point = at_point;
    for (unsigned i = 0; i < at_point->whole->at_points; i++) {
        rst_elsewhere_t *other = &compare->other[compare->others];

        if (at_point->whole->at_point[i] == at_point)
            continue;
        other->at_point = at_point->whole->at_point[i];
        other->number = rst_points_number(points, other->at_point);
        judge(points, reset, other, sighting);
        compare->others++;
    }
    place_others(points, reset, compare);
}

unsigned rst_compare_copies(const rst_points_t *points, const rst_reset_t *reset, const rst_compare_t *compare,
                            const rst_reset_t **copy)
{
    unsigned copies = 1;

    copy[0] = reset;
    if (!compare->at_point || compare->absent || compare->duplicate_of)
        return 1;
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];
        unsigned at = copies;

        if (other->presence != RST_PRESENCE_SEEN || !other->copy ||
            !rst_points_proven(points, compare->at_point, other->at_point))
            continue;
        for (; at > 0 && rst_at_point_nearer(points, other->at_point, copy[at - 1]->at_point,
                                             copy[at - 1]->from ^ copy[at - 1]->at_point->swap) > 0;
             at--)
            copy[at] = copy[at - 1];
        copy[at] = other->copy;
        copies++;
    }
    return copies;
}
