/* stats.c
 * Prints the statistics at the end. Wireshark's own tree of counters looks new nodes up along a list, sorts by names
 * what has an order of its own, and has six columns that stay empty.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "counts.h"
#include "program.h"
#include "stats.h"
#include "stats_tree.h"
#include "stats_window.h"

#define TOPIC "Topic / Item"
#define COUNT_WIDTH 12

static void start_over(void *data)
{
    rst_counts_clear((rst_counts_t *)data);
}

static tap_packet_status take(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *record RST_TAP_FLAGS)
{
    rst_counts_add((rst_counts_t *)data, (const rst_tap_t *)record);
    return TAP_PACKET_REDRAW;
}

static void finish(void *data)
{
    rst_counts_free((rst_counts_t *)data);
}

static int width_of(const GArray *lines)
{
    size_t width = strlen(TOPIC);

    for (guint i = 0; i < lines->len; i++) {
        const rst_line_t *line = &g_array_index(lines, rst_line_t, i);

        width = MAX(width, line->depth + strlen(line->name));
    }
    return (int)width;
}

static void rule(char drawn, int width)
{
    for (int i = 0; i < width + 2 * (COUNT_WIDTH + 1); i++)
        putchar(drawn);
    putchar('\n');
}

static void print_line(const GArray *lines, guint at, int width)
{
    const rst_line_t *line = &g_array_index(lines, rst_line_t, at);

    printf("%*s%-*s %-*u %.*f%%\n", (int)line->depth, "", width - (int)line->depth, line->name, COUNT_WIDTH,
           line->count, line->depth ? 2 : 0, rst_line_percent(lines, at));
}

static void draw(void *data)
{
    GArray *lines = rst_counts_lines((const rst_counts_t *)data);
    int width = width_of(lines);

    putchar('\n');
    rule('=', width);
    printf("%s:\n%-*s %-*s Percent\n", RST_STATS_TITLE, width, TOPIC, COUNT_WIDTH, "Count");
    rule('-', width);
    for (guint i = 0; i < lines->len; i++)
        print_line(lines, i, width);
    putchar('\n');
    rule('-', width);
    fflush(stdout);
    g_array_free(lines, TRUE);
}

/* option is "rst,tree" or "rst,tree,FILTER". */
static rst_tap_started_t begin(const char *option, void *user_data _U_)
{
    const char *rest = option + strlen(RST_STATS_CLI);
    rst_counts_t *counts = rst_counts_new();
    GString *error = register_tap_listener(RST_TAP_NAME, counts, *rest == ',' ? rest + 1 : NULL, TL_REQUIRES_NOTHING,
                                           start_over, take, draw, finish);

    if (!error)
        return RST_TAP_STARTED;
    fprintf(stderr, "tshark: -z " RST_STATS_CLI ": %s\n", error->str);
    g_string_free(error, TRUE);
    finish(counts);
    exit(1);
}

void rst_stats_register(void)
{
    static stat_tap_ui ui = {RST_STAT_GROUP, NULL, RST_STATS_CLI, begin, 0, NULL};

    if (rst_program_has_window())
        rst_stats_window_register();
    else if (rst_program_is_sharkd())
        rst_stats_tree_register();
    else
        register_stat_tap_ui(&ui, NULL);
}
