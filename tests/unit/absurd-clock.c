/* absurd-clock.c
 * The kinds of clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "absurd-times.h"

#include "base/moment.h"

#define TODAY INT64_C(1700000000000000000)
#define HOUR (3600 * RST_SECOND)

enum {
    KIND_HONEST,
    KIND_HOURS_OFF,
    KIND_FAST,
    KIND_SLOW,
    KIND_STANDING,
    KIND_BACKWARDS,
    KIND_ZERO,
    KIND_NEGATIVE,
    KIND_BOOT, /* counts from the start of the machine, as kernels do */
    KIND_YEAR_2262,
    KIND_LEAPING,
    KIND_UNKNOWN
};

static const int64_t leaps[] = {
    RST_TIME_NONE,
    -RST_TIME_MAX,
    -RST_TIME_MAX + RST_SECOND,
    -RST_TIME_MAX / 2,
    -RST_ELAPSED_MAX,
    -RST_SECOND,
    -1,
    0,
    1,
    RST_SECOND,
    RST_ELAPSED_MAX,
    RST_ELAPSED_MAX + 1,
    TODAY,
    TODAY + 48 * HOUR,
    RST_TIME_MAX / 2,
    RST_TIME_MAX - RST_SECOND,
    RST_TIME_MAX,
};

void absurd_clock_set(absurd_clock_t *clock, unsigned kind, GRand *chance)
{
    static const int64_t start[ABSURD_CLOCKS] = {
        [KIND_HONEST] = TODAY,
        [KIND_FAST] = TODAY,
        [KIND_SLOW] = TODAY,
        [KIND_STANDING] = TODAY,
        [KIND_BACKWARDS] = TODAY,
        [KIND_NEGATIVE] = -RST_TIME_MAX,
        [KIND_BOOT] = 12345 * RST_SECOND,
        [KIND_YEAR_2262] = RST_TIME_MAX - 10 * RST_SECOND,
        [KIND_UNKNOWN] = RST_TIME_NONE,
    };

    clock->kind = kind % ABSURD_CLOCKS;
    clock->now = start[clock->kind];
    if (clock->kind == KIND_HOURS_OFF)
        clock->now = TODAY + g_rand_int_range(chance, -48, 49) * HOUR;
}

int64_t absurd_clock_read(absurd_clock_t *clock, int64_t step, GRand *chance)
{
    switch (clock->kind) {
    case KIND_FAST:
        clock->now = rst_time_add(clock->now, rst_time_times(1000, step));
        break;
    case KIND_SLOW:
        clock->now = rst_time_add(clock->now, step / 1000);
        break;
    case KIND_STANDING:
    case KIND_ZERO:
    case KIND_UNKNOWN:
        break;
    case KIND_BACKWARDS:
        clock->now = rst_time_sub(clock->now, step);
        break;
    case KIND_LEAPING:
        if (g_rand_boolean(chance))
            clock->now = leaps[g_rand_int_range(chance, 0, G_N_ELEMENTS(leaps))];
        break;
    default:
        clock->now = rst_time_add(clock->now, step);
        break;
    }
    return clock->now;
}
