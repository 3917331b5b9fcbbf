/* scans.c
 * A scan is recognized by what its client does everywhere, not by the answers: many ports or hosts, few connections
 * each, hardly any data. What fails for others at a port that was also scanned is not part of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/scans.h"

#include "problems/stories.h"

#define SCAN_TARGETS 10
#define SWEEP_TARGETS 30 /* ports of one host, or hosts with one port, in vain */
#define NOISE_STRANGERS 8
#define NOISE_TARGETS 5
#define CHECKS_MIN 3
#define PROBES_MIN 2 /* that are certain, of a client that tries a few targets only */
#define PROBED_MIN 4

typedef struct visitor {
    uint32_t flows, with_data, failed, probes; /* probes = it reset what it had asked for, or no kernel asked */
    uint32_t targets;
    uint32_t vain; /* without data */
    uint32_t
        sweep; /* distinct ports of one host that it tried in vain, or hosts of one network with one port: the most */
    bool scans, stranger;
} visitor_t;

/* Rows of targets that were tried in vain. */
typedef struct sweeps {
    rst_keys_t targets, rows;
    GArray *length; /* uint32_t, by number of the row */
} sweeps_t;

static void note_row(sweeps_t *sweeps, visitor_t *visitor, uint64_t a, uint64_t b)
{
    uint32_t number = rst_keys_number(&sweeps->rows, a, b);
    uint32_t length;

    if (number >= sweeps->length->len)
        g_array_set_size(sweeps->length, number + 1);
    length = ++g_array_index(sweeps->length, uint32_t, number);
    visitor->sweep = MAX(visitor->sweep, length);
}

static void note_vain(sweeps_t *sweeps, const rst_census_t *census, const rst_flow_t *flow, visitor_t *visitor)
{
    visitor->vain++;
    if (!rst_keys_is_new(&sweeps->targets, (uint64_t)flow->client << 32 | flow->server, flow->port))
        return;
    note_row(sweeps, visitor, (uint64_t)flow->client << 32 | flow->server, UINT64_MAX);
    note_row(sweeps, visitor, (uint64_t)flow->client << 32 | rst_census_net(census, flow->server), flow->port);
}

static bool is_in_vain(const rst_flow_t *flow, rst_token_t token)
{
    unsigned family = rst_story_info(token)->family;

    return (family == RST_FAMILY_OPEN || family == RST_FAMILY_PROBE) &&
           !(flow->facts & (RST_FLOW_CLIENT_DATA | RST_FLOW_SERVER_DATA));
}

/* For all clients, by number of the address. */
static visitor_t *look_at_visitors(const rst_census_t *census)
{
    visitor_t *visitors = g_new0(visitor_t, census->addresses->len + 1);
    sweeps_t sweeps = {.length = g_array_new(FALSE, TRUE, sizeof(uint32_t))};
    rst_keys_t targets;

    rst_keys_open(&targets);
    rst_keys_open(&sweeps.targets);
    rst_keys_open(&sweeps.rows);
    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);
        visitor_t *visitor = &visitors[flow->client];

        visitor->flows++;
        visitor->failed += flow->incident != 0;
        visitor->with_data += (flow->facts & (RST_FLOW_CLIENT_DATA | RST_FLOW_SERVER_DATA)) != 0;
        visitor->targets += rst_keys_is_new(&targets, (uint64_t)flow->client << 32 | flow->server, flow->port);
        if (flow->incident) {
            rst_token_t token = rst_incident_at(census, flow->incident - 1)->token;

            visitor->probes += rst_story_info(token)->family == RST_FAMILY_PROBE;
            if (is_in_vain(flow, token))
                note_vain(&sweeps, census, flow, visitor);
        }
    }
    rst_keys_close(&targets);
    rst_keys_close(&sweeps.targets);
    rst_keys_close(&sweeps.rows);
    g_array_free(sweeps.length, TRUE);
    return visitors;
}

/* Few connections to each target, hardly any data, and hardly anything that was wanted. */
static void judge_visitor(visitor_t *visitor)
{
    bool empty = visitor->with_data * 10 <= visitor->flows;

    visitor->scans =
        empty && visitor->flows <= 3 * visitor->targets &&
        (visitor->targets >= SCAN_TARGETS || (visitor->probes >= PROBES_MIN && visitor->targets >= PROBED_MIN));
    /* Whatever else it does: no program that wants something tries so many ports of one host. */
    visitor->scans = visitor->scans || (visitor->sweep >= SWEEP_TARGETS && visitor->vain <= 3 * visitor->sweep);
    visitor->stranger = !visitor->scans && !visitor->with_data && visitor->flows <= 2 * visitor->targets;
}

/* How many targets do the strangers share among them, and does none of these stand out? */
static bool is_noise(const rst_problems_t *problems, const visitor_t *visitors, uint32_t *strangers)
{
    const rst_census_t *census = problems->census;
    rst_keys_t targets, hosts;
    GArray *probes = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    uint32_t most = 0, all = 0;
    bool noise;

    rst_keys_open(&targets);
    rst_keys_open(&hosts);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, rst_incident_at(census, i));
        uint32_t number;

        if (!visitors[flow->client].stranger)
            continue;
        rst_keys_is_new(&hosts, flow->client, 0);
        number = rst_keys_number(&targets, flow->server, flow->port);
        if (number == probes->len)
            g_array_set_size(probes, number + 1);
        most = MAX(most, ++g_array_index(probes, uint32_t, number));
        all++;
    }
    *strangers = hosts.count;
    g_array_free(probes, TRUE);
    rst_keys_close(&hosts);
    noise = targets.count >= NOISE_TARGETS && hosts.count >= NOISE_STRANGERS && most * 2 <= all;
    rst_keys_close(&targets);
    return noise;
}

static uint32_t scan_of(rst_problems_t *problems, uint32_t *scans, uint32_t client)
{
    if (!scans[client]) {
        scans[client] = rst_problem_new(problems, RST_BINDING_SCAN, RST_SCOPE_CLIENT);
        rst_problem_at(problems, scans[client] - 1)->remedy = RST_REMEDY_CLIENT;
    }
    return scans[client];
}

/* SYN-ACKs from many hosts, each of which was asked by somebody who used this address. */
static bool is_backscatter(const rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    rst_keys_t servers;
    uint32_t all = 0, distinct;

    rst_keys_open(&servers);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);

        if (rst_story_info(incident->token)->family != RST_FAMILY_STRAY)
            continue;
        rst_keys_is_new(&servers, rst_incident_flow(census, incident)->server, 0);
        all++;
    }
    distinct = servers.count;
    rst_keys_close(&servers);
    return distinct >= NOISE_TARGETS && all <= 2 * distinct;
}

/* The client opened it, neither side said anything, and the client reset it. */
static bool is_check(const rst_census_t *census, const rst_incident_t *incident)
{
    const rst_flow_t *flow = rst_incident_flow(census, incident);

    return incident->token == RST_CAUSE_APP_ABORT && incident->sender == RST_SENDER_CLIENT &&
           (flow->facts & RST_FLOW_BEGAN) && !(flow->facts & (RST_FLOW_CLIENT_DATA | RST_FLOW_SERVER_DATA));
}

/* A client that does so again and again only looks whether the service is there. */
static void set_checks_aside(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    GArray *checks = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    rst_keys_t pairs;

    rst_keys_open(&pairs);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < census->incidents->len; i++) {
            rst_incident_t *incident = rst_incident_at(census, i);
            const rst_flow_t *flow = rst_incident_flow(census, incident);
            uint32_t number;

            if (!is_check(census, incident))
                continue;
            number = rst_keys_number(&pairs, (uint64_t)flow->client << 32 | flow->server, flow->port);
            if (number >= checks->len)
                g_array_set_size(checks, number + 1);
            if (pass == 0)
                g_array_index(checks, uint32_t, number)++;
            else if (g_array_index(checks, uint32_t, number) >= CHECKS_MIN)
                incident->problem = RST_PROBLEM_CHECK;
        }
    }
    rst_keys_close(&pairs);
    g_array_free(checks, TRUE);
}

void rst_scans_find(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    visitor_t *visitors = look_at_visitors(census);
    uint32_t *scans = g_new0(uint32_t, census->addresses->len + 1);
    bool noise, backscatter = is_backscatter(problems);

    for (uint32_t i = 0; i < census->addresses->len; i++)
        judge_visitor(&visitors[i]);
    set_checks_aside(problems);
    noise = is_noise(problems, visitors, &problems->strangers);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        rst_incident_t *incident = rst_incident_at(census, i);
        const visitor_t *visitor = &visitors[rst_incident_flow(census, incident)->client];
        unsigned family = rst_story_info(incident->token)->family;

        if (incident->problem)
            continue;
        if (family == RST_FAMILY_STRAY ? backscatter : noise && visitor->stranger)
            incident->problem = RST_PROBLEM_NOISE;
        else if (family == RST_FAMILY_PROBE || (family == RST_FAMILY_OPEN && visitor->scans))
            incident->problem = scan_of(problems, scans, rst_incident_flow(census, incident)->client);
        problems->noise += incident->problem == RST_PROBLEM_NOISE;
    }
    if (!noise)
        problems->strangers = 0;
    g_free(scans);
    g_free(visitors);
}
