/* in_log.h
 * A kernel's events among the lines of other logs. Most logs have none, so nothing is read as a trace before the name
 * of an event occurs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_IN_LOG_H
#define RST_IN_LOG_H

#include "trace/trace.h"

/* All zeros to begin with. */
typedef struct rst_in_log {
    rst_trace_t *trace;            /* NULL = no event so far */
    bool reading;                  /* this file has events */
    char tail[RST_TRACE_LINE_MAX]; /* of a block: the line that goes on in the next one */
    size_t filled;
} rst_in_log_t;

/* The next file. */
void rst_in_log_begin(rst_in_log_t *in_log);
void rst_in_log_feed(rst_in_log_t *in_log, const char *bytes, size_t length);

/* After the last file: the finished trace, which the caller frees; NULL if no log had an event. */
rst_trace_t *rst_in_log_take(rst_in_log_t *in_log);

#endif
