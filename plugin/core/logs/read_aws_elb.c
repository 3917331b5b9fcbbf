/* read_aws_elb.c
 * Access logs of AWS' load balancers: application (one line per request), classic (per request or TCP connection) and
 * network (per TLS connection). The balancer's own ports are missing, so only one side of either connection is told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"

/* Where the parts stand, from 0. */
typedef struct layout {
    uint8_t time, client, target, status; /* status 0 = there is none */
    bool pair;                            /* both ends are of one connection */
} layout_t;

static const layout_t *layout_of(const char *text)
{
    static const char *const requests[] = {"http ", "https ", "h2 ", "grpcs ", "ws ", "wss "};
    static const layout_t application = {1, 3, 4, 8, false};
    static const layout_t network = {2, 5, 6, 0, true};
    static const layout_t classic = {0, 2, 3, 7, false};
    rst_when_t when;

    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++) {
        if (g_str_has_prefix(text, requests[i]))
            return &application;
    }
    if (g_str_has_prefix(text, "tls "))
        return &network;
    return g_ascii_isdigit(*text) && rst_when_iso(text, &when) ? &classic : NULL;
}

static void set_status(rst_record_t *record, rst_piece_t status)
{
    record->meaning = RST_MEANING_OTHER;
    if (rst_piece_is(status, "503"))
        record->cause = RST_CAUSE_NO_BACKEND;
    else if (rst_piece_is(status, "504"))
        record->cause = RST_CAUSE_APP_TIMEOUT;
    else
        return;
    record->meaning = RST_MEANING_CAUSE;
    record->acted = true;
}

/* Three durations in seconds, or -1, stand behind the ends of a request. */
static bool are_durations(const char *text, unsigned first)
{
    for (unsigned i = first; i < first + 3; i++) {
        rst_piece_t piece = rst_column(text, ' ', i);

        if (!piece.length || strspn(piece.text, "-.0123456789") < piece.length)
            return false;
    }
    return true;
}

rst_read_t rst_read_aws_elb(rst_log_t *log, const rst_log_line_t *line)
{
    const layout_t *layout = layout_of(line->text);
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .oriented = true};
    rst_piece_t client, target;

    if (!layout || !rst_when_iso(rst_column(line->text, ' ', layout->time).text, &record.when))
        return RST_READ_NO;
    client = rst_column(line->text, ' ', layout->client);
    target = rst_column(line->text, ' ', layout->target);
    if (!memchr(client.text, ':', client.length) || (layout->status && !are_durations(line->text, layout->target + 1U)))
        return RST_READ_NO;
    rst_when_set_zone(&record.when, 0); /* the network balancer's time has no zone, and is in UTC */
    if (!rst_read_end(client, &record.src))
        return RST_READ_BROKEN;
    record.weak = !layout->pair;
    if (!rst_piece_is(target, "-") && !rst_read_end(target, &record.dst))
        return RST_READ_BROKEN;
    if (layout->status)
        set_status(&record, rst_column(line->text, ' ', layout->status));
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
