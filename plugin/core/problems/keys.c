/* keys.c
 * Open addressing: a slot is four bytes, where a hash table of GLib needs an allocation and three words for each key,
 * and a large capture has millions of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/keys.h"

#include <glib.h>

#define ROOM_FIRST 64

void rst_keys_open(rst_keys_t *keys)
{
    *keys = (rst_keys_t){.room = ROOM_FIRST, .mask = 2 * ROOM_FIRST - 1};
    keys->secret = rst_secret_new();
    keys->key = g_new(rst_key_t, keys->room);
    keys->slot = g_new0(uint32_t, keys->mask + 1);
}

void rst_keys_close(rst_keys_t *keys)
{
    g_clear_pointer(&keys->key, g_free);
    g_clear_pointer(&keys->slot, g_free);
}

/* The slot of a key, or the free one where it belongs. */
static uint32_t slot_of(const rst_keys_t *keys, uint64_t a, uint64_t b)
{
    const uint64_t words[] = {a, b};
    uint64_t hash = rst_siphash_words(&keys->secret, words, G_N_ELEMENTS(words), 0);

    for (uint32_t at = (uint32_t)hash & keys->mask;; at = (at + 1) & keys->mask) {
        uint32_t number = keys->slot[at];

        if (!number || (keys->key[number - 1].a == a && keys->key[number - 1].b == b))
            return at;
    }
}

/* At least half of the slots stay free. */
static void grow(rst_keys_t *keys)
{
    keys->room *= 2;
    keys->mask = 2 * keys->room - 1;
    keys->key = g_renew(rst_key_t, keys->key, keys->room);
    g_free(keys->slot);
    keys->slot = g_new0(uint32_t, (gsize)keys->mask + 1);
    for (uint32_t i = 0; i < keys->count; i++)
        keys->slot[slot_of(keys, keys->key[i].a, keys->key[i].b)] = i + 1;
}

uint32_t rst_keys_find(const rst_keys_t *keys, uint64_t a, uint64_t b)
{
    uint32_t number = keys->slot[slot_of(keys, a, b)];

    return number ? number - 1 : RST_NUMBER_NONE;
}

uint32_t rst_keys_number(rst_keys_t *keys, uint64_t a, uint64_t b)
{
    uint32_t at = slot_of(keys, a, b);

    if (keys->slot[at])
        return keys->slot[at] - 1;
    if (keys->count == keys->room) {
        grow(keys);
        at = slot_of(keys, a, b);
    }
    keys->key[keys->count] = (rst_key_t){a, b};
    keys->slot[at] = ++keys->count;
    return keys->count - 1;
}

bool rst_keys_is_new(rst_keys_t *keys, uint64_t a, uint64_t b)
{
    uint32_t before = keys->count;

    rst_keys_number(keys, a, b);
    return keys->count != before;
}
