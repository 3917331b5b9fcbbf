/* learn.c
 * Learning about hosts, services and clients from one connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/learn.h"

#include "declared/netscaler.h"
#include "engine/attempts.h"
#include "engine/naming.h"
#include "engine/proof.h"
#include "engine/syn_options.h"
#include "judge/patterns.h"
#include "track/stalled.h"
#include "track/syn_origin.h"

#define RELAY_MAX (20 * RST_MILLISECOND) /* a proxy passes on a reset at least this fast */

/* Later acknowledgments may show that the handshakes of the host were slow for another reason, such as a radio or a
 * disk that had to wake up. */
static void learn_acknowledgment(const rst_direction_t *side, rst_host_t *host)
{
    if (!(side->known & RST_DIRECTION_RTT) || side->rtt >= host->period.distances.slowest)
        return;
    if (side->known & RST_DIRECTION_PROVED)
        rst_distances_hurry(&host->period.distances, rst_proof_hops(side), side->rtt);
}

/* What the kernel still sends for a process that has ended looks like a connection that goes on, but nobody reads what
 * comes after the burst and answers it. */
static void learn_survivor(rst_burst_t *burst, const rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_direction_t *side = &conn->direction[from];
    const rst_direction_t *peer = &conn->direction[1 - from];

    burst->survived = true;
    burst->serves = segment->len && segment->sport == burst->port && (side->known & RST_DIRECTION_PROVED) &&
                    peer->last_data.pass_index > burst->last.pass_index && side->acked == peer->nxt;
}

/* What is left of a record that had to go shows as well that there was a connection; but not the one that a SYN opened
 * since. */
static bool began_before(const rst_conn_t *conn, rst_moment_t moment)
{
    return conn->first.pass_index < moment.pass_index ||
           (!conn->opened && conn->dropped && conn->dropped < moment.pass_index);
}

void rst_learn_segment(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_host_t *host = conn->host[from];

    if ((segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN)
        rst_attempts_note(engine, conn, from);
    if ((segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN && engine->resolved.answers)
        rst_naming_resolves(engine, conn, from);
    if ((segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_ACK &&
        !(conn->direction[1 - from].known & RST_DIRECTION_PROVED))
        rst_proof_learn(engine, conn, from, segment->seq, segment->ack);
    rst_attempts_update(conn);
    if (segment->len && conn->service)
        rst_service_serves(conn->service, conn->direction[from].known & RST_DIRECTION_SYNACK
                                              ? conn->direction[from].syn
                                              : conn->direction[1 - from].syn);
    if (host)
        learn_acknowledgment(&conn->direction[from], host);
    /* The capture began late: the side that sends a request is the client, whatever the ports. */
    if (conn->client < 0 && segment->len &&
        (conn->direction[from].message == RST_MESSAGE_REQUEST ||
         conn->direction[from].message == RST_MESSAGE_CLIENT_HELLO))
        conn->client = (int8_t)from;
    if (host && (segment->flags & RST_FLAG_FIN) && (conn->direction[from].known & RST_DIRECTION_SYNACK) &&
        (conn->direction[from].known & RST_DIRECTION_PROVED))
        rst_host_note_fin(&engine->hosts, host, segment->sport, engine->file.now);
    if (host && host->burst && !host->burst->serves && began_before(conn, host->burst->first) &&
        !conn->last_reset[from] && !conn->last_reset[1 - from])
        learn_survivor(host->burst, conn, from, segment);
}

static bool is_empty(const rst_reset_t *reset)
{
    return !reset->direction[0].bytes && !reset->direction[1].bytes &&
           !((reset->direction[0].known | reset->direction[1].known) & RST_DIRECTION_FIN);
}

/* Somebody else asked in the client's name, and the client resets what it did not ask for. */
static bool is_asked_elsewhere(const rst_engine_t *engine, rst_reset_t *reset)
{
    rst_host_t *client = reset->host[reset->client];
    const rst_direction_t *side = &reset->direction[reset->client];

    if (!(reset->known & RST_HAS_IP) || !rst_syn_is_elsewhere(side, reset->ttl, engine->file.prefs.hop_delta))
        return false;
    reset->asked_elsewhere =
        rst_host_is_at_home(rst_host_period(&engine->hosts, client, reset->at), rst_hops(reset->ttl));
    return true;
}

/* The host's own stack resets; the SYN may be another host's, or of a program that chooses its TTL. */
static bool is_at_home(const rst_engine_t *engine, const rst_reset_t *reset)
{
    const rst_host_period_t *period = rst_host_period(&engine->hosts, reset->host[reset->client], reset->at);
    uint8_t syn = reset->direction[reset->client].syn_ttl;

    return (reset->known & RST_HAS_IP) && syn && rst_host_is_at_home(period, rst_hops(reset->ttl)) &&
           rst_host_is_away(period, rst_hops(syn));
}

static void learn_empty(rst_engine_t *engine, rst_reset_t *reset)
{
    unsigned server = 1u - reset->client;
    rst_host_t *client = reset->host[reset->client];
    uint32_t target = rst_address_hash(&reset->story->address[server]) ^ (reset->story->port[server] * 0x9e3779b1u);
    bool probe = reset->from == reset->client;
    const rst_direction_t *side = &reset->direction[reset->client];

    if (!client || !(side->known & RST_DIRECTION_SYN))
        return;
    reset->at_home = probe && is_at_home(engine, reset);
    if (probe && is_asked_elsewhere(engine, reset))
        return;
    rst_host_note_target(&engine->hosts, client, target, probe, reset->at);
    rst_attempts_compare(engine, reset);
    if (probe && reset->service)
        reset->visits_unkept = !rst_hosts_note_empty(&engine->hosts, client, reset->service, reset->at, &reset->habit);
}

/* A proxy is the server on one leg and the client on the other. */
static bool is_other_leg(const rst_reset_t *reset, const rst_host_t *host)
{
    const rst_conn_t *other = host->reset_conn;
    unsigned client;

    if (!other || other == reset->conn)
        return false;
    client = rst_conn_client(other);
    return rst_address_equal(&other->address[client], &host->address) == (reset->from != reset->client);
}

static void learn_relay(const rst_engine_t *engine, rst_reset_t *reset, rst_host_t *host)
{
    rst_host_period_t *period = rst_host_period(&engine->hosts, host, reset->at);
    const rst_direction_t *own = &reset->direction[reset->from];
    int64_t lag = rst_elapsed(host->reset_received, reset->at);
    int64_t way = (own->known & RST_DIRECTION_RTT) ? own->rtt : 0; /* from the capture point to the proxy and back */

    period->aborts++;
    if (lag == RST_TIME_NONE || lag > rst_time_add(RELAY_MAX, way) || !is_other_leg(reset, host))
        return;
    if (!period->relays || lag < period->lag_min)
        period->lag_min = lag;
    if (lag > period->lag_max)
        period->lag_max = lag;
    period->relays++;
    reset->relayed = host->reset_received;
}

/* The capture shows a conversation that this reset ends, and not just packets that bear an address. */
static bool ends_conversation(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    return own->segments && peer->segments && (reset->form == RST_FORM_ABORT || reset->form == RST_FORM_ANSWER);
}

/* If the first abort of this connection was somebody else's, the second one is the host's. A burst that counted the
 * first does not count the second. */
static bool joins_late(const rst_engine_t *engine, const rst_reset_t *reset)
{
    const rst_reset_t *before = reset->own_before;
    const rst_host_t *host = reset->host[reset->from];
    int64_t elapsed = before ? rst_elapsed(before->at, reset->at) : RST_TIME_NONE;

    return before && before->form == RST_FORM_ABORT && reset->form == RST_FORM_ABORT && host &&
           before->burst != host->burst && elapsed != RST_TIME_NONE &&
           elapsed <= 2 * (int64_t)engine->file.prefs.batch_ms * RST_MILLISECOND;
}

static void learn_abort(rst_engine_t *engine, rst_reset_t *reset)
{
    rst_host_t *host = reset->host[reset->from];
    rst_host_t *receiver = reset->host[1 - reset->from];

    if (reset->own_ordinal != 1 && !joins_late(engine, reset))
        return;
    if (receiver && ends_conversation(reset)) {
        receiver->reset_received = reset->at;
        receiver->reset_conn = reset->conn;
    }
    if (!host || reset->form != RST_FORM_ABORT)
        return;
    reset->burst =
        rst_host_note_abort(&engine->hosts, host, reset->story->port[reset->from], receiver, reset->idle, reset->at);
    reset->silence = rst_host_note_idle(&engine->hosts, host, reset->idle);
    reset->silences = reset->silence ? reset->silence->count : 0;
    learn_relay(engine, reset, host);
}

static void learn_code(rst_engine_t *engine, rst_reset_t *reset)
{
    bool advertised = (reset->direction[reset->from].known & RST_DIRECTION_WINDOW) != 0;
    rst_host_t *host;

    if (!(reset->known & RST_HAS_WINDOW) || !rst_netscaler_has(reset->window))
        return;
    if (!reset->host[0]) {
        rst_conn_meet(reset->conn, &engine->hosts);
        rst_learn_hosts(engine, reset);
    }
    host = reset->host[reset->from];
    if (!advertised || rst_netscaler_apart(reset) || rst_netscaler_steps(reset))
        rst_host_note_code(rst_host_period(&engine->hosts, host, reset->at), reset->window);
}

void rst_learn_hosts(const rst_engine_t *engine, rst_reset_t *reset)
{
    for (unsigned i = 0; i < 2; i++) {
        reset->host[i] = reset->conn->host[i];
        rst_host_hold(&engine->hosts, reset->host[i]);
    }
}

/* Not for a lone reset, from which nothing is learned. */
static void learn_service(rst_engine_t *engine, rst_reset_t *reset)
{
    const rst_conn_t *conn = reset->conn;
    unsigned server = 1u - reset->client;

    if (!reset->host[0])
        return;
    reset->service = rst_hosts_service(&engine->hosts, &conn->address[server], conn->port[server], conn->point);
    rst_service_hold(&engine->hosts, reset->service);
}

/* A SYN-ACK without a SYN: the capture may miss one SYN where it begins, but hardly several. */
static void learn_unasked(const rst_reset_t *reset, rst_host_period_t *period)
{
    const unsigned both = RST_FLAG_SYN | RST_FLAG_ACK;

    if (reset->form == RST_FORM_ANSWER && (reset->trigger.flags & both) == both && reset->own_ordinal == 1 &&
        !reset->direction[reset->from].segments && period->unasked < UINT16_MAX)
        period->unasked++;
}

static void learn_refusal(rst_engine_t *engine, rst_reset_t *reset)
{
    rst_service_t *service = reset->service;

    if (reset->form != RST_FORM_REFUSAL || reset->from == reset->client || !service)
        return;
    rst_service_refuses(&engine->hosts.service_memory, service, reset->at);
    reset->service_reset = service->reset;
    reset->stalled = rst_stalled_count(reset);
    rst_syn_options_refused(service, reset);
}

/* A restart ends the connections of a service. */
static void learn_service_reset(rst_reset_t *reset)
{
    if (reset->service && reset->from != reset->client && reset->form != RST_FORM_REFUSAL &&
        (reset->direction[reset->from].known & RST_DIRECTION_PROVED))
        reset->service->reset = reset->at;
}

static void learn_stateless(const rst_engine_t *engine, rst_reset_t *reset, rst_host_t *host)
{
    rst_host_period_t *period;

    if (reset->form != RST_FORM_REFUSAL && reset->form != RST_FORM_ANSWER)
        return;
    period = rst_host_period(&engine->hosts, host, reset->at);
    reset->takes_any_echo = period->any_echo;
    if (reset->known & RST_HAS_IP)
        rst_hop_note(&period->stateless, reset->ttl);
    learn_unasked(reset, period);
}

/* A reset whose silence is not counted may still belong to the host's series. */
static rst_silence_t *silence_like(const rst_host_t *host, int64_t idle)
{
    return host->silence && rst_same_idle(host->silence->idle, idle) ? host->silence : NULL;
}

/* A client that closes at once, before its third segment goes out, completes the handshake with an abort (RFC 9293,
 * section 3.10.5). A bare reset would also come from a host that never asked for the connection. */
static void learn_last_step(rst_engine_t *engine, const rst_reset_t *reset)
{
    if ((reset->flags & RST_FLAG_ACK) && reset->form == RST_FORM_ABORT &&
        !(reset->direction[1 - reset->from].known & RST_DIRECTION_PROVED)) {
        rst_conn_unshare(reset->conn, &engine->memory);
        rst_proof_learn(engine, reset->conn, reset->from, reset->seq, reset->ack);
    }
}

void rst_learn_reset(rst_engine_t *engine, rst_reset_t *reset)
{
    rst_host_t *host = reset->host[reset->from];

    learn_last_step(engine, reset);
    reset->named_netscaler = rst_prefs_names_netscaler(&engine->file.prefs, &reset->story->address[reset->from]);
    learn_service(engine, reset);
    learn_refusal(engine, reset);
    learn_service_reset(reset);
    if (host) {
        learn_stateless(engine, reset, host);
        reset->silence = silence_like(host, reset->idle);
    }
    learn_code(engine, reset);
    rst_pattern_count(reset, reset->conn->last_reset[reset->from], &engine->memory);
    learn_abort(engine, reset);
    if (is_empty(reset))
        learn_empty(engine, reset);
}

void rst_learn_stray_reset(rst_engine_t *engine, rst_reset_t *reset)
{
    reset->named_netscaler = rst_prefs_names_netscaler(&engine->file.prefs, &reset->story->address[reset->from]);
    learn_service(engine, reset);
    rst_pattern_count(reset, NULL, &engine->memory);
}
