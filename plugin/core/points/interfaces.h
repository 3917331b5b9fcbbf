/* interfaces.h
 * The interfaces of a file, and which of them belong to one capture point.
 *
 * Files merged from several places show each segment once per place. A capture point is a set of interfaces. All
 * interfaces of a connection begin as one point (a TAP or a bond has one direction on each) and are told apart when the
 * same segment is met on two of them. Each point has its own record of the connection, so that nothing that the file
 * holds twice is taken for a retransmission. Segments are matched by identity, never by time; clocks are compared by
 * what was matched.
 *
 * Nothing of this exists while a file has one interface. All memory is the engine's.
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
#include "facts/point_ends.h"
#include "facts/segment.h"
#include "points/clock.h"
#include "points/sightings.h"
#include "track/conn_table.h"
#include "track/file.h"
#include "track/hosts.h"

/* What two interfaces have in common. */
typedef struct rst_pair {
    uint32_t same[2];   /* segments met on both: sent by clients, by servers */
    int64_t nearest[2]; /* smallest distance in time of one segment, by the same directions */
    uint8_t zero[2];    /* roles whose segments came without a hop on the lower and on the higher interface */
    bool apart;         /* one segment was met on both */
    uint32_t first[2];  /* pass_index of the first matched segments on the lower and on the higher interface */
    uint32_t latest[2]; /* and of the latest */
    uint32_t missed[2]; /* segments missing on the lower (higher) one although they came from behind it */
    rst_clock_t clock;  /* of the higher interface against the lower one */
} rst_pair_t;

typedef struct rst_points {
    const rst_file_t *file; /* the engine's, as what follows */
    rst_hosts_t *hosts;
    rst_conn_table_t *table;
    const rst_memory_t *memory;
    uint32_t key[RST_INTERFACES_MAX];        /* rst_segment_t.interface by index; 0 = free */
    rst_moment_t start[RST_INTERFACES_MAX];  /* first segment of each */
    int64_t latest_time[RST_INTERFACES_MAX]; /* of the latest segment of each */
    uint8_t interfaces;                      /* seen so far */
    uint8_t latest;
    uint8_t mode;            /* rst_points_mode_t */
    uint8_t first_interface; /* the interface of everything before the second one appeared */
    bool several;            /* each point has records of its own */
    bool stated;             /* the user says which interfaces belong together: */
    rst_point_ends_t ends;   /* so */
    rst_pair_t *pair[RST_INTERFACES_MAX][RST_INTERFACES_MAX]; /* [lower][higher], NULL until needed */
    GHashTable *by_isn; /* client's initial sequence number -> rst_conn_at_point_t; NULL until several */
    GHashTable *opened; /* rst_host_t -> rst_conn_at_point_t that it opened last; NULL until several */
    uint32_t sightings; /* in all rings */
    bool finished;      /* the whole file was read, and what the points missed was counted */
} rst_points_t;

/* All that is passed must outlive the points. */
void rst_points_open(rst_points_t *points, const rst_file_t *file, rst_hosts_t *hosts, rst_conn_table_t *table,
                     const rst_memory_t *memory);
void rst_points_close(rst_points_t *points);

/* Index of the segment's interface, noted when it is new. */
unsigned rst_points_interface(rst_points_t *points, const rst_segment_t *segment, rst_moment_t now);

/* What is known of two interfaces. */
typedef enum rst_relation { RST_RELATION_UNKNOWN, RST_RELATION_TOGETHER, RST_RELATION_APART } rst_relation_t;
rst_relation_t rst_points_relation(const rst_points_t *points, unsigned a, unsigned b);

/* The lowest interface that is known to belong to the same point. Tables across connections are kept per point: another
 * place counts other hops to the same host. */
unsigned rst_points_lowest(const rst_points_t *points, unsigned interface);

/* One segment was met on two interfaces, sent by a client (0) or a server (1). */
void rst_points_met(rst_points_t *points, const rst_sighting_t *a, const rst_sighting_t *b, unsigned role);

/* Do two sightings of one segment show that their interfaces belong to different points? */
bool rst_points_shows_apart(const rst_sighting_t *a, const rst_sighting_t *b);

/* The pair's record, or NULL; *swapped when a is the higher interface. */
const rst_pair_t *rst_points_pair(const rst_points_t *points, unsigned a, unsigned b, bool *swapped);

#endif
