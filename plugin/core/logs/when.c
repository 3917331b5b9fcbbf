/* when.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/when.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

size_t rst_when_iso(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

size_t rst_when_month(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

size_t rst_when_clf(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

size_t rst_when_epoch(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

size_t rst_when_of_day(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

size_t rst_when_any(const char *text, rst_when_t *when)
{
    (void)text;
    (void)when;
    return 0;
}

void rst_when_set_zone(rst_when_t *when, int64_t east)
{
    (void)when;
    (void)east;
}

bool rst_when_is_zone(const char *text)
{
    (void)text;
    return false;
}

void rst_when_in_zone(rst_when_t *when, const char *zone)
{
    (void)when;
    (void)zone;
}

int64_t rst_when_duration(const char *text)
{
    (void)text;
    return RST_TIME_NONE;
}
