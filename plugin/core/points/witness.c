/* witness.c
 * Implementation for a point that shows nothing of a connection: other connections of the same hosts bear witness.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/witness.h"

#include "base/address.h"
#include "points/pairing.h"

#define WITNESSES_MAX 16 /* connections of the client that are looked at */

static bool same_hosts(const rst_conn_t *a, const rst_conn_t *b)
{
    return rst_address_equal(&a->address[0], &b->address[0]) && rst_address_equal(&a->address[1], &b->address[1]);
}

/* The witness at another point, nearer to the server: it shows that this point records such connections, and under the
 * same addresses. */
static const rst_conn_at_point_t *other_point(const rst_points_t *points, const rst_conn_at_point_t *witness)
{
    unsigned server = 1u - witness->facts.client;

    for (unsigned i = 0; i < witness->whole->at_points; i++) {
        const rst_conn_at_point_t *other = witness->whole->at_point[i];

        if (other != witness && other->home == witness->home && !other->mixed && !other->parted &&
            rst_points_proven(points, witness, other) &&
            rst_at_point_nearer(points, other, witness, server ^ witness->swap) > 0)
            return other;
    }
    return NULL;
}

/* A filter may record one port only: the witness has the same one, or there are witnesses of several. Only what was
 * opened before bears witness, or else a verdict would hang on what the client happens to do afterwards. */
const rst_conn_at_point_t *rst_witness_find(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                            rst_moment_t at)
{
    const rst_conn_t *conn = at_point->conn;
    const rst_conn_at_point_t *witness = at_point->opened_before;
    const rst_conn_at_point_t *found = NULL;
    uint16_t port = 0;

    for (unsigned i = 0; witness && i < WITNESSES_MAX; i++, witness = witness->opened_before) {
        const rst_conn_at_point_t *there;
        uint16_t its;

        if (witness->conn == conn || witness->mixed || !same_hosts(witness->conn, conn) ||
            !(witness->interfaces & at_point->interfaces))
            continue;
        there = other_point(points, witness);
        if (!there || !rst_at_point_records_on(points, there, at_point, at) ||
            !rst_at_point_spans(points, there, at_point, at.pass_index))
            continue;
        its = witness->conn->port[1 - witness->facts.client];
        if (its == conn->port[1 - at_point->facts.client] || (found && its != port))
            return there;
        found = there;
        port = its;
    }
    return NULL;
}
