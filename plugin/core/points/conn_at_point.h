/* conn_at_point.h
 * One TCP connection as one capture point shows it, and together with all points that show it.
 *
 * Everything here belongs to one incarnation. The record of the connection (rst_conn_t) goes on with the next
 * incarnation; when somebody asks about a reset later, this still says what was true of its own connection.
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

/* What is asked about an incarnation after its end, as its latest segment left it. */
typedef struct rst_conn_facts {
    rst_moment_t first, last; /* as in rst_conn_t */
    uint32_t isn[2];
    uint16_t syn_window[2];
    uint8_t hop_min[2], hop_max[2];
    bool syn[2];    /* isn and syn_window are valid */
    bool hops[2];   /* hop_min and hop_max are valid */
    uint8_t client; /* index of the client, perhaps guessed by port */
} rst_conn_facts_t;

struct rst_whole_connection;

typedef struct rst_conn_at_point {
    /* the record, which may have gone on with the next incarnation: only addresses and ports stay the same */
    rst_conn_t *conn;
    rst_conn_facts_t facts; /* what the record said about this incarnation */
    struct rst_whole_connection *whole;
    rst_conn_t *table_conn;             /* the record in the table of connections, where the list of views begins */
    struct rst_conn_at_point *view;     /* the same addresses and ports at the next point */
    struct rst_conn_at_point *previous; /* the incarnation before this one, at this point */
    struct rst_conn_at_point *next;     /* and the one after it */
    struct rst_conn_at_point *opened_before; /* the connection that the client opened before this one, at this point */
    struct rst_conn_at_point *opened_after;  /* and after it */
    struct rst_host *opened_by;              /* that client, held, as the key of the latest one that it opened */
    struct rst_conn_at_point *same_isn;      /* next connection with the same initial sequence number of the client */
    struct rst_conn_at_point *same_isn_before;
    rst_sightings_t sent[2]; /* by index of the sender, in file order, without copies */
    rst_reset_t **reset;     /* room for RST_AT_POINT_RESETS, in file order, without copies; NULL until the first */
    uint8_t resets;
    bool listed; /* in the table of initial sequence numbers, by listed_isn */
    bool gone;   /* dropped to save memory: holds its place in the whole, and nothing else is left */
    uint32_t listed_isn;
    bool crowded;      /* more resets than fit */
    bool mixed;        /* segments of two points were taken for those of one: nothing can be concluded */
    bool hops_vary[2]; /* by index of the sender: the hop difference to the first point of the whole is not constant */
    bool parted;       /* later segments proved that the other points show another connection */
    uint8_t swap;      /* index of a side in the whole = index here ^ swap (addresses may be translated) */
    uint8_t place;     /* in the whole */
    /* RST_DELTA_* << index of the sender: what is known of the distance to the first point of the whole */
    uint8_t deltas;
    int8_t hops[2];      /* TTL here minus TTL at the first point of the whole */
    uint16_t interfaces; /* one bit per interface of this point that shows the connection */
    uint16_t sender[2];  /* one bit per interface that shows its segments, by index of the sender */
    /* clock here minus clock at the first point of the whole, by the latest segment of each direction */
    int64_t latest[2];
} rst_conn_at_point_t;

enum { /* for rst_conn_at_point_t.deltas, per direction */
       RST_DELTA_TIME = 0x01,
       RST_DELTA_HOPS = 0x04
};

typedef struct rst_whole_connection {
    rst_conn_at_point_t *at_point[RST_AT_POINTS_MAX];
    uint8_t at_points;
    /* segments seen at both, by sender's index in the whole; a < b */
    uint16_t same[RST_AT_POINTS_MAX][RST_AT_POINTS_MAX][2];
    /* [a][b]: pass_index at a of its latest segment also seen at b */
    uint32_t latest[RST_AT_POINTS_MAX][RST_AT_POINTS_MAX];
} rst_whole_connection_t;

/* A new connection at a point, not yet linked with other points. */
rst_conn_at_point_t *rst_at_point_new(rst_points_t *points, rst_conn_t *conn, rst_conn_t *table_conn);

/* Call after a segment (not a copy) on the latest interface was processed, for a connection that is followed at several
 * points. reset = its record, if it is a reset. */
void rst_at_point_take(rst_points_t *points, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                       rst_reset_t *reset);

/* Call for the client's first SYN: links the connection to the one that the client opened before. */
void rst_at_point_opened(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned client);

/* A new incarnation of the connection has begun. */
void rst_at_point_restart(rst_points_t *points, rst_conn_t *conn);

/* The connection is dropped to save memory, with all its incarnations at this point. What other records of the same
 * whole compare with it then proves nothing (mixed). */
void rst_at_point_drop(rst_points_t *points, rst_conn_at_point_t *at_point);

/* The lowest interface that shows the connection here. */
unsigned rst_at_point_interface(const rst_conn_at_point_t *at_point);

#endif
