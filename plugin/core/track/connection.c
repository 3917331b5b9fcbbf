/* connection.c
 * The life of a connection record: its key, its incarnations, who is the client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/connection.h"

#include "base/seq.h"
#include "facts/ports.h"
#include "track/doubt.h"
#include "track/host_table.h"
#include "track/reset.h"

/* The same on each machine. */
static bool address_less(const rst_segment_t *segment)
{
    const uint64_t *src = segment->src.word, *dst = segment->dst.word;

    if (src[0] != dst[0])
        return GUINT64_FROM_LE(src[0]) < GUINT64_FROM_LE(dst[0]);
    if (src[1] != dst[1])
        return GUINT64_FROM_LE(src[1]) < GUINT64_FROM_LE(dst[1]);
    return segment->sport <= segment->dport;
}

unsigned rst_conn_sender(const rst_segment_t *segment)
{
    return address_less(segment) ? 0 : 1;
}

static rst_direction_t *new_directions(const rst_memory_t *memory)
{
    return rst_alloc0(memory, 2 * sizeof(rst_direction_t));
}

void rst_conn_own(rst_conn_t *conn, void *block, size_t size, const rst_memory_t *memory)
{
    rst_owned_t *owned;

    if (!block)
        return;
    owned = memory->alloc(memory->scope, sizeof *owned);
    *owned = (rst_owned_t){conn->owned, block, size};
    conn->owned = owned;
}

void rst_conn_unshare(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_direction_t *sides;

    if (!conn->directions_shared)
        return;
    sides = memory->alloc(memory->scope, 2 * sizeof *sides);
    memcpy(sides, conn->direction, 2 * sizeof *sides);
    rst_conn_own(conn, conn->direction, 2 * sizeof *sides, memory);
    conn->direction = sides;
    conn->directions_shared = false;
}

rst_conn_t *rst_conn_new(const rst_segment_t *segment, uint8_t point, const rst_memory_t *memory)
{
    rst_conn_t *conn = rst_alloc0(memory, sizeof *conn);
    unsigned from = rst_conn_sender(segment);

    conn->address[from] = segment->src;
    conn->address[1 - from] = segment->dst;
    conn->port[from] = segment->sport;
    conn->port[1 - from] = segment->dport;
    conn->point = point;
    conn->client = -1;
    conn->direction = new_directions(memory);
    return conn;
}

static void let_go_of_hosts(rst_conn_t *conn, const rst_hosts_t *hosts)
{
    for (unsigned i = 0; i < 2; i++) {
        rst_host_drop(hosts, conn->host[i]);
        conn->host[i] = NULL;
    }
}

void rst_conn_meet(rst_conn_t *conn, rst_hosts_t *hosts)
{
    let_go_of_hosts(conn, hosts);
    for (unsigned i = 0; i < 2; i++) {
        conn->host[i] = rst_hosts_host(hosts, &conn->address[i], conn->point);
        rst_host_hold(hosts, conn->host[i]);
    }
}

void rst_conn_set_service(rst_conn_t *conn, const rst_hosts_t *hosts, rst_service_t *service)
{
    rst_service_hold(hosts, service);
    rst_service_drop(hosts, conn->service);
    conn->service = service;
}

static bool both_fins(const rst_conn_t *conn)
{
    return (conn->direction[0].known & RST_DIRECTION_FIN) && (conn->direction[1].known & RST_DIRECTION_FIN);
}

bool rst_conn_has_ended(const rst_conn_t *conn)
{
    return conn->resets || both_fins(conn);
}

static void release_ring(rst_ring_t *ring, const rst_memory_t *memory)
{
    rst_release(memory, ring->slot, ring->size * sizeof *ring->slot);
    memset(ring, 0, sizeof *ring);
}

void rst_conn_trim(rst_conn_t *conn, const rst_memory_t *memory)
{
    release_ring(&conn->direction[0].ring, memory);
    release_ring(&conn->direction[1].ring, memory);
}

/* Packets of one side alone may be anybody's. */
static bool is_live(const rst_conn_t *conn)
{
    unsigned client = rst_conn_client(conn);

    return !conn->resets && !both_fins(conn) && conn->direction[0].segments && conn->direction[1].segments &&
           rst_directions_synchronized(&conn->direction[client], &conn->direction[1 - client]);
}

static rst_previous_t *previous_of(const rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_previous_t *previous = rst_alloc0(memory, sizeof *previous);

    previous->live = is_live(conn);
    previous->both_fins = both_fins(conn);
    previous->reset = conn->resets != 0;
    previous->gaps = conn->direction[0].gaps || conn->direction[1].gaps;
    previous->last = conn->last;
    for (unsigned i = 0; i < 2; i++) {
        previous->known[i] = conn->direction[i].known;
        previous->nxt[i] = conn->direction[i].nxt;
        previous->acked[i] = conn->direction[i].acked;
        previous->tsval[i] = conn->direction[i].tsval;
        previous->ttl[i] = (conn->direction[i].known & RST_DIRECTION_HOPS) ? conn->direction[i].ttl : 0;
    }
    return previous;
}

/* What hangs on a direction besides its ring. Where there are resets, their copies of the direction refer to it. */
static void leave_direction(rst_conn_t *conn, unsigned from, const rst_memory_t *memory)
{
    rst_direction_t *side = &conn->direction[from];

    release_ring(&side->ring, memory);
    if (conn->record) {
        rst_conn_own(conn, side->doubt, sizeof *side->doubt, memory);
        rst_conn_own(conn, side->stray, sizeof *side->stray, memory);
        return;
    }
    rst_release(memory, side->doubt, sizeof *side->doubt);
    rst_release(memory, side->stray, sizeof *side->stray);
}

static void leave_directions(rst_conn_t *conn, const rst_memory_t *memory)
{
    leave_direction(conn, 0, memory);
    leave_direction(conn, 1, memory);
    if (conn->directions_shared)
        rst_conn_own(conn, conn->direction, 2 * sizeof *conn->direction, memory);
    else
        rst_release(memory, conn->direction, 2 * sizeof *conn->direction);
    conn->direction = NULL;
    conn->directions_shared = false;
}

static void leave_previous(rst_conn_t *conn, const rst_memory_t *memory)
{
    if (conn->record)
        rst_conn_own(conn, conn->previous, sizeof *conn->previous, memory);
    else
        rst_release(memory, conn->previous, sizeof *conn->previous);
    conn->previous = NULL;
}

void rst_attempt_leave(rst_attempt_t *attempt, const rst_memory_t *memory)
{
    if (attempt && --attempt->users == 0)
        rst_release(memory, attempt, sizeof *attempt);
}

static void leave_attempt(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_attempt_leave(conn->attempt, memory);
    conn->attempt = NULL;
}

static void release_opening(rst_conn_t *conn, const rst_memory_t *memory)
{
    if (conn->opening)
        rst_release(memory, conn->opening, sizeof *conn->opening);
    conn->opening = NULL;
}

bool rst_recent_leave(rst_recent_t *recent, const rst_conn_t *conn)
{
    bool left = false;

    for (unsigned i = 0; i < RST_RECENT_MAX; i++) {
        if (recent->conn[i] != conn)
            continue;
        recent->conn[i] = NULL;
        left = true;
    }
    return left;
}

void rst_conn_leave_hosts(const rst_conn_t *conn)
{
    for (unsigned i = 0; i < 2; i++) {
        if (conn->host[i])
            rst_recent_leave(&conn->host[i]->recent, conn);
    }
}

void rst_conn_free(rst_conn_t *conn, const rst_hosts_t *hosts, const rst_memory_t *memory)
{
    rst_owned_t *owned;

    let_go_of_hosts(conn, hosts);
    rst_service_drop(hosts, conn->service);
    release_opening(conn, memory);
    leave_previous(conn, memory);
    leave_attempt(conn, memory);
    leave_directions(conn, memory);
    while ((owned = conn->owned) != NULL) {
        conn->owned = owned->next;
        rst_release(memory, owned->block, owned->size);
        rst_release(memory, owned, sizeof *owned);
    }
    rst_release(memory, conn, sizeof *conn);
}

void rst_conn_start(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_previous_t *previous = previous_of(conn, memory);

    leave_previous(conn, memory);
    leave_directions(conn, memory);
    leave_attempt(conn, memory);
    conn->previous = previous;
    conn->direction = new_directions(memory);
    memset(conn->last_reset, 0, sizeof conn->last_reset);
    memset(conn->stray_reset, 0, sizeof conn->stray_reset);
    conn->revisables = 0;
    conn->resets = 0;
    conn->client = -1;
    if (conn->opened)
        conn->dropped = 0;
    conn->opened = false;
    conn->from_closed_summary = false;
    conn->first.pass_index = 0;
    conn->called = (rst_called_t){0};
    conn->story = NULL;
}

/* In files merged from two clocks or two queues, the SYN-ACK may come before the SYN that it acknowledges. */
static bool was_acknowledged(const rst_direction_t *peer, uint32_t isn)
{
    if (!(peer->known & RST_DIRECTION_SYNACK))
        return false;
    for (unsigned age = 0; age < peer->ring.used; age++) {
        const rst_recent_segment_t *candidate = rst_ring_at(&peer->ring, age);

        if ((candidate->flags & RST_FLAG_SYN) && candidate->ack == isn + 1)
            return true;
    }
    return false;
}

/* A SYN belongs to the current incarnation if it repeats its sequence number, opens it, or crosses the peer's SYN in a
 * simultaneous open (RFC 9293, figure 7). */
static bool syn_belongs(const rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_direction_t *side = &conn->direction[from];
    const rst_direction_t *peer = &conn->direction[1 - from];

    if (!side->segments && !conn->last_reset[from]) {
        if (!peer->segments || !(peer->known & RST_DIRECTION_SYN))
            return !peer->segments && !conn->last_reset[1 - from];
        return !(peer->known & RST_DIRECTION_SYNACK) || was_acknowledged(peer, segment->seq);
    }
    return (side->known & RST_DIRECTION_SYN) && side->isn == segment->seq;
}

static bool syn_ack_belongs(const rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_direction_t *side = &conn->direction[from];
    const rst_direction_t *peer = &conn->direction[1 - from];

    if ((peer->known & RST_DIRECTION_SYN) && segment->ack == peer->isn + 1)
        return true;
    if ((side->known & RST_DIRECTION_SYN) && side->isn == segment->seq)
        return true;
    /* Whatever it acknowledges, the sender of the SYN will answer it. */
    return (!side->segments && !rst_conn_has_ended(conn)) ||
           ((peer->known & RST_DIRECTION_SYN) && !(peer->known & RST_DIRECTION_ACKED));
}

bool rst_conn_owns_syn(const rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (!conn->first.pass_index)
        return true;
    return (segment->flags & RST_FLAG_ACK) ? syn_ack_belongs(conn, from, segment) : syn_belongs(conn, from, segment);
}

bool rst_conn_is_silent(const rst_conn_t *conn, rst_moment_t now, int64_t limit)
{
    int64_t elapsed = rst_elapsed(conn->last, now);

    return elapsed != RST_TIME_NONE && elapsed > limit;
}

void rst_conn_answer_syn(rst_conn_t *conn, unsigned from, const rst_segment_t *syn_ack, const rst_memory_t *memory)
{
    const rst_direction_t *side = &conn->direction[from];
    const rst_direction_t *peer = &conn->direction[1 - from];

    bool answered = (side->known & RST_DIRECTION_SYNACK) && side->acked == peer->isn + 1;

    if (!side->segments || answered || !(peer->known & RST_DIRECTION_SYN) || syn_ack->ack != peer->isn + 1)
        return;
    if ((side->known & RST_DIRECTION_NXT) && rst_seq_ahead(side->nxt, syn_ack->seq) <= UINT16_MAX)
        return;
    rst_conn_unshare(conn, memory);
    leave_direction(conn, from, memory);
    memset(&conn->direction[from], 0, sizeof conn->direction[from]);
    conn->client = (int8_t)(1 - from);
}

void rst_conn_discount(rst_conn_t *conn, rst_reset_t *reset)
{
    rst_reset_t **last = &conn->last_reset[reset->from];

    reset->counts = false;
    conn->resets--;
    while (*last && !(*last)->counts)
        *last = (*last)->own_before;
}

void rst_conn_learn_roles(rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (!(segment->flags & RST_FLAG_SYN) || (segment->flags & RST_FLAG_RST))
        return;
    conn->opened = true;
    if (segment->flags & RST_FLAG_ACK)
        conn->client = conn->client < 0 ? (int8_t)(1 - from) : conn->client;
    else if (conn->client < 0)
        conn->client = (int8_t)from;
}

/* Without a SYN: the client is the side that talks to a known service, otherwise the side with the higher port. */
unsigned rst_conn_client(const rst_conn_t *conn)
{
    bool service[2];

    if (conn->client >= 0)
        return (unsigned)conn->client;
    service[0] = rst_port_is_service(conn->port[0]);
    service[1] = rst_port_is_service(conn->port[1]);
    if (service[0] != service[1])
        return service[0] ? 1 : 0;
    return conn->port[0] >= conn->port[1] ? 0 : 1;
}
