/* csv.c
 * One line per cause, sender and server, most frequent first. The columns are a public contract: append, never rename.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "base/siphash.h"
#include "csv.h"
#include "packet-rst.h"

#define CLI_NAME "rst,csv"
#define HEADING                                                                                                        \
    "kind,name,category,benign,sender,server,first_resets,followers,confidence_min,confidence_max,"                    \
    "first_frame,last_frame,outside\n"

/* Resets with one cause, sender and server, or findings of one kind and server. All strings but server are static. */
typedef struct row {
    const char *kind; /* "reset", "finding", "not_analysed" */
    const char *name;
    const char *category;
    const char *benign;
    const char *sender;
    const char *server; /* owned */
    bool apart;         /* resets that are none of the connection's: not added to those that are */
    unsigned first, followers, outside;
    unsigned confidence_min, confidence_max; /* of resets only */
    uint32_t first_frame, last_frame;
    guint hash;
} row_t;

/* One -z option; lives from its registration until tshark ends. */
typedef struct table {
    GHashTable *rows; /* row_t, keyed by itself */
    rst_secret_t secret;
    bool provisional;
} table_t;

static guint row_hash(gconstpointer key)
{
    return ((const row_t *)key)->hash;
}

/* All that a capture can vary at will is the server. */
static guint hash_of(const rst_secret_t *secret, const row_t *row)
{
    return (guint)rst_siphash(secret, row->server, strlen(row->server)) + g_str_hash(row->name) * 31 +
           g_str_hash(row->sender) + row->apart;
}

static gboolean row_equal(gconstpointer a, gconstpointer b)
{
    const row_t *left = (const row_t *)a;
    const row_t *right = (const row_t *)b;

    return g_str_equal(left->kind, right->kind) && g_str_equal(left->name, right->name) &&
           g_str_equal(left->sender, right->sender) && g_str_equal(left->server, right->server) &&
           g_str_equal(left->benign, right->benign) && left->apart == right->apart;
}

static void row_free(gpointer data)
{
    row_t *row = (row_t *)data;

    g_free((char *)row->server);
    g_free(row);
}

static void table_reset(void *data)
{
    table_t *table = (table_t *)data;

    g_hash_table_remove_all(table->rows);
    table->provisional = false;
}

static void table_finish(void *data)
{
    table_t *table = (table_t *)data;

    g_hash_table_destroy(table->rows);
    g_free(table);
}

static row_t *find_row(table_t *table, row_t *key)
{
    row_t *row;

    key->hash = hash_of(&table->secret, key);
    row = (row_t *)g_hash_table_lookup(table->rows, key);
    if (row)
        return row;
    row = g_new(row_t, 1);
    *row = *key;
    row->server = g_strdup(key->server);
    g_hash_table_add(table->rows, row);
    return row;
}

static row_t key_of(const rst_tap_t *tap)
{
    row_t key = {.kind = "not_analysed",
                 .name = "",
                 .category = "",
                 .benign = "",
                 .sender = "",
                 .server = tap->server ? tap->server : ""};

    if (tap->verdict) {
        const rst_cause_info_t *info = rst_cause_info(tap->verdict->cause);

        key.kind = "reset";
        key.name = info->token;
        key.category = rst_category_name(info->category);
        key.benign = tap->verdict->benign ? "1" : "0";
        key.sender = rst_sender_name(tap->verdict->sender);
        key.apart = !tap->verdict->ordinal;
    } else if (tap->finding) {
        key.kind = "finding";
        key.name = rst_finding_info(tap->finding->kind)->token;
    }
    return key;
}

static void count(row_t *row, const rst_tap_t *tap)
{
    const rst_verdict_t *verdict = tap->verdict;

    if (row->apart)
        row->outside++;
    else if (verdict && !verdict->first)
        row->followers++;
    else
        row->first += tap->missed ? tap->missed : 1;
    if (!verdict)
        return;
    row->confidence_max = MAX(row->confidence_max, verdict->confidence);
    row->confidence_min = row->confidence_min ? MIN(row->confidence_min, verdict->confidence) : verdict->confidence;
}

static tap_packet_status table_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *record RST_TAP_FLAGS)
{
    table_t *table = (table_t *)data;
    const rst_tap_t *tap = (const rst_tap_t *)record;
    row_t key = key_of(tap);
    row_t *row;

    if (tap->foreign || tap->end)
        return TAP_PACKET_DONT_REDRAW;
    row = find_row(table, &key);
    count(row, tap);
    if (!row->first_frame)
        row->first_frame = pinfo->num;
    row->last_frame = pinfo->num;
    table->provisional = table->provisional || tap->provisional;
    return TAP_PACKET_REDRAW;
}

/* Most frequent first; the frame decides between ties, so that every run prints the same. */
static int compare_rows(gconstpointer a, gconstpointer b)
{
    const row_t *left = (const row_t *)a;
    const row_t *right = (const row_t *)b;

    if (left->first != right->first)
        return left->first > right->first ? -1 : 1;
    if (left->followers != right->followers)
        return left->followers > right->followers ? -1 : 1;
    if (left->outside != right->outside)
        return left->outside > right->outside ? -1 : 1;
    if (left->first_frame != right->first_frame)
        return left->first_frame < right->first_frame ? -1 : 1;
    return g_strcmp0(left->name, right->name);
}

/* No field contains a comma, a quote or a line break: there are only tokens, numbers, and addresses with a port. */
static void print_row(gpointer data, gpointer user_data _U_)
{
    const row_t *row = (const row_t *)data;

    printf("%s,%s,%s,%s,%s,%s,%u,%u,", row->kind, row->name, row->category, row->benign, row->sender, row->server,
           row->first, row->followers);
    if (row->confidence_max)
        printf("%u,%u,", row->confidence_min, row->confidence_max);
    else
        printf(",,");
    printf("%u,%u,%u\n", row->first_frame, row->last_frame, row->outside);
}

static void table_draw(void *data)
{
    table_t *table = (table_t *)data;
    GList *rows = g_list_sort(g_hash_table_get_keys(table->rows), compare_rows);

    printf(HEADING);
    g_list_foreach(rows, print_row, NULL);
    g_list_free(rows);
    fflush(stdout);
    if (table->provisional)
        fprintf(stderr, CLI_NAME ": these verdicts are provisional and findings are missing, because the file was read "
                                 "in a single pass; use -2.\n");
}

/* option is "rst,csv" or "rst,csv,FILTER". */
static rst_tap_started_t table_init(const char *option, void *user_data _U_)
{
    const char *filter = option[strlen(CLI_NAME)] == ',' ? option + strlen(CLI_NAME) + 1 : NULL;
    table_t *table = g_new0(table_t, 1);
    GString *error;

    table->secret = rst_secret_new();
    table->rows = g_hash_table_new_full(row_hash, row_equal, row_free, NULL);
    error = register_tap_listener(RST_TAP_NAME, table, filter, TL_REQUIRES_NOTHING, table_reset, table_packet,
                                  table_draw, table_finish);
    if (!error)
        return RST_TAP_STARTED;
    /* Like tshark's own statistics. */
    fprintf(stderr, "tshark: -z " CLI_NAME ": %s\n", error->str);
    g_string_free(error, TRUE);
    table_finish(table);
    exit(1);
}

void rst_csv_register(void)
{
    static stat_tap_ui ui = {RST_STAT_GROUP, NULL, CLI_NAME, table_init, 0, NULL};

    register_stat_tap_ui(&ui, NULL);
}
