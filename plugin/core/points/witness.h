/* witness.h
 * Witnesses: other connections of the same hosts, for a point that shows nothing of a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_H
#define RST_WITNESS_H

#include "base/moment.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"

/* Looks for a point nearer to the server that shows nothing of a connection, although it was recording at that moment
 * and shows other connections that the client opened to that host shortly before or after. Returns one of those, as
 * that point shows it, or NULL. */
const rst_conn_at_point_t *rst_witness_find(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                            rst_moment_t at);

#endif
