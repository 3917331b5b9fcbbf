/* stats_window.c
 * Wireshark has two windows for statistics. The tree of counters sorts by name and has six columns that stay empty, so
 * that it opens with whatever comes last in the alphabet; the table sorts by its first column, which is ours to choose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "counts.h"
#include "ending.h"
#include "stats.h"
#include "stats_window.h"

enum { COLUMN_RANK, COLUMN_COUNT, COLUMN_SHARE, COLUMN_WHAT, COLUMN_DETAILS, COLUMNS };

static stat_tap_table_item columns[COLUMNS] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_LEFT, "No.", "%u"},        {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Count", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Percent", "%s"}, {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Topic / Item", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Of these", "%s"},
};

static rst_counts_t *counts;
static rst_ending_t *ending;
static bool counting;

static stat_tap_table_item_type number(unsigned value)
{
    stat_tap_table_item_type field = {.type = TABLE_ITEM_UINT};

    field.value.uint_value = value;
    return field;
}

/* Takes ownership; freed with its table. */
static stat_tap_table_item_type text(char *value)
{
    stat_tap_table_item_type field = {.type = TABLE_ITEM_STRING};

    field.value.string_value = value;
    field.user_data.ptr_value = value;
    return field;
}

static void free_field(stat_tap_table *table _U_, guint row _U_, guint column _U_, stat_tap_table_item_type *field)
{
    if (field->type == TABLE_ITEM_STRING)
        g_free(field->user_data.ptr_value);
}

static void append_detail(GString *details, const rst_line_t *line)
{
    g_string_append_printf(details, "%s%s: %u", details->len ? ", " : "", line->name, line->count);
}

/* One row; returns the position of the next. What is counted within it becomes its last column. */
static guint add_row(stat_tap_table *table, const GArray *lines, guint at)
{
    const rst_line_t *line = &g_array_index(lines, rst_line_t, at);
    GString *details = g_string_new(NULL);
    stat_tap_table_item_type fields[COLUMNS];
    guint row = table->num_elements;

    fields[COLUMN_RANK] = number(row + 1);
    fields[COLUMN_COUNT] = number(line->count);
    fields[COLUMN_SHARE] = text(g_strdup_printf("%.1f%%", rst_line_percent(lines, at)));
    fields[COLUMN_WHAT] = text(g_strdup(line->name));
    for (at++; at < lines->len && g_array_index(lines, rst_line_t, at).depth > 1; at++)
        append_detail(details, &g_array_index(lines, rst_line_t, at));
    fields[COLUMN_DETAILS] = text(g_string_free(details, FALSE));
    stat_tap_init_table_row(table, row, COLUMNS, fields);
    return at;
}

/* Sections are sorted by their titles, hence the numbers. */
static guint add_section(stat_tap_table_ui *ui, const GArray *lines, guint at)
{
    const rst_line_t *line = &g_array_index(lines, rst_line_t, at);
    unsigned place = ui->tables->len + 1;
    char *title = g_strdup_printf("%u. %s (%u)", place, line->name, line->count);
    stat_tap_table *table = stat_tap_init_table(title, COLUMNS, 0, NULL);

    stat_tap_add_table(ui, table);
    for (at++; at < lines->len && g_array_index(lines, rst_line_t, at).depth;)
        at = add_row(table, lines, at);
    return at;
}

/* Once in each run through the file, later ones are not ours. Rows that are drawn already stay: nothing is freed. */
static void fill(void *data, rst_ending_kind_t kind)
{
    stat_tap_table_ui *ui = (stat_tap_table_ui *)data;
    GArray *lines;

    if (!counting || kind == RST_ENDING_DRAWN)
        return;
    counting = kind != RST_ENDING_LAST;
    g_array_set_size(ui->tables, 0);
    lines = rst_counts_lines(counts);
    for (guint at = 0; at < lines->len;)
        at = add_section(ui, lines, at);
    g_array_free(lines, TRUE);
}

/* A second window goes on showing the rows that it has: they are left to it. */
static void begin(stat_tap_table_ui *ui)
{
    if (!ui->tables)
        ui->tables = g_array_new(FALSE, TRUE, sizeof(stat_tap_table *));
    else if (ui->refcount > 1)
        g_array_set_size(ui->tables, 0);
    else
        free_stat_tables(ui);
    if (!counts)
        counts = rst_counts_new();
    rst_counts_clear(counts);
    if (!ending)
        ending = rst_ending_new(fill, ui);
    counting = true;
}

static tap_packet_status take(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *record RST_TAP_FLAGS)
{
    if (counting)
        rst_counts_add(counts, (const rst_tap_t *)record);
    return TAP_PACKET_REDRAW;
}

void rst_stats_window_rest(void)
{
    if (ending)
        rst_ending_free(ending);
    ending = NULL;
    if (counts)
        rst_counts_free(counts);
    counts = NULL;
    counting = false;
}

void rst_stats_window_register(void)
{
    static stat_tap_table_ui ui = {
        .group = RST_STAT_GROUP,
        .title = RST_STATS_TITLE,
        .tap_name = RST_TAP_NAME,
        .cli_string = RST_STATS_CLI,
        .stat_tap_init_cb = begin,
        .packet_func = take,
        .stat_tap_free_table_item_cb = free_field,
        .nfields = COLUMNS,
        .fields = columns,
    };

    register_stat_tap_table_ui(&ui);
}
