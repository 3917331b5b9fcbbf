/* log-files.c
 * Only regular files, because a pipe may never end, and may not be read twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <errno.h>
#include <stdio.h>

#include <glib/gstdio.h>

#include "log-files.h"

#define BLOCK 262144

/* The reason not to read the file, or NULL. */
static const char *forbidden(const char *path)
{
    GStatBuf info;

    if (g_stat(path, &info) != 0)
        return g_strerror(errno);
    if (!S_ISREG(info.st_mode))
        return "not a regular file";
    return info.st_size == 0 ? "empty" : NULL;
}

static const char *read_all(rst_engine_t *engine, const char *path)
{
    FILE *file = g_fopen(path, "rb");
    const char *problem = file ? NULL : g_strerror(errno);
    char *block;
    size_t length;

    if (!file)
        return problem;
    block = (char *)g_malloc(BLOCK);
    while ((length = fread(block, 1, BLOCK, file)) > 0)
        rst_engine_log_feed(engine, block, length);
    if (ferror(file))
        problem = "cannot be read to its end";
    g_free(block);
    fclose(file);
    return problem;
}

const char *rst_log_file_read(rst_engine_t *engine, const char *path, const char *name, const char *zone,
                              wmem_allocator_t *scope)
{
    const char *problem = forbidden(path);

    rst_engine_log_begin(engine, name, zone && *zone ? zone : NULL);
    if (!problem)
        problem = read_all(engine, path);
    rst_engine_log_end(engine);
    return problem ? wmem_strdup_printf(scope, "Witness %s: %s", path, problem) : NULL;
}
