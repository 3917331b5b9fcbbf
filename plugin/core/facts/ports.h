/* ports.h
 * Ports of known services: a hint at who is the server if the capture lacks the SYN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PORTS_H
#define RST_PORTS_H

#include <stdbool.h>
#include <stdint.h>

bool rst_port_is_service(uint16_t port);

#endif
