/* reader.h
 * What a reader of one format gets and gives. readers.def is the only list of them, in the order in which they are
 * asked: cheap unique marks first.
 *
 * Adding a format: a row in readers.def, logs/read_TOKEN.c with its header, a unit test in
 * tests/unit/test_read_TOKEN.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_READER_H
#define RST_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "logs/json.h"
#include "logs/record.h"
#include "logs/when.h"

typedef enum rst_reader_id {
#define RST_READER(token, title) RST_READER_ID_##token,
#include "logs/readers.def"
#undef RST_READER
    RST_READER_COUNT
} rst_reader_id_t;

/* A line without its envelopes (syslog headers, JSON of shippers, ...). */
typedef struct rst_log_line {
    const char *text; /* zero-terminated, without newline */
    size_t length;
    uint32_t number;        /* in the file, from 1; of a unit of several lines the first */
    const char *whole;      /* with its envelopes */
    rst_when_t when;        /* of the innermost envelope */
    const char *host;       /* that the envelope names, or "" */
    const char *tag;        /* the program that the envelope names (filterlog, haproxy), or "" */
    const rst_json_t *json; /* if text is a JSON object or was in one (the innermost), else NULL */
} rst_log_line_t;

typedef enum rst_read {
    RST_READ_NO,     /* not this format: ask the next reader */
    RST_READ_YES,    /* this format; what it says of connections was emitted, which may be nothing */
    RST_READ_BROKEN, /* this format, but malformed: counted, nothing was emitted */
    RST_READ_BLIND   /* this format, which tells no addresses: counted */
} rst_read_t;

struct rst_log;

/* Every reader: rst_read_t rst_read_TOKEN(struct rst_log *log, const rst_log_line_t *line). */
#define RST_READER(token, title) rst_read_t rst_read_##token(struct rst_log *log, const rst_log_line_t *line);
#include "logs/readers.def"
#undef RST_READER

typedef struct rst_reader {
    const char *token; /* "cisco_asa" */
    const char *title; /* "Cisco ASA and FTD" */
    rst_read_t (*read)(struct rst_log *log, const rst_log_line_t *line);
} rst_reader_t;

const rst_reader_t *rst_reader(rst_reader_id_t reader);

#endif
