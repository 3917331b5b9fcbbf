/* stats.c
 * Followers and copies of a reset are counted separately: one failure is one line, however many packets it caused. So
 * are resets that are none of the connection's, and all packets that do not fit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/stats_tree.h>

#include "packet-rst.h"
#include "stats.h"

#define NODE_FIRST "First resets"
#define NODE_SERVERS "First resets by server"
#define NODE_FINDINGS "Failures without a reset"
#define NODE_MISSED "TCP segments not seen by the plugin"

static int node_first = -1;
static int node_sender = -1;
static int node_server = -1;
static int node_followers = -1;
static int node_finding = -1;
static int node_foreign_reset = -1;
static int node_foreign = -1;

static void stats_init(stats_tree *st)
{
    node_first = stats_tree_create_node(st, NODE_FIRST, 0, STAT_DT_INT, TRUE);
    node_sender = stats_tree_create_pivot(st, "First resets by sender", 0);
    node_server = stats_tree_create_node(st, NODE_SERVERS, 0, STAT_DT_INT, TRUE);
    node_followers = stats_tree_create_pivot(st, "Followers and copies", 0);
    node_finding = stats_tree_create_node(st, NODE_FINDINGS, 0, STAT_DT_INT, TRUE);
    node_foreign_reset = stats_tree_create_pivot(st, "Resets outside the connection", 0);
    node_foreign = stats_tree_create_pivot(st, "Foreign packets", 0);
}

/* By category and by server, and within each by cause. */
static void tick_first(stats_tree *st, const rst_cause_info_t *info, const char *name, const char *server)
{
    int category, service;

    increase_stat_node(st, NODE_FIRST, 0, TRUE, 1);
    category = tick_stat_node(st, rst_category_name(info->category), node_first, TRUE);
    tick_stat_node(st, name, category, FALSE);
    increase_stat_node(st, NODE_SERVERS, 0, TRUE, 1);
    service = tick_stat_node(st, *server ? server : "unknown", node_server, TRUE);
    tick_stat_node(st, name, service, FALSE);
}

/* By kind, and within each by server. */
static void tick_finding(stats_tree *st, packet_info *pinfo, const rst_tap_t *tap)
{
    const rst_finding_info_t *info = rst_finding_info(tap->finding->kind);
    int kind;

    increase_stat_node(st, NODE_FINDINGS, 0, TRUE, 1);
    kind = tick_stat_node(st, wmem_strdup_printf(pinfo->pool, "%s (%s)", info->token, info->label), node_finding, TRUE);
    tick_stat_node(st, tap->server, kind, FALSE);
}

static void tick_reset(stats_tree *st, packet_info *pinfo, const rst_tap_t *tap)
{
    const rst_cause_info_t *info = rst_cause_info(tap->verdict->cause);
    const char *name = wmem_strdup_printf(pinfo->pool, "%s (%s)", info->token, info->label);

    if (!tap->verdict->ordinal) {
        stats_tree_tick_pivot(st, node_foreign_reset, name);
    } else if (!tap->verdict->first) {
        stats_tree_tick_pivot(st, node_followers, name);
    } else {
        tick_first(st, info, name, tap->server);
        stats_tree_tick_pivot(st, node_sender, rst_sender_name(tap->verdict->sender));
    }
}

static tap_packet_status stats_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data RST_TAP_FLAGS)
{
    const rst_tap_t *tap = (const rst_tap_t *)data;

    if (tap->finding)
        tick_finding(st, pinfo, tap);
    else if (tap->foreign)
        stats_tree_tick_pivot(st, node_foreign, tap->foreign);
    else if (tap->verdict)
        tick_reset(st, pinfo, tap);
    else
        increase_stat_node(st, NODE_MISSED, 0, TRUE, (int)tap->missed);
    return TAP_PACKET_REDRAW;
}

void rst_stats_register(void)
{
    stats_tree_register_plugin(RST_TAP_NAME, "rst", "TCP Reset Causes", 0, stats_packet, stats_init, NULL);
}
