/* compare_track.h
 * Two tracks side by side, for the files of compare.h: what one recorded of the other's segments, and when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COMPARE_TRACK_H
#define RST_COMPARE_TRACK_H

#include "compare.h"

/* Was the segment recorded at track after the given moment of the other track? By its own copy there, or by the clock.
 * x = index of its sender at track. */
bool rst_track_is_later(const rst_engine_t *engine, const rst_track_t *track, unsigned x, const rst_sight_t *sight,
                        const rst_track_t *other, rst_mark_t at);

/* Interfaces of two tracks: visits at the first one between which the other one recorded too. */
bool rst_track_spans(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track, uint32_t visit);

/* Segments of a side (its index at track) that track has and there has not, from the first common one to the given
 * visit. */
unsigned rst_track_lost(const rst_track_t *there, const rst_track_t *track, unsigned x, uint32_t until,
                        unsigned *compared);

/* Common segments of a point that loses next to nothing, by what reached the other one all the same; otherwise 0. */
uint32_t rst_track_clean(const rst_engine_t *engine, const rst_track_t *there, const rst_track_t *track);

/* compare_witness.c: refused, and the server's point shows neither the SYN nor the reset. */
void rst_compare_unknown(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare);

#endif
