/* bundles.h
 * Incidents that have something in common, and how many connections have it too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BUNDLES_H
#define RST_BUNDLES_H

#include "problems/scope.h"

typedef struct rst_bundle {
    uint32_t hits;              /* incidents */
    uint32_t flows;             /* connections that began while they lasted */
    uint32_t failed;            /* of these, those that failed for whatever reason */
    uint32_t clients, services; /* of the incidents, distinct */
    uint32_t example;           /* the first incident */
    int64_t first, last;        /* from the beginning of the first to the last deciding frame */
} rst_bundle_t;

typedef struct rst_bundles {
    rst_scope_t scope;
    rst_keys_t keys;
    GArray *bundle; /* rst_bundle_t, by number of the key */
    uint32_t *of;   /* by number of the incident: its bundle, or RST_NUMBER_NONE */
} rst_bundles_t;

/* Is the incident to be bundled? */
typedef bool (*rst_select_t)(const rst_census_t *census, const rst_incident_t *incident, const void *what);

void rst_bundles_open(rst_bundles_t *bundles, const rst_census_t *census, rst_scope_t scope, rst_select_t select,
                      const void *what);
void rst_bundles_close(rst_bundles_t *bundles);

static inline rst_bundle_t *rst_bundle_at(const rst_bundles_t *bundles, uint32_t number)
{
    return &g_array_index(bundles->bundle, rst_bundle_t, number);
}

/* How much better the incidents are explained by what a bundle has in common than by chance, in nats: many hits, and
 * few connections that went well. */
double rst_bundle_gain(uint32_t hits, uint32_t flows);

/* The same for a part against the rest; 0 if the part does not fail more often. */
double rst_contrast(uint32_t hits, uint32_t flows, uint32_t other_hits, uint32_t other_flows);

#endif
