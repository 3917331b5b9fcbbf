/* clock.h
 * How far two capture points' clocks are apart, from segments that both recorded.
 *
 * Each sample is the middle between the difference of a segment of one direction and that of the other: the time on the
 * way cancels out. The median of the samples resists queues, their slope is the drift.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLOCK_H
#define RST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define RST_CLOCK_SAMPLES 32

typedef struct rst_clock_sample {
    int64_t time, offset; /* ns; by the first clock, and second clock minus first clock */
} rst_clock_sample_t;

/* Spread over the whole file: when it is full every second sample goes, and only every second new one comes in. */
typedef struct rst_clock {
    rst_clock_sample_t sample[RST_CLOCK_SAMPLES];
    uint32_t stride, skipped;
    uint8_t used;
} rst_clock_t;

void rst_clock_note(rst_clock_t *clock, int64_t time, int64_t offset);

/* Offset in ns (median) and drift in parts per million. Returns false without samples. */
bool rst_clock_read(const rst_clock_t *clock, int64_t *offset, int *drift);

/* Offset to expect at a moment of the first clock. Only after rst_clock_note(). */
int64_t rst_clock_at(const rst_clock_t *clock, int64_t time);

#endif
