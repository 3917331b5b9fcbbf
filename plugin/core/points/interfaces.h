/* interfaces.h
 * The interfaces of a file, and which of them belong to one capture point.
 *
 * Files merged from several places show each segment once per place. A capture point is a set of interfaces. All
 * interfaces of a connection begin as one point (a TAP or a bond has one direction on each) and are separated when the
 * same segment is seen on two of them. Each point has its own record of the connection, so that nothing that the file
 * contains twice is mistaken for a retransmission. Segments are matched by identity, never by time; clocks are compared
 * by the matched segments.
 *
 * None of this exists while a file has one interface. All memory belongs to the engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_INTERFACES_H
#define RST_INTERFACES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/moment.h"
#include "base/siphash.h"
#include "facts/point_ends.h"
#include "facts/segment.h"
#include "points/clock.h"
#include "points/sightings.h"
#include "track/conn_table.h"
#include "track/file.h"
#include "track/hosts.h"

/* What two interfaces have in common. */
typedef struct rst_pair {
    uint32_t same[2];   /* segments seen on both: sent by clients, by servers */
    int64_t nearest[2]; /* smallest time between the two sightings of a segment: sent by clients, by servers */
    uint8_t zero[2];    /* roles whose segments had made no hop on the lower and on the higher interface */
    bool apart;         /* the same segment was seen on both */
    uint32_t first[2];  /* pass_index of the first matched segment on the lower and on the higher interface */
    uint32_t latest[2]; /* pass_index of the latest one */
    uint32_t missed[2]; /* segments missing on the lower and on the higher one although they must have passed it */
    rst_clock_t clock;  /* of the higher interface relative to the lower one */
} rst_pair_t;

typedef struct rst_points {
    const rst_file_t *file; /* this and the following pointers belong to the engine */
    rst_hosts_t *hosts;
    rst_conn_table_t *table;
    const rst_memory_t *memory;
    uint32_t key[RST_INTERFACES_MAX];        /* rst_segment_t.interface by index; 0 = free */
    rst_moment_t start[RST_INTERFACES_MAX];  /* the first segment on each */
    int64_t latest_time[RST_INTERFACES_MAX]; /* of the latest segment on each */
    uint8_t interfaces;                      /* seen so far */
    uint8_t latest;
    uint8_t mode;            /* rst_points_mode_t */
    uint8_t first_interface; /* the interface of everything before the second one appeared */
    bool several;            /* each point has records of its own */
    bool stated;             /* the user says which interfaces belong together */
    rst_point_ends_t ends;   /* what the user says */
    rst_pair_t *pair[RST_INTERFACES_MAX][RST_INTERFACES_MAX]; /* [lower][higher]; NULL until needed */
    GHashTable *by_isn; /* rst_same_isn_t (same_isn.h), keyed by itself; NULL until several */
    GHashTable *opened; /* rst_host_t -> the rst_conn_at_point_t that it opened last; NULL until several */
    rst_secret_t secret;
    uint32_t sightings; /* total in all rings */
    bool finished;      /* the whole file was read, and the losses of the points were counted */
} rst_points_t;

/* Everything passed in must outlive the points. */
void rst_points_open(rst_points_t *points, const rst_file_t *file, rst_hosts_t *hosts, rst_conn_table_t *table,
                     const rst_memory_t *memory);
void rst_points_close(rst_points_t *points);

/* Index of the segment's interface, added if it is new. */
unsigned rst_points_interface(rst_points_t *points, const rst_segment_t *segment, rst_moment_t now);

/* What is known of two interfaces. */
typedef enum rst_relation { RST_RELATION_UNKNOWN, RST_RELATION_TOGETHER, RST_RELATION_APART } rst_relation_t;
rst_relation_t rst_points_relation(const rst_points_t *points, unsigned a, unsigned b);

/* The lowest interface known to belong to the same point. It identifies the point in tables across connections, which
 * are kept per point because different places are at different distances from a host. */
unsigned rst_points_lowest(const rst_points_t *points, unsigned interface);

/* The same segment, sent by a client (role 0) or a server (1), was seen on two interfaces. */
void rst_points_met(rst_points_t *points, const rst_sighting_t *a, const rst_sighting_t *b, unsigned role);

/* Do two sightings of the same segment show that their interfaces belong to different points? */
bool rst_points_shows_apart(const rst_sighting_t *a, const rst_sighting_t *b);

/* The most that the clocks of two interfaces differ, ns; RST_TIME_NONE if they share no segment. */
int64_t rst_points_clocks_apart(const rst_points_t *points);

/* The record of the pair, or NULL; *swapped = a is the higher interface. */
const rst_pair_t *rst_points_pair(const rst_points_t *points, unsigned a, unsigned b, bool *swapped);

#endif
