/* translations.h
 * What a device says of addresses and ports that it translated, apart from any connection. A port is handed out again
 * within minutes, so a translation counts only for the time in which it was in force.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRANSLATIONS_H
#define RST_TRANSLATIONS_H

#include <glib.h>

#include "base/names.h"
#include "logs/record.h"

#define RST_TRANSLATIONS_MAX 65536 /* ends */

typedef struct rst_translations {
    rst_names_t names;
    GHashTable *table; /* address and port, as a kept name -> what it became */
} rst_translations_t;

void rst_translations_open(rst_translations_t *translations);
void rst_translations_close(rst_translations_t *translations);

/* A record that is a translation, both ends told, at the time as kept.c settles it. */
void rst_translations_take(rst_translations_t *translations, const rst_record_t *record, const rst_when_t *when);

/* What that end was on the other side of the device at that time, NULL if nothing tells. */
const rst_log_end_t *rst_translations_find(const rst_translations_t *translations, const rst_log_end_t *end,
                                           const rst_when_t *when);

#endif
