/* actors.c
 * Implementation of the hosts of a scene.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "actors.h"

#include <string.h>

static const char *const payloads[] = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\n",
    "\x16\x03\x01\x02",
    "\x15\x03\x03\x02\x02\x28",
    "SSH-2.0-x\r\n",
    "BIG-IP: [0x2a1b:123] No local listener",
    "BIG-IP: [0x2a1b:123] {peer} handshake timeout",
    "\x33\xaa\x01\x04\x01\x01\x01\x01",
    "\xf3\x17policy \x1b[31mdenied;\n",
    "No route to host",
    "Go away (not HTTP)\r\n",
    "a,b;\"c\"\t{}\n",
    "220 mail ESMTP\r\n",
    "\xff\xff\xff\xff\xff\xff\xff\xff",
};

void actors_open(actors_t *actors, bool ipv6, uint32_t base)
{
    actors->run++;
    actors->ipv6 = ipv6;
    actors->base = base;
    actors->shift = 0;
    actors->shift_kind = SHIFT_NOTHING;
    memset(&actors->dress, 0, sizeof actors->dress);
}

/* Tuples 0 to 3 share a server; 4 and 5 share a client and the SMB ports; 6 goes from a host to itself; 7 has ports 0.
 */
static void fill_conn(const actors_t *actors, unsigned tuple, actors_conn_t *conn)
{
    static const uint16_t ports[ACTORS_TUPLES] = {80, 80, 443, 445, 445, 139, 40000, 0};
    uint8_t client[16] = {10, 0, 0, 1}, server[16] = {10, 0, 0, 2};
    uint8_t last = actors->ipv6 ? 15 : 3;
    unsigned shift = actors->shift;

    memset(conn, 0, sizeof *conn);
    conn->run = actors->run;
    client[last] = (uint8_t)(tuple == 6 ? 2 : tuple == 1 ? 9 : 1);
    server[last] = (uint8_t)(tuple >= 4 && tuple != 6 ? 200 : 2);
    if (actors->shift_kind == SHIFT_CLIENT)
        client[last] = (uint8_t)(client[last] + 16 * shift);
    memcpy(conn->address[0].word, client, sizeof client);
    memcpy(conn->address[1].word, server, sizeof server);
    conn->address[0].size = conn->address[1].size = actors->ipv6 ? 16 : 4;
    conn->port[0] = tuple == 7 ? 0 : (uint16_t)(40000 + tuple % 6 * ACTORS_SHIFTS);
    conn->port[1] = ports[tuple];
    if (actors->shift_kind == SHIFT_CLIENT_PORT)
        conn->port[0] = (uint16_t)(conn->port[0] + shift);
    if (actors->shift_kind == SHIFT_SERVER_PORT)
        conn->port[1] = (uint16_t)(conn->port[1] + shift);
    for (unsigned side = 0; side < 2; side++) {
        uint32_t isn = actors->base + 100000 * (tuple * ACTORS_SHIFTS + shift) + side * 0x40000000u;

        conn->side[side] =
            (actors_side_t){.isn = isn, .nxt = isn, .latest = isn, .ttl = side ? 57 : 64, .stamps = actors->stamps};
    }
}

actors_conn_t *actors_conn(actors_t *actors, unsigned tuple)
{
    actors_conn_t *conn = &actors->conn[tuple][actors->shift % ACTORS_SHIFTS];

    if (conn->run != actors->run)
        fill_conn(actors, tuple, conn);
    return conn;
}

static uint32_t coded_number(unsigned code, uint8_t operand, const actors_side_t *own, const actors_side_t *peer)
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
        return own->nxt + operand;
    case 14:
        return own->nxt - operand * 16u;
    default:
        return own->nxt + ((uint32_t)operand << 24);
    }
}

static void put_stamps(const actors_conn_t *conn, const actors_order_t *order, rst_segment_t *segment)
{
    if (!conn->side[order->reverse].stamps)
        return;
    segment->known |= RST_HAS_TIMESTAMP;
    segment->tsval = 1000 + order->reverse * 7777777u + (uint32_t)((uint64_t)order->time / RST_MILLISECOND);
    segment->tsecr = conn->side[!order->reverse].tsval;
}

static rst_checksum_t checksum_of(const void *packet)
{
    return (rst_checksum_t)(uintptr_t)packet;
}

static void put_payload(const actors_dress_t *dress, rst_segment_t *segment)
{
    const char *text = payloads[(dress->payload - 1) % (sizeof payloads / sizeof payloads[0])];
    size_t most = (segment->flags & RST_FLAG_RST) ? RST_HEAD_MAX : RST_HEAD_DATA;
    size_t length = strlen(text);

    segment->head_len = (uint16_t)(length < most ? length : most);
    memcpy(segment->head, text, segment->head_len);
    if (segment->len < length)
        segment->len = (uint32_t)length;
}

static void put_dress(actors_t *actors, rst_segment_t *segment)
{
    actors_dress_t *dress = &actors->dress;

    segment->known |= dress->known;
    segment->tos = dress->tos;
    segment->mptcp = dress->mptcp;
    segment->mptcp_reason = dress->mptcp_reason;
    segment->mptcp_flags = dress->mptcp_flags;
    if (dress->window_set)
        segment->window = dress->window;
    if (dress->known & RST_HAS_SACK) {
        segment->sack_left = segment->ack + (dress->sack & 15) * 100u;
        segment->sack_right = segment->sack_left + (dress->sack >> 4) * 100u;
    }
    if (dress->checksum) {
        segment->checksum = checksum_of;
        segment->packet = (const void *)(uintptr_t)dress->checksum;
    }
    if (dress->payload)
        put_payload(dress, segment);
    if (segment->flags & RST_FLAG_SYN) {
        segment->mss = 1460;
        segment->wscale = 7;
    }
    segment->tsval += (uint32_t)dress->stamp_off * 4096u;
    memset(dress, 0, sizeof *dress);
}

static void put_looks(const actors_order_t *order, rst_segment_t *segment)
{
    if (order->looks & LOOKS_TTL)
        segment->ttl = (uint8_t)(segment->ttl + (order->operand & 31) - 16);
    if (order->looks & LOOKS_IP_ID)
        segment->ip_id = (uint16_t)(order->operand & 1 ? 0 : order->operand * 257);
    if (order->looks & LOOKS_WINDOW)
        segment->window = (uint16_t)(order->operand * 16);
    if (order->looks & LOOKS_CUT) {
        segment->known &= ~(uint32_t)(order->operand & 0x1f);
        if (order->operand & RST_HAS_IP)
            segment->known &= ~(uint32_t)RST_HAS_IP_ID;
    }
}

static void remember(actors_side_t *own, const rst_segment_t *segment)
{
    uint32_t end = segment->seq + rst_segment_space(segment);

    own->ip_id = segment->ip_id;
    own->tsval = segment->tsval;
    if (segment->flags & RST_FLAG_RST) {
        own->reset = segment->seq;
        return;
    }
    if (segment->flags & RST_FLAG_SYN)
        own->isn = segment->seq;
    if ((segment->flags & RST_FLAG_SYN) || (int32_t)(end - own->nxt) > 0)
        own->nxt = end;
    own->latest = segment->seq;
    own->latest_len = segment->len;
    own->latest_flags = segment->flags;
    own->sent = true;
    if (segment->flags & RST_FLAG_ACK)
        own->ack = segment->ack;
}

void actors_send(actors_t *actors, const actors_order_t *order, rst_segment_t *segment)
{
    actors_conn_t *conn = actors_conn(actors, order->tuple);
    actors_side_t *own = &conn->side[order->reverse];
    actors_side_t *peer = &conn->side[!order->reverse];

    memset(segment, 0, offsetof(rst_segment_t, head));
    segment->src = conn->address[order->reverse];
    segment->dst = conn->address[!order->reverse];
    segment->sport = conn->port[order->reverse];
    segment->dport = conn->port[!order->reverse];
    segment->flags = order->flags;
    segment->time = order->time;
    segment->len = order->len;
    segment->seq = coded_number(order->numbers >> 4, order->operand, own, peer);
    segment->ack = coded_number(order->numbers & 15, order->operand, peer, own);
    if (!(order->flags & RST_FLAG_ACK) && !(order->numbers & 15))
        segment->ack = 0;
    segment->ttl = own->ttl;
    segment->link = own->link;
    segment->ip_id = (uint16_t)(own->ip_id + 1);
    segment->df = true;
    segment->window = 501;
    segment->known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH;
    if (!actors->ipv6)
        segment->known |= RST_HAS_IP_ID;
    put_stamps(conn, order, segment);
    put_dress(actors, segment);
    put_looks(order, segment);
    remember(own, segment);
}
