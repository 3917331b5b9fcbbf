/* explain.c
 * Writing summary, evidence and patterns into a verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/explain.h"

#include "base/format.h"
#include "rules/predicates.h"

#include <stdarg.h>

/* Capitalizes the first letter, because sentences often begin with "the server ...". */
static const char *format_text(const rst_view_t *view, const char *format, va_list args)
{
    char buffer[RST_TEXT_MAX];

    rst_format(buffer, sizeof buffer, format, args);
    buffer[0] = g_ascii_toupper(buffer[0]);
    return rst_text(view->memory, "%s", buffer);
}

void rst_summary(const rst_view_t *view, const char *format, ...)
{
    va_list args;

    if (!view->texts)
        return;
    va_start(args, format);
    view->verdict->summary = format_text(view, format, args);
    va_end(args);
}

/* Frame numbers are kept even if no texts are wanted, because back references need them. NULL if there is no room. */
static rst_evidence_t *next_evidence(const rst_view_t *view, uint32_t pass_index)
{
    rst_verdict_t *verdict = view->verdict;
    rst_evidence_t *evidence;
    uint32_t frame = rst_frames_number(&view->file->frames, pass_index);

    if (!frame)
        frame = rst_frames_number(&view->file->frames, view->reset->at.pass_index);
    if (verdict->evidences == RST_EVIDENCE_MAX)
        return NULL;
    evidence = &verdict->evidence[verdict->evidences++];
    evidence->frame = frame;
    evidence->text = "";
    return evidence;
}

void rst_evidence_add(const rst_view_t *view, uint32_t pass_index, const char *format, ...)
{
    rst_evidence_t *evidence = next_evidence(view, pass_index);
    va_list args;

    if (!evidence || !view->texts)
        return;
    va_start(args, format);
    evidence->text = format_text(view, format, args);
    va_end(args);
}

void rst_evidence_quote(const rst_view_t *view, uint32_t pass_index, const char *text)
{
    rst_evidence_t *evidence = next_evidence(view, pass_index);

    if (evidence && view->texts)
        evidence->text = text;
}

void rst_pattern_add(const rst_view_t *view, const char *pattern)
{
    if (view->verdict->patterns < RST_PATTERNS_MAX)
        view->verdict->pattern[view->verdict->patterns++] = pattern;
}

const char *rst_probably(const rst_view_t *view)
{
    return view->verdict->confidence >= RST_SURE ? "" : rst_hedge(view, "probably ", "perhaps ");
}

const char *rst_hedge(const rst_view_t *view, const char *likely, const char *unsure)
{
    return view->verdict->confidence >= RST_LIKELY ? likely : unsure;
}

const char *rst_who(const rst_view_t *view, unsigned side)
{
    const rst_story_t *story = view->reset->story;

    if (!view->texts)
        return "";
    return rst_text(view->memory, "the %s %s", side == view->reset->client ? "client" : "server",
                    rst_endpoint_text(view->memory, &story->address[side], story->port[side]));
}

const char *rst_who_own(const rst_view_t *view)
{
    return rst_who(view, view->reset->from);
}

const char *rst_who_peer(const rst_view_t *view)
{
    return rst_who(view, 1u - view->reset->from);
}

const char *rst_where(const rst_view_t *view, uint32_t pass_index)
{
    uint32_t frame = rst_frames_number(&view->file->frames, pass_index);

    if (!view->texts)
        return "";
    return frame ? rst_text(view->memory, "frame %u", frame) : "an earlier frame";
}

const char *rst_span(const rst_view_t *view, int64_t ns)
{
    return view->texts ? rst_duration_text(view->memory, ns) : "";
}

const char *rst_shape(const rst_view_t *view)
{
    return (view->reset->flags & RST_FLAG_ACK) ? "RST,ACK" : "RST";
}

/* Both TTLs may have begun at the same value, which explains their difference better than two initial values. */
static bool may_begin_alike(uint8_t a, uint8_t b)
{
    return (a <= 32) == (b <= 32) && (a <= 64) == (b <= 64) && (a <= 128) == (b <= 128);
}

/* Where the connection itself does not show how far away that side is, the other connections of its host do. */
void rst_explain_distance(const rst_view_t *view)
{
    bool by_own = view->own->segments && rst_shows_own_hops(view);
    const char *others = by_own ? "the sender's other packets" : "the host's other connections";
    uint32_t at = by_own ? view->own->last.pass_index : view->reset->at.pass_index;
    int8_t delta = rst_hop_delta(view);

    if (delta == RST_HOPS_NONE)
        return;
    if (by_own && may_begin_alike(view->own->ttl, view->reset->ttl) && view->own->ttl - view->reset->ttl != delta)
        rst_evidence_add(view, at, "TTL %u, but %u in %s: another initial value, or another distance", view->reset->ttl,
                         view->own->ttl, others);
    else if (delta == 0)
        rst_evidence_add(view, view->reset->at.pass_index, "Same hop distance as %s (TTL %u)", others,
                         view->reset->ttl);
    else
        rst_evidence_add(view, at, "TTL %u puts the reset %d hop%s %s than %s%s", view->reset->ttl, ABS(delta),
                         ABS(delta) == 1 ? "" : "s", delta < 0 ? "nearer" : "farther", others,
                         by_own && view->texts ? rst_text(view->memory, " (TTL %u)", view->own->ttl) : "");
}

void rst_explain_history(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (!view->peer->segments)
        rst_evidence_add(view, reset->at.pass_index, "The capture shows %s of the other direction until here",
                         reset->peer_last.at.pass_index ? "nothing but resets" : "no packet");
    else if (!view->own->segments)
        rst_evidence_add(view, reset->at.pass_index, "The capture shows nothing but resets from this side until here");
    else if (!reset->opened)
        rst_evidence_add(view, reset->story->began.pass_index, "The start of the connection is not in the capture");
    else if (view->own->gaps || view->peer->gaps)
        rst_evidence_add(view, reset->at.pass_index,
                         "Segments of the connection are missing from the capture, or stored out of order");
}
