/* rewritten_between.c
 * Finding rewritten headers.
 *
 * A device may translate sequence numbers (firewalls randomize them): then SEQ is shifted by the same distance in all
 * segments from one side, and ACK is shifted back by it in those from the other. A segment that does not fit was broken
 * on the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rewritten_between.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#include "points/compare.h"

#define LATEST_MAX 6 /* the peer's segments before the reset to compare */

typedef struct rst_change {
    const char *field; /* NULL = not changed */
    uint32_t sent, received;
    const rst_sighting_t *before, *after; /* as sent, as received */
} rst_change_t;

/* The two points between which the peer's segments traveled. */
typedef struct rst_leg {
    const rst_conn_at_point_t *here, *there; /* the receiver's point and the peer's */
    unsigned own, peer;                      /* index of the receiver, and of the peer, at here */
    unsigned its_own, its_peer;              /* the same at there */
    uint32_t shift[2]; /* SEQ here minus SEQ there, in segments from the receiver (0) and the peer (1) */
} rst_leg_t;

/* By the first segment that both points show: the SYN, if it is still known. */
static bool read_shift(const rst_leg_t *leg, unsigned from, unsigned its, uint32_t *shift)
{
    for (unsigned i = 0; i < leg->here->sent[from].used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(&leg->here->sent[from], i);
        const rst_sighting_t *copy = rst_sightings_find(&leg->there->sent[its], sighting);

        if (!copy)
            continue;
        *shift = sighting->seq - copy->seq;
        return true;
    }
    return false;
}

static bool find_leg(const rst_view_t *view, rst_leg_t *leg)
{
    const rst_conn_at_point_t *here = view->reset->at_point;
    unsigned s = view->reset->from ^ here->swap;

    leg->here = leg->there = here;
    for (unsigned i = 0; i < here->whole->at_points; i++) {
        const rst_conn_at_point_t *other = here->whole->at_point[i];

        if (other != here && !other->mixed && !other->parted && rst_points_proven(view->points, here, other) &&
            rst_at_point_nearer(view->points, leg->there, other, s) > 0)
            leg->there = other;
    }
    if (leg->there == here || here->mixed || here->parted)
        return false;
    leg->own = view->reset->from;
    leg->peer = 1 - leg->own;
    leg->its_own = leg->own ^ here->swap ^ leg->there->swap;
    leg->its_peer = 1 - leg->its_own;
    return read_shift(leg, leg->own, leg->its_own, &leg->shift[0]) &&
           read_shift(leg, leg->peer, leg->its_peer, &leg->shift[1]);
}

static rst_change_t difference(const rst_leg_t *leg, const rst_sighting_t *before, const rst_sighting_t *after)
{
    if (!(after->flags & RST_FLAG_SYN) && after->seq - before->seq != leg->shift[1])
        return (rst_change_t){"SEQ", before->seq, after->seq, before, after};
    if ((after->flags & RST_FLAG_ACK) && after->ack - before->ack != leg->shift[0])
        return (rst_change_t){"ACK", before->ack, after->ack, before, after};
    return (rst_change_t){.before = before};
}

/* The packet as the peer sent it. NULL if it also arrived unchanged: then the changed one is somebody's imitation. */
static const rst_sighting_t *as_sent(const rst_leg_t *leg, const rst_sighting_t *after)
{
    const rst_sighting_t *before = rst_sightings_find(&leg->there->sent[leg->its_peer], after);
    const rst_sighting_t *arrived = before ? rst_sightings_find(&leg->here->sent[leg->peer], before) : NULL;

    return arrived && arrived != after && rst_sighting_same(arrived, before) ? NULL : before;
}

static rst_change_t compare_sighting(const rst_leg_t *leg, const rst_sighting_t *after)
{
    const rst_sighting_t *before = after ? as_sent(leg, after) : NULL;

    return before ? difference(leg, before, after) : (rst_change_t){.field = NULL};
}

/* Timestamps matter if they made the receiver reject the segment. That of the SYN is compared too. */
static rst_change_t compare_timestamps(const rst_leg_t *leg, unsigned from, unsigned its)
{
    for (unsigned i = 0; i < leg->here->sent[from].used; i++) {
        const rst_sighting_t *after = rst_sightings_at(&leg->here->sent[from], i);
        const rst_sighting_t *before = rst_sightings_find(&leg->there->sent[its], after);

        if (before && (before->known & after->known & RST_SIGHTING_STAMP) && before->tsval != after->tsval)
            return (rst_change_t){"timestamp", before->tsval, after->tsval, before, after};
    }
    return (rst_change_t){.field = NULL};
}

/* A window that the peer sent open and that arrived closed. */
static rst_change_t compare_window(const rst_leg_t *leg, uint32_t pass_index)
{
    for (unsigned i = leg->here->sent[leg->peer].used; i-- > 0;) {
        const rst_sighting_t *after = rst_sightings_at(&leg->here->sent[leg->peer], i);
        const rst_sighting_t *before;

        if (after->pass_index >= pass_index || after->window)
            continue;
        before = rst_sightings_find(&leg->there->sent[leg->its_peer], after);
        if (before && (before->known & after->known & RST_SIGHTING_WINDOW) && before->window)
            return (rst_change_t){"window", before->window, after->window, before, after};
    }
    return (rst_change_t){.field = NULL};
}

/* Compares what the reset may be about: its trigger, and the latest segments that its sender received. */
static rst_change_t find_change(const rst_view_t *view, const rst_leg_t *leg)
{
    const rst_sightings_t *got = &leg->here->sent[leg->peer];
    uint32_t trigger = view->trigger ? view->trigger->moment.pass_index : 0;
    rst_change_t change = compare_sighting(leg, rst_at_point_sighting(leg->here, leg->peer, trigger));
    unsigned left = LATEST_MAX;

    /* A trigger that arrived as it was sent explains the reset by itself. */
    for (unsigned i = got->used; !change.field && !change.before && left && i-- > 0;) {
        const rst_sighting_t *sighting = rst_sightings_at(got, i);

        if (sighting->pass_index >= view->reset->at.pass_index || (sighting->flags & RST_FLAG_RST))
            continue;
        change = compare_sighting(leg, sighting);
        change.before = change.field ? change.before : NULL;
        left--;
    }
    if (!change.field && rst_cause_is(view->verdict->cause, RST_TRAIT_BY_TIMESTAMP))
        change = compare_timestamps(leg, leg->own, leg->its_own);
    if (!change.field && rst_cause_is(view->verdict->cause, RST_TRAIT_BY_TIMESTAMP))
        change = compare_timestamps(leg, leg->peer, leg->its_peer);
    if (!change.field && rst_cause_is(view->verdict->cause, RST_TRAIT_BY_WINDOW))
        change = compare_window(leg, view->reset->at.pass_index);
    return change;
}

bool rst_rewritten_between_apply(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;
    rst_change_t change;
    rst_leg_t leg;

    if (!view->points->finished || verdict->stated || !find_leg(view, &leg))
        return false;
    change = find_change(view, &leg);
    if (!change.field)
        return false;
    verdict->cause = RST_CAUSE_HEADER_REWRITTEN;
    verdict->confidence = 96;
    verdict->sender = rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;
    verdict->benign = false;
    verdict->alternatives = 0;
    verdict->evidences = 0;
    rst_summary(
        view,
        "Changed between capture points %u and %u: %s sent %s %u, and %s got %u in the same packet, so it had to "
        "reject it",
        rst_points_number(view->points, leg.there), rst_points_number(view->points, leg.here), rst_who_peer(view),
        change.field, change.sent, rst_who_own(view), change.received);
    rst_evidence_add(view, change.before->pass_index, "%s %u as sent, at capture point %u", change.field, change.sent,
                     rst_points_number(view->points, leg.there));
    rst_evidence_add(view, change.after->pass_index, "%s %u in the same packet, at capture point %u", change.field,
                     change.received, rst_points_number(view->points, leg.here));
    return true;
}
