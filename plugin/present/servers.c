/* servers.c
 * Each service and each host has an entry, found by its name. Only at the end is it known which ports are told one by
 * one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "servers.h"

#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"

#define UNKNOWN "unknown"

/* What was counted of one cause. */
typedef struct tally {
    struct tally *next;
    uint32_t count;
    unsigned cause;
} tally_t;

typedef struct entry {
    char *name;
    char *label; /* what it is called, NULL = nobody knows, or not all know the same */
    bool labels; /* it has been called something */
    guint hash;
    uint32_t count;
    uint32_t ports;     /* of a host, those that were counted */
    struct entry *host; /* of a service; NULL = it is a host */
    tally_t *tallies;
} entry_t;

struct rst_servers {
    GHashTable *entries; /* entry_t, keyed by itself */
    rst_secret_t secret;
};

void rst_line_clear(gpointer data)
{
    g_free(((rst_line_t *)data)->name);
}

void rst_line_add(GArray *lines, unsigned depth, uint32_t count, char *name)
{
    rst_line_t line = {depth, count, name};

    g_array_append_val(lines, line);
}

double rst_line_percent(const GArray *lines, unsigned at)
{
    const rst_line_t *line = &g_array_index(lines, rst_line_t, at);

    while (at--) {
        const rst_line_t *above = &g_array_index(lines, rst_line_t, at);

        if (above->depth < line->depth)
            return above->count ? 100.0 * line->count / above->count : 0;
    }
    return 100;
}

static guint hash_entry(gconstpointer key)
{
    return ((const entry_t *)key)->hash;
}

static gboolean equal_entries(gconstpointer a, gconstpointer b)
{
    return g_str_equal(((const entry_t *)a)->name, ((const entry_t *)b)->name);
}

static void free_entry(gpointer data)
{
    entry_t *entry = (entry_t *)data;

    while (entry->tallies) {
        tally_t *tally = entry->tallies;

        entry->tallies = tally->next;
        g_free(tally);
    }
    g_free(entry->label);
    g_free(entry->name);
    g_free(entry);
}

rst_servers_t *rst_servers_new(void)
{
    rst_servers_t *servers = g_new(rst_servers_t, 1);

    servers->entries = g_hash_table_new_full(hash_entry, equal_entries, free_entry, NULL);
    servers->secret = rst_secret_new();
    return servers;
}

void rst_servers_free(rst_servers_t *servers)
{
    g_hash_table_destroy(servers->entries);
    g_free(servers);
}

void rst_servers_clear(rst_servers_t *servers)
{
    g_hash_table_remove_all(servers->entries);
}

/* name is copied if it is new. */
static entry_t *find(rst_servers_t *servers, char *name)
{
    entry_t key = {.name = name, .hash = (guint)rst_siphash(&servers->secret, name, strlen(name))};
    entry_t *entry = (entry_t *)g_hash_table_lookup(servers->entries, &key);

    if (entry)
        return entry;
    entry = g_new(entry_t, 1);
    *entry = key;
    entry->name = g_strdup(name);
    g_hash_table_add(servers->entries, entry);
    return entry;
}

static void count(entry_t *entry, unsigned cause)
{
    tally_t *tally = entry->tallies;

    entry->count++;
    if (cause == RST_CAUSE_COUNT)
        return;
    while (tally && tally->cause != cause)
        tally = tally->next;
    if (!tally) {
        tally = g_new0(tally_t, 1);
        tally->cause = cause;
        tally->next = entry->tallies;
        entry->tallies = tally;
    }
    tally->count++;
}

/* 192.0.2.1:80 and [2001:db8::1]:80 are services. */
static void attach(rst_servers_t *servers, entry_t *service)
{
    const char *colon = strrchr(service->name, ':');
    char *host;

    if (!colon)
        return;
    host = *service->name == '[' ? g_strndup(service->name + 1, (gsize)(colon - service->name) - 2)
                                 : g_strndup(service->name, (gsize)(colon - service->name));
    service->host = find(servers, host);
    service->host->ports++;
    g_free(host);
}

void rst_servers_add(rst_servers_t *servers, const char *server, unsigned cause)
{
    entry_t *service = find(servers, (char *)(*server ? server : UNKNOWN));

    if (!service->count)
        attach(servers, service);
    count(service, cause);
    if (service->host)
        count(service->host, cause);
}

void rst_servers_label(rst_servers_t *servers, const char *server, const char *label)
{
    entry_t *service = find(servers, (char *)(*server ? server : UNKNOWN));

    if (!label || (service->label && g_str_equal(service->label, label)))
        return;
    if (service->labels) {
        g_free(service->label);
        service->label = NULL;
        return;
    }
    service->labels = true;
    service->label = g_strdup(label);
}

/* Most frequent first; the name decides between ties, so that every run lists the same. */
static int compare_entries(gconstpointer a, gconstpointer b)
{
    const entry_t *left = *(entry_t *const *)a;
    const entry_t *right = *(entry_t *const *)b;

    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->name, right->name);
}

/* Is it told as itself, or as a part of another? A host without ports is no server, but only one that is not known. */
static bool has_line(const entry_t *entry, unsigned ports)
{
    if (entry->host)
        return entry->host->ports <= ports;
    return !entry->ports || entry->ports > ports;
}

static GPtrArray *in_order(const rst_servers_t *servers, unsigned ports)
{
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter iter;
    gpointer entry;

    g_hash_table_iter_init(&iter, servers->entries);
    while (g_hash_table_iter_next(&iter, &entry, NULL)) {
        if (has_line((const entry_t *)entry, ports))
            g_ptr_array_add(list, entry);
    }
    g_ptr_array_sort(list, compare_entries);
    return list;
}

static void add_tallies(const entry_t *entry, uint32_t *sum)
{
    for (const tally_t *tally = entry->tallies; tally; tally = tally->next)
        sum[tally->cause] += tally->count;
}

static void list_one(const entry_t *entry, unsigned depth, GArray *lines)
{
    uint32_t sum[RST_CAUSE_COUNT] = {0};

    char *name = entry->label ? g_strdup_printf("%s (%s)", entry->name, entry->label) : g_strdup(entry->name);

    if (entry->ports) {
        g_free(name);
        name = g_strdup_printf("%s (%u ports)", entry->name, entry->ports);
    }
    rst_line_add(lines, depth, entry->count, name);
    add_tallies(entry, sum);
    rst_causes_list(sum, depth + 1, lines);
}

static void list_rest(const GPtrArray *list, guint from, unsigned depth, GArray *lines)
{
    uint32_t sum[RST_CAUSE_COUNT] = {0};
    uint32_t all = 0;

    for (guint i = from; i < list->len; i++) {
        const entry_t *entry = (const entry_t *)g_ptr_array_index(list, i);

        all += entry->count;
        add_tallies(entry, sum);
    }
    rst_line_add(lines, depth, all, g_strdup_printf("%u more servers", list->len - from));
    rst_causes_list(sum, depth + 1, lines);
}

void rst_servers_list(const rst_servers_t *servers, unsigned most, unsigned ports, unsigned depth, GArray *lines)
{
    GPtrArray *list = in_order(servers, ports);
    guint shown =
        list->len <= most + 1 ? list->len : most; /* one that is named takes no more than one that is counted */

    for (guint i = 0; i < shown; i++)
        list_one((const entry_t *)g_ptr_array_index(list, i), depth, lines);
    if (shown < list->len)
        list_rest(list, shown, depth, lines);
    g_ptr_array_free(list, TRUE);
}

typedef struct counted_cause {
    uint32_t resets;
    rst_cause_t cause;
} counted_cause_t;

/* The most frequent first, then in the order of the registry. */
static int compare_causes(const void *a, const void *b)
{
    const counted_cause_t *left = (const counted_cause_t *)a;
    const counted_cause_t *right = (const counted_cause_t *)b;

    if (left->resets != right->resets)
        return left->resets > right->resets ? -1 : 1;
    return left->cause < right->cause ? -1 : left->cause > right->cause;
}

void rst_causes_list(const uint32_t *counted, unsigned depth, GArray *lines)
{
    counted_cause_t order[RST_CAUSE_COUNT];
    unsigned number = 0;

    for (unsigned cause = 0; cause < RST_CAUSE_COUNT; cause++) {
        if (counted[cause])
            order[number++] = (counted_cause_t){counted[cause], (rst_cause_t)cause};
    }
    qsort(order, number, sizeof order[0], compare_causes);
    for (unsigned i = 0; i < number; i++) {
        const rst_cause_info_t *info = rst_cause_info(order[i].cause);

        rst_line_add(lines, depth, order[i].resets, g_strdup_printf("%s (%s)", info->token, info->label));
    }
}
