/* join_state.h
 * The resets of the capture and the clocks of their hosts, as the join works on them. Only the files that make the join
 * look inside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JOIN_STATE_H
#define RST_JOIN_STATE_H

#include <glib.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "trace/join_clock.h"
#include "trace/parse.h"
#include "trace/trace.h"
#include "track/reset.h"

#define RST_JOIN_NEAR 64 /* events or resets looked through around a place */
#define RST_JOIN_NONE UINT_MAX

/* The resets of one sender on a connection that have the same shape, in order. */
typedef struct rst_chain {
    unsigned count;
    unsigned last;
} rst_chain_t;

/* One reset of the capture. */
typedef struct rst_row {
    const rst_reset_t *reset;
    const rst_event_t *sent, *received;
    rst_chain_t *chain;
    unsigned nth;            /* in the chain */
    unsigned previous, next; /* rows of the chain, RST_JOIN_NONE at its ends */
    unsigned clock;          /* of its sender */
    unsigned place;          /* among the rows of its clock */
    bool active;
    bool elsewhere; /* the kernel reports another reset to this peer: it may be this one, translated or misread */
} rst_row_t;

/* One host. All its events have about one latency to the capture point, so each host has an offset of its own. */
typedef struct rst_host_clock {
    GArray *rows; /* unsigned */
    rst_drift_t drift;
    int64_t offset, tolerance;
    unsigned anchor; /* place of the row to start from */
    unsigned matched;
    bool known;
} rst_host_clock_t;

typedef struct rst_join {
    rst_trace_t *trace;
    GArray *rows;         /* rst_row_t */
    GPtrArray *clocks;    /* rst_host_clock_t */
    GHashTable *chains;   /* connection, sender and shape -> rst_chain_t */
    GHashTable *by_reset; /* rst_reset_t -> row + 1 */
    GHashTable *by_host;  /* rst_address_t -> clock + 1 */
    unsigned joined;      /* rows that were there when the work was done last */
} rst_join_t;

rst_row_t *rst_join_row(const rst_join_t *join, unsigned index);
rst_host_clock_t *rst_join_clock(const rst_join_t *join, unsigned index);

/* Index of the clock of the host with this address, made when it is new. */
unsigned rst_join_clock_of(rst_join_t *join, const rst_address_t *address);

#endif
