/* service_name.h
 * What the server of a connection is called, in words. Names come from the wire: escaped, and marked by quotes where
 * they could be taken for words of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVICE_NAME_H
#define RST_SERVICE_NAME_H

#include "base/memory.h"
#include "facts/protocol.h"

typedef struct rst_service_name {
    const char *name;     /* of the host, or else the protocol; escaped; NULL = not known */
    const char *from;     /* where that is from, a public token; NULL = there is none */
    const char *protocol; /* by its first bytes; NULL = they do not tell */
    const char *label;    /* to stand in parentheses behind the address; NULL = none */
} rst_service_name_t;

/* name = escaped, or NULL. */
rst_service_name_t rst_service_name_of(const char *name, rst_named_by_t by, rst_protocol_t protocol, bool by_port,
                                       const rst_memory_t *memory);

/* A text with the label behind the first mention of the address and port; the text itself if there is none. */
const char *rst_service_name_write(const char *text, const char *endpoint, const char *label,
                                   const rst_memory_t *memory);

#endif
