/* openings.c
 * From the special to the general: SYNs with special options, a network or a client that fails where others get
 * through, a port of several servers, a server that is silent on all ports; what is left is the service's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/openings.h"

#include <math.h>

#include "problems/bundles.h"
#include "problems/sets.h"
#include "problems/stories.h"
#include "track/direction.h"

#define CONTRAST 8.0 /* nats, and more where many parts are compared: not by chance in 1000 captures */
#define ENOUGH 0.8   /* share of attempts that fail where nothing gets through; the rest began before or after */
#define FINE_MIN 2   /* successes of others that make a contrast */

static bool is_opening(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    (void)census;
    (void)what;
    return !incident->problem && rst_story_info(incident->token)->family == RST_FAMILY_OPEN;
}

static bool has_options(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    return is_opening(census, incident, what) && (rst_incident_flow(census, incident)->facts & RST_FLOW_OPTIONS);
}

static bool is_silent(rst_token_t token)
{
    return token == RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT) ||
           token == RST_TOKEN_FINDING(RST_FINDING_ICMP_UNREACHABLE);
}

/* The TTL with which each server answers elsewhere, by number of its address; 0 = not known, or it varies. */
static uint8_t *usual_ttls(const rst_census_t *census)
{
    uint8_t *ttls = g_new0(uint8_t, census->addresses->len + 1);
    bool *varies = g_new0(bool, census->addresses->len + 1);

    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);

        if (!flow->ttl || !(flow->facts & RST_FLOW_SERVER_DATA))
            continue;
        varies[flow->server] = varies[flow->server] || (ttls[flow->server] && ttls[flow->server] != flow->ttl);
        ttls[flow->server] = flow->ttl;
    }
    for (uint32_t i = 0; i < census->addresses->len; i++)
        ttls[i] = varies[i] ? 0 : ttls[i];
    g_free(varies);
    return ttls;
}

/* A refusal from another distance than all else that bears the server's address. */
static bool is_from_elsewhere(const rst_census_t *census, const rst_incident_t *incident, const uint8_t *ttls)
{
    uint8_t usual = ttls[rst_incident_flow(census, incident)->server];

    return incident->ttl && usual && rst_hops(incident->ttl) != rst_hops(usual);
}

static bool is_from_server(const rst_census_t *census, const rst_incident_t *incident, const uint8_t *ttls)
{
    uint8_t usual = ttls[rst_incident_flow(census, incident)->server];

    return incident->ttl && usual && rst_hops(incident->ttl) == rst_hops(usual);
}

static bool is_not_of_server(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    return is_opening(census, incident, what) &&
           (is_silent(incident->token) || incident->sender == RST_SENDER_UNKNOWN ||
            incident->sender == RST_SENDER_MIDDLEBOX || is_from_elsewhere(census, incident, what));
}

static bool is_without_answer(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    return is_opening(census, incident, what) && is_silent(incident->token);
}

static uint32_t node_of(rst_keys_t *nodes, GArray *parent, rst_key_t key)
{
    uint32_t number = rst_keys_number(nodes, key.a, key.b);

    rst_sets_reach(parent, number);
    return number;
}

/* What of a service fails, compared with the rest of it, while anything of it failed. */
typedef struct parts {
    rst_bundles_t whole, part;
    uint32_t *flows; /* attempts of each part, in the time of the whole */
    uint32_t *all;   /* of the whole */
} parts_t;

/* What was open before the capture began shows nothing about who gets through. */
static bool is_attempt(const rst_census_t *census, const rst_flow_t *flow)
{
    return (flow->facts & (RST_FLOW_BEGAN | RST_FLOW_ACCEPTED)) ||
           (flow->incident &&
            rst_story_info(rst_incident_at(census, flow->incident - 1)->token)->family == RST_FAMILY_OPEN);
}

static void count_parts(parts_t *parts, const rst_census_t *census)
{
    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);
        rst_key_t key = rst_scope_key(census, flow, RST_SCOPE_SERVICE);
        uint32_t whole = rst_keys_find(&parts->whole.keys, key.a, key.b);
        uint32_t part;

        if (whole == RST_NUMBER_NONE || !is_attempt(census, flow) ||
            flow->first < rst_bundle_at(&parts->whole, whole)->first ||
            flow->first > rst_bundle_at(&parts->whole, whole)->last)
            continue;
        parts->all[whole]++;
        key = rst_scope_key(census, flow, parts->part.scope);
        part = rst_keys_find(&parts->part.keys, key.a, key.b);
        if (part != RST_NUMBER_NONE)
            parts->flows[part]++;
    }
}

static bool stands_out(const parts_t *parts, uint32_t incident)
{
    const rst_bundle_t *whole = rst_bundle_at(&parts->whole, parts->whole.of[incident]);
    uint32_t number = parts->part.of[incident];
    const rst_bundle_t *part = rst_bundle_at(&parts->part, number);
    uint32_t all = parts->all[parts->whole.of[incident]];
    uint32_t others = all - MIN(all, parts->flows[number]);
    uint32_t other_hits = whole->hits - part->hits;

    return others >= other_hits + FINE_MIN && part->hits >= ENOUGH * parts->flows[number] &&
           rst_contrast(part->hits, parts->flows[number], other_hits, others) > CONTRAST + log(parts->part.bundle->len);
}

/* A path if it leads to several servers. */
static rst_binding_t binding_of(rst_scope_t scope, bool several)
{
    if (scope == RST_SCOPE_OPTIONS)
        return RST_BINDING_SERVICE;
    if (!several)
        return RST_BINDING_PAIR;
    return scope == RST_SCOPE_NET_SERVICE ? RST_BINDING_PATH : RST_BINDING_CLIENT;
}

/* What a part is joined by with others: its network, its client, or the server. */
static rst_scope_t joined_by(rst_scope_t scope)
{
    if (scope == RST_SCOPE_OPTIONS)
        return RST_SCOPE_SERVER;
    return scope == RST_SCOPE_NET_SERVICE ? RST_SCOPE_NET : RST_SCOPE_CLIENT;
}

static void join_parts(rst_problems_t *problems, const parts_t *parts, const bool *out)
{
    const rst_census_t *census = problems->census;
    rst_keys_t nodes, made;
    GArray *parent = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    rst_keys_open(&nodes);
    rst_keys_open(&made);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < census->incidents->len; i++) {
            rst_incident_t *incident = rst_incident_at(census, i);
            const rst_flow_t *flow = rst_incident_flow(census, incident);
            uint32_t a, b, set;

            if (parts->part.of[i] == RST_NUMBER_NONE || !out[parts->part.of[i]])
                continue;
            a = node_of(&nodes, parent, rst_scope_key(census, flow, RST_SCOPE_SERVICE));
            b = node_of(&nodes, parent, rst_scope_key(census, flow, joined_by(parts->part.scope)));
            if (pass == 0) {
                rst_sets_join(parent, a, b);
                continue;
            }
            set = rst_keys_number(&made, rst_sets_find(parent, a), 0);
            if (set == numbers->len) {
                uint32_t problem = rst_problem_new(problems, RST_BINDING_PAIR, parts->part.scope);

                g_array_append_val(numbers, problem);
            }
            incident->problem = g_array_index(numbers, uint32_t, set);
        }
    }
    rst_keys_close(&nodes);
    rst_keys_close(&made);
    g_array_free(parent, TRUE);
    g_array_free(numbers, TRUE);
}

/* Those parts of services that fail where the rest does not. */
static void split_off(rst_problems_t *problems, rst_scope_t scope, rst_select_t select)
{
    const rst_census_t *census = problems->census;
    uint32_t first = problems->problem->len;
    uint8_t *ttls = usual_ttls(census);
    parts_t parts;
    bool *out;

    rst_bundles_open(&parts.whole, census, RST_SCOPE_SERVICE, is_opening, NULL);
    rst_bundles_open(&parts.part, census, scope, select, NULL);
    parts.flows = g_new0(uint32_t, parts.part.bundle->len + 1);
    parts.all = g_new0(uint32_t, parts.whole.bundle->len + 1);
    out = g_new0(bool, parts.part.bundle->len + 1);
    count_parts(&parts, census);
    for (uint32_t i = 0; i < parts.part.bundle->len; i++)
        out[i] = stands_out(&parts, rst_bundle_at(&parts.part, i)->example);
    join_parts(problems, &parts, out);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        rst_problem_t *problem;

        if (!rst_incident_is_listed(incident) || incident->problem <= first)
            continue;
        problem = rst_problem_at(problems, incident->problem - 1);
        if (!problem->hits++)
            problem->start = rst_incident_flow(census, incident)->server;
        problem->services += problem->start != rst_incident_flow(census, incident)->server;
        problem->servers += is_from_server(census, incident, ttls);
    }
    for (uint32_t i = first; i < problems->problem->len; i++) {
        rst_problem_t *problem = rst_problem_at(problems, i);

        problem->binding = (uint8_t)binding_of(scope, problem->services != 0);
        /* What refuses from the server's own distance is a rule of the server. */
        if (scope != RST_SCOPE_OPTIONS && problem->servers * 2 > problem->hits)
            problem->remedy = RST_REMEDY_SERVER;
        problem->hits = problem->services = problem->servers = problem->start = 0;
        if (scope == RST_SCOPE_OPTIONS)
            problem->token = RST_CAUSE_SYN_OPTIONS_REFUSED;
    }
    g_free(ttls);
    g_free(parts.flows);
    g_free(parts.all);
    g_free(out);
    rst_bundles_close(&parts.whole);
    rst_bundles_close(&parts.part);
}

/* One port of several servers, refused or dropped by something else than these. */
static void bind_ports(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    rst_bundles_t ports;
    uint32_t *made;

    uint8_t *ttls = usual_ttls(census);

    rst_bundles_open(&ports, census, RST_SCOPE_PORT, is_not_of_server, ttls);
    g_free(ttls);
    made = g_new0(uint32_t, ports.bundle->len + 1);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        uint32_t number = ports.of[i];

        if (number == RST_NUMBER_NONE || rst_bundle_at(&ports, number)->services < 2)
            continue;
        if (!made[number]) {
            made[number] = rst_problem_new(problems, RST_BINDING_DEVICE, RST_SCOPE_SERVICE);
            rst_problem_at(problems, made[number] - 1)->remedy = RST_REMEDY_PATH;
        }
        rst_incident_at(census, i)->problem = made[number];
    }
    g_free(made);
    rst_bundles_close(&ports);
}

/* A server that answers on no port. */
static void bind_hosts(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    rst_bundles_t hosts;
    uint32_t *made;

    rst_bundles_open(&hosts, census, RST_SCOPE_SERVER, is_without_answer, NULL);
    made = g_new0(uint32_t, hosts.bundle->len + 1);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        uint32_t number = hosts.of[i];
        const rst_bundle_t *host = number == RST_NUMBER_NONE ? NULL : rst_bundle_at(&hosts, number);

        if (!host || host->services < 2 || host->hits < ENOUGH * host->flows)
            continue;
        if (!made[number])
            made[number] = rst_problem_new(problems, RST_BINDING_HOST, RST_SCOPE_SERVER);
        rst_incident_at(census, i)->problem = made[number];
    }
    g_free(made);
    rst_bundles_close(&hosts);
}

void rst_openings_find(rst_problems_t *problems)
{
    split_off(problems, RST_SCOPE_OPTIONS, has_options);
    split_off(problems, RST_SCOPE_NET_SERVICE, is_opening);
    split_off(problems, RST_SCOPE_CLIENT_SERVICE, is_opening);
    bind_hosts(problems);
    bind_ports(problems);
}
