/* siphash.h
 * A keyed hash for every table whose keys come from the wire or from a file: nobody who does not know the key can craft
 * inputs that collide. SipHash-1-3 by Jean-Philippe Aumasson and Daniel J. Bernstein, "SipHash: a fast short-input PRF"
 * (2012); this variant serves the tables of Rust, Python and Ruby.
 *
 * The key is random in each run. So a hash may decide where an entry lies, but never what a verdict says: nothing may
 * depend on the order of such a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SIPHASH_H
#define RST_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct rst_secret {
    uint64_t key[2];
} rst_secret_t;

/* A new random key. */
rst_secret_t rst_secret_new(void);

uint64_t rst_siphash(const rst_secret_t *secret, const void *bytes, size_t size);

/* The same for a message of whole numbers, as if they were written in little-endian order: all words, then the lowest
 * seven bytes of tail, so that addresses and ports take one round less. Needs 8 * words + 7 < 2^8. */
uint64_t rst_siphash_words(const rst_secret_t *secret, const uint64_t *word, unsigned words, uint64_t tail);

#endif
