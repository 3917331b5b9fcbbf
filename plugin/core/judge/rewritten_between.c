/* rewritten_between.c
 * Finding rewritten headers.
 *
 * A device may translate sequence numbers (firewalls randomize them): then SEQ is shifted by the same distance in all
 * segments from one side, and ACK is shifted back by it in those from the other. A segment that does not fit was broken
 * on the way; so was a SYN whose number changed alone, so that its receiver acknowledges one that was never sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rewritten_between.h"

#include "base/seq.h"
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
        *shift = rst_seq_ahead(sighting->seq, copy->seq);
        return true;
    }
    return false;
}

static bool find_points(const rst_view_t *view, rst_leg_t *leg)
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
    return true;
}

static bool find_leg(const rst_view_t *view, rst_leg_t *leg)
{
    return find_points(view, leg) && read_shift(leg, leg->own, leg->its_own, &leg->shift[0]) &&
           read_shift(leg, leg->peer, leg->its_peer, &leg->shift[1]);
}

static rst_change_t difference(const rst_leg_t *leg, const rst_sighting_t *before, const rst_sighting_t *after)
{
    if (!(after->flags & RST_FLAG_SYN) && rst_seq_ahead(after->seq, before->seq) != leg->shift[1])
        return (rst_change_t){"SEQ", before->seq, after->seq, before, after};
    if ((after->flags & RST_FLAG_ACK) && rst_seq_ahead(after->ack, before->ack) != leg->shift[0])
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

/* The same SYN or SYN-ACK, perhaps but for its number. */
static bool is_renumbered(const rst_sighting_t *sent, const rst_sighting_t *received, uint32_t ack_shift)
{
    unsigned both = sent->known & received->known;

    if (!(sent->flags & RST_FLAG_SYN) || sent->flags != received->flags || sent->len != received->len)
        return false;
    if ((sent->flags & RST_FLAG_ACK) && rst_seq_ahead(sent->ack, received->ack) != ack_shift)
        return false;
    return (!(both & RST_SIGHTING_ID) || sent->ip_id == received->ip_id) &&
           (!(both & RST_SIGHTING_STAMP) || sent->tsval == received->tsval) &&
           (!(both & RST_SIGHTING_WINDOW) || sent->window == received->window);
}

/* The peer acknowledges what there would be with the number that it got, and not with the one that was sent. */
static bool counts_from(const rst_view_t *view, const rst_sighting_t *sent, const rst_sighting_t *received)
{
    const rst_recent_segment_t *trigger = view->trigger;
    uint64_t span = view->own->bytes + rst_has_fin(view->own);

    return trigger && (trigger->flags & RST_FLAG_ACK) && rst_seq_ahead(trigger->ack, received->seq + 1) <= span &&
           rst_seq_ahead(trigger->ack, sent->seq + 1) > span;
}

/* NULL if it also arrived unchanged: then the other one is somebody's imitation. */
static const rst_sighting_t *as_received(const rst_view_t *view, const rst_leg_t *leg, const rst_sighting_t *sent)
{
    const rst_sightings_t *arrived = &leg->there->sent[leg->its_own];
    const rst_sighting_t *received = NULL;

    for (unsigned i = 0; i < arrived->used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(arrived, i);

        if (rst_sighting_same(sighting, sent))
            return NULL;
        if (is_renumbered(sent, sighting, leg->shift[1]) && counts_from(view, sent, sighting))
            received = sighting;
    }
    return received;
}

/* The sender of the reset got an acknowledgment for what it never sent, because its own SYN was changed. */
static bool find_renumbered(const rst_view_t *view, rst_change_t *change)
{
    rst_leg_t leg;

    if (!find_points(view, &leg) || !read_shift(&leg, leg.peer, leg.its_peer, &leg.shift[1]))
        return false;
    for (unsigned i = 0; i < leg.here->sent[leg.own].used; i++) {
        const rst_sighting_t *sent = rst_sightings_at(&leg.here->sent[leg.own], i);
        const rst_sighting_t *received = as_received(view, &leg, sent);

        if (received) {
            *change = (rst_change_t){"SEQ", sent->seq, received->seq, sent, received};
            return true;
        }
    }
    return false;
}

static void conclude(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;

    verdict->cause = RST_CAUSE_HEADER_REWRITTEN;
    verdict->confidence = 96;
    verdict->sender = rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;
    verdict->benign = false;
    verdict->alternatives = 0;
    verdict->evidences = 0;
}

static void explain_renumbered(const rst_view_t *view, const rst_change_t *change)
{
    const char *what = (change->before->flags & RST_FLAG_ACK) ? "SYN-ACK" : "SYN";

    rst_summary(
        view,
        "Changed on the way: the %s of %s left with SEQ %u (%s) and arrived with SEQ %u (%s), so the segment in "
        "%s acknowledges a number that was never sent, and had to be rejected",
        what, rst_who_own(view), change->sent, rst_where(view, change->before->pass_index), change->received,
        rst_where(view, change->after->pass_index), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, change->before->pass_index, "%s with SEQ %u as sent", what, change->sent);
    rst_evidence_add(view, change->after->pass_index, "SEQ %u in the same packet, at the other capture point",
                     change->received);
    rst_evidence_add(view, view->trigger->moment.pass_index, "Acknowledges %u", view->trigger->ack);
}

/* With equal numbers: those of the connection differ between the points, and this one was not changed with them. */
static void explain_change(const rst_view_t *view, const rst_leg_t *leg, const rst_change_t *change)
{
    unsigned there = rst_points_number(view->points, leg->there), here = rst_points_number(view->points, leg->here);

    if (change->sent == change->received)
        rst_summary(
            view,
            "Changed between capture points %u and %u: they show different sequence numbers of this connection, "
            "but %s %u of %s arrived as it was sent, so %s had to reject it",
            there, here, change->field, change->sent, rst_who_peer(view), rst_who_own(view));
    else
        rst_summary(view,
                    "Changed between capture points %u and %u: %s sent %s %u, and %s got %u in the same packet, so it "
                    "had to reject it",
                    there, here, rst_who_peer(view), change->field, change->sent, rst_who_own(view), change->received);
    rst_evidence_add(view, change->before->pass_index, "%s %u as sent, at capture point %u", change->field,
                     change->sent, there);
    rst_evidence_add(view, change->after->pass_index, "%s %u in the same packet, at capture point %u", change->field,
                     change->received, here);
}

bool rst_rewritten_between_apply(const rst_view_t *view)
{
    rst_change_t change;
    rst_leg_t leg;

    if (view->verdict->stated)
        return false;
    /* What both points show does not depend on what is still to come. */
    if (find_renumbered(view, &change)) {
        conclude(view);
        explain_renumbered(view, &change);
        return true;
    }
    if (!view->points->finished || !find_leg(view, &leg))
        return false;
    change = find_change(view, &leg);
    if (!change.field)
        return false;
    conclude(view);
    explain_change(view, &leg, &change);
    return true;
}
