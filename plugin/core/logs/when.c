/* when.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/when.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

#define JULIAN_1970 719163 /* the day 1970-01-01 as GDate counts days */
#define YEAR_MIN 1970
#define YEAR_MAX 2261 /* the last whole year in 64 bits of ns */
#define LEAP_YEAR 1972
#define DAY (86400 * RST_SECOND)

/* A number of so many digits; *at moves behind it. */
static bool take_number(const char **at, unsigned least, unsigned most, unsigned *value)
{
    unsigned digits = 0;
    unsigned found = 0;

    while (digits < most && g_ascii_isdigit((*at)[digits]))
        found = found * 10 + (unsigned)((*at)[digits++] - '0');
    if (digits < least)
        return false;
    *at += digits;
    *value = found;
    return true;
}

static bool take_sign(const char **at, const char *signs)
{
    if (!**at || !strchr(signs, **at))
        return false;
    (*at)++;
    return true;
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool take_month(const char **at, unsigned *month)
{
    for (unsigned i = 0; i < 12; i++) {
        if (!g_ascii_strncasecmp(*at, &month_names[i * 3], 3)) {
            *at += 3;
            *month = i + 1;
            return true;
        }
    }
    return false;
}

/* The fraction of a second after '.' or ','; what is finer than ns is passed over. */
static int64_t take_fraction(const char **at, int64_t *resolution)
{
    int64_t unit = RST_SECOND;
    int64_t fraction = 0;

    *resolution = RST_SECOND;
    if (!**at || !strchr(".,", **at) || !g_ascii_isdigit((*at)[1]))
        return 0;
    for ((*at)++; g_ascii_isdigit(**at); (*at)++) {
        if (unit == 1)
            continue;
        unit /= 10;
        fraction = rst_time_add(fraction, (**at - '0') * unit);
    }
    *resolution = unit;
    return fraction;
}

/* hh:mm:ss with or without a fraction, as ns since midnight. */
static bool take_clock(const char **at, rst_when_t *when)
{
    const char *start = *at;
    unsigned hour, minute, second;

    if (!take_number(at, 1, 2, &hour) || !take_sign(at, ":") || !take_number(at, 2, 2, &minute) ||
        !take_sign(at, ":") || !take_number(at, 2, 2, &second) || hour > 23 || minute > 59 || second > 60 ||
        g_ascii_isdigit(**at)) {
        *at = start;
        return false;
    }
    when->ns = take_fraction(at, &when->resolution);
    when->ns = rst_time_add(when->ns, (int64_t)((hour * 60 + minute) * 60 + second) * RST_SECOND);
    return true;
}

/* Adds the days from 1970 on. */
static bool add_date(rst_when_t *when, unsigned year, unsigned month, unsigned day)
{
    GDate date;

    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    when->ns = rst_time_add(when->ns, (int64_t)(g_date_get_julian(&date) - JULIAN_1970) * DAY);
    return true;
}

static bool ends_word(char c)
{
    return !g_ascii_isalnum(c);
}

/* Z, UTC, GMT, +hh:mm, +hhmm, +hh: seconds east. */
static bool take_zone(const char **at, int *east)
{
    const char *text = *at;
    unsigned hours, minutes = 0;
    bool west = *text == '-';

    if ((!strncmp(text, "UTC", 3) || !strncmp(text, "GMT", 3)) && ends_word(text[3])) {
        *at += 3;
        *east = 0;
        return true;
    }
    if (*text == 'Z' && ends_word(text[1])) {
        ++*at;
        *east = 0;
        return true;
    }
    if (!take_sign(&text, "+-") || !take_number(&text, 2, 2, &hours))
        return false;
    if (*text == ':')
        text++;
    if (g_ascii_isdigit(*text) && !take_number(&text, 2, 2, &minutes))
        return false;
    if (hours > 14 || minutes > 59 || g_ascii_isdigit(*text))
        return false;
    *east = (int)(hours * 60 + minutes) * (west ? -60 : 60);
    *at = text;
    return true;
}

/* A zone at once or after one blank. */
static void take_zone_after(const char **at, rst_when_t *when)
{
    const char *text = **at == ' ' ? *at + 1 : *at;
    int east;

    if (!take_zone(&text, &east))
        return;
    *at = text;
    rst_when_set_zone(when, east);
}

static size_t taken(const char *text, const char *end, rst_when_t found, rst_when_t *when)
{
    found.text = text;
    found.length = (size_t)(end - text);
    *when = found;
    return found.length;
}

size_t rst_when_iso(const char *text, rst_when_t *when)
{
    rst_when_t found = {.kind = RST_WHEN_LOCAL};
    const char *at = text;
    unsigned year, month, day;

    if (!take_number(&at, 4, 4, &year) || !take_sign(&at, "-/") || !take_number(&at, 1, 2, &month) ||
        !take_sign(&at, "-/") || !take_number(&at, 1, 2, &day) || !take_sign(&at, "T ") || !take_clock(&at, &found) ||
        !add_date(&found, year, month, day))
        return 0;
    take_zone_after(&at, &found);
    return taken(text, at, found, when);
}

/* "Mon " or "Mon, " before a date. */
static const char *after_weekday(const char *text)
{
    static const char days[] = "MonTueWedThuFriSatSun";

    for (unsigned i = 0; i < 7; i++) {
        if (!strncmp(text, &days[i * 3], 3) && (text[3] == ' ' || text[3] == ','))
            return text + 4 + strspn(text + 4, " ");
    }
    return text;
}

/* CEST and the like: which of the zones of that name is meant is not known. Only before a colon, where it cannot be the
 * name of a host. */
static void pass_zone_name(const char **at)
{
    size_t letters = 0;

    while (**at == ' ' && g_ascii_isupper((*at)[1 + letters]))
        letters++;
    if (letters >= 3 && letters <= 5 && (*at)[1 + letters] == ':')
        *at += 1 + letters;
}

/* A year that is no port or number of something else. */
static bool take_year(const char **at, unsigned *year)
{
    const char *start = *at;

    if (take_number(at, 4, 4, year) && *year >= YEAR_MIN && *year <= YEAR_MAX && ends_word(**at))
        return true;
    *at = start;
    return false;
}

size_t rst_when_month(const char *text, rst_when_t *when)
{
    rst_when_t found = {.kind = RST_WHEN_LOCAL};
    const char *at = after_weekday(text);
    const char *later;
    unsigned month, day;
    unsigned year = 0;

    if (!take_month(&at, &month) || !take_sign(&at, " "))
        return 0;
    at += strspn(at, " ");
    if (!take_number(&at, 1, 2, &day))
        return 0;
    at += *at == ',';
    if (!take_sign(&at, " "))
        return 0;
    at += strspn(at, " ");
    if (take_year(&at, &year) && !take_sign(&at, " "))
        return 0;
    if (!take_clock(&at, &found))
        return 0;
    later = at + 1;
    if (!year && *at == ' ' && take_year(&later, &year))
        at = later;
    if (!add_date(&found, year ? year : LEAP_YEAR, month, day))
        return 0;
    if (year)
        take_zone_after(&at, &found);
    else
        found.kind = RST_WHEN_NO_YEAR;
    pass_zone_name(&at);
    return taken(text, at, found, when);
}

size_t rst_when_clf(const char *text, rst_when_t *when)
{
    rst_when_t found = {.kind = RST_WHEN_LOCAL};
    const char *at = text;
    unsigned year, month, day;

    if (!take_number(&at, 1, 2, &day) || !take_sign(&at, "/- ") || !take_month(&at, &month) || !take_sign(&at, "/- ") ||
        !take_number(&at, 4, 4, &year) || !take_sign(&at, ": ") || !take_clock(&at, &found) ||
        !add_date(&found, year, month, day))
        return 0;
    take_zone_after(&at, &found);
    return taken(text, at, found, when);
}

size_t rst_when_epoch(const char *text, rst_when_t *when)
{
    rst_when_t found = {.kind = RST_WHEN_UTC, .resolution = RST_SECOND};
    size_t digits = strspn(text, "0123456789");
    const char *at = text + digits;
    uint64_t whole = 0;
    int64_t part = 0; /* of a second */

    if (digits != 10 && digits != 13 && digits != 16 && digits != 19)
        return 0;
    for (size_t i = 0; i < 10; i++)
        whole = whole * 10 + (unsigned)(text[i] - '0');
    for (size_t i = 10; i < digits; i++) {
        found.resolution /= 10;
        part = rst_time_add(part, rst_time_times((unsigned)(text[i] - '0'), found.resolution));
    }
    found.ns = rst_time_of((int64_t)whole, part);
    if (digits == 10)
        found.ns = rst_time_add(found.ns, take_fraction(&at, &found.resolution));
    return rst_time_fits(found.ns) ? taken(text, at, found, when) : 0;
}

size_t rst_when_of_day(const char *text, rst_when_t *when)
{
    rst_when_t found = {.kind = RST_WHEN_OF_DAY};
    const char *at = text;

    return take_clock(&at, &found) ? taken(text, at, found, when) : 0;
}

size_t rst_when_any(const char *text, rst_when_t *when)
{
    size_t (*const forms[])(const char *, rst_when_t *) = {rst_when_iso, rst_when_month, rst_when_clf, rst_when_epoch,
                                                           rst_when_of_day};
    size_t length = 0;

    for (size_t i = 0; !length && i < G_N_ELEMENTS(forms); i++)
        length = forms[i](text, when);
    return length;
}

void rst_when_set_zone(rst_when_t *when, int east)
{
    if (when->kind != RST_WHEN_LOCAL)
        return;
    when->ns = rst_time_sub(when->ns, rst_time_of(east, 0));
    when->kind = RST_WHEN_UTC;
}

static GTimeZone *zone_named(const char *name)
{
    const char *at = name;
    int east;

    if (take_zone(&at, &east))
        return *at ? NULL : g_time_zone_new_offset((gint32)east);
    return g_time_zone_new_identifier(name);
}

bool rst_when_is_zone(const char *text)
{
    GTimeZone *zone = zone_named(text);

    if (!zone)
        return false;
    g_time_zone_unref(zone);
    return true;
}

void rst_when_in_zone(rst_when_t *when, const char *name)
{
    GTimeZone *zone = when->kind == RST_WHEN_LOCAL ? zone_named(name) : NULL;
    gint64 seconds = when->ns / RST_SECOND;
    gint interval;

    if (!zone)
        return;
    interval = g_time_zone_adjust_time(zone, G_TIME_TYPE_STANDARD, &seconds);
    rst_when_set_zone(when, g_time_zone_get_offset(zone, interval));
    g_time_zone_unref(zone);
}

int64_t rst_when_duration(const char *text)
{
    const char *at = text;
    int64_t resolution;
    int64_t ns;
    unsigned first, minute, second;

    if (!take_number(&at, 1, 9, &first))
        return RST_TIME_NONE;
    if (*at == ':') {
        at++;
        if (first > 99999 || !take_number(&at, 2, 2, &minute) || !take_sign(&at, ":") ||
            !take_number(&at, 2, 2, &second) || minute > 59 || second > 59)
            return RST_TIME_NONE;
        return ((int64_t)first * 3600 + minute * 60 + second) * RST_SECOND;
    }
    ns = take_fraction(&at, &resolution);
    return g_ascii_isdigit(*at) ? RST_TIME_NONE : rst_time_add(ns, (int64_t)first * RST_SECOND);
}
