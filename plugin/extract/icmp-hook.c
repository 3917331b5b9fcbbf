/* icmp-hook.c
 * The quoted packet is read here and not where Wireshark dissects it, because there its type and its sender are no
 * longer known, and UDP would need a separate hook.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/ipproto.h>
#include <epan/proto_data.h>

#include "front.h"
#include "icmp-hook.h"
#include "tcp-facts.h"

#define ERROR_KEY 1 /* in pinfo->pool; 0 is that of the TCP facts */

/* RFC 792 and RFC 4443: type, code, then at byte 8 the quoted packet. */
enum { ICMP_TYPE = 0, ICMP_CODE = 1, ICMP_QUOTE = 8, ICMP4_UNREACHABLE = 3, ICMP6_UNREACHABLE = 1 };

/* Offsets in the quoted header: RFC 791, section 3.1; RFC 8200, section 3. */
enum {
    IP4_ID = 4,
    IP4_FRAGMENT = 6,
    IP4_PROTOCOL = 9,
    IP4_SRC = 12,
    IP4_DST = 16,
    IP4_SIZE = 20,
    IP6_NEXT = 6,
    IP6_SRC = 8,
    IP6_DST = 24,
    IP6_SIZE = 40,
    PORTS_SIZE = 4
};

#define IP4_OFFSET_MASK 0x1fff

static int proto_owner = -1;
static bool kept; /* there may be an error in the current packet; most packets are not even searched for one */
static rst_front_t front4 = {.table = "ip.proto", .number = IP_PROTO_ICMP};
static rst_front_t front6 = {.table = "ip.proto", .number = IP_PROTO_ICMPV6};

static uint16_t get16(const uint8_t *byte)
{
    return (uint16_t)(byte[0] << 8 | byte[1]);
}

static rst_address_t get_address(const uint8_t *byte, uint8_t size)
{
    rst_address_t found = {{0, 0}, size};

    memcpy(found.word, byte, size);
    return found;
}

/* Ports come first in TCP and UDP; RFC 792 quotes at least these. */
static bool read_ports(const uint8_t *bytes, unsigned size, uint8_t protocol, rst_icmp_t *icmp)
{
    if ((protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP) || size < PORTS_SIZE)
        return false;
    icmp->udp = protocol == IP_PROTO_UDP;
    icmp->sport = get16(bytes);
    icmp->dport = get16(bytes + 2);
    return true;
}

static bool read_quoted4(const uint8_t *bytes, unsigned size, rst_icmp_t *icmp)
{
    unsigned header;

    if (size < IP4_SIZE || bytes[0] >> 4 != 4)
        return false;
    header = (bytes[0] & 0x0f) * 4U;
    if (header < IP4_SIZE || header > size || (get16(bytes + IP4_FRAGMENT) & IP4_OFFSET_MASK))
        return false;
    icmp->ip_id = get16(bytes + IP4_ID);
    icmp->src = get_address(bytes + IP4_SRC, 4);
    icmp->dst = get_address(bytes + IP4_DST, 4);
    return read_ports(bytes + header, size - header, bytes[IP4_PROTOCOL], icmp);
}

static bool read_quoted6(const uint8_t *bytes, unsigned size, rst_icmp_t *icmp)
{
    if (size < IP6_SIZE || bytes[0] >> 4 != 6)
        return false;
    icmp->src = get_address(bytes + IP6_SRC, 16);
    icmp->dst = get_address(bytes + IP6_DST, 16);
    return read_ports(bytes + IP6_SIZE, size - IP6_SIZE, bytes[IP6_NEXT], icmp);
}

/* Only captured bytes are read: a throw here would hide the packet from ICMP. */
static void collect(tvbuff_t *tvb, packet_info *pinfo, uint8_t version)
{
    unsigned captured = tvb_captured_length(tvb);
    rst_icmp_t icmp = {.version = version};
    const uint8_t *bytes;
    bool known;

    if (pinfo->fd->visited || pinfo->flags.in_error_pkt || captured <= ICMP_QUOTE ||
        !proto_is_protocol_enabled(find_protocol_by_id(proto_owner)) || rst_icmp_hook_error(pinfo))
        return;
    bytes = tvb_get_ptr(tvb, 0, (int)captured);
    if (bytes[ICMP_TYPE] != (version == 4 ? ICMP4_UNREACHABLE : ICMP6_UNREACHABLE))
        return;
    icmp.type = bytes[ICMP_TYPE];
    icmp.code = bytes[ICMP_CODE];
    icmp.reporter = rst_address_of(&pinfo->src);
    if (version == 4)
        known = read_quoted4(bytes + ICMP_QUOTE, captured - ICMP_QUOTE, &icmp);
    else
        known = read_quoted6(bytes + ICMP_QUOTE, captured - ICMP_QUOTE, &icmp);
    if (!known)
        return;
    p_add_proto_data(pinfo->pool, pinfo, proto_owner, ERROR_KEY, wmem_memdup(pinfo->pool, &icmp, sizeof icmp));
    kept = true;
}

static int dissect_front4(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    collect(tvb, pinfo, 4);
    return call_dissector_only(front4.original, tvb, pinfo, tree, ip);
}

static int dissect_front6(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *ip)
{
    collect(tvb, pinfo, 6);
    return call_dissector_only(front6.original, tvb, pinfo, tree, ip);
}

void rst_icmp_hook_register(int owner)
{
    proto_owner = owner;
    rst_front_register(&front4, dissect_front4, "icmp", "Internet Control Message Protocol (reset analysis)",
                       "ICMP (reset analysis)", "icmp.reset_hook");
    rst_front_register(&front6, dissect_front6, "icmpv6", "Internet Control Message Protocol v6 (reset analysis)",
                       "ICMPv6 (reset analysis)", "icmpv6.reset_hook");
}

void rst_icmp_hook_handoff(void)
{
    rst_front_install(&front4);
    rst_front_install(&front6);
}

void rst_icmp_hook_restore(void)
{
    rst_front_restore(&front4);
    rst_front_restore(&front6);
}

const rst_icmp_t *rst_icmp_hook_error(packet_info *pinfo)
{
    const rst_icmp_t *error = NULL;

    if (kept)
        error = (const rst_icmp_t *)p_get_proto_data(pinfo->pool, pinfo, proto_owner, ERROR_KEY);
    kept = error != NULL;
    return error;
}
