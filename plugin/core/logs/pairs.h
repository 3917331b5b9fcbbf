/* pairs.h
 * Keys and values of CEF and LEEF, whose values are not quoted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PAIRS_H
#define RST_PAIRS_H

#include <stdbool.h>

#include "logs/words.h"

typedef struct rst_pairs {
    const char *at; /* zero-terminated */
    char separator; /* between pairs (LEEF); 0: a value may hold blanks and ends at the next key (CEF: \= is no sign) */
} rst_pairs_t;

/* False at the end. Escapes stay as they are. */
bool rst_pairs_next(rst_pairs_t *pairs, rst_piece_t *key, rst_piece_t *value);

#endif
