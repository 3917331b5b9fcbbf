/* frames.h
 * Positions in the pass, and frame numbers.
 *
 * With a read filter, a rejected frame is dissected on the first pass, and its number is reused for the next frame. So
 * the core counts frames itself: pass_index never repeats. It is converted to a frame number only for display.
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
    GArray *breaks;      /* rst_frames_break_t, where pass_index minus frame number changes; NULL until the first */
    GArray *rejected;    /* pass_index (uint32_t) of rejected frames, ascending; NULL until the first */
    gboolean fell;       /* a frame number was lower than the one before */
} rst_frames_t;

/* The next frame is read for the first time. */
void rst_frames_next(rst_frames_t *frames, uint32_t number);

/* Frame number at a pass_index; 0 = pass_index is 0, or the frame was rejected. */
uint32_t rst_frames_number(const rst_frames_t *frames, uint32_t pass_index);

/* The pass_index of a frame that was not rejected; 0 = there is none. */
uint32_t rst_frames_pass_index(const rst_frames_t *frames, uint32_t number);

void rst_frames_free(rst_frames_t *frames);

#endif
