/* script-shown.h
 * What a script shows of its hosts: distances, delays, connections. Traffic that is added to it bears the same, so that
 * it teaches nothing new about them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_SHOWN_H
#define RST_TEST_SCRIPT_SHOWN_H

#include "script.h"

/* Addresses and ports of connections. */
typedef struct script_ends {
    rst_address_t client, server;
    uint16_t client_port, server_port;
    bool reset; /* one of them was reset */
} script_ends_t;

/* One line of the script, read. */
typedef struct script_line {
    const char *text;
    int64_t time;
    bool is_segment, is_icmp;
    rst_segment_t segment;
    rst_icmp_t icmp;
} script_line_t;

typedef struct script_shown {
    GArray *lines;       /* script_line_t, without preferences */
    GArray *ends;        /* script_ends_t, one for all segments of the same addresses and ports */
    GArray *interfaces;  /* uint32_t, in order of appearance */
    int64_t first, last; /* times, or RST_TIME_NONE */
    int64_t tick;        /* ns: all times are multiples of it after the first one; 0 = one time for all */
} script_shown_t;

void script_shown_read(script_shown_t *shown, const script_variant_t *variant, const char *const *lines);
void script_shown_clear(script_shown_t *shown);

/* Same addresses and ports, in whichever direction? */
bool script_same_ends(const rst_segment_t *a, const rst_segment_t *b);

/* The same moment by the clock of the script. */
int64_t script_shown_clock(const script_shown_t *shown, int64_t time);

/* Is what src sends to dst seen on this interface? A host that the script does not know is seen where its peer is. */
bool script_shown_on(const script_shown_t *shown, const rst_address_t *src, const rst_address_t *dst,
                     uint32_t interface);

/* How much later than on the first interface that shows it (ns), by a packet that both show. */
int64_t script_shown_shift(const script_shown_t *shown, const rst_address_t *src, uint32_t interface);

/* The shortest time in which the host answered (ns). */
int64_t script_shown_delay(const script_shown_t *shown, const rst_address_t *host);

/* The TTL of the host's packets on this interface, resets apart. Returns false when none shows it. */
bool script_shown_ttl(const script_shown_t *shown, const rst_address_t *host, uint16_t port, uint32_t interface,
                      uint8_t *ttl);

/* The link-layer source of the host's packets on this interface, 0 = unknown. */
uint32_t script_shown_link(const script_shown_t *shown, const rst_address_t *host, uint32_t interface);

#endif
