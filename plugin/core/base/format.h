/* format.h
 * printf for what nearly all sentences are made of, at a tenth of its cost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FORMAT_H
#define RST_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include <glib.h>

/* Like vsnprintf, for a size that is not 0. Returns the length of what was written. */
size_t rst_format(char *buffer, size_t size, const char *format, va_list args) G_GNUC_PRINTF(3, 0);

/* Writes the digits of a number, at most ten, and nothing behind them. Returns where they end. */
char *rst_format_number(char *at, unsigned value);

#endif
