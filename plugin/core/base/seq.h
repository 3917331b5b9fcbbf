/* seq.h
 * Arithmetic on TCP sequence numbers, which wrap at 2^32 (RFC 9293, section 3.4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SEQ_H
#define RST_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* Distance from b to a: positive when a is later. Valid while |distance| < 2^31. */
static inline int32_t rst_seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* How far a is ahead of b, all the way round if it is behind. */
static inline uint32_t rst_seq_ahead(uint32_t a, uint32_t b)
{
    return a - b;
}

static inline bool rst_seq_before(uint32_t a, uint32_t b)
{
    return rst_seq_diff(a, b) < 0;
}

static inline bool rst_seq_after(uint32_t a, uint32_t b)
{
    return rst_seq_diff(a, b) > 0;
}

/* Without window scaling, no more is sent before the other side has acknowledged something. */
#define RST_FIRST_FLIGHT 65535

static inline bool rst_seq_soon_after(uint32_t number, uint32_t start)
{
    return rst_seq_ahead(number, start) <= RST_FIRST_FLIGHT;
}

#endif
