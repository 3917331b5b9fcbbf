/* naming.c
 * Names that travel with the connection come before those that its client had asked DNS for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/naming.h"

#include "base/text.h"

void rst_naming_asks(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    bool again = segment->named_by != RST_NAMED_BY_TLS; /* each request says it anew */

    if (again ? conn->client == (int)(1 - from) : rst_called_is_asked(conn->called))
        return;
    /* One too many for the table is none: not the one before it either. */
    conn->called.name =
        rst_asked_names_number(&engine->names, segment->name, segment->name_len, &engine->memory) & 0xfffff;
    conn->called.by = segment->named_by & 0xf;
}

void rst_naming_resolves(rst_engine_t *engine, rst_conn_t *conn, unsigned from)
{
    const rst_resolved_name_t *name;

    if (conn->called.name)
        return;
    name = rst_resolved_find(&engine->resolved, &conn->address[from], &conn->address[1 - from], conn->first);
    if (!name)
        return;
    conn->called.name = rst_asked_names_number(&engine->names, name->name, name->length, &engine->memory) & 0xfffff;
    conn->called.by = conn->called.name ? name->by & 0xf : RST_NAMED_BY_NOTHING;
}

/* A port only tells what is spoken there as long as nobody has said anything else. */
static bool is_speechless(const rst_conn_t *conn)
{
    return !conn->direction[0].data_segments && !conn->direction[1].data_segments;
}

rst_called_t rst_naming_called(const rst_conn_t *conn)
{
    rst_called_t called = conn->called;

    if (called.protocol || !is_speechless(conn))
        return called;
    called.protocol = rst_protocol_of_port(conn->port[1 - rst_conn_client(conn)]) & 0x7f;
    called.by_port = called.protocol != RST_PROTOCOL_UNKNOWN;
    return called;
}

rst_service_name_t rst_naming_words(const rst_asked_names_t *names, rst_called_t called, const rst_memory_t *memory)
{
    return rst_service_name_of(rst_asked_names_text(names, called.name), (rst_named_by_t)called.by,
                               (rst_protocol_t)called.protocol, called.by_port, memory);
}
