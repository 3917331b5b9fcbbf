/* delivery.h
 * What another capture point shows of a segment that was sent several times in vain.
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

/* What became of a segment that was sent several times without an acknowledgment. */
typedef enum rst_delivery_kind {
    RST_DELIVERY_UNKNOWN,
    RST_DELIVERY_LOST,       /* no copy reached the other point */
    RST_DELIVERY_UNANSWERED, /* copies arrived there, nothing answered */
    RST_DELIVERY_NO_ANSWER   /* copies arrived and were answered, the answers did not come back */
} rst_delivery_kind_t;

typedef struct rst_delivery {
    rst_delivery_kind_t kind;
    unsigned here, there; /* numbers of the points */
    uint32_t pass_index;  /* at the other point: the copy that arrived, or its answer, 0 = none */
} rst_delivery_t;

/* from = its sender at this point. at_point is NULL while the file has one interface. */
rst_delivery_t rst_delivery_of(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                               const rst_retransmission_t *sent);

/* NULL, or a pattern's name where copies or their answers were lost between two points. */
const char *rst_delivery_pattern(const rst_delivery_t *report);

/* A sentence on it, empty when nothing is known. */
const char *rst_delivery_text(const rst_delivery_t *report, const rst_memory_t *memory);

#endif
