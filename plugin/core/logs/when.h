/* when.h
 * Times as logs write them, and how far they can be trusted: with a zone or without, without a year, since boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WHEN_H
#define RST_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum rst_when_kind {
    RST_WHEN_NONE,
    RST_WHEN_UTC,     /* the zone is known: ns since 1970 in UTC */
    RST_WHEN_LOCAL,   /* the zone is not stated: ns as if local time were UTC */
    RST_WHEN_NO_YEAR, /* nor the year: ns as if local time were UTC and the year 1972, which has a February 29 */
    RST_WHEN_OF_DAY,  /* nor the day: ns since midnight */
    RST_WHEN_BOOT     /* ns since the system started */
} rst_when_kind_t;

/* All zeros: no time. */
typedef struct rst_when {
    int64_t ns;
    int64_t resolution; /* ns: the last digit that is written */
    rst_when_kind_t kind;
    bool loose;       /* the time of receipt, of a batch or of a window: only bounds the event */
    const char *text; /* as written; lives as long as the line */
    size_t length;
} rst_when_t;

/* Each reads a time at the beginning of text (zero-terminated) and returns how many bytes it takes; 0 = it is none, and
 * *when is unchanged. Days and hours that no calendar has are none. */

/* 2019-08-15T16:03:31.123456789Z, 2019-08-15 16:03:31,123+02:00, 2019/08/15 16:03:31; zone Z, UTC, GMT, +hh:mm, +hhmm
 * or none. */
size_t rst_when_iso(const char *text, rst_when_t *when);

/* Aug 15 16:03:31, Aug 05 2019 16:03:31.123, Aug  5 16:03:31 2019; a zone's name (CEST) after it is passed over, and
 * only UTC and GMT are taken for known. */
size_t rst_when_month(const char *text, rst_when_t *when);

/* 15/Aug/2019:16:03:31.123 +0200 */
size_t rst_when_clf(const char *text, rst_when_t *when);

/* Seconds since 1970, as 10 digits with or without a fraction, or 13, 16 or 19 digits for ms, us and ns. */
size_t rst_when_epoch(const char *text, rst_when_t *when);

/* 16:03:31.123456789 */
size_t rst_when_of_day(const char *text, rst_when_t *when);

/* The first of the above that fits. */
size_t rst_when_any(const char *text, rst_when_t *when);

/* A local time becomes UTC by a zone (seconds east of Greenwich); others stay as they are. */
void rst_when_set_zone(rst_when_t *when, int east);

/* "+02:00", "-0330", "Z", "UTC", or a name that GLib knows (Europe/Berlin: then the offset is that of each time, which
 * rst_when_in_zone() works out). False if it is none. */
bool rst_when_is_zone(const char *text);
void rst_when_in_zone(rst_when_t *when, const char *zone);

/* "h:mm:ss", "0:02:03" (hours may exceed 24) or seconds ("12", "0.5"): ns; RST_TIME_NONE if it is none. */
int64_t rst_when_duration(const char *text);

#endif
