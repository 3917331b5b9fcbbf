/* places.c
 * Addresses as people write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/places.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Room for what base/text.h writes on the way to one text. */
typedef struct scratch {
    char room[4 * RST_PLACE_MAX];
    size_t used;
} scratch_t;

static void *scratch_alloc(void *scope, size_t size)
{
    scratch_t *scratch = scope;
    void *block = scratch->room + scratch->used;

    g_assert(size <= sizeof scratch->room - scratch->used);
    scratch->used += size;
    return block;
}

static void place(char *buffer, const rst_address_t *address, int port)
{
    scratch_t scratch = {.used = 0};
    const rst_memory_t memory = {scratch_alloc, NULL, &scratch};

    g_strlcpy(buffer,
              port < 0 ? rst_address_text(&memory, address) : rst_endpoint_text(&memory, address, (uint16_t)port),
              RST_PLACE_MAX);
}

void rst_place_address(const rst_census_t *census, uint32_t address, char *buffer)
{
    place(buffer, rst_address_at(census, address), -1);
}

void rst_place_service(const rst_census_t *census, uint32_t address, uint16_t port, char *buffer)
{
    place(buffer, rst_address_at(census, address), port);
}

void rst_place_net(const rst_census_t *census, uint32_t address, char *buffer)
{
    rst_address_t net = *rst_address_at(census, address);
    uint8_t byte[sizeof net.word];
    size_t length;

    memcpy(byte, net.word, sizeof byte);
    memset(byte + (net.size == 4 ? 3 : 8), 0, sizeof byte - (net.size == 4 ? 3 : 8));
    memcpy(net.word, byte, sizeof byte);
    place(buffer, &net, -1);
    length = strlen(buffer);
    snprintf(buffer + length, RST_PLACE_MAX - length, net.size == 4 ? "/24" : "/64");
}
