/* plain-file.h
 * Reads a file that the user named: only regular ones, because a pipe may never end, and may not be read twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PLAIN_FILE_H
#define RST_PLAIN_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Gets the next bytes; returns false if it wants no more. */
typedef bool (*rst_plain_take_t)(const char *bytes, size_t length, void *user_data);

/* Returns NULL, or what is wrong, static. */
const char *rst_plain_file_read(const char *path, rst_plain_take_t take, void *user_data);

#endif
