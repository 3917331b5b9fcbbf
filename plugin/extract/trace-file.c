/* trace-file.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "plain-file.h"
#include "trace-file.h"

static const char *useless(const rst_trace_t *trace)
{
    if (trace->sent->len || trace->received->len)
        return NULL;
    if (trace->old)
        return "its kernel does not tell why it resets (the reason came with Linux 6.10)";
    return "no event tcp_send_reset or tcp_receive_reset in it";
}

static bool take(const char *bytes, size_t length, void *user_data)
{
    return rst_trace_feed((rst_trace_t *)user_data, bytes, length);
}

rst_trace_t *rst_trace_file_read(const char *path, wmem_allocator_t *scope, const char **problem)
{
    rst_trace_t *trace = rst_trace_new();
    const char *what = rst_plain_file_read(path, take, trace);

    rst_trace_end(trace);
    if (!what)
        what = useless(trace);
    if (!what)
        return trace;
    rst_trace_free(trace);
    *problem = wmem_strdup_printf(scope, "Kernel trace %s: %s", path, what);
    return NULL;
}
