/* trace.c
 * A whole trace: splits the text into lines, keeps the events, finds them again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/trace.h"

#include <string.h>

rst_trace_t *rst_trace_new(void)
{
    rst_trace_t *trace = g_new0(rst_trace_t, 1);

    trace->sent = g_array_new(FALSE, FALSE, sizeof(rst_event_t));
    trace->received = g_array_new(FALSE, FALSE, sizeof(rst_event_t));
    rst_names_open(&trace->names);
    return trace;
}

void rst_trace_free(rst_trace_t *trace)
{
    if (!trace)
        return;
    g_array_free(trace->sent, TRUE);
    g_array_free(trace->received, TRUE);
    rst_names_close(&trace->names);
    g_free(trace);
}

/* The kept copy of a name; NULL if there is no name or there are too many. */
static const char *keep_name(rst_trace_t *trace, const char *name)
{
    return name[0] ? rst_names_keep(&trace->names, name, RST_TRACE_NAMES_MAX) : NULL;
}

static void keep(rst_trace_t *trace, GArray *events, rst_trace_line_t *parsed)
{
    if (trace->sent->len + trace->received->len >= RST_TRACE_EVENTS_MAX) {
        trace->full = true;
        return;
    }
    parsed->event.process = keep_name(trace, parsed->process);
    if (parsed->event.reason == RST_REASON_OTHER)
        parsed->event.other = keep_name(trace, parsed->reason);
    g_array_append_val(events, parsed->event);
}

static void take_line(rst_trace_t *trace)
{
    rst_trace_line_t parsed;

    trace->line[trace->filled] = '\0';
    trace->filled = 0;
    switch (rst_trace_parse(trace->line, &parsed)) {
    case RST_TRACE_SEND:
        keep(trace, trace->sent, &parsed);
        break;
    case RST_TRACE_RECEIVE:
        keep(trace, trace->received, &parsed);
        break;
    case RST_TRACE_LOST:
        trace->lost = true;
        break;
    case RST_TRACE_OLD:
        trace->old++;
        break;
    case RST_TRACE_BROKEN:
        trace->broken++;
        break;
    case RST_TRACE_NOTHING:
        break;
    }
}

static void take_byte(rst_trace_t *trace, char byte)
{
    if (byte == '\n') {
        if (!trace->skip)
            take_line(trace);
        trace->filled = 0;
        trace->skip = false;
    } else if (trace->filled == RST_TRACE_LINE_MAX) {
        trace->skip = true;
    } else if (!trace->skip) {
        trace->line[trace->filled++] = byte == '\0' || byte == '\r' ? ' ' : byte;
    }
}

bool rst_trace_feed(rst_trace_t *trace, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && !trace->full; i++)
        take_byte(trace, bytes[i]);
    trace->bytes += (int64_t)length;
    if (trace->bytes > RST_TRACE_BYTES_MAX)
        trace->full = true;
    return !trace->full;
}

static void add_events(rst_trace_t *trace, GArray *events, const GArray *others)
{
    for (guint i = 0; i < others->len && !trace->full; i++) {
        rst_event_t event = g_array_index(others, rst_event_t, i);

        event.process = event.process ? keep_name(trace, event.process) : NULL;
        event.other = event.other ? keep_name(trace, event.other) : NULL;
        if (trace->sent->len + trace->received->len >= RST_TRACE_EVENTS_MAX)
            trace->full = true;
        else
            g_array_append_val(events, event);
    }
}

void rst_trace_add(rst_trace_t *trace, const rst_trace_t *other)
{
    add_events(trace, trace->sent, other->sent);
    add_events(trace, trace->received, other->received);
    trace->lost |= other->lost;
    trace->full |= other->full;
    trace->old += other->old;
    trace->broken += other->broken;
}

static int compare_ends(const rst_event_t *a, const rst_event_t *b)
{
    int order = rst_address_compare(&a->remote, &b->remote);

    if (!order)
        order = (int)a->rport - (int)b->rport;
    if (!order)
        order = rst_address_compare(&a->local, &b->local);
    return order ? order : (int)a->lport - (int)b->lport;
}

static int compare_events(const void *a, const void *b)
{
    const rst_event_t *one = a;
    const rst_event_t *other = b;
    int order = compare_ends(one, other);

    return order ? order : (one->time > other->time) - (one->time < other->time);
}

/* What a trace says twice stands side by side. */
static int compare_wholly(const void *a, const void *b)
{
    const rst_event_t *one = a;
    const rst_event_t *other = b;
    int order = compare_events(one, other);

    return order ? order : (one->pid > other->pid) - (one->pid < other->pid);
}

void rst_trace_end(rst_trace_t *trace)
{
    if (trace->ended)
        return;
    trace->ended = true;
    if (trace->filled)
        trace->broken++;
    g_array_sort(trace->sent, compare_wholly);
    g_array_sort(trace->received, compare_wholly);
}

/* Names are kept once, so equal ones are the same pointer. */
static bool is_copy(const rst_event_t *a, const rst_event_t *b)
{
    return a->remote.size && compare_events(a, b) == 0 && a->process == b->process && a->other == b->other &&
           a->pid == b->pid && a->reason == b->reason && a->state == b->state && a->active == b->active;
}

static void drop_copies(GArray *events)
{
    guint kept = 0;

    for (guint i = 0; i < events->len; i++) {
        const rst_event_t *event = &g_array_index(events, rst_event_t, i);

        if (!kept || !is_copy(event, &g_array_index(events, rst_event_t, kept - 1)))
            g_array_index(events, rst_event_t, kept++) = *event;
    }
    g_array_set_size(events, kept);
}

void rst_trace_drop_copies(rst_trace_t *trace)
{
    drop_copies(trace->sent);
    drop_copies(trace->received);
}

/* Index of the first event that does not sort before the key. */
static unsigned first_of(const GArray *events, const rst_event_t *key)
{
    unsigned low = 0;
    unsigned high = events->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (compare_events(&g_array_index(events, rst_event_t, middle), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const rst_event_t *rst_trace_between(const GArray *events, const rst_address_t *local, uint16_t lport,
                                     const rst_address_t *remote, uint16_t rport, unsigned *count)
{
    rst_event_t key = {.local = *local, .remote = *remote, .lport = lport, .rport = rport, .time = INT64_MIN};
    unsigned from = first_of(events, &key);
    unsigned to;

    key.time = INT64_MAX;
    to = first_of(events, &key);
    *count = to - from;
    return *count ? &g_array_index(events, rst_event_t, from) : NULL;
}

bool rst_trace_with_peer(const GArray *events, const rst_address_t *remote, uint16_t rport, bool active, int64_t from,
                         int64_t to)
{
    rst_event_t key = {.remote = *remote, .rport = rport, .time = INT64_MIN};

    unsigned from_index = first_of(events, &key);

    for (unsigned i = from_index; i < events->len; i++) {
        const rst_event_t *event = &g_array_index(events, rst_event_t, i);

        if (i - from_index > RST_TRACE_PEER_MAX)
            return true;
        if (rst_address_compare(&event->remote, remote) != 0 || event->rport != rport)
            return false;
        if (event->active == active && event->time >= from && event->time <= to)
            return true;
    }
    return false;
}
