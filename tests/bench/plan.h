/* plan.h
 * A flood before, amid or after a capture: which packet comes when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BENCH_PLAN_H
#define RST_BENCH_PLAN_H

#include "capture.h"
#include "kinds.h"

typedef enum position { BEFORE, BETWEEN, AFTER } position_t; /* between = spread over all gaps of the capture */

typedef struct plan {
    const kind_t *kind;
    uint64_t count;
    position_t position;
    bool ipv6;
    bool two; /* two interfaces of the file see each packet of the flood */
} plan_t;

typedef struct visitor {
    void (*packet)(void *data, uint32_t number);             /* of the capture, from 0 */
    void (*flood)(void *data, const rst_segment_t *segment); /* of the flood, with its time and interface */
    void *data;
} visitor_t;

/* Visits all packets in the order of the file. The flood is on the interfaces of the first and the last packet; if
 * these are the same, the second one is a new one. */
void plan_walk(const plan_t *plan, const capture_t *capture, const visitor_t *visitor);

#endif
