/* asked_names.h
 * Names that clients asked for, each as a number, so that a connection keeps four bytes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ASKED_NAMES_H
#define RST_ASKED_NAMES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/siphash.h"

#define RST_ASKED_NAMES_MAX 65536

typedef struct rst_asked_names {
    GHashTable *table; /* name_t of asked_names.c, keyed by itself */
    GPtrArray *text;   /* escaped, by number - 1 */
    rst_secret_t secret;
} rst_asked_names_t;

void rst_asked_names_open(rst_asked_names_t *names);
void rst_asked_names_close(rst_asked_names_t *names);

/* The number of a name from the wire, from 1; 0 when there are too many. */
uint32_t rst_asked_names_number(rst_asked_names_t *names, const uint8_t *bytes, size_t length,
                                const rst_memory_t *memory);

/* The name, escaped; NULL for 0. */
const char *rst_asked_names_text(const rst_asked_names_t *names, uint32_t number);

#endif
