/* past.c
 * Counting connections that made room for others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/past.h"

#include "engine/advise.h"

static uint16_t facts_of(const rst_direction_t *client, const rst_direction_t *server)
{
    unsigned facts = 0;

    if (client->known & RST_DIRECTION_SYN)
        facts |= RST_FLOW_BEGAN;
    if (server->known & RST_DIRECTION_SYNACK)
        facts |= RST_FLOW_ACCEPTED;
    if (client->syn_options)
        facts |= RST_FLOW_OPTIONS;
    if (client->segments)
        facts |= RST_FLOW_ASKED;
    if (server->segments)
        facts |= RST_FLOW_ANSWERED;
    if ((client->known | server->known) & RST_DIRECTION_UNCAPTURED)
        facts |= RST_FLOW_LOST;
    if (client->data_segments)
        facts |= RST_FLOW_CLIENT_DATA;
    if (server->data_segments)
        facts |= RST_FLOW_SERVER_DATA;
    if (client->known & RST_DIRECTION_FIN)
        facts |= RST_FLOW_CLIENT_FIN;
    if (server->known & RST_DIRECTION_FIN)
        facts |= RST_FLOW_SERVER_FIN;
    return (uint16_t)facts;
}

rst_flow_t rst_past_flow(const rst_direction_t *client, const rst_direction_t *server)
{
    return (rst_flow_t){.facts = facts_of(client, server),
                        .ttl = server->segments ? server->ttl : 0,
                        .system = (uint8_t)(rst_system_of(client) | rst_system_of(server) << 3),
                        .client_ttl = client->syn_ttl,
                        .to_client = (uint32_t)MIN(server->bytes, UINT32_MAX),
                        .to_server = (uint32_t)MIN(client->bytes, UINT32_MAX)};
}

void rst_past_note(rst_engine_t *engine, rst_conn_t *conn)
{
    unsigned client = rst_conn_client(conn);
    rst_past_t past = {.conn = conn, .story = conn->story, .client = (uint8_t)client, .before = conn->past};

    if (!conn->first.pass_index || (conn->at_point && conn->at_point->place) || engine->past->len >= RST_PAST_MAX)
        return;
    past.whole = conn->at_point ? conn->at_point->whole : NULL;
    past.flow = rst_past_flow(&conn->direction[client], &conn->direction[1 - client]);
    past.flow.first = conn->first.time;
    past.flow.last = conn->last.time;
    past.flow.began = conn->first.pass_index;
    past.flow.called = conn->called;
    past.flow.name = rst_called_binds(conn->called) ? conn->called.name : 0;
    if (conn->resets)
        past.flow.facts |= RST_FLOW_RESET;
    g_array_append_val(engine->past, past);
    conn->past = engine->past->len;
}

void rst_past_leave(const rst_engine_t *engine, const rst_conn_t *conn)
{
    for (uint32_t place = conn->past; place;) {
        rst_past_t *past = &g_array_index(engine->past, rst_past_t, place - 1);

        past->conn = NULL;
        place = past->before;
    }
}
