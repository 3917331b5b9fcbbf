/* clock.h
 * How far apart the clocks of two capture points are, from segments that both recorded.
 *
 * Each sample is the mean of two differences, one from a segment of each direction, so that the transit time cancels
 * out. The median of the samples is robust against queuing, and their slope is the drift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLOCK_H
#define RST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define RST_CLOCK_SAMPLES 32

typedef struct rst_clock_sample {
    int64_t time, offset; /* ns; time by the first clock, offset = second clock minus first clock */
} rst_clock_sample_t;

/* The samples are spread over the whole file: when the array is full, every second sample is dropped, and from then on
 * only every second new one is kept. */
typedef struct rst_clock {
    rst_clock_sample_t sample[RST_CLOCK_SAMPLES];
    uint32_t stride, skipped;
    uint8_t used;
} rst_clock_t;

void rst_clock_note(rst_clock_t *clock, int64_t time, int64_t offset);

/* Offset in ns (median) and drift in parts per million. Returns false if there are no samples. */
bool rst_clock_read(const rst_clock_t *clock, int64_t *offset, int *drift);

/* The expected offset at a time of the first clock. Call only after rst_clock_note(). */
int64_t rst_clock_at(const rst_clock_t *clock, int64_t time);

#endif
