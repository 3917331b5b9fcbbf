/* tracks.c
 * Implementation for following one connection at several capture points: which records belong together, and which
 * segments they have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points.h"

#include "state.h"

#define SAME_ISN_MAX 8 /* connections with one initial sequence number: beyond it somebody scans */

enum { /* rst_track_t.deltas, per direction */
       DELTA_TIME = 0x01,
       DELTA_HOPS = 0x04
};

/* FNV-1a. */
static uint32_t head_hash(const rst_segment_t *segment)
{
    uint32_t hash = UINT32_C(2166136261);
    unsigned size = MIN(segment->head_len, RST_HEAD_DATA);

    if (!size)
        return 0;
    for (unsigned i = 0; i < size; i++)
        hash = (hash ^ segment->head[i]) * UINT32_C(16777619);
    return hash ? hash : 1;
}

rst_sight_t rst_sight_of(const rst_engine_t *engine, const rst_segment_t *segment, unsigned interface)
{
    rst_sight_t sight = {.time = segment->time,
                         .visit = engine->now.visit,
                         .seq = segment->seq,
                         .ack = segment->ack,
                         .len = segment->len,
                         .tsval = segment->tsval,
                         .hash = head_hash(segment),
                         .ip_id = segment->ip_id,
                         .window = segment->window,
                         .flags = segment->flags,
                         .ttl = segment->ttl,
                         .interface = (uint8_t)interface};

    if ((segment->known & RST_HAS_IP_ID) && segment->ip_id)
        sight.known |= RST_SIGHT_ID;
    if (segment->known & RST_HAS_TIMESTAMP)
        sight.known |= RST_SIGHT_STAMP;
    if (segment->known & RST_HAS_WINDOW)
        sight.known |= RST_SIGHT_WINDOW;
    if (segment->known & RST_HAS_IP)
        sight.known |= RST_SIGHT_TTL;
    if (segment->known & RST_HAS_LENGTH)
        sight.known |= RST_SIGHT_LENGTH;
    return sight;
}

static rst_sight_t sight_of_candidate(const rst_candidate_t *candidate, unsigned interface)
{
    rst_sight_t sight = {.time = candidate->mark.time,
                         .visit = candidate->mark.visit,
                         .seq = candidate->seq,
                         .ack = candidate->ack,
                         .len = candidate->len,
                         .ip_id = candidate->ip_id,
                         .window = candidate->window,
                         .flags = candidate->flags,
                         .ttl = candidate->ttl,
                         .interface = (uint8_t)interface,
                         .known = RST_SIGHT_LENGTH};

    sight.known |= candidate->ip_id ? RST_SIGHT_ID : 0;
    sight.known |= candidate->ttl ? RST_SIGHT_TTL : 0;
    return sight;
}

static rst_sight_t sight_of_reset(const rst_case_t *reset, unsigned interface)
{
    rst_sight_t sight = {.time = reset->at.time,
                         .visit = reset->at.visit,
                         .seq = reset->seq,
                         .ack = reset->ack,
                         .len = reset->len,
                         .ip_id = reset->ip_id,
                         .window = reset->window,
                         .flags = reset->flags,
                         .ttl = reset->ttl,
                         .interface = (uint8_t)interface};

    sight.known |= reset->ip_id ? RST_SIGHT_ID : 0;
    sight.known |= (reset->known & RST_HAS_IP) ? RST_SIGHT_TTL : 0;
    sight.known |= (reset->known & RST_HAS_LENGTH) ? RST_SIGHT_LENGTH : 0;
    return sight;
}

static void push(rst_engine_t *engine, rst_track_t *track, unsigned x, const rst_sight_t *sight)
{
    rst_sights_push(&track->sent[x], sight, &engine->points.sights, &engine->memory);
}

static void add_reset(rst_engine_t *engine, rst_track_t *track, rst_case_t *reset)
{
    reset->track = track;
    g_ptr_array_add(engine->points.cases, reset);
    if (track->resets == RST_TRACK_RESETS)
        track->crowded = true;
    else
        track->reset[track->resets++] = reset;
}

/* What the record still remembers from the time when the file had one interface: segments, then its latest resets. */
static void recall(rst_engine_t *engine, rst_track_t *track, unsigned x)
{
    const rst_conn_t *conn = track->conn;
    const rst_ring_t *ring = &conn->side[x].ring;
    unsigned home = engine->points.home;

    track->sent[x].lost = conn->side[x].segments > ring->used;
    for (unsigned age = ring->used; age-- > 0;) {
        rst_sight_t sight = sight_of_candidate(rst_ring_at(ring, age), home);

        push(engine, track, x, &sight);
        track->sender[x] |= (uint16_t)(1u << home);
    }
    for (unsigned i = 0; i < conn->watched; i++) {
        rst_sight_t sight;

        if (conn->watch[i]->x != x)
            continue;
        sight = sight_of_reset(conn->watch[i], home);
        push(engine, track, x, &sight);
        add_reset(engine, track, conn->watch[i]);
        track->sender[x] |= (uint16_t)(1u << home);
    }
    track->crowded = track->crowded || conn->resets > conn->watched;
}

static void list_isn(rst_engine_t *engine, rst_track_t *track, uint32_t isn)
{
    gpointer key = GUINT_TO_POINTER(isn);

    if (track->listed)
        return;
    track->listed = true;
    track->same_isn = g_hash_table_lookup(engine->points.by_isn, key);
    g_hash_table_insert(engine->points.by_isn, key, track);
}

static bool has_syn(const rst_conn_t *conn, unsigned x)
{
    return (conn->side[x].known & RST_SIDE_SYN) != 0;
}

rst_track_t *rst_track_new(rst_engine_t *engine, rst_conn_t *conn, rst_conn_t *home)
{
    rst_track_t *track = rst_alloc0(&engine->memory, sizeof *track);

    track->conn = conn;
    track->home = home;
    track->path = rst_alloc0(&engine->memory, sizeof *track->path);
    track->path->track[0] = track;
    track->path->tracks = 1;
    conn->track = track;
    if (conn->first.visit) {
        recall(engine, track, 0);
        recall(engine, track, 1);
        if (conn->client >= 0 && has_syn(conn, (unsigned)conn->client))
            list_isn(engine, track, conn->side[conn->client].isn);
    }
    return track;
}

/* The clock of the higher interface against the lower one. */
static void note_clock(rst_points_t *points, const rst_sight_t *zero, const rst_sight_t *other, int64_t offset)
{
    bool swapped = zero->interface > other->interface;
    rst_pair_t *pair =
        swapped ? points->pair[other->interface][zero->interface] : points->pair[zero->interface][other->interface];

    if (pair)
        rst_clock_note(&pair->clock, swapped ? other->time : zero->time, swapped ? -offset : offset);
}

/* Relative to the path's first track: how the hops differ, how the clocks do. */
static void note_distance(rst_points_t *points, const rst_sight_t *zero, rst_track_t *track, const rst_sight_t *sight,
                          unsigned direction)
{
    int64_t delta;

    if (zero->known & sight->known & RST_SIGHT_TTL) {
        int8_t hops = (int8_t)CLAMP(sight->ttl - zero->ttl, -100, 100);

        if ((track->deltas & (DELTA_HOPS << direction)) && track->hops[direction] != hops)
            track->hops_vary[direction] = true;
        track->hops[direction] = hops;
        track->deltas |= (uint8_t)(DELTA_HOPS << direction);
    }
    if (!rst_time_difference(zero->time, sight->time, &delta))
        return;
    track->latest[direction] = delta;
    track->deltas |= (uint8_t)(DELTA_TIME << direction);
    if ((track->deltas & 3) == 3)
        note_clock(points, zero, sight, track->latest[0] / 2 + track->latest[1] / 2);
}

static void met(rst_engine_t *engine, rst_track_t *track, const rst_sight_t *sight, rst_track_t *other,
                const rst_sight_t *found, unsigned x)
{
    rst_path_t *path = track->path;
    unsigned direction = x ^ track->swap;
    unsigned a = MIN(track->place, other->place);
    unsigned b = MAX(track->place, other->place);

    rst_points_met(&engine->points, found, sight, x == rst_conn_client(track->conn) ? 0 : 1);
    if (path->same[a][b][direction] < UINT16_MAX)
        path->same[a][b][direction]++;
    path->latest[track->place][other->place] = MAX(path->latest[track->place][other->place], sight->visit);
    path->latest[other->place][track->place] = MAX(path->latest[other->place][track->place], found->visit);
    if (track->place == 0)
        note_distance(&engine->points, sight, other, found, direction);
    else if (other->place == 0)
        note_distance(&engine->points, found, track, sight, direction);
}

static void meet(rst_engine_t *engine, rst_track_t *track, const rst_sight_t *sight, unsigned x)
{
    rst_path_t *path = track->path;

    for (unsigned i = 0; i < path->tracks; i++) {
        rst_track_t *other = path->track[i];
        const rst_sight_t *found;

        if (other == track)
            continue;
        found = rst_sights_find(&other->sent[x ^ track->swap ^ other->swap], sight);
        if (found)
            met(engine, track, sight, other, found, x);
    }
}

void rst_track_join(rst_engine_t *engine, rst_track_t *track, rst_track_t *other)
{
    rst_path_t *path = other->path;

    if (path->tracks == RST_TRACKS_MAX || path == track->path)
        return;
    for (unsigned i = 0; i < path->tracks; i++) {
        if (path->track[i]->interfaces & track->interfaces)
            return;
    }
    track->swap = other->swap;
    if (track->home != other->home)
        track->swap ^= (uint8_t)(rst_conn_client(track->conn) ^ rst_conn_client(other->conn));
    track->place = path->tracks;
    track->path = path;
    path->track[path->tracks++] = track;
    for (unsigned x = 0; x < 2; x++) {
        for (unsigned i = 0; i < track->sent[x].used; i++)
            meet(engine, track, rst_sights_at(&track->sent[x], i), x);
    }
}

/* Two records of the same addresses and ports show one connection, unless their initial sequence numbers say that one
 * is an earlier or later use of them. A device that changes the numbers leaves the IP id of the SYN. */
static bool same_use(const rst_track_t *track, const rst_track_t *view, unsigned x, const rst_sight_t *sight)
{
    bool differ = false;

    if (rst_sights_find(&view->sent[x], sight))
        return true;
    for (unsigned i = 0; i < 2; i++)
        differ = differ || (has_syn(track->conn, i) && has_syn(view->conn, i) &&
                            track->conn->side[i].isn != view->conn->side[i].isn);
    return !differ;
}

static bool apart_from(const rst_points_t *points, const rst_track_t *a, const rst_track_t *b)
{
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (a->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            if ((b->interfaces >> j & 1) && rst_points_relation(points, i, j) == RST_RELATION_TOGETHER)
                return false;
        }
    }
    return true;
}

/* The same SYN behind a translation of addresses: the number, the window and one of the ports are left as they were. */
static bool is_translated(const rst_points_t *points, const rst_track_t *track, const rst_track_t *other)
{
    unsigned mine = rst_conn_client(track->conn);
    unsigned its = rst_conn_client(other->conn);
    const rst_conn_t *a = track->conn;
    const rst_conn_t *b = other->conn;

    return track->home != other->home && a->side[mine].syn_window == b->side[its].syn_window &&
           (a->port[mine] == b->port[its] || a->port[1 - mine] == b->port[1 - its]) && apart_from(points, track, other);
}

static rst_track_t *find_translated(rst_engine_t *engine, const rst_track_t *track, uint32_t isn)
{
    rst_track_t *found = NULL;
    unsigned count = 0;

    for (rst_track_t *other = g_hash_table_lookup(engine->points.by_isn, GUINT_TO_POINTER(isn)); other;
         other = other->same_isn) {
        if (++count > SAME_ISN_MAX)
            return NULL;
        if (other == track)
            continue;
        if (other->home == track->home && !(other->interfaces & track->interfaces))
            return other; /* an earlier use of the addresses and ports, read before */
        if (!is_translated(&engine->points, track, other))
            continue;
        if (found && found->path != other->path)
            return NULL;
        found = other;
    }
    return found;
}

static void find_path(rst_engine_t *engine, rst_track_t *track, unsigned x, const rst_sight_t *sight)
{
    for (rst_track_t *view = track->home->track; view; view = view->view) {
        if (view != track && same_use(track, view, x, sight)) {
            rst_track_join(engine, track, view);
            return;
        }
    }
    if ((sight->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN) {
        rst_track_t *other = find_translated(engine, track, sight->seq);

        if (other)
            rst_track_join(engine, track, other);
    }
}

/* A guess by the client's number alone was wrong when the servers' numbers differ. */
static void check_answer(rst_track_t *track, unsigned x, const rst_sight_t *sight)
{
    for (unsigned i = 0; i < track->path->tracks; i++) {
        rst_track_t *other = track->path->track[i];
        unsigned its = x ^ track->swap ^ other->swap;

        if (other->home != track->home && has_syn(other->conn, its) && other->conn->side[its].isn != sight->seq)
            track->parted = other->parted = true;
    }
}

void rst_track_take(rst_engine_t *engine, rst_conn_t *conn, unsigned x, const rst_segment_t *segment, rst_case_t *reset)
{
    rst_track_t *track = conn->track;
    rst_sight_t sight = rst_sight_of(engine, segment, engine->points.latest);

    push(engine, track, x, &sight);
    if (reset)
        add_reset(engine, track, reset);
    if (track->path->tracks > 1)
        meet(engine, track, &sight, x);
    else
        find_path(engine, track, x, &sight);
    if (!(segment->flags & RST_FLAG_SYN))
        return;
    if (segment->flags & RST_FLAG_ACK)
        check_answer(track, x, &sight);
    else
        list_isn(engine, track, segment->seq);
}

/* The first segment of a use of the addresses and ports decides which point's tables it belongs to. */
static void take_point(rst_engine_t *engine, rst_conn_t *conn)
{
    uint8_t point = (uint8_t)rst_points_home(&engine->points, engine->points.latest);

    if (conn->point == point)
        return;
    conn->point = point;
    conn->host[0] = rst_hosts_host(&engine->hosts, &conn->address[0], point);
    conn->host[1] = rst_hosts_host(&engine->hosts, &conn->address[1], point);
}

void rst_track_restart(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_track_t *old = conn->track;
    rst_track_t *track = rst_track_new(engine, conn, old->home);

    track->interfaces = (uint16_t)(1u << engine->points.latest);
    track->view = old->view;
    take_point(engine, conn);
    if (old->home == conn)
        return;
    for (rst_track_t *view = old->home->track; view; view = view->view) {
        if (view->view == old)
            view->view = track;
    }
}
