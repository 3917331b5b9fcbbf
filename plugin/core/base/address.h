/* address.h
 * Network addresses of any family.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ADDRESS_H
#define RST_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* An address of up to 16 bytes; size 0 = unknown. Unused bytes are zero, so whole words can be compared. */
typedef struct rst_address {
    uint64_t word[2];
    uint8_t size;
} rst_address_t;

/* The four bytes of an IPv4 address as a number, as they lie in memory, and back. */
uint32_t rst_address_ipv4(const rst_address_t *address);
rst_address_t rst_address_of_ipv4(uint32_t value);

/* The same in each run and on each machine, for what a verdict may depend on. Tables that look up addresses need
 * rst_siphash(). */
uint32_t rst_address_hash(const rst_address_t *address);
/* By size, then by bytes. */
int rst_address_compare(const rst_address_t *a, const rst_address_t *b);
bool rst_address_equal(const rst_address_t *a, const rst_address_t *b);

#endif
