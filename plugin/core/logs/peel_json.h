/* peel_json.h
 * Lines inside JSON: of shippers, of the journal and of Docker, in which a member holds the line, and of collectors, in
 * which an array holds many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PEEL_JSON_H
#define RST_PEEL_JSON_H

#include <stdbool.h>

#include <glib.h>

#include "logs/layer.h"

/* The member that holds a line; NULL if there is none. Of a list of bytes it makes a text, which goes to texts. The
 * layer gets the time, host and program that the JSON tells. */
const char *rst_peel_json(rst_layer_t *layer, const rst_json_t *json, GPtrArray *texts);

/* The same in a text that is no JSON, but was meant to be. Newly allocated, in texts. */
const char *rst_peel_broken_json(const char *text, GPtrArray *texts);

/* The name before a line as shippers call it, "message" and the like, within length bytes. */
bool rst_is_line_name(const char *name, size_t length);

typedef struct rst_event {
    const char *text;
    rst_when_t when;
    uint64_t place; /* in its array, from 1; 0 = in none */
} rst_event_t;

/* The lines in arrays of events, as rst_event_t. */
void rst_peel_json_events(const rst_json_t *json, GArray *events);

#endif
