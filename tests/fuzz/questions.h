/* questions.h
 * What the plugin asks the engine, and what must hold for the answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_QUESTIONS_H
#define RST_FUZZ_QUESTIONS_H

#include "audit.h"
#include "engine/engine.h"

#define QUESTIONS_RESETS_MAX 64 /* asked again at the end */

typedef struct questions {
    rst_engine_t *engine;
    uint32_t reset[QUESTIONS_RESETS_MAX]; /* ids */
    unsigned resets;
    uint32_t frame; /* latest number */
} questions_t;

/* Feeds a segment of the current frame and asks for its verdict in the first pass. */
void questions_feed(questions_t *questions, const rst_segment_t *segment);

/* After the last frame. */
void questions_end(questions_t *questions);

#endif
