/* devices.c
 * A device shows in the distance of its resets, whatever host they bear the address of. Those of one device that come
 * within a few seconds are one event: it has lost its connections, as when another one takes over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/devices.h"

#include "problems/stories.h"

#define EVENT_WIDTH (10 * RST_SECOND)
#define EVENT_MIN 5 /* incidents, and */
#define EVENT_SHARE 2 / 3
#define HOPS_UNKNOWN 255

/* What the device did: kinds that one event may show as. */
static unsigned kind_of(rst_token_t token)
{
    switch (token) {
    case RST_CAUSE_POLICY_RESET:
    case RST_CAUSE_INJECTED:
        return 1;
    case RST_CAUSE_DEVICE_IDLE_TIMEOUT:
        return 2;
    case RST_CAUSE_SESSION_FAILOVER:
        return 3;
    default:
        return 4 + token;
    }
}

/* Where a reset comes from; without its distance, the service stands for the place. */
static rst_key_t place_of(const rst_census_t *census, const rst_incident_t *incident, unsigned kind)
{
    const rst_flow_t *flow = rst_incident_flow(census, incident);

    if (incident->hops == HOPS_UNKNOWN)
        return (rst_key_t){(uint64_t)kind << 32 | flow->port, (uint64_t)1 << 63 | flow->server};
    return (rst_key_t){kind, incident->hops};
}

static bool is_open(const rst_incident_t *incident)
{
    return !incident->problem && rst_story_info(incident->token)->family == RST_FAMILY_DEVICE;
}

/* Incidents of one place, in the order of the file. */
typedef struct place {
    GArray *incidents; /* uint32_t */
} place_t;

static void close_place(void *data)
{
    g_array_free(((place_t *)data)->incidents, TRUE);
}

static GArray *gather(const rst_census_t *census, bool by_kind)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(place_t));
    rst_keys_t keys;

    g_array_set_clear_func(places, close_place);
    rst_keys_open(&keys);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        rst_key_t key;
        uint32_t number;

        if (!is_open(incident))
            continue;
        key = place_of(census, incident, by_kind ? kind_of(incident->token) : 0);
        number = rst_keys_number(&keys, key.a, key.b);
        if (number == places->len) {
            const place_t place = {g_array_new(FALSE, FALSE, sizeof(uint32_t))};

            g_array_append_val(places, place);
        }
        g_array_append_val(g_array_index(places, place_t, number).incidents, i);
    }
    rst_keys_close(&keys);
    return places;
}

static const rst_incident_t *nth(const rst_census_t *census, const GArray *incidents, uint32_t n)
{
    return rst_incident_at(census, g_array_index(incidents, uint32_t, n));
}

/* The longest run within EVENT_WIDTH; *first = where it begins. */
static uint32_t densest(const rst_census_t *census, const GArray *incidents, uint32_t *first)
{
    uint32_t best = 0, low = 0;

    for (uint32_t high = 0; high < incidents->len; high++) {
        int64_t elapsed;

        while (low < high) {
            elapsed = rst_elapsed(nth(census, incidents, low)->at, nth(census, incidents, high)->at);
            if (elapsed != RST_TIME_NONE && elapsed <= EVENT_WIDTH)
                break;
            low++;
        }
        if (high - low + 1 > best) {
            best = high - low + 1;
            *first = low;
        }
    }
    return best;
}

static bool several_ends(const rst_census_t *census, const GArray *incidents, uint32_t first, uint32_t count)
{
    const rst_flow_t *one = rst_incident_flow(census, nth(census, incidents, first));
    bool clients = false, servers = false;

    for (uint32_t i = first; i < first + count; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, nth(census, incidents, i));

        clients = clients || flow->client != one->client;
        servers = servers || flow->server != one->server;
    }
    return clients && servers;
}

/* One event that hit connections of several clients with several servers. */
static void find_event(rst_problems_t *problems, const GArray *incidents)
{
    uint32_t first = 0;
    uint32_t count = densest(problems->census, incidents, &first);
    uint32_t problem;

    if (count < EVENT_MIN || count < incidents->len * EVENT_SHARE ||
        !several_ends(problems->census, incidents, first, count))
        return;
    problem = rst_problem_new(problems, RST_BINDING_DEVICE, RST_SCOPE_SERVICE);
    rst_problem_at(problems, problem - 1)->token = RST_CAUSE_SESSION_FAILOVER;
    for (uint32_t i = first; i < first + count; i++)
        rst_incident_at(problems->census, g_array_index(incidents, uint32_t, i))->problem = problem;
}

static void bind_place(rst_problems_t *problems, const GArray *incidents)
{
    const rst_census_t *census = problems->census;
    uint32_t problem = rst_problem_new(problems, RST_BINDING_SERVICE, RST_SCOPE_SERVICE);
    const rst_flow_t *one = rst_incident_flow(census, nth(census, incidents, 0));

    for (uint32_t i = 0; i < incidents->len; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, nth(census, incidents, i));

        if (flow->server != one->server || flow->port != one->port)
            rst_problem_at(problems, problem - 1)->binding = RST_BINDING_DEVICE;
        rst_incident_at(problems->census, g_array_index(incidents, uint32_t, i))->problem = problem;
    }
}

void rst_devices_find(rst_problems_t *problems)
{
    GArray *places = gather(problems->census, false);

    for (uint32_t i = 0; i < places->len; i++)
        find_event(problems, g_array_index(places, place_t, i).incidents);
    g_array_free(places, TRUE);
    places = gather(problems->census, true);
    for (uint32_t i = 0; i < places->len; i++)
        bind_place(problems, g_array_index(places, place_t, i).incidents);
    g_array_free(places, TRUE);
}
