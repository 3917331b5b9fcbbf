/* advice.h
 * What to do about a failure: one sentence for whoever asked, then steps, one command to a line, with its addresses,
 * ports and times. steps.def and plans.def are the tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ADVICE_H
#define RST_ADVICE_H

#include "advice/scene.h"
#include "answer/steps.h"
#include "base/memory.h"

/* Texts live in memory, or are static. */
void rst_advice_tell(const rst_scene_t *scene, const rst_memory_t *memory, rst_advice_t *advice);

#endif
