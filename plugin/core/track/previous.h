/* previous.h
 * What is kept of the connection that used the same addresses and ports before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PREVIOUS_H
#define RST_PREVIOUS_H

#include "base/moment.h"

/* Members are as of the SYN that started the next incarnation; arrays by index of the side. */
typedef struct rst_previous {
    bool live; /* it was open, and neither reset nor closed by both FINs, when the new SYN came */
    bool both_fins;
    bool reset;
    bool gaps;         /* packets are missing from the capture, perhaps a FIN */
    uint32_t known[2]; /* RST_DIRECTION_* of its directions */
    uint32_t nxt[2], acked[2], tsval[2];
    uint8_t ttl[2]; /* of the latest segment, 0 = unknown */
    rst_moment_t last;
} rst_previous_t;

#endif
