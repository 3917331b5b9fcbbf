/* foreign.c
 * What of a packet does not fit, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/foreign.h"

#include <glib.h>

#include "base/text.h"

static const struct {
    unsigned clue;
    const char *text;
} names[] = {
    {RST_CLUE_SEQ, "sequence number"}, {RST_CLUE_ACK, "acknowledgment number"}, {RST_CLUE_HOPS, "hop distance"},
    {RST_CLUE_TIMESTAMP, "timestamp"}, {RST_CLUE_CHECKSUM, "checksum"},
};

rst_fit_t rst_fit_by(unsigned clues)
{
    unsigned others = clues & ~(unsigned)RST_CLUE_FAR;

    if (!clues)
        return RST_FITS;
    return (clues & RST_CLUE_FAR) || (others & (others - 1)) ? RST_FOREIGN : RST_DOUBTFUL;
}

const char *rst_foreign_text(unsigned clues, const rst_memory_t *memory)
{
    const char *listed = NULL;
    const char *last = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!(clues & names[i].clue))
            continue;
        if (last)
            listed = listed ? rst_text(memory, "%s, %s", listed, last) : last;
        last = names[i].text;
    }
    return listed ? rst_text(memory, "%s and %s", listed, last) : last;
}
