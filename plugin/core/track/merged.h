/* merged.h
 * Captures of two places that were merged into one interface, as mergecap does without "-I none": every segment stands
 * in the file twice, with the hop distance of either place, and the clocks may differ by any time.
 *
 * Capture points cannot be report apart then. Such a connection is marked; rules that conclude from distance, time or
 * what follows a reset may not accuse a device in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MERGED_H
#define RST_MERGED_H

#include "track/connection.h"
#include "track/reset.h"

/* Before a segment (not a reset) of side x is taken: marks the connection when the same packet was recorded before,
 * elsewhere. A device that mirrors a packet before and after routing moves it by one hop within milliseconds: that is
 * one place. */
void rst_merged_note(rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* In a marked connection: is this reset the other place's copy of an earlier one? */
bool rst_merged_is_copy(const rst_reset_t *reset, const rst_reset_t *earlier);

#endif
