/* delivery.h
 * What another capture point shows about a segment that was retransmitted in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DELIVERY_H
#define RST_DELIVERY_H

#include <stdint.h>

#include "base/memory.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"
#include "track/direction.h"

/* What became of a segment that was sent several times and never acknowledged. */
typedef enum rst_delivery_kind {
    RST_DELIVERY_UNKNOWN,
    RST_DELIVERY_LOST,       /* no copy reached the other point */
    RST_DELIVERY_UNANSWERED, /* copies arrived there, but no answer was sent */
    RST_DELIVERY_NO_ANSWER   /* copies arrived and were answered, but the answers did not come back */
} rst_delivery_kind_t;

typedef struct rst_delivery {
    rst_delivery_kind_t kind;
    unsigned here, there; /* numbers of the points */
    uint32_t pass_index;  /* at the other point: of the copy that arrived, or of its answer; 0 = none */
} rst_delivery_t;

/* from = index of its sender at this point. at_point may be NULL, while the file has one interface. */
rst_delivery_t rst_delivery_of(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                               const rst_retransmission_t *sent);

/* The name of a pattern if copies or their answers were lost between two points, otherwise NULL. */
const char *rst_delivery_pattern(const rst_delivery_t *delivery);

/* A sentence about it, empty if nothing is known. */
const char *rst_delivery_text(const rst_delivery_t *delivery, const rst_memory_t *memory);

#endif
