/* protocol.c
 * Signatures of first messages. Each is a complete message, or has at least four constant bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/protocol.h"

#include <glib.h>
#include <string.h>

#define SHORTEST 8 /* bytes of any of them */

static uint32_t big_endian(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* [MS-SMB2], section 2.1: a session message of NetBIOS, then either version of the protocol. */
static bool is_smb(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    return !head[0] && (!memcmp(head + 4, "\xfeSMB", 4) || !memcmp(head + 4, "\xffSMB", 4));
}

/* [MS-RDPBCGR], section 2.2.1.1: an X.224 connection request with a cookie or a negotiation request. Others that use
 * the same transport, such as S7 and H.323, have neither. */
static bool is_rdp(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    if (segment->head_len < 19 || head[0] != 3 || head[1] || big_endian(head + 2, 2) != segment->len || head[5] != 0xe0)
        return false;
    return !memcmp(head + 11, "Cookie:", 7) || (segment->len == 19 && head[11] == 1 && head[13] == 8 && !head[14]);
}

/* [MS-TDS], section 2.2.3.1: PRELOGIN with its first option, the version. */
static bool is_sql_server(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    return segment->head_len >= 9 && head[0] == 0x12 && head[1] <= 1 && big_endian(head + 2, 2) == segment->len &&
           !head[6] && !head[7] && !head[8];
}

/* The greeting of protocol version 10, which begins with the version of the server. */
static bool is_mysql(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;
    uint32_t length = head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16;

    return length + 4 == segment->len && !head[3] && head[4] == 10 && g_ascii_isdigit(head[5]);
}

/* A request for TLS or GSSAPI, or the start-up message of protocol version 3. */
static bool is_postgresql(const rst_segment_t *segment)
{
    enum { TLS = 80877103, GSSAPI = 80877104, VERSION_3 = 0x30000 };
    uint32_t code = big_endian(segment->head + 4, 4);

    if (big_endian(segment->head, 4) != segment->len)
        return false;
    return ((code == TLS || code == GSSAPI) && segment->len == 8) || (code == VERSION_3 && segment->len > 8);
}

static const struct {
    const char *name;
    bool (*begins)(const rst_segment_t *segment);
    uint16_t port[2];
} protocols[RST_PROTOCOL_COUNT] = {
    [RST_PROTOCOL_SMB] = {"SMB", is_smb, {445, 139}},
    [RST_PROTOCOL_RDP] = {"RDP", is_rdp, {3389, 0}},
    [RST_PROTOCOL_SQL_SERVER] = {"SQL Server", is_sql_server, {1433, 0}},
    [RST_PROTOCOL_MYSQL] = {"MySQL", is_mysql, {3306, 0}},
    [RST_PROTOCOL_POSTGRESQL] = {"PostgreSQL", is_postgresql, {5432, 0}},
};

rst_protocol_t rst_protocol_read(const rst_segment_t *segment)
{
    if (segment->head_len < SHORTEST) /* what was not captured is not initialized */
        return RST_PROTOCOL_UNKNOWN;
    for (unsigned i = RST_PROTOCOL_UNKNOWN + 1; i < RST_PROTOCOL_COUNT; i++) {
        if (protocols[i].begins(segment))
            return (rst_protocol_t)i;
    }
    return RST_PROTOCOL_UNKNOWN;
}

rst_protocol_t rst_protocol_of_port(uint16_t port)
{
    for (unsigned i = RST_PROTOCOL_UNKNOWN + 1; port && i < RST_PROTOCOL_COUNT; i++) {
        if (port == protocols[i].port[0] || port == protocols[i].port[1])
            return (rst_protocol_t)i;
    }
    return RST_PROTOCOL_UNKNOWN;
}

const char *rst_protocol_name(rst_protocol_t protocol)
{
    return protocol < RST_PROTOCOL_COUNT ? protocols[protocol].name : NULL;
}
