/* round_trip.h
 * The timing of a reset compared with the round trip.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ROUND_TRIP_H
#define RST_ROUND_TRIP_H

#include "rules/rule.h"

/* What its sender must have received: the segment that it answers, or data that it is the first to acknowledge;
 * pass_index 0 = nothing. */
rst_moment_t rst_reacts_to(const rst_view_t *view);

/* It came sooner than any answer could, after less than the round trip to the host. */
bool rst_too_fast(const rst_view_t *view);

/* It came much sooner than this connection's own shortest sample, of which there may be just one. */
bool rst_hurried(const rst_view_t *view);

/* A stateless host answers after one round trip, but this came sooner or much later. */
bool rst_out_of_step(const rst_view_t *view);

#endif
