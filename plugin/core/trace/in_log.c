/* in_log.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/in_log.h"

#include <string.h>

#define MARK "_reset:" /* of tcp_send_reset and tcp_receive_reset */

static bool has_mark(const char *bytes, size_t length)
{
    const char *end = bytes + length;

    for (const char *at = bytes; (at = memchr(at, MARK[0], (size_t)(end - at))); at++) {
        if ((size_t)(end - at) < strlen(MARK))
            return false;
        if (memcmp(at, MARK, strlen(MARK)) == 0)
            return true;
    }
    return false;
}

/* The mark may lie across two blocks. */
static bool has_mark_between(const rst_in_log_t *in_log, const char *bytes, size_t length)
{
    char both[2 * sizeof MARK];
    size_t before = MIN(in_log->filled, sizeof MARK);
    size_t after = MIN(length, sizeof MARK);

    memcpy(both, in_log->tail + in_log->filled - before, before);
    memcpy(both + before, bytes, after);
    return has_mark(both, before + after);
}

void rst_in_log_begin(rst_in_log_t *in_log)
{
    if (in_log->reading)
        rst_trace_feed(in_log->trace, "\n", 1); /* the last line of a file ends with it */
    in_log->reading = false;
    in_log->filled = 0;
}

/* Keeps the beginning of a line that goes on in the next block, unless it is longer than that of an event. */
static void keep_tail(rst_in_log_t *in_log, const char *bytes, size_t length)
{
    size_t start = length;

    while (start && bytes[start - 1] != '\n')
        start--;
    if (start)
        in_log->filled = 0;
    if (in_log->filled + length - start > sizeof in_log->tail) {
        in_log->filled = 0;
        return;
    }
    memcpy(in_log->tail + in_log->filled, bytes + start, length - start);
    in_log->filled += length - start;
}

void rst_in_log_feed(rst_in_log_t *in_log, const char *bytes, size_t length)
{
    if (in_log->reading) {
        rst_trace_feed(in_log->trace, bytes, length);
        return;
    }
    if (!has_mark(bytes, length) && !has_mark_between(in_log, bytes, length)) {
        keep_tail(in_log, bytes, length);
        return;
    }
    if (!in_log->trace)
        in_log->trace = rst_trace_new();
    in_log->reading = true;
    rst_trace_feed(in_log->trace, in_log->tail, in_log->filled);
    rst_trace_feed(in_log->trace, bytes, length);
}

rst_trace_t *rst_in_log_take(rst_in_log_t *in_log)
{
    rst_trace_t *trace = in_log->trace;

    rst_in_log_begin(in_log);
    in_log->trace = NULL;
    if (!trace)
        return NULL;
    rst_trace_end(trace);
    if (trace->sent->len || trace->received->len)
        return trace;
    rst_trace_free(trace);
    return NULL;
}
