/* claims.h
 * What may differ between two verdicts on a reset, one of an engine that knows less than the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_CLAIMS_H
#define RST_FUZZ_CLAIMS_H

#include "answer/verdict.h"
#include "scene.h"

/* cramped = of an engine that had to drop records: it claims nothing more, and hardly anything else. True without
 * RST_FUZZ_STRICT in the environment, because of inputs that are known to fail. */
bool claims_hold_cramped(const rst_verdict_t *ample, const rst_verdict_t *cramped);

/* earlier = after the first items, later = after the whole scene: what was sure stays, unless the rest is about the
 * connection of the reset or near its hosts, or a row of unit/script-excused.def allows it. reset = its item. */
bool claims_hold_later(const scene_t *scene, unsigned first_items, const scene_item_t *reset,
                       const rst_verdict_t *earlier, const rst_verdict_t *later);

#endif
