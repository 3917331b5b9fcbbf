/* syn_origin.c
 * Implementation for who made a SYN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/syn_origin.h"

#include <stdlib.h>

bool rst_syn_is_odd(const rst_direction_t *client)
{
    uint16_t window = client->syn_window;

    return client->syn_bare && (window == 1024 || window == 2048 || window == 3072 || window == 4096);
}

/* A path of more than 24 hops is a distance of its own, a TTL that is nearly used up was chosen by a program. */
static bool has_distance(uint8_t ttl)
{
    return ttl > RST_TTL_LOW;
}

bool rst_syn_is_elsewhere(const rst_direction_t *client, uint8_t ttl, unsigned hop_delta)
{
    uint8_t syn = rst_hops(client->syn_ttl);
    uint8_t other = rst_hops(ttl);

    if (!has_distance(client->syn_ttl) || !has_distance(ttl) || (syn == RST_HOPS_ABSURD && other == RST_HOPS_ABSURD))
        return false;
    return (unsigned)abs(syn - other) >= hop_delta && !rst_syn_is_odd(client);
}
