/* steps.h
 * What to do about a failure, as told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STEPS_H
#define RST_STEPS_H

#include <stdbool.h>

#define RST_STEPS_MAX 64 /* more than any cause has, for hosts whose system is not known */

typedef struct rst_step {
    const char *text;
    bool command; /* can be pasted as it is; otherwise a sentence */
} rst_step_t;

typedef struct rst_advice {
    const char *meaning; /* one sentence */
    unsigned steps;
    rst_step_t step[RST_STEPS_MAX];
} rst_advice_t;

#endif
