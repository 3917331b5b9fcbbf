/* at_points.c
 * What several capture points mean for a verdict.
 *
 * Absence accuses, so everything that compare.h asks for must hold. Presence clears: if a reset was seen at the
 * sender's own end, that host sent it, and no device between the points can explain it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/at_points.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#include "base/text.h"
#include "judge/rewritten_between.h"
#include "points/delivery.h"

static bool by_device(const rst_verdict_t *verdict)
{
    if (rst_cause_is(verdict->cause, RST_TRAIT_FROM_ANYWHERE))
        return true;
    return verdict->sender == RST_SENDER_MIDDLEBOX &&
           (rst_cause_is(verdict->cause, RST_TRAITS_ACCUSING) || verdict->stated);
}

/* "capture point 2 (server side)". */
static const char *point_text(const rst_view_t *view, const rst_conn_at_point_t *at_point)
{
    const char *side = "";
    bool client = true, server = true;
    const rst_whole_connection_t *whole = at_point->whole;
    unsigned s = at_point->facts.client ^ at_point->swap;

    if (!view->texts)
        return "";
    for (unsigned i = 0; i < whole->at_points; i++) {
        int nearer =
            whole->at_point[i] == at_point ? 0 : rst_at_point_nearer(view->points, at_point, whole->at_point[i], s);

        client = client && (nearer > 0 || whole->at_point[i] == at_point);
        server = server && (nearer < 0 || whole->at_point[i] == at_point);
    }
    if (client != server)
        side = client ? " (client side)" : " (server side)";
    return rst_text(view->memory, "%u%s", rst_points_number(view->points, at_point), side);
}

static const char *joined(const rst_view_t *view, const char *list, const rst_conn_at_point_t *at_point)
{
    const char *text = point_text(view, at_point);

    return list ? rst_text(view->memory, "%s, %s", list, text) : text;
}

static void list_points(const rst_view_t *view, const rst_compare_t *compare)
{
    bool compared = false;

    for (unsigned i = 0; i < compare->others; i++)
        compared = compared || compare->other[i].presence != RST_PRESENCE_UNKNOWN;
    if (!view->texts || !compared || compare->duplicate_of)
        return;
    view->verdict->points_seen = joined(view, NULL, compare->at_point);
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence == RST_PRESENCE_SEEN)
            view->verdict->points_seen = joined(view, view->verdict->points_seen, other->at_point);
        else if (other->presence == RST_PRESENCE_MISSING)
            view->verdict->points_missing = joined(view, view->verdict->points_missing, other->at_point);
    }
}

/* How the two clocks compare, for readers who want to line up the captures. */
static void explain_clocks(const rst_view_t *view, const rst_conn_at_point_t *here, const rst_conn_at_point_t *there)
{
    bool swapped;
    const rst_pair_t *pair =
        rst_points_pair(view->points, rst_at_point_interface(here), rst_at_point_interface(there), &swapped);
    int64_t offset;
    int drift;

    if (!pair || !rst_clock_read(&pair->clock, &offset, &drift))
        return;
    if (swapped) {
        offset = rst_time_sub(0, offset);
        drift = -drift;
    }
    if (view->texts)
        view->verdict->points_clock = rst_text(
            view->memory, "Clock of capture point %u: %s %s that of point %u%s", rst_points_number(view->points, there),
            rst_span(view, rst_time_abs(offset)), offset < 0 ? "behind" : "ahead of",
            rst_points_number(view->points, here), drift ? rst_text(view->memory, ", drifting %d ppm", drift) : "");
    rst_evidence_add(view, view->reset->at.pass_index, "%s", view->texts ? view->verdict->points_clock : "");
}

static unsigned absent_confidence(rst_proof_t proof)
{
    return proof == RST_PROOF_ALIVE ? 98 : 97;
}

static void add_pattern(const rst_view_t *view, const char *pattern)
{
    for (unsigned i = 0; i < view->verdict->patterns; i++) {
        if (strcmp(view->verdict->pattern[i], pattern) == 0)
            return;
    }
    rst_pattern_add(view, pattern);
}

static void explain_absent(const rst_view_t *view, const rst_elsewhere_t *absent, bool both)
{
    const rst_conn_at_point_t *here = view->reset->at_point;

    rst_summary(
        view,
        "Sent by a device between capture points %s and %s: the reset under the address of %s reached point "
        "%u%s, but point %u, which is nearer to that host and recorded the connection at that moment, never saw "
        "it",
        point_text(view, absent->at_point), point_text(view, here), rst_who_own(view),
        rst_points_number(view->points, here), both ? " and the other end got one too" : "", absent->number);
    if (absent->before)
        rst_evidence_add(view, absent->before, "Capture point %u: the segment of the same host before the reset",
                         absent->number);
    if (absent->proof == RST_PROOF_TRIGGER && absent->trigger)
        rst_evidence_add(view, absent->trigger, "The segment that the reset %s never arrived at capture point %u",
                         view->trigger ? "answers" : "acknowledges", absent->number);
    if (absent->witness)
        rst_evidence_add(view, absent->at_point->facts.last.pass_index,
                         "Capture point %u records other connections of the same two hosts", absent->number);
    else if (absent->proof == RST_PROOF_ALIVE)
        rst_evidence_add(view, absent->after, "Capture point %u: the apparent sender goes on with the connection",
                         absent->number);
    else if (absent->proof == RST_PROOF_RECIPROCAL)
        rst_evidence_add(view, absent->after, "Capture point %u: the reset that this end got, never sent by the other",
                         absent->number);
    else if (absent->after)
        rst_evidence_add(view, absent->after, "Capture point %u still records the connection afterward",
                         absent->number);
    explain_clocks(view, here, absent->at_point);
}

/* A cause that already names a device is kept. Otherwise a missing refusal came from a firewall, and any other missing
 * reset is forged. */
static void accuse(const rst_view_t *view, const rst_elsewhere_t *absent)
{
    rst_verdict_t *verdict = view->verdict;
    unsigned confidence = absent_confidence(absent->proof);
    bool both = absent->proof == RST_PROOF_RECIPROCAL;

    if (!by_device(verdict)) {
        verdict->cause = rst_is_refusal(view) ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_INJECTED;
        verdict->confidence = 0;
    }
    verdict->confidence = (uint8_t)MAX(verdict->confidence, confidence);
    verdict->sender = RST_SENDER_MIDDLEBOX;
    verdict->benign = false;
    verdict->alternatives = 0;
    verdict->evidences = 0;
    add_pattern(view, "absent_at_sender");
    if (both)
        add_pattern(view, "both_ends");
    explain_absent(view, absent, both);
    rst_explain_distance(view);
}

/* Who sent the reset is settled; why, only to the extent that devices were among the explanations. */
static void explain_proven(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;

    if (verdict->sender != RST_SENDER_CLIENT && verdict->sender != RST_SENDER_SERVER)
        return;
    add_pattern(view, "seen_at_sender");
    if (view->texts)
        verdict->summary = rst_text(view->memory, "%s. The same at capture points %s, so %s itself sent it",
                                    verdict->summary, verdict->points_seen, rst_who_own(view));
}

/* Removes devices from the explanations. Their confidence goes to the verdict, with part of what was unassigned; not
 * to a stated reason, because who sent it does not make it true. */
static void clear(const rst_view_t *view, const rst_compare_t *compare)
{
    rst_verdict_t *verdict = view->verdict;
    unsigned open = 100u - verdict->confidence;
    unsigned kept = 0;
    unsigned gone = 0;

    for (unsigned i = 0; i < verdict->alternatives; i++) {
        open -= verdict->alternative[i].confidence;
        if (rst_cause_is(verdict->alternative[i].cause, RST_TRAIT_REFUTED_AT_SENDER))
            gone += verdict->alternative[i].confidence;
        else
            verdict->alternative[kept++] = verdict->alternative[i];
    }
    verdict->alternatives = (uint8_t)kept;
    if (verdict->cause != RST_CAUSE_UNDETERMINED && !verdict->stated)
        verdict->confidence = (uint8_t)MIN(99u, verdict->confidence + gone + open / 4);
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence != RST_PRESENCE_SEEN)
            continue;
        rst_evidence_add(view, other->copy_pass_index, "Unchanged at capture point %s: the host itself sent it",
                         point_text(view, other->at_point));
        explain_clocks(view, compare->at_point, other->at_point);
    }
}

/* Seen at two capture points, neither of them at the host. */
static void explain_seen(const rst_view_t *view, const rst_compare_t *compare)
{
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence == RST_PRESENCE_SEEN && rst_points_proven(view->points, compare->at_point, other->at_point))
            rst_evidence_add(view, other->copy_pass_index,
                             "Seen at capture point %s too, so nothing between the two sent it",
                             point_text(view, other->at_point));
        else if (other->presence == RST_PRESENCE_MISSING && other != compare->absent)
            rst_evidence_add(view, other->before, "It never arrived at capture point %u", other->number);
    }
}

static void mark_duplicate(const rst_view_t *view, const rst_compare_t *compare)
{
    rst_verdict_t *verdict = view->verdict;
    const rst_reset_t *original = compare->duplicate_of;
    rst_cause_t cause = verdict->cause;

    verdict->cause = RST_CAUSE_DUPLICATE;
    verdict->confidence = 95;
    verdict->benign = true;
    verdict->first = false;
    verdict->evidences = 0;
    verdict->patterns = 0;
    verdict->alternatives = 1;
    verdict->alternative[0] = (rst_alternative_t){cause, 5};
    rst_summary(view, "Not a second reset: the host that captured shows it on several interfaces, see %s",
                rst_where(view, original->at.pass_index));
    rst_evidence_add(view, original->at.pass_index, "The same reset on another interface of one host");
}

/* The sender gave up on a segment: the other point shows whether the segment was lost or not answered. */
static void explain_delivery(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;
    rst_delivery_t delivery;
    const char *text;

    if (!rst_cause_is(verdict->cause, RST_TRAIT_GIVES_UP))
        return;
    delivery = rst_delivery_of(view->points, view->reset->at_point, view->reset->from, &view->own->retransmission);
    if (delivery.kind == RST_DELIVERY_UNKNOWN)
        return;
    verdict->confidence = (uint8_t)MAX(verdict->confidence, 95);
    verdict->alternatives = 0;
    if (rst_delivery_pattern(&delivery))
        add_pattern(view, rst_delivery_pattern(&delivery));
    text = view->texts ? rst_delivery_text(&delivery, view->memory) : "";
    if (view->texts)
        verdict->summary = rst_text(view->memory, "%s. %s", verdict->summary, text);
    rst_evidence_add(view, delivery.pass_index ? delivery.pass_index : view->own->retransmission.last.pass_index, "%s",
                     text);
}

/* Segments of two points were mistaken for those of one before that became clear: such a record must not accuse
 * anybody. */
static void withdraw(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;

    verdict->cause = RST_CAUSE_UNDETERMINED;
    verdict->confidence = 20;
    verdict->sender = RST_SENDER_UNKNOWN;
    verdict->benign = false;
    verdict->alternatives = 0;
    rst_summary(view,
                "Cannot tell: the record of this connection mixes segments of two capture points. Name them in the "
                "preference Interfaces of the capture points");
}

void rst_at_points_apply(const rst_view_t *view, const rst_compare_t *compare)
{
    const rst_conn_at_point_t *at_point = view->reset->at_point;

    if (at_point && at_point->mixed && (by_device(view->verdict) || rst_verdict_on_path(view->verdict))) {
        withdraw(view);
        return;
    }
    if (!compare->at_point)
        return;
    list_points(view, compare);
    if (compare->duplicate_of) {
        mark_duplicate(view, compare);
        return;
    }
    /* A kernel that reports having sent the reset knows better than a capture that may have lost it. */
    if (view->verdict->declared.source && strcmp(view->verdict->declared.source, "kernel") == 0)
        return;
    if (compare->absent) {
        accuse(view, compare->absent);
        return;
    }
    if (rst_rewritten_between_apply(view))
        return;
    if (compare->from_host)
        clear(view, compare);
    else
        explain_seen(view, compare);
    explain_delivery(view);
    if (compare->from_host)
        explain_proven(view);
}
