/* vote.h
 * Counting on which offset of two clocks most connections agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VOTE_H
#define RST_VOTE_H

#include "witness/kept.h"

/* A record and a packet that may belong together. */
typedef struct rst_ballot {
    int64_t offset; /* capture minus log */
    const rst_ends_t *ends;
    uint32_t record;
    uint8_t likeness;
} rst_ballot_t;

int rst_ballot_compare(const void *a, const void *b); /* by offset */

typedef struct rst_poll {
    const GArray *votes;  /* rst_ballot_t, sorted */
    int64_t width;        /* beside what two clocks differ by chance: the resolution of the log */
    uint8_t likeness;     /* at least */
    bool inside, outside; /* of these limits */
    GHashTable *only;     /* votes of these connections, NULL = of all */
    int64_t low, high;
} rst_poll_t;

typedef struct rst_mode_of_clock {
    int64_t low, high, middle;     /* the votes */
    unsigned connections, records; /* that agree: different ones */
    unsigned votes;
} rst_mode_of_clock_t;

/* Where most connections agree; of equals, where most votes do. False if there is no vote. */
bool rst_poll_mode(const rst_poll_t *poll, rst_mode_of_clock_t *mode);

/* The connections that vote for these offsets, as a set; the caller frees it. */
GHashTable *rst_ballots_connections(const GArray *votes, int64_t low, int64_t high);

/* The log cut its times to the resolution, so its event was up to that much later. */
int64_t rst_mode_offset(const rst_mode_of_clock_t *mode, int64_t resolution);
int64_t rst_mode_error(const rst_mode_of_clock_t *mode, int64_t resolution);

/* The lines of the records that vote for these offsets. */
typedef struct rst_span {
    uint32_t first, last;
    unsigned connections;
} rst_span_t;

rst_span_t rst_ballots_lines(const rst_kepts_t *kepts, const GArray *votes, int64_t low, int64_t high);

#endif
