/* relays.c
 * A proxy that aborts a connection each time right after the other leg was reset passes on what happened there; and so
 * does one that aborts what it left waiting since the moment at which it turned to a server that failed it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/relays.h"

#include <stdlib.h>
#include <string.h>

#include "problems/stories.h"

#define RELAYS_MIN 3                     /* between the same services; fewer may be chance */
#define RELAY_MAX (20 * RST_MILLISECOND) /* a proxy passes on a refusal at least this fast */
#define WAIT_MIN RST_SECOND              /* a proxy waits for its server longer than that */
#define WOKEN (50 * RST_MILLISECOND)     /* between a request and its other leg: a lookup, a delayed ACK */
#define TURNS_MAX 16                     /* in that time, of one host */

/* When a host turned to a server that failed it: its connection began there, or became silent. */
typedef struct turn {
    uint32_t host;
    uint32_t incident;
    int64_t at;
} turn_t;

/* Does the sender only pass it on? */
static bool may_follow(const rst_incident_t *incident)
{
    unsigned family = rst_story_info(incident->token)->family;

    return !incident->problem &&
           (family == RST_FAMILY_ABORT || family == RST_FAMILY_TIMER || family == RST_FAMILY_CLOSE);
}

/* Another proxy may only have passed it on in its turn. */
static bool is_a_cause(const rst_incident_t *other)
{
    return (!other->problem || other->problem == RST_PROBLEM_RELAYED) &&
           rst_story_info(other->token)->family != RST_FAMILY_NONE;
}

static int compare_turns(const void *left, const void *right)
{
    const turn_t *a = left, *b = right;

    if (a->host != b->host)
        return a->host < b->host ? -1 : 1;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->incident < b->incident ? -1 : a->incident > b->incident;
}

static bool is_long(int64_t silence)
{
    return silence != RST_TIME_NONE && silence >= WAIT_MIN;
}

static void add_turn(GArray *turns, uint32_t host, uint32_t incident, int64_t at)
{
    const turn_t turn = {host, incident, at};

    g_array_append_val(turns, turn);
}

static GArray *find_turns(const rst_census_t *census)
{
    GArray *turns = g_array_new(FALSE, FALSE, sizeof(turn_t));

    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);

        if (rst_story_info(incident->token)->family == RST_FAMILY_NONE)
            continue;
        if ((flow->facts & RST_FLOW_BEGAN) && flow->first != RST_TIME_NONE)
            add_turn(turns, flow->client, i, flow->first);
        if (is_long(incident->silence) && incident->at.time != RST_TIME_NONE)
            add_turn(turns, flow->client, i, rst_time_sub(incident->at.time, incident->silence));
    }
    g_array_sort(turns, compare_turns);
    return turns;
}

/* Did the server let its client wait, and then abort? */
static bool has_waited(const rst_incident_t *incident)
{
    return may_follow(incident) && incident->sender == RST_SENDER_SERVER && is_long(incident->silence) &&
           incident->at.time != RST_TIME_NONE;
}

/* What its sender turned to when the connection became silent, and what had failed by its end; NULL if there is none.
 */
static const rst_incident_t *waited_for(const rst_census_t *census, const rst_incident_t *incident, const GArray *turns)
{
    uint32_t host = rst_incident_flow(census, incident)->server;
    int64_t quiet = rst_time_sub(incident->at.time, incident->silence);
    int64_t latest = rst_time_add(incident->at.time, WOKEN);
    uint32_t low = 0, high = turns->len;
    const turn_t wanted = {host, 0, rst_time_sub(quiet, WOKEN)};

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (compare_turns(&g_array_index(turns, turn_t, middle), &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    high = MIN(low + TURNS_MAX, turns->len);
    for (; low < high; low++) {
        const turn_t *turn = &g_array_index(turns, turn_t, low);
        const rst_incident_t *other = rst_incident_at(census, turn->incident);

        if (turn->host != host || turn->at > rst_time_add(quiet, WOKEN))
            return NULL;
        if (is_a_cause(other) && other->flow != incident->flow && other->at.time <= latest)
            return other;
    }
    return NULL;
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
    return other && is_a_cause(other) ? other : NULL;
}

static uint32_t pair_of(rst_keys_t *services, rst_keys_t *pairs, const rst_flow_t *flow, const rst_flow_t *other)
{
    uint32_t front = rst_keys_number(services, flow->port, flow->server);

    return rst_keys_number(pairs, front, rst_keys_number(services, other->port, other->server));
}

static uint32_t *count_at(GArray *counts, uint32_t number)
{
    if (number >= counts->len)
        g_array_set_size(counts, number + 1);
    return &g_array_index(counts, uint32_t, number);
}

/* Most of what a service let wait and aborted must have waited for something that failed: else it may be chance. */
static void set_waiting_aside(const rst_census_t *census)
{
    GArray *turns = find_turns(census);
    GArray *all = g_array_new(FALSE, TRUE, sizeof(uint32_t)), *met = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    GArray *relays = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    rst_keys_t services, pairs;

    rst_keys_open(&services);
    rst_keys_open(&pairs);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < census->incidents->len; i++) {
            rst_incident_t *incident = rst_incident_at(census, i);
            const rst_flow_t *flow = rst_incident_flow(census, incident);
            const rst_incident_t *other;
            uint32_t front, pair;

            if (!has_waited(incident))
                continue;
            front = rst_keys_number(&services, flow->port, flow->server);
            *count_at(all, front) += pass == 0;
            other = waited_for(census, incident, turns);
            if (!other)
                continue;
            pair = pair_of(&services, &pairs, flow, rst_incident_flow(census, other));
            *count_at(met, front) += pass == 0;
            *count_at(relays, pair) += pass == 0;
            if (pass == 1 && *count_at(relays, pair) >= RELAYS_MIN &&
                *count_at(met, front) * 2 >= *count_at(all, front))
                incident->problem = RST_PROBLEM_RELAYED;
        }
    }
    rst_keys_close(&services);
    rst_keys_close(&pairs);
    g_array_free(relays, TRUE);
    g_array_free(met, TRUE);
    g_array_free(all, TRUE);
    g_array_free(turns, TRUE);
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
            if (pass == 0)
                ++*count_at(relays, pair);
            else if (*count_at(relays, pair) >= RELAYS_MIN)
                incident->problem = RST_PROBLEM_RELAYED;
        }
    }
    rst_keys_close(&services);
    rst_keys_close(&pairs);
    g_array_free(relays, TRUE);
    g_free(latest);
    set_waiting_aside(census);
}
