/* bundles.c
 * Bundling incidents by a key, and comparing them with the connections that went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/bundles.h"

#include <math.h>

#define CHANCE 0.01 /* connections that fail anywhere, for reasons of their own */

static void take_incident(rst_bundle_t *bundle, const rst_census_t *census, const rst_incident_t *incident)
{
    const rst_flow_t *flow = rst_incident_flow(census, incident);
    int64_t began = flow->first == RST_TIME_NONE ? incident->at.time : flow->first;

    if (!bundle->hits || began < bundle->first)
        bundle->first = began;
    if (!bundle->hits || incident->at.time > bundle->last)
        bundle->last = incident->at.time;
    bundle->hits++;
}

static void gather(rst_bundles_t *bundles, const rst_census_t *census, rst_select_t select, const void *what)
{
    rst_keys_t clients, services;

    rst_keys_open(&clients);
    rst_keys_open(&services);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);
        rst_key_t key;
        uint32_t number;

        bundles->of[i] = RST_NUMBER_NONE;
        if (!select(census, incident, what) || !rst_scope_has(flow, bundles->scope))
            continue;
        key = rst_scope_key(census, flow, bundles->scope);
        number = bundles->of[i] = rst_keys_number(&bundles->keys, key.a, key.b);
        if (number == bundles->bundle->len) {
            const rst_bundle_t bundle = {.example = i};

            g_array_append_val(bundles->bundle, bundle);
        }
        take_incident(rst_bundle_at(bundles, number), census, incident);
        rst_bundle_at(bundles, number)->clients += rst_keys_is_new(&clients, number, flow->client);
        rst_bundle_at(bundles, number)->services +=
            rst_keys_is_new(&services, number, (uint64_t)flow->port << 32 | flow->server);
    }
    rst_keys_close(&clients);
    rst_keys_close(&services);
}

static void count_flows(rst_bundles_t *bundles, const rst_census_t *census)
{
    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);
        rst_key_t key = rst_scope_key(census, flow, bundles->scope);
        uint32_t number = rst_keys_find(&bundles->keys, key.a, key.b);
        rst_bundle_t *bundle;

        if (number == RST_NUMBER_NONE)
            continue;
        bundle = rst_bundle_at(bundles, number);
        if (flow->first < bundle->first || flow->first > bundle->last)
            continue;
        bundle->flows++;
        bundle->failed += flow->incident != 0;
    }
}

void rst_bundles_open(rst_bundles_t *bundles, const rst_census_t *census, rst_scope_t scope, rst_select_t select,
                      const void *what)
{
    bundles->scope = scope;
    rst_keys_open(&bundles->keys);
    bundles->bundle = g_array_new(FALSE, FALSE, sizeof(rst_bundle_t));
    bundles->of = g_new(uint32_t, census->incidents->len + 1);
    gather(bundles, census, select, what);
    if (bundles->keys.count)
        count_flows(bundles, census);
}

void rst_bundles_close(rst_bundles_t *bundles)
{
    rst_keys_close(&bundles->keys);
    g_array_free(bundles->bundle, TRUE);
    g_free(bundles->of);
}

/* Logarithm of the likelihood of so many hits if each connection fails with this probability. */
static double likelihood(double hits, double flows, double share)
{
    double value = 0;

    if (hits > 0)
        value += hits * log(share);
    if (flows > hits)
        value += (flows - hits) * log(1 - share);
    return value;
}

double rst_bundle_gain(uint32_t hits, uint32_t flows)
{
    double all = MAX(hits, flows);
    double share = hits / all;

    return share <= CHANCE ? 0 : likelihood(hits, all, share) - likelihood(hits, all, CHANCE);
}

double rst_contrast(uint32_t hits, uint32_t flows, uint32_t other_hits, uint32_t other_flows)
{
    double all = MAX(hits, flows), others = MAX(other_hits, other_flows);
    double together;

    if (!others || !all || hits * others <= other_hits * all)
        return 0;
    together = ((double)hits + other_hits) / (all + others);
    return likelihood(hits, all, hits / all) + likelihood(other_hits, others, other_hits / others) -
           likelihood(hits + other_hits, all + others, together);
}
