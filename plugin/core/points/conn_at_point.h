/* conn_at_point.h
 * One TCP connection as one capture point shows it, and together with all points that show it.
 *
 * Everything here belongs to one use of the addresses and ports. The record of the connection (rst_conn_t) goes on with
 * the next use of them; whoever asks about a reset afterwards finds here what was true of its own connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONN_AT_POINT_H
#define RST_CONN_AT_POINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"
#include "facts/segment.h"
#include "points/interfaces.h"
#include "points/sightings.h"
#include "track/connection.h"
#include "track/reset.h"

#define RST_AT_POINTS_MAX 4 /* points at which one connection is followed */
#define RST_AT_POINT_RESETS 16

/* What is asked of a connection after it, as its latest segment left it. */
typedef struct rst_conn_facts {
    rst_moment_t first, last; /* segments, as those of rst_conn_t */
    uint32_t isn[2];
    uint16_t syn_window[2];
    uint8_t hop_min[2], hop_max[2];
    bool syn[2];    /* isn and syn_window are known */
    bool hops[2];   /* hop_min and hop_max are */
    uint8_t client; /* index of the client, perhaps by its port */
} rst_conn_facts_t;

struct rst_whole_connection;

typedef struct rst_conn_at_point {
    rst_conn_t *conn;       /* the record, which may have gone on with the next use: only addresses and ports stay */
    rst_conn_facts_t facts; /* what of the record is true of this use */
    struct rst_whole_connection *whole;
    rst_conn_t *table_conn;             /* the record in the table of connections, at which the list of views begins */
    struct rst_conn_at_point *view;     /* the same addresses and ports at the next point */
    struct rst_conn_at_point *previous; /* the use of the addresses and ports before this one, at this point */
    struct rst_conn_at_point *next;     /* and the one after it */
    struct rst_conn_at_point *opened_before; /* the connection that this client opened before this one, at this point */
    struct rst_conn_at_point *opened_after;  /* and after it */
    struct rst_conn_at_point *same_isn;      /* next with this initial sequence number of the client */
    rst_sightings_t sent[2];                 /* by index of the sender, in file order, copies left out */
    rst_reset_t **reset; /* RST_AT_POINT_RESETS, in file order, copies left out; NULL until the first */
    uint8_t resets;
    bool listed;         /* in the table of initial sequence numbers */
    bool crowded;        /* more resets than fit */
    bool mixed;          /* segments of two points were taken for one: nothing may be concluded */
    bool hops_vary[2];   /* by direction: the difference of hops to the whole's first point is not constant */
    bool parted;         /* what followed showed that the other points show another connection */
    uint8_t swap;        /* index of a direction in the whole = index here ^ swap (addresses may be translated) */
    uint8_t place;       /* in the whole */
    uint8_t deltas;      /* RST_DELTA_* << direction: what is known of the distance to the whole's first point */
    int8_t hops[2];      /* TTL here minus TTL at the whole's first point */
    uint16_t interfaces; /* bit per interface of this point that shows the connection */
    uint16_t sender[2];  /* bit per interface, by index of the sender */
    int64_t latest[2];   /* clock here minus clock at the whole's first point, of the latest segments */
} rst_conn_at_point_t;

enum { /* rst_conn_at_point_t.deltas, per direction */
       RST_DELTA_TIME = 0x01,
       RST_DELTA_HOPS = 0x04
};

typedef struct rst_whole_connection {
    rst_conn_at_point_t *at_point[RST_AT_POINTS_MAX];
    uint8_t at_points;
    uint16_t same[RST_AT_POINTS_MAX][RST_AT_POINTS_MAX][2]; /* segments met at both, by direction in the whole; a < b */
    uint32_t latest[RST_AT_POINTS_MAX]
                   [RST_AT_POINTS_MAX]; /* [a][b]: pass_index at a of its latest segment also met at b */
} rst_whole_connection_t;

/* The connection at a point, so far at no other one. */
rst_conn_at_point_t *rst_at_point_new(rst_points_t *points, rst_conn_t *conn, rst_conn_t *table_conn);

/* A segment of the latest interface, no copy, was taken on its connection, which is followed at its points. reset = its
 * record, if it is one. */
void rst_at_point_take(rst_points_t *points, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                       rst_reset_t *reset);

/* The client's first SYN: puts the connection behind the one that the client opened before. */
void rst_at_point_opened(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned client);

/* The connection has begun anew on the same addresses and ports. */
void rst_at_point_restart(rst_points_t *points, rst_conn_t *conn);

/* The lowest interface that shows the connection here. */
unsigned rst_at_point_interface(const rst_conn_at_point_t *at_point);

#endif
