/* units.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/units.h"

#include <string.h>

#include <glib.h>

#include "logs/json_track.h"

#define LENGTH_BYTES 8    /* of a binary field of the journal: 64 bits, little-endian */
#define HEADER_COLUMNS 3u /* fewer names with commas between them may be anything */

typedef enum kind { KIND_NONE, KIND_JSON, KIND_CSV, KIND_JOURNAL } kind_t;

struct rst_units {
    rst_unit_take_t take;
    void *user_data;
    kind_t kind;     /* of the unit that is being collected */
    GString *text;   /* of earlier lines, with their newlines */
    uint64_t number; /* of its first line */
    rst_json_track_t track;
    bool elements;        /* inside an array whose elements are units of their own */
    bool csv;             /* the file began with names of columns */
    bool quoted;          /* CSV: inside quotes */
    unsigned length_left; /* bytes of a binary field's length that are still to come */
    uint64_t left;        /* bytes of the field itself, with the newline after it */
    unsigned shift;
};

rst_units_t *rst_units_new(rst_unit_take_t take, void *user_data)
{
    rst_units_t *units = g_new0(rst_units_t, 1);

    units->take = take;
    units->user_data = user_data;
    units->text = g_string_new(NULL);
    return units;
}

void rst_units_free(rst_units_t *units)
{
    if (!units)
        return;
    g_string_free(units->text, TRUE);
    g_free(units);
}

static void reset(rst_units_t *units)
{
    units->kind = KIND_NONE;
    units->quoted = false;
    units->track = (rst_json_track_t){0};
    if (units->text->allocated_len > RST_LOG_LINE_MAX) {
        g_string_free(units->text, TRUE); /* one large unit must not cost memory for the rest of the file */
        units->text = g_string_new(NULL);
    }
    g_string_truncate(units->text, 0);
}

static void begin(rst_units_t *units, kind_t kind, uint64_t number)
{
    units->kind = kind;
    units->number = number;
}

/* Zero-terminates a part of a line while it is given. */
static void give(rst_units_t *units, char *text, size_t length, uint64_t number)
{
    char after = text[length];

    text[length] = 0;
    if (length)
        units->take(units->user_data, text, length, number);
    text[length] = after;
}

static void give_collected(rst_units_t *units)
{
    GString *text = units->text;

    while (text->len && text->str[text->len - 1] == '\n')
        g_string_truncate(text, text->len - 1);
    if (text->len)
        units->take(units->user_data, text->str, text->len, units->number);
    reset(units);
}

/* It was no unit: the lines one by one. */
static void give_lines(rst_units_t *units)
{
    char *at = units->text->str, *end = at + units->text->len;
    uint64_t number = units->number;

    for (; at < end; number++) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);

        if (length <= RST_LOG_LINE_MAX)
            give(units, at, length, number);
        at += length + 1;
    }
    units->elements = false;
    reset(units);
}

static void collect(rst_units_t *units, const char *text, size_t length)
{
    if (units->text->len + length + 1 > RST_LOG_UNIT_MAX) {
        give_lines(units);
        return;
    }
    g_string_append_len(units->text, text, (gssize)length);
    g_string_append_c(units->text, '\n');
}

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t\r");
}

/* "{" and a name, or "[" and an object: not the bracket of a syslog tag or of a time. */
static bool opens_json(const char *text)
{
    const char *at = after_blanks(text);

    if (*at == '{') {
        at = after_blanks(at + 1);
        return *at == '"' || *at == '}' || !*at;
    }
    if (*at != '[')
        return false;
    at = after_blanks(at + 1);
    return *at == '{' || !*at;
}

/* The value that is open goes on at text[at]: where it ended, length if it did not, length + 1 if it is none. */
static size_t follow(rst_units_t *units, const char *text, size_t at, size_t length)
{
    for (; at <= length; at++) {
        switch (rst_json_track_step(&units->track, at < length ? text[at] : '\n')) {
        case RST_JSON_DONE:
            return at;
        case RST_JSON_BAD:
            return length + 1;
        case RST_JSON_MORE:
            break;
        }
    }
    return length;
}

/* What stands between the elements of an array, or after a value: where the next object begins, length if none does,
 * length + 1 if something else stands there. */
static size_t next_object(rst_units_t *units, const char *text, size_t at, size_t length)
{
    while (at < length && strchr(" \t\r,", text[at]))
        at++;
    if (at == length || text[at] == '{')
        return at;
    if (text[at] != ']' || !units->elements)
        return length + 1;
    units->elements = false;
    return length;
}

/* A value ended at text[end]; it began at from, or in an earlier line. Returns where the next one begins, or the
 * length. Whatever else follows stays with the value, because shippers are sometimes a brace too many. */
static size_t give_value(rst_units_t *units, char *text, size_t from, size_t end, size_t length, uint64_t number)
{
    size_t next = next_object(units, text, end + 1, length);

    if (units->kind == KIND_JSON) {
        g_string_append_len(units->text, text, (gssize)end + 1);
        give_collected(units);
    } else {
        give(units, text + from, next > length ? length - from : end + 1 - from, number);
        units->track = (rst_json_track_t){0};
    }
    return MIN(next, length);
}

/* One value after the other of a line that may begin within one. False if it is no JSON. */
static bool json_line(rst_units_t *units, char *text, size_t length, uint64_t number)
{
    size_t at = 0;
    bool given = false;

    if (units->kind == KIND_NONE) {
        at = (size_t)(after_blanks(text) - text);
        if (text[at] == '[' && !units->elements) {
            units->elements = true;
            at++;
        }
        at = next_object(units, text, at, length);
    }
    while (at < length) {
        size_t end = follow(units, text, at, length);

        if (end > length && given) { /* the rest is of no use */
            units->track = (rst_json_track_t){0};
            return true;
        }
        if (end > length)
            return false;
        if (end == length) {
            if (units->kind == KIND_NONE)
                begin(units, KIND_JSON, number);
            collect(units, text + at, length - at);
            return true;
        }
        at = give_value(units, text, at, end, length, number);
        given = true;
    }
    return at == length;
}

/* Names of columns, as the first line of a CSV file: only there may a record take several lines. */
static bool is_csv_header(const char *text)
{
    unsigned columns = 1;

    for (; *text; text++) {
        columns += *text == ',';
        if (!g_ascii_isalpha(*text) && !strchr(",_ \"@.#&-", *text))
            return false;
    }
    return columns >= HEADER_COLUMNS;
}

static void csv_line(rst_units_t *units, char *text, size_t length, uint64_t number)
{
    for (size_t i = 0; i < length; i++)
        units->quoted ^= text[i] == '"';
    if (units->kind == KIND_NONE && !units->quoted) {
        give(units, text, length, number);
        return;
    }
    if (units->kind == KIND_NONE)
        begin(units, KIND_CSV, number);
    if (units->text->len + length > RST_LOG_LINE_MAX) { /* a lone quote somewhere */
        give_lines(units);
        return;
    }
    collect(units, text, length);
    if (units->kind == KIND_CSV && !units->quoted)
        give_collected(units);
}

static bool is_field_name(const char *text)
{
    const char *at = text;

    while (g_ascii_isupper(*at) || g_ascii_isdigit(*at) || *at == '_')
        at++;
    return at > text && !*at;
}

static void journal_line(rst_units_t *units, char *text, size_t length)
{
    if (!length) {
        give_collected(units);
    } else if (is_field_name(text)) {
        collect(units, text, length);
        if (units->kind == KIND_JOURNAL)
            units->text->str[units->text->len - 1] = '=';
        units->length_left = LENGTH_BYTES;
        units->left = units->shift = 0;
    } else {
        collect(units, text, length);
    }
}

static bool opens_journal(const char *text)
{
    return g_str_has_prefix(text, "__CURSOR=") || g_str_has_prefix(text, "__REALTIME_TIMESTAMP=");
}

static void plain_line(rst_units_t *units, char *text, size_t length, uint64_t number)
{
    if (number <= 2 && is_csv_header(text)) /* PowerShell writes a line of its own above it */
        units->csv = true;
    if (opens_journal(text)) {
        begin(units, KIND_JOURNAL, number);
        collect(units, text, length);
    } else if (units->csv) {
        csv_line(units, text, length, number);
    } else {
        give(units, text, length, number);
    }
}

void rst_units_line(rst_units_t *units, char *text, size_t length, uint64_t number)
{
    if (units->kind == KIND_JOURNAL) {
        journal_line(units, text, length);
        return;
    }
    if (units->kind == KIND_CSV) {
        csv_line(units, text, length, number);
        return;
    }
    if (units->kind == KIND_JSON) {
        if (json_line(units, text, length, number))
            return;
        give_lines(units); /* and this line is read afresh */
    }
    if (units->elements || opens_json(text)) {
        if (json_line(units, text, length, number))
            return;
        units->elements = false;
        reset(units);
    }
    plain_line(units, text, length, number);
}

size_t rst_units_limit(const rst_units_t *units, const char *begin, size_t length)
{
    if (units->kind == KIND_JSON || units->elements)
        return RST_LOG_UNIT_MAX;
    while (length && (*begin == ' ' || *begin == '\t')) {
        begin++;
        length--;
    }
    return length && strchr("{[<", *begin) ? RST_LOG_UNIT_MAX : RST_LOG_LINE_MAX;
}

void rst_units_lost(rst_units_t *units)
{
    units->elements = false;
    reset(units);
}

static void take_field(rst_units_t *units, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && units->text->len < RST_LOG_LINE_MAX; i++)
        g_string_append_c(units->text, bytes[i] && bytes[i] != '\n' ? bytes[i] : ' ');
}

size_t rst_units_bytes(rst_units_t *units, const char *bytes, size_t length)
{
    size_t taken = 0, here;

    if (units->kind != KIND_JOURNAL)
        return 0;
    while (units->length_left && taken < length) {
        units->left |= (uint64_t)(unsigned char)bytes[taken++] << units->shift;
        units->shift += 8;
        if (--units->length_left == 0 && units->left++ > RST_LOG_UNIT_MAX) {
            rst_units_lost(units); /* no such field */
            return taken;
        }
    }
    here = MIN(length - taken, units->left);
    if (here) {
        take_field(units, bytes + taken, here);
        units->left -= here;
        if (!units->left)
            g_string_append_c(units->text, '\n');
    }
    return taken + here;
}

bool rst_units_end(rst_units_t *units)
{
    bool whole = units->kind == KIND_NONE;

    if (units->kind == KIND_JOURNAL && !units->left && !units->length_left) {
        give_collected(units); /* the last block needs no empty line after it */
        return true;
    }
    rst_units_lost(units);
    return whole;
}
