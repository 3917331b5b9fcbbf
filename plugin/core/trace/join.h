/* join.h
 * Joins the events of a kernel's trace to the resets of the capture.
 *
 * A reset belongs to an event with the same addresses and ports and the same shape (answer or abort) when both are each
 * other's nearest in time. The kernel's clock and the capture's may differ by anything: the offset is what most pairs
 * of one host agree on, followed along the capture, so that a slow drift does no harm.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JOIN_H
#define RST_JOIN_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/parse.h"
#include "trace/trace.h"
#include "track/reset.h"

typedef struct rst_join rst_join_t;

/* What the trace says about one reset. */
typedef struct rst_kernel_report {
    const rst_event_t *sent;     /* the sender's kernel reports it, or NULL */
    const rst_event_t *received; /* the receiver's kernel reports that it took it, or NULL */
    bool absent;                 /* the trace covers the sender's kernel at that time, and it reports nothing */
    unsigned neighbors;          /* when absent: resets of the same host just before and after that it does report */
} rst_kernel_report_t;

/* Takes the trace, which has ended. */
rst_join_t *rst_join_new(rst_trace_t *trace);
void rst_join_free(rst_join_t *join);

/* Every reset that is no copy, in the order of the capture. */
void rst_join_add(rst_join_t *join, const rst_reset_t *reset);

/* What is known of a reset so far. final = all resets were added; until then absence means nothing, and the work is
 * done again only when many resets came in the meantime. Returns false when nothing is known. */
bool rst_join_report(rst_join_t *join, const rst_reset_t *reset, bool final, rst_kernel_report_t *report);

typedef struct rst_join_sum {
    unsigned resets, matched;
    unsigned sent, received; /* events */
    int64_t offset;          /* ns, capture minus trace, of the host with most matches; RST_TIME_NONE when none */
    const rst_trace_t *trace;
} rst_join_sum_t;

rst_join_sum_t rst_join_sum(rst_join_t *join);

#endif
