/* strangers.h
 * An ordinary connection of two hosts that have nothing to do with a scene.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_STRANGERS_H
#define RST_FUZZ_STRANGERS_H

#include "scene.h"

#define STRANGERS_SEGMENTS 9

/* Its segment with this number, from 0. */
rst_segment_t strangers_segment(const scene_t *scene, unsigned number, int64_t time);

/* The time of that segment, well after the scene. Where no frame of a scene is later than the one before, the file has
 * no real times, and strangers do not have any either. */
int64_t strangers_time(const scene_t *scene, unsigned number);

#endif
