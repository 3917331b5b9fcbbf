/* kept.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/kept.h"

#include <string.h>

#include "logs/reader.h"
#include "witness/calendar.h"

#define ONE_END_SPAN (3 * RST_SECOND) /* between a line that names one end and its connection */
#define NEAR (20 * 60 * RST_SECOND)   /* besides the zone: clocks that nobody set */

static void free_file(gpointer data)
{
    rst_witness_file_t *file = data;

    g_free(file->name);
    g_free(file->zone);
    g_free(file->complaint);
    g_free(file);
}

void rst_kepts_open(rst_kepts_t *kepts, rst_lives_t *lives)
{
    memset(kepts, 0, sizeof *kepts);
    kepts->lives = lives;
    kepts->files = g_ptr_array_new_with_free_func(free_file);
    kepts->records = g_array_new(FALSE, FALSE, sizeof(rst_kept_t));
    kepts->clocks = g_array_new(FALSE, FALSE, sizeof(rst_log_clock_t));
    rst_names_open(&kepts->names);
    kepts->clock_of = g_hash_table_new(NULL, NULL);
    rst_translations_open(&kepts->translations);
    kepts->texts = g_string_chunk_new(4096);
}

void rst_kepts_close(rst_kepts_t *kepts)
{
    g_ptr_array_free(kepts->files, TRUE);
    g_array_free(kepts->records, TRUE);
    g_array_free(kepts->clocks, TRUE);
    rst_names_close(&kepts->names);
    g_hash_table_destroy(kepts->clock_of);
    rst_translations_close(&kepts->translations);
    g_string_chunk_free(kepts->texts);
}

rst_witness_file_t *rst_kepts_file(rst_kepts_t *kepts, const char *name, const char *zone)
{
    rst_witness_file_t *file = g_new0(rst_witness_file_t, 1);

    file->name = g_strdup(name);
    file->zone = zone && *zone ? g_strdup(zone) : NULL;
    g_ptr_array_add(kepts->files, file);
    return file;
}

static rst_witness_file_t *current(const rst_kepts_t *kepts)
{
    return g_ptr_array_index(kepts->files, kepts->files->len - 1);
}

static const char *keep_name(rst_kepts_t *kepts, const char *name)
{
    char shortened[RST_LOG_TEXT_MAX + 1];

    if (!name || !*name)
        return NULL;
    g_strlcpy(shortened, name, sizeof shortened);
    return rst_names_keep(&kepts->names, shortened, RST_KEPT_NAMES_MAX);
}

/* A device may write one kind of time itself and have another added by whoever collects its lines. */
static bool find_clock(rst_kepts_t *kepts, const rst_record_t *record, rst_when_kind_t kind, uint32_t *place)
{
    uint32_t file = kepts->files->len - 1;
    char name[RST_LOG_TEXT_MAX];
    const char *kept;

    g_snprintf(name, sizeof name, "\n%u %u %u %d %s", file, record->reader, kind, record->when.loose,
               record->device ? record->device : "");
    kept = keep_name(kepts, name);
    if (!kept)
        return false;
    *place = GPOINTER_TO_UINT(g_hash_table_lookup(kepts->clock_of, kept));
    if (!*place) {
        rst_log_clock_t clock = {.kind = kind, .file = file};

        if (kepts->clocks->len >= RST_CLOCKS_MAX)
            return false;
        g_array_append_val(kepts->clocks, clock);
        *place = kepts->clocks->len;
        g_hash_table_insert(kepts->clock_of, (gpointer)kept, GUINT_TO_POINTER(*place));
    }
    --*place;
    return true;
}

/* The time of a record as far as one record tells it: the year is that which brings it nearest to the capture. */
static rst_when_t settled(const rst_kepts_t *kepts, const rst_when_t *when)
{
    const char *zone = current(kepts)->zone;
    rst_when_t result = *when;

    if (result.kind == RST_WHEN_NO_YEAR) {
        result.ns = rst_calendar_year(result.ns, kepts->lives->first);
        result.kind = RST_WHEN_LOCAL;
        if (zone)
            rst_when_in_zone(&result, zone);
    }
    if (result.kind == RST_WHEN_NONE || result.ns == RST_TIME_NONE) {
        result.kind = RST_WHEN_NONE;
        result.ns = RST_TIME_NONE;
    }
    return result;
}

/* May it be of the time of the capture, whatever the zone? Its session may have begun long before. */
static bool is_of_that_time(const rst_kepts_t *kepts, const rst_when_t *when, const rst_record_t *record)
{
    int64_t east = rst_time_add(RST_ZONE_EAST, NEAR);
    int64_t late = rst_time_add(east, MAX(record->idle, 0));

    if (when->kind != RST_WHEN_UTC && when->kind != RST_WHEN_LOCAL)
        return true;
    if ((record->keys.known & RST_KEY_SEQ) && record->keys.seq)
        return true; /* the number proves it, however wrong the clock */
    return when->ns >= rst_time_sub(kepts->lives->first, east) && when->ns <= rst_time_add(kepts->lives->last, late);
}

static void fill(rst_kepts_t *kepts, const rst_record_t *record, const rst_when_t *when, rst_kept_t *kept)
{
    char text[RST_LOG_TEXT_MAX + 1];

    kept->file = kepts->files->len - 1;
    kept->line = record->line;
    kept->reader = record->reader;
    kept->meaning = record->meaning;
    kept->cause = record->meaning == RST_MEANING_CAUSE ? record->cause : RST_CAUSE_UNDETERMINED;
    kept->oriented = record->oriented;
    kept->inner = record->inner;
    kept->acted = record->acted;
    kept->no_state = record->no_state;
    kept->packet = record->packet;
    kept->time = when->ns;
    kept->resolution = MAX(when->resolution, 0);
    kept->loose = when->loose;
    kept->duration = MAX(record->duration, 0);
    kept->idle = MAX(record->idle, 0);
    kept->keys = record->keys;
    kept->filter = record->filter;
    kept->rule = keep_name(kepts, record->rule);
    kept->device = keep_name(kepts, record->device);
    g_strlcpy(text, record->text ? record->text : "", sizeof text);
    kept->text = g_string_chunk_insert(kepts->texts, text);
}

static void keep(rst_kepts_t *kepts, const rst_record_t *record, rst_ends_t *ends, unsigned side, rst_kept_by_t by)
{
    rst_when_t when = settled(kepts, &record->when);
    rst_kept_t kept = {.ends = ends, .side = (uint8_t)side, .by = by};

    if (!is_of_that_time(kepts, &when, record)) {
        current(kepts)->other++;
        return;
    }
    if (kepts->records->len >= RST_KEPT_MAX || !find_clock(kepts, record, when.kind, &kept.clock)) {
        kepts->full = true;
        return;
    }
    if (ends->count >= RST_KEPT_OF_ENDS_MAX)
        return;
    fill(kepts, record, &when, &kept);
    kept.before = ends->kept;
    ends->count++;
    ends->kept = kepts->records->len + 1;
    g_array_append_val(kepts->records, kept);
    current(kepts)->ours++;
}

/* What is not told would equal what the capture does not tell, and port 0 of crafted packets. */
static bool is_told(const rst_log_end_t *end)
{
    return end->address.size && end->port;
}

/* Keeps it under the pair of these ends, if the capture has that. */
static bool try_pair(rst_kepts_t *kepts, const rst_record_t *record, const rst_log_end_t *src, const rst_log_end_t *dst,
                     rst_kept_by_t by)
{
    rst_ends_t *ends;
    unsigned side;

    if (!is_told(src) || !is_told(dst))
        return false;
    ends = rst_lives_find(kepts->lives, &src->address, src->port, &dst->address, dst->port, &side);
    if (!ends)
        return false;
    keep(kepts, record, ends, side, by);
    return true;
}

/* A translation that tells only what it changes leaves the rest. */
static rst_log_end_t translated(const rst_log_end_t *end, const rst_log_end_t *nat)
{
    rst_log_end_t result = *end;

    if (nat->address.size)
        result.address = nat->address;
    if (nat->port)
        result.port = nat->port;
    return result;
}

/* Only where one of both is an end of the capture. */
static void take_translation(rst_kepts_t *kepts, const rst_record_t *record)
{
    const rst_log_end_t *inside = &record->src;
    const rst_log_end_t *outside = &record->nat_src;

    if (!is_told(inside) || !is_told(outside))
        return;
    if (rst_lives_has_end(kepts->lives, &inside->address, inside->port) ||
        rst_lives_has_end(kepts->lives, &outside->address, outside->port)) {
        const rst_when_t when = settled(kepts, &record->when);

        rst_translations_take(&kepts->translations, record, &when);
    }
}

static void try_map(rst_kepts_t *kepts, const rst_record_t *record)
{
    const rst_when_t when = settled(kepts, &record->when);
    const rst_log_end_t *src = rst_translations_find(&kepts->translations, &record->src, &when);
    const rst_log_end_t *dst = rst_translations_find(&kepts->translations, &record->dst, &when);

    if (src && try_pair(kepts, record, src, &record->dst, RST_BY_MAP))
        return;
    if (dst && try_pair(kepts, record, &record->src, dst, RST_BY_MAP))
        return;
    if (src && dst)
        try_pair(kepts, record, src, dst, RST_BY_MAP);
}

static bool is_translated(const rst_log_end_t *nat)
{
    return nat->address.size || nat->port;
}

/* A capture on both sides of the device has both pairs. */
static bool try_pairs(rst_kepts_t *kepts, const rst_record_t *record)
{
    rst_log_end_t src = translated(&record->src, &record->nat_src);
    rst_log_end_t dst = translated(&record->dst, &record->nat_dst);
    bool of_src = is_translated(&record->nat_src);
    bool of_dst = is_translated(&record->nat_dst);
    bool found = try_pair(kepts, record, &record->src, &record->dst, RST_BY_PAIR);

    if (of_src)
        found |= try_pair(kepts, record, &src, &record->dst, RST_BY_TRANSLATED);
    if (of_dst)
        found |= try_pair(kepts, record, &record->src, &dst, RST_BY_TRANSLATED);
    if (of_src && of_dst)
        found |= try_pair(kepts, record, &src, &dst, RST_BY_TRANSLATED);
    return found;
}

/* Did the connection begin or end about then? */
static bool was_near(const rst_ends_t *ends, int64_t time)
{
    for (const rst_life_t *life = ends->life; life; life = life->before) {
        if (rst_time_apart(life->begin, time) <= ONE_END_SPAN || rst_time_apart(life->end, time) <= ONE_END_SPAN)
            return true;
    }
    return false;
}

/* The only pair of that end with a connection that began or ended about then. */
static rst_ends_t *only_near(const rst_kepts_t *kepts, const rst_log_end_t *end, int64_t time)
{
    const GPtrArray *pairs = is_told(end) ? rst_lives_of_end(kepts->lives, &end->address, end->port) : NULL;
    rst_ends_t *only = NULL;

    for (guint i = 0; pairs && i < pairs->len; i++) {
        rst_ends_t *ends = g_ptr_array_index(pairs, i);

        if (!was_near(ends, time))
            continue;
        if (only)
            return NULL;
        only = ends;
    }
    return only;
}

/* Only where the time needs no guess. */
static void try_one_end(rst_kepts_t *kepts, const rst_record_t *record)
{
    const rst_when_t when = settled(kepts, &record->when);
    const rst_log_end_t *end = record->src.port ? &record->src : &record->dst;
    rst_ends_t *ends = when.kind == RST_WHEN_UTC ? only_near(kepts, end, when.ns) : NULL;
    bool first;

    if (!ends)
        return;
    first = rst_address_equal(&ends->address[0], &end->address) && ends->port[0] == end->port;
    keep(kepts, record, ends, (end == &record->src) == first ? 0 : 1, RST_BY_ONE_END);
}

void rst_kepts_take(rst_kepts_t *kepts, const rst_record_t *record)
{
    current(kepts)->records++;
    if ((record->protocol && record->protocol != RST_PROTOCOL_TCP) || kepts->lives->first == RST_TIME_NONE)
        return;
    take_translation(kepts, record);
    if (record->translation)
        return;
    if (record->weak)
        try_one_end(kepts, record);
    else if (!try_pairs(kepts, record) && !kepts->full)
        try_map(kepts, record);
}

void rst_kepts_name(rst_kepts_t *kepts, const rst_filters_t *filters)
{
    for (guint i = 0; i < kepts->records->len; i++) {
        rst_kept_t *kept = rst_kept(kepts, i);
        const rst_when_t when = {
            .ns = kept->time, .resolution = kept->resolution, .kind = rst_kept_clock(kepts, kept)->kind};

        if (!kept->filter || kept->rule)
            continue;
        kept->rule = keep_name(kepts, rst_filters_name(filters, kept->filter, &when, &kept->old_name));
        if (kept->rule && kept->meaning == RST_MEANING_DROPPED && rst_filter_is_silent_port(kept->rule))
            kept->meaning = RST_MEANING_NO_LISTENER;
    }
}
