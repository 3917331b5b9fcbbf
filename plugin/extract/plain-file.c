/* plain-file.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <errno.h>

#include <glib/gstdio.h>

#include "plain-file.h"

#define BLOCK 262144
#define READABLE 4 /* R_OK, which Windows has without a name */

/* The reason not to open the file, or NULL. */
static const char *forbidden(const char *path)
{
    if (g_access(path, READABLE) != 0)
        return g_strerror(errno);
    return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? NULL : "not a regular file";
}

/* It has no last byte. A file of the kernel claims so, too, whatever it would give; read to its end, some never end. */
static bool is_empty(GIOChannel *file)
{
    return g_io_channel_seek_position(file, -1, G_SEEK_END, NULL) != G_IO_STATUS_NORMAL ||
           g_io_channel_seek_position(file, 0, G_SEEK_SET, NULL) != G_IO_STATUS_NORMAL;
}

static const char *read_all(GIOChannel *file, rst_plain_take_t take, void *user_data)
{
    char *block = (char *)g_malloc(BLOCK);
    GIOStatus status;
    gsize length;

    do
        status = g_io_channel_read_chars(file, block, BLOCK, &length, NULL);
    while (status == G_IO_STATUS_NORMAL && take(block, length, user_data));
    g_free(block);
    return status == G_IO_STATUS_ERROR ? "cannot be read to its end" : NULL;
}

/* By GLib alone: on Windows, a FILE that it opened may belong to another C runtime than ours. */
const char *rst_plain_file_read(const char *path, rst_plain_take_t take, void *user_data)
{
    const char *problem = forbidden(path);
    GIOChannel *file = problem ? NULL : g_io_channel_new_file(path, "r", NULL);

    if (!file)
        return problem ? problem : "cannot be opened";
    g_io_channel_set_encoding(file, NULL, NULL); /* bytes as they are */
    g_io_channel_set_buffered(file, FALSE);
    problem = is_empty(file) ? "empty (of a tracing file, make a copy with cat)" : read_all(file, take, user_data);
    g_io_channel_unref(file);
    return problem;
}
