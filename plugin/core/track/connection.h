/* connection.h
 * One TCP connection as one capture point sees it: addresses, ports, both directions, its resets.
 *
 * A new SYN with a different initial sequence number that is answered, or meets a connection that has long been silent,
 * starts a new incarnation (RFC 9293, section 3.4.1): another connection on the same addresses and ports. What the
 * rules need of the incarnation before is kept as the previous connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONNECTION_H
#define RST_CONNECTION_H

#include "base/queue.h"
#include "track/asked_names.h"
#include "track/direction.h"
#include "track/hosts.h"
#include "track/opening.h"
#include "track/previous.h"

struct rst_reset;
struct rst_conn_at_point;
struct rst_conn_entry;

#define RST_REVISABLE_MAX 4

/* Something that only the resets of a connection still refer to. Released along with the connection. */
typedef struct rst_owned {
    struct rst_owned *next;
    void *block;
    size_t size;
} rst_owned_t;

typedef struct rst_conn {
    rst_link_t closed;        /* in the queue of connections that closed */
    rst_address_t address[2]; /* side 0 is the smaller address and port */
    uint16_t port[2];
    uint8_t point;                    /* hosts and services are kept per capture point (points/interfaces.h) */
    int8_t client;                    /* index of the side that opened the connection, -1 = unknown */
    bool opened;                      /* the SYN or SYN-ACK of this incarnation is in the capture */
    bool directions_shared;           /* with the latest reset: copy before writing */
    uint8_t revisables;               /* entries in revisable */
    uint8_t ring;                     /* where attempts of its client are found (engine/attempts.h), plus 1; 0 = none */
    bool awaits_trim;                 /* has ended and will be trimmed */
    uint16_t ended_place;             /* then: its place among those */
    bool ended_both;                  /* then: both sides had sent segments */
    bool waits;                       /* in the queue of connections that closed */
    bool from_closed_summary;         /* all that is known of this incarnation is what closed_summary.h keeps */
    bool merged_places;               /* the file shows it from two places on one interface (merged.h) */
    uint16_t resets;                  /* of this incarnation that count */
    rst_called_t called;              /* what its server is called */
    rst_moment_t first, last;         /* of this incarnation, including resets but not copies */
    rst_direction_t *direction;       /* both directions, by index of the sender; never NULL */
    rst_previous_t *previous;         /* NULL for the first incarnation */
    struct rst_opening *opening;      /* a SYN that nobody has answered yet (opening.h), or NULL */
    rst_host_t *host[2];              /* held; NULL until there is a second segment */
    rst_service_t *service;           /* the service that accepted it; held; NULL = not seen */
    struct rst_reset *last_reset[2];  /* latest reset from each side that counts (reset.h) */
    struct rst_reset *stray_reset[2]; /* latest reset that bears the address of that side but does not fit it */
    struct rst_reset *revisable[RST_REVISABLE_MAX]; /* resets whose aftermath is still being recorded, oldest first */
    struct rst_conn_at_point *at_point;             /* NULL while the file has one interface (points/interfaces.h) */
    struct rst_conn_entry *entry;                   /* in the table of connections; that of a view too */
    struct rst_story *story;                        /* of this incarnation; NULL before its first reset */
    struct rst_reset *record;                       /* the latest of all its resets, of every incarnation */
    uint32_t records;                               /* how many ever */
    uint32_t folded;                                /* of these, how many are among the followers */
    struct rst_followers *followers;                /* the latest block of them (engine/followers.h) */
    rst_owned_t *owned;
    uint32_t failure, past; /* places of what was noted of its earlier incarnations, plus 1 (engine/failures, past) */
    /* pass_index of the latest segment known of what was dropped on these addresses and ports before this incarnation
     * began (ghosts.h), or before the previous one if that does not show its own SYN; 0 = nothing */
    uint32_t dropped;
    struct rst_attempt *attempt; /* this connection attempt, for the resets of others; NULL when none refers to it */
} rst_conn_t;

/* Index of the side that sent the segment: 0 for the smaller address and port. */
unsigned rst_conn_sender(const rst_segment_t *segment);

/* A new connection between the ends of the segment, at a capture point. */
rst_conn_t *rst_conn_new(const rst_segment_t *segment, uint8_t point, const rst_memory_t *memory);

/* From now on the connection knows its hosts. One lone segment, which anybody may have sent, needs none. */
void rst_conn_meet(rst_conn_t *conn, rst_hosts_t *hosts);

/* The service that it belongs to. */
void rst_conn_set_service(rst_conn_t *conn, const rst_hosts_t *hosts, rst_service_t *service);

/* Call before writing to the directions: copies them if a reset still refers to them. */
void rst_conn_unshare(rst_conn_t *conn, const rst_memory_t *memory);

/* It was reset, or both FINs were sent: only stragglers can follow. */
bool rst_conn_has_ended(const rst_conn_t *conn);

/* Releases what only a live connection needs. */
void rst_conn_trim(rst_conn_t *conn, const rst_memory_t *memory);

/* From now on the block is released along with the connection. NULL is allowed. */
void rst_conn_own(rst_conn_t *conn, void *block, size_t size, const rst_memory_t *memory);

/* The connection attempt is no longer referred to by one of those that did (its connection, the resets of others). */
void rst_attempt_leave(struct rst_attempt *attempt, const rst_memory_t *memory);

/* The connections opened last no longer include this one. Returns whether they did. */
bool rst_recent_leave(rst_recent_t *recent, const rst_conn_t *conn);

/* The same for those of its hosts. */
void rst_conn_leave_hosts(const rst_conn_t *conn);

/* Releases everything but its resets. */
void rst_conn_free(rst_conn_t *conn, const rst_hosts_t *hosts, const rst_memory_t *memory);

/* Does a SYN or SYN-ACK belong to the current incarnation? */
bool rst_conn_owns_syn(const rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* Nothing was heard of it for longer than limit, in ns. */
bool rst_conn_is_silent(const rst_conn_t *conn, rst_moment_t now, int64_t limit);

/* Starts a new incarnation; what the rules need of this one is kept. */
void rst_conn_start(rst_conn_t *conn, const rst_memory_t *memory);

/* Call before taking a SYN-ACK: if its sender seemed to have sent something else before, that was somebody else. */
void rst_conn_answer_syn(rst_conn_t *conn, unsigned from, const rst_segment_t *syn_ack, const rst_memory_t *memory);

/* The reset is no earlier reset for those that follow. */
void rst_conn_discount(rst_conn_t *conn, struct rst_reset *reset);

/* Learns from a segment which side is the client. */
void rst_conn_learn_roles(rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* The side that opened the connection. If the SYN is missing, a guess by port. */
unsigned rst_conn_client(const rst_conn_t *conn);

#endif
