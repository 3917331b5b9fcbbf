/* target.h
 * What the targets that play scenes have in common: a mutator that knows steps, and figures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_TARGET_H
#define RST_FUZZ_TARGET_H

#include "scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With RST_FUZZ_FIGURES in the environment, the averages over all executions are printed in the end. */
void target_count(const scene_t *scene);

/* With RST_FUZZ_SHOW in the environment, prints what is fed. */
void target_show(const scene_t *scene);

#endif
