/* counts.h
 * What the statistics count, and the lines that they show: causes first, by count, then senders, servers and what does
 * not count as a reset of its own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COUNTS_H
#define RST_COUNTS_H

#include "packet-rst.h"
#include "preferences.h"
#include "servers.h"

typedef struct rst_counts rst_counts_t;

rst_counts_t *rst_counts_new(void);
void rst_counts_free(rst_counts_t *counts);
void rst_counts_clear(rst_counts_t *counts);
void rst_counts_add(rst_counts_t *counts, const rst_tap_t *tap);

/* The problems of the file, then what was counted, as rst_line_t in the order in which they are to be read. The caller
 * frees them with g_array_free(). */
GArray *rst_counts_lines(const rst_counts_t *counts);

#endif
