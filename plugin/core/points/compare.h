/* compare.h
 * One reset at all capture points of its connection: where it was seen, where it is missing although that point
 * recorded the connection at that moment, and what became of other segments on the way.
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
    RST_PRESENCE_UNKNOWN, /* the point may just not have recorded it */
    RST_PRESENCE_SEEN,
    RST_PRESENCE_MISSING
} rst_presence_t;

/* Why a missing reset can be believed. That a point recorded other things before and after is not enough: captures lose
 * frames in bursts, and a burst of resets is one. */
typedef enum rst_proof {
    RST_PROOF_NONE,
    RST_PROOF_TRIGGER,    /* nor did the segment arrive that the reset answers */
    RST_PROOF_RECIPROCAL, /* there the peer's reset came in, which the peer never sent either */
    RST_PROOF_ALIVE       /* its apparent sender goes on with the connection there */
} rst_proof_t;

typedef struct rst_elsewhere {
    const rst_conn_at_point_t
        *at_point;   /* of this connection, or of another one of the same hosts when there is none */
    bool witness;    /* the latter: the point shows nothing of this connection */
    unsigned number; /* of the point, from 1 */
    rst_presence_t presence;
    rst_proof_t proof;        /* when missing */
    const rst_reset_t *copy;  /* when seen; NULL when its record is no longer there */
    uint32_t copy_pass_index; /* when seen */
    uint32_t before, after;   /* frames there (pass_index) that enclose the missing reset, 0 = none */
} rst_elsewhere_t;

typedef struct rst_compare {
    const rst_points_t *points;
    const rst_conn_at_point_t *at_point; /* of the reset itself; NULL: nothing to compare */
    rst_elsewhere_t other[RST_AT_POINTS_MAX];
    unsigned others;
    const rst_elsewhere_t *absent;   /* nearer to the apparent sender, and missing there; NULL = none */
    const rst_elsewhere_t *nearest;  /* the same reset nearer to its sender than here; NULL = none */
    const rst_reset_t *duplicate_of; /* the same reset on another interface of one host, earlier; NULL = none */
    bool from_host;                  /* seen at a point without a hop between it and the sender */
} rst_compare_t;

void rst_compare(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare);

/* The records of the same reset at different points, itself included, nearest to the sender first; 1 when they are not
 * to be taken for one event. Returns their number, at most RST_AT_POINTS_MAX. */
unsigned rst_compare_copies(const rst_points_t *points, const rst_reset_t *reset, const rst_compare_t *compare,
                            const rst_reset_t **copy);

#endif
