/* witness.h
 * A point that shows nothing of a connection: other connections of the same hosts bear witness.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_H
#define RST_WITNESS_H

#include "base/moment.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"

/* A point nearer to the server that shows nothing of a connection, although it recorded others that the client
 * opened to that host before or after, not long from it, and was recording at that moment: one of those, as that point
 * shows it. NULL when there is none. */
const rst_conn_at_point_t *rst_witness_find(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                            rst_moment_t at);

#endif
