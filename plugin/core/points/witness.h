/* witness.h
 * A point that shows nothing of a connection: other connections of the same hosts bear witness.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_H
#define RST_WITNESS_H

#include "points/compare.h"

/* A point nearer to the server that shows nothing of a connection, although it recorded others of the same two hosts
 * before and after: the at_point of one of those. NULL when there is none. */
const rst_conn_at_point_t *rst_compare_witness(const rst_points_t *points, const rst_conn_t *conn, rst_moment_t at);

#endif
