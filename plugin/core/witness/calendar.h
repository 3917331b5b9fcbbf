/* calendar.h
 * Times that leave out the year.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CALENDAR_H
#define RST_CALENDAR_H

#include <stdint.h>

/* ns as if in 1972 (logs/when.h), moved to the year in which it is nearest to another time. RST_TIME_NONE if that is
 * not known, or no such year has the day. */
int64_t rst_calendar_year(int64_t ns, int64_t near);

#endif
