/* log.h
 * Reads one log: bytes in any pieces -> lines -> what is inside their envelopes -> the reader that knows the format ->
 * records. Formats are recognized per line, because a syslog server's file is a mix.
 *
 * The text is untrusted: lines, units of several lines and all tables are bounded, and whatever is malformed is counted
 * and skipped. Nothing is kept but the state of readers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOG_H
#define RST_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/filters.h"
#include "logs/reader.h"
#include "logs/record.h"
#include "logs/units.h"
#include "logs/words.h"

typedef struct rst_log rst_log_t;

typedef void (*rst_log_take_t)(const rst_record_t *record, void *user_data);

typedef struct rst_log_options {
    const char *zone;       /* of times without one (when.h), NULL = not known */
    bool applications;      /* also the generic reader of application logs */
    rst_filters_t *filters; /* names of Windows' filters, shared by the logs of one set; NULL = none are kept */
    rst_log_take_t take;    /* gets each record; it must copy what it keeps */
    void *user_data;
} rst_log_options_t;

rst_log_t *rst_log_new(const rst_log_options_t *options);
void rst_log_free(rst_log_t *log);

/* The next bytes of the file, split anywhere. */
void rst_log_feed(rst_log_t *log, const char *bytes, size_t length);

/* After the last bytes. A last line without a newline is read too, but not if the file was cut in the middle of a
 * unit. */
void rst_log_end(rst_log_t *log);

/* For readers. */

/* Gives a record to whoever reads the log. Sets line, reader and, if the record has no time of its own, the
 * envelope's; text becomes line->text if it is NULL. A record in which no address is told is not given. */
void rst_log_emit(rst_log_t *log, const rst_log_line_t *line, rst_record_t *record);

/* What a reader keeps between lines: the same zeroed memory of that size at every call for this log; clear, which may
 * be NULL, is called before it is freed. Readers bound what they keep. */
void *rst_log_state(rst_log_t *log, rst_reader_id_t reader, size_t size, void (*clear)(void *state));

/* A piece of a line as a string that lives until the next line is read; NULL if it is empty. For the members of a
 * record. */
const char *rst_log_string(rst_log_t *log, rst_piece_t piece);

/* Called once after the last line, before clear: for records that wait for what follows. */
void rst_log_at_end(rst_log_t *log, rst_reader_id_t reader, void (*end)(rst_log_t *log, void *state));

bool rst_log_wants_applications(const rst_log_t *log);

/* The names of Windows' filters, NULL if nobody keeps them. */
rst_filters_t *rst_log_filters(rst_log_t *log);

typedef struct rst_log_sum {
    uint64_t lines, records;
    uint64_t unknown;  /* lines of no known format */
    uint64_t broken;   /* of a known format, but malformed: ports above 65535, missing fields, units cut off */
    uint64_t blind;    /* of a format that tells no addresses */
    uint64_t too_long; /* lines, and units */
    uint64_t by_reader[RST_READER_COUNT]; /* lines recognized */
    bool binary;                          /* NUL bytes, and not UTF-16 */
    bool dtd;                             /* XML with a DTD or entities, which was refused */
} rst_log_sum_t;

const rst_log_sum_t *rst_log_sum(const rst_log_t *log);

#define RST_COMPLAINT_MAX 256

/* One sentence about a file that gave nothing, or much that was malformed; NULL if all is well. Static or in buffer. */
const char *rst_log_complaint(const rst_log_t *log, char *buffer, size_t size);

#endif
