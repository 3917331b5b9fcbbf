/* clock.c
 * Offset and drift between two clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/clock.h"
#include "facts/segment.h"

#include <stdlib.h>

#define DRIFT_SPAN (60 * RST_SECOND) /* two samples closer together than this say nothing about drift */
#define DRIFT_ABSURD 10000           /* parts per million: such a clock was set, it did not drift */

void rst_clock_note(rst_clock_t *clock, int64_t time, int64_t offset)
{
    if (!clock->stride)
        clock->stride = 1;
    if (++clock->skipped < clock->stride)
        return;
    clock->skipped = 0;
    if (clock->used == RST_CLOCK_SAMPLES) {
        for (unsigned i = 0; i < RST_CLOCK_SAMPLES / 2; i++)
            clock->sample[i] = clock->sample[2 * i];
        clock->used = RST_CLOCK_SAMPLES / 2;
        clock->stride *= 2;
    }
    clock->sample[clock->used++] = (rst_clock_sample_t){time, offset};
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int64_t median(int64_t *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* Median of the slopes between pairs half the samples apart. */
static int drift_of(const rst_clock_t *clock)
{
    int64_t slope[RST_CLOCK_SAMPLES];
    unsigned half = clock->used / 2;
    unsigned slopes = 0;

    for (unsigned i = 0; half && i + half < clock->used; i++) {
        const rst_clock_sample_t *a = &clock->sample[i];
        const rst_clock_sample_t *b = &clock->sample[i + half];
        double span = (double)b->time - (double)a->time;

        if (span >= (double)DRIFT_SPAN)
            slope[slopes++] = (int64_t)(((double)b->offset - (double)a->offset) / span * 1e6);
    }
    if (!slopes)
        return 0;
    slope[0] = median(slope, slopes);
    return slope[0] > DRIFT_ABSURD || slope[0] < -DRIFT_ABSURD ? 0 : (int)slope[0];
}

bool rst_clock_read(const rst_clock_t *clock, int64_t *offset, int *drift)
{
    int64_t value[RST_CLOCK_SAMPLES];

    if (!clock->used)
        return false;
    for (unsigned i = 0; i < clock->used; i++)
        value[i] = clock->sample[i].offset;
    *offset = median(value, clock->used);
    *drift = drift_of(clock);
    return true;
}

int64_t rst_clock_at(const rst_clock_t *clock, int64_t time)
{
    const rst_clock_sample_t *nearest = &clock->sample[0];

    for (unsigned i = 1; i < clock->used; i++) {
        double now = (double)clock->sample[i].time - (double)time;
        double best = (double)nearest->time - (double)time;

        if ((now < 0 ? -now : now) < (best < 0 ? -best : best))
            nearest = &clock->sample[i];
    }
    return nearest->offset;
}
