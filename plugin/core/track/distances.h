/* distances.h
 * How far away a host is, and how long it takes to answer, according to its completed connections.
 *
 * A client that completes connections of its own may have any packet written under the other end's address in them. So
 * each distance keeps for which client it was seen: it counts for that one, and once a second client saw it, for all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DISTANCES_H
#define RST_DISTANCES_H

#include <glib.h>

#include "base/memory.h"
#include "track/direction.h"

struct rst_host;

#define RST_HOST_DISTANCES 4
#define RST_HOPS_UNKNOWN 254 /* the capture does not hold the TTL */

typedef struct rst_host_distance {
    struct rst_host *client; /* that saw it first; held, except in sums */
    int64_t round_trip;      /* shortest time until a SYN-ACK or another acknowledgment, ns */
    uint16_t connections;
    uint16_t round_trips;      /* of these, how many were timed */
    uint8_t hops, client_hops; /* of the host, and of the client in the latest such connection */
    bool for_all;              /* several clients saw it */
} rst_host_distance_t;

typedef struct rst_host_distances {
    rst_host_distance_t *seen; /* room for RST_HOST_DISTANCES; NULL before the first */
    int64_t slowest;           /* the longest of the round trips */
    uint8_t kinds;
} rst_host_distances_t;

typedef struct rst_hop_range {
    uint8_t min, max;
    uint16_t count; /* connections or resets measured */
} rst_hop_range_t;

/* What one client may believe of all that. */
typedef struct rst_distance_view {
    rst_hop_range_t range;
    uint16_t connections[RST_HOST_DISTANCES];
    uint8_t hops[RST_HOST_DISTANCES]; /* with that many connections each; 0 connections end the list */
    int64_t round_trip;
    uint16_t round_trips;
    bool hearsay; /* one other client's connections are all there is */
} rst_distance_view_t;

void rst_hop_note(rst_hop_range_t *range, uint8_t ttl);

/* Counts a completed connection, or adds those of another entry. There must be room for RST_HOST_DISTANCES. */
void rst_distances_add(rst_host_distances_t *distances, const rst_host_distance_t *more);

/* A later acknowledgment of such a connection came sooner. */
void rst_distances_hurry(rst_host_distances_t *distances, uint8_t hops, int64_t round_trip);

void rst_distances_drop(rst_host_distances_t *distances, const rst_memory_t *memory);

rst_distance_view_t rst_distances_for(const rst_host_distances_t *distances, const struct rst_host *client);

/* How many connections came from a distance that differs by more than one hop. */
unsigned rst_distances_apart(const rst_distance_view_t *view, uint8_t hops);

/* Do connections of the host have this distance? */
bool rst_distances_has(const rst_distance_view_t *view, uint8_t hops);

#endif
