/* relays.c
 * A proxy that aborts a connection each time right after the other leg was reset passes on what happened there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/relays.h"

#include <string.h>

#include "problems/stories.h"

#define RELAYS_MIN 3                     /* between the same services; fewer may be chance */
#define RELAY_MAX (20 * RST_MILLISECOND) /* a proxy passes on a refusal at least this fast */

/* Does the sender only pass it on? */
static bool may_follow(const rst_incident_t *incident)
{
    unsigned family = rst_story_info(incident->token)->family;

    return !incident->problem &&
           (family == RST_FAMILY_ABORT || family == RST_FAMILY_TIMER || family == RST_FAMILY_CLOSE);
}

/* What the sender of a reset had just met on the other leg: a reset, or a refusal while it was the client there. NULL
 * if there is none. latest: by number of the address, its last refusal + 1. */
static const rst_incident_t *before(const rst_census_t *census, const rst_incident_t *incident, const uint32_t *latest)
{
    const rst_incident_t *other = incident->relayed ? rst_census_find(census, incident->relayed) : NULL;
    uint32_t refusal = latest[rst_incident_flow(census, incident)->server];

    if (!may_follow(incident))
        return NULL;
    if (!other && incident->sender == RST_SENDER_SERVER && refusal) {
        int64_t lag = rst_elapsed(rst_incident_at(census, refusal - 1)->at, incident->at);

        if (lag != RST_TIME_NONE && lag <= RELAY_MAX)
            other = rst_incident_at(census, refusal - 1);
    }
    return other && !other->problem && rst_story_info(other->token)->family != RST_FAMILY_NONE ? other : NULL;
}

static uint32_t pair_of(rst_keys_t *services, rst_keys_t *pairs, const rst_flow_t *flow, const rst_flow_t *other)
{
    uint32_t front = rst_keys_number(services, flow->port, flow->server);

    return rst_keys_number(pairs, front, rst_keys_number(services, other->port, other->server));
}

void rst_relays_set_aside(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    GArray *relays = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    uint32_t *latest = g_new0(uint32_t, census->addresses->len + 1);
    rst_keys_t services, pairs;

    rst_keys_open(&services);
    rst_keys_open(&pairs);
    for (unsigned pass = 0; pass < 2; pass++) {
        memset(latest, 0, census->addresses->len * sizeof latest[0]);
        for (uint32_t i = 0; i < census->incidents->len; i++) {
            rst_incident_t *incident = rst_incident_at(census, i);
            const rst_incident_t *other = before(census, incident, latest);
            uint32_t pair;

            if (rst_story_info(incident->token)->family == RST_FAMILY_OPEN)
                latest[rst_incident_flow(census, incident)->client] = i + 1;
            if (!other)
                continue;
            pair = pair_of(&services, &pairs, rst_incident_flow(census, incident), rst_incident_flow(census, other));
            if (pair >= relays->len)
                g_array_set_size(relays, pair + 1);
            if (pass == 0)
                g_array_index(relays, uint32_t, pair)++;
            else if (g_array_index(relays, uint32_t, pair) >= RELAYS_MIN)
                incident->problem = RST_PROBLEM_RELAYED;
        }
    }
    rst_keys_close(&services);
    rst_keys_close(&pairs);
    g_array_free(relays, TRUE);
    g_free(latest);
}
