/* stalled.c
 * Implementation for stalled services.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/stalled.h"

#include "track/connection.h"

#define PATIENCE (3 * RST_SECOND) /* a request that waits this long for an answer waits in vain */

/* The window of the server is closed, or a request has no answer. */
static bool is_stalled(const rst_conn_t *conn, rst_moment_t now)
{
    unsigned client = rst_conn_client(conn);
    const rst_direction_t *asking = &conn->direction[client];
    const rst_direction_t *server = &conn->direction[1 - client];
    int64_t waiting = rst_elapsed(asking->last_data, now);

    if ((server->known & RST_DIRECTION_ZERO_WINDOW) && !server->window)
        return true;
    return asking->unanswered && waiting != RST_TIME_NONE && waiting >= PATIENCE;
}

static bool is_living(const rst_conn_t *conn, const rst_reset_t *refusal)
{
    return conn && conn != refusal->conn && conn->service == refusal->service && !conn->resets &&
           !((conn->direction[0].known | conn->direction[1].known) & RST_DIRECTION_FIN) &&
           conn->direction[rst_conn_client(conn)].bytes;
}

uint8_t rst_stalled_count(const rst_reset_t *refusal)
{
    const rst_host_t *client = refusal->host[refusal->client];
    uint8_t count = 0;

    if (!client || !refusal->service || !refusal->service->accepted)
        return 0;
    for (unsigned i = 0; i < RST_RECENT_MAX; i++) {
        if (!is_living(client->recent.conn[i], refusal))
            continue;
        if (!is_stalled(client->recent.conn[i], refusal->at))
            return 0;
        count++;
    }
    return count;
}
