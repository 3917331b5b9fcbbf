/* tcp-hook.c
 * Fields and taps are no source of facts: they are missing or too late in the first pass of two, and asking for a tree
 * doubles the cost. The hook costs one call per segment and is there on every pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/ipproto.h>
#include <epan/proto_data.h>

#include "front.h"
#include "tcp-facts.h"
#include "tcp-hook.h"

#define FACTS_KEY 0 /* in pinfo->pool */

static int proto_owner = -1;
static int proto_tcp = -1;
static rst_front_t front = {.number = IP_PROTO_TCP};

static rst_frame_facts_t *frame_facts(packet_info *pinfo)
{
    return (rst_frame_facts_t *)p_get_proto_data(pinfo->pool, pinfo, proto_owner, FACTS_KEY);
}

/* The facts live in the packet's pool, not in a static array: one dissection may start another, and with the
 * post-dissector disabled nobody would clear them. */
static void collect(tvbuff_t *tvb, packet_info *pinfo, void *ip)
{
    rst_frame_facts_t *facts = frame_facts(pinfo);
    rst_segment_t *segment;

    if (!facts) {
        facts = wmem_new0(pinfo->pool, rst_frame_facts_t);
        p_add_proto_data(pinfo->pool, pinfo, proto_owner, FACTS_KEY, facts);
    }
    if (facts->count == RST_LAYERS_MAX)
        return;
    facts->calls++;
    /* A header quoted in an ICMP error is evidence about a segment, never a segment. */
    if (pinfo->flags.in_error_pkt)
        return;
    segment = wmem_new(pinfo->pool, rst_segment_t);
    if (rst_tcp_facts(tvb, pinfo, ip, segment))
        facts->segment[facts->count++] = segment;
}

/* Everything is copied before TCP is called, and nothing is done after it, because TCP may throw through this call. */
static int dissect_hook(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    if (!pinfo->fd->visited && proto_is_protocol_enabled(find_protocol_by_id(proto_owner)))
        collect(tvb, pinfo, ip);
    return call_dissector_only(front.original, tvb, pinfo, tree, ip);
}

void rst_hook_register(int owner)
{
    proto_owner = owner;
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
    rst_front_restore(&front);
}

const rst_frame_facts_t *rst_hook_facts(packet_info *pinfo)
{
    return frame_facts(pinfo);
}

unsigned rst_hook_missed(const packet_info *pinfo, const rst_frame_facts_t *facts)
{
    unsigned calls = facts ? facts->calls : 0;
    unsigned layers = 0;
    wmem_list_frame_t *layer;

    for (layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer))
        layers += GPOINTER_TO_INT(wmem_list_frame_data(layer)) == proto_tcp;
    return layers > calls ? layers - calls : 0;
}
