/* tcp-facts.c
 * Only captured bytes are read, each after a check, because a throw here would hide the packet from TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/dissectors/packet-ip.h>

#include "facts/f5_trailer.h"
#include "facts/http_host.h"
#include "facts/server_name.h"
#include "tcp-facts.h"

/* Offsets in the header, RFC 9293, section 3.1. */
enum {
    TCP_SPORT = 0,
    TCP_DPORT = 2,
    TCP_SEQ = 4,
    TCP_ACK = 8,
    TCP_OFFSET = 12,
    TCP_FLAGS = 13,
    TCP_FLAGS_END = 14,
    TCP_WINDOW_END = 16,
    TCP_HEADER_MIN = 20,
    TLS_HANDSHAKE = 22,
    TLS_CLIENT_HELLO = 1,
    CLIENT_HELLO_START = 6,       /* the record header and the type of the message */
    REQUEST_START = 16,           /* less than the shortest HTTP request */
    READ_MAX = 60 + RST_HEAD_MAX, /* the largest header and the part of the payload that is kept */
    TIMESTAMP_SPACE = 12          /* the option and two bytes of padding */
};

/* Option kinds, IANA "TCP Parameters". */
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WSCALE = 3,
    OPTION_SACK_OK = 4,
    OPTION_SACK = 5,
    OPTION_TIMESTAMP = 8,
    OPTION_MD5 = 19,
    OPTION_AO = 29,
    OPTION_MPTCP = 30,
    OPTION_FAST_OPEN = 34,
    OPTION_EXPERIMENT = 254
};

#define MPTCP_JOIN 1           /* subtype; 0 is MP_CAPABLE (RFC 8684, section 8.2) */
#define FAST_OPEN_MAGIC 0xF989 /* experiment ID of Fast Open without its own option kind (RFC 7413, section 4.1) */
#define WSCALE_MAX 14          /* RFC 7323, section 2.3 */
#define IP4_HEADER_MAX 60
#define IP4_DF 0x4000

int64_t rst_frame_time(const packet_info *pinfo)
{
    if (!(pinfo->presence_flags & PINFO_HAS_TS))
        return RST_TIME_NONE;
    return rst_time_of(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Tells apart the copies of a packet that were captured on different wires of one capture point. */
static uint32_t link_of(const packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;
    bool interface = rec && rec->rec_type == REC_TYPE_PACKET && (rec->presence_flags & WTAP_HAS_INTERFACE_ID);
    int size = pinfo->dl_src.len;
    uint64_t word = 0;
    uint64_t hash;

    if (size <= 0 && !pinfo->vlan_id && !interface)
        return 0;
    if (size == FT_ETHER_LEN)
        memcpy(&word, pinfo->dl_src.data, FT_ETHER_LEN);
    else if (size > 0)
        memcpy(&word, pinfo->dl_src.data, MIN((size_t)size, sizeof word));
    hash = mix(size > 0 ? (uint64_t)size : 0, word);
    hash =
        mix(hash, (uint64_t)pinfo->vlan_id << 32 | (interface ? rec->rec_header.packet_header.interface_id + 1U : 0));
    return (uint32_t)hash ? (uint32_t)hash : 1;
}

/* Starts at 1; 0 = the file does not name interfaces. Each section of a file numbers its own. */
static uint32_t interface_of(const packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;
    uint32_t section;

    if (!rec || rec->rec_type != REC_TYPE_PACKET || !(rec->presence_flags & WTAP_HAS_INTERFACE_ID))
        return 0;
    section = RST_SECTION(rec);
    return rec->rec_header.packet_header.interface_id + (section << 16) + 1;
}

/* The target is all zero. */
static void read_address(const address *from, rst_address_t *to)
{
    if (from->len == 4) { /* nearly always, and then one move */
        memcpy(to->word, from->data, 4);
        to->size = 4;
    } else if (from->len > 0 && (size_t)from->len <= sizeof to->word) {
        memcpy(to->word, from->data, from->len);
        to->size = (uint8_t)from->len;
    }
}

rst_address_t rst_address_of(const address *from)
{
    rst_address_t to = {{0, 0}, 0};

    read_address(from, &to);
    return to;
}

static void read_ip(void *ip, rst_segment_t *segment)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    const ws_ip6 *ip6 = WS_IP6_PTR(ip);

    if (ip4) {
        segment->known |= RST_HAS_IP | RST_HAS_IP_ID;
        segment->ttl = ip4->ip_ttl;
        segment->tos = ip4->ip_tos;
        segment->ip_id = ip4->ip_id;
        segment->df = (ip4->ip_off & IP4_DF) != 0;
    } else if (ip6) {
        segment->known |= RST_HAS_IP;
        segment->ttl = ip6->ip6_hop;
        segment->tos = ip6->ip6_tc;
    }
}

/* The IP dissector has already removed Ethernet padding and filled in the size of an offloaded segment (total length
 * 0), so the reported length is that of the TCP segment, whatever extension headers came before it. What remains is a
 * frame whose end was lost without the file saying so: then the IP total length is larger, and is only a lower bound
 * because the length of the IP header is not known here. */
static void read_length(tvbuff_t *tvb, const packet_info *pinfo, void *ip, unsigned header, rst_segment_t *segment)
{
    const ws_ip4 *ip4 = WS_IP4_PTR(ip);
    unsigned reported = tvb_reported_length(tvb);
    bool lost = ip4 && ip4->ip_len > reported + IP4_HEADER_MAX;

    if (lost)
        reported = ip4->ip_len - IP4_HEADER_MAX;
    if (header < TCP_HEADER_MIN || header > reported)
        return;
    segment->len = reported - header;
    if (!pinfo->fragmented && !lost)
        segment->known |= RST_HAS_LENGTH;
}

static uint16_t get16(const uint8_t *byte)
{
    return (uint16_t)(byte[0] << 8 | byte[1]);
}

static uint32_t get32(const uint8_t *byte)
{
    return (uint32_t)get16(byte) << 16 | get16(byte + 2);
}

static void read_mptcp(const uint8_t *option, unsigned size, rst_segment_t *segment)
{
    unsigned subtype = size >= 3 ? option[2] >> 4 : RST_MPTCP_NONE;

    segment->known |= RST_HAS_MPTCP;
    if (size >= 3 && subtype <= MPTCP_JOIN)
        segment->known |= RST_HAS_MPTCP_OPEN;
    if (subtype == RST_MPTCP_FASTCLOSE && size >= 12) {
        segment->mptcp = RST_MPTCP_FASTCLOSE;
    } else if (subtype == RST_MPTCP_TCPRST && size >= 4) {
        if (segment->mptcp != RST_MPTCP_FASTCLOSE) /* the end of the whole connection says more */
            segment->mptcp = RST_MPTCP_TCPRST;
        segment->mptcp_flags = option[2] & 0x0f;
        segment->mptcp_reason = option[3];
    }
}

/* The two numbers after kind and length. */
static void read_timestamp(const uint8_t *numbers, rst_segment_t *segment)
{
    segment->known |= RST_HAS_TIMESTAMP;
    segment->tsval = get32(numbers);
    segment->tsecr = get32(numbers + 4);
}

/* One option with its kind and length bytes; size is at least 2. With a wrong size, it says nothing. */
static void read_option(const uint8_t *option, unsigned size, rst_segment_t *segment)
{
    switch (option[0]) {
    case OPTION_MSS:
        if (size != 4)
            return;
        segment->known |= RST_HAS_MSS;
        segment->mss = get16(option + 2);
        return;
    case OPTION_WSCALE:
        if (size != 3)
            return;
        segment->known |= RST_HAS_WSCALE;
        segment->wscale = MIN(option[2], WSCALE_MAX);
        return;
    case OPTION_SACK_OK:
        segment->known |= size == 2 ? RST_HAS_SACK_OK : 0;
        return;
    case OPTION_SACK:
        if (size < 10 || (size - 2) % 8)
            return;
        segment->known |= RST_HAS_SACK;
        segment->sack_left = get32(option + 2);
        segment->sack_right = get32(option + 6);
        return;
    case OPTION_TIMESTAMP:
        if (size != 10)
            return;
        read_timestamp(option + 2, segment);
        return;
    case OPTION_MD5:
    case OPTION_AO:
        segment->known |= RST_HAS_AUTH;
        return;
    case OPTION_MPTCP:
        read_mptcp(option, size, segment);
        return;
    case OPTION_FAST_OPEN:
        segment->known |= RST_HAS_FAST_OPEN;
        return;
    case OPTION_EXPERIMENT:
        if (size >= 4 && get16(option + 2) == FAST_OPEN_MAGIC)
            segment->known |= RST_HAS_FAST_OPEN;
        return;
    default:
        return;
    }
}

/* The layout that RFC 7323, appendix A, proposes and that nearly every stack sends: only the timestamp, padded. */
static bool is_padded_timestamp(const uint8_t *bytes, unsigned size)
{
    static const uint8_t start[] = {OPTION_NOP, OPTION_NOP, OPTION_TIMESTAMP, 10};

    return size == TIMESTAMP_SPACE && !memcmp(bytes, start, sizeof start);
}

static void read_options(const uint8_t *byte, unsigned captured, unsigned header, rst_segment_t *segment)
{
    const uint8_t *bytes;
    unsigned end, at = 0;

    if (header < TCP_HEADER_MIN || captured < TCP_HEADER_MIN)
        return;
    bytes = byte + TCP_HEADER_MIN;
    end = MIN(header, captured) - TCP_HEADER_MIN;
    if (end == header - TCP_HEADER_MIN)
        segment->known |= RST_HAS_OPTIONS;
    else if (header > TCP_HEADER_MIN + TIMESTAMP_SPACE)
        segment->known |= RST_HAS_MORE;
    if (is_padded_timestamp(bytes, end)) {
        read_timestamp(bytes + 4, segment);
        return;
    }
    while (at < end && bytes[at] != OPTION_END) {
        unsigned size;

        if (bytes[at] == OPTION_NOP) {
            at++;
            continue;
        }
        size = at + 1 < end ? bytes[at + 1] : 0;
        if (size < 2 || size > end - at)
            return;
        read_option(bytes + at, size, segment);
        at += size;
    }
}

static void read_head(const uint8_t *byte, unsigned captured, unsigned header, rst_segment_t *segment)
{
    unsigned wanted = (segment->flags & RST_FLAG_RST) ? RST_HEAD_MAX : RST_HEAD_DATA;

    if (header < TCP_HEADER_MIN || captured <= header)
        return;
    wanted = MIN(wanted, segment->len);
    wanted = MIN(wanted, captured - header);
    memcpy(segment->head, byte + header, wanted);
    segment->head_len = (uint16_t)wanted;
}

static bool is_client_hello(const rst_segment_t *segment)
{
    return segment->head_len >= CLIENT_HELLO_START && segment->head[0] == TLS_HANDSHAKE &&
           segment->head[CLIENT_HELLO_START - 1] == TLS_CLIENT_HELLO;
}

/* The first letter of a method, and a word in capitals: most payload is neither that nor a ClientHello. */
static bool is_request(const rst_segment_t *segment)
{
    return segment->head_len >= REQUEST_START && memchr("GPHCOD", segment->head[0], 6) &&
           g_ascii_isupper(segment->head[1]) && g_ascii_isupper(segment->head[2]);
}

/* Only these are read beyond their first bytes. */
static void read_name(tvbuff_t *tvb, unsigned header, rst_segment_t *segment)
{
    unsigned captured = MIN(tvb_captured_length(tvb), header + segment->len) - header;
    const uint8_t *payload = tvb_get_ptr(tvb, (int)header, (int)captured);
    bool proxied = false;

    if (is_client_hello(segment)) {
        segment->name_len = (uint8_t)rst_server_name_read(payload, captured, segment->name, sizeof segment->name);
        segment->named_by = RST_NAMED_BY_TLS;
    } else {
        segment->name_len =
            (uint8_t)rst_http_host_read(payload, captured, segment->name, sizeof segment->name, &proxied);
        segment->named_by = proxied ? RST_NAMED_BY_PROXY : RST_NAMED_BY_HTTP;
    }
}

/* A reset without payload in a capture from a BIG-IP: its reason follows the IP packet in the same frame. After
 * IP reassembly, the data source is not a frame and ends with the packet. */
static void read_trailer(tvbuff_t *tvb, rst_segment_t *segment)
{
    tvbuff_t *frame = tvb_get_ds_tvb(tvb);
    unsigned start = (unsigned)tvb_raw_offset(tvb) + tvb_reported_length(tvb);
    unsigned end = tvb_captured_length(frame);

    if (start >= end)
        return;
    segment->head_len = (uint16_t)rst_f5_trailer_read(tvb_get_ptr(frame, (int)start, (int)(end - start)), end - start,
                                                      segment->head, sizeof segment->head);
    if (segment->head_len)
        segment->known |= RST_HAS_F5_CAUSE;
}

bool rst_tcp_facts(tvbuff_t *tvb, const packet_info *pinfo, void *ip, rst_segment_t *segment)
{
    unsigned captured = tvb_captured_length(tvb);
    const uint8_t *byte;
    unsigned header;

    if (captured < TCP_FLAGS_END)
        return false;
    captured = MIN(captured, READ_MAX);
    byte = tvb_get_ptr(tvb, 0, (int)captured);
    memset(segment, 0, offsetof(rst_segment_t, head));
    segment->frame = pinfo->num;
    segment->interface = interface_of(pinfo);
    segment->link = link_of(pinfo);
    segment->time = rst_frame_time(pinfo);
    if (pinfo->fd->cap_len < pinfo->fd->pkt_len)
        segment->snapped = (uint16_t)CLAMP(pinfo->fd->cap_len, 1, UINT16_MAX);
    /* The IP dissectors set these for exactly this layer, whether or not their header is available. */
    read_address(&pinfo->src, &segment->src);
    read_address(&pinfo->dst, &segment->dst);
    segment->sport = get16(byte + TCP_SPORT);
    segment->dport = get16(byte + TCP_DPORT);
    segment->seq = get32(byte + TCP_SEQ);
    segment->ack = get32(byte + TCP_ACK);
    segment->flags = byte[TCP_FLAGS];
    header = (byte[TCP_OFFSET] >> 4) * 4U;
    if (captured >= TCP_WINDOW_END) {
        segment->known |= RST_HAS_WINDOW;
        segment->window = get16(byte + TCP_FLAGS_END);
    }
    read_ip(ip, segment);
    read_length(tvb, pinfo, ip, header, segment);
    read_options(byte, captured, header, segment);
    read_head(byte, captured, header, segment);
    if (is_client_hello(segment) || is_request(segment))
        read_name(tvb, header, segment);
    if ((segment->flags & RST_FLAG_RST) && !segment->len)
        read_trailer(tvb, segment);
    return true;
}
