/* log.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/log.h"

#include <string.h>

#include <glib.h>

#include "logs/decode.h"
#include "logs/envelope.h"
#include "logs/units.h"
#include "logs/xml_split.h"

/* These take whatever text there is: they are asked when no other reader knows any layer of the unit. */
#define FIRST_GENERIC RST_READER_ID_application

typedef struct kept {
    void *state;
    void (*clear)(void *state);
    void (*end)(rst_log_t *log, void *state);
} kept_t;

struct rst_log {
    rst_log_options_t options;
    rst_log_sum_t sum;
    rst_decoder_t decoder;
    rst_xml_split_t *xml;
    GString *line; /* that is being collected */
    bool skip;     /* the rest of a line that is too long */
    rst_units_t *units;
    rst_envelope_t envelope;
    rst_reader_id_t asked;
    GStringChunk *strings; /* of the current unit */
    kept_t kept[RST_READER_COUNT];
};

void rst_log_free(rst_log_t *log)
{
    if (!log)
        return;
    for (unsigned i = 0; i < RST_READER_COUNT; i++) {
        if (log->kept[i].state && log->kept[i].clear)
            log->kept[i].clear(log->kept[i].state);
        g_free(log->kept[i].state);
    }
    rst_envelope_clear(&log->envelope);
    rst_units_free(log->units);
    rst_xml_split_free(log->xml);
    g_string_chunk_free(log->strings);
    g_string_free(log->line, TRUE);
    g_free(log);
}

void *rst_log_state(rst_log_t *log, rst_reader_id_t reader, size_t size, void (*clear)(void *state))
{
    kept_t *kept = &log->kept[reader];

    if (!kept->state) {
        kept->state = g_malloc0(size);
        kept->clear = clear;
    }
    return kept->state;
}

rst_filters_t *rst_log_filters(rst_log_t *log)
{
    return log->options.filters;
}

void rst_log_at_end(rst_log_t *log, rst_reader_id_t reader, void (*end)(rst_log_t *log, void *state))
{
    log->kept[reader].end = end;
}

const char *rst_log_string(rst_log_t *log, rst_piece_t piece)
{
    return piece.length ? g_string_chunk_insert_len(log->strings, piece.text, (gssize)piece.length) : NULL;
}

bool rst_log_wants_applications(const rst_log_t *log)
{
    return log->options.applications;
}

void rst_log_emit(rst_log_t *log, const rst_log_line_t *line, rst_record_t *record)
{
    if (!record->src.address.size && !record->dst.address.size)
        return;
    record->line = line->number;
    record->reader = (uint8_t)log->asked;
    if (record->when.kind == RST_WHEN_NONE)
        record->when = line->when;
    if (log->options.zone)
        rst_when_in_zone(&record->when, log->options.zone);
    if (!record->text)
        record->text = line->text;
    if (!record->device && *line->host)
        record->device = line->host;
    log->sum.records++;
    log->options.take(record, log->options.user_data);
}

/* What the first reader says that knows the line. */
static rst_read_t ask_readers(rst_log_t *log, const rst_log_line_t *line, unsigned from, unsigned to)
{
    rst_read_t answer = RST_READ_NO;

    for (unsigned i = from; i < to && answer == RST_READ_NO; i++) {
        log->asked = (rst_reader_id_t)i;
        answer = rst_reader((rst_reader_id_t)i)->read(log, line);
    }
    return answer;
}

static rst_read_t ask_generic(rst_log_t *log)
{
    const rst_envelope_t *envelope = &log->envelope;

    return ask_readers(log, &envelope->layer[envelope->layers - 1].line, FIRST_GENERIC, RST_READER_COUNT);
}

/* The innermost layer first. One that seems malformed may only have more around it than was taken off. */
static rst_read_t ask_layers(rst_log_t *log, uint32_t number, bool generic)
{
    rst_envelope_t *envelope = &log->envelope;
    rst_reader_id_t broken = RST_READER_COUNT;

    for (unsigned i = envelope->layers; i-- > 0;) {
        rst_read_t answer;

        envelope->layer[i].line.number = number;
        answer = ask_readers(log, &envelope->layer[i].line, 0, FIRST_GENERIC);
        if (answer == RST_READ_YES || answer == RST_READ_BLIND)
            return answer;
        if (answer == RST_READ_BROKEN)
            broken = log->asked;
    }
    if (broken == RST_READER_COUNT)
        return generic ? ask_generic(log) : RST_READ_NO;
    log->asked = broken;
    return RST_READ_BROKEN;
}

static void read_unit(void *user_data, const char *text, size_t length, uint64_t unit)
{
    rst_log_t *log = user_data;
    uint32_t number = (uint32_t)MIN(unit, G_MAXUINT32);
    rst_reader_id_t asked = RST_READER_COUNT; /* by whom the unit is known, or found malformed */
    bool known, any = false, blind = false, put_off = false;

    rst_envelope_open(&log->envelope, text, length);
    do {
        bool column = rst_envelope_has_column(&log->envelope); /* whose format may be known */
        uint64_t before = log->sum.records;
        rst_read_t answer = ask_layers(log, number, !column);

        put_off |= column;
        known = answer == RST_READ_YES || answer == RST_READ_BLIND;
        any |= known;
        known = known && (!column || log->sum.records > before); /* a mark alone may be in a column */
        blind |= answer == RST_READ_BLIND;
        if (answer == RST_READ_YES || answer == RST_READ_BLIND || (answer == RST_READ_BROKEN && !any))
            asked = log->asked;
    } while (rst_envelope_next(&log->envelope, known));
    if (put_off && asked == RST_READER_COUNT && rst_envelope_outside(&log->envelope) &&
        ask_generic(log) == RST_READ_YES) {
        asked = log->asked;
        any = true;
    }
    rst_envelope_close(&log->envelope);
    g_string_chunk_clear(log->strings);
    log->sum.blind += blind;
    if (asked == RST_READER_COUNT)
        log->sum.unknown++;
    else
        log->sum.by_reader[asked]++;
    log->sum.broken += !any && asked != RST_READER_COUNT;
}

/* Zeros are left in a line by a crash of the machine that wrote it, and are all over a binary file. */
static void drop_zeros(rst_log_t *log)
{
    GString *line = log->line;
    size_t first = 0;

    if (strlen(line->str) == line->len)
        return;
    log->sum.binary = true;
    while (first < line->len && !line->str[first])
        first++;
    g_string_erase(line, 0, (gssize)first);
    for (size_t i = 0; i < line->len; i++) {
        if (!line->str[i])
            line->str[i] = ' ';
    }
}

static void end_line(rst_log_t *log)
{
    GString *line = log->line;

    log->sum.lines++;
    if (log->skip) {
        log->skip = false;
        rst_units_lost(log->units);
    } else {
        while (line->len && line->str[line->len - 1] == '\r')
            g_string_truncate(line, line->len - 1);
        drop_zeros(log);
        rst_units_line(log->units, line->str, line->len, log->sum.lines);
    }
    if (line->allocated_len > RST_LOG_LINE_MAX) {
        g_string_free(line, TRUE);
        log->line = g_string_new(NULL);
    }
    g_string_truncate(log->line, 0);
}

static void collect(rst_log_t *log, const char *bytes, size_t length)
{
    if (log->skip)
        return;
    if (log->line->len + length > RST_LOG_LINE_MAX) {
        bool begun = log->line->len > 0;

        if (log->line->len + length >
            rst_units_limit(log->units, begun ? log->line->str : bytes, begun ? log->line->len : length)) {
            log->skip = true;
            log->sum.too_long++;
            return;
        }
    }
    g_string_append_len(log->line, bytes, (gssize)length);
}

static void take_text(void *user_data, const char *text, size_t length)
{
    rst_log_t *log = user_data;

    while (length) {
        size_t taken = log->line->len ? 0 : rst_units_bytes(log->units, text, length);
        const char *newline;

        for (size_t i = 0; i < taken; i++)
            log->sum.lines += text[i] == '\n';
        if (!taken) {
            newline = memchr(text, '\n', length);
            taken = newline ? (size_t)(newline - text) : length;
            collect(log, text, taken);
            if (newline) {
                end_line(log);
                taken++;
            }
        }
        text += taken;
        length -= taken;
    }
}

static void take_decoded(void *user_data, const char *text, size_t length)
{
    rst_log_t *log = user_data;

    rst_xml_split_feed(log->xml, text, length);
}

rst_log_t *rst_log_new(const rst_log_options_t *options)
{
    rst_xml_split_options_t xml = {.text = take_text, .unit = read_unit};
    rst_log_t *log = g_new0(rst_log_t, 1);

    log->options = *options;
    log->line = g_string_new(NULL);
    log->strings = g_string_chunk_new(1024);
    log->units = rst_units_new(read_unit, log);
    xml.user_data = log;
    xml.lines = &log->sum.lines;
    log->xml = rst_xml_split_new(&xml);
    return log;
}

void rst_log_feed(rst_log_t *log, const char *bytes, size_t length)
{
    rst_decode(&log->decoder, bytes, length, take_decoded, log);
}

void rst_log_end(rst_log_t *log)
{
    rst_decode_end(&log->decoder, take_decoded, log);
    rst_xml_split_end(log->xml);
    log->sum.broken += rst_xml_split_broken(log->xml);
    log->sum.dtd |= rst_xml_split_dtd(log->xml);
    if (log->line->len || log->skip)
        end_line(log);
    if (!rst_units_end(log->units))
        log->sum.broken++;
    for (unsigned i = 0; i < RST_READER_COUNT; i++) {
        log->asked = (rst_reader_id_t)i;
        if (log->kept[i].state && log->kept[i].end)
            log->kept[i].end(log, log->kept[i].state);
    }
}

const rst_log_sum_t *rst_log_sum(const rst_log_t *log)
{
    return &log->sum;
}

const char *rst_log_complaint(const rst_log_t *log, char *buffer, size_t size)
{
    const rst_log_sum_t *sum = &log->sum;
    uint64_t lines = sum->lines;

    if (!lines)
        return "the file is empty";
    if (sum->dtd && !sum->records)
        return "XML with a DTD or entities of its own, which is refused";
    if (sum->by_reader[RST_READER_ID_wfp] && !sum->broken)
        return NULL; /* names of filters are all that it is read for */
    if (sum->blind && !sum->records)
        g_snprintf(buffer, size,
                   "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " lines are kernel drops that tell no "
                   "addresses (plain kfree_skb, dropwatch): nothing to join; record with rst-record or retis instead",
                   sum->blind, lines);
    else if (sum->binary && !sum->records)
        return "the file is binary: it is compressed, or no log";
    else if (!sum->records)
        g_snprintf(buffer, size,
                   "none of %" G_GUINT64_FORMAT " lines names a connection in a known format (%" G_GUINT64_FORMAT
                   " of unknown formats, %" G_GUINT64_FORMAT " malformed, %" G_GUINT64_FORMAT " too long)",
                   lines, sum->unknown, sum->broken, sum->too_long);
    else if (sum->broken || sum->too_long)
        g_snprintf(buffer, size,
                   "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " lines are malformed, %" G_GUINT64_FORMAT
                   " too long: left out",
                   sum->broken, lines, sum->too_long);
    else
        return NULL;
    return buffer;
}
