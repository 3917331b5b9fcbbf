/* read_mention.c
 * Text of no known format that names both ends of a connection, addresses and ports. It is shown and not interpreted,
 * so the rule is narrow: exactly two ends, or the usual names of all four values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"
#include "logs/scan_ends.h"
#include "logs/words.h"

static bool take_end(rst_piece_t address, rst_piece_t port, rst_log_end_t *end)
{
    return rst_read_address(address, &end->address) && end->address.size && rst_read_port(port, &end->port) &&
           end->port;
}

/* Names that many formats share, for source and destination. */
static bool read_named(const rst_log_line_t *line, rst_log_end_t *src, rst_log_end_t *dst)
{
    static const char *const names[][4] = {
        {"src", "spt", "dst", "dpt"},
        {"src", "sport", "dst", "dport"},
        {"src", "srcport", "dst", "dstport"},
        {"srcip", "srcport", "dstip", "dstport"},
        {"src_ip", "src_port", "dst_ip", "dst_port"},
        {"src_ip", "src_port", "dest_ip", "dest_port"},
        {"source_ip", "source_port", "destination_ip", "destination_port"},
        {"source.ip", "source.port", "destination.ip", "destination.port"},
        {"source.address", "source.port", "destination.address", "destination.port"},
        {"SRC", "SPT", "DST", "DPT"},
        {"saddr", "sport", "daddr", "dport"},
        {"connsrcip", "connsrcport", "conndestip", "conndestport"},
        {"laddr", "lport", "raddr", "rport"},
        {"local_ip", "local_port", "remote_ip", "remote_port"},
    };

    for (unsigned i = 0; (line->json || strchr(line->text, '=')) && i < G_N_ELEMENTS(names); i++) {
        rst_piece_t value[4];

        for (unsigned k = 0; k < 4; k++) {
            const char *text = line->json ? rst_json_text(line->json, names[i][k]) : NULL;

            value[k] = text ? (rst_piece_t){text, strlen(text)} : rst_value_of(line->text, names[i][k], '=');
        }
        if (take_end(value[0], value[1], src) && take_end(value[2], value[3], dst))
            return true;
    }
    return false;
}

/* At the beginning, or by its name. */
static void read_time(const char *text, rst_when_t *when)
{
    static const char *const names[] = {"timestamp", "time", "start"};

    if (rst_when_any(text + (*text == '['), when))
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        rst_piece_t value = rst_value_of(text, names[i], '=');

        if (value.length > 8 && rst_when_any(value.text, when) && when->kind != RST_WHEN_OF_DAY)
            return;
        *when = (rst_when_t){0};
    }
}

rst_read_t rst_read_mention(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.meaning = RST_MEANING_MENTION};
    rst_log_end_t ends[3];
    unsigned count = rst_scan_ends(line->text, ends, G_N_ELEMENTS(ends));

    if (count == 2) {
        record.src = ends[0];
        record.dst = ends[1];
    } else if (!read_named(line, &record.src, &record.dst)) {
        return RST_READ_NO;
    }
    record.protocol = rst_scan_protocol(line->text);
    if (line->when.kind == RST_WHEN_NONE)
        read_time(line->text, &record.when);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
