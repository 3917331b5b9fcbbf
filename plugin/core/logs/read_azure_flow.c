/* read_azure_flow.c
 * Azure's flow logs of network security groups and of virtual networks: tuples in nested lists, or flattened by a
 * shipper. D discards in silence; an end (E) has no reason: FIN, reset and idle time alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

enum { AT_TIME, AT_SRC, AT_DST, AT_SRC_PORT, AT_DST_PORT, AT_PROTOCOL, AT_DIRECTION, AT_DECISION, AT_STATE };

/* The name of the member, and for an element of a list that of the list. */
static bool is_tuple_name(const char *path)
{
    const char *end = path + strlen(path);
    const char *begin;

    while (end > path && (g_ascii_isdigit(end[-1]) || end[-1] == '.'))
        end--;
    for (begin = end; begin > path && begin[-1] != '.'; begin--)
        ;
    return rst_piece_has((rst_piece_t){begin, (size_t)(end - begin)}, "tuple") ||
           rst_piece_is((rst_piece_t){begin, (size_t)(end - begin)}, "flow");
}

static bool is_letter(rst_piece_t piece, const char *letters)
{
    return piece.length == 1 && strchr(letters, *piece.text);
}

/* Version 1 has a decision only, version 2 a state after it; virtual networks have the state in its place, and numbers
 * for protocols. */
static bool set_meaning(rst_record_t *record, rst_piece_t decision, rst_piece_t state)
{
    char letter = *decision.text;

    if (!is_letter(decision, "ADBCE"))
        return false;
    if (letter == 'A' && is_letter(state, "BCE"))
        letter = *state.text;
    record->acted = letter == 'D';
    record->meaning = letter == 'D'   ? RST_MEANING_DROPPED
                      : letter == 'B' ? RST_MEANING_OPENED
                      : letter == 'E' ? RST_MEANING_OTHER
                                      : RST_MEANING_ALLOWED;
    return true;
}

static bool read_protocol(rst_piece_t piece, uint8_t *protocol)
{
    if (is_letter(piece, "TU")) {
        *protocol = *piece.text == 'T' ? RST_PROTOCOL_TCP : 17;
        return true;
    }
    return rst_read_protocol(piece, protocol);
}

/* Alone: the comma after it would pass for a decimal one. */
static bool read_time(rst_piece_t piece, rst_when_t *when)
{
    char text[24];

    if (piece.length >= sizeof text)
        return false;
    g_strlcpy(text, piece.text, piece.length + 1);
    if (rst_when_epoch(text, when) != piece.length)
        return false;
    when->text = piece.text;
    when->length = piece.length;
    return true;
}

/* RST_READ_NO: it is no tuple. */
static rst_read_t read_tuple(const char *text, rst_record_t *record)
{
    rst_piece_t column[AT_STATE + 1];
    unsigned count = rst_columns(text, ',');

    for (unsigned i = 0; i <= AT_STATE; i++)
        column[i] = i < count ? rst_piece_trim(rst_column(text, ',', i)) : (rst_piece_t){"", 0};
    if (count <= AT_DECISION || !is_letter(column[AT_DIRECTION], "IO") ||
        !read_protocol(column[AT_PROTOCOL], &record->protocol) || !read_time(column[AT_TIME], &record->when) ||
        !set_meaning(record, column[AT_DECISION], column[AT_STATE]))
        return RST_READ_NO;
    if (!rst_read_address(column[AT_SRC], &record->src.address) ||
        !rst_read_address(column[AT_DST], &record->dst.address) ||
        !rst_read_port(column[AT_SRC_PORT], &record->src.port) ||
        !rst_read_port(column[AT_DST_PORT], &record->dst.port))
        return RST_READ_BROKEN;
    if (record->protocol != RST_PROTOCOL_TCP && record->protocol != 17)
        record->src.port = record->dst.port = 0;
    record->oriented = true;
    return RST_READ_YES;
}

/* The rule of the list that a tuple is in stands before it. */
typedef struct rule {
    const char *path;
    size_t above; /* bytes of path, with the dot */
    const char *name;
} rule_t;

static void note_rule(rule_t *rule, const char *path, const char *value)
{
    size_t length = strlen(path);

    if (length < 4 || strcmp(path + length - 4, "rule") != 0 || (length > 4 && path[length - 5] != '.'))
        return;
    *rule = (rule_t){path, length - 4, value};
}

static void take(rst_record_t *record, const rule_t *rule, rst_log_t *log, const rst_log_line_t *line, const char *path,
                 const char *text)
{
    if (rule->name && strncmp(rule->path, path, rule->above) == 0)
        record->rule = rule->name;
    record->text = record->rule ? rst_log_string(log, (rst_piece_t){text, strlen(text)}) : text;
    rst_log_emit(log, line, record);
}

rst_read_t rst_read_azure_flow(rst_log_t *log, const rst_log_line_t *line)
{
    unsigned count = rst_json_count(line->json);
    rule_t rule = {NULL, 0, NULL};
    rst_read_t answer = RST_READ_NO;

    for (unsigned i = 0; i < count; i++) {
        const char *path = rst_json_path(line->json, i), *value = rst_json_value(line->json, i);
        rst_record_t record = {.protocol = 0};
        rst_read_t here;

        note_rule(&rule, path, value);
        if (!g_ascii_isdigit(*value) || !is_tuple_name(path))
            continue;
        here = read_tuple(value, &record);
        if (here == RST_READ_YES)
            take(&record, &rule, log, line, path, value);
        if (here != RST_READ_NO && answer != RST_READ_YES)
            answer = here;
    }
    return answer;
}
