/* witness_line.h
 * A line of a log that is about a reset or a failure: who wrote what where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_LINE_H
#define RST_WITNESS_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define RST_WITNESS_LINES_MAX 6 /* that are shown of one reset or failure */

typedef struct rst_witness_line {
    const char *file;    /* name of the log */
    const char *format;  /* token of the reader */
    const char *meaning; /* token (logs/record.h) */
    const char *text;    /* escaped, at most 300 characters */
    const char *rule;    /* escaped; NULL = none told */
    uint32_t line;
    int64_t clock_error; /* ns; RST_TIME_NONE = it needs no clock */
    bool ambiguous;      /* shown, and changes nothing */
} rst_witness_line_t;

#endif
