/* across.c
 * Implementation for verdicts from several capture points.
 *
 * Absence accuses, so everything in compare.h has to hold first. Presence clears: what the sender's own end shows was
 * sent by that host, and no device between the points is left as an explanation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "across.h"

#include "changed.h"

static bool by_device(const rst_verdict_t *verdict)
{
    if (verdict->cause == RST_CAUSE_BLIND_RESET)
        return true;
    return verdict->sender == RST_SENDER_MIDDLEBOX &&
           (rst_cause_info(verdict->cause)->category == RST_CATEGORY_NETWORK ||
            verdict->cause == RST_CAUSE_FIREWALL_REJECT || verdict->declared.source);
}

/* "capture point 2 (server side)". */
static const char *point_text(const rst_view_t *view, const rst_track_t *track)
{
    const char *side = "";
    bool client = true, server = true;
    const rst_path_t *path = track->path;
    unsigned s = rst_conn_client(track->conn) ^ track->swap;

    if (!view->texts)
        return "";
    for (unsigned i = 0; i < path->tracks; i++) {
        int nearer = path->track[i] == track ? 0 : rst_track_nearer(view->engine, track, path->track[i], s);

        client = client && (nearer > 0 || path->track[i] == track);
        server = server && (nearer < 0 || path->track[i] == track);
    }
    if (client != server)
        side = client ? " (client side)" : " (server side)";
    return rst_text(view->memory, "%u%s", rst_points_number(&view->engine->points, track), side);
}

static const char *joined(const rst_view_t *view, const char *list, const rst_track_t *track)
{
    const char *text = point_text(view, track);

    return list ? rst_text(view->memory, "%s, %s", list, text) : text;
}

static void list_points(const rst_view_t *view, const rst_compare_t *compare)
{
    bool compared = false;

    for (unsigned i = 0; i < compare->others; i++)
        compared = compared || compare->other[i].presence != RST_PRESENCE_UNKNOWN;
    if (!view->texts || !compared || compare->duplicate_of)
        return;
    view->verdict->points_seen = joined(view, NULL, compare->track);
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence == RST_PRESENCE_SEEN)
            view->verdict->points_seen = joined(view, view->verdict->points_seen, other->track);
        else if (other->presence == RST_PRESENCE_MISSING)
            view->verdict->points_missing = joined(view, view->verdict->points_missing, other->track);
    }
}

/* How the two clocks compare, for whoever wants to line the captures up. */
static void tell_clocks(const rst_view_t *view, const rst_track_t *here, const rst_track_t *there)
{
    bool swapped;
    const rst_pair_t *pair =
        rst_points_pair(&view->engine->points, rst_track_interface(here), rst_track_interface(there), &swapped);
    int64_t offset;
    int drift;

    if (!pair || !rst_clock_read(&pair->clock, &offset, &drift))
        return;
    if (swapped) {
        offset = -offset;
        drift = -drift;
    }
    rst_evidence_add(view, view->reset->at.visit, "Clock of capture point %u: %s %s that of point %u%s",
                     rst_points_number(&view->engine->points, there), rst_span(view, offset < 0 ? -offset : offset),
                     offset < 0 ? "behind" : "ahead of", rst_points_number(&view->engine->points, here),
                     drift && view->texts ? rst_text(view->memory, ", drifting %d ppm", drift) : "");
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

static void tell_absent(const rst_view_t *view, const rst_elsewhere_t *absent, bool both)
{
    const rst_track_t *here = view->reset->track;

    rst_summary(
        view,
        "Sent by a device between capture points %s and %s: the reset under the address of %s reached point "
        "%u%s, but point %u, which is nearer to that host and recorded the connection at that moment, never saw "
        "it",
        point_text(view, absent->track), point_text(view, here), rst_who_x(view),
        rst_points_number(&view->engine->points, here), both ? " and the other end got one too" : "", absent->number);
    if (absent->before)
        rst_evidence_add(view, absent->before, "Capture point %u: the segment of the same host before the reset",
                         absent->number);
    if (absent->proof == RST_PROOF_TRIGGER && view->trigger)
        rst_evidence_add(view, view->trigger->mark.visit,
                         "The segment that the reset answers never arrived at capture point %u", absent->number);
    if (absent->witness)
        rst_evidence_add(view, absent->track->conn->last.visit,
                         "Capture point %u records other connections of the same two hosts", absent->number);
    else if (absent->proof == RST_PROOF_ALIVE)
        rst_evidence_add(view, absent->after, "Capture point %u: the apparent sender goes on with the connection",
                         absent->number);
    else if (absent->proof == RST_PROOF_RECIPROCAL)
        rst_evidence_add(view, absent->after, "Capture point %u: the reset that this end got, never sent by the other",
                         absent->number);
    else if (absent->after)
        rst_evidence_add(view, absent->after, "Capture point %u still records the connection afterwards",
                         absent->number);
    tell_clocks(view, here, absent->track);
}

/* What a device does on purpose keeps its name; everything else is a reset that somebody forged. */
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
    tell_absent(view, absent, both);
    rst_tell_distance(view);
}

static bool accuses(rst_cause_t cause)
{
    return cause == RST_CAUSE_INJECTED || cause == RST_CAUSE_POLICY_RESET || cause == RST_CAUSE_DEVICE_IDLE_TIMEOUT ||
           cause == RST_CAUSE_FIREWALL_REJECT || cause == RST_CAUSE_HEADER_REWRITTEN;
}

/* Whose reset it is, is settled; why it was sent, only as far as devices were among the reasons. */
static void tell_proven(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;

    if (verdict->sender != RST_SENDER_CLIENT && verdict->sender != RST_SENDER_SERVER)
        return;
    add_pattern(view, "seen_at_sender");
    if (view->texts)
        verdict->summary = rst_text(view->memory, "%s. The same at capture points %s, so %s itself sent it",
                                    verdict->summary, verdict->points_seen, rst_who_x(view));
}

/* A host's own packet filter refuses and resets as a firewall does; the rest only something on the path does. */
static bool needs_path(rst_cause_t cause)
{
    return accuses(cause) && cause != RST_CAUSE_FIREWALL_REJECT && cause != RST_CAUSE_POLICY_RESET;
}

/* Devices drop out; what they had goes to the verdict, together with part of what nobody had. */
static void clear(const rst_view_t *view, const rst_compare_t *compare)
{
    rst_verdict_t *verdict = view->verdict;
    unsigned open = 100u - verdict->confidence;
    unsigned kept = 0;
    unsigned gone = 0;

    for (unsigned i = 0; i < verdict->alternatives; i++) {
        open -= verdict->alternative[i].confidence;
        if (needs_path(verdict->alternative[i].cause))
            gone += verdict->alternative[i].confidence;
        else
            verdict->alternative[kept++] = verdict->alternative[i];
    }
    verdict->alternatives = (uint8_t)kept;
    if (verdict->cause != RST_CAUSE_UNDETERMINED)
        verdict->confidence = (uint8_t)MIN(99u, verdict->confidence + gone + open / 4);
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence != RST_PRESENCE_SEEN)
            continue;
        rst_evidence_add(view, other->copy_visit, "Unchanged at capture point %s: the host itself sent it",
                         point_text(view, other->track));
        tell_clocks(view, compare->track, other->track);
    }
}

/* Seen at two points, neither of them at the host. */
static void tell_seen(const rst_view_t *view, const rst_compare_t *compare)
{
    for (unsigned i = 0; i < compare->others; i++) {
        const rst_elsewhere_t *other = &compare->other[i];

        if (other->presence == RST_PRESENCE_SEEN &&
            rst_points_proven(&view->engine->points, compare->track, other->track))
            rst_evidence_add(view, other->copy_visit,
                             "Seen at capture point %s too, so nothing between the two sent it",
                             point_text(view, other->track));
        else if (other->presence == RST_PRESENCE_MISSING && other != compare->absent)
            rst_evidence_add(view, other->before, "It never arrived at capture point %u", other->number);
    }
}

static void mark_duplicate(const rst_view_t *view, const rst_compare_t *compare)
{
    rst_verdict_t *verdict = view->verdict;
    const rst_case_t *original = compare->duplicate_of;
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
                rst_where(view, original->at.visit));
    rst_evidence_add(view, original->at.visit, "The same reset on another interface of one host");
}

/* Gave up on a segment: at the other point it shows whether that was lost, or met silence. */
static void explain_run(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;
    rst_run_report_t report;
    const char *text;

    if (verdict->cause != RST_CAUSE_RETRANSMISSION_TIMEOUT && verdict->cause != RST_CAUSE_HANDSHAKE_TIMEOUT)
        return;
    report = rst_across_run(view->engine, view->reset->conn, view->reset->x, &view->x->run);
    if (report.fate == RST_FATE_UNKNOWN)
        return;
    verdict->confidence = (uint8_t)MAX(verdict->confidence, 95);
    verdict->alternatives = 0;
    text = view->texts ? rst_across_run_text(&report, view->memory) : "";
    if (view->texts)
        verdict->summary = rst_text(view->memory, "%s. %s", verdict->summary, text);
    rst_evidence_add(view, report.visit ? report.visit : view->x->run.last.visit, "%s", text);
}

/* Segments of two points were taken for one before that came to light: nobody is accused by such a record. */
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

void rst_across_apply(const rst_view_t *view, const rst_compare_t *compare)
{
    const rst_track_t *track = view->reset->conn->track;

    if (track && track->mixed && (by_device(view->verdict) || accuses(view->verdict->cause))) {
        withdraw(view);
        return;
    }
    if (!compare->track)
        return;
    list_points(view, compare);
    if (compare->duplicate_of) {
        mark_duplicate(view, compare);
        return;
    }
    /* A kernel that says it sent the reset knows better than a capture that may have lost it. */
    if (view->verdict->declared.source && strcmp(view->verdict->declared.source, "kernel") == 0)
        return;
    if (compare->absent) {
        accuse(view, compare->absent);
        return;
    }
    if (rst_changed_apply(view))
        return;
    if (compare->from_host)
        clear(view, compare);
    else
        tell_seen(view, compare);
    explain_run(view);
    if (compare->from_host)
        tell_proven(view);
}
