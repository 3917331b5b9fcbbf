/* plain-file.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <errno.h>
#include <stdio.h>

#include <glib/gstdio.h>

#include "plain-file.h"

#define BLOCK 262144
#define EXISTS 0 /* F_OK, which Windows has without a name */

/* The reason not to open the file, or NULL. */
static const char *forbidden(const char *path)
{
    if (g_access(path, EXISTS) != 0)
        return g_strerror(errno);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? NULL : "not a regular file";
}

/* It has no last byte. A file of the kernel claims so, too, whatever it would give; read to its end, some never end. */
static bool is_empty(FILE *file)
{
    return fseek(file, -1, SEEK_END) != 0 || fseek(file, 0, SEEK_SET) != 0;
}

static const char *read_all(FILE *file, rst_plain_take_t take, void *user_data)
{
    char *block = (char *)g_malloc(BLOCK);
    bool failed;
    size_t length;

    while ((length = fread(block, 1, BLOCK, file)) > 0 && take(block, length, user_data))
        ;
    failed = ferror(file) != 0;
    g_free(block);
    return failed ? "cannot be read to its end" : NULL;
}

const char *rst_plain_file_read(const char *path, rst_plain_take_t take, void *user_data)
{
    const char *problem = forbidden(path);
    FILE *file = problem ? NULL : g_fopen(path, "rb");

    if (!file)
        return problem ? problem : g_strerror(errno);
    problem = is_empty(file) ? "empty (of a tracing file, make a copy with cat)" : read_all(file, take, user_data);
    fclose(file);
    return problem;
}
