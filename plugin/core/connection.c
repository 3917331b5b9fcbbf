/* connection.c
 * Implementation for the life of a connection record: keys, generations, roles.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "connection.h"

#include "ports.h"
#include "seq.h"

static bool address_less(const rst_segment_t *segment)
{
    if (segment->src.word[0] != segment->dst.word[0])
        return segment->src.word[0] < segment->dst.word[0];
    if (segment->src.word[1] != segment->dst.word[1])
        return segment->src.word[1] < segment->dst.word[1];
    return segment->sport <= segment->dport;
}

unsigned rst_conn_sender(const rst_segment_t *segment)
{
    return address_less(segment) ? 0 : 1;
}

static rst_side_t *new_sides(const rst_memory_t *memory)
{
    return rst_alloc0(memory, 2 * sizeof(rst_side_t));
}

void rst_conn_unshare(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_side_t *sides;

    if (!conn->side_shared)
        return;
    sides = memory->alloc(memory->scope, 2 * sizeof *sides);
    memcpy(sides, conn->side, 2 * sizeof *sides);
    conn->side = sides;
    conn->side_shared = false;
}

rst_conn_t *rst_conn_new(rst_hosts_t *hosts, const rst_segment_t *segment, uint8_t point, const rst_memory_t *memory)
{
    rst_conn_t *conn = rst_alloc0(memory, sizeof *conn);
    unsigned x = rst_conn_sender(segment);

    conn->address[x] = segment->src;
    conn->address[1 - x] = segment->dst;
    conn->port[x] = segment->sport;
    conn->port[1 - x] = segment->dport;
    conn->point = point;
    conn->client = -1;
    conn->side = new_sides(memory);
    conn->host[0] = rst_hosts_host(hosts, &conn->address[0], point);
    conn->host[1] = rst_hosts_host(hosts, &conn->address[1], point);
    return conn;
}

bool rst_conn_synchronised(const rst_side_t *client, const rst_side_t *server)
{
    bool syns = (client->known & RST_SIDE_SYN) && (server->known & RST_SIDE_SYN);

    if (client->bytes || server->bytes || ((client->known | server->known) & RST_SIDE_FIN))
        return true;
    if (syns)
        return (client->known & RST_SIDE_ACKED) && client->acked == server->isn + 1 && (server->known & RST_SIDE_ACKED);
    /* Without a SYN in the capture, ordinary segments of both sides speak for an open connection. */
    return !((client->known | server->known) & RST_SIDE_SYN) && client->segments && server->segments;
}

static bool both_fins(const rst_conn_t *conn)
{
    return (conn->side[0].known & RST_SIDE_FIN) && (conn->side[1].known & RST_SIDE_FIN);
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
    release_ring(&conn->side[0].ring, memory);
    release_ring(&conn->side[1].ring, memory);
}

static bool is_live(const rst_conn_t *conn)
{
    unsigned client = rst_conn_client(conn);

    return !conn->resets && !both_fins(conn) && rst_conn_synchronised(&conn->side[client], &conn->side[1 - client]);
}

static void remember_former(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_former_t *former = rst_alloc0(memory, sizeof *former);

    former->live = is_live(conn);
    former->both_fins = both_fins(conn);
    former->reset = conn->resets != 0;
    former->holes = conn->side[0].holes || conn->side[1].holes;
    former->last = conn->last;
    for (unsigned i = 0; i < 2; i++) {
        former->known[i] = conn->side[i].known;
        former->nxt[i] = conn->side[i].nxt;
        former->acked[i] = conn->side[i].acked;
        former->tsval[i] = conn->side[i].tsval;
    }
    conn->former = former;
}

static void release_sides(rst_side_t *sides, const rst_memory_t *memory)
{
    release_ring(&sides[0].ring, memory);
    release_ring(&sides[1].ring, memory);
    rst_release(memory, sides, 2 * sizeof *sides);
}

static void release_parked(rst_conn_t *conn, const rst_memory_t *memory)
{
    if (conn->parked)
        release_sides(conn->parked, memory);
    conn->parked = NULL;
}

void rst_conn_free(rst_conn_t *conn, const rst_memory_t *memory)
{
    release_parked(conn, memory);
    release_sides(conn->side, memory);
    rst_release(memory, conn, sizeof *conn);
}

static void park(rst_conn_t *conn, const rst_memory_t *memory)
{
    rst_conn_unshare(conn, memory);
    release_parked(conn, memory);
    conn->parked = conn->side;
    conn->parked_client = conn->client;
    conn->parked_opened = conn->opened;
}

static void start_generation(rst_conn_t *conn, const rst_memory_t *memory)
{
    remember_former(conn, memory);
    if (conn->former->live) {
        park(conn, memory);
    } else {
        release_parked(conn, memory);
        rst_conn_trim(conn, memory);
        if (!conn->side_shared)
            rst_release(memory, conn->side, 2 * sizeof *conn->side);
    }
    conn->side = new_sides(memory);
    conn->side_shared = false;
    memset(conn->last_case, 0, sizeof conn->last_case);
    conn->watched = 0;
    conn->resets = 0;
    conn->client = -1;
    conn->opened = false;
    conn->summary = false;
    conn->first.visit = 0;
}

/* Files merged from two clocks, or from two queues, may hold the SYN-ACK before the SYN that it acknowledges. */
static bool was_acknowledged(const rst_side_t *peer, uint32_t isn)
{
    if (!(peer->known & RST_SIDE_SYNACK))
        return false;
    for (unsigned age = 0; age < peer->ring.used; age++) {
        const rst_candidate_t *candidate = rst_ring_at(&peer->ring, age);

        if ((candidate->flags & RST_FLAG_SYN) && candidate->ack == isn + 1)
            return true;
    }
    return false;
}

/* A SYN belongs to the present generation when it repeats its number, opens it, or meets the peer's SYN of a
 * simultaneous open (RFC 9293, figure 8). */
static bool syn_belongs(const rst_conn_t *conn, unsigned x, const rst_segment_t *segment)
{
    const rst_side_t *side = &conn->side[x];
    const rst_side_t *peer = &conn->side[1 - x];

    if (!side->segments && !conn->last_case[x]) {
        if (!peer->segments || !(peer->known & RST_SIDE_SYN))
            return !peer->segments && !conn->last_case[1 - x];
        return !(peer->known & RST_SIDE_SYNACK) || was_acknowledged(peer, segment->seq);
    }
    return (side->known & RST_SIDE_SYN) && side->isn == segment->seq;
}

void rst_conn_before_syn(rst_conn_t *conn, unsigned x, const rst_segment_t *segment, const rst_memory_t *memory)
{
    if (segment->flags & RST_FLAG_ACK) {
        const rst_side_t *peer = &conn->side[1 - x];
        bool answers = (peer->known & RST_SIDE_SYN) && segment->ack == peer->isn + 1;

        /* A SYN-ACK to a SYN that is not in the capture, on addresses and ports that were closed before. */
        if (!answers && (both_fins(conn) || conn->resets) &&
            !((conn->side[x].known & RST_SIDE_SYN) && conn->side[x].isn == segment->seq))
            start_generation(conn, memory);
        else if (answers && conn->parked)
            release_parked(conn, memory);
        return;
    }
    if (conn->first.visit && !syn_belongs(conn, x, segment))
        start_generation(conn, memory);
}

void rst_conn_resume(rst_conn_t *conn, unsigned x, const rst_segment_t *segment, const rst_memory_t *memory)
{
    const rst_side_t *old = conn->parked ? &conn->parked[x] : NULL;

    if (!old || (segment->flags & RST_FLAG_SYN) || !(segment->flags & RST_FLAG_ACK) || conn->resets)
        return;
    /* The answer to the unexpected SYN itself is an ACK of the old connection too: only the SYN's sender, or data,
     * shows that the old connection goes on. */
    if (!(conn->side[x].known & RST_SIDE_SYN) && !segment->len)
        return;
    if (!(old->known & RST_SIDE_NXT) || segment->seq != old->nxt)
        return;
    rst_conn_unshare(conn, memory);
    release_sides(conn->side, memory);
    conn->side = conn->parked;
    conn->client = conn->parked_client;
    conn->opened = conn->parked_opened;
    conn->parked = NULL;
}

void rst_conn_learn_roles(rst_conn_t *conn, unsigned x, const rst_segment_t *segment)
{
    if (!(segment->flags & RST_FLAG_SYN) || (segment->flags & RST_FLAG_RST))
        return;
    conn->opened = true;
    if (segment->flags & RST_FLAG_ACK)
        conn->client = conn->client < 0 ? (int8_t)(1 - x) : conn->client;
    else if (conn->client < 0)
        conn->client = (int8_t)x;
}

/* A guess without a SYN: who talks to a known service, otherwise who has the higher port. */
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
