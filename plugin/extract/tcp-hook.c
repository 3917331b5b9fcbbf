/* tcp-hook.c
 * Fields and taps cannot provide the facts: they are missing or too late in the first of two passes, and requesting a
 * tree doubles the cost. The hook costs one call per segment and works in every pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/ipproto.h>

#include "front.h"
#include "tcp-facts.h"
#include "tcp-hook.h"

#define LAYERS_OF_ONE_TCP 6 /* frame, link, IP, TCP, what it carries, IP: only then can TCP occur again */

static int proto_tcp = -1;
static rst_front_t front = {.table = "ip.proto", .number = IP_PROTO_TCP};

/* The facts of the current dissection, passed from the hook to the post-dissector. Attaching them to the packet
 * would cost more than gathering them. Facts that nobody took (because the plugin was disabled or a dissection was
 * aborted) are recognized by their frame, which is only compared and never dereferenced. A dissection inside another
 * costs the outer one its facts, which are then counted as missed, not mixed up. */
static struct {
    const packet_info *pinfo;
    int64_t offset; /* of the record in its file, because two frames may have had the same number */
    uint32_t frame;
    rst_frame_facts_t facts;
} latest;

static bool is_latest(const packet_info *pinfo)
{
    return latest.pinfo == pinfo && latest.frame == pinfo->num && latest.offset == pinfo->fd->file_off;
}

static void collect(tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    rst_frame_facts_t *facts = &latest.facts;

    if (!is_latest(pinfo)) {
        latest.pinfo = pinfo;
        latest.frame = pinfo->num;
        latest.offset = pinfo->fd->file_off;
        facts->calls = facts->count = 0;
    }
    if (facts->count == RST_LAYERS_MAX)
        return;
    facts->calls++;
    /* A header quoted in an ICMP error is evidence about a segment, never a segment. */
    if (pinfo->flags.in_error_pkt || !rst_tcp_facts(tvb, pinfo, ip, &facts->layer[facts->count].segment))
        return;
    rst_layer_set(&facts->layer[facts->count], tvb);
    facts->count++;
}

/* Everything is copied before TCP is called, and nothing is done after it, because TCP may throw through this call. */
static int dissect_hook(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    if (!pinfo->fd->visited)
        collect(tvb, pinfo, ip);
    return call_dissector_only(front.original, tvb, pinfo, tree, ip);
}

void rst_hook_register(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
    rst_front_register(&front, dissect_hook, "tcp", "Transmission Control Protocol (reset analysis)",
                       "TCP (reset analysis)", "tcp.reset_hook");
}

void rst_hook_handoff(void)
{
    rst_front_install(&front);
}

void rst_hook_restore(void)
{
    latest.pinfo = NULL;
    rst_front_restore(&front);
}

const rst_frame_facts_t *rst_hook_take(const packet_info *pinfo)
{
    if (!is_latest(pinfo))
        return NULL;
    latest.pinfo = NULL;
    return &latest.facts;
}

unsigned rst_hook_missed(const packet_info *pinfo, const rst_frame_facts_t *facts)
{
    unsigned calls = facts ? facts->calls : 0;
    unsigned layers = 0;
    wmem_list_frame_t *layer;

    if (calls && wmem_list_count(pinfo->layers) <= LAYERS_OF_ONE_TCP)
        return 0;
    for (layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer))
        layers += GPOINTER_TO_INT(wmem_list_frame_data(layer)) == proto_tcp;
    return layers > calls ? layers - calls : 0;
}
