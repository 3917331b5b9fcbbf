/* connection.h
 * One TCP connection as one capture point sees it: addresses, ports, both directions, its resets.
 *
 * A new SYN with a different initial sequence number starts a new incarnation (RFC 9293, section 3.4.1): another
 * connection on the same addresses and ports. What the rules need of the incarnation before is kept as the previous
 * connection.
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
    int8_t client;           /* index of the side that opened the connection, -1 = unknown */
    bool opened;             /* the SYN or SYN-ACK of this incarnation is in the capture */
    bool directions_shared;  /* with the latest reset: copy before writing */
    int8_t suspended_client; /* client and opened of the suspended incarnation */
    bool suspended_opened;
    uint8_t revisables;              /* entries in revisable */
    bool awaits_trim;                /* has ended and will be trimmed */
    bool waits;                      /* in the queue of connections that closed */
    bool from_closed_summary;        /* all that is known of this incarnation is what closed_summary.h keeps */
    bool merged_places;              /* the file shows it from two places on one interface (merged.h) */
    uint16_t resets;                 /* of this incarnation, not counting copies */
    rst_moment_t first, last;        /* of this incarnation, including resets but not copies */
    rst_direction_t *direction;      /* both directions, by index of the sender; never NULL */
    rst_previous_t *previous;        /* NULL for the first incarnation */
    rst_direction_t *suspended;      /* directions of a live connection that an unexpected SYN interrupted, or NULL */
    rst_host_t *host[2];             /* NULL when the host table is full */
    rst_service_t *service;          /* the service that accepted it; NULL = not seen, or the table is full */
    struct rst_reset *last_reset[2]; /* latest reset from each side, not counting copies */
    struct rst_reset *revisable[RST_REVISABLE_MAX]; /* resets whose aftermath is still being recorded, oldest first */
    struct rst_conn_at_point *at_point;             /* NULL while the file has one interface (points/interfaces.h) */
    struct rst_conn *next;                          /* in that queue */
    struct rst_story *story;                        /* of this incarnation; NULL before its first reset */
    struct rst_attempt *attempt; /* this connection attempt, for the resets of others; NULL when none refers to it */
    rst_moment_t suspended_first;
} rst_conn_t;

/* Index of the side that sent the segment: 0 for the smaller address and port. */
unsigned rst_conn_sender(const rst_segment_t *segment);

/* A new connection between the ends of the segment, at a capture point. */
rst_conn_t *rst_conn_new(rst_hosts_t *hosts, const rst_segment_t *segment, uint8_t point, const rst_memory_t *memory);

/* Call before writing to the directions: copies them if a reset still refers to them. */
void rst_conn_unshare(rst_conn_t *conn, const rst_memory_t *memory);

/* It was reset, or both FINs were sent: only stragglers can follow. */
bool rst_conn_has_ended(const rst_conn_t *conn);

/* Releases what only a live connection needs. */
void rst_conn_trim(rst_conn_t *conn, const rst_memory_t *memory);

/* Releases everything. */
void rst_conn_free(rst_conn_t *conn, const rst_memory_t *memory);

/* Call before processing a SYN: starts a new incarnation if the SYN does not belong to the current one. */
void rst_conn_before_syn(rst_conn_t *conn, unsigned from, const rst_segment_t *segment, const rst_memory_t *memory);

/* After an unexpected SYN: returns to the interrupted connection if the segment belongs to it. */
void rst_conn_resume(rst_conn_t *conn, unsigned from, const rst_segment_t *segment, const rst_memory_t *memory);

/* Learns from a segment which side is the client. */
void rst_conn_learn_roles(rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* The side that opened the connection. If the SYN is missing, a guess by port. */
unsigned rst_conn_client(const rst_conn_t *conn);

#endif
