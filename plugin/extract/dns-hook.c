/* dns-hook.c
 * The message is read here because Wireshark's fields need a tree, its statistics of DNS leave out the addresses, and
 * its own table of names knows neither who asked nor when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <epan/proto_data.h>

#include "dns-hook.h"
#include "front.h"
#include "tcp-facts.h"

#define MESSAGE_KEY 2 /* in pinfo->pool; 0 and 1 are those of the TCP facts and of the ICMP error */

static int proto_owner = -1;
static bool kept; /* there may be a message in the current packet; most packets are not even searched for one */
static rst_front_t front_dns = {.table = "udp.port", .number = 53};
static rst_front_t front_mdns = {.table = "udp.port", .number = 5353};
static rst_front_t front_llmnr = {.table = "udp.port", .number = 5355};

/* Only captured bytes are read: a throw here would hide the packet from DNS. */
static void collect(tvbuff_t *tvb, packet_info *pinfo)
{
    unsigned captured = tvb_captured_length(tvb);
    rst_dns_kind_t kind;
    rst_dns_t *dns;

    if (pinfo->fd->visited || pinfo->flags.in_error_pkt || !captured ||
        !rst_dns_kind_of((uint16_t)pinfo->srcport, (uint16_t)pinfo->destport, &kind) ||
        !proto_is_protocol_enabled(find_protocol_by_id(proto_owner)) || rst_dns_hook_message(pinfo))
        return;
    dns = wmem_new(pinfo->pool, rst_dns_t);
    dns->kind = (uint8_t)kind;
    if (!rst_dns_read(tvb_get_ptr(tvb, 0, (int)captured), captured, dns))
        return;
    dns->src = rst_address_of(&pinfo->src);
    dns->dst = rst_address_of(&pinfo->dst);
    dns->sport = (uint16_t)pinfo->srcport;
    dns->dport = (uint16_t)pinfo->destport;
    p_add_proto_data(pinfo->pool, pinfo, proto_owner, MESSAGE_KEY, dns);
    kept = true;
}

static int dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    collect(tvb, pinfo);
    return call_dissector_only(front_dns.original, tvb, pinfo, tree, data);
}

static int dissect_mdns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    collect(tvb, pinfo);
    return call_dissector_only(front_mdns.original, tvb, pinfo, tree, data);
}

static int dissect_llmnr(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    collect(tvb, pinfo);
    return call_dissector_only(front_llmnr.original, tvb, pinfo, tree, data);
}

void rst_dns_hook_register(int owner)
{
    proto_owner = owner;
    rst_front_register(&front_dns, dissect_dns, "dns", "Domain Name System (reset analysis)", "DNS (reset analysis)",
                       "dns.reset_hook");
    rst_front_register(&front_mdns, dissect_mdns, "mdns", "Multicast Domain Name System (reset analysis)",
                       "MDNS (reset analysis)", "mdns.reset_hook");
    rst_front_register(&front_llmnr, dissect_llmnr, "llmnr", "Link-local Multicast Name Resolution (reset analysis)",
                       "LLMNR (reset analysis)", "llmnr.reset_hook");
}

void rst_dns_hook_handoff(void)
{
    rst_front_install(&front_dns);
    rst_front_install(&front_mdns);
    rst_front_install(&front_llmnr);
}

void rst_dns_hook_restore(void)
{
    rst_front_restore(&front_dns);
    rst_front_restore(&front_mdns);
    rst_front_restore(&front_llmnr);
}

const rst_dns_t *rst_dns_hook_message(packet_info *pinfo)
{
    const rst_dns_t *message = NULL;

    if (kept)
        message = (const rst_dns_t *)p_get_proto_data(pinfo->pool, pinfo, proto_owner, MESSAGE_KEY);
    kept = message != NULL;
    return message;
}
