/* log.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/log.h"

#include <string.h>

#include <glib.h>

#include "logs/envelope.h"

typedef struct kept {
    void *state;
    void (*clear)(void *state);
} kept_t;

struct rst_log {
    rst_log_options_t options;
    rst_log_sum_t sum;
    GString *line; /* that is being collected */
    bool skip;     /* the rest of a line that is too long */
    rst_reader_id_t asked;
    GStringChunk *strings; /* of the current line */
    kept_t kept[RST_READER_COUNT];
};

rst_log_t *rst_log_new(const rst_log_options_t *options)
{
    rst_log_t *log = g_new0(rst_log_t, 1);

    log->options = *options;
    log->line = g_string_new(NULL);
    log->strings = g_string_chunk_new(1024);
    return log;
}

void rst_log_free(rst_log_t *log)
{
    if (!log)
        return;
    for (unsigned i = 0; i < RST_READER_COUNT; i++) {
        if (log->kept[i].state && log->kept[i].clear)
            log->kept[i].clear(log->kept[i].state);
        g_free(log->kept[i].state);
    }
    g_string_free(log->line, TRUE);
    g_string_chunk_free(log->strings);
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

const char *rst_log_string(rst_log_t *log, rst_piece_t piece)
{
    return piece.length ? g_string_chunk_insert_len(log->strings, piece.text, (gssize)piece.length) : NULL;
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

static void ask_readers(rst_log_t *log, const rst_log_line_t *line)
{
    for (unsigned i = 0; i < RST_READER_COUNT; i++) {
        rst_read_t answer;

        log->asked = (rst_reader_id_t)i;
        answer = rst_reader((rst_reader_id_t)i)->read(log, line);
        if (answer == RST_READ_NO)
            continue;
        log->sum.by_reader[i]++;
        log->sum.broken += answer == RST_READ_BROKEN;
        return;
    }
    log->sum.unknown++;
}

static void read_line(rst_log_t *log)
{
    rst_envelope_t envelope;
    rst_log_line_t line;

    log->sum.lines++;
    if (log->line->len && log->line->str[log->line->len - 1] == '\r')
        g_string_truncate(log->line, log->line->len - 1);
    rst_envelope_open(&envelope, log->line->str, log->line->len);
    line = envelope.line;
    line.number = (uint32_t)MIN(log->sum.lines, G_MAXUINT32);
    if (line.length)
        ask_readers(log, &line);
    rst_envelope_close(&envelope);
    g_string_chunk_clear(log->strings);
    g_string_truncate(log->line, 0);
}

static void end_line(rst_log_t *log)
{
    if (!log->skip) {
        read_line(log);
        return;
    }
    log->sum.lines++;
    log->skip = false;
    g_string_truncate(log->line, 0);
}

static void collect(rst_log_t *log, const char *bytes, size_t length)
{
    if (log->skip)
        return;
    if (log->line->len + length > RST_LOG_LINE_MAX) {
        log->skip = true;
        log->sum.too_long++;
        return;
    }
    g_string_append_len(log->line, bytes, (gssize)length);
}

void rst_log_feed(rst_log_t *log, const char *bytes, size_t length)
{
    while (length) {
        const char *newline = memchr(bytes, '\n', length);
        size_t taken = newline ? (size_t)(newline - bytes) : length;

        collect(log, bytes, taken);
        if (newline) {
            end_line(log);
            taken++;
        }
        bytes += taken;
        length -= taken;
    }
}

void rst_log_end(rst_log_t *log)
{
    if (log->line->len || log->skip)
        end_line(log);
}

const rst_log_sum_t *rst_log_sum(const rst_log_t *log)
{
    return &log->sum;
}

const char *rst_log_complaint(const rst_log_t *log, char *buffer, size_t size)
{
    const rst_log_sum_t *sum = &log->sum;

    if (sum->records && !sum->broken)
        return NULL;
    g_snprintf(buffer, size,
               "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " lines name a connection, %" G_GUINT64_FORMAT
               " are malformed",
               sum->records, sum->lines, sum->broken);
    return buffer;
}
