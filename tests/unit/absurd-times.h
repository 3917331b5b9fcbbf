/* absurd-times.h
 * Captures with absurd times: negative, equal, far apart, going backward, near the ends of what 64 bits hold; several
 * interfaces whose clocks have nothing in common; kernel traces by yet another clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_ABSURD_TIMES_H
#define RST_TEST_ABSURD_TIMES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ABSURD_CLOCKS 12 /* kinds */

/* A clock of one kind. Its readings depend only on the random numbers that it draws. */
typedef struct absurd_clock {
    unsigned kind;
    int64_t now;
} absurd_clock_t;

void absurd_clock_set(absurd_clock_t *clock, unsigned kind, GRand *chance);

/* The next reading, by true time so much later. */
int64_t absurd_clock_read(absurd_clock_t *clock, int64_t step, GRand *chance);

/* A small capture made from a seed, with every question that the plugin asks: one point, several points, or with a
 * kernel trace. Returns a number that stands for all answers. */
typedef enum absurd_mode { ABSURD_ONE, ABSURD_POINTS, ABSURD_TRACE, ABSURD_MODES } absurd_mode_t;
guint absurd_capture(guint32 seed, absurd_mode_t mode);

#endif
