/* stream.c
 * Turns bytes into segments.
 *
 * Header, 4 bytes: options (1 IPv6, 2 wrapped numbers, 4 late epoch, 8 small table), preference number, its value (16
 * bits).
 * Record, 8 bytes: tuple (3 bits), direction, time absent, rejected, same frame, extras; flags; time; sequence and
 * acknowledgment (4 bits each); length; TTL; IP ID; window. The bytes that the number codes require follow, then the
 * extras: 16 bits of options, the values of the options, and a payload.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "stream.h"

#include <string.h>

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

enum { /* first byte of a record */
       BIT_REVERSE = 0x08,
       BIT_NO_TIME = 0x10,
       BIT_REJECTED = 0x20,
       BIT_SAME_FRAME = 0x40,
       BIT_EXTRAS = 0x80
};

enum { /* extras, 16 bits */
       EXTRA_MSS = 0x0001,
       EXTRA_WSCALE = 0x0002,
       EXTRA_SACK_OK = 0x0004,
       EXTRA_TIMESTAMP = 0x0008,
       EXTRA_SACK = 0x0010,
       EXTRA_FAST_OPEN = 0x0020,
       EXTRA_AUTH = 0x0040,
       EXTRA_MPTCP = 0x0080,
       EXTRA_LINK = 0x0100,
       EXTRA_NO_IP = 0x0200,
       EXTRA_NO_WINDOW = 0x0400,
       EXTRA_NO_OPTIONS = 0x0800,
       EXTRA_NO_LENGTH = 0x1000,
       EXTRA_POINT = 0x2000,
       EXTRA_TIME = 0x4000,
       EXTRA_PAYLOAD = 0x8000
};

static uint8_t take8(stream_t *stream)
{
    return stream->at < stream->end ? *stream->at++ : 0;
}

static uint16_t take16(stream_t *stream)
{
    uint8_t high = take8(stream);

    return (uint16_t)(high << 8 | take8(stream));
}

static uint32_t take32(stream_t *stream)
{
    uint32_t high = take16(stream);

    return high << 16 | take16(stream);
}

static void set_preference(rst_prefs_t *prefs, unsigned number, unsigned value)
{
    unsigned at = 0;

#define SET(name, initial, low, high, title, text)                                                                     \
    if (number == at++)                                                                                                \
        prefs->name = value < (low) + 1U ? (low) : value > (high) ? (high) : value;
    RST_PREFS(SET)
#undef SET
}

bool stream_open(stream_t *stream, const uint8_t *data, size_t size, rst_prefs_t *prefs)
{
    unsigned options, number;

    if (size < 4 + STREAM_RECORD)
        return false;
    memset(stream, 0, sizeof *stream);
    stream->at = data;
    stream->end = data + size;
    options = take8(stream);
    number = take8(stream);
    *prefs = rst_prefs_default();
    set_preference(prefs, number, take16(stream));
    stream->ipv6 = options & 1;
    stream->limited = options & 8;
    stream->time = (options & 4) ? 1700000000 * SECOND : 0;
    for (unsigned i = 0; (options & 2) && i < STREAM_TUPLES; i++) {
        stream->side[i][0].nxt = UINT32_MAX - 50 * i;
        stream->side[i][1].nxt = INT32_MAX - 50 * i;
    }
    return true;
}

/* Tuples 0 to 3 share a server; 4 and 5 share a client and the SMB ports; 6 goes from a host to itself; 7 has ports 0.
 */
static void set_tuple(const stream_t *stream, rst_segment_t *segment, unsigned tuple, bool reverse)
{
    static const uint16_t ports[STREAM_TUPLES] = {80, 80, 443, 445, 445, 139, 40000, 0};
    uint8_t client[16] = {10, 0, 0, 1}, server[16] = {10, 0, 0, 2};
    uint8_t last = stream->ipv6 ? 15 : 3;
    uint16_t sport = tuple == 7 ? 0 : (uint16_t)(40000 + tuple % 6);

    client[last] = tuple == 6 ? 2 : tuple == 1 ? 9 : 1;
    server[last] = tuple >= 4 && tuple != 6 ? 200 : 2;
    memcpy(segment->src.word, reverse ? server : client, sizeof segment->src.word);
    memcpy(segment->dst.word, reverse ? client : server, sizeof segment->dst.word);
    segment->src.size = segment->dst.size = stream->ipv6 ? 16 : 4;
    segment->sport = reverse ? ports[tuple] : sport;
    segment->dport = reverse ? sport : ports[tuple];
}

static uint32_t coded_number(stream_t *stream, unsigned code, const stream_side_t *own, const stream_side_t *peer)
{
    switch (code) {
    case 0:
        return own->nxt;
    case 1:
        return own->nxt - 1;
    case 2:
        return own->nxt + 1;
    case 3:
        return own->latest;
    case 4:
        return own->isn;
    case 5:
        return own->isn + 1;
    case 6:
        return peer->ack;
    case 7:
        return peer->ack - 1;
    case 8:
        return 0;
    case 9:
        return own->nxt + 1460;
    case 10:
        return own->nxt + 65535;
    case 11:
        return own->nxt - 65535;
    case 12:
        return own->reset;
    case 13:
        return own->nxt + take8(stream);
    case 14:
        return own->nxt - take16(stream);
    default:
        return take32(stream);
    }
}

static void set_time(stream_t *stream, uint8_t code)
{
    static const int64_t units[] = {MICROSECOND,       20 * MICROSECOND, MILLISECOND, 20 * MILLISECOND,
                                    200 * MILLISECOND, SECOND,           60 * SECOND, -SECOND};

    /* Near the ends of the range of timestamps, time stands still. */
    if (stream->time < INT64_MAX / 2 && stream->time > INT64_MIN / 2)
        stream->time += units[code >> 5] * (code & 31);
}

static void set_length(rst_segment_t *segment, uint8_t code)
{
    static const uint32_t lengths[] = {0, 1, 2, 100, 517, 1448, 1460, 16384, 65495, 65535, 300, 12, 24, 4, 8, 50};

    segment->len = code < 16 ? lengths[code] : code < 32 ? (uint32_t)code << 12 : 0;
}

static void take_options(stream_t *stream, rst_segment_t *segment, unsigned extras)
{
    static const struct {
        unsigned extra;
        uint32_t known;
    } plain[] = {{EXTRA_MSS, RST_HAS_MSS},         {EXTRA_WSCALE, RST_HAS_WSCALE},
                 {EXTRA_SACK_OK, RST_HAS_SACK_OK}, {EXTRA_TIMESTAMP, RST_HAS_TIMESTAMP},
                 {EXTRA_SACK, RST_HAS_SACK},       {EXTRA_FAST_OPEN, RST_HAS_FAST_OPEN},
                 {EXTRA_AUTH, RST_HAS_AUTH},       {EXTRA_MPTCP, RST_HAS_MPTCP}};

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        segment->known |= (extras & plain[i].extra) ? plain[i].known : 0;
    if (extras & EXTRA_MSS)
        segment->mss = take16(stream);
    if (extras & EXTRA_WSCALE)
        segment->wscale = take8(stream) % 15;
    if (extras & EXTRA_TIMESTAMP) {
        segment->tsval = take16(stream);
        segment->tsecr = take16(stream);
    }
    if (extras & EXTRA_SACK) {
        segment->sack_left = segment->ack + take16(stream);
        segment->sack_right = segment->sack_left + take16(stream);
    }
    if (extras & EXTRA_MPTCP) {
        uint8_t kind = take8(stream);

        segment->mptcp = (kind & 3) == 1 ? RST_MPTCP_FASTCLOSE : (kind & 3) == 2 ? RST_MPTCP_TCPRST : RST_MPTCP_NONE;
        segment->known |= (kind & 3) == 3 ? RST_HAS_MPTCP_OPEN : 0;
        segment->mptcp_flags = segment->mptcp == RST_MPTCP_TCPRST ? kind >> 4 : 0;
        segment->mptcp_reason = segment->mptcp == RST_MPTCP_TCPRST ? take8(stream) : 0;
    }
}

static void take_extras(stream_t *stream, rst_segment_t *segment)
{
    unsigned extras = take16(stream);

    take_options(stream, segment, extras);
    if (extras & EXTRA_LINK)
        segment->link = take8(stream);
    if (extras & EXTRA_NO_IP)
        segment->known &= ~(uint32_t)(RST_HAS_IP | RST_HAS_IP_ID);
    if (extras & EXTRA_NO_WINDOW)
        segment->known &= ~(uint32_t)RST_HAS_WINDOW;
    if (extras & EXTRA_NO_OPTIONS)
        segment->known &= ~(uint32_t)RST_HAS_OPTIONS;
    if (extras & EXTRA_NO_LENGTH)
        segment->known &= ~(uint32_t)RST_HAS_LENGTH;
    if (extras & EXTRA_POINT)
        segment->interface = take8(stream) & 3;
    /* The widest range that rst_frame_time() can give. */
    if (extras & EXTRA_TIME)
        stream->time = (int64_t)((uint64_t)take32(stream) << 32 | take32(stream)) / SECOND * (SECOND - 1);
    if (extras & EXTRA_PAYLOAD) {
        unsigned length = take8(stream);
        unsigned most = (segment->flags & RST_FLAG_RST) ? RST_HEAD_MAX : RST_HEAD_DATA;

        for (unsigned i = 0; i < length && stream->at < stream->end; i++) {
            uint8_t byte = take8(stream);

            if (i < most)
                segment->head[segment->head_len++] = byte;
        }
        if (segment->len < segment->head_len)
            segment->len = segment->head_len;
    }
}

static void remember(stream_t *stream, const rst_segment_t *segment, stream_side_t *own)
{
    uint32_t end = segment->seq + rst_segment_space(segment);

    (void)stream;
    own->ip_id = segment->ip_id;
    if (segment->flags & RST_FLAG_RST) {
        own->reset = segment->seq;
        return;
    }
    if (segment->flags & RST_FLAG_SYN)
        own->isn = segment->seq;
    if ((segment->flags & RST_FLAG_SYN) || (int32_t)(end - own->nxt) > 0)
        own->nxt = end;
    own->latest = segment->seq;
    if (segment->flags & RST_FLAG_ACK)
        own->ack = segment->ack;
}

static void set_header(stream_t *stream, rst_segment_t *segment, const stream_side_t *own, const stream_side_t *peer)
{
    uint8_t numbers = take8(stream);
    uint8_t code;

    set_length(segment, take8(stream));
    segment->ttl = take8(stream);
    code = take8(stream);
    segment->ip_id = code & 0x80 ? 0 : (uint16_t)(own->ip_id + (code & 0x3f));
    segment->df = code & 0x40;
    code = take8(stream);
    segment->window = (uint16_t)(code << 8 | code);
    segment->known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH;
    if (!stream->ipv6)
        segment->known |= RST_HAS_IP_ID;
    segment->seq = coded_number(stream, numbers >> 4, own, peer);
    segment->ack = coded_number(stream, numbers & 15, peer, own);
}

bool stream_next(stream_t *stream, rst_segment_t *segment, bool *same_frame)
{
    uint8_t first;
    stream_side_t *own, *peer;

    if (stream->end - stream->at < STREAM_RECORD)
        return false;
    memset(segment, 0, sizeof *segment);
    first = take8(stream);
    own = &stream->side[first & 7][!!(first & BIT_REVERSE)];
    peer = &stream->side[first & 7][!(first & BIT_REVERSE)];
    set_tuple(stream, segment, first & 7, first & BIT_REVERSE);
    segment->flags = take8(stream);
    *same_frame = stream->frame && (first & BIT_SAME_FRAME);
    if (!*same_frame) {
        stream->frame += !stream->rejected;
        stream->rejected = first & BIT_REJECTED;
    }
    set_time(stream, take8(stream));
    set_header(stream, segment, own, peer);
    if (first & BIT_EXTRAS)
        take_extras(stream, segment);
    if (stream->frame == 0)
        stream->frame = 1;
    segment->frame = stream->frame;
    segment->time = (first & BIT_NO_TIME) ? RST_TIME_NONE : stream->time;
    remember(stream, segment, own);
    return true;
}
