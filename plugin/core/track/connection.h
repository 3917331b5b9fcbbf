/* connection.h
 * One TCP connection as one capture point sees it: addresses, ports, both directions, its resets.
 *
 * A new SYN with another initial sequence number starts a new generation on the same addresses and ports; what the
 * rules need of the one before is kept as the previous connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONNECTION_H
#define RST_CONNECTION_H

#include "track/direction.h"
#include "track/hosts.h"
#include "track/previous.h"

struct rst_reset;
struct rst_conn_at_point;

#define RST_REVISABLE_MAX 4

typedef struct rst_conn {
    rst_address_t address[2]; /* side 0 is the smaller address and port */
    uint16_t port[2];
    uint8_t point;           /* hosts and services are kept per capture point (points/interfaces.h) */
    int8_t client;           /* index of the side that opened the connection, -1 unknown */
    bool opened;             /* the SYN or SYN-ACK of this generation is in the capture */
    bool directions_shared;  /* with the case of the latest reset: copy before writing */
    int8_t suspended_client; /* as client and opened, of the suspended sides */
    bool suspended_opened;
    uint8_t revisables;              /* entries of revisable */
    bool awaits_trim;                /* has ended and waits to be trimmed */
    bool waits;                      /* in the queue of connections that closed */
    bool from_closed_summary;        /* of this generation only what closed_summary.h keeps is known */
    bool merged_places;              /* the file shows it from two places, on one interface (merged.h) */
    uint16_t resets;                 /* of this generation, copies not counted */
    rst_moment_t first, last;        /* of this generation, resets included, copies not */
    rst_direction_t *direction;      /* both sides, by index; never NULL */
    rst_previous_t *previous;        /* NULL for the first generation */
    rst_direction_t *suspended;      /* sides of a live connection that an unexpected SYN interrupted; NULL otherwise */
    rst_host_t *host[2];             /* NULL when the host table is full */
    rst_service_t *service;          /* that accepted it; NULL = not seen, or the table is full */
    struct rst_reset *last_reset[2]; /* latest reset of each side, copies left out */
    struct rst_reset *revisable[RST_REVISABLE_MAX]; /* resets that later segments may still revise, oldest first */
    struct rst_conn_at_point *at_point;             /* NULL while the file has one interface (points/interfaces.h) */
    struct rst_conn *next;                          /* in that queue */
    struct rst_story *story;     /* of this use of the addresses and ports; NULL before its first reset */
    struct rst_attempt *attempt; /* this one, for the resets of others; NULL when none asks */
    rst_moment_t suspended_first;
} rst_conn_t;

/* Index of the side that sent the segment: 0 for the smaller address and port. */
unsigned rst_conn_sender(const rst_segment_t *segment);

/* A new connection between the ends of the segment, at a capture point. */
rst_conn_t *rst_conn_new(rst_hosts_t *hosts, const rst_segment_t *segment, uint8_t point, const rst_memory_t *memory);

/* Before the sides are written to: a copy of their own when a case still shows them. */
void rst_conn_unshare(rst_conn_t *conn, const rst_memory_t *memory);

/* Nothing but stragglers can follow: it was reset, or both FINs were sent. */
bool rst_conn_has_ended(const rst_conn_t *conn);

/* Gives back what only a connection that goes on needs. */
void rst_conn_trim(rst_conn_t *conn, const rst_memory_t *memory);

/* Gives everything back. */
void rst_conn_free(rst_conn_t *conn, const rst_memory_t *memory);

/* Before a SYN is taken: starts a new generation where it does not belong to the present one. */
void rst_conn_before_syn(rst_conn_t *conn, unsigned from, const rst_segment_t *segment, const rst_memory_t *memory);

/* After an unexpected SYN: goes back to the interrupted connection when the segment belongs there. */
void rst_conn_resume(rst_conn_t *conn, unsigned from, const rst_segment_t *segment, const rst_memory_t *memory);

/* Learns from a segment which side is the client. */
void rst_conn_learn_roles(rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* The side that opened the connection, or by its port when the SYN is missing: the higher port is the client's. */
unsigned rst_conn_client(const rst_conn_t *conn);

#endif
