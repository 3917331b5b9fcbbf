/* past.h
 * Incarnations that ended because another one took their addresses and ports: problems say of how many connections
 * those are that failed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PAST_H
#define RST_PAST_H

#include "engine/state.h"
#include "problems/census.h"

#define RST_PAST_MAX 1000000

/* An earlier incarnation. */
typedef struct rst_past {
    const rst_conn_t *conn;                   /* for its addresses and ports, which never change; NULL = it had to go */
    const rst_story_t *story;                 /* NULL = it was not reset */
    const struct rst_whole_connection *whole; /* NULL while the file has one interface */
    rst_flow_t flow;                          /* without addresses and ports */
    uint8_t client;
    uint32_t before; /* place of the one noted of the same connection before this one, plus 1 */
} rst_past_t;

/* Call before a connection starts anew. */
void rst_past_note(rst_engine_t *engine, rst_conn_t *conn);

/* The connection goes. */
void rst_past_leave(const rst_engine_t *engine, const rst_conn_t *conn);

/* What both directions say about a connection; addresses, ports and times are left out. */
rst_flow_t rst_past_flow(const rst_direction_t *client, const rst_direction_t *server);

#endif
