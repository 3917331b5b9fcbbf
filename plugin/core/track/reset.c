/* reset.c
 * Texts that identify the connection of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/reset.h"

#include "base/text.h"

/* Not even the addresses are left. */
static bool is_dropped(const rst_reset_t *reset)
{
    return !reset->at.pass_index;
}

static const char *end_text(const rst_reset_t *reset, unsigned end, const rst_memory_t *memory)
{
    if (is_dropped(reset))
        return "";
    return rst_endpoint_text(memory, &reset->story->address[end], reset->story->port[end]);
}

const char *rst_reset_filter(const rst_reset_t *reset, const rst_memory_t *memory)
{
    const rst_story_t *story = reset->story;
    const char *family = story->address[0].size == 16 ? "ipv6" : "ip";
    unsigned client = reset->client;
    unsigned server = 1 - client;

    if (is_dropped(reset))
        return "";
    if (story->address[0].size != 4 && story->address[0].size != 16)
        return rst_text(memory, "tcp.port == %u && tcp.port == %u", story->port[client], story->port[server]);
    return rst_text(memory, "%s.addr == %s && %s.addr == %s && tcp.port == %u && tcp.port == %u", family,
                    rst_address_text(memory, &story->address[client]), family,
                    rst_address_text(memory, &story->address[server]), story->port[client], story->port[server]);
}

const char *rst_reset_client(const rst_reset_t *reset, const rst_memory_t *memory)
{
    return end_text(reset, reset->client, memory);
}

const char *rst_reset_server(const rst_reset_t *reset, const rst_memory_t *memory)
{
    return end_text(reset, 1u - reset->client, memory);
}
