/* envelope.h
 * What programs wrap around a line on its way: syslog headers, the journal, shippers' JSON, Docker, quotes of CSV.
 *
 * Readers are asked about the innermost text first, then about each layer around it, because what looks like a header
 * may be the beginning of a format (a date, a name). One unit may hold several events.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENVELOPE_H
#define RST_ENVELOPE_H

#include <glib.h>

#include "logs/layer.h"

#define RST_ENVELOPES_MAX 5 /* layers that are taken off; <PRI> is one */

typedef struct rst_envelope {
    rst_layer_t layer[RST_ENVELOPES_MAX + 1]; /* the outermost first */
    unsigned layers;
    GPtrArray *texts; /* that were unescaped */
    GPtrArray *jsons;
    GArray *more; /* rst_event_t: further events of the unit, each in the layer that base counts */
    unsigned next, base;
    bool looked; /* closer: for quoted columns, and for several lines */
} rst_envelope_t;

/* All zeros before the first use; one serves all units of a file. */
void rst_envelope_open(rst_envelope_t *envelope, const char *text, size_t length);
void rst_envelope_close(rst_envelope_t *envelope);
void rst_envelope_clear(rst_envelope_t *envelope);

/* Doubled quotes, which nobody has looked into: the line may stand in a column of a table. */
bool rst_envelope_has_column(const rst_envelope_t *envelope);

/* After the last event: back to the text around the columns. False if there were none. */
bool rst_envelope_outside(rst_envelope_t *envelope);

/* The next event of the unit, if there is one. known = the last one was recognized; if not, the text may stand in a
 * quoted column, or be several lines. */
bool rst_envelope_next(rst_envelope_t *envelope, bool known);

#endif
