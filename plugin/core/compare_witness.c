/* compare_witness.c
 * Implementation for a point that shows nothing of a connection: other connections of the same hosts bear witness.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare_track.h"

#include "state.h"

static bool same_hosts(const rst_conn_t *a, const rst_conn_t *b)
{
    return rst_address_equal(&a->address[0], &b->address[0]) && rst_address_equal(&a->address[1], &b->address[1]);
}

/* The track at another point, nearer to the server, of one of the client's connections to the same server: it shows
 * that this point records such connections, and under the same addresses. */
static const rst_track_t *other_point(const rst_engine_t *engine, const rst_conn_t *conn, const rst_conn_t *witness)
{
    const rst_track_t *track = witness->track;
    unsigned server = 1 - rst_conn_client(witness);

    for (unsigned i = 0; i < track->path->tracks; i++) {
        const rst_track_t *other = track->path->track[i];

        if (other != track && other->home == track->home && same_hosts(other->conn, conn) && !other->mixed &&
            !other->parted && rst_points_proven(&engine->points, track, other) &&
            rst_track_nearer(engine, other, track, server ^ track->swap) > 0)
            return other;
    }
    return NULL;
}

/* A filter may record one port only: the witness has the same one, or there are witnesses of several. */
const rst_track_t *rst_compare_witness(const rst_engine_t *engine, const rst_conn_t *conn, rst_mark_t at)
{
    unsigned client = rst_conn_client(conn);
    const rst_host_t *host = conn->host[client];
    const rst_track_t *found = NULL;
    uint16_t port = 0;

    for (unsigned i = 0; host && i < RST_RECENT_MAX; i++) {
        const rst_conn_t *witness = host->recent.conn[i];
        const rst_track_t *there;
        uint16_t its;

        if (!witness || witness == conn || !witness->track || witness->track->mixed || !same_hosts(witness, conn) ||
            !(witness->track->interfaces & conn->track->interfaces))
            continue;
        there = other_point(engine, conn, witness);
        if (!there || !rst_track_records_on(engine, there, conn->track, at) ||
            !rst_track_spans(engine, there, conn->track, at.visit))
            continue;
        its = witness->port[1 - rst_conn_client(witness)];
        if (its == conn->port[1 - client] || (found && its != port))
            return there;
        found = there;
        port = its;
    }
    return NULL;
}

void rst_compare_unknown(const rst_engine_t *engine, const rst_case_t *reset, rst_compare_t *compare)
{
    const rst_track_t *there;

    if (!engine->points.settled || reset->form != RST_FORM_REFUSAL || reset->x == reset->client ||
        reset->track->mixed || reset->side[reset->x].segments)
        return;
    there = rst_compare_witness(engine, reset->conn, reset->at);
    if (!there || !rst_track_clean(engine, there, reset->track))
        return;
    compare->track = reset->track;
    compare->others = 1;
    compare->other[0] = (rst_elsewhere_t){.track = there,
                                          .witness = true,
                                          .number = rst_points_number(&engine->points, there),
                                          .presence = RST_PRESENCE_MISSING,
                                          .proof = RST_PROOF_TRIGGER};
    compare->absent = &compare->other[0];
}
