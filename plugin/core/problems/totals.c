/* totals.c
 * Every connection is looked up under each of its keys, so the work does not depend on how many problems there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/totals.h"

#include <string.h>

#include "problems/stories.h"

#define SHARERS_MAX 64 /* problems of which one key may be part: more leave the later ones without totals */
#define ALL_FAIL 0.8   /* the rest began before or after */

/* Which problems a key belongs to. */
typedef struct sharer {
    uint32_t problem, next; /* index of the next one + 1 */
    uint32_t length;        /* of the list, in its first element */
} sharer_t;

typedef struct index {
    rst_keys_t keys;
    GArray *first;   /* uint32_t, by number of the key: index of the first sharer + 1 */
    GArray *sharers; /* sharer_t */
    bool used[RST_SCOPE_COUNT];
} index_t;

static void order_incidents(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    uint32_t start = 0;

    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);

        if (rst_incident_is_listed(incident))
            rst_problem_at(problems, incident->problem - 1)->hits++;
    }
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        rst_problem_t *problem = rst_problem_at(problems, i);

        problem->start = start;
        start += problem->hits;
        problem->hits = 0;
    }
    problems->order = g_new(uint32_t, start + 1);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        rst_problem_t *problem;

        if (!rst_incident_is_listed(incident))
            continue;
        problem = rst_problem_at(problems, incident->problem - 1);
        problems->order[problem->start + problem->hits++] = i;
    }
}

static void add_key(index_t *index, rst_key_t key, uint32_t problem)
{
    uint32_t number = rst_keys_number(&index->keys, key.a, key.b);
    sharer_t sharer = {.problem = problem, .length = 1};
    uint32_t *first;

    if (number == index->first->len)
        g_array_set_size(index->first, number + 1);
    first = &g_array_index(index->first, uint32_t, number);
    if (*first) {
        const sharer_t *latest = &g_array_index(index->sharers, sharer_t, *first - 1);

        if (latest->problem == problem || latest->length >= SHARERS_MAX)
            return;
        sharer.next = *first;
        sharer.length = latest->length + 1;
    }
    g_array_append_val(index->sharers, sharer);
    *first = index->sharers->len;
}

static void index_open(index_t *index, const rst_problems_t *problems)
{
    memset(index, 0, sizeof *index);
    rst_keys_open(&index->keys);
    index->first = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    index->sharers = g_array_new(FALSE, FALSE, sizeof(sharer_t));
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, i);

        index->used[problem->scope] = true;
        for (uint32_t k = 0; k < problem->hits; k++) {
            const rst_incident_t *incident = rst_incident_at(problems->census, problems->order[problem->start + k]);
            const rst_flow_t *flow = rst_incident_flow(problems->census, incident);

            add_key(index, rst_scope_key(problems->census, flow, (rst_scope_t)problem->scope), i);
        }
    }
}

static void index_close(index_t *index)
{
    rst_keys_close(&index->keys);
    g_array_free(index->first, TRUE);
    g_array_free(index->sharers, TRUE);
}

/* Distinct clients, servers and services. */
static void count_distinct(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    rst_keys_t clients, servers, services;

    rst_keys_open(&clients);
    rst_keys_open(&servers);
    rst_keys_open(&services);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);
        rst_problem_t *problem;
        uint64_t number;

        if (!rst_incident_is_listed(incident))
            continue;
        number = (uint64_t)incident->problem << 32;
        problem = rst_problem_at(problems, incident->problem - 1);
        problem->clients += rst_keys_is_new(&clients, incident->problem, flow->client);
        problem->servers += rst_keys_is_new(&servers, incident->problem, flow->server);
        problem->services += rst_keys_is_new(&services, number | flow->port, flow->server);
    }
    rst_keys_close(&clients);
    rst_keys_close(&servers);
    rst_keys_close(&services);
}

static void take_times(rst_problems_t *problems)
{
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        rst_problem_t *problem = rst_problem_at(problems, i);

        problem->first = problem->last = RST_TIME_NONE;
        for (uint32_t k = 0; k < problem->hits; k++) {
            int64_t at = rst_incident_at(problems->census, problems->order[problem->start + k])->at.time;

            if (at == RST_TIME_NONE)
                continue;
            problem->first = problem->first == RST_TIME_NONE ? at : MIN(problem->first, at);
            problem->last = problem->last == RST_TIME_NONE ? at : MAX(problem->last, at);
        }
    }
}

static bool is_opening(const rst_incident_t *incident)
{
    return rst_story_info(incident->token)->family == RST_FAMILY_OPEN;
}

/* Did it go well, as far as the problem is concerned? Who was accepted was not refused, even if it failed later. */
static bool is_fine(const rst_problems_t *problems, const rst_problem_t *problem, const rst_flow_t *flow)
{
    const rst_census_t *census = problems->census;

    if (!flow->incident)
        return true;
    return (flow->facts & RST_FLOW_ANSWERED) && !is_opening(rst_incident_at(census, flow->incident - 1)) &&
           is_opening(rst_incident_at(census, problems->order[problem->start]));
}

static void count_flow(rst_problems_t *problems, const index_t *index, const rst_flow_t *flow, rst_scope_t scope,
                       uint32_t *fine_since)
{
    rst_key_t key = rst_scope_key(problems->census, flow, scope);
    uint32_t number = rst_keys_find(&index->keys, key.a, key.b);
    uint32_t incident = flow->incident ? rst_incident_at(problems->census, flow->incident - 1)->problem : 0;

    if (number == RST_NUMBER_NONE)
        return;
    for (uint32_t at = g_array_index(index->first, uint32_t, number); at;) {
        const sharer_t *sharer = &g_array_index(index->sharers, sharer_t, at - 1);
        rst_problem_t *problem = rst_problem_at(problems, sharer->problem);

        problem->total++;
        problem->without_start += !(flow->facts & RST_FLOW_BEGAN);
        problem->in_period += flow->first <= problem->last && flow->last >= problem->first;
        if (incident == sharer->problem + 1)
            fine_since[sharer->problem] = 0; /* since the latest one that failed, in the order in which they began */
        else
            fine_since[sharer->problem] += is_fine(problems, problem, flow);
        at = sharer->next;
    }
}

/* A scan, or connections that were lost at once: nobody tried again, and nobody has to. */
static bool is_event(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_incident_t *one = rst_incident_at(problems->census, problems->order[problem->start]);
    unsigned family = rst_story_info(one->token)->family;

    return problem->binding == RST_BINDING_SCAN || family == RST_FAMILY_STATE ||
           problem->token == RST_CAUSE_SESSION_FAILOVER;
}

/* Where only some fail, three times as many in a row that do not are the end of it. */
static rst_ongoing_t ongoing_of(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t fine_since)
{
    if (!problem->hits)
        return RST_ONGOING_UNKNOWN;
    if (is_event(problems, problem))
        return fine_since ? RST_ONGOING_NO : RST_ONGOING_UNKNOWN;
    if (problem->hits >= ALL_FAIL * problem->in_period)
        return fine_since ? RST_ONGOING_NO : RST_ONGOING_YES;
    return (uint64_t)fine_since * problem->hits > 3 * (uint64_t)problem->in_period ? RST_ONGOING_NO : RST_ONGOING_YES;
}

void rst_totals_count(rst_problems_t *problems)
{
    uint32_t *fine_since = g_new0(uint32_t, problems->problem->len + 1);
    index_t index;

    order_incidents(problems);
    count_distinct(problems);
    take_times(problems);
    index_open(&index, problems);
    for (uint32_t i = 0; i < problems->census->flows->len; i++) {
        for (unsigned scope = 0; scope < RST_SCOPE_COUNT; scope++) {
            if (index.used[scope])
                count_flow(problems, &index, rst_flow_at(problems->census, i), (rst_scope_t)scope, fine_since);
        }
    }
    for (uint32_t i = 0; i < problems->problem->len; i++)
        rst_problem_at(problems, i)->ongoing =
            (uint8_t)ongoing_of(problems, rst_problem_at(problems, i), fine_since[i]);
    index_close(&index);
    g_free(fine_since);
}
