/* read_netscaler.c
 * The log of a NetScaler's packet engines. A connection's end gives neither a reason nor a reset; what it is good for
 * are the two legs of the proxy (CONN_DELINK) and the times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "logs/log.h"

/* Which comes first, day or month, is a setting. A number above 12 tells it for the whole file. */
typedef struct order {
    bool day_first, month_first;
} order_t;

/* 2023/07/04:09:03:46, 07/04/2023:09:03:46 or 04/07/2023:09:03:46, with GMT if that is set. */
static bool read_time(order_t *order, rst_piece_t piece, rst_when_t *when)
{
    unsigned number[6];
    char text[32];
    int taken = 0;
    bool year_first;

    if (sscanf(piece.text, "%4u/%2u/%4u:%2u:%2u:%2u%n", &number[0], &number[1], &number[2], &number[3], &number[4],
               &number[5], &taken) != 6 ||
        !taken)
        return false;
    year_first = number[0] > 31;
    if (!year_first) {
        order->day_first |= number[0] > 12;
        order->month_first |= number[1] > 12;
        if (order->day_first == order->month_first)
            return false;
    }
    g_snprintf(text, sizeof text, "%04u-%02u-%02u %02u:%02u:%02u%s", number[year_first ? 0 : 2],
               number[year_first || order->day_first ? 1 : 0], number[year_first ? 2 : !order->day_first], number[3],
               number[4], number[5], strncmp(piece.text + taken, " GMT", 4) ? "" : "Z");
    if (!rst_when_iso(text, when))
        return false;
    when->text = piece.text;
    when->length = (size_t)taken;
    return true;
}

/* What stands after " - name " or ":  name ", up to the next " - ". */
static rst_piece_t part(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    const char *end;

    if (!at || at == text || at[-1] != ' ')
        return (rst_piece_t){"", 0};
    at += strlen(name);
    end = strstr(at, " - ");
    return rst_piece_trim((rst_piece_t){at, end ? (size_t)(end - at) : strlen(at)});
}

static bool read_two(const char *text, const char *address, const char *port, rst_log_end_t *end)
{
    return rst_read_address(part(text, address), &end->address) && rst_read_port(part(text, port), &end->port);
}

static const struct {
    const char *event;
    rst_meaning_t meaning;
    rst_cause_t cause;
    const char *time; /* the last one of the event */
} events[] = {
    {" CONN_TERMINATE ", RST_MEANING_OTHER, RST_CAUSE_COUNT, "End Time "},
    {" CONN_DELINK ", RST_MEANING_OTHER, RST_CAUSE_COUNT, "Delink Time "},
    {" SSL_HANDSHAKE_FAILURE ", RST_MEANING_CAUSE, RST_CAUSE_APP_ERROR, NULL},
    {" SSL_HANDSHAKE_SUCCESS ", RST_MEANING_OTHER, RST_CAUSE_COUNT, NULL},
    {" TCPCONNSTAT ", RST_MEANING_OTHER, RST_CAUSE_COUNT, "End_time "},
    {" TCPCONN_TIMEDOUT ", RST_MEANING_IDLE, RST_CAUSE_COUNT, NULL},
    {" NONHTTP_RESOURCEACCESS_DENIED ", RST_MEANING_REJECTED, RST_CAUSE_COUNT, NULL},
};

/* Where "Source" is the server for one of the legs: who began is told by the virtual server only. */
static bool read_ends(const char *text, rst_record_t *record)
{
    rst_piece_t source = part(text, "Source ");
    rst_piece_t server = part(text, "Vserver ");
    rst_piece_t nat = part(text, "NatIP ");
    rst_piece_t destination = part(text, "Destination ");

    if (!source.length)
        return read_two(text, "ClientIP ", "ClientPort ", &record->src) &&
               read_two(text, "VserverServiceIP ", "VserverServicePort ", &record->dst);
    if (!rst_read_end(source, &record->src) || !rst_read_end(destination, &record->dst))
        return false;
    if (!server.length || !nat.length)
        return true;
    record->nat_dst = record->dst;
    record->oriented = true;
    return rst_read_end(server, &record->dst) && rst_read_end(nat, &record->nat_src);
}

rst_read_t rst_read_netscaler(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP};
    order_t *order = rst_log_state(log, RST_READER_ID_netscaler, sizeof *order, NULL);
    const char *engine = strstr(line->text, "-PPE-");
    size_t row = 0;

    if (!engine)
        engine = strstr(line->text, " PPE-");
    if (!engine)
        return RST_READ_NO;
    while (row < G_N_ELEMENTS(events) && !strstr(engine, events[row].event))
        row++;
    if (row == G_N_ELEMENTS(events))
        return RST_READ_YES;
    record.meaning = events[row].meaning;
    record.cause = events[row].cause;
    record.acted = record.meaning != RST_MEANING_OTHER;
    record.oriented = strstr(events[row].event, "SSL") != NULL;
    if (!read_ends(engine, &record))
        return RST_READ_BROKEN;
    if (!events[row].time || !read_time(order, part(engine, events[row].time), &record.when))
        read_time(order, (rst_piece_t){line->text + strspn(line->text, " "), 0}, &record.when);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
