/* pace.c
 * How often work may be done that grows with the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/pace.h"

#include <glib.h>

#define BLINK 50000 /* microseconds */
#define PAUSE 8     /* times as long as the work took */
#define ROWS 256

bool rst_pace_begin(rst_pace_t *pace)
{
    int64_t now = g_get_monotonic_time();
    int64_t took = pace->ended - pace->began;

    if (took > BLINK && now - pace->ended < PAUSE * took && pace->refused < ROWS) {
        pace->refused++;
        return false;
    }
    pace->began = now;
    return true;
}

void rst_pace_end(rst_pace_t *pace)
{
    pace->ended = g_get_monotonic_time();
}
