/* conn_at_point.c
 * Following one connection at several capture points: which of them show it, and which segments they have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/conn_at_point.h"

#include "base/address.h"
#include "points/same_isn.h"
#include "track/host_table.h"

#define SAME_ISN_MAX 8 /* connections with the same initial sequence number: more than that is a scan */

static void push(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned from, const rst_sighting_t *sighting)
{
    rst_sightings_push(&at_point->sent[from], sighting, &points->sightings, points->memory);
}

static void add_reset(const rst_points_t *points, rst_conn_at_point_t *at_point, rst_reset_t *reset)
{
    reset->at_point = at_point;
    if (!at_point->reset)
        at_point->reset = rst_alloc0(points->memory, RST_AT_POINT_RESETS * sizeof *at_point->reset);
    if (at_point->resets == RST_AT_POINT_RESETS)
        at_point->crowded = true;
    else
        at_point->reset[at_point->resets++] = reset;
}

static void keep_direction(rst_conn_facts_t *facts, const rst_direction_t *direction, unsigned from)
{
    facts->isn[from] = direction->isn;
    facts->syn_window[from] = direction->syn_window;
    facts->hop_min[from] = direction->hop_min;
    facts->hop_max[from] = direction->hop_max;
    facts->syn[from] = (direction->known & RST_DIRECTION_SYN) != 0;
    facts->hops[from] = (direction->known & RST_DIRECTION_HOPS) != 0;
}

/* Called after each segment, because the record does not announce its next incarnation. A segment changes only what is
 * known of its sender. */
static void keep_facts(rst_conn_at_point_t *at_point, unsigned from)
{
    const rst_conn_t *conn = at_point->conn;

    at_point->facts.first = conn->first;
    at_point->facts.last = conn->last;
    at_point->facts.client = (uint8_t)rst_conn_client(conn);
    keep_direction(&at_point->facts, &conn->direction[from], from);
}

static void recall_reset(rst_points_t *points, rst_conn_at_point_t *at_point, rst_reset_t *reset)
{
    rst_sighting_t sighting = rst_sighting_of_reset(reset, points->first_interface);

    push(points, at_point, reset->from, &sighting);
    add_reset(points, at_point, reset);
    at_point->sender[reset->from] |= (uint16_t)(1u << points->first_interface);
}

/* Takes over what the record remembers from before the second interface appeared: segments, then its latest resets. */
static void recall(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned from)
{
    const rst_conn_t *conn = at_point->conn;
    const rst_ring_t *ring = &conn->direction[from].ring;

    at_point->sent[from].lost = conn->direction[from].segments > ring->used;
    for (unsigned age = ring->used; age-- > 0;) {
        rst_sighting_t sighting = rst_sighting_of_recent(rst_ring_at(ring, age), points->first_interface);

        push(points, at_point, from, &sighting);
        at_point->sender[from] |= (uint16_t)(1u << points->first_interface);
    }
    for (unsigned i = 0; i < conn->revisables; i++) {
        if (conn->revisable[i]->from == from)
            recall_reset(points, at_point, conn->revisable[i]);
    }
    if (conn->stray_reset[from])
        recall_reset(points, at_point, conn->stray_reset[from]);
    at_point->crowded = at_point->crowded || conn->resets > conn->revisables;
}

static void list_isn(rst_points_t *points, rst_conn_at_point_t *at_point, uint32_t isn)
{
    rst_same_isn_t *same = rst_same_isn(points, isn, true);

    at_point->listed = true;
    at_point->listed_isn = isn;
    at_point->same_isn = same->latest;
    if (at_point->same_isn)
        at_point->same_isn->same_isn_before = at_point;
    same->latest = at_point;
}

rst_conn_at_point_t *rst_at_point_new(rst_points_t *points, rst_conn_t *conn, rst_conn_t *table_conn)
{
    rst_conn_at_point_t *at_point = rst_alloc0(points->memory, sizeof *at_point);

    at_point->conn = conn;
    at_point->table_conn = table_conn;
    at_point->whole = rst_alloc0(points->memory, sizeof *at_point->whole);
    at_point->whole->at_point[0] = at_point;
    at_point->whole->at_points = 1;
    conn->at_point = at_point;
    if (conn->first.pass_index) {
        recall(points, at_point, 0);
        recall(points, at_point, 1);
        keep_facts(at_point, 0);
        keep_facts(at_point, 1);
        if (conn->client >= 0 && at_point->facts.syn[conn->client])
            list_isn(points, at_point, at_point->facts.isn[conn->client]);
    }
    return at_point;
}

/* Notes the clock of the higher interface relative to that of the lower one. */
static void note_clock(rst_points_t *points, const rst_sighting_t *zero, const rst_sighting_t *other, int64_t offset)
{
    bool swapped = zero->interface > other->interface;
    rst_pair_t *pair =
        swapped ? points->pair[other->interface][zero->interface] : points->pair[zero->interface][other->interface];

    if (pair)
        rst_clock_note(&pair->clock, swapped ? other->time : zero->time, swapped ? rst_time_sub(0, offset) : offset);
}

/* Notes how hops and clocks differ from those at the first point of the whole. */
static void note_distance(rst_points_t *points, const rst_sighting_t *zero, rst_conn_at_point_t *at_point,
                          const rst_sighting_t *sighting, unsigned direction)
{
    int64_t delta;

    if (zero->known & sighting->known & RST_SIGHTING_TTL) {
        int8_t hops = (int8_t)CLAMP(sighting->ttl - zero->ttl, -100, 100);

        if ((at_point->deltas & (RST_DELTA_HOPS << direction)) && at_point->hops[direction] != hops)
            at_point->hops_vary[direction] = true;
        at_point->hops[direction] = hops;
        at_point->deltas |= (uint8_t)(RST_DELTA_HOPS << direction);
    }
    if (!rst_time_difference(zero->time, sighting->time, &delta))
        return;
    at_point->latest[direction] = delta;
    at_point->deltas |= (uint8_t)(RST_DELTA_TIME << direction);
    if ((at_point->deltas & 3) == 3)
        note_clock(points, zero, sighting, rst_time_add(at_point->latest[0] / 2, at_point->latest[1] / 2));
}

static void met(rst_points_t *points, rst_conn_at_point_t *at_point, const rst_sighting_t *sighting,
                rst_conn_at_point_t *other, const rst_sighting_t *found, unsigned from)
{
    rst_whole_connection_t *whole = at_point->whole;
    unsigned direction = from ^ at_point->swap;
    unsigned a = MIN(at_point->place, other->place);
    unsigned b = MAX(at_point->place, other->place);

    rst_points_met(points, found, sighting, from == at_point->facts.client ? 0 : 1);
    if (whole->same[a][b][direction] < UINT16_MAX)
        whole->same[a][b][direction]++;
    whole->latest[at_point->place][other->place] =
        MAX(whole->latest[at_point->place][other->place], sighting->pass_index);
    whole->latest[other->place][at_point->place] = MAX(whole->latest[other->place][at_point->place], found->pass_index);
    if (at_point->place == 0)
        note_distance(points, sighting, other, found, direction);
    else if (other->place == 0)
        note_distance(points, found, at_point, sighting, direction);
}

static void meet(rst_points_t *points, rst_conn_at_point_t *at_point, const rst_sighting_t *sighting, unsigned from)
{
    rst_whole_connection_t *whole = at_point->whole;

    for (unsigned i = 0; i < whole->at_points; i++) {
        rst_conn_at_point_t *other = whole->at_point[i];
        const rst_sighting_t *found;

        if (other == at_point)
            continue;
        found = rst_sightings_find(&other->sent[from ^ at_point->swap ^ other->swap], sighting);
        if (found)
            met(points, at_point, sighting, other, found, from);
    }
}

/* Links a connection with the same one at other points. */
static void join(rst_points_t *points, rst_conn_at_point_t *at_point, rst_conn_at_point_t *other)
{
    rst_whole_connection_t *whole = other->whole;

    if (whole->at_points == RST_AT_POINTS_MAX || whole == at_point->whole)
        return;
    for (unsigned i = 0; i < whole->at_points; i++) {
        if (whole->at_point[i]->interfaces & at_point->interfaces)
            return;
    }
    rst_release(points->memory, at_point->whole, sizeof *at_point->whole);
    at_point->swap = other->swap;
    if (at_point->table_conn != other->table_conn)
        at_point->swap ^= (uint8_t)(at_point->facts.client ^ other->facts.client);
    at_point->place = whole->at_points;
    at_point->whole = whole;
    whole->at_point[whole->at_points++] = at_point;
    for (unsigned from = 0; from < 2; from++) {
        for (unsigned i = 0; i < at_point->sent[from].used; i++)
            meet(points, at_point, rst_sightings_at(&at_point->sent[from], i), from);
    }
}

/* Two records of the same addresses and ports show the same connection, unless their initial sequence numbers show that
 * they are different incarnations. A device that changes these numbers does not change the IP ID of the SYN. */
static bool same_use(const rst_conn_at_point_t *at_point, const rst_conn_at_point_t *view, unsigned from,
                     const rst_sighting_t *sighting)
{
    bool differ = false;

    if (rst_sightings_find(&view->sent[from], sighting))
        return true;
    for (unsigned i = 0; i < 2; i++)
        differ =
            differ || (at_point->facts.syn[i] && view->facts.syn[i] && at_point->facts.isn[i] != view->facts.isn[i]);
    return !differ;
}

static bool apart_from(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (a->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            if ((b->interfaces >> j & 1) && rst_points_relation(points, i, j) == RST_RELATION_TOGETHER)
                return false;
        }
    }
    return true;
}

/* The same SYN behind address translation: sequence number, window and one of the ports are unchanged. */
static bool is_translated(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                          const rst_conn_at_point_t *other)
{
    unsigned mine = at_point->facts.client;
    unsigned its = other->facts.client;
    const rst_conn_t *a = at_point->conn;
    const rst_conn_t *b = other->conn;

    return at_point->table_conn != other->table_conn &&
           at_point->facts.syn_window[mine] == other->facts.syn_window[its] &&
           (a->port[mine] == b->port[its] || a->port[1 - mine] == b->port[1 - its]) &&
           apart_from(points, at_point, other);
}

static rst_conn_at_point_t *find_translated(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                            uint32_t isn)
{
    const rst_same_isn_t *same = rst_same_isn(points, isn, false);
    rst_conn_at_point_t *found = NULL;
    unsigned count = 0;

    for (rst_conn_at_point_t *other = same ? same->latest : NULL; other; other = other->same_isn) {
        if (++count > SAME_ISN_MAX)
            return NULL;
        if (other == at_point)
            continue;
        if (other->table_conn == at_point->table_conn && !(other->interfaces & at_point->interfaces))
            return other; /* the same connection, read before its addresses and ports were reused */
        if (!is_translated(points, at_point, other))
            continue;
        if (found && found->whole != other->whole)
            return NULL;
        found = other;
    }
    return found;
}

/* Called for its first segments: do other points show the same connection? */
static void find_whole(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned from,
                       const rst_sighting_t *sighting)
{
    for (rst_conn_at_point_t *view = at_point->table_conn->at_point; view; view = view->view) {
        if (view != at_point && same_use(at_point, view, from, sighting)) {
            join(points, at_point, view);
            return;
        }
    }
    if ((sighting->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN) {
        rst_conn_at_point_t *other = find_translated(points, at_point, sighting->seq);

        if (other)
            join(points, at_point, other);
    }
}

/* If the servers' initial sequence numbers differ, linking by the client's alone was wrong. */
static void check_answer(rst_conn_at_point_t *at_point, unsigned from, const rst_sighting_t *sighting)
{
    for (unsigned i = 0; i < at_point->whole->at_points; i++) {
        rst_conn_at_point_t *other = at_point->whole->at_point[i];
        unsigned its = from ^ at_point->swap ^ other->swap;

        if (other->table_conn != at_point->table_conn && other->facts.syn[its] &&
            other->facts.isn[its] != sighting->seq)
            at_point->parted = other->parted = true;
    }
}

void rst_at_point_opened(rst_points_t *points, rst_conn_at_point_t *at_point, unsigned client)
{
    rst_host_t *host = at_point->conn->host[client];

    if (!host)
        return;
    at_point->opened_by = host;
    at_point->opened_before = g_hash_table_lookup(points->opened, host);
    if (at_point->opened_before)
        at_point->opened_before->opened_after = at_point;
    else
        rst_host_hold(points->hosts, host);
    g_hash_table_insert(points->opened, host, at_point);
}

void rst_at_point_take(rst_points_t *points, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                       rst_reset_t *reset)
{
    rst_conn_at_point_t *at_point = conn->at_point;
    rst_sighting_t sighting = rst_sighting_of_segment(segment, points->file->now.pass_index, points->latest);

    keep_facts(at_point, from);
    push(points, at_point, from, &sighting);
    if (reset)
        add_reset(points, at_point, reset);
    if (at_point->whole->at_points > 1)
        meet(points, at_point, &sighting, from);
    else
        find_whole(points, at_point, from, &sighting);
    if (!(segment->flags & RST_FLAG_SYN))
        return;
    if (segment->flags & RST_FLAG_ACK)
        check_answer(at_point, from, &sighting);
    else if (!at_point->listed) {
        list_isn(points, at_point, segment->seq);
        rst_at_point_opened(points, at_point, from);
    }
}

/* The first segment of an incarnation decides which point's tables it belongs to. */
static void take_point(rst_points_t *points, rst_conn_t *conn)
{
    uint8_t point = (uint8_t)rst_points_lowest(points, points->latest);

    if (conn->point == point)
        return;
    rst_conn_leave_hosts(conn);
    conn->point = point;
    if (conn->host[0])
        rst_conn_meet(conn, points->hosts);
}

void rst_at_point_restart(rst_points_t *points, rst_conn_t *conn)
{
    rst_conn_at_point_t *old = conn->at_point;
    rst_conn_at_point_t *at_point = rst_at_point_new(points, conn, old->table_conn);

    at_point->interfaces = (uint16_t)(1u << points->latest);
    at_point->view = old->view;
    at_point->previous = old;
    old->next = at_point;
    take_point(points, conn);
    if (old->table_conn == conn)
        return;
    for (rst_conn_at_point_t *view = old->table_conn->at_point; view; view = view->view) {
        if (view->view == old)
            view->view = at_point;
    }
}

static void leave_isn(const rst_points_t *points, rst_conn_at_point_t *at_point)
{
    if (!at_point->listed)
        return;
    if (at_point->same_isn)
        at_point->same_isn->same_isn_before = at_point->same_isn_before;
    if (at_point->same_isn_before)
        at_point->same_isn_before->same_isn = at_point->same_isn;
    else
        rst_same_isn_leave(points, at_point->listed_isn, at_point->same_isn);
}

static void leave_opened(const rst_points_t *points, rst_conn_at_point_t *at_point)
{
    if (!at_point->opened_by)
        return;
    if (at_point->opened_before)
        at_point->opened_before->opened_after = at_point->opened_after;
    if (at_point->opened_after)
        at_point->opened_after->opened_before = at_point->opened_before;
    else if (at_point->opened_before)
        g_hash_table_insert(points->opened, at_point->opened_by, at_point->opened_before);
    if (at_point->opened_before || at_point->opened_after)
        return;
    g_hash_table_remove(points->opened, at_point->opened_by);
    rst_host_drop(points->hosts, at_point->opened_by);
}

/* The last one that goes takes the places of the others along. */
static void leave_whole(const rst_points_t *points, rst_conn_at_point_t *at_point)
{
    rst_whole_connection_t *whole = at_point->whole;

    at_point->gone = at_point->mixed = at_point->crowded = true;
    for (unsigned i = 0; i < whole->at_points; i++) {
        if (!whole->at_point[i]->gone)
            return;
    }
    for (unsigned i = 0; i < whole->at_points; i++)
        rst_release(points->memory, whole->at_point[i], sizeof *at_point);
    rst_release(points->memory, whole, sizeof *whole);
}

static void drop(rst_points_t *points, rst_conn_at_point_t *at_point)
{
    leave_isn(points, at_point);
    leave_opened(points, at_point);
    for (unsigned from = 0; from < 2; from++)
        rst_sightings_drop(&at_point->sent[from], &points->sightings, points->memory);
    if (at_point->reset)
        rst_release(points->memory, at_point->reset, RST_AT_POINT_RESETS * sizeof *at_point->reset);
    at_point->reset = NULL;
    at_point->resets = 0;
    at_point->conn = at_point->table_conn = NULL;
    at_point->view = at_point->previous = at_point->next = NULL;
    leave_whole(points, at_point);
}

void rst_at_point_drop(rst_points_t *points, rst_conn_at_point_t *at_point)
{
    while (at_point) {
        rst_conn_at_point_t *previous = at_point->previous;

        drop(points, at_point);
        at_point = previous;
    }
}

unsigned rst_at_point_interface(const rst_conn_at_point_t *at_point)
{
    unsigned lowest = 0;

    while (lowest + 1 < RST_INTERFACES_MAX && !(at_point->interfaces >> lowest & 1))
        lowest++;
    return lowest;
}
