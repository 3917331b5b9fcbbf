/* ending.h
 * When the packets of a statistic are through. Wireshark's trees and tables of counters do not tell it, and a filter
 * may keep the last packet from them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENDING_H
#define RST_ENDING_H

#include <stdbool.h>

typedef enum rst_ending_kind {
    RST_ENDING_NONE,
    RST_ENDING_DRAWN,  /* statistics are drawn, at the end or before it */
    RST_ENDING_NEARLY, /* the last packet, or the last but one */
    RST_ENDING_LAST
} rst_ending_kind_t;

typedef struct rst_ending rst_ending_t;

/* Calls then() at each of these moments. A packet has its other records before that of the end. */
rst_ending_t *rst_ending_new(void (*then)(void *data, rst_ending_kind_t kind), void *data);
void rst_ending_free(rst_ending_t *ending);

/* Does anybody wait for the last packet? */
bool rst_ending_awaited(void);

#endif
