/* dns.h
 * What a DNS message asks for, and which addresses it gives (RFC 1035, section 4). Multicast DNS (RFC 6762) and LLMNR
 * (RFC 4795) have the same format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DNS_H
#define RST_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define RST_DNS_NAME_MAX 255
#define RST_DNS_ADDRESSES_MAX 16 /* of one answer; further ones are not read */

typedef enum rst_dns_kind { RST_DNS_UNICAST, RST_DNS_MULTICAST, RST_DNS_LLMNR } rst_dns_kind_t;

typedef struct rst_dns {
    rst_address_t src, dst;
    uint16_t sport, dport;
    uint8_t kind; /* rst_dns_kind_t */
    bool answers; /* otherwise it asks */
    uint16_t id, type;
    uint8_t name_len;  /* as asked for, dotted, in lower case */
    uint8_t addresses; /* of an answer: what the name leads to */
    rst_address_t address[RST_DNS_ADDRESSES_MAX];
    uint8_t name[RST_DNS_NAME_MAX];
} rst_dns_t;

#define RST_DNS_HEAD offsetof(rst_dns_t, address) /* what follows is only written as far as it is used */

/* Which kind has this port; false = it is none of them. */
bool rst_dns_kind_of(uint16_t sport, uint16_t dport, rst_dns_kind_t *kind);

/* Reads a message; kind is set, the ends are not touched. Returns false if it asks for no address, or gives none. */
bool rst_dns_read(const uint8_t *bytes, size_t length, rst_dns_t *dns);

#endif
