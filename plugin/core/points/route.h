/* route.h
 * To which point, and so to which record of its connection, a segment belongs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ROUTE_H
#define RST_ROUTE_H

#include "facts/segment.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"
#include "track/connection.h"

/* Takes over the connections so far when a second interface appears. */
void rst_points_begin(rst_points_t *points);

/* A connection's record before its first segment, when each point has records of its own. */
void rst_points_adopt(rst_points_t *points, rst_conn_t *table_conn, unsigned interface);

/* The record of the connection at the point of the interface, made when it is new. NULL when there are too many. */
rst_conn_t *rst_points_route(rst_points_t *points, rst_conn_t *table_conn, unsigned from, const rst_segment_t *segment,
                             unsigned interface);

#endif
