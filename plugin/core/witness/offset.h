/* offset.h
 * How far the clock of a log is from that of the capture, by what the records and packets of the same addresses and
 * ports agree on. Numbers of packets decide, then the clock that needs no excuse: right to the second where the zone is
 * known, off by a time zone where it is not. Any other offset takes several connections that agree on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_OFFSET_H
#define RST_OFFSET_H

#include "witness/kept.h"

/* Sets what is known of each clock. */
void rst_offsets_find(rst_kepts_t *kepts);

/* The time of a record by the clock of the capture, near that time where the day is not told. */
int64_t rst_offset_time(const rst_log_clock_t *clock, const rst_kept_t *kept, int64_t time, int64_t near);

#endif
