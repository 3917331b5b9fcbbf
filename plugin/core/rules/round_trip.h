/* round_trip.h
 * Time against the round trip.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ROUND_TRIP_H
#define RST_ROUND_TRIP_H

#include "rules/rule.h"

rst_moment_t
rst_reacts_to(const rst_view_t *view);        /* what its sender must have got: the segment that it answers, or data
                                               * that it is the first to acknowledge; pass_index 0 = nothing */
bool rst_too_fast(const rst_view_t *view);    /* no answer can come sooner than the round trip to the host */
bool rst_out_of_step(const rst_view_t *view); /* a stateless host answers after one round trip, this did not */

#endif
