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
 * packed, each takes 12 bytes instead of 16. Nothing may take the address of its time, which is aligned to 4 bytes. */
#pragma pack(push, 4)
typedef struct rst_moment {
    uint32_t pass_index;
    int64_t time;
} rst_moment_t;
#pragma pack(pop)
_Static_assert(sizeof(rst_moment_t) == 12, "moments are packed");

/* One comparison for the usual case: not before a, and at most a span after it. Of unknown times it may say yes. */
static inline bool rst_is_soon_after(rst_moment_t a, rst_moment_t b, int64_t span)
{
    return (uint64_t)b.time - (uint64_t)a.time <= (uint64_t)span;
}

/* 31 years: absurd, and small enough to be multiplied without overflow */
#define RST_ELAPSED_MAX INT64_C(1000000000000000000)

/* Time from a to b in ns, at most 10^18; RST_TIME_NONE if either is unknown, b is earlier, or the difference is absurd:
 * clocks that jump prove nothing. */
static inline int64_t rst_time_elapsed(int64_t a, int64_t b)
{
    uint64_t elapsed = (uint64_t)b - (uint64_t)a;

    if (a == RST_TIME_NONE || b == RST_TIME_NONE || b < a)
        return RST_TIME_NONE;
    return elapsed > RST_ELAPSED_MAX ? RST_TIME_NONE : (int64_t)elapsed;
}

/* The same; also RST_TIME_NONE if either never was, even where a clock begins at zero. */
static inline int64_t rst_elapsed(rst_moment_t a, rst_moment_t b)
{
    return a.pass_index && b.pass_index ? rst_time_elapsed(a.time, b.time) : RST_TIME_NONE;
}

/* Arithmetic on times, spans and the offsets of clocks, ns. All of it is here: captures and kernel traces bear whatever
 * times somebody wrote into them, and elsewhere a bare + - * on such a value is a fault (tests/check-arithmetic.py).
 * Only a number times one of the units above needs no function. Unknown stays unknown; what does not fit into 64 bits
 * becomes RST_TIME_MAX or its negative. */
#define RST_TIME_MAX INT64_MAX

static inline int64_t rst_time_add(int64_t a, int64_t b)
{
    if (a == RST_TIME_NONE || b == RST_TIME_NONE)
        return RST_TIME_NONE;
    if (b > 0)
        return a > RST_TIME_MAX - b ? RST_TIME_MAX : a + b;
    return a < -RST_TIME_MAX - b ? -RST_TIME_MAX : a + b;
}

static inline int64_t rst_time_sub(int64_t a, int64_t b)
{
    return b == RST_TIME_NONE ? RST_TIME_NONE : rst_time_add(a, -b);
}

static inline int64_t rst_time_times(unsigned times, int64_t span)
{
    if (span == RST_TIME_NONE || !times)
        return span == RST_TIME_NONE ? RST_TIME_NONE : 0;
    if (span > RST_TIME_MAX / (int64_t)times)
        return RST_TIME_MAX;
    return span < -(RST_TIME_MAX / (int64_t)times) ? -RST_TIME_MAX : span * (int64_t)times;
}

/* percent of a span, rounded down to one of its hundredths. */
static inline int64_t rst_time_percent(unsigned percent, int64_t span)
{
    return span == RST_TIME_NONE ? RST_TIME_NONE : rst_time_times(percent, span / 100);
}

/* Neither unknown nor cut off. */
static inline bool rst_time_fits(int64_t time)
{
    return time > -RST_TIME_MAX && time < RST_TIME_MAX;
}

static inline int64_t rst_time_abs(int64_t span)
{
    return span < 0 && span != RST_TIME_NONE ? -span : span;
}

/* Seconds and nanoseconds of a clock; unknown if they do not fit. First what a sane clock says: each packet has one. */
static inline int64_t rst_time_of(int64_t seconds, int64_t nanoseconds)
{
    if ((uint64_t)seconds < RST_TIME_MAX / RST_SECOND && (uint64_t)nanoseconds < RST_SECOND)
        return seconds * RST_SECOND + nanoseconds;
    if (seconds >= RST_TIME_MAX / RST_SECOND || seconds <= -RST_TIME_MAX / RST_SECOND)
        return RST_TIME_NONE;
    return rst_time_add(seconds * RST_SECOND, nanoseconds);
}

/* Its whole seconds, rounded down, and the nanoseconds beyond them. */
static inline int64_t rst_time_seconds(int64_t time)
{
    return time / RST_SECOND - (time % RST_SECOND < 0);
}

static inline uint32_t rst_time_fraction(int64_t time)
{
    int64_t rest = time % RST_SECOND;

    return (uint32_t)(rest < 0 ? rest + RST_SECOND : rest);
}

/* How far apart two times are, in whatever order; RST_TIME_MAX also if either is unknown. */
static inline int64_t rst_time_apart(int64_t a, int64_t b)
{
    return a == RST_TIME_NONE || b == RST_TIME_NONE ? RST_TIME_MAX : rst_time_abs(rst_time_sub(a, b));
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
