/* json.h
 * A JSON value (RFC 8259) as a flat list of its members: paths and texts. Enough for logs, bounded, and tolerant of
 * what follows the value, because shippers are sometimes one brace too many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOGS_JSON_H
#define RST_LOGS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RST_JSON_MEMBERS_MAX 131072
#define RST_JSON_DEPTH_MAX 32

typedef struct rst_json rst_json_t;

/* NULL if text does not begin with an object or array, if that is malformed or beyond the limits. Free it. */
rst_json_t *rst_json_read(const char *text, size_t length);
void rst_json_free(rst_json_t *json);

/* The value at a path: names joined by '.', positions of arrays as numbers: "flow.start", "verdict.reject.0". A name
 * with a dot in it needs nothing special (Zeek's "id.orig_h"). Strings without quotes and escapes (\u as UTF-8),
 * numbers and literals as written; NULL if it is not there, null, or an object, or if the path is longer than 256
 * bytes. Of double names the first. */
const char *rst_json_text(const rst_json_t *json, const char *path);

/* The same for the first of several paths that is there; NULL ends them. */
const char *rst_json_first(const rst_json_t *json, const char *const *paths);

/* All members with a value, in the order of the text. */
unsigned rst_json_count(const rst_json_t *json);
const char *rst_json_path(const rst_json_t *json, unsigned index);
const char *rst_json_value(const rst_json_t *json, unsigned index);

#endif
