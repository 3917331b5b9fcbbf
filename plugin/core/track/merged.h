/* merged.h
 * Captures from two places merged into one interface, as mergecap does without "-I none": every segment is in the file
 * twice, with the hop distance of either place, and the clocks may differ by any amount.
 *
 * The capture points cannot be told apart then. Such a connection is marked: a rule that draws conclusions from
 * distance, timing or what follows a reset must not accuse a device in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MERGED_H
#define RST_MERGED_H

#include "track/connection.h"
#include "track/reset.h"

/* Call before processing a segment (not a reset) from side from: marks the connection if the same packet was recorded
 * before, elsewhere. A device that mirrors a packet before and after routing it shows it one hop further within
 * milliseconds: that counts as one place. */
void rst_merged_note(rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* In a marked connection: is this reset the copy of an earlier one, recorded at the other place? */
bool rst_merged_is_copy(const rst_reset_t *reset, const rst_reset_t *earlier);

#endif
