/* read_panos.c
 * PAN-OS TRAFFIC and THREAT: columns of fixed meaning, which grow at the end by release, and the JSON of its cloud.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/vendors.h"

#define COLUMNS_MAX 128

/* As the vendor counts them, from 1. */
enum {
    SERIAL = 3,
    TYPE = 4,
    SUBTYPE = 5,
    TIME = 7,
    SRC = 8,
    DST = 9,
    NAT_SRC = 10,
    NAT_DST = 11,
    RULE = 12,
    SESSION = 23,
    SPORT = 25,
    DPORT = 26,
    NAT_SPORT = 27,
    NAT_DPORT = 28,
    PROTOCOL = 30,
    ACTION = 31,
    ELAPSED = 37,    /* of TRAFFIC, as the next two */
    RECEIVED = 46,   /* packets */
    END_REASON = 47, /* before release 6.1 there was none */
    LATE_TIMES = 48  /* the times with a zone stand somewhere after this */
};

typedef struct row {
    rst_piece_t column[COLUMNS_MAX]; /* from 1 */
    unsigned count;
} row_t;

/* Quotes surround what has commas in it; some users and rules have a backslash before theirs. */
static void split(const char *text, row_t *row)
{
    for (row->count = 1; row->count < COLUMNS_MAX; row->count++) {
        rst_piece_t *column = &row->column[row->count];
        const char *at = text;
        bool quoted = *at == '"';

        if (quoted) {
            at = ++text;
            while (*at && (*at != '"' || at[1] == '"'))
                at += *at == '"' ? 2 : 1;
            *column = (rst_piece_t){text, (size_t)(at - text)};
        }
        while (*at && *at != ',')
            at += *at == '\\' && at[1] == ',' ? 2 : 1;
        if (!quoted)
            *column = (rst_piece_t){text, (size_t)(at - text)};
        if (!*at)
            break;
        text = at + 1;
    }
}

static rst_piece_t at_column(const row_t *row, unsigned index)
{
    return index <= row->count && index < COLUMNS_MAX ? row->column[index] : (rst_piece_t){"", 0};
}

/* Where the row begins whose type stands at mark (",TRAFFIC,"): "1,2018/11/30 16:09:07,012801096514,TRAFFIC," NULL if
 * that is not how it looks. */
static const char *row_begin(const char *text, const char *mark)
{
    const char *begin = mark;

    for (unsigned comma = 0; comma < 2; comma++) {
        do {
            if (begin == text)
                return NULL;
            begin--;
        } while (*begin != ',');
    }
    while (begin > text && g_ascii_isalnum(begin[-1]))
        begin--;
    return begin;
}

static const char *find_row(const char *text, bool *threat)
{
    static const char *const marks[] = {",TRAFFIC,", ",THREAT,"};

    for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *mark = strstr(text, marks[i]);
        const char *begin = mark ? row_begin(text, mark) : NULL;

        if (begin) {
            *threat = i == 1;
            return begin;
        }
    }
    return NULL;
}

/* The generated time is local and in seconds. Since 10.0 another one tells the zone too; it stands among columns whose
 * number varies, and beside the start of a parent session, which is long ago. */
static void read_time(rst_log_t *log, const row_t *row, rst_when_t *when)
{
    enum { WITHIN = 5 };

    rst_when_t local = {.kind = RST_WHEN_NONE};
    const char *column = rst_log_string(log, at_column(row, TIME)); /* alone: a comma may begin a fraction */

    if (!column || !rst_when_any(column, &local))
        return;
    *when = local;
    for (unsigned i = LATE_TIMES; i <= row->count && i < COLUMNS_MAX; i++) {
        rst_piece_t late = row->column[i];
        rst_when_t zoned = {.kind = RST_WHEN_NONE};
        rst_when_t bare = {.kind = RST_WHEN_NONE};
        char text[24];
        int64_t apart;

        if (late.length < 20 || late.text[10] != 'T' || !rst_when_iso(late.text, &zoned) || zoned.kind != RST_WHEN_UTC)
            continue;
        g_strlcpy(text, late.text, 20);
        if (!rst_when_iso(text, &bare))
            continue;
        apart = rst_time_sub(bare.ns, local.ns);
        if (local.kind == RST_WHEN_LOCAL && apart >= -WITHIN * RST_SECOND && apart <= WITHIN * RST_SECOND) {
            *when = zoned;
            return;
        }
    }
}

static bool read_sides(const row_t *row, rst_record_t *record, rst_read_t *refused)
{
    rst_log_end_t mapped = {.port = 0};
    rst_side_t src = rst_read_side(at_column(row, SRC), at_column(row, SPORT), &record->src);
    rst_side_t dst = rst_read_side(at_column(row, DST), at_column(row, DPORT), &record->dst);

    *refused = src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN ? RST_READ_BROKEN : RST_READ_YES;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return false;
    if (rst_read_side(at_column(row, NAT_SRC), at_column(row, NAT_SPORT), &mapped) == RST_SIDE_TOLD)
        record->nat_src = rst_translated(&record->src, &mapped);
    if (rst_read_side(at_column(row, NAT_DST), at_column(row, NAT_DPORT), &mapped) == RST_SIDE_TOLD)
        record->nat_dst = rst_translated(&record->dst, &mapped);
    return true;
}

static rst_read_t read_row(rst_log_t *log, const rst_log_line_t *line, const char *text, bool threat)
{
    rst_record_t record = {.when = line->when, .oriented = !threat};
    rst_panos_t words = {.threat = threat};
    rst_read_t refused;
    row_t row;

    split(text, &row);
    if (row.count < ACTION || !rst_read_protocol(at_column(&row, PROTOCOL), &record.protocol))
        return RST_READ_NO;
    if (!read_sides(&row, &record, &refused))
        return refused;
    words.subtype = at_column(&row, SUBTYPE);
    words.action = at_column(&row, ACTION);
    if (!threat) {
        words.reason = at_column(&row, END_REASON);
        words.received = at_column(&row, RECEIVED);
        record.duration = rst_read_span(at_column(&row, ELAPSED));
    }
    rst_panos_mean(&record, &words);
    record.rule = rst_told(log, at_column(&row, RULE));
    record.session = rst_told(log, at_column(&row, SESSION));
    read_time(log, &row, &record.when);
    return rst_emit_pair(log, line, &record);
}

static rst_piece_t of_json(const rst_json_t *json, const char *path)
{
    const char *text = rst_json_text(json, path);

    return (rst_piece_t){text ? text : "", text ? strlen(text) : 0};
}

static rst_side_t read_json_side(const rst_json_t *json, const char *address, const char *port, rst_log_end_t *end)
{
    return rst_read_side(of_json(json, address), of_json(json, port), end);
}

static rst_read_t read_json(rst_log_t *log, const rst_log_line_t *line, bool threat)
{
    const rst_json_t *json = line->json;
    rst_record_t record = {.when = line->when, .oriented = !threat};
    const rst_panos_t words = {threat, of_json(json, "Subtype"), of_json(json, "Action"),
                               of_json(json, "SessionEndReason"), of_json(json, "PacketsReceived")};
    rst_log_end_t mapped = {.port = 0};
    rst_side_t src = read_json_side(json, "SourceAddress", "SourcePort", &record.src);
    rst_side_t dst = read_json_side(json, "DestinationAddress", "DestinationPort", &record.dst);

    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    if (read_json_side(json, "NATSource", "NATSourcePort", &mapped) == RST_SIDE_TOLD)
        record.nat_src = rst_translated(&record.src, &mapped);
    if (read_json_side(json, "NATDestination", "NATDestinationPort", &mapped) == RST_SIDE_TOLD)
        record.nat_dst = rst_translated(&record.dst, &mapped);
    (void)rst_read_protocol(of_json(json, "Protocol"), &record.protocol);
    rst_panos_mean(&record, &words);
    record.duration = rst_read_span(of_json(json, "SessionDuration"));
    record.rule = rst_told(log, of_json(json, "Rule"));
    record.session = rst_told(log, of_json(json, "SessionID"));
    if (!rst_when_iso(of_json(json, "TimeGeneratedHighResolution").text, &record.when))
        (void)rst_when_iso(of_json(json, "TimeGenerated").text, &record.when);
    return rst_emit_pair(log, line, &record);
}

rst_read_t rst_read_panos(rst_log_t *log, const rst_log_line_t *line)
{
    bool threat = false;
    const char *row = find_row(line->text, &threat);

    if (line->json && rst_json_text(line->json, "SourceAddress") && rst_json_text(line->json, "LogType")) {
        rst_piece_t type = of_json(line->json, "LogType");

        if (rst_piece_is(type, "TRAFFIC") || rst_piece_is(type, "THREAT"))
            return read_json(log, line, rst_piece_is(type, "THREAT"));
    }
    return row ? read_row(log, line, row, threat) : RST_READ_NO;
}
