/* ports.h
 * Ports on which known services listen: a hint at the roles where the capture lacks the SYN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PORTS_H
#define RST_PORTS_H

#include <stdbool.h>
#include <stdint.h>

bool rst_port_is_service(uint16_t port);

#endif
