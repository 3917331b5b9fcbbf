/* pairing.h
 * A connection at two points: which point is nearer to an end, and which of the other's segments a point recorded, and
 * when.
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

/* Number of a connection's point, counted from 1. */
unsigned rst_points_number(const rst_points_t *points, const rst_conn_at_point_t *at_point);

/* Are the two known to be at different points? Either several segments in both directions show it, or the user
 * says so. */
bool rst_points_proven(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* Are they two interfaces of one host, on which each packet appears as it passes through the host? */
bool rst_points_one_host(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* Is a nearer to side s (index in the whole) than b? 1 = yes, -1 = no, 0 = unknown. */
int rst_at_point_nearer(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                        unsigned s);

/* The sighting of a frame from one side; NULL if it is gone. */
const rst_sighting_t *rst_at_point_sighting(const rst_conn_at_point_t *at_point, unsigned from, uint32_t pass_index);

/* Was the segment, or were some of its bytes, recorded there? from = index of its sender there. NULL = no. */
const rst_sighting_t *rst_at_point_covers(const rst_conn_at_point_t *at_point, unsigned from,
                                          const rst_sighting_t *sighting);

/* Was the point still recording at a moment of the other one? */
bool rst_at_point_records_on(const rst_points_t *points, const rst_conn_at_point_t *there,
                             const rst_conn_at_point_t *at_point, rst_moment_t at);

/* Is a time at this point later than a moment of the other one, as far as their clocks are known? */
bool rst_at_point_is_after(const rst_points_t *points, const rst_conn_at_point_t *at_point, int64_t time,
                           const rst_conn_at_point_t *other, rst_moment_t at);

/* Was the segment recorded here after the given moment of the other point? Judged by its copy there, or by the clock.
 * from = index of its sender here. */
bool rst_at_point_is_later(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                           const rst_sighting_t *sighting, const rst_conn_at_point_t *other, rst_moment_t at);

/* Judging by all connections that both show, was the other point recording before and after a segment of this one? */
bool rst_at_point_spans(const rst_points_t *points, const rst_conn_at_point_t *there,
                        const rst_conn_at_point_t *at_point, uint32_t pass_index);

/* How many segments from one side (index here) this point has and the other does not, from the first common one to the
 * given pass_index. */
unsigned rst_at_point_lost(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                           uint32_t until, unsigned *compared);

/* The number of common segments if the other point misses next to nothing of what must have passed it; otherwise 0. */
uint32_t rst_at_point_clean(const rst_points_t *points, const rst_conn_at_point_t *there,
                            const rst_conn_at_point_t *at_point);

#endif
