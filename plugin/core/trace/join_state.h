/* join_state.h
 * The resets in the capture and the clocks of their hosts, for the join. Private to the files of the join.
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
#include "base/siphash.h"
#include "trace/join_clock.h"
#include "trace/parse.h"
#include "trace/trace.h"
#include "track/reset.h"

#define RST_JOIN_NEAR 64 /* events or resets examined around a position */
#define RST_JOIN_NONE UINT_MAX

/* The resets from one side of a connection that have the same shape, in order. */
typedef struct rst_chain {
    unsigned count;
    unsigned last;
} rst_chain_t;

/* One reset in the capture. */
typedef struct rst_row {
    const rst_reset_t *reset;
    const rst_event_t *sent, *received;
    rst_chain_t *chain;
    unsigned nth;            /* in the chain */
    unsigned previous, next; /* neighboring rows in the chain, RST_JOIN_NONE at its ends */
    unsigned clock;          /* index of its sender's clock */
    unsigned place;          /* position among the rows of its clock */
    bool active;
    bool elsewhere; /* the kernel reports another reset to this peer, which may be this one, translated or misread */
} rst_row_t;

/* One host. Its events all have about the same latency to the capture point, so each host has its own offset. */
typedef struct rst_host_clock {
    rst_address_t address;
    uint32_t hash;
    unsigned index; /* among all clocks */
    GArray *rows;   /* unsigned */
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
    GHashTable *by_host;  /* rst_host_clock_t, keyed by itself */
    rst_secret_t secret;  /* of that table */
    unsigned joined;      /* rows that existed when the join was last done */
    bool complete;        /* by the complete join */
} rst_join_t;

rst_row_t *rst_join_row(const rst_join_t *join, unsigned index);
rst_host_clock_t *rst_join_clock(const rst_join_t *join, unsigned index);

void rst_join_clocks_open(rst_join_t *join);
void rst_join_clocks_close(rst_join_t *join);

/* Index of the clock of the host with this address, created if missing. */
unsigned rst_join_clock_of(rst_join_t *join, const rst_address_t *address);

#endif
