/* json_put.h
 * Writing JSON (RFC 8259), one piece after the other; commas come by themselves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JSON_PUT_H
#define RST_JSON_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* '{' or '[', as a value of its own; then its end. */
void rst_json_open(GString *out, char bracket);
void rst_json_close(GString *out, char bracket);

/* A member's name; its value follows. name needs no escapes. */
void rst_json_key(GString *out, const char *name);

/* What is no printable ASCII is escaped byte by byte. */
void rst_json_string(GString *out, const char *text);
void rst_json_string_or_null(GString *out, const char *text);

void rst_json_number(GString *out, uint64_t value);
void rst_json_boolean(GString *out, bool value);
void rst_json_null(GString *out);

/* null for RST_TIME_NONE. */
void rst_json_seconds(GString *out, int64_t ns);

/* A member: its name and its value. */
void rst_json_put_number(GString *out, const char *name, uint64_t value);
void rst_json_put_boolean(GString *out, const char *name, bool value);
void rst_json_put_text(GString *out, const char *name, const char *text); /* null for NULL */
void rst_json_put_seconds(GString *out, const char *name, int64_t ns);
void rst_json_put_texts(GString *out, const char *name, char *const *texts); /* NULL ends them */

/* Opens a document: its version, and what was quoted from the wire: wholly in these members, and else between single
 * quotes (rst_quoted() of base/text.h). */
void rst_json_begin(GString *out, const char *const *members);

/* A member with a moment in UTC; nothing where it is not known. */
void rst_json_moment(GString *out, const char *name, int64_t ns);

#endif
