/* misfits.h
 * The packets that do not fit their side, by frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MISFITS_H
#define RST_MISFITS_H

#include "engine/state.h"

/* Counts a segment in the current frame and, if it is foreign, remembers what does not fit (RST_CLUE_*). */
void rst_misfits_count(rst_engine_t *engine, unsigned clues);

#endif
