/* frames.h
 * Places in the pass, and frame numbers.
 *
 * With a read filter a rejected frame is dissected on the first pass and its number is given again to the next frame.
 * So the core counts frames itself (pass_index), which never repeats, and turns them into numbers only when it shows
 * something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FRAMES_H
#define RST_FRAMES_H

#include <glib.h>
#include <stdint.h>

typedef struct rst_frames {
    uint32_t pass_index; /* of the current frame, 0 before the first */
    uint32_t number;     /* of the current frame */
    GArray *breaks;      /* rst_frames_break_t, where pass_index minus number changes; NULL until the first */
    GArray *rejected;    /* pass_index (uint32_t) of frames without a number, ascending; NULL until the first */
} rst_frames_t;

/* The next frame is read for the first time. */
void rst_frames_next(rst_frames_t *frames, uint32_t number);

/* Frame number of a pass_index; 0 = no pass_index, or the frame was rejected. */
uint32_t rst_frames_number(const rst_frames_t *frames, uint32_t pass_index);

void rst_frames_free(rst_frames_t *frames);

#endif
