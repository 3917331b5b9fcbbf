/* route.c
 * Finding the record of a connection that a segment belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/route.h"

#include "base/seq.h"
#include "points/same_isn.h"

/* 0 = the client sent it, 1 = the server. The view is of the current incarnation, so its record is still about it. */
static unsigned role_of(const rst_conn_at_point_t *view, unsigned from)
{
    return from == rst_conn_client(view->conn) ? 0 : 1;
}

/* Does a segment on an interface of this point show that the interface belongs to another point after all? */
static bool breaks_out(rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                       const rst_sighting_t *sighting)
{
    const rst_sighting_t *old;

    if (at_point->interfaces == 1u << sighting->interface)
        return false;
    old = rst_sightings_find(&at_point->sent[from], sighting);
    if (!old || rst_points_relation(points, old->interface, sighting->interface) == RST_RELATION_TOGETHER)
        return false;
    rst_points_met(points, old, sighting, role_of(at_point, from));
    return rst_points_shows_apart(old, sighting);
}

/* Is it a segment that this record saw long ago and no longer remembers? Then the interface brings nothing new: the
 * same connection was recorded at another place. */
static bool is_long_known(const rst_conn_at_point_t *at_point, unsigned from, const rst_sighting_t *sighting)
{
    const rst_direction_t *direction = &at_point->conn->direction[from];
    const rst_sighting_t *oldest = rst_sightings_at(&at_point->sent[from], 0);

    if ((sighting->flags & RST_FLAG_RST) || !at_point->sent[from].lost || !oldest ||
        !(direction->known & RST_DIRECTION_NXT))
        return false;
    if ((sighting->flags & RST_FLAG_SYN) && (direction->known & RST_DIRECTION_SYN) && sighting->seq == direction->isn)
        return true;
    return rst_seq_before(sighting->seq, oldest->seq);
}

static bool may_join(rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                     const rst_sighting_t *sighting)
{
    bool unknown = false;
    const rst_sighting_t *old;

    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        rst_relation_t relation;

        if (!(at_point->interfaces >> i & 1))
            continue;
        relation = rst_points_relation(points, i, sighting->interface);
        if (relation == RST_RELATION_APART)
            return false;
        unknown = unknown || relation == RST_RELATION_UNKNOWN;
    }
    if (!unknown)
        return true;
    old = rst_sightings_find(&at_point->sent[from], sighting);
    if (old) {
        rst_points_met(points, old, sighting, role_of(at_point, from));
        return !rst_points_shows_apart(old, sighting);
    }
    return !at_point->sender[from] || !is_long_known(at_point, from, sighting);
}

static rst_conn_t *enter(rst_conn_at_point_t *at_point, unsigned from, unsigned interface)
{
    at_point->interfaces |= (uint16_t)(1u << interface);
    at_point->sender[from] |= (uint16_t)(1u << interface);
    return at_point->conn;
}

static rst_conn_at_point_t *new_view(rst_points_t *points, rst_conn_t *table_conn, rst_conn_at_point_t *last,
                                     const rst_segment_t *segment, unsigned interface)
{
    rst_conn_t *conn = rst_conn_new(segment, (uint8_t)rst_points_lowest(points, interface), points->memory);

    conn->entry = table_conn->entry;
    conn->dropped = table_conn->dropped;
    last->view = rst_at_point_new(points, conn, table_conn);
    return last->view;
}

rst_conn_t *rst_points_route(rst_points_t *points, rst_conn_t *table_conn, unsigned from, const rst_segment_t *segment,
                             unsigned interface)
{
    rst_sighting_t sighting = rst_sighting_of_segment(segment, points->file->now.pass_index, interface);
    rst_conn_at_point_t *last = NULL;
    bool torn = false;
    unsigned views = 0;

    if (!table_conn->at_point)
        rst_at_point_new(points, table_conn, table_conn);
    for (rst_conn_at_point_t *at_point = table_conn->at_point; at_point; at_point = at_point->view) {
        last = at_point;
        views++;
        if (!(at_point->interfaces >> interface & 1))
            continue;
        if (!breaks_out(points, at_point, from, &sighting))
            return enter(at_point, from, interface);
        torn = at_point->mixed = true;
        at_point->interfaces &= (uint16_t) ~(1u << interface);
        at_point->sender[0] &= at_point->interfaces;
        at_point->sender[1] &= at_point->interfaces;
    }
    for (rst_conn_at_point_t *at_point = table_conn->at_point; at_point; at_point = at_point->view) {
        if (!at_point->interfaces || may_join(points, at_point, from, &sighting))
            return enter(at_point, from, interface);
    }
    if (views >= RST_AT_POINTS_MAX) {
        last->mixed = true;
        return enter(last, from, interface);
    }
    last = new_view(points, table_conn, last, segment, interface);
    last->mixed = torn;
    return enter(last, from, interface);
}

void rst_points_adopt(rst_points_t *points, rst_conn_t *table_conn, unsigned interface)
{
    rst_at_point_new(points, table_conn, table_conn)->interfaces = (uint16_t)(1u << interface);
}

void rst_points_begin(rst_points_t *points)
{
    GPtrArray *conns = rst_conn_table_list(points->table);

    points->several = true;
    points->secret = rst_secret_new();
    points->by_isn = rst_same_isn_table();
    points->opened = g_hash_table_new(NULL, NULL); /* by our own pointers, which nobody can choose */
    for (unsigned i = 0; i < conns->len; i++) {
        rst_conn_t *conn = g_ptr_array_index(conns, i);

        rst_points_adopt(points, conn, points->first_interface);
        if (conn->at_point->listed)
            rst_at_point_opened(points, conn->at_point, (unsigned)conn->client);
    }
    g_ptr_array_free(conns, TRUE);
}
