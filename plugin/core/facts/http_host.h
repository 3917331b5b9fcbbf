/* http_host.h
 * Which server an HTTP/1 request asks for (RFC 9112, section 3.2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HTTP_HOST_H
#define RST_HTTP_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies the host, without port, of the request that a TCP payload begins with; a longer one is cut off. An address in
 * place of a name is none. Returns its length, 0 = there is none. *proxied = it is to be passed on to that host. */
size_t rst_http_host_read(const uint8_t *payload, size_t length, uint8_t *name, size_t room, bool *proxied);

#endif
