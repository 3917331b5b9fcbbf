/* pace.h
 * How often work may be done that grows with the capture and that each new packet makes out of date. Questions come
 * between packets only where a capture is read while it grows: there, such work gets at most a ninth of the time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PACE_H
#define RST_PACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rst_pace {
    int64_t began, ended; /* microseconds, of the work done last */
    uint32_t refused;     /* questions since the latest packet */
} rst_pace_t;

/* Call for each packet. */
static inline void rst_pace_packet(rst_pace_t *pace)
{
    pace->refused = 0;
}

/* May the work be done now? Always if it takes less than a blink, or is asked for more often than a screen has rows:
 * then somebody reads the whole file. Call rst_pace_end() after it. */
bool rst_pace_begin(rst_pace_t *pace);
void rst_pace_end(rst_pace_t *pace);

#endif
