/* icmp.h
 * The facts of one ICMP error, as plain values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ICMP_H
#define RST_ICMP_H

#include "base/address.h"

/* src and dst, the ports and the IP ID are those of the quoted packet. */
typedef struct rst_icmp {
    rst_address_t reporter; /* who sent the error */
    rst_address_t src, dst;
    uint16_t sport, dport;
    uint16_t ip_id;  /* 0 = unknown */
    uint8_t version; /* 4 or 6 */
    uint8_t type, code;
    bool udp;
} rst_icmp_t;

#endif
