/* across.h
 * What several capture points make of a verdict: the reset was never sent by its apparent sender, the host itself sent
 * it, a segment was lost or changed between two points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ACROSS_H
#define RST_ACROSS_H

#include "compare.h"
#include "rules.h"

/* What became of a segment that was sent several times without an acknowledgment. */
typedef enum rst_fate {
    RST_FATE_UNKNOWN,
    RST_FATE_LOST,       /* no copy reached the other point */
    RST_FATE_UNANSWERED, /* copies arrived there, nothing answered */
    RST_FATE_NO_ANSWER   /* copies arrived and were answered, the answers did not come back */
} rst_fate_t;

typedef struct rst_run_report {
    rst_fate_t fate;
    unsigned here, there; /* numbers of the points */
    uint32_t visit;       /* at the other point: the copy that arrived, or its answer, 0 = none */
} rst_run_report_t;

/* x = sender of the run on its connection. */
rst_run_report_t rst_across_run(const rst_engine_t *engine, const rst_conn_t *conn, unsigned x, const rst_run_t *run);

/* A sentence on it, empty when nothing is known. */
const char *rst_across_run_text(const rst_run_report_t *report, const rst_memory_t *memory);

/* Revises the view's verdict. */
void rst_across_apply(const rst_view_t *view, const rst_compare_t *compare);

#endif
