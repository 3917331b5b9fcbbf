/* aftermath.h
 * What later segments of the connection show about a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AFTERMATH_H
#define RST_AFTERMATH_H

#include "facts/prefs.h"
#include "track/reset.h"

/* Adds what a later segment (not a copy) of the connection shows. from = index of its sender. */
void rst_aftermath_note(rst_reset_t *reset, unsigned from, const rst_segment_t *segment, rst_moment_t at,
                        const rst_prefs_t *prefs);

/* A later reset of the connection, which may refuse the same SYN. */
void rst_aftermath_refusal(rst_reset_t *reset, const rst_reset_t *later);

/* The same for a segment that is set aside (clues: RST_CLUE_*): a foreign one is evidence, but no proof. */
void rst_aftermath_misfit(rst_reset_t *reset, unsigned from, rst_moment_t at, unsigned clues);

/* Call after a segment was processed: records how far both directions have come. */
void rst_aftermath_reached(rst_reset_t *reset, const rst_direction_t *direction);

#endif
