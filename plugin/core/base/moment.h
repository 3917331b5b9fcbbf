/* moment.h
 * When a frame came: its position in the pass and its time, and what the clock can say about two of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MOMENT_H
#define RST_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define RST_TIME_NONE INT64_MIN /* the frame has no timestamp */
#define RST_MICROSECOND INT64_C(1000)
#define RST_MILLISECOND INT64_C(1000000)
#define RST_SECOND INT64_C(1000000000)

/* pass_index as in frames.h, 0 = never; time RST_TIME_NONE if the frame has none. A connection keeps dozens of these:
 * packed, each takes 12 bytes instead of 16. */
typedef struct __attribute__((packed, aligned(4))) rst_moment {
    uint32_t pass_index;
    int64_t time;
} rst_moment_t;

/* 31 years: absurd, and small enough to be multiplied without overflow */
#define RST_ELAPSED_MAX INT64_C(1000000000000000000)

/* Time from a to b in ns, at most 10^18; RST_TIME_NONE if either is unknown, b is earlier, or the difference is absurd:
 * clocks that jump prove nothing. */
static inline int64_t rst_elapsed(rst_moment_t a, rst_moment_t b)
{
    uint64_t elapsed = (uint64_t)b.time - (uint64_t)a.time;

    if (a.time == RST_TIME_NONE || b.time == RST_TIME_NONE || b.time < a.time)
        return RST_TIME_NONE;
    return elapsed > RST_ELAPSED_MAX ? RST_TIME_NONE : (int64_t)elapsed;
}

/* b minus a in ns; false if either is unknown or the difference is absurd. */
static inline bool rst_time_difference(int64_t a, int64_t b, int64_t *difference)
{
    *difference = (int64_t)((uint64_t)b - (uint64_t)a);
    if (a == RST_TIME_NONE || b == RST_TIME_NONE || (b < a) != (*difference < 0))
        return false;
    return *difference <= RST_ELAPSED_MAX && *difference >= -RST_ELAPSED_MAX;
}

#endif
