/* tell.c
 * Implementation for writing summary, evidence and patterns into a verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include <stdarg.h>
#include <stdio.h>

/* Sentences often begin with "the server ...". */
static const char *format_text(const rst_view_t *view, const char *format, va_list args)
{
    char buffer[RST_TEXT_MAX];

    vsnprintf(buffer, sizeof buffer, format, args);
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

/* Frames are kept even when no texts are wanted: back references are made from them. */
void rst_evidence_add(const rst_view_t *view, uint32_t visit, const char *format, ...)
{
    rst_verdict_t *verdict = view->verdict;
    rst_evidence_t *slot;
    uint32_t frame = rst_frames_number(&view->engine->frames, visit);
    va_list args;

    if (!frame)
        frame = rst_frames_number(&view->engine->frames, view->reset->at.visit);
    if (verdict->evidences == RST_EVIDENCE_MAX)
        return;
    slot = &verdict->evidence[verdict->evidences++];
    slot->frame = frame;
    slot->text = "";
    if (!view->texts)
        return;
    va_start(args, format);
    slot->text = format_text(view, format, args);
    va_end(args);
}

void rst_pattern_add(const rst_view_t *view, const char *pattern)
{
    if (view->verdict->patterns < RST_PATTERNS_MAX)
        view->verdict->pattern[view->verdict->patterns++] = pattern;
}

const char *rst_who(const rst_view_t *view, unsigned side)
{
    const rst_conn_t *conn = view->reset->conn;

    if (!view->texts)
        return "";
    return rst_text(view->memory, "the %s %s", side == view->reset->client ? "client" : "server",
                    rst_endpoint_text(view->memory, &conn->address[side], conn->port[side]));
}

const char *rst_who_x(const rst_view_t *view)
{
    return rst_who(view, view->reset->x);
}

const char *rst_who_y(const rst_view_t *view)
{
    return rst_who(view, 1u - view->reset->x);
}

const char *rst_where(const rst_view_t *view, uint32_t visit)
{
    uint32_t frame = rst_frames_number(&view->engine->frames, visit);

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

void rst_tell_distance(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    if (delta == RST_HOPS_NONE)
        return;
    if (delta == 0)
        rst_evidence_add(view, view->reset->at.visit, "Same hop distance as the sender's other packets (TTL %u)",
                         view->reset->ttl);
    else
        rst_evidence_add(view, view->x->last.visit,
                         "TTL %u puts the reset %d hop%s %s than the sender's other packets (TTL %u)", view->reset->ttl,
                         delta < 0 ? -delta : delta, delta == 1 || delta == -1 ? "" : "s",
                         delta < 0 ? "nearer" : "farther", view->x->ttl);
}

void rst_tell_history(const rst_view_t *view)
{
    const rst_case_t *reset = view->reset;

    if (!view->y->segments)
        rst_evidence_add(view, reset->at.visit, "The capture shows no packet of the other direction");
    else if (!view->x->segments)
        rst_evidence_add(view, reset->at.visit, "The capture shows no other packet of the reset's sender");
    else if (!reset->opened)
        rst_evidence_add(view, reset->conn->first.visit, "The start of the connection is not in the capture");
    else if (view->x->holes || view->y->holes)
        rst_evidence_add(view, reset->at.visit, "Segments of the connection are missing from the capture");
}
