/* route.h
 * Which capture point, and so which record of its connection, a segment belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ROUTE_H
#define RST_ROUTE_H

#include "facts/segment.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"
#include "track/connection.h"

/* Call when a second interface appears: takes over the connections so far. */
void rst_points_begin(rst_points_t *points);

/* Prepares a connection's record before its first segment, if each point has its own records. */
void rst_points_adopt(rst_points_t *points, rst_conn_t *table_conn, unsigned interface);

/* The record of the connection at the point of the interface, created if missing. */
rst_conn_t *rst_points_route(rst_points_t *points, rst_conn_t *table_conn, unsigned from, const rst_segment_t *segment,
                             unsigned interface);

#endif
