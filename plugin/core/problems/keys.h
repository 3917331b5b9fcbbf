/* keys.h
 * Dense numbers, from 0, for keys of two words, in the order in which they first came: whatever belongs to a key is
 * then an element of an array.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_KEYS_H
#define RST_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/siphash.h"

#define RST_NUMBER_NONE UINT32_MAX

typedef struct rst_key {
    uint64_t a, b;
} rst_key_t;

/* Starts with rst_keys_open(). Nothing depends on the order of its slots, which differs from run to run. */
typedef struct rst_keys {
    rst_key_t *key; /* by number */
    uint32_t *slot; /* number + 1, 0 = free */
    uint32_t count, room, mask;
    rst_secret_t secret;
} rst_keys_t;

void rst_keys_open(rst_keys_t *keys);
void rst_keys_close(rst_keys_t *keys);

/* The number of a key, a new one if it has none yet. */
uint32_t rst_keys_number(rst_keys_t *keys, uint64_t a, uint64_t b);

/* The number of a key, or RST_NUMBER_NONE. */
uint32_t rst_keys_find(const rst_keys_t *keys, uint64_t a, uint64_t b);

/* Is the pair new? Then it is added. */
bool rst_keys_is_new(rst_keys_t *keys, uint64_t a, uint64_t b);

#endif
