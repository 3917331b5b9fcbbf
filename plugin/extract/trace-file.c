/* trace-file.c
 * Reads a trace: only regular, non-empty files, because trace_pipe itself never ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <errno.h>
#include <stdio.h>

#include <glib/gstdio.h>

#include "trace-file.h"

#define BLOCK 65536

static const char *useless(const rst_trace_t *trace)
{
    if (trace->sent->len || trace->received->len)
        return NULL;
    if (trace->old)
        return "its kernel does not tell why it resets (the reason came with Linux 6.10)";
    return "no event tcp_send_reset or tcp_receive_reset in it";
}

/* The reason not to read the file, or NULL. */
static const char *forbidden(const char *path)
{
    GStatBuf info;

    if (g_stat(path, &info) != 0)
        return g_strerror(errno);
    if (!S_ISREG(info.st_mode))
        return "not a regular file";
    return info.st_size == 0 ? "empty (of a tracing file, make a copy with cat)" : NULL;
}

static const char *fill(rst_trace_t *trace, const char *path)
{
    static char block[BLOCK];
    FILE *file = g_fopen(path, "rb");
    size_t length;
    bool failed;

    if (!file)
        return g_strerror(errno);
    while ((length = fread(block, 1, sizeof block, file)) > 0 && rst_trace_feed(trace, block, length))
        ;
    failed = ferror(file) != 0;
    fclose(file);
    return failed ? "cannot be read to its end" : NULL;
}

rst_trace_t *rst_trace_file_read(const char *path, wmem_allocator_t *scope, const char **problem)
{
    const char *what = forbidden(path);
    rst_trace_t *trace;

    if (what) {
        *problem = wmem_strdup_printf(scope, "Kernel trace %s: %s", path, what);
        return NULL;
    }
    trace = rst_trace_new();
    what = fill(trace, path);
    rst_trace_end(trace);
    if (!what)
        what = useless(trace);
    if (!what)
        return trace;
    rst_trace_free(trace);
    *problem = wmem_strdup_printf(scope, "Kernel trace %s: %s", path, what);
    return NULL;
}
