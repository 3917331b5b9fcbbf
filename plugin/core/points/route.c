/* route.c
 * Implementation for interfaces and capture points: which interfaces belong together, and to which record of a
 * connection a segment belongs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/points.h"

#include <stdlib.h>

#include "base/seq.h"

#define ONE_HOST (100 * RST_MICROSECOND) /* veth, bridge and eth0 of one host show a packet within this time */
#define NO_TIMER (200 * RST_MILLISECOND) /* nothing is retransmitted sooner (RFC 6298 and its implementations) */
#define SAME_MIN 3                       /* common segments that prove two points */

static const char *const end_names[] = {"point", "client", "server", "middle"}; /* by rst_end_t */

/* "0-2,5": marks the interfaces as a group at an end. False: something else stands there; the rest counts. */
static bool read_group(rst_points_t *points, const char *list, rst_end_t end, unsigned group)
{
    gchar **part = g_strsplit(list, ",", -1);
    bool good = part[0] != NULL;

    for (unsigned i = 0; part[i]; i++) {
        gchar *rest;
        guint64 first = g_ascii_strtoull(part[i], &rest, 10);
        bool range = *rest == '-' && g_ascii_isdigit(rest[1]);
        guint64 last = range ? g_ascii_strtoull(rest + 1, &rest, 10) : first;

        if (!*part[i]) /* "client=0, server=1" */
            continue;
        if (!g_ascii_isdigit(*part[i]) || *rest || first > last || last >= RST_INTERFACES_MAX)
            good = false;
        for (; rest != part[i] && first <= last && first < RST_INTERFACES_MAX; first++) {
            points->group[first] = (uint8_t)group;
            points->end[first] = (uint8_t)end;
            points->stated = true;
        }
    }
    g_strfreev(part);
    return good;
}

bool rst_points_state(rst_points_t *points, const char *entry, unsigned group)
{
    const char *list = strchr(entry, '=');

    for (unsigned end = 0; list && end < G_N_ELEMENTS(end_names); end++) {
        if (strlen(end_names[end]) == (size_t)(list - entry) &&
            g_ascii_strncasecmp(entry, end_names[end], (size_t)(list - entry)) == 0)
            return read_group(points, list + 1, (rst_end_t)end, MIN(group, RST_INTERFACES_MAX - 1));
    }
    return false;
}

static void read_ends(rst_points_t *points, const char *ends)
{
    gchar **word = g_strsplit_set(ends, RST_POINTS_BLANKS, -1);

    for (unsigned i = 0; word[i]; i++)
        rst_points_state(points, word[i], i);
    g_strfreev(word);
}

void rst_points_open(rst_points_t *points, const rst_file_t *file, rst_hosts_t *hosts, rst_conn_table_t *table,
                     const rst_memory_t *memory)
{
    const rst_prefs_t *prefs = &file->prefs;

    points->file = file;
    points->hosts = hosts;
    points->table = table;
    points->memory = memory;
    memset(points->group, RST_INTERFACES_MAX, sizeof points->group);
    points->mode = (uint8_t)prefs->capture_points;
    if (prefs->point_ends)
        read_ends(points, prefs->point_ends);
}

void rst_points_close(rst_points_t *points)
{
    for (unsigned low = 0; low < RST_INTERFACES_MAX; low++) {
        for (unsigned high = low + 1; high < RST_INTERFACES_MAX; high++)
            g_free(points->pair[low][high]);
    }
    if (points->by_isn)
        g_hash_table_destroy(points->by_isn);
    if (points->cases)
        g_ptr_array_free(points->cases, TRUE);
}

/* The number in the file where it is small and free, so that people find it again. */
static unsigned free_interface(const rst_points_t *points, uint32_t key)
{
    unsigned wanted = key ? key - 1 : 0;

    if (wanted < RST_INTERFACES_MAX && !points->start[wanted].pass_index)
        return wanted;
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        if (!points->start[i].pass_index)
            return i;
    }
    return RST_INTERFACES_MAX - 1;
}

unsigned rst_points_interface(rst_points_t *points, const rst_segment_t *segment, rst_moment_t now)
{
    uint32_t key = segment->interface;
    unsigned i;

    if (points->interfaces && points->key[points->latest] == key) {
        points->latest_time[points->latest] = now.time;
        return points->latest;
    }
    for (i = 0; i < RST_INTERFACES_MAX; i++) {
        if (points->start[i].pass_index && points->key[i] == key)
            break;
    }
    if (i == RST_INTERFACES_MAX)
        i = free_interface(points, key);
    if (!points->interfaces)
        points->home = (uint8_t)i;
    if (!points->start[i].pass_index) {
        points->start[i] = now;
        points->key[i] = key;
        points->interfaces++;
    }
    points->latest = (uint8_t)i;
    points->latest_time[i] = now.time;
    return i;
}

const rst_pair_t *rst_points_pair(const rst_points_t *points, unsigned a, unsigned b, bool *swapped)
{
    *swapped = a > b;
    return *swapped ? points->pair[b][a] : points->pair[a][b];
}

/* Two directions of each packet so near in time, and never both ends without a router before them: interfaces of one
 * host, such as veth, bridge and eth0. */
static bool within_host(const rst_pair_t *pair)
{
    bool ends = ((pair->zero[0] & 1) && (pair->zero[1] & 2)) || ((pair->zero[0] & 2) && (pair->zero[1] & 1));

    return pair->same[0] && pair->same[1] && pair->nearest[0] <= ONE_HOST && pair->nearest[1] <= ONE_HOST && !ends;
}

rst_relation_t rst_points_relation(const rst_points_t *points, unsigned a, unsigned b)
{
    const rst_pair_t *pair;
    bool swapped;

    if (a == b || points->mode == RST_POINTS_ONE)
        return RST_RELATION_TOGETHER;
    if (points->group[a] < RST_INTERFACES_MAX && points->group[b] < RST_INTERFACES_MAX)
        return points->group[a] == points->group[b] ? RST_RELATION_TOGETHER : RST_RELATION_APART;
    if (points->mode == RST_POINTS_EVERY)
        return RST_RELATION_APART;
    pair = rst_points_pair(points, a, b, &swapped);
    return pair && pair->apart ? RST_RELATION_APART : RST_RELATION_UNKNOWN;
}

unsigned rst_points_home(const rst_points_t *points, unsigned interface)
{
    for (unsigned i = 0; i < interface; i++) {
        if (rst_points_relation(points, i, interface) == RST_RELATION_TOGETHER)
            return i;
    }
    return interface;
}

unsigned rst_at_point_interface(const rst_conn_at_point_t *at_point)
{
    unsigned lowest = 0;

    while (lowest + 1 < RST_INTERFACES_MAX && !(at_point->interfaces >> lowest & 1))
        lowest++;
    return lowest;
}

unsigned rst_points_number(const rst_points_t *points, const rst_conn_at_point_t *at_point)
{
    unsigned lowest = rst_at_point_interface(at_point);

    return points->group[lowest] < RST_INTERFACES_MAX ? points->group[lowest] + 1u : lowest + 1;
}

/* What all interfaces of two at_points have in common. Returns false when they share one. */
static bool add_pairs(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b,
                      rst_pair_t *all)
{
    *all = (rst_pair_t){.nearest = {INT64_MAX, INT64_MAX}};
    for (unsigned i = 0; i < RST_INTERFACES_MAX; i++) {
        for (unsigned j = 0; (a->interfaces >> i & 1) && j < RST_INTERFACES_MAX; j++) {
            const rst_pair_t *pair;
            bool swapped;

            if (!(b->interfaces >> j & 1))
                continue;
            pair = rst_points_pair(points, i, j, &swapped);
            if (i == j)
                return false;
            for (unsigned k = 0; pair && k < 2; k++) {
                all->same[k] += pair->same[k];
                all->nearest[k] = MIN(all->nearest[k], pair->nearest[k]);
                all->zero[k] |= pair->zero[swapped ? 1 - k : k];
            }
        }
    }
    return true;
}

static bool is_stated(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    unsigned i = points->group[rst_at_point_interface(a)];
    unsigned j = points->group[rst_at_point_interface(b)];

    return points->mode == RST_POINTS_EVERY || (i != j && i < RST_INTERFACES_MAX && j < RST_INTERFACES_MAX);
}

bool rst_points_proven(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    rst_pair_t all;

    if (!add_pairs(points, a, b, &all))
        return false;
    return is_stated(points, a, b) ||
           (all.same[0] && all.same[1] && all.same[0] + all.same[1] >= SAME_MIN && !within_host(&all));
}

bool rst_points_one_host(const rst_points_t *points, const rst_conn_at_point_t *a, const rst_conn_at_point_t *b)
{
    rst_pair_t all;

    return !is_stated(points, a, b) && add_pairs(points, a, b, &all) && within_host(&all);
}

/* One and the same transmission on two interfaces. Without IP id and time stamp a retransmission looks the same, but
 * comes later over the same number of hops. */
static bool shows_apart(const rst_sighting_t *a, const rst_sighting_t *b, int64_t distance)
{
    return rst_sighting_strong(a, b) || distance < NO_TIMER ||
           ((a->known & b->known & RST_SIGHTING_TTL) && a->ttl != b->ttl);
}

static int64_t distance_of(const rst_sighting_t *a, const rst_sighting_t *b)
{
    int64_t difference;

    if (!rst_time_difference(a->time, b->time, &difference))
        return INT64_MAX;
    return difference < 0 ? -difference : difference;
}

void rst_points_met(rst_points_t *points, const rst_sighting_t *a, const rst_sighting_t *b, unsigned role)
{
    const rst_sighting_t *low = a->interface < b->interface ? a : b;
    const rst_sighting_t *high = low == a ? b : a;
    rst_pair_t **slot = &points->pair[low->interface][high->interface];
    int64_t distance = distance_of(a, b);

    if (low->interface == high->interface)
        return;
    if (!*slot) {
        *slot = g_new0(rst_pair_t, 1);
        (*slot)->nearest[0] = (*slot)->nearest[1] = INT64_MAX;
    }
    if ((*slot)->same[role] < UINT32_MAX)
        (*slot)->same[role]++;
    (*slot)->nearest[role] = MIN((*slot)->nearest[role], distance);
    if ((a->known & b->known & RST_SIGHTING_TTL) && a->ttl != b->ttl) {
        (*slot)->zero[0] |= (uint8_t)((rst_hops(low->ttl) == 0) << role);
        (*slot)->zero[1] |= (uint8_t)((rst_hops(high->ttl) == 0) << role);
    }
    (*slot)->apart = (*slot)->apart || shows_apart(a, b, distance);
    (*slot)->first[0] = (*slot)->first[0] ? MIN((*slot)->first[0], low->pass_index) : low->pass_index;
    (*slot)->first[1] = (*slot)->first[1] ? MIN((*slot)->first[1], high->pass_index) : high->pass_index;
    (*slot)->latest[0] = MAX((*slot)->latest[0], low->pass_index);
    (*slot)->latest[1] = MAX((*slot)->latest[1], high->pass_index);
}

static unsigned role_of(const rst_conn_t *conn, unsigned from)
{
    return from == rst_conn_client(conn) ? 0 : 1;
}

/* Does a segment on an interface of the at_point show that the interface belongs to another point after all? */
static bool breaks_out(rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                       const rst_sighting_t *sighting)
{
    const rst_sighting_t *old;

    if (at_point->interfaces == 1u << sighting->interface)
        return false;
    old = rst_sightings_find(&at_point->sent[from], sighting);
    if (!old || rst_points_relation(points, old->interface, sighting->interface) == RST_RELATION_TOGETHER)
        return false;
    rst_points_met(points, old, sighting, role_of(at_point->conn, from));
    return shows_apart(old, sighting, distance_of(old, sighting));
}

/* A segment that this record had long before, and no longer remembers, is no news of another interface: somebody else
 * recorded the same connection. */
static bool is_long_known(const rst_conn_at_point_t *at_point, unsigned from, const rst_sighting_t *sighting)
{
    const rst_direction_t *side = &at_point->conn->direction[from];
    const rst_sighting_t *oldest = rst_sightings_at(&at_point->sent[from], 0);

    if ((sighting->flags & RST_FLAG_RST) || !at_point->sent[from].lost || !oldest || !(side->known & RST_DIRECTION_NXT))
        return false;
    if ((sighting->flags & RST_FLAG_SYN) && (side->known & RST_DIRECTION_SYN) && sighting->seq == side->isn)
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
        rst_points_met(points, old, sighting, role_of(at_point->conn, from));
        return !shows_apart(old, sighting, distance_of(old, sighting));
    }
    return !at_point->sender[from] || !is_long_known(at_point, from, sighting);
}

static rst_conn_t *enter(rst_conn_at_point_t *at_point, unsigned from, unsigned interface)
{
    at_point->interfaces |= (uint16_t)(1u << interface);
    at_point->sender[from] |= (uint16_t)(1u << interface);
    return at_point->conn;
}

static rst_conn_at_point_t *new_view(rst_points_t *points, rst_conn_t *home, rst_conn_at_point_t *last,
                                     const rst_segment_t *segment, unsigned interface)
{
    rst_conn_t *conn;

    if (points->table->conns >= points->table->conns_max) {
        points->table->full = true;
        return NULL;
    }
    points->table->conns++;
    conn = rst_conn_new(points->hosts, segment, (uint8_t)rst_points_home(points, interface), points->memory);
    last->view = rst_at_point_new(points, conn, home);
    return last->view;
}

rst_conn_t *rst_points_route(rst_points_t *points, rst_conn_t *home, unsigned from, const rst_segment_t *segment,
                             unsigned interface)
{
    rst_sighting_t sighting = rst_sighting_of(points, segment, interface);
    rst_conn_at_point_t *last = NULL;
    bool torn = false;
    unsigned views = 0;

    if (!home->at_point)
        rst_at_point_new(points, home, home);
    for (rst_conn_at_point_t *at_point = home->at_point; at_point; at_point = at_point->view) {
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
    for (rst_conn_at_point_t *at_point = home->at_point; at_point; at_point = at_point->view) {
        if (!at_point->interfaces || may_join(points, at_point, from, &sighting))
            return enter(at_point, from, interface);
    }
    if (views >= RST_AT_POINTS_MAX) {
        last->mixed = true;
        return enter(last, from, interface);
    }
    last = new_view(points, home, last, segment, interface);
    if (!last)
        return NULL;
    last->mixed = torn;
    return enter(last, from, interface);
}

void rst_points_adopt(rst_points_t *points, rst_conn_t *home, unsigned interface)
{
    rst_at_point_new(points, home, home)->interfaces = (uint16_t)(1u << interface);
}

static void adopt_all(gpointer key, gpointer value, gpointer data)
{
    const rst_conn_entry_t *entry = key;
    rst_points_t *points = data;

    (void)value;
    if (!entry->packed && entry->as.conn)
        rst_points_adopt(points, entry->as.conn, points->home);
}

void rst_points_begin(rst_points_t *points)
{
    points->several = true;
    points->by_isn = g_hash_table_new(NULL, NULL);
    points->cases = g_ptr_array_new();
    g_hash_table_foreach(points->table->table, adopt_all, points);
}
