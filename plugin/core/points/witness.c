/* witness.c
 * Finding witnesses for a point that shows nothing of a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/witness.h"

#include "base/address.h"
#include "base/moment.h"
#include "points/pairing.h"

#define WITNESSES_MAX 16        /* connections that the client opened before, and as many after */
#define NEAR (300 * RST_SECOND) /* before or after the reset */

static bool same_hosts(const rst_conn_t *a, const rst_conn_t *b)
{
    return rst_address_equal(&a->address[0], &b->address[0]) && rst_address_equal(&a->address[1], &b->address[1]);
}

/* The witness at another point, nearer to the server: it shows that this point records such connections, under the same
 * addresses. */
static const rst_conn_at_point_t *other_point(const rst_points_t *points, const rst_conn_at_point_t *witness)
{
    unsigned server = 1u - witness->facts.client;

    for (unsigned i = 0; i < witness->whole->at_points; i++) {
        const rst_conn_at_point_t *other = witness->whole->at_point[i];

        if (other != witness && other->table_conn == witness->table_conn && !other->mixed && !other->parted &&
            rst_points_proven(points, witness, other) &&
            rst_at_point_nearer(points, other, witness, server ^ witness->swap) > 0)
            return other;
    }
    return NULL;
}

/* What the client did long before or after, on whatever port, says nothing about what the point recorded at that
 * moment. */
static bool is_near(const rst_conn_at_point_t *witness, rst_moment_t at)
{
    int64_t until_first, since_last;

    return rst_time_difference(at.time, witness->facts.first.time, &until_first) && until_first <= NEAR &&
           rst_time_difference(witness->facts.last.time, at.time, &since_last) && since_last <= NEAR;
}

/* A capture filter may select a single port: the witness must have the same one, or there must be witnesses with
 * several ports. */
typedef struct rst_testimony {
    const rst_conn_at_point_t *there; /* the latest witness, at the other point; NULL = none so far */
    uint16_t port;                    /* its server port */
} rst_testimony_t;

/* Adds a witness. Returns whether there are enough now. */
static bool hear(const rst_points_t *points, const rst_conn_at_point_t *at_point, rst_moment_t at,
                 const rst_conn_at_point_t *witness, rst_testimony_t *testimony)
{
    const rst_conn_t *conn = at_point->conn;
    const rst_conn_at_point_t *there;
    rst_testimony_t before = *testimony;

    if (witness->conn == conn || witness->mixed || !is_near(witness, at) || !same_hosts(witness->conn, conn) ||
        !(witness->interfaces & at_point->interfaces))
        return false;
    there = other_point(points, witness);
    if (!there || !rst_at_point_records_on(points, there, at_point, at) ||
        !rst_at_point_spans(points, there, at_point, at.pass_index))
        return false;
    *testimony = (rst_testimony_t){there, witness->conn->port[1 - witness->facts.client]};
    return testimony->port == conn->port[1 - at_point->facts.client] ||
           (before.there && before.port != testimony->port);
}

const rst_conn_at_point_t *rst_witness_find(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                            rst_moment_t at)
{
    const rst_conn_at_point_t *witness = at_point->opened_before;
    rst_testimony_t testimony = {NULL, 0};

    for (unsigned i = 0; witness && i < WITNESSES_MAX; i++, witness = witness->opened_before) {
        if (hear(points, at_point, at, witness, &testimony))
            return testimony.there;
    }
    witness = at_point->opened_after;
    for (unsigned i = 0; witness && i < WITNESSES_MAX; i++, witness = witness->opened_after) {
        if (hear(points, at_point, at, witness, &testimony))
            return testimony.there;
    }
    return NULL;
}
