/* endpoint.h
 * Addresses and ports in the forms that tracers write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENDPOINT_H
#define RST_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

/* "10.0.0.1:80", "[2001:db8::1]:80", or a struct sockaddr in hexadecimal, as bpftrace writes it. IPv4-mapped addresses
 * become IPv4; an all-zero address gets size 0. */
bool rst_endpoint_read(const char *text, rst_address_t *address, uint16_t *port);
bool rst_address_read(const char *text, size_t length, rst_address_t *address);

#endif
