/* kinds.h
 * Kinds of traffic, each made of many connections that differ only in addresses, ports and numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BENCH_KINDS_H
#define RST_BENCH_KINDS_H

#include "facts/segment.h"

/* One segment of a kind of connection: sender (0 = client), flags, distance from the two initial numbers, payload. */
typedef struct step {
    uint8_t from, flags;
    uint16_t seq, ack, len;
} step_t;

/* Which connections there are. */
typedef enum place {
    PLACE_CLIENTS, /* a thousand clients of one service, from all their ports */
    PLACE_SAME,    /* always the same addresses and ports */
    PLACE_SOURCES, /* each from another address, to one service */
    PLACE_TARGETS, /* from one source, each to another address */
    PLACE_PORTS,   /* from one source to all ports of a host, then of the next */
    PLACE_SERVICES, /* 100000 services, each from a client of its own */
    PLACE_SPREAD,  /* each from a random IPv6 address */
    PLACE_CHOSEN   /* from IPv6 addresses that once met in 2048 places of the table, whatever its secret */
} place_t;

typedef struct kind {
    const char *name;
    unsigned steps; /* 0 = UDP, which the core does not see */
    place_t place;
    bool once; /* the steps before the last occur only once */
    step_t step[8];
} kind_t;

/* NULL if there is none of that name. */
const kind_t *kind_named(const char *name);

/* A segment of the connection with this number, of an IPv6 connection if ipv6. */
rst_segment_t kind_segment(const kind_t *kind, unsigned step, uint32_t number, bool ipv6);

#endif
