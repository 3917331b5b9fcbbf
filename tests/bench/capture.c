/* capture.c
 * A small reader of pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "capture.h"

#include <math.h>

enum { BLOCK_INTERFACE = 1, BLOCK_PACKET = 6, OPTION_RESOLUTION = 9, ETHERNET = 1 };
enum { IP4 = 0x0800, IP6 = 0x86dd, VLAN = 0x8100, TCP = 6, ICMP4 = 1, ICMP6 = 58, UDP = 17 };

/* What is left of a packet. */
typedef struct bytes {
    const uint8_t *at;
    size_t size;
} bytes_t;

static uint16_t big16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)big16(at) << 16 | big16(at + 2);
}

static uint32_t little32(const uint8_t *at)
{
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static rst_address_t address(const uint8_t *at, uint8_t size)
{
    rst_address_t address = {{0, 0}, size};

    memcpy(address.word, at, size);
    return address;
}

static void skip(bytes_t *bytes, size_t size)
{
    size = MIN(size, bytes->size);
    bytes->at += size;
    bytes->size -= size;
}

static void read_option(const uint8_t *option, unsigned size, rst_segment_t *segment)
{
    switch (option[0] << 8 | size) {
    case 0x0204:
        segment->known |= RST_HAS_MSS;
        segment->mss = big16(option + 2);
        break;
    case 0x0303:
        segment->known |= RST_HAS_WSCALE;
        segment->wscale = MIN(option[2], 14);
        break;
    case 0x0402:
        segment->known |= RST_HAS_SACK_OK;
        break;
    case 0x080a:
        segment->known |= RST_HAS_TIMESTAMP;
        segment->tsval = big32(option + 2);
        segment->tsecr = big32(option + 6);
        break;
    default:
        if (option[0] == 5 && size >= 10) {
            segment->known |= RST_HAS_SACK;
            segment->sack_left = big32(option + 2);
            segment->sack_right = big32(option + 6);
        }
    }
}

static void read_options(bytes_t options, rst_segment_t *segment)
{
    while (options.size && options.at[0]) {
        unsigned size = options.at[0] == 1 ? 1 : options.size > 1 ? options.at[1] : 0;

        if (!size || size > options.size || (size < 2 && options.at[0] != 1))
            return;
        if (size > 1)
            read_option(options.at, size, segment);
        skip(&options, size);
    }
}

static void read_tcp(packet_t *packet, bytes_t bytes, unsigned length)
{
    rst_segment_t *segment = &packet->segment;
    unsigned header;

    if (bytes.size < 20 || (bytes.at[12] >> 4) * 4U > bytes.size)
        return;
    header = (bytes.at[12] >> 4) * 4U;
    packet->kind = PACKET_TCP;
    segment->known |= RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH;
    segment->sport = big16(bytes.at);
    segment->dport = big16(bytes.at + 2);
    segment->seq = big32(bytes.at + 4);
    segment->ack = big32(bytes.at + 8);
    segment->flags = bytes.at[13];
    segment->window = big16(bytes.at + 14);
    segment->len = length > header ? length - header : 0;
    read_options((bytes_t){bytes.at + 20, header > 20 ? header - 20 : 0}, segment);
    skip(&bytes, header);
    segment->head_len =
        (uint16_t)MIN(MIN(bytes.size, segment->len), (segment->flags & RST_FLAG_RST) ? RST_HEAD_MAX : RST_HEAD_DATA);
    memcpy(segment->head, bytes.at, segment->head_len);
}

/* Only errors that quote an IP packet whose ports are there. */
static void read_icmp(packet_t *packet, bytes_t bytes, uint8_t version)
{
    rst_icmp_t *icmp = &packet->icmp;
    unsigned header, protocol;

    if (bytes.size < 8 + 48 || bytes.at[0] != (version == 4 ? 3 : 1))
        return;
    *icmp = (rst_icmp_t){.reporter = packet->segment.src, .version = version, .type = bytes.at[0], .code = bytes.at[1]};
    skip(&bytes, 8);
    header = version == 4 ? (bytes.at[0] & 15) * 4U : 40;
    protocol = bytes.at[version == 4 ? 9 : 6];
    if ((protocol != TCP && protocol != UDP) || header + 4 > bytes.size)
        return;
    packet->kind = PACKET_ICMP;
    icmp->udp = protocol == UDP;
    icmp->ip_id = version == 4 ? big16(bytes.at + 4) : 0;
    icmp->src = address(bytes.at + (version == 4 ? 12 : 8), version == 4 ? 4 : 16);
    icmp->dst = address(bytes.at + (version == 4 ? 16 : 24), version == 4 ? 4 : 16);
    icmp->sport = big16(bytes.at + header);
    icmp->dport = big16(bytes.at + header + 2);
}

static void read_next(packet_t *packet, bytes_t bytes, uint8_t version, unsigned protocol, unsigned length)
{
    if (protocol == TCP)
        read_tcp(packet, bytes, length);
    else if (protocol == (version == 4 ? ICMP4 : ICMP6))
        read_icmp(packet, bytes, version);
}

static void read_ip4(packet_t *packet, bytes_t bytes)
{
    rst_segment_t *segment = &packet->segment;
    unsigned header, length;

    if (bytes.size < 20 || (big16(bytes.at + 6) & 0x1fff))
        return;
    header = (bytes.at[0] & 15) * 4U;
    length = big16(bytes.at + 2) ? big16(bytes.at + 2) : (unsigned)bytes.size;
    segment->known = RST_HAS_IP | RST_HAS_IP_ID;
    segment->tos = bytes.at[1];
    segment->ip_id = big16(bytes.at + 4);
    segment->df = bytes.at[6] & 0x40;
    segment->ttl = bytes.at[8];
    segment->src = address(bytes.at + 12, 4);
    segment->dst = address(bytes.at + 16, 4);
    if (header < 20 || length < header)
        return;
    bytes.size = MIN(bytes.size, length);
    read_next(packet, (bytes_t){bytes.at + MIN(header, bytes.size), bytes.size - MIN(header, bytes.size)}, 4,
              bytes.at[9], length - header);
}

static void read_ip6(packet_t *packet, bytes_t bytes)
{
    rst_segment_t *segment = &packet->segment;
    unsigned length;

    if (bytes.size < 40)
        return;
    length = big16(bytes.at + 4);
    segment->known = RST_HAS_IP;
    segment->tos = (uint8_t)(big16(bytes.at) >> 4);
    segment->ttl = bytes.at[7];
    segment->src = address(bytes.at + 8, 16);
    segment->dst = address(bytes.at + 24, 16);
    read_next(packet, (bytes_t){bytes.at + 40, MIN(bytes.size - 40, length)}, 6, bytes.at[6], length);
}

static void read_ethernet(packet_t *packet, bytes_t bytes)
{
    unsigned type;

    if (bytes.size < 14)
        return;
    packet->segment.link = (big32(bytes.at + 8) ^ packet->interface * 0x9e3779b1u) | 1;
    type = big16(bytes.at + 12);
    skip(&bytes, 14);
    if (type == VLAN && bytes.size >= 4) {
        type = big16(bytes.at + 2);
        skip(&bytes, 4);
    }
    if (type == IP4)
        read_ip4(packet, bytes);
    else if (type == IP6)
        read_ip6(packet, bytes);
}

static double resolution(uint8_t option)
{
    return 1e9 * ((option & 0x80) ? exp2(-(option & 0x7f)) : pow(10, -option));
}

static void read_interface(capture_t *capture, size_t block, const uint8_t *body, size_t size)
{
    interface_t interface = {.tick = 1000, .block = block};

    if (size < 8)
        return;
    interface.link = (uint16_t)(body[0] | body[1] << 8);
    for (size_t at = 8; at + 4 < size && body[at];) {
        unsigned length = body[at + 2] | body[at + 3] << 8;

        if (body[at] == OPTION_RESOLUTION)
            interface.tick = resolution(body[at + 4]);
        at += 4 + (length + 3) / 4 * 4;
    }
    g_array_append_val(capture->interfaces, interface);
}

static void read_packet(capture_t *capture, size_t block, const uint8_t *body, size_t size)
{
    packet_t packet = {.kind = PACKET_OTHER, .block = block};
    const interface_t *interface;
    uint32_t number, captured;

    if (size < 20)
        return;
    number = little32(body);
    captured = little32(body + 12);
    if (number >= capture->interfaces->len || captured > size - 20)
        return;
    interface = capture_interface(capture, number);
    packet.interface = number + 1;
    packet.time = (int64_t)(((uint64_t)little32(body + 4) << 32 | little32(body + 8)) * (uint64_t)interface->tick);
    if (interface->link == ETHERNET)
        read_ethernet(&packet, (bytes_t){body + 20, captured});
    packet.segment.interface = packet.interface;
    packet.segment.time = packet.time;
    g_array_append_val(capture->packets, packet);
}

bool capture_read(const char *path, capture_t *capture)
{
    capture->packets = g_array_new(FALSE, FALSE, sizeof(packet_t));
    capture->interfaces = g_array_new(FALSE, FALSE, sizeof(interface_t));
    if (!g_file_get_contents(path, &capture->data, &capture->size, NULL)) {
        capture->data = NULL;
        return false;
    }
    for (size_t at = 0; at + 12 <= capture->size;) {
        const uint8_t *block = (const uint8_t *)capture->data + at;
        uint32_t length = little32(block + 4);

        if (length < 12 || length > capture->size - at)
            break;
        if (little32(block) == BLOCK_INTERFACE)
            read_interface(capture, at, block + 8, length - 12);
        else if (little32(block) == BLOCK_PACKET)
            read_packet(capture, at, block + 8, length - 12);
        at += length;
    }
    return capture->packets->len > 0;
}

void capture_free(capture_t *capture)
{
    g_free(capture->data);
    g_array_free(capture->packets, TRUE);
    g_array_free(capture->interfaces, TRUE);
}

const packet_t *capture_packet(const capture_t *capture, uint32_t number)
{
    return &g_array_index(capture->packets, packet_t, number);
}

const interface_t *capture_interface(const capture_t *capture, uint32_t number)
{
    return &g_array_index(capture->interfaces, interface_t, number);
}

uint32_t capture_block_size(const capture_t *capture, size_t block)
{
    return little32((const uint8_t *)capture->data + block + 4);
}
