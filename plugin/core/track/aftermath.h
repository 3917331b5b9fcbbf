/* aftermath.h
 * What later segments of its connection show about a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AFTERMATH_H
#define RST_AFTERMATH_H

#include "facts/prefs.h"
#include "track/reset.h"

/* A later segment (not a copy) of the connection revises the case. x = its sender. */
void rst_aftermath_note(rst_reset_t *reset, unsigned from, const rst_segment_t *segment, rst_moment_t at,
                        const rst_prefs_t *prefs);

/* After a segment was taken: how far both directions have come. */
void rst_aftermath_reached(rst_reset_t *reset, const rst_direction_t *direction);

#endif
