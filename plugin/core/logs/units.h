/* units.h
 * Lines become units: most lines are one; a JSON value, a record of CSV with a quoted field and a block of the
 * journal's export format may take several. What turns out not to be such a unit is given line by line after all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_UNITS_H
#define RST_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RST_LOG_LINE_MAX 65536             /* longer lines are counted and skipped */
#define RST_LOG_UNIT_MAX (4 * 1024 * 1024) /* bytes of a unit of several lines: an element of XML, a JSON value */

typedef struct rst_units rst_units_t;

/* text is zero-terminated; number = that of its first line. */
typedef void (*rst_unit_take_t)(void *user_data, const char *text, size_t length, uint64_t number);

rst_units_t *rst_units_new(rst_unit_take_t take, void *user_data);
void rst_units_free(rst_units_t *units);

/* How long a line may become that begins like this: JSON is written in lines of megabytes. */
size_t rst_units_limit(const rst_units_t *units, const char *begin, size_t length);

/* The next line, without its newline, zero-terminated; it may be written to and is restored. */
void rst_units_line(rst_units_t *units, char *text, size_t length, uint64_t number);

/* A line was too long and is lost: what it was part of is, too. */
void rst_units_lost(rst_units_t *units);

/* A binary field of the journal takes bytes as they come, whatever they are: how many of these. */
size_t rst_units_bytes(rst_units_t *units, const char *bytes, size_t length);

/* At the end of the file. False if it was cut off within a unit, which is not given. */
bool rst_units_end(rst_units_t *units);

#endif
