/* text.h
 * Formatted text in the caller's memory, with addresses and durations as people write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEXT_H
#define RST_TEXT_H

#include <stdbool.h>

#include <glib.h>

#include "base/address.h"
#include "base/memory.h"

#define RST_TEXT_MAX 600 /* longer texts are truncated */

/* Like printf, into memory. */
const char *rst_text(const rst_memory_t *memory, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "10.0.0.2" or "2001:db8::1". */
const char *rst_address_text(const rst_memory_t *memory, const rst_address_t *address);

/* "10.0.0.2:80" or "[2001:db8::1]:80". */
const char *rst_endpoint_text(const rst_memory_t *memory, const rst_address_t *address, uint16_t port);

/* "0.2 ms", "31 s", "5 min 2 s"; "an unknown time". */
const char *rst_duration_text(const rst_memory_t *memory, int64_t ns);

/* A moment as g_date_time_format() writes it, in UTC or local time; NULL if it is not known, or in a year that no
 * calendar of GLib has. Free it with g_free(). */
char *rst_calendar_text(int64_t ns, const char *format, bool local);

/* Bytes from the wire: printable ASCII is kept; everything else, the separator and the quote become \xNN, so that they
 * cannot forge lines or fields. */
const char *rst_escaped_text(const rst_memory_t *memory, const uint8_t *bytes, size_t length);

/* Escaped text for a sentence: between single quotes, which it cannot end. Double quotes would break fields of CSV.
 * Free it with g_free(). */
char *rst_quoted(const char *escaped);

#endif
