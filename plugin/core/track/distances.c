/* distances.c
 * Distances and round trips of a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/distances.h"

void rst_hop_note(rst_hop_range_t *range, uint8_t ttl)
{
    uint8_t hops = rst_hops(ttl);

    if (!range->count || hops < range->min)
        range->min = hops;
    if (!range->count || hops > range->max)
        range->max = hops;
    if (range->count < UINT16_MAX)
        range->count++;
}

static rst_host_distance_t *find(const rst_host_distances_t *distances, uint8_t hops)
{
    for (unsigned i = 0; i < distances->kinds; i++) {
        if (distances->seen[i].hops == hops)
            return &distances->seen[i];
    }
    return NULL;
}

/* When there are too many, the one with the fewest connections gives way, of several the latest: whoever invents
 * distances must not crowd out the true one. */
static rst_host_distance_t *new_one(rst_host_distances_t *distances)
{
    rst_host_distance_t *least = &distances->seen[0];

    if (distances->kinds < RST_HOST_DISTANCES)
        return &distances->seen[distances->kinds++];
    for (unsigned i = 1; i < RST_HOST_DISTANCES; i++) {
        if (distances->seen[i].connections <= least->connections)
            least = &distances->seen[i];
    }
    return least;
}

void rst_distances_add(rst_host_distances_t *distances, const rst_host_distance_t *more)
{
    rst_host_distance_t *entry = find(distances, more->hops);

    if (!entry) {
        entry = new_one(distances);
        *entry = *more;
    } else {
        entry->client_hops = more->client_hops;
        entry->for_all = entry->for_all || more->for_all || entry->client != more->client;
        if (more->round_trips && (!entry->round_trips || more->round_trip < entry->round_trip))
            entry->round_trip = more->round_trip;
        entry->connections = (uint16_t)MIN(entry->connections + more->connections, UINT16_MAX);
        entry->round_trips = (uint16_t)MIN(entry->round_trips + more->round_trips, UINT16_MAX);
    }
    if (entry->round_trips && entry->round_trip > distances->slowest)
        distances->slowest = entry->round_trip;
}

void rst_distances_hurry(rst_host_distances_t *distances, uint8_t hops, int64_t round_trip)
{
    rst_host_distance_t *entry = find(distances, hops);

    if (!entry || !entry->round_trips || round_trip >= entry->round_trip)
        return;
    entry->round_trip = round_trip;
}

void rst_distances_drop(rst_host_distances_t *distances, const rst_memory_t *memory)
{
    rst_release(memory, distances->seen, RST_HOST_DISTANCES * sizeof *distances->seen);
}

static bool counts_for(const rst_host_distance_t *entry, const struct rst_host *client)
{
    return entry->for_all || entry->client == client;
}

static bool has_any_for(const rst_host_distances_t *distances, const struct rst_host *client)
{
    for (unsigned i = 0; i < distances->kinds; i++) {
        if (counts_for(&distances->seen[i], client))
            return true;
    }
    return false;
}

static void take(rst_distance_view_t *view, const rst_host_distance_t *entry, unsigned *used)
{
    rst_hop_range_t *range = &view->range;

    if (entry->round_trips) {
        view->round_trip = view->round_trips ? MIN(view->round_trip, entry->round_trip) : entry->round_trip;
        view->round_trips = (uint16_t)MIN(view->round_trips + entry->round_trips, UINT16_MAX);
    }
    if (entry->hops == RST_HOPS_UNKNOWN)
        return;
    range->min = range->count ? MIN(range->min, entry->hops) : entry->hops;
    range->max = MAX(range->max, entry->hops);
    range->count = (uint16_t)MIN(range->count + entry->connections, UINT16_MAX);
    view->hops[*used] = entry->hops;
    view->connections[(*used)++] = entry->connections;
}

rst_distance_view_t rst_distances_for(const rst_host_distances_t *distances, const struct rst_host *client)
{
    rst_distance_view_t view;
    bool some = has_any_for(distances, client);
    unsigned used = 0;

    memset(&view, 0, sizeof view);
    view.hearsay = distances->kinds && !some;
    for (unsigned i = 0; i < distances->kinds; i++) {
        if (!some || counts_for(&distances->seen[i], client))
            take(&view, &distances->seen[i], &used);
    }
    return view;
}

unsigned rst_distances_apart(const rst_distance_view_t *view, uint8_t hops)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < RST_HOST_DISTANCES; i++) {
        if (view->connections[i] && ABS(view->hops[i] - hops) > 1)
            sum += view->connections[i];
    }
    return sum;
}

bool rst_distances_has(const rst_distance_view_t *view, uint8_t hops)
{
    for (unsigned i = 0; i < RST_HOST_DISTANCES; i++) {
        if (view->connections[i] && ABS(view->hops[i] - hops) <= 1)
            return true;
    }
    return false;
}
