/* trigger.h
 * What a reset answers, or that it answers nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRIGGER_H
#define RST_TRIGGER_H

#include "facts/prefs.h"
#include "track/reset.h"

/* Finds what the reset answers and sets its form. Returns the trigger in the peer's ring, which the caller marks as
 * answered unless the reset is a copy; NULL if there is none. */
rst_recent_segment_t *rst_reset_read_form(rst_reset_t *reset, const rst_segment_t *segment, const rst_prefs_t *prefs);

/* Is this reset a copy, made by the capture, of an earlier one from the same side? The form must be set. */
bool rst_reset_is_copy(const rst_reset_t *reset, const rst_reset_t *earlier, const rst_prefs_t *prefs);

/* Where the capture doubles packets, or shows a path at two places, other packets of the connection are there twice as
 * well; without other packets nobody knows. */
bool rst_reset_may_be_doubled(const rst_reset_t *reset);

/* Two resets with the same content that come from different distances, although the capture shows one place: one of
 * them was copied. */
bool rst_reset_is_imitated(const rst_reset_t *reset, const rst_reset_t *earlier, const rst_prefs_t *prefs);

#endif
