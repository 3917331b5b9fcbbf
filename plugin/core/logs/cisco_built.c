/* cisco_built.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/cisco_built.h"

static uint32_t pair_of(const rst_cisco_end_t ends[2])
{
    uint32_t hash = 0;

    for (unsigned i = 0; i < 2; i++)
        hash = (hash ^ rst_address_hash(&ends[i].real.address) ^ ends[i].real.port) * 2654435761u;
    return hash;
}

void rst_cisco_remember(rst_cisco_built_t *built, uint64_t number, const rst_cisco_end_t ends[2], bool second_began)
{
    rst_cisco_known_t *known = &built->known[number % RST_CISCO_BUILT_MAX];

    known->number = number;
    known->pair = pair_of(ends);
    known->second_began = second_began;
    known->known = true;
    for (unsigned i = 0; i < 2; i++)
        known->mapped[i] = ends[i].mapped;
}

const rst_cisco_known_t *rst_cisco_recall(const rst_cisco_built_t *built, uint64_t number,
                                          const rst_cisco_end_t ends[2])
{
    const rst_cisco_known_t *known = &built->known[number % RST_CISCO_BUILT_MAX];

    return known->known && known->number == number && known->pair == pair_of(ends) ? known : NULL;
}
