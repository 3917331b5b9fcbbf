/* flood-file.c
 * Writes pcapng: the packets of the capture as they are, those of the flood with right checksums.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "flood-file.h"

#include <stdio.h>

enum { FRAME_MAX = 2048, TCP = 6, UDP = 17, TCP_HEADER = 20, UDP_SIZE = 20, BLOCK_PACKET = 6, BLOCK_EXTRA = 32 };

typedef struct sink {
    FILE *file;
    const capture_t *capture;
    bool udp;
    uint8_t frame[FRAME_MAX];
    unsigned size;
} sink_t;

static void put(sink_t *sink, uint32_t value, unsigned bytes)
{
    while (bytes--)
        sink->frame[sink->size++] = (uint8_t)(value >> bytes * 8);
}

static void put_address(sink_t *sink, const rst_address_t *address)
{
    memcpy(sink->frame + sink->size, address->word, address->size);
    sink->size += address->size;
}

static void put_zeros(sink_t *sink, unsigned size)
{
    memset(sink->frame + sink->size, 0, size);
    sink->size += size;
}

static uint32_t sum(const uint8_t *bytes, unsigned size)
{
    uint32_t total = 0;

    for (unsigned at = 0; at < size; at++)
        total += at & 1 ? bytes[at] : (uint32_t)bytes[at] << 8;
    return total;
}

static void put_checksum(uint8_t *place, uint32_t total)
{
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    place[0] = (uint8_t)(~total >> 8);
    place[1] = (uint8_t)~total;
}

static void put_ip(sink_t *sink, const rst_segment_t *segment, unsigned protocol, unsigned payload)
{
    unsigned start;
    bool ipv6 = segment->src.size == 16;

    put(sink, 0x02666c6f, 4); /* the addresses of the flood: "floo" */
    put(sink, 0x6f000266, 4);
    put(sink, 0x6c6f6f00 | (segment->link & 0xff), 4);
    put(sink, ipv6 ? 0x86dd : 0x0800, 2);
    start = sink->size;
    if (ipv6) {
        put(sink, 0x60000000, 4);
        put(sink, payload, 2);
        put(sink, protocol << 8 | segment->ttl, 2);
    } else {
        put(sink, 0x4500, 2);
        put(sink, 20 + payload, 2);
        put(sink, (uint32_t)segment->ip_id << 16 | 0x4000, 4);
        put(sink, (uint32_t)segment->ttl << 8 | protocol, 2);
        put(sink, 0, 2);
    }
    put_address(sink, &segment->src);
    put_address(sink, &segment->dst);
    if (!ipv6)
        put_checksum(sink->frame + start + 10, sum(sink->frame + start, 20));
}

static void put_tcp(sink_t *sink, const rst_segment_t *segment)
{
    unsigned length = TCP_HEADER + segment->len;
    unsigned addresses = 2u * segment->src.size;
    uint8_t *start;

    put_ip(sink, segment, TCP, length);
    start = sink->frame + sink->size;
    put(sink, (uint32_t)segment->sport << 16 | segment->dport, 4);
    put(sink, segment->seq, 4);
    put(sink, segment->ack, 4);
    put(sink, TCP_HEADER / 4 << 12 | segment->flags, 2);
    put(sink, segment->window, 2);
    put_zeros(sink, 4 + segment->len);
    put_checksum(start + 16, TCP + length + sum(start - addresses, addresses + length));
}

static void put_udp(sink_t *sink, const rst_segment_t *segment)
{
    put_ip(sink, segment, UDP, UDP_SIZE);
    put(sink, (uint32_t)segment->sport << 16 | 9, 4); /* the discard port */
    put(sink, UDP_SIZE << 16, 4);
    put_zeros(sink, UDP_SIZE - 8);
}

static void write_little(sink_t *sink, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    fwrite(bytes, 1, sizeof bytes, sink->file);
}

static void write_flood(void *data, const rst_segment_t *segment)
{
    sink_t *sink = data;
    uint32_t known = MIN(segment->interface, sink->capture->interfaces->len);
    uint64_t ticks = (uint64_t)segment->time / (uint64_t)capture_interface(sink->capture, known - 1)->tick;
    unsigned padded;

    sink->size = 0;
    (sink->udp ? put_udp : put_tcp)(sink, segment);
    padded = (sink->size + 3) / 4 * 4;
    memset(sink->frame + sink->size, 0, padded - sink->size);
    write_little(sink, BLOCK_PACKET);
    write_little(sink, BLOCK_EXTRA + padded);
    write_little(sink, segment->interface - 1);
    write_little(sink, (uint32_t)(ticks >> 32));
    write_little(sink, (uint32_t)ticks);
    write_little(sink, sink->size);
    write_little(sink, sink->size);
    fwrite(sink->frame, 1, padded, sink->file);
    write_little(sink, BLOCK_EXTRA + padded);
}

static void write_block(sink_t *sink, size_t block)
{
    fwrite(sink->capture->data + block, 1, capture_block_size(sink->capture, block), sink->file);
}

static void write_packet(void *data, uint32_t number)
{
    sink_t *sink = data;

    write_block(sink, capture_packet(sink->capture, number)->block);
}

bool flood_file_write(const plan_t *plan, const capture_t *capture, const char *path)
{
    sink_t sink = {.file = fopen(path, "wb"), .capture = capture, .udp = !plan->kind->steps};
    visitor_t visitor = {write_packet, write_flood, &sink};

    if (!sink.file)
        return false;
    write_block(&sink, 0); /* the section header */
    for (unsigned i = 0; i < capture->interfaces->len; i++)
        write_block(&sink, capture_interface(capture, i)->block);
    if (plan->two) /* the flood's second one, where it has to be a new one: like the last */
        write_block(&sink, capture_interface(capture, capture->interfaces->len - 1)->block);
    plan_walk(plan, capture, &visitor);
    return fclose(sink.file) == 0;
}
