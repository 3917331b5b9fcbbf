/* folded.h
 * What is folded of a connection: its record, that of its reset, and what only these refer to (fold.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FOLDED_H
#define RST_FOLDED_H

#include "base/deltas.h"
#include "judge/patterns.h"
#include "track/closed_summary.h"
#include "track/connection.h"
#include "track/reset.h"

/* As one block, without the pointers among its parts. The last members are there only in some kinds, and the block ends
 * behind the last one that is. */
typedef struct rst_folded {
    rst_conn_t conn;
    rst_direction_t side[2];
    rst_story_t story;
    rst_reset_t reset;
    rst_tally_t tally;
    rst_service_t service;     /* that nobody else refers to */
    rst_host_t host;           /* of the server; the same */
    rst_direction_t before[2]; /* the directions when the reset came, if they have changed since */
} rst_folded_t;

/* Kinds of connections: what is there, and what makes them resemble each other. */
enum {
    RST_FOLDED_SERVICE = 0x01,
    RST_FOLDED_HOST = 0x02,
    RST_FOLDED_BEFORE = 0x04,
    RST_FOLDED_FROM = 0x08, /* side 1 sent the reset */
    RST_FOLDED_IPV6 = 0x10,
    RST_FOLDED_BOTH = 0x20, /* both sides had sent segments */
    RST_FOLDED_CLOSED = 0x40, /* a summary, of which only the next matter */
    RST_FOLDED_FIRST = 0x01,  /* side 1 is the client */
    RST_FOLDED_FOLLOWERS = 0x80 /* from here on: resets alone (followers.h) */
};

#define RST_FOLDED_READ 8 /* that are readable at a time */

typedef struct rst_fold {
    rst_deltas_t deltas;
    rst_folded_t *read; /* that were asked for last */
    unsigned next;      /* of these */
    uint32_t count;
} rst_fold_t;

#endif
