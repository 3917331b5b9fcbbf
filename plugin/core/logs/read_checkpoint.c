/* read_checkpoint.c
 * Check Point: Log Exporter as syslog (key:"value"; ...), as fields (key="value" ...) and with bars (key=value|...),
 * and the log viewer's table of quoted columns. CEF and LEEF have a reader of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/vendors.h"

#define PACKETS_MAX 1000 /* of one record that holds many */

/* What a form calls its members. */
typedef struct names {
    char sign;
    const char *sport, *dport, *nat_sport, *nat_dport;
} names_t;

static void read_translations(const char *text, const names_t *names, rst_record_t *record)
{
    rst_log_end_t mapped = {.port = 0};

    if (rst_read_side(rst_value_of(text, "xlatesrc", names->sign), rst_value_of(text, names->nat_sport, names->sign),
                      &mapped) == RST_SIDE_TOLD)
        record->nat_src = rst_translated(&record->src, &mapped);
    if (rst_read_side(rst_value_of(text, "xlatedst", names->sign), rst_value_of(text, names->nat_dport, names->sign),
                      &mapped) == RST_SIDE_TOLD)
        record->nat_dst = rst_translated(&record->dst, &mapped);
}

/* What holds for all packets of a record. */
static void read_common(rst_log_t *log, const char *text, const names_t *names, rst_record_t *record)
{
    rst_piece_t time = rst_value_of(text, "time", names->sign);

    rst_checkpoint_mean(record, rst_value_of(text, "action", names->sign));
    record->rule = rst_told(log, rst_value_of(text, "rule_name", names->sign));
    record->no_state = rst_value_of(text, "tcp_packet_out_of_state", names->sign).length != 0;
    record->packet = record->no_state;
    record->oriented = !record->no_state;
    if (time.length)
        (void)rst_when_epoch(time.text, &record->when);
}

/* " <10.0.0.1,5000,10.0.0.2,80,6;eth0> <...>": drops that were collected and reported together. */
static rst_read_t read_packets(rst_log_t *log, const rst_log_line_t *line, rst_piece_t packets, rst_record_t *common)
{
    const char *stop = packets.text + packets.length;
    const char *at = packets.text;

    common->packet = true;
    common->when.loose = true;
    for (unsigned count = 0; count < PACKETS_MAX; count++) {
        rst_record_t record = *common;
        rst_side_t src, dst;

        at = memchr(at, '<', (size_t)(stop - at));
        if (!at)
            break;
        at++;
        src = rst_read_side(rst_column(at, ',', 0), rst_column(at, ',', 1), &record.src);
        dst = rst_read_side(rst_column(at, ',', 2), rst_column(at, ',', 3), &record.dst);
        if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
            return RST_READ_BROKEN;
        (void)rst_read_protocol(
            (rst_piece_t){rst_column(at, ',', 4).text, strspn(rst_column(at, ',', 4).text, "0123456789")},
            &record.protocol);
        if (src == RST_SIDE_TOLD && dst == RST_SIDE_TOLD)
            (void)rst_emit_pair(log, line, &record);
    }
    return RST_READ_YES;
}

static rst_read_t read_fields(rst_log_t *log, const rst_log_line_t *line, const char *text, const names_t *names)
{
    rst_record_t record = {.when = line->when};
    rst_piece_t packets = rst_value_of(text, "packets", names->sign);
    rst_side_t src, dst;

    if (!rst_value_of(text, "src", names->sign).length && !packets.length)
        return RST_READ_NO;
    read_common(log, text, names, &record);
    if (memchr(packets.text, '<', packets.length))
        return read_packets(log, line, packets, &record);
    src = rst_read_side(rst_value_of(text, "src", names->sign), rst_value_of(text, names->sport, names->sign),
                        &record.src);
    dst = rst_read_side(rst_value_of(text, "dst", names->sign), rst_value_of(text, names->dport, names->sign),
                        &record.dst);
    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    if (!rst_read_protocol(rst_value_of(text, "proto", names->sign), &record.protocol))
        return RST_READ_YES; /* about two gateways (IKE), not a connection */
    read_translations(text, names, &record);
    return rst_emit_pair(log, line, &record);
}

/* Columns of the viewer, each in quotes, with a blank or a comma between them. */
enum {
    NUMBER,
    DATE,
    TIME,
    INTERFACE,
    ORIGIN,
    TYPE,
    ACTION,
    SERVICE,
    SOURCE_PORT,
    SOURCE,
    DESTINATION,
    PROTOCOL,
    COLUMNS
};

/* False if there are fewer, or something else between them. */
static bool split_quoted(const char *text, rst_piece_t columns[COLUMNS])
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        const char *end;

        if (*text != '"' || !(end = strchr(text + 1, '"')))
            return false;
        columns[i] = (rst_piece_t){text + 1, (size_t)(end - text) - 1};
        text = end + 1;
        text += *text == ' ' || *text == ',';
    }
    return true;
}

/* "10Dec2019" "23:44:49", of the viewer's clock. */
static void read_viewer_time(rst_log_t *log, const rst_piece_t columns[COLUMNS], rst_when_t *when)
{
    const char *date = columns[DATE].text;
    size_t day = strspn(date, "0123456789");
    char *text;

    if (columns[DATE].length != day + 7 || day < 1 || day > 2)
        return;
    text = g_strdup_printf("%.3s %.*s %.4s %.*s", date + day, (int)day, date, date + day + 3,
                           (int)MIN(columns[TIME].length, 15), columns[TIME].text);
    (void)rst_when_month(rst_log_string(log, (rst_piece_t){text, strlen(text)}), when);
    g_free(text);
}

static rst_read_t read_viewer(rst_log_t *log, const rst_log_line_t *line)
{
    rst_piece_t columns[COLUMNS];
    rst_record_t record = {.when = line->when, .oriented = true};
    rst_side_t src, dst;

    if (!split_quoted(line->text, columns) || !rst_piece_is(columns[TYPE], "Log") ||
        !rst_read_protocol(columns[PROTOCOL], &record.protocol))
        return RST_READ_NO;
    rst_checkpoint_mean(&record, columns[ACTION]);
    src = rst_read_side(columns[SOURCE], columns[SOURCE_PORT], &record.src);
    dst = rst_read_side(columns[DESTINATION], columns[SERVICE], &record.dst);
    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    read_viewer_time(log, columns, &record.when);
    return rst_emit_pair(log, line, &record);
}

static bool is_export(const char *text)
{
    return strstr(text, "loguid:\"{") || strstr(text, "[action:\"") ||
           (strstr(text, "CheckPoint") && strstr(text, "[flags:\""));
}

/* An envelope may have taken the fields for structured data of its own. */
rst_read_t rst_read_checkpoint(rst_log_t *log, const rst_log_line_t *line)
{
    static const names_t export = {':', "s_port", "service", "xlatesport", "xlatedport"};
    static const names_t equals = {'=', "s_port", "service", "xlatesport", "xlatedport"};
    static const names_t fields = {'=', "sport_svc", "svc", "xlatesport_svc", "xlatedport_svc"};

    if (*line->text == '"' && read_viewer(log, line) != RST_READ_NO)
        return RST_READ_YES;
    if (is_export(line->text))
        return read_fields(log, line, line->text, &export);
    if (is_export(line->whole) && !line->json)
        return read_fields(log, line, line->whole, &export);
    if (strstr(line->text, "|loguid=") && !strstr(line->text, "EEF:"))
        return read_fields(log, line, line->text, &equals);
    if (strstr(line->text, " loguid=\"{"))
        return read_fields(log, line, line->text, &equals);
    if (strstr(line->whole, " loguid=\"{"))
        return read_fields(log, line, line->whole, &equals);
    if (strstr(line->whole, "[Fields@1.3.6.1.4.1.2620 "))
        return read_fields(log, line, line->whole, &fields);
    return RST_READ_NO;
}
