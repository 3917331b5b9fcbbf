/* verdict.c
 * Names of the enumerations as in the public fields, and the texts that name a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/text.h"
#include "track/reset.h"

const char *rst_sender_name(rst_sender_t sender)
{
    static const char *const names[RST_SENDER_COUNT] = {"unknown", "client", "server", "middlebox"};

    return names[sender];
}

const char *rst_phase_name(rst_phase_t phase)
{
    static const char *const names[RST_PHASE_COUNT] = {"unknown", "handshake", "established", "closing", "closed"};

    return names[phase];
}

const char *rst_validity_name(rst_validity_t validity)
{
    static const char *const names[RST_VALIDITY_COUNT] = {"unknown", "exact", "in_window", "outside"};

    return names[validity];
}

const char *rst_capture_side_name(rst_capture_side_t side)
{
    static const char *const names[RST_CAPTURE_SIDE_COUNT] = {"unknown", "client", "server", "middle"};

    return names[side];
}

const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory)
{
    const rst_conn_t *conn = reset->conn;
    const char *family = conn->address[0].size == 16 ? "ipv6" : "ip";
    unsigned client = reset->client;
    unsigned server = 1 - client;

    if (!conn->address[0].size)
        return "tcp";
    if (conn->address[0].size != 4 && conn->address[0].size != 16)
        return rst_text(memory, "tcp.port == %u && tcp.port == %u", conn->port[client], conn->port[server]);
    return rst_text(memory, "%s.addr == %s && %s.addr == %s && tcp.port == %u && tcp.port == %u", family,
                    rst_address_text(memory, &conn->address[client]), family,
                    rst_address_text(memory, &conn->address[server]), conn->port[client], conn->port[server]);
}

const char *rst_reset_server(const rst_reset_t *reset, const rst_memory_t *memory)
{
    unsigned server = 1u - reset->client;

    return rst_endpoint_text(memory, &reset->conn->address[server], reset->conn->port[server]);
}
