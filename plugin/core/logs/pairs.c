/* pairs.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/pairs.h"

#include <string.h>

#include <glib.h>

static bool of_key(char letter)
{
    return g_ascii_isalnum(letter) || (letter && strchr("_-.", letter));
}

/* The sign that ends the next key at or after text, and where that key begins; NULL if there is none. */
static const char *next_key(const char *text, const char *front, const char **begin)
{
    for (const char *at = strchr(text, '='); at; at = strchr(at + 1, '=')) {
        const char *key = at;

        while (key > text && of_key(key[-1]))
            key--;
        if (key < at && (key == front || key[-1] == ' ' || key[-1] == '\t' || key[-1] == '|')) {
            *begin = key;
            return at;
        }
    }
    return NULL;
}

static bool next_spaced(rst_pairs_t *pairs, rst_piece_t *key, rst_piece_t *value)
{
    const char *begin;
    const char *sign = next_key(pairs->at, pairs->at, &begin);
    const char *end;

    if (!sign)
        return false;
    key->text = begin;
    key->length = (size_t)(sign - begin);
    value->text = sign + 1;
    if (!next_key(sign + 1, NULL, &end))
        end = sign + 1 + strlen(sign + 1);
    pairs->at = end;
    while (end > value->text && g_ascii_isspace(end[-1]))
        end--;
    value->length = (size_t)(end - value->text);
    return true;
}

static bool next_split(rst_pairs_t *pairs, rst_piece_t *key, rst_piece_t *value)
{
    while (*pairs->at) {
        const char *begin = pairs->at;
        const char *end = strchr(begin, pairs->separator);
        const char *sign;

        if (!end)
            end = begin + strlen(begin);
        pairs->at = *end ? end + 1 : end;
        while (begin < end && *begin == ' ')
            begin++;
        sign = memchr(begin, '=', (size_t)(end - begin));
        if (!sign)
            continue;
        key->text = begin;
        key->length = (size_t)(sign - begin);
        value->text = sign + 1;
        value->length = (size_t)(end - value->text);
        return true;
    }
    return false;
}

bool rst_pairs_next(rst_pairs_t *pairs, rst_piece_t *key, rst_piece_t *value)
{
    return pairs->separator ? next_split(pairs, key, value) : next_spaced(pairs, key, value);
}
