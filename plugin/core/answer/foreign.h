/* foreign.h
 * A packet that does not fit the side whose address it bears: what does not fit, and how that is said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FOREIGN_H
#define RST_FOREIGN_H

#include <stdint.h>

#include "base/memory.h"

enum {                            /* what does not fit */
       RST_CLUE_SEQ = 0x01,       /* the sequence number is not one that the side can send now */
       RST_CLUE_ACK = 0x02,       /* the acknowledgment number is not one that the side can send now */
       RST_CLUE_HOPS = 0x04,      /* another hop distance than the settled one */
       RST_CLUE_TIMESTAMP = 0x08, /* no timestamp although the side uses them, or one out of reach */
       RST_CLUE_CHECKSUM = 0x10,  /* wrong, although those of the side were right before */
       RST_CLUE_FAR = 0x20        /* one of the numbers is off by more than a window: that alone is enough */
};

typedef enum rst_fit {
    RST_FITS,
    RST_DOUBTFUL, /* one clue against it: a change of route, a middlebox that strips an option, lost segments */
    RST_FOREIGN   /* two clues, or RST_CLUE_FAR: it is counted and shown, and changes nothing */
} rst_fit_t;

/* Segments that were asked. Those of a side without a history count as fitting. */
typedef struct rst_fit_counts {
    uint64_t segments, doubtful, foreign;
} rst_fit_counts_t;

rst_fit_t rst_fit_by(unsigned clues);

/* "sequence number, distance and timestamp"; at least one clue. */
const char *rst_foreign_text(unsigned clues, const rst_memory_t *memory);

#endif
