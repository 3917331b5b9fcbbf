/* translations.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/translations.h"

#include "base/moment.h"

#define SLACK (2 * RST_SECOND) /* lines about one moment are written in any order, and cut to seconds */

typedef struct translation {
    rst_log_end_t to;
    rst_when_kind_t kind;
    int64_t from, until; /* RST_TIME_NONE = not told */
} translation_t;

void rst_translations_open(rst_translations_t *translations)
{
    rst_names_open(&translations->names);
    translations->table = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void rst_translations_close(rst_translations_t *translations)
{
    g_hash_table_destroy(translations->table);
    rst_names_close(&translations->names);
}

static const char *end_name(const rst_log_end_t *end, char name[64])
{
    g_snprintf(name, 64, "\t%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x.%u.%u", end->address.word[0],
               end->address.word[1], end->address.size, end->port);
    return name;
}

static translation_t *find(const rst_translations_t *translations, const rst_log_end_t *end)
{
    char name[64];
    const char *kept = rst_names_find(&translations->names, end_name(end, name));

    return kept ? g_hash_table_lookup(translations->table, kept) : NULL;
}

static bool is_same(const rst_log_end_t *a, const rst_log_end_t *b)
{
    return a->port == b->port && rst_address_equal(&a->address, &b->address);
}

/* Only times with a date can be told apart from those of another day. */
static bool is_dated(rst_when_kind_t kind)
{
    return kind == RST_WHEN_UTC || kind == RST_WHEN_LOCAL;
}

/* An end that becomes something else ends what it was. */
static void end_former(const rst_translations_t *translations, const rst_log_end_t *end, const translation_t *now)
{
    const translation_t *former = find(translations, end);
    translation_t *back = former && !is_same(&former->to, &now->to) ? find(translations, &former->to) : NULL;

    if (!back || !is_same(&back->to, end))
        return;
    back->until = now->from;
    if (back->until == RST_TIME_NONE || back->kind != now->kind)
        back->to.port = 0; /* nothing tells until when */
}

static void put(rst_translations_t *translations, const rst_log_end_t *end, const translation_t *translation)
{
    char name[64];
    const char *kept;

    end_former(translations, end, translation);
    kept = rst_names_keep(&translations->names, end_name(end, name), RST_TRANSLATIONS_MAX);
    if (kept)
        g_hash_table_insert(translations->table, (gpointer)kept, g_memdup2(translation, sizeof *translation));
}

/* Without a date, the order of the lines is all there is: from its end on, it says nothing. */
static translation_t span_of(const rst_record_t *record, const rst_when_t *when)
{
    translation_t span = {.kind = when->kind, .from = RST_TIME_NONE, .until = RST_TIME_NONE};

    if (!is_dated(when->kind))
        return span;
    span.from = record->over ? rst_time_sub(when->ns, MAX(record->duration, 0)) : when->ns;
    if (record->over)
        span.until = when->ns;
    return span;
}

void rst_translations_take(rst_translations_t *translations, const rst_record_t *record, const rst_when_t *when)
{
    const rst_log_end_t *inside = &record->src;
    const rst_log_end_t *outside = &record->nat_src;
    translation_t span = span_of(record, when);
    bool gone = record->over && !is_dated(when->kind);

    span.to = *outside;
    span.to.port = gone ? 0 : outside->port;
    put(translations, inside, &span);
    span.to = *inside;
    span.to.port = gone ? 0 : inside->port;
    put(translations, outside, &span);
}

const rst_log_end_t *rst_translations_find(const rst_translations_t *translations, const rst_log_end_t *end,
                                           const rst_when_t *when)
{
    const translation_t *found = find(translations, end);

    if (!found || !found->to.port)
        return NULL;
    if (!is_dated(when->kind) || when->kind != found->kind)
        return &found->to;
    if (found->from != RST_TIME_NONE && when->ns < rst_time_sub(found->from, SLACK))
        return NULL;
    if (found->until != RST_TIME_NONE && when->ns > rst_time_add(found->until, SLACK))
        return NULL;
    return &found->to;
}
