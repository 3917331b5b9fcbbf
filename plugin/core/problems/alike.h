/* alike.h
 * Values of one timer differ a little.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ALIKE_H
#define RST_ALIKE_H

#include <stdbool.h>

#include "base/moment.h"

/* Is it between low and high, or beyond them by no more than one in so many parts? */
static inline bool rst_is_alike(int64_t value, int64_t low, int64_t high, int part)
{
    return value >= rst_time_sub(low, low / part) && value <= rst_time_add(high, high / part);
}

/* Is it between first and last, or at most a span before or after? */
static inline bool rst_is_around(int64_t at, int64_t first, int64_t last, int64_t span)
{
    return at >= rst_time_sub(first, span) && at <= rst_time_add(last, span);
}

#endif
