/* names.h
 * A set of texts from the wire or from a file, each kept once. Nothing depends on the order of its entries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_NAMES_H
#define RST_NAMES_H

#include <glib.h>

#include "base/siphash.h"

typedef struct rst_names {
    GHashTable *table;
    rst_secret_t secret;
} rst_names_t;

void rst_names_open(rst_names_t *names);
void rst_names_close(rst_names_t *names); /* frees the texts */

/* The kept text, NULL if it is not in the set. */
const char *rst_names_find(const rst_names_t *names, const char *text);

/* The kept copy of a text, added if missing while there are less than most. NULL if it is not added. */
const char *rst_names_keep(rst_names_t *names, const char *text, unsigned most);

#endif
