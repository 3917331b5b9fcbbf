/* point_ends.c
 * Reading the preference that names the interfaces of the capture points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/point_ends.h"

#include <string.h>

#include <glib.h>

static const char *const end_names[] = {"point", "client", "server", "middle"}; /* by rst_end_t */

void rst_point_ends_clear(rst_point_ends_t *ends)
{
    memset(ends->group, RST_INTERFACES_MAX, sizeof ends->group);
    memset(ends->end, RST_END_UNKNOWN, sizeof ends->end);
}

/* "0-2,5": marks the interfaces as a group at an end. False if part of it is invalid; the valid part still counts. */
static bool read_group(rst_point_ends_t *ends, const char *list, rst_end_t end, unsigned group)
{
    gchar **part = g_strsplit(list, ",", -1);
    bool good = part[0] != NULL;

    for (unsigned i = 0; part[i]; i++) {
        gchar *rest;
        guint64 first = g_ascii_strtoull(part[i], &rest, 10);
        bool range = *rest == '-' && g_ascii_isdigit(rest[1]);
        guint64 last = range ? g_ascii_strtoull(rest + 1, &rest, 10) : first;

        if (!*part[i]) /* "client=0, server=1" */
            continue;
        if (!g_ascii_isdigit(*part[i]) || *rest || first > last || last >= RST_INTERFACES_MAX)
            good = false;
        for (; rest != part[i] && first <= last && first < RST_INTERFACES_MAX; first++) {
            ends->group[first] = (uint8_t)group;
            ends->end[first] = (uint8_t)end;
        }
    }
    g_strfreev(part);
    return good;
}

bool rst_point_ends_state(rst_point_ends_t *ends, const char *entry, unsigned group)
{
    const char *list = strchr(entry, '=');

    for (unsigned end = 0; list && end < G_N_ELEMENTS(end_names); end++) {
        if (strlen(end_names[end]) == (size_t)(list - entry) &&
            g_ascii_strncasecmp(entry, end_names[end], (size_t)(list - entry)) == 0)
            return read_group(ends, list + 1, (rst_end_t)end, MIN(group, RST_INTERFACES_MAX - 1));
    }
    return false;
}

bool rst_point_ends_read(rst_point_ends_t *ends, const char *entries)
{
    gchar **word = g_strsplit_set(entries, RST_POINT_ENDS_BLANKS, -1);
    bool stated = false;

    for (unsigned i = 0; word[i]; i++)
        rst_point_ends_state(ends, word[i], i);
    g_strfreev(word);
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++)
        stated = stated || ends->group[i] < RST_INTERFACES_MAX;
    return stated;
}
