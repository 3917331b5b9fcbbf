/* reached.h
 * Verdicts that were reached once the file was read, so that filters, columns, statistics and redraws do not ask the
 * rules again. Without their sentences, which are made when somebody reads them: some 40 bytes for one verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REACHED_H
#define RST_REACHED_H

#include <glib.h>

#include "answer/verdict.h"

typedef struct rst_reached {
    GByteArray *bytes; /* one verdict after the other */
    GArray *places;    /* uint32_t, by id of the reset: where its verdict begins, plus 1; 0 = it is not kept */
    GPtrArray *words;  /* static strings that verdicts refer to */
} rst_reached_t;

rst_reached_t *rst_reached_new(void);
void rst_reached_free(rst_reached_t *kept);

/* Is any verdict kept? */
static inline bool rst_reached_any(const rst_reached_t *kept)
{
    return kept->places->len != 0;
}

/* Something may change the verdicts. */
void rst_reached_drop(rst_reached_t *kept);

/* Writes the verdict that is kept of this reset. Returns false if there is none. */
bool rst_reached_read(const rst_reached_t *kept, uint32_t id, rst_verdict_t *verdict);

/* Keeps a verdict without its sentences, unless all then take up more than most bytes. What declared says of it must be
 * static. */
void rst_reached_note(rst_reached_t *kept, uint32_t id, const rst_verdict_t *verdict, uint64_t most);

#endif
