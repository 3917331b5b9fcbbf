/* read_fortigate.c
 * FortiGate: type="traffic" and type="utm", between blanks or commas. CEF has a reader of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/vendors.h"

static rst_piece_t of(const char *text, const char *key)
{
    return rst_value_of(text, key, '=');
}

static rst_piece_t first_of(const char *text, const char *key, const char *other)
{
    rst_piece_t value = of(text, key);

    return value.length ? value : of(text, other);
}

/* Seconds until 6.0, nanoseconds since 6.2. Without it, local time and perhaps its zone. */
static void read_time(rst_log_t *log, const char *text, rst_when_t *when)
{
    rst_piece_t date = of(text, "date");
    rst_piece_t time = of(text, "time");
    rst_piece_t zone = of(text, "tz");
    rst_piece_t event = of(text, "eventtime");
    char *local;

    if ((event.length && rst_when_epoch(event.text, when)) || !date.length || !time.length)
        return;
    local = g_strdup_printf("%.*s %.*s%.*s", (int)MIN(date.length, 20), date.text, (int)MIN(time.length, 20), time.text,
                            (int)MIN(zone.length, 8), zone.text);
    (void)rst_when_iso(rst_log_string(log, (rst_piece_t){local, strlen(local)}), when);
    g_free(local);
}

/* transip and transport are the translated source, tranip and tranport the translated destination. */
static void read_translations(const char *text, rst_record_t *record)
{
    rst_piece_t kind = of(text, "trandisp");
    rst_log_end_t mapped = {.port = 0};

    if (rst_piece_is(kind, "noop"))
        return;
    if (rst_read_side(of(text, "transip"), of(text, "transport"), &mapped) == RST_SIDE_TOLD)
        record->nat_src = rst_translated(&record->src, &mapped);
    if (rst_read_side(of(text, "tranip"), of(text, "tranport"), &mapped) == RST_SIDE_TOLD)
        record->nat_dst = rst_translated(&record->dst, &mapped);
}

/* An intrusion's source is the attacker, which may be the server. */
static void mean(const char *text, rst_record_t *record)
{
    rst_piece_t type = of(text, "type");
    rst_piece_t subtype = of(text, "subtype");
    bool traffic = rst_piece_is(type, "traffic");

    if (rst_piece_is(type, "event")) {
        record->meaning = RST_MEANING_OTHER;
        return;
    }
    rst_fortigate_mean(record, traffic, first_of(text, "action", "status"), of(text, "rcvdpkt"));
    record->oriented = traffic || !(rst_piece_is(subtype, "ips") || rst_piece_is(subtype, "anomaly") ||
                                    rst_piece_is(type, "ips") || rst_piece_is(type, "anomaly"));
}

static bool is_fortigate(const char *text)
{
    return strstr(text, "srcip=") && strstr(text, "dstip=") && of(text, "type").length && of(text, "srcip").length &&
           first_of(text, "logid", "log_id").length;
}

rst_read_t rst_read_fortigate(rst_log_t *log, const rst_log_line_t *line)
{
    const char *text = line->text;
    rst_record_t record = {.when = line->when};
    rst_side_t src, dst;

    if (!is_fortigate(text))
        return RST_READ_NO;
    src = rst_read_side(of(text, "srcip"), first_of(text, "srcport", "src_port"), &record.src);
    dst = rst_read_side(of(text, "dstip"), first_of(text, "dstport", "dst_port"), &record.dst);
    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    (void)rst_read_protocol(of(text, "proto"), &record.protocol);
    mean(text, &record);
    if (rst_piece_is(of(text, "type"), "event") && (!record.src.port || !record.dst.port))
        return RST_READ_YES;
    read_translations(text, &record);
    read_time(log, text, &record.when);
    record.duration = rst_read_span(of(text, "duration"));
    record.rule = rst_told(log, first_of(text, "policyname", "policyid"));
    record.session = rst_told(log, of(text, "sessionid"));
    record.device = rst_told(log, of(text, "devname"));
    return rst_emit_pair(log, line, &record);
}
