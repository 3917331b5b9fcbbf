/* address.c
 * Comparing network addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/address.h"

#include <string.h>

#include <glib.h>

uint32_t rst_address_ipv4(const rst_address_t *address)
{
    uint32_t value;

    memcpy(&value, address->word, sizeof value);
    return value;
}

rst_address_t rst_address_of_ipv4(uint32_t value)
{
    rst_address_t address = {.size = sizeof value};

    memcpy(address.word, &value, sizeof value);
    return address;
}

uint32_t rst_address_hash(const rst_address_t *address)
{
    uint64_t first = GUINT64_FROM_LE(address->word[0]), second = GUINT64_FROM_LE(address->word[1]);
    uint64_t mixed = (first ^ (second * UINT64_C(0x9e3779b97f4a7c15))) + address->size;

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
