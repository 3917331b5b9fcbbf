/* siphash.c
 * SipHash-1-3, written from section 2 of the paper.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/siphash.h"

#include <glib.h>
#include <string.h>

#define WORD 8 /* bytes */

typedef struct state {
    uint64_t v0, v1, v2, v3;
} state_t;

rst_secret_t rst_secret_new(void)
{
    rst_secret_t secret;

    for (unsigned i = 0; i < G_N_ELEMENTS(secret.key); i++)
        secret.key[i] = (uint64_t)g_random_int() << 32 | g_random_int();
    return secret;
}

static inline uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

/* Section 2.3. */
static inline void sip_round(state_t *state)
{
    state->v0 += state->v1;
    state->v2 += state->v3;
    state->v1 = rotate(state->v1, 13) ^ state->v0;
    state->v3 = rotate(state->v3, 16) ^ state->v2;
    state->v0 = rotate(state->v0, 32);
    state->v2 += state->v1;
    state->v0 += state->v3;
    state->v1 = rotate(state->v1, 17) ^ state->v2;
    state->v3 = rotate(state->v3, 21) ^ state->v0;
    state->v2 = rotate(state->v2, 32);
}

static inline state_t begin(const rst_secret_t *secret)
{
    return (state_t){
        secret->key[0] ^ UINT64_C(0x736f6d6570736575),
        secret->key[1] ^ UINT64_C(0x646f72616e646f6d),
        secret->key[0] ^ UINT64_C(0x6c7967656e657261),
        secret->key[1] ^ UINT64_C(0x7465646279746573),
    };
}

/* One round for each word. */
static inline void compress(state_t *state, uint64_t word)
{
    state->v3 ^= word;
    sip_round(state);
    state->v0 ^= word;
}

/* The last word has less than eight bytes and the size of the whole message in the highest one. Then three rounds. */
static inline uint64_t end(state_t *state, uint64_t tail, size_t size)
{
    compress(state, tail | (uint64_t)size << 56);
    state->v2 ^= 0xff;
    sip_round(state);
    sip_round(state);
    sip_round(state);
    return state->v0 ^ state->v1 ^ state->v2 ^ state->v3;
}

uint64_t rst_siphash(const rst_secret_t *secret, const void *bytes, size_t size)
{
    state_t state = begin(secret);
    const uint8_t *at = bytes;
    uint64_t word;

    for (size_t left = size; left >= WORD; left -= WORD, at += WORD) {
        memcpy(&word, at, WORD);
        compress(&state, GUINT64_FROM_LE(word));
    }
    word = 0;
    if (size % WORD)
        memcpy(&word, at, size % WORD);
    return end(&state, GUINT64_FROM_LE(word), size);
}

uint64_t rst_siphash_words(const rst_secret_t *secret, const uint64_t *word, unsigned words, uint64_t tail)
{
    state_t state = begin(secret);

    for (unsigned i = 0; i < words; i++)
        compress(&state, word[i]);
    return end(&state, tail, words * WORD + WORD - 1);
}
