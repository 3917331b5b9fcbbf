/* reset.c
 * Implementation for the texts that name a reset's connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/reset.h"

#include "base/text.h"

const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory)
{
    const rst_story_t *conn = reset->story;
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

    return rst_endpoint_text(memory, &reset->story->address[server], reset->story->port[server]);
}
