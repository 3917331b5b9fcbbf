/* checks.h
 * Plays a scene to an engine, asks what the plugin asks, and checks what must hold for every input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_CHECKS_H
#define RST_FUZZ_CHECKS_H

#include "scene.h"

/* Every run asks for the final verdicts. These cost more than that, so each is made for a share of the inputs. */
enum {
    CHECK_EARLY = 0x01,   /* the verdict in the first pass, after each reset */
    CHECK_AGAIN = 0x02,   /* the same verdicts with and without texts */
    CHECK_FRAMES = 0x04,  /* what each frame belongs to, findings, foreign packets */
    CHECK_EXPLAIN = 0x08, /* explanations, and what the trace was worth */
    CHECK_TWICE = 0x10,   /* the same again gives the same */
    CHECK_AFTER = 0x20,   /* traffic of other hosts afterward changes nothing */
    CHECK_AMONG = 0x40,   /* nor does it in between */
    CHECK_TEXTS = 0x80,   /* with what is written */
    CHECK_ROOM = 0x100,   /* less memory never makes it surer */
    CHECK_FIRST = 0x200,  /* what was sure after some of it stays, unless its own connection goes on */
    CHECK_ALL = 0x3ff
};

/* The share that an input belongs to: by a hash of it, so that no mutation can prefer cheap or dear ones. With
 * RST_FUZZ_ALL in the environment, as in replays: all. */
unsigned checks_for(const uint8_t *data, size_t size);

void checks_run(const scene_t *scene, unsigned checks);

#endif
