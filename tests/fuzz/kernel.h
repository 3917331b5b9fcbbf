/* kernel.h
 * A kernel's trace that matches the resets of a scene, more or less.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_KERNEL_H
#define RST_FUZZ_KERNEL_H

#include "scene.h"

typedef struct kernel {
    uint8_t how;   /* bits: which side's kernel is traced (2), its clock (3), late start, lost events, receiver too */
    uint8_t state; /* counts resets */
} kernel_t;

/* A line about this reset, or none. */
void kernel_note(kernel_t *kernel, scene_t *scene, const rst_segment_t *reset, bool from_server, uint8_t operand);

#endif
