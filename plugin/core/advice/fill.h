/* fill.h
 * The placeholders of advice (steps.def lists them).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FILL_H
#define RST_FILL_H

#include "advice/scene.h"
#include "base/memory.h"

/* What a text is about. */
typedef struct rst_filling {
    const rst_scene_t *scene;
    unsigned side;     /* the host that the step is about */
    bool names_system; /* {host} says which system it probably runs */
    bool loose;        /* what is not known is said in words; otherwise such a text is left out */
} rst_filling_t;

/* NULL = left out. */
const char *rst_fill(const rst_filling_t *filling, const char *template, const rst_memory_t *memory);

#endif
