/* join.h
 * Joins the events in a kernel's trace with the resets in the capture.
 *
 * A reset belongs to an event with the same addresses, ports and shape (answer or abort) if each is the other's nearest
 * in time. The kernel's clock and the capture's may differ by any amount: the offset is what most pairs of one host
 * agree on. It is followed along the capture, so slow drift does no harm.
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
    const rst_event_t *sent;     /* the sender's kernel reports that it sent it, or NULL */
    const rst_event_t *received; /* the receiver's kernel reports that it received it, or NULL */
    bool absent;                 /* the trace covers the sender's kernel at that time, but contains no such event */
    unsigned neighbors;          /* if absent: how many resets of the same host just before and after it does contain */
} rst_kernel_report_t;

/* Takes ownership of the trace, which must be complete. */
rst_join_t *rst_join_new(rst_trace_t *trace);
void rst_join_free(rst_join_t *join);

/* Call for every reset that is not a copy, in capture order. */
void rst_join_add(rst_join_t *join, const rst_reset_t *reset);

/* What is known of a reset so far. final = all resets were added; until then absence means nothing, and the join is
 * redone only after many new resets. Returns false if nothing is known. */
bool rst_join_report(rst_join_t *join, const rst_reset_t *reset, bool final, rst_kernel_report_t *report);

typedef struct rst_join_sum {
    unsigned resets, matched;
    unsigned sent, received; /* events */
    int64_t offset; /* ns, capture minus trace, for the host with most matches; RST_TIME_NONE if there are none */
    const rst_trace_t *trace;
} rst_join_sum_t;

rst_join_sum_t rst_join_sum(rst_join_t *join);

#endif
