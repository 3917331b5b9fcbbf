/* server_name.h
 * Which server a TLS ClientHello asks for (RFC 6066, section 3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVER_NAME_H
#define RST_SERVER_NAME_H

#include <stddef.h>
#include <stdint.h>

/* Copies the name from the first bytes of a TCP payload, as it stands on the wire; a longer one is cut off. Returns its
 * length, 0 = there is none. */
size_t rst_server_name_read(const uint8_t *payload, size_t length, uint8_t *name, size_t room);

#endif
