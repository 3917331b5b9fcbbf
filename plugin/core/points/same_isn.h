/* same_isn.h
 * Connections by the initial sequence number of their client: address translation leaves it alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SAME_ISN_H
#define RST_SAME_ISN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "points/interfaces.h"

struct rst_conn_at_point;

typedef struct rst_same_isn {
    struct rst_conn_at_point *latest; /* leads to the earlier ones */
    uint32_t isn;
    uint32_t hash;
} rst_same_isn_t;

GHashTable *rst_same_isn_table(void);

/* NULL if there is none, and it is not to be made. */
rst_same_isn_t *rst_same_isn(const rst_points_t *points, uint32_t isn, bool make);

/* The latest one goes; latest = the one before it, NULL if there is none. */
void rst_same_isn_leave(const rst_points_t *points, uint32_t isn, struct rst_conn_at_point *latest);

#endif
