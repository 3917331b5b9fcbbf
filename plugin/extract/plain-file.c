/* plain-file.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <errno.h>
#include <stdio.h>

#include <glib/gstdio.h>

#include "plain-file.h"

#define BLOCK 262144

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

const char *rst_plain_file_read(const char *path, rst_plain_take_t take, void *user_data)
{
    const char *problem = forbidden(path);
    FILE *file = problem ? NULL : g_fopen(path, "rb");
    char *block;
    size_t length;

    if (!file)
        return problem ? problem : g_strerror(errno);
    block = (char *)g_malloc(BLOCK);
    while ((length = fread(block, 1, BLOCK, file)) > 0 && take(block, length, user_data))
        ;
    if (ferror(file))
        problem = "cannot be read to its end";
    g_free(block);
    fclose(file);
    return problem;
}
