/* system.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "system.h"

#include <errno.h>

#include <glib.h>

#ifdef G_OS_WIN32
#include <fcntl.h>
#include <io.h>

/* main() gets only what the code page has of the words, and a file would end at its first Ctrl-Z. */
char **system_words(char **argv)
{
    (void)argv;
    _setmode(_fileno(stdin), _O_BINARY);
    _setmode(_fileno(stdout), _O_BINARY);
    return g_win32_get_command_line();
}

/* Not by GLib: it may have another C runtime, whose FILE is none of ours. */
FILE *system_open(const char *path)
{
    wchar_t *name = g_utf8_to_utf16(path, -1, NULL, NULL, NULL);
    FILE *file = name ? _wfopen(name, L"rb") : NULL;

    if (!name)
        errno = EINVAL;
    g_free(name);
    return file;
}
#else
char **system_words(char **argv)
{
    return g_strdupv(argv);
}

FILE *system_open(const char *path)
{
    return fopen(path, "rb");
}
#endif
