/* quality.h
 * What the capture itself can tell: how it was taken, and what follows for the verdicts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_QUALITY_H
#define RST_QUALITY_H

#include "problems/census.h"

typedef struct rst_quality {
    uint32_t connections;
    uint32_t without_start; /* their SYN is not in the capture, */
    uint32_t late;          /* which may show it, because it has packets of the client */
    uint32_t one_way;       /* data of the client, nothing of the server */
    uint32_t unasked;       /* something of the server, nothing of the client */
    uint32_t bare;          /* nothing but resets */
    uint32_t lost;          /* packets were acknowledged that the capture does not show */
    uint32_t shared;        /* addresses of clients that several hosts share, by their TTLs */
    bool stands_still;      /* the clock */
} rst_quality_t;

rst_quality_t rst_quality_of(const rst_census_t *census);

/* Two lines for people. */
void rst_quality_write(const rst_census_t *census, GString *out);

#endif
