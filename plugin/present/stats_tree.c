/* stats_tree.c
 * The tree is made at the end, when it is known which servers have a node of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/stats_tree.h>
#include <epan/tap.h>

#include "counts.h"
#include "ending.h"
#include "stats.h"
#include "stats_tree.h"

#define DEPTHS 4

/* One tree that sharkd wants. */
typedef struct tree {
    stats_tree *nodes;
    rst_counts_t *counts;
    rst_ending_t *ending;
} tree_t;

static GHashTable *trees; /* tree_t, by its stats_tree */

static tree_t *tree_of(stats_tree *nodes)
{
    return trees ? (tree_t *)g_hash_table_lookup(trees, nodes) : NULL;
}

/* sharkd draws once, before it reads the nodes. */
static void draw(void *data, rst_ending_kind_t kind)
{
    const tree_t *tree = (const tree_t *)data;
    int parent[DEPTHS + 1] = {0};
    GArray *lines;

    if (kind != RST_ENDING_DRAWN)
        return;
    lines = rst_counts_lines(tree->counts);
    for (guint i = 0; i < lines->len; i++) {
        const rst_line_t *line = &g_array_index(lines, rst_line_t, i);

        parent[line->depth + 1] = set_stat_node(tree->nodes, line->name, parent[line->depth], TRUE, (int)line->count);
    }
    g_array_free(lines, TRUE);
}

static void begin(stats_tree *nodes)
{
    tree_t *tree = tree_of(nodes);

    if (tree) {
        rst_counts_clear(tree->counts);
        return;
    }
    if (!trees)
        trees = g_hash_table_new(NULL, NULL);
    tree = g_new(tree_t, 1);
    tree->nodes = nodes;
    tree->counts = rst_counts_new();
    tree->ending = rst_ending_new(draw, tree);
    g_hash_table_insert(trees, nodes, tree);
}

static tap_packet_status take(stats_tree *nodes, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                              const void *record RST_TAP_FLAGS)
{
    tree_t *tree = tree_of(nodes);

    if (tree)
        rst_counts_add(tree->counts, (const rst_tap_t *)record);
    return TAP_PACKET_REDRAW;
}

static void finish(stats_tree *nodes)
{
    tree_t *tree = tree_of(nodes);

    if (!tree)
        return;
    g_hash_table_remove(trees, nodes);
    rst_ending_free(tree->ending);
    rst_counts_free(tree->counts);
    g_free(tree);
}

void rst_stats_tree_register(void)
{
    stats_tree_register_plugin(RST_TAP_NAME, "rst", RST_STATS_TITLE, 0, take, begin, finish);
}
