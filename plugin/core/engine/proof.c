/* proof.c
 * Implementation for what a connection teaches once its other side has taken part in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/proof.h"

#include "base/seq.h"
#include "engine/syn_options.h"

uint8_t rst_proof_hops(const rst_direction_t *side)
{
    if (!(side->known & RST_DIRECTION_HOPS) || side->hop_min != side->hop_max)
        return RST_HOPS_UNKNOWN;
    return side->hop_min;
}

static void learn_service(rst_engine_t *engine, rst_conn_t *conn, unsigned server, rst_host_period_t *period)
{
    rst_moment_t accepted = conn->direction[server].syn;
    rst_service_t *service = rst_hosts_service(&engine->hosts, &conn->address[server], conn->port[server], conn->point);

    if (period && !rst_service_accepted_since(service, period->first) && period->open_ports < UINT16_MAX)
        period->open_ports++;
    if (!service->accepted)
        rst_host_hold(&engine->hosts, conn->host[1 - server]);
    rst_service_accepts(&engine->hosts.service_memory, service, accepted, conn->host[1 - server]);
    rst_conn_set_service(conn, &engine->hosts, service);
    rst_syn_options_accepted(service, &conn->direction[1 - server], accepted);
}

/* The client accepted a SYN-ACK whose echo is that of no SYN: it does not test echoes. */
static void learn_echo(const rst_engine_t *engine, const rst_conn_t *conn, unsigned server)
{
    const rst_direction_t *client = &conn->direction[1 - server];
    rst_host_t *host = conn->host[1 - server];

    if (!host || !(client->known & RST_DIRECTION_SYN) || !client->syn_tsval)
        return;
    for (unsigned age = 0; age < conn->direction[server].ring.used; age++) {
        const rst_recent_segment_t *segment = rst_ring_at(&conn->direction[server].ring, age);

        if ((segment->flags & RST_FLAG_SYN) && segment->timestamp && segment->tsecr &&
            (rst_seq_before(segment->tsecr, client->syn_tsval) || rst_seq_after(segment->tsecr, client->tsval)))
            rst_host_period(&engine->hosts, host, engine->file.now)->any_echo = true;
    }
}

/* The round trip is the server's time to answer the SYN, unless that was retransmitted (Karn's algorithm), or to
 * acknowledge any later segment. If the client is known to be elsewhere, both ends of the connection may be invented.
 */
static void learn_accept(rst_engine_t *engine, rst_conn_t *conn, unsigned server)
{
    const rst_direction_t *side = &conn->direction[server];
    rst_host_t *host = conn->host[server];
    rst_host_t *client = conn->host[1 - server];
    rst_host_period_t *period = host ? rst_host_period(&engine->hosts, host, side->syn) : NULL;
    bool is_timed = (side->known & RST_DIRECTION_RTT) != 0;
    rst_host_distance_t seen = {.client = client,
                                .round_trip = is_timed ? side->rtt : 0,
                                .connections = 1,
                                .round_trips = is_timed,
                                .hops = rst_proof_hops(side),
                                .client_hops = rst_proof_hops(&conn->direction[1 - server])};

    if (client && rst_host_is_away(rst_host_period(&engine->hosts, client, engine->file.now), seen.client_hops))
        return;
    if (period)
        rst_host_note_accept(&engine->hosts, period, &seen);
    learn_service(engine, conn, server, period);
    learn_echo(engine, conn, server);
}

/* The third step of the handshake (RFC 9293, section 3.5), or data instead of it: it can only be known to somebody who
 * received the SYN-ACK. */
static bool completes_handshake(const rst_direction_t *client, const rst_direction_t *server, uint32_t seq,
                                uint32_t ack)
{
    if (!(server->known & RST_DIRECTION_SYNACK) || !rst_seq_soon_after(ack, server->isn + 1))
        return false;
    if (!(client->known & RST_DIRECTION_SYN))
        return rst_seq_soon_after(seq + RST_FIRST_FLIGHT / 2, server->acked);
    return rst_seq_soon_after(seq, client->isn + 1) && rst_seq_soon_after(server->acked, client->isn + 1);
}

static bool acknowledges_data(const rst_direction_t *side, uint32_t ack)
{
    if ((side->known & RST_DIRECTION_FIN) && ack == side->fin_seq)
        return true;
    return side->bytes && !side->gaps && !rst_seq_after(ack, side->nxt) && rst_seq_ahead(side->nxt, ack) < side->bytes;
}

/* Does a segment show that the other side took part in this connection? Asked until one does. */
void rst_proof_learn(rst_engine_t *engine, rst_conn_t *conn, unsigned from, uint32_t seq, uint32_t ack)
{
    const rst_direction_t *side = &conn->direction[from];
    rst_direction_t *peer = &conn->direction[1 - from];
    bool handshake = completes_handshake(side, peer, seq, ack);

    if (!handshake && !acknowledges_data(peer, ack))
        return;
    peer->known |= RST_DIRECTION_PROVED;
    if (peer->known & RST_DIRECTION_SYNACK)
        learn_accept(engine, conn, 1 - from);
    else if (conn->host[1 - from])
        rst_host_note_home(rst_host_period(&engine->hosts, conn->host[1 - from], engine->file.now),
                           rst_proof_hops(peer));
}
