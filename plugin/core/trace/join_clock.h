/* join_clock.h
 * The offset between a kernel's clock and the capture's, from many guesses, most of which may be wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JOIN_CLOCK_H
#define RST_JOIN_CLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define RST_JOIN_TOLERANCE INT64_C(500000000) /* ns between a reset and its event once the offset is known */
#define RST_JOIN_TIGHT INT64_C(2000000)       /* never less: on a busy host, capture times come late */

/* A reset and an event that may belong together: capture time minus trace time. */
typedef struct rst_vote {
    int64_t offset;
    unsigned clock; /* index of the host's clock */
    unsigned row;   /* index of the reset's row */
} rst_vote_t;

typedef struct rst_mode {
    int64_t offset;
    unsigned row; /* row of the vote in the middle */
    unsigned count;
} rst_mode_t;

int rst_vote_compare(const void *a, const void *b); /* by clock, then by offset */

/* Where most votes are close together. votes must be sorted by offset. Returns false if the same resets agree as well
 * on another offset. */
bool rst_vote_mode(const rst_vote_t *votes, unsigned count, rst_mode_t *mode);

/* The latest few differences between expected and found times, to follow a clock that drifts. */
#define RST_DRIFT_MAX 9

typedef struct rst_drift {
    int64_t offset[RST_DRIFT_MAX];
    unsigned count; /* differences so far */
} rst_drift_t;

void rst_drift_add(rst_drift_t *drift, int64_t offset);
int64_t rst_drift_offset(const rst_drift_t *drift, int64_t start);

/* How far a pair may be from the offset: several times the median of these distances. Reorders them. */
int64_t rst_spread(int64_t *misses, unsigned count);

#endif
