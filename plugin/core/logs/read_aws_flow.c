/* read_aws_flow.c
 * AWS VPC flow logs: one record per direction and capture window, text or JSON. The columns are those of the header
 * line, or the default ones of version 2, which later versions append to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define SYN_BIT 0x02
#define RST_BIT 0x04
#define ACK_BIT 0x10

typedef enum flow_field {
    SRC,
    DST,
    SRC_PORT,
    DST_PORT,
    PROTOCOL,
    START,
    END,
    ACTION,
    FLAGS,
    PACKET_SRC,
    PACKET_DST,
    INTERFACE,
    STATUS,
    FIELDS
} flow_field_t;

static const char *const names[FIELDS] = {"srcaddr",     "dstaddr",      "srcport",   "dstport",   "protocol",
                                          "start",       "end",          "action",    "tcp-flags", "pkt-srcaddr",
                                          "pkt-dstaddr", "interface-id", "log-status"};

#define NO_COLUMN 0xff

typedef struct layout {
    bool known;
    uint8_t column[FIELDS];
} layout_t;

static const layout_t usual = {true, {3, 4, 5, 6, 7, 10, 11, 12, NO_COLUMN, NO_COLUMN, NO_COLUMN, 2, 13}};

static bool same_name(rst_piece_t piece, const char *name)
{
    if (piece.length != strlen(name))
        return false;
    for (size_t i = 0; i < piece.length; i++) {
        char c = piece.text[i] == '_' ? '-' : g_ascii_tolower(piece.text[i]);

        if (c != name[i])
            return false;
    }
    return true;
}

/* The header line of a file. */
static bool read_header(const char *text, layout_t *layout)
{
    layout_t found = {.known = true};
    unsigned columns = rst_columns(text, ' ');

    memset(found.column, NO_COLUMN, sizeof found.column);
    for (unsigned i = 0; i < columns && i < NO_COLUMN; i++) {
        for (unsigned field = 0; field < FIELDS; field++) {
            if (same_name(rst_column(text, ' ', i), names[field]))
                found.column[field] = (uint8_t)i;
        }
    }
    if (found.column[SRC] == NO_COLUMN || found.column[DST] == NO_COLUMN || found.column[START] == NO_COLUMN)
        return false;
    *layout = found;
    return true;
}

/* Numbers may arrive as "25238.0". */
static rst_piece_t whole_number(rst_piece_t piece)
{
    if (piece.length > 2 && piece.text[piece.length - 2] == '.' && piece.text[piece.length - 1] == '0' &&
        strspn(piece.text, "0123456789") == piece.length - 2)
        piece.length -= 2;
    return piece;
}

static bool is_told(rst_piece_t piece)
{
    return piece.length && !rst_piece_is(piece, "-");
}

static void set_action(rst_record_t *record, const rst_piece_t *fields)
{
    uint64_t flags = 0;

    record->meaning = RST_MEANING_ALLOWED;
    if (rst_piece_is(fields[ACTION], "REJECT")) {
        record->meaning = RST_MEANING_DROPPED;
        record->acted = true;
    }
    if (!is_told(fields[FLAGS]) || !rst_read_number(whole_number(fields[FLAGS]), &flags))
        return;
    record->oriented = (flags & SYN_BIT) && !(flags & ACK_BIT);
    if ((flags & RST_BIT) && !record->acted)
        record->meaning = RST_MEANING_RESET_BY_SRC;
}

/* The real ends behind a gateway, where they differ. */
static void set_real_ends(rst_record_t *record, const rst_piece_t *fields)
{
    rst_address_t real;

    if (is_told(fields[PACKET_SRC]) && rst_read_address(fields[PACKET_SRC], &real) &&
        !rst_address_equal(&real, &record->src.address))
        record->nat_src = (rst_log_end_t){real, record->src.port};
    if (is_told(fields[PACKET_DST]) && rst_read_address(fields[PACKET_DST], &real) &&
        !rst_address_equal(&real, &record->dst.address))
        record->nat_dst = (rst_log_end_t){real, record->dst.port};
}

static void set_window(rst_record_t *record, const rst_piece_t *fields)
{
    rst_when_t end = {0};

    if (rst_when_epoch(fields[START].text, &record->when) && rst_when_epoch(fields[END].text, &end))
        record->duration = rst_time_sub(end.ns, record->when.ns);
    record->when.loose = true;
    record->begins = true;
}

static rst_read_t read_fields(rst_log_t *log, const rst_log_line_t *line, const rst_piece_t *fields)
{
    rst_record_t record = {0};

    if (!is_told(fields[SRC]) || rst_piece_is(fields[STATUS], "NODATA") || rst_piece_is(fields[STATUS], "SKIPDATA"))
        return RST_READ_YES;
    if (!rst_read_address(fields[SRC], &record.src.address) || !rst_read_address(fields[DST], &record.dst.address))
        return RST_READ_BROKEN;
    rst_read_protocol(whole_number(fields[PROTOCOL]), &record.protocol);
    if ((is_told(fields[SRC_PORT]) && !rst_read_port(whole_number(fields[SRC_PORT]), &record.src.port)) ||
        (is_told(fields[DST_PORT]) && !rst_read_port(whole_number(fields[DST_PORT]), &record.dst.port)))
        return RST_READ_BROKEN;
    set_action(&record, fields);
    set_real_ends(&record, fields);
    set_window(&record, fields);
    record.device = rst_log_string(log, fields[INTERFACE]);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

static rst_read_t read_json(rst_log_t *log, const rst_log_line_t *line)
{
    rst_piece_t fields[FIELDS];

    for (unsigned i = 0; i < FIELDS; i++)
        fields[i] = (rst_piece_t){"", 0};
    for (unsigned i = 0; i < rst_json_count(line->json); i++) {
        const char *path = rst_json_path(line->json, i);
        const char *value = rst_json_value(line->json, i);

        for (unsigned field = 0; value && field < FIELDS; field++) {
            if (same_name((rst_piece_t){path, strlen(path)}, names[field]))
                fields[field] = (rst_piece_t){value, strlen(value)};
        }
    }
    if (!fields[SRC].length || !fields[DST].length || !fields[INTERFACE].length || !fields[START].length)
        return RST_READ_NO;
    return read_fields(log, line, fields);
}

/* Without a header, only the default order is believed: version, account, interface ... status. */
static bool is_usual(const char *text)
{
    rst_piece_t status = rst_column(text, ' ', usual.column[STATUS]);

    return strspn(text, "0123456789") <= 2 && g_ascii_isdigit(*text) &&
           rst_piece_begins(rst_column(text, ' ', usual.column[INTERFACE]), "eni-") &&
           (rst_piece_is(status, "OK") || rst_piece_is(status, "NODATA") || rst_piece_is(status, "SKIPDATA"));
}

rst_read_t rst_read_aws_flow(rst_log_t *log, const rst_log_line_t *line)
{
    layout_t *layout = rst_log_state(log, RST_READER_ID_aws_flow, sizeof *layout, NULL);
    const layout_t *used = layout->known ? layout : &usual;
    rst_piece_t fields[FIELDS];
    unsigned columns;

    if (line->json && *line->text == '{')
        return read_json(log, line);
    if (strstr(line->text, "srcaddr") && read_header(line->text, layout))
        return RST_READ_YES;
    if (!layout->known && !is_usual(line->text))
        return RST_READ_NO;
    columns = rst_columns(line->text, ' ');
    for (unsigned i = 0; i < FIELDS; i++)
        fields[i] = used->column[i] < columns ? rst_column(line->text, ' ', used->column[i]) : (rst_piece_t){"", 0};
    if (layout->known && !rst_when_epoch(fields[START].text, &(rst_when_t){0}))
        return is_usual(line->text) ? RST_READ_BROKEN : RST_READ_NO;
    return read_fields(log, line, fields);
}
