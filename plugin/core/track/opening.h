/* opening.h
 * A SYN, or an unexpected SYN-ACK, on addresses and ports whose connection has not ended, or not long ago.
 *
 * Anybody can send one. It is an attempt of its own and leaves the old connection untouched, until somebody answers it
 * in a fitting way: a SYN-ACK or a refusal that acknowledges it, a reset of its sender at its number, or a challenge
 * ACK that its sender resets (RFC 9293, section 3.10.7.4). Then it begins the next incarnation, and what was kept here
 * is taken as it came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_OPENING_H
#define RST_OPENING_H

#include "base/memory.h"
#include "facts/segment.h"
#include "track/direction.h"

#define RST_OPENING_COPIES 8

typedef struct rst_opening {
    rst_segment_t syn;   /* without payload */
    uint8_t from;        /* index of its sender */
    bool elsewhere;      /* from another distance than the sender's other packets */
    uint8_t copies;      /* transmissions kept; of more, the last place is that of the latest */
    uint16_t count;      /* transmissions */
    rst_moment_t before; /* the latest segment of the old connection */
    rst_moment_t at[RST_OPENING_COPIES];
    rst_segment_t challenge; /* the latest bare ACK of the other side */
    rst_moment_t challenged; /* pass_index 0 = none yet */
} rst_opening_t;

/* A new attempt; old = the one before it on the same connection, whose place it takes, or NULL; before = the
 * latest segment of that connection. Returns old, unchanged,
 * if the new one comes from elsewhere and old does not. */
rst_opening_t *rst_opening_new(rst_opening_t *old, const rst_segment_t *syn, unsigned from, bool elsewhere,
                               rst_moment_t before, const rst_memory_t *memory);

/* The same SYN once more? */
bool rst_opening_is(const rst_opening_t *opening, const rst_segment_t *segment, unsigned from);

/* Call for the first transmission too. */
void rst_opening_repeat(rst_opening_t *opening, const rst_segment_t *syn, rst_moment_t at);

/* Is the segment a bare ACK that may challenge the SYN? Keeps it. */
void rst_opening_note(rst_opening_t *opening, const rst_segment_t *segment, unsigned from, rst_moment_t at);

/* Does the segment answer the SYN, or go on with its attempt? elsewhere = the segment comes from another distance than
 * its sender's other packets. */
bool rst_opening_is_answered(const rst_opening_t *opening, const rst_segment_t *segment, unsigned from, bool elsewhere);

#endif
