/* witness.c
 * Implementation for a point that shows nothing of a connection: other connections of the same hosts bear witness.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/witness.h"

#include "points/pairing.h"

static bool same_hosts(const rst_conn_t *a, const rst_conn_t *b)
{
    return rst_address_equal(&a->address[0], &b->address[0]) && rst_address_equal(&a->address[1], &b->address[1]);
}

/* The at_point at another point, nearer to the server, of one of the client's connections to the same server: it shows
 * that this point records such connections, and under the same addresses. */
static const rst_conn_at_point_t *other_point(const rst_points_t *points, const rst_conn_t *conn,
                                              const rst_conn_t *witness)
{
    const rst_conn_at_point_t *at_point = witness->at_point;
    unsigned server = 1 - rst_conn_client(witness);

    for (unsigned i = 0; i < at_point->whole->at_points; i++) {
        const rst_conn_at_point_t *other = at_point->whole->at_point[i];

        if (other != at_point && other->home == at_point->home && same_hosts(other->conn, conn) && !other->mixed &&
            !other->parted && rst_points_proven(points, at_point, other) &&
            rst_at_point_nearer(points, other, at_point, server ^ at_point->swap) > 0)
            return other;
    }
    return NULL;
}

/* A filter may record one port only: the witness has the same one, or there are witnesses of several. */
const rst_conn_at_point_t *rst_compare_witness(const rst_points_t *points, const rst_conn_t *conn, rst_moment_t at)
{
    unsigned client = rst_conn_client(conn);
    const rst_host_t *host = conn->host[client];
    const rst_conn_at_point_t *found = NULL;
    uint16_t port = 0;

    for (unsigned i = 0; host && i < RST_RECENT_MAX; i++) {
        const rst_conn_t *witness = host->recent.conn[i];
        const rst_conn_at_point_t *there;
        uint16_t its;

        if (!witness || witness == conn || !witness->at_point || witness->at_point->mixed ||
            !same_hosts(witness, conn) || !(witness->at_point->interfaces & conn->at_point->interfaces))
            continue;
        there = other_point(points, conn, witness);
        if (!there || !rst_at_point_records_on(points, there, conn->at_point, at) ||
            !rst_at_point_spans(points, there, conn->at_point, at.pass_index))
            continue;
        its = witness->port[1 - rst_conn_client(witness)];
        if (its == conn->port[1 - client] || (found && its != port))
            return there;
        found = there;
        port = its;
    }
    return NULL;
}

void rst_compare_unknown(const rst_points_t *points, const rst_reset_t *reset, rst_compare_t *compare)
{
    const rst_conn_at_point_t *there;

    if (!points->finished || reset->form != RST_FORM_REFUSAL || reset->from == reset->client ||
        reset->at_point->mixed || reset->direction[reset->from].segments)
        return;
    there = rst_compare_witness(points, reset->conn, reset->at);
    if (!there || !rst_at_point_clean(points, there, reset->at_point))
        return;
    compare->at_point = reset->at_point;
    compare->others = 1;
    compare->other[0] = (rst_elsewhere_t){.at_point = there,
                                          .witness = true,
                                          .number = rst_points_number(points, there),
                                          .presence = RST_PRESENCE_MISSING,
                                          .proof = RST_PROOF_TRIGGER};
    compare->absent = &compare->other[0];
}
