/* calendar.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/calendar.h"

#include <glib.h>

#include "base/moment.h"

/* The same month, day and time in another year; February 29 is missing in most of them. */
static int64_t in_year(GDateTime *date, int64_t ns, int year)
{
    GDateTime *moved =
        g_date_time_new_utc(year, g_date_time_get_month(date), g_date_time_get_day_of_month(date),
                            g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
    int64_t result;

    if (!moved)
        return RST_TIME_NONE;
    result = rst_time_of(g_date_time_to_unix(moved), rst_time_fraction(ns));
    g_date_time_unref(moved);
    return result;
}

/* Any number of nanoseconds is a date that GLib knows. */
int64_t rst_calendar_year(int64_t ns, int64_t near)
{
    int64_t best = RST_TIME_NONE;
    GDateTime *around, *date;

    if (near == RST_TIME_NONE)
        return RST_TIME_NONE;
    around = g_date_time_new_from_unix_utc(rst_time_seconds(near));
    date = g_date_time_new_from_unix_utc(rst_time_seconds(ns));
    for (int step = -1; step <= 1; step++) {
        int64_t time = in_year(date, ns, g_date_time_get_year(around) + step);

        if (rst_time_apart(time, near) < rst_time_apart(best, near))
            best = time;
    }
    g_date_time_unref(around);
    g_date_time_unref(date);
    return best;
}
