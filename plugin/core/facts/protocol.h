/* protocol.h
 * Which protocol is spoken, where its first bytes or its port tell and users know it by that name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROTOCOL_H
#define RST_PROTOCOL_H

#include "facts/segment.h"

typedef enum rst_protocol {
    RST_PROTOCOL_UNKNOWN,
    RST_PROTOCOL_SMB,
    RST_PROTOCOL_RDP,
    RST_PROTOCOL_SQL_SERVER,
    RST_PROTOCOL_MYSQL,
    RST_PROTOCOL_POSTGRESQL,
    RST_PROTOCOL_COUNT
} rst_protocol_t;

/* By the first bytes that a side sends. */
rst_protocol_t rst_protocol_read(const rst_segment_t *segment);

/* The one that has this port. */
rst_protocol_t rst_protocol_of_port(uint16_t port);

/* "SQL Server"; NULL for the unknown one. */
const char *rst_protocol_name(rst_protocol_t protocol);

#endif
