/* system.h
 * What programs ask of the system, where Windows has an answer of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SYSTEM_H
#define RST_SYSTEM_H

#include <stdio.h>

/* The words that a program was called with, the first one its name, as GLib takes names of files; for g_strfreev().
 * From now on, standard input and output hand on every byte as it is. */
char **system_words(char **argv);

/* A file to be read, by a name among these words. NULL: see errno. */
FILE *system_open(const char *path);

#endif
