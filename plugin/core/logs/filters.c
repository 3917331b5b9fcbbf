/* filters.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/filters.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

#define NAMES_PER_ID 8u /* more changes of one filter are not told apart */
#define NAME_BYTES 256  /* bytes */
#define SNAPSHOT_REACH                                                                                                 \
    (3600 * RST_SECOND) /* before the state was written: its names are taken to have held already                      \
                         */

typedef struct known {
    char *name; /* NULL = the filter was deleted */
    rst_when_t when;
} known_t;

struct rst_filters {
    GHashTable *by_id; /* GArray of known_t, in the order of the log */
    unsigned count;
};

static void clear_known(void *data)
{
    g_free(((known_t *)data)->name);
}

static void free_names(void *data)
{
    g_array_free(data, TRUE);
}

rst_filters_t *rst_filters_new(void)
{
    rst_filters_t *filters = g_new0(rst_filters_t, 1);

    filters->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_names);
    return filters;
}

void rst_filters_free(rst_filters_t *filters)
{
    if (!filters)
        return;
    g_hash_table_destroy(filters->by_id);
    g_free(filters);
}

static GArray *names_of(rst_filters_t *filters, uint64_t id)
{
    GArray *names = g_hash_table_lookup(filters->by_id, &id);
    gint64 *key;

    if (names || filters->count >= RST_FILTERS_MAX)
        return names;
    key = g_new(gint64, 1);
    memcpy(key, &id, sizeof *key);
    names = g_array_new(FALSE, FALSE, sizeof(known_t));
    g_array_set_clear_func(names, clear_known);
    g_hash_table_insert(filters->by_id, key, names);
    return names;
}

static void note(rst_filters_t *filters, uint64_t id, const char *name, const rst_when_t *when)
{
    GArray *names = names_of(filters, id);
    known_t known = {.when = when ? *when : (rst_when_t){0}};
    const known_t *last;

    if (!names)
        return;
    last = names->len ? &g_array_index(names, known_t, names->len - 1) : NULL;
    if (last && name && last->name && strncmp(last->name, name, NAME_BYTES) == 0)
        return;
    if (names->len >= NAMES_PER_ID || filters->count >= RST_FILTERS_MAX)
        return;
    known.name = name ? g_strndup(name, NAME_BYTES) : NULL;
    known.when.text = NULL; /* it was that of a line */
    known.when.length = 0;
    g_array_append_val(names, known);
    filters->count++;
}

unsigned rst_filters_count(const rst_filters_t *filters)
{
    return filters->count;
}

void rst_filters_add(rst_filters_t *filters, uint64_t id, const char *name, const rst_when_t *when)
{
    if (id && name && *name)
        note(filters, id, name, when);
}

void rst_filters_drop(rst_filters_t *filters, uint64_t id, const rst_when_t *when)
{
    if (id)
        note(filters, id, NULL, when);
}

typedef enum fit {
    FIT_LATER,   /* known from a time after the event on */
    FIT_UNKNOWN, /* nobody knows which of the two was first */
    FIT_HOLDS
} fit_t;

/* *apart = how much time lies between them. */
static fit_t fit(const known_t *known, const rst_when_t *event, int64_t *apart)
{
    int64_t later;

    *apart = 0;
    if (!event || event->kind != RST_WHEN_UTC || known->when.kind != RST_WHEN_UTC)
        return FIT_UNKNOWN;
    later = rst_time_sub(event->ns, known->when.ns);
    *apart = rst_time_abs(later);
    if (later >= 0 || (known->when.loose && *apart <= SNAPSHOT_REACH))
        return FIT_HOLDS;
    return FIT_LATER;
}

/* What fits best, and of the same fit what is nearest; of the same time the last. */
static const known_t *best(const GArray *names, const rst_when_t *event, bool with_name, fit_t *best_fit)
{
    const known_t *found = NULL;
    int64_t nearest = 0;

    for (unsigned i = 0; names && i < names->len; i++) {
        const known_t *known = &g_array_index(names, known_t, i);
        int64_t apart;
        fit_t here = fit(known, event, &apart);

        if (with_name && !known->name)
            continue;
        if (found && (here < *best_fit || (here == *best_fit && apart > nearest)))
            continue;
        found = known;
        *best_fit = here;
        nearest = apart;
    }
    return found;
}

const char *rst_filters_name(const rst_filters_t *filters, uint64_t id, const rst_when_t *event, bool *doubtful)
{
    const GArray *names = filters ? g_hash_table_lookup(filters->by_id, &id) : NULL;
    fit_t how = FIT_LATER;
    const known_t *found = best(names, event, false, &how);

    *doubtful = !found || !found->name || how == FIT_LATER || (how == FIT_UNKNOWN && names->len > 1);
    if (found && !found->name)
        found = best(names, event, true, &how);
    return found ? found->name : NULL;
}

bool rst_filter_is_silent_port(const char *name)
{
    return name && (g_ascii_strcasecmp(name, "Port Scanning Prevention Filter") == 0 ||
                    g_ascii_strcasecmp(name, "Stealth") == 0);
}
