/* points.h
 * Capture points: files merged from several places show each segment once per place.
 *
 * A capture point is a set of interfaces. All interfaces of a connection begin as one point (a TAP or a bond has one
 * direction on each) and are report apart when the same segment is met on two of them. Each point has its own
 * connection record, so that nothing that the file holds twice is taken for a retransmission. Segments are matched by
 * identity, never by time; clocks are compared by what was matched.
 *
 * Nothing of this exists while a file has one interface. All memory is the engine's.
 *
 *   path    one TCP connection, at all points that show it
 *   at_point   the same at one point: its record (rst_conn_t) and the identities of its latest segments
 *   sighting   a segment at one point
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_POINTS_H
#define RST_POINTS_H

#include "points/clock.h"
#include "track/conn_table.h"
#include "track/file.h"
#include "track/hosts.h"
#include "track/reset.h"

#define RST_INTERFACES_MAX 16     /* further ones share the last */
#define RST_AT_POINTS_MAX 4       /* points at which one connection is followed */
#define RST_SIGHTINGS_MAX 64      /* identities kept per direction */
#define RST_SIGHTING_ROOM 2000000 /* of all connections together; further connections are followed without */
#define RST_AT_POINT_RESETS 16

enum {                         /* rst_sighting_t.known */
       RST_SIGHTING_ID = 0x01, /* a counted IP id, not 0 */
       RST_SIGHTING_STAMP = 0x02,
       RST_SIGHTING_WINDOW = 0x04,
       RST_SIGHTING_TTL = 0x08,
       RST_SIGHTING_LENGTH = 0x10
};

/* What tells one segment from all others, and what a device may change in it. */
typedef struct rst_sighting {
    int64_t time;
    uint32_t pass_index, seq, ack, len, tsval;
    uint32_t hash; /* of the first payload bytes, 0 = none captured */
    uint16_t ip_id, window;
    uint8_t flags, ttl, interface, known;
} rst_sighting_t;

typedef struct rst_sightings {
    rst_sighting_t *slot; /* oldest overwritten first; NULL until the first */
    uint8_t room, used, next;
    bool lost; /* older ones were overwritten or never noted */
} rst_sightings_t;

struct rst_whole_connection;

typedef struct rst_conn_at_point {
    rst_conn_t *conn;
    struct rst_whole_connection *whole;
    rst_conn_t *home;                   /* the record in the table of connections, at which the list of views begins */
    struct rst_conn_at_point *view;     /* the same addresses and ports at the next point */
    struct rst_conn_at_point *same_isn; /* next with this initial sequence number of the client */
    rst_sightings_t sent[2];            /* by index of the sender, in file order, copies left out */
    rst_reset_t *reset[RST_AT_POINT_RESETS]; /* in file order, copies left out */
    uint8_t resets;
    bool listed;         /* in the table of initial sequence numbers */
    bool crowded;        /* more resets than fit */
    bool mixed;          /* segments of two points were taken for one: nothing may be concluded */
    bool hops_vary[2];   /* by direction: the difference of hops to the path's first at_point is not constant */
    bool parted;         /* what followed showed that the path's other at_points belong to another connection */
    uint8_t swap;        /* index of a side in the whole = index here ^ swap (addresses may be translated) */
    uint8_t place;       /* among the path's at_points */
    uint8_t deltas;      /* bit per direction: delta, hops are known */
    int8_t hops[2];      /* TTL here minus TTL at the path's first at_point */
    uint16_t interfaces; /* bit per interface of this point that shows the connection */
    uint16_t sender[2];  /* bit per interface, by index of the sender */
    int64_t latest[2];   /* clock here minus clock at the path's first at_point, of the latest segments */
} rst_conn_at_point_t;

typedef struct rst_whole_connection {
    rst_conn_at_point_t *at_point[RST_AT_POINTS_MAX];
    uint8_t at_points;
    uint16_t same[RST_AT_POINTS_MAX][RST_AT_POINTS_MAX][2]; /* segments met at both, by direction in the whole; a < b */
    uint32_t latest[RST_AT_POINTS_MAX]
                   [RST_AT_POINTS_MAX]; /* [a][b]: pass_index at a of its latest segment also met at b */
} rst_whole_connection_t;

/* What two interfaces have in common. */
typedef struct rst_pair {
    uint32_t same[2];   /* segments met on both: sent by clients, by servers */
    int64_t nearest[2]; /* smallest distance in time of one segment, by the same directions */
    uint8_t zero[2];    /* roles whose segments came without a hop on the lower and on the higher interface */
    bool apart;         /* one segment was met on both */
    uint32_t first[2];  /* visits of the first matched segments on the lower and on the higher interface */
    uint32_t latest[2]; /* and of the latest */
    uint32_t missed[2]; /* segments missing on the lower (higher) one although they came from behind it */
    rst_clock_t clock;  /* of the higher interface against the lower one */
} rst_pair_t;

typedef enum rst_end { /* where a capture point is, as the user says */
                       RST_END_UNKNOWN,
                       RST_END_CLIENT,
                       RST_END_SERVER,
                       RST_END_MIDDLE
} rst_end_t;

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
    uint8_t mode;                      /* rst_points_mode_t */
    uint8_t home;                      /* the interface of everything before the second one appeared */
    bool several;                      /* at_points are kept */
    bool stated;                       /* the user says which interfaces belong together */
    uint8_t group[RST_INTERFACES_MAX]; /* by that statement; RST_INTERFACES_MAX = not mentioned */
    uint8_t end[RST_INTERFACES_MAX];   /* rst_end_t, by interface */
    rst_pair_t *pair[RST_INTERFACES_MAX][RST_INTERFACES_MAX]; /* [lower][higher], NULL until needed */
    GHashTable *by_isn; /* client's initial sequence number -> rst_conn_at_point_t; NULL until several */
    GPtrArray *cases;   /* rst_reset_t on at_points; NULL until several */
    uint32_t sightings; /* in all rings */
    bool finished;      /* back_references to the frames of the other points are made */
} rst_points_t;

/* All that is passed must outlive the points. */
void rst_points_open(rst_points_t *points, const rst_file_t *file, rst_hosts_t *hosts, rst_conn_table_t *table,
                     const rst_memory_t *memory);
void rst_points_close(rst_points_t *points);

#define RST_POINTS_BLANKS " ;" /* between the entries of the preference point_ends */

/* One entry, "server=1,2-3": its interfaces become a group. False when something in it is wrong; what is right in it
 * counts all the same. */
bool rst_points_state(rst_points_t *points, const char *entry, unsigned group);

/* Index of the segment's interface, noted when it is new. */
unsigned rst_points_interface(rst_points_t *points, const rst_segment_t *segment, rst_moment_t now);

/* What is known of two interfaces. */
typedef enum rst_relation { RST_RELATION_UNKNOWN, RST_RELATION_TOGETHER, RST_RELATION_APART } rst_relation_t;
rst_relation_t rst_points_relation(const rst_points_t *points, unsigned a, unsigned b);

/* The lowest interface that is known to belong to the same point. Tables across connections are kept per point: another
 * place counts other hops to the same host. */
unsigned rst_points_home(const rst_points_t *points, unsigned interface);

/* The lowest interface of a at_point. */
unsigned rst_at_point_interface(const rst_conn_at_point_t *at_point);

/* Number of a at_point's point as people count, from 1. */
unsigned rst_points_number(const rst_points_t *points, const rst_conn_at_point_t *at_point);

/* Are two at_points known to be of different points? Several segments of both directions show it, or the user says so.
 */
bool rst_points_proven(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* Are they two interfaces of one host, which shows each packet several times on its way? */
bool rst_points_one_host(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b);

/* One segment was met on two interfaces, sent by a client (0) or a server (1). */
void rst_points_met(rst_points_t *points, const rst_sighting_t *a, const rst_sighting_t *b, unsigned role);

/* The pair's record, or NULL; *swapped when a is the higher interface. */
const rst_pair_t *rst_points_pair(const rst_points_t *points, unsigned a, unsigned b, bool *swapped);

/* Takes over the connections so far when a second interface appears. */
void rst_points_begin(rst_points_t *points);

/* A connection's record before its first segment, when at_points are kept. */
void rst_points_adopt(rst_points_t *points, rst_conn_t *home, unsigned interface);

/* The record of the connection at the point of the interface, made when it is new. NULL when there are too many. */
rst_conn_t *rst_points_route(rst_points_t *points, rst_conn_t *home, unsigned from, const rst_segment_t *segment,
                             unsigned interface);

/* at_points.c */

/* A record for the connection at a point, alone on its path. */
rst_conn_at_point_t *rst_at_point_new(rst_points_t *points, rst_conn_t *conn, rst_conn_t *home);

/* The sighting of a segment of the current frame. */
rst_sighting_t rst_sighting_of(const rst_points_t *points, const rst_segment_t *segment, unsigned interface);

/* A segment of the latest interface, no copy, was taken on its connection, which has a at_point. reset = its case, if
 * it is one. */
void rst_at_point_take(rst_points_t *points, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                       rst_reset_t *reset);

/* The connection has begun anew on the same addresses and ports. */
void rst_at_point_restart(rst_points_t *points, rst_conn_t *conn);

/* Puts a at_point that is alone on the path of another one. */
void rst_at_point_join(rst_points_t *points, rst_conn_at_point_t *at_point, rst_conn_at_point_t *other);

/* sightings.c */

/* In file order: 0 = oldest. NULL beyond the end. */
const rst_sighting_t *rst_sightings_at(const rst_sightings_t *sightings, unsigned index);

/* Adds one; keeps none when *total has reached its bound. */
void rst_sightings_push(rst_sightings_t *sightings, const rst_sighting_t *sighting, uint32_t *total,
                        const rst_memory_t *memory);

/* The same segment, unchanged. */
bool rst_sighting_same(const rst_sighting_t *a, const rst_sighting_t *b);

/* The same packet, perhaps with other TCP numbers: by IP id, length, flags and payload. */
bool rst_sighting_same_packet(const rst_sighting_t *a, const rst_sighting_t *b);

/* Both bear what changes with every transmission: equal ones are one packet. */
bool rst_sighting_strong(const rst_sighting_t *a, const rst_sighting_t *b);

/* The latest sighting on another interface that is the same segment, otherwise the same packet; NULL if there is none.
 */
const rst_sighting_t *rst_sightings_find(const rst_sightings_t *sightings, const rst_sighting_t *sighting);

#endif
