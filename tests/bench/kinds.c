/* kinds.c
 * The table of kinds of traffic, and their segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kinds.h"

#include <glib.h>
#include <string.h>

enum { FIN = RST_FLAG_FIN, SYN = RST_FLAG_SYN, RST = RST_FLAG_RST, PSH = RST_FLAG_PSH, ACK = RST_FLAG_ACK };

#define SERVICES 100000

#define OPENING                                                                                                        \
    {0, SYN, 0, 0, 0}, {1, SYN | ACK, 0, 1, 0},                                                                        \
    {                                                                                                                  \
        0, ACK, 1, 1, 0                                                                                                \
    }
#define REQUEST                                                                                                        \
    {0, PSH | ACK, 1, 1, 300},                                                                                         \
    {                                                                                                                  \
        1, PSH | ACK, 1, 301, 1000                                                                                     \
    }
#define CLOSING                                                                                                        \
    {0, FIN | ACK, 301, 1001, 0}, {1, FIN | ACK, 1001, 302, 0},                                                        \
    {                                                                                                                  \
        0, ACK, 302, 1002, 0                                                                                           \
    }

static const kind_t kinds[] = {
    {"syn", 1, PLACE_CLIENTS, false, {{0, SYN, 0, 0, 0}}},
    {"refused", 2, PLACE_CLIENTS, false, {{0, SYN, 0, 0, 0}, {1, RST | ACK, 0, 1, 0}}},
    {"closed", 8, PLACE_CLIENTS, false, {OPENING, REQUEST, CLOSING}},
    {"reset", 6, PLACE_CLIENTS, false, {OPENING, REQUEST, {1, RST | ACK, 1001, 301, 0}}},
    {"reused", 8, PLACE_SAME, false, {OPENING, REQUEST, CLOSING}},
    {"storm", 5, PLACE_SAME, true, {OPENING, {0, PSH | ACK, 1, 1, 300}, {1, RST, 1, 0, 0}}},
    {"open", 5, PLACE_CLIENTS, false, {OPENING, REQUEST}},
    {"midstream", 3, PLACE_CLIENTS, false, {REQUEST, {0, ACK, 301, 1001, 0}}},
    {"lone_syn", 1, PLACE_SOURCES, false, {{0, SYN, 0, 0, 0}}},
    {"lone_ack", 1, PLACE_SOURCES, false, {{0, ACK, 1, 1, 0}}},
    {"lone_rst", 1, PLACE_SOURCES, false, {{0, RST, 1, 0, 0}}},
    {"udp", 0, PLACE_SOURCES, false, {{0, 0, 0, 0, 0}}},
    {"scanned", 2, PLACE_TARGETS, false, {{0, SYN, 0, 0, 0}, {1, RST | ACK, 0, 1, 0}}},
    {"sweep", 1, PLACE_TARGETS, false, {{0, SYN, 0, 0, 0}}},
    {"portscan", 2, PLACE_PORTS, false, {{0, SYN, 0, 0, 0}, {1, RST | ACK, 0, 1, 0}}},
    {"services", 2, PLACE_SERVICES, false, {{0, SYN, 0, 0, 0}, {1, RST | ACK, 0, 1, 0}}},
    {"spread", 1, PLACE_SPREAD, false, {{0, SYN, 0, 0, 0}}},
    {"chosen", 1, PLACE_CHOSEN, false, {{0, SYN, 0, 0, 0}}},
};

const kind_t *kind_named(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!strcmp(kinds[i].name, name))
            return &kinds[i];
    }
    return NULL;
}

static rst_address_t make_address(uint32_t number, bool ipv6)
{
    rst_address_t address = {{0, 0}, ipv6 ? 16 : 4};
    uint32_t words[4] = {GUINT32_TO_BE(0x20010db8u), 0, 0, 0};

    words[ipv6 ? 3 : 0] = GUINT32_TO_BE(number);
    words[2] = ipv6 ? number * 0x85ebca6bu : 0;
    memcpy(address.word, words, address.size);
    return address;
}

/* Another address for each number, none in 10.0.0.0/8 or 192.0.0.0/8, where captures have theirs. */
static uint32_t scattered(uint32_t number)
{
    return 0x20000000u + (number * 0x9e3779b1u & 0x1fffffffu);
}

static void set_ends(const kind_t *kind, uint32_t number, uint32_t end[2], uint16_t port[2])
{
    end[0] = 0x2a000000u + number / 60000 % 1000;
    end[1] = 0x42000200u;
    port[0] = (uint16_t)(1024 + number % 60000);
    port[1] = 80;
    switch (kind->place) {
    case PLACE_SAME:
        end[0] = 0x2a000000u;
        port[0] = 1024;
        break;
    case PLACE_SOURCES:
        end[0] = scattered(number);
        break;
    case PLACE_TARGETS:
        end[0] = 0x42000201u;
        end[1] = scattered(number);
        break;
    case PLACE_PORTS:
        end[0] = 0x42000201u;
        end[1] = scattered(number / 65535);
        port[0] = 40000;
        port[1] = (uint16_t)(1 + number % 65535);
        break;
    case PLACE_SERVICES:
        end[0] = 0x2a000000u + number % SERVICES;
        end[1] = scattered(number % SERVICES);
        port[0] = (uint16_t)(1024 + number / SERVICES);
        break;
    default:
        break;
    }
}

/* Pseudorandom numbers (splitmix64). */
static uint64_t random_of(uint64_t number)
{
    number *= UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

static rst_address_t spread(uint32_t number)
{
    return (rst_address_t){{random_of(2 * (uint64_t)number), random_of(2 * (uint64_t)number + 1)}, 16};
}

/* Before SipHash, each word was multiplied by the secret and folded once: the next word could take back what the top
 * bits of a word had changed. */
static rst_address_t chosen(uint32_t number)
{
    uint64_t top = number >> 11 & 0x7ff;
    uint64_t next = number & 0x7ff;

    return (rst_address_t){{UINT64_C(0xb80d0120) | top << 53, 1 | next << 53 | next << 21 | number >> 22 << 1}, 16};
}

rst_segment_t kind_segment(const kind_t *kind, unsigned step_number, uint32_t number, bool ipv6)
{
    const step_t *step = &kind->step[step_number];
    bool whole = kind->place == PLACE_SPREAD || kind->place == PLACE_CHOSEN;
    unsigned from = step->from;
    rst_segment_t segment = {.known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};
    uint32_t isn[2] = {number * 0x9e3779b1u, number * 0x85ebca6bu};
    uint32_t end[2];
    uint16_t port[2];

    ipv6 = ipv6 || whole;
    set_ends(kind, number, end, port);
    segment.known |= ipv6 ? 0 : RST_HAS_IP_ID;
    segment.src = make_address(end[from], ipv6);
    segment.dst = make_address(end[1 - from], ipv6);
    if (whole)
        segment.src = kind->place == PLACE_SPREAD ? spread(number) : chosen(number);
    segment.sport = port[from];
    segment.dport = port[1 - from];
    segment.seq = (step->flags & RST) && !step->seq ? 0 : isn[from] + step->seq; /* a refusal counts from 0 */
    segment.ack = (step->flags & ACK) ? isn[1 - from] + step->ack : 0;
    segment.len = step->len;
    segment.flags = step->flags;
    segment.window = 502;
    segment.ttl = from ? 60 : 64;
    return segment;
}
