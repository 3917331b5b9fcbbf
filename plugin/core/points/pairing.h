/* pairing.h
 * A connection at two points, side by side: which point is nearer to an end, what one recorded of the other's segments,
 * and when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PAIRING_H
#define RST_PAIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"
#include "points/conn_at_point.h"
#include "points/interfaces.h"
#include "points/sightings.h"

/* Number of a connection's point as people count, from 1. */
unsigned rst_points_number(const rst_points_t *points, const rst_conn_at_point_t *at_point);

/* Are the two known to be at different points? Several segments of both directions show it, or the user says so. */
bool rst_points_proven(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* Are they two interfaces of one host, which shows each packet several times on its way? */
bool rst_points_one_host(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* Is a nearer to the sender of direction s (index in the whole) than b? 1 yes, -1 no, 0 unknown. */
int rst_at_point_nearer(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                        unsigned s);

/* The sighting of a frame in one direction; NULL when it is gone. */
const rst_sighting_t *rst_at_point_sighting(const rst_conn_at_point_t *at_point, unsigned from, uint32_t pass_index);

/* Was the segment, or were some of its bytes, recorded there? from = index of its sender there. NULL = no. */
const rst_sighting_t *rst_at_point_covers(const rst_conn_at_point_t *at_point, unsigned from,
                                          const rst_sighting_t *sighting);

/* The point was still recording at a moment of the other one. */
bool rst_at_point_records_on(const rst_points_t *points, const rst_conn_at_point_t *there,
                             const rst_conn_at_point_t *at_point, rst_moment_t at);

/* Does a time of this point lie after a moment of the other one, by what is known of their clocks? */
bool rst_at_point_is_after(const rst_points_t *points, const rst_conn_at_point_t *at_point, int64_t time,
                           const rst_conn_at_point_t *other, rst_moment_t at);

/* Was the segment recorded here after the given moment of the other point? By its own copy there, or by the clock.
 * from = index of its sender here. */
bool rst_at_point_is_later(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                           const rst_sighting_t *sighting, const rst_conn_at_point_t *other, rst_moment_t at);

/* By all connections that both show: did the other point record before and after a segment of this one? */
bool rst_at_point_spans(const rst_points_t *points, const rst_conn_at_point_t *there,
                        const rst_conn_at_point_t *at_point, uint32_t pass_index);

/* Segments of one sender (its index here) that this point has and the other has not, from the first common one to the
 * given pass_index. */
unsigned rst_at_point_lost(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                           uint32_t until, unsigned *compared);

/* Common segments of a point that loses next to nothing, by what reached the other one all the same; otherwise 0. */
uint32_t rst_at_point_clean(const rst_points_t *points, const rst_conn_at_point_t *there,
                            const rst_conn_at_point_t *at_point);

#endif
