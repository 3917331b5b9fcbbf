/* interfaces.c
 * Working out which interfaces belong together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/interfaces.h"

#include <string.h>

#include "track/direction.h"

#define NO_TIMER (200 * RST_MILLISECOND) /* nothing is retransmitted sooner (implementations of RFC 6298) */

void rst_points_open(rst_points_t *points, const rst_file_t *file, rst_hosts_t *hosts, rst_conn_table_t *table,
                     const rst_memory_t *memory)
{
    const rst_prefs_t *prefs = &file->prefs;

    points->file = file;
    points->hosts = hosts;
    points->table = table;
    points->memory = memory;
    points->mode = (uint8_t)prefs->capture_points;
    rst_point_ends_clear(&points->ends);
    points->stated = prefs->point_ends && rst_point_ends_read(&points->ends, prefs->point_ends);
}

void rst_points_close(rst_points_t *points)
{
    for (unsigned low = 0; low < RST_INTERFACES_MAX; low++) {
        for (unsigned high = low + 1; high < RST_INTERFACES_MAX; high++)
            g_free(points->pair[low][high]);
    }
    if (points->by_isn)
        g_hash_table_destroy(points->by_isn);
    if (points->opened)
        g_hash_table_destroy(points->opened);
}

/* The interface's number in the file if that is small and free, so that people recognize it. */
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
        points->first_interface = (uint8_t)i;
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

rst_relation_t rst_points_relation(const rst_points_t *points, unsigned a, unsigned b)
{
    const rst_pair_t *pair;
    bool swapped;

    if (a == b || points->mode == RST_POINTS_ONE)
        return RST_RELATION_TOGETHER;
    if (points->ends.group[a] < RST_INTERFACES_MAX && points->ends.group[b] < RST_INTERFACES_MAX)
        return points->ends.group[a] == points->ends.group[b] ? RST_RELATION_TOGETHER : RST_RELATION_APART;
    if (points->mode == RST_POINTS_EVERY)
        return RST_RELATION_APART;
    pair = rst_points_pair(points, a, b, &swapped);
    return pair && pair->apart ? RST_RELATION_APART : RST_RELATION_UNKNOWN;
}

unsigned rst_points_lowest(const rst_points_t *points, unsigned interface)
{
    for (unsigned i = 0; i < interface; i++) {
        if (rst_points_relation(points, i, interface) == RST_RELATION_TOGETHER)
            return i;
    }
    return interface;
}

static int64_t distance_of(const rst_sighting_t *a, const rst_sighting_t *b)
{
    int64_t difference;

    if (!rst_time_difference(a->time, b->time, &difference))
        return INT64_MAX;
    return rst_time_abs(difference);
}

/* Is it a single transmission, seen on two interfaces? Without IP ID and timestamp, a retransmission looks the same,
 * but comes later over the same number of hops. */
bool rst_points_shows_apart(const rst_sighting_t *a, const rst_sighting_t *b)
{
    return rst_sighting_strong(a, b) || distance_of(a, b) < NO_TIMER ||
           ((a->known & b->known & RST_SIGHTING_TTL) && a->ttl != b->ttl);
}

void rst_points_met(rst_points_t *points, const rst_sighting_t *a, const rst_sighting_t *b, unsigned role)
{
    const rst_sighting_t *low = a->interface < b->interface ? a : b;
    const rst_sighting_t *high = low == a ? b : a;
    rst_pair_t **place = &points->pair[low->interface][high->interface];
    rst_pair_t *pair;
    int64_t distance = distance_of(a, b);

    if (low->interface == high->interface)
        return;
    if (!*place) {
        *place = g_new0(rst_pair_t, 1);
        (*place)->nearest[0] = (*place)->nearest[1] = INT64_MAX;
    }
    pair = *place;
    if (pair->same[role] < UINT32_MAX)
        pair->same[role]++;
    pair->nearest[role] = MIN(pair->nearest[role], distance);
    if ((a->known & b->known & RST_SIGHTING_TTL) && a->ttl != b->ttl) {
        pair->zero[0] |= (uint8_t)((rst_hops(low->ttl) == 0) << role);
        pair->zero[1] |= (uint8_t)((rst_hops(high->ttl) == 0) << role);
    }
    pair->apart = pair->apart || rst_points_shows_apart(a, b);
    pair->first[0] = pair->first[0] ? MIN(pair->first[0], low->pass_index) : low->pass_index;
    pair->first[1] = pair->first[1] ? MIN(pair->first[1], high->pass_index) : high->pass_index;
    pair->latest[0] = MAX(pair->latest[0], low->pass_index);
    pair->latest[1] = MAX(pair->latest[1], high->pass_index);
}

int64_t rst_points_clocks_apart(const rst_points_t *points)
{
    int64_t most = RST_TIME_NONE;

    for (unsigned low = 0; low < points->interfaces; low++) {
        for (unsigned high = low + 1; high < points->interfaces; high++) {
            const rst_pair_t *pair = points->pair[low][high];
            int64_t offset;
            int drift;

            if (pair && rst_clock_read(&pair->clock, &offset, &drift))
                most = MAX(most, rst_time_apart(offset, 0));
        }
    }
    return most;
}
