/* pairing.h
 * Two at_points side by side, for the files of compare.h: what one recorded of the other's segments, and when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COMPARE_TRACK_H
#define RST_COMPARE_TRACK_H

#include "points/compare.h"

/* Was the segment recorded at at_point after the given moment of the other at_point? By its own copy there, or by the
 * clock. x = index of its sender at at_point. */
bool rst_at_point_is_later(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                           const rst_sighting_t *sighting, const rst_conn_at_point_t *other, rst_moment_t at);

/* Interfaces of two at_points: visits at the first one between which the other one recorded too. */
bool rst_at_point_spans(const rst_points_t *points, const rst_conn_at_point_t *there,
                        const rst_conn_at_point_t *at_point, uint32_t pass_index);

/* Segments of a side (its index at at_point) that at_point has and there has not, from the first common one to the
 * given pass_index. */
unsigned rst_at_point_lost(const rst_conn_at_point_t *there, const rst_conn_at_point_t *at_point, unsigned from,
                           uint32_t until, unsigned *compared);

/* Common segments of a point that loses next to nothing, by what reached the other one all the same; otherwise 0. */
uint32_t rst_at_point_clean(const rst_points_t *points, const rst_conn_at_point_t *there,
                            const rst_conn_at_point_t *at_point);

/* compare_witness.c: refused, and the server's point shows neither the SYN nor the reset. */
void rst_compare_unknown(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare);

#endif
