/* view.c
 * Putting together what the rules see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/view.h"

#include "judge/unkept.h"

/* A lone reset holds none. */
static rst_host_found_t host_of(const rst_hosts_t *hosts, const rst_reset_t *reset, unsigned side)
{
    if (reset->host[side])
        return (rst_host_found_t){RST_FOUND, reset->host[side]};
    return rst_hosts_find_host(hosts, &reset->story->address[side], reset->story->point, reset->at);
}

static rst_service_found_t service_of(const rst_hosts_t *hosts, const rst_reset_t *reset)
{
    unsigned server = 1u - reset->client;

    if (reset->service)
        return (rst_service_found_t){RST_FOUND, reset->service};
    return rst_hosts_find_service(hosts, &reset->story->address[server], reset->story->port[server],
                                  reset->story->point);
}

static rst_host_period_t near_host(rst_host_found_t found, rst_moment_t at)
{
    return found.found == RST_FOUND ? rst_host_near(found.host, at) : (rst_host_period_t){.aborts = 0};
}

static rst_distance_view_t distance_of(rst_host_found_t found, rst_moment_t at, rst_host_found_t client)
{
    return found.found == RST_FOUND ? rst_host_distance(found.host, at, client.host)
                                    : (rst_distance_view_t){.hops = {0}};
}

rst_view_t rst_view_of(const rst_file_t *file, const rst_points_t *points, const rst_reset_t *reset)
{
    const rst_host_found_t host[] = {host_of(points->hosts, reset, 0), host_of(points->hosts, reset, 1)};
    const rst_service_found_t service = service_of(points->hosts, reset);
    const rst_host_found_t own = host[reset->from];
    const rst_host_found_t peer = host[1 - reset->from];

    return (rst_view_t){
        .file = file,
        .points = points,
        .prefs = &file->prefs,
        .reset = reset,
        .own = &reset->direction[reset->from],
        .peer = &reset->direction[1 - reset->from],
        .host = {host[0], host[1]},
        .service = service,
        .own_host = near_host(own, reset->at),
        .distance = distance_of(own, reset->at, peer),
        .peer_host = near_host(peer, reset->at),
        .trigger = reset->trigger.moment.pass_index ? &reset->trigger : NULL,
        .unkept = rst_unkept_of(reset, host, &service),
    };
}
