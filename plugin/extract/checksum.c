/* checksum.c
 * A sender whose network card computes the checksum leaves the sum of the pseudo header in its place (Linux), that sum
 * without the length (Windows, of segments that the card divides) or nothing. None of these says anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include <epan/in_cksum.h>
#include <epan/ipproto.h>

#include "checksum.h"

enum {
    CHECKSUM_AT = 16,                 /* RFC 9293, section 3.1 */
    LENGTH_SIZE = 8,                  /* of length and protocol in the pseudo header */
    PSEUDO_MAX = 2 * 16 + LENGTH_SIZE /* RFC 8200, section 8.1 */
};

/* The layout of IPv6; that of IPv4 (RFC 9293, section 3.1) has the same sum. */
static vec_t pseudo_header(const rst_segment_t *segment, uint32_t length, uint8_t *bytes)
{
    const uint8_t end[LENGTH_SIZE] = {(uint8_t)(length >> 24),
                                      (uint8_t)(length >> 16),
                                      (uint8_t)(length >> 8),
                                      (uint8_t)length,
                                      0,
                                      0,
                                      0,
                                      IP_PROTO_TCP};
    unsigned size = segment->src.size;

    memcpy(bytes, segment->src.word, size);
    memcpy(bytes + size, segment->dst.word, size);
    memcpy(bytes + 2 * size, end, sizeof end);
    return (vec_t){bytes, (int)(2 * size + sizeof end)};
}

/* In the byte order of the packet, as in_cksum() returns its complement. */
static uint16_t partial_sum(const rst_segment_t *segment, uint32_t length)
{
    uint8_t bytes[PSEUDO_MAX];
    vec_t part = pseudo_header(segment, length, bytes);

    return (uint16_t)~in_cksum(&part, 1);
}

static bool has_addresses(const rst_segment_t *segment)
{
    return segment->src.size == segment->dst.size && (segment->src.size == 4 || segment->src.size == 16);
}

/* Never throws. */
static rst_checksum_t checksum_of(const void *packet)
{
    const rst_layer_t *layer = (const rst_layer_t *)packet;
    const rst_segment_t *segment = &layer->segment;
    tvbuff_t *tvb = layer->tvb;
    uint32_t length = tvb_reported_length(tvb);
    uint8_t bytes[PSEUDO_MAX];
    uint16_t stated;
    vec_t parts[2];

    if (!(segment->known & RST_HAS_LENGTH) || !has_addresses(segment) || tvb_captured_length(tvb) != length)
        return RST_CHECKSUM_UNKNOWN;
    tvb_memcpy(tvb, &stated, CHECKSUM_AT, sizeof stated);
    if (!stated || stated == partial_sum(segment, length) || stated == partial_sum(segment, 0))
        return RST_CHECKSUM_UNKNOWN;
    parts[0] = pseudo_header(segment, length, bytes);
    parts[1] = (vec_t){tvb_get_ptr(tvb, 0, (int)length), (int)length};
    return in_cksum(parts, 2) ? RST_CHECKSUM_BAD : RST_CHECKSUM_GOOD;
}

void rst_layer_set(rst_layer_t *layer, tvbuff_t *tvb)
{
    layer->tvb = tvb;
    layer->segment.checksum = checksum_of;
    layer->segment.packet = layer;
}
