/* compare.h
 * One reset at all capture points of its connection: where it was seen, and where it is missing although that point was
 * recording the connection at that moment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COMPARE_H
#define RST_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "points/conn_at_point.h"
#include "points/interfaces.h"
#include "points/pairing.h"
#include "track/reset.h"

typedef enum rst_presence {
    RST_PRESENCE_UNKNOWN, /* the point may simply not have recorded it */
    RST_PRESENCE_SEEN,
    RST_PRESENCE_MISSING
} rst_presence_t;

/* Why we can believe that a reset was missing. It is not enough that a point recorded other segments before and after:
 * captures lose frames in bursts, and resets come in bursts. */
typedef enum rst_proof {
    RST_PROOF_NONE,
    RST_PROOF_TRIGGER,    /* the segment that the reset answers or acknowledges did not arrive either */
    RST_PROOF_RECIPROCAL, /* the peer's reset arrived there, which the peer never sent either */
    RST_PROOF_ALIVE       /* its apparent sender carries on with the connection there */
} rst_proof_t;

typedef struct rst_elsewhere {
    const rst_conn_at_point_t *at_point; /* of this connection, or of another one of the same hosts if there is none */
    bool witness;                        /* at_point is of another connection: the point shows nothing of this one */
    unsigned number;                     /* of the point, from 1 */
    rst_presence_t presence;
    rst_proof_t proof;        /* if missing */
    const rst_reset_t *copy;  /* if seen; NULL if its record is gone */
    uint32_t copy_pass_index; /* when seen */
    uint32_t trigger;         /* if that is the proof: what the reset answers or acknowledges */
    uint32_t before, after;   /* frames there (pass_index) between which the reset is missing, 0 = none */
} rst_elsewhere_t;

typedef struct rst_compare {
    const rst_points_t *points;
    const rst_conn_at_point_t *at_point; /* of the reset itself; NULL: nothing to compare */
    rst_elsewhere_t other[RST_AT_POINTS_MAX];
    unsigned others;
    const rst_elsewhere_t *absent; /* a point nearer to the apparent sender where it is missing; NULL = none */
    /* where the same reset was seen nearest to its sender, if nearer than here; NULL = none */
    const rst_elsewhere_t *nearest;
    const rst_reset_t *duplicate_of; /* the same reset, earlier, on another interface of the same host; NULL = none */
    bool from_host;                  /* seen at a point with no router between it and the sender */
} rst_compare_t;

void rst_compare(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare);

/* The records of the same reset at different points, including itself, nearest to the sender first. Returns their
 * number, at most RST_AT_POINTS_MAX, and 1 if they should not be treated as one event. */
unsigned rst_compare_copies(const rst_points_t *points, const rst_reset_t *reset, const rst_compare_t *compare,
                            const rst_reset_t **copy);

#endif
