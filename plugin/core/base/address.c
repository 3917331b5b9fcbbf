/* address.c
 * Comparing network addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/address.h"

#include <string.h>

uint32_t rst_address_ipv4(const rst_address_t *address)
{
    uint32_t value;

    memcpy(&value, address->word, sizeof value);
    return value;
}

uint32_t rst_address_hash(const rst_address_t *address)
{
    uint64_t mixed = (address->word[0] ^ (address->word[1] * UINT64_C(0x9e3779b97f4a7c15))) + address->size;

    mixed *= UINT64_C(0xff51afd7ed558ccd);
    return (uint32_t)(mixed >> 32);
}

int rst_address_compare(const rst_address_t *a, const rst_address_t *b)
{
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return memcmp(a->word, b->word, sizeof a->word);
}

bool rst_address_equal(const rst_address_t *a, const rst_address_t *b)
{
    return a->word[0] == b->word[0] && a->word[1] == b->word[1] && a->size == b->size;
}
