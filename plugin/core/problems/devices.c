/* devices.c
 * A device shows in the distance of its resets, whatever host they bear the address of. Those of one device that come
 * within a few seconds are one event: it has lost its connections, as when another one takes over.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/devices.h"

#include <string.h>

#include "problems/alike.h"
#include "problems/same_device.h"
#include "problems/scope.h"
#include "problems/stories.h"

#define EVENT_MIN 5 /* incidents, and */
#define EVENT_SHARE 2 / 3
#define SAME_TIMER 40 /* one part in so many */

static unsigned kind_of(rst_token_t token)
{
    switch (token) {
    case RST_CAUSE_POLICY_RESET:
    case RST_CAUSE_INJECTED:
        return RST_DEVICE_POLICY;
    case RST_CAUSE_DEVICE_IDLE_TIMEOUT:
        return RST_DEVICE_IDLE;
    case RST_CAUSE_SESSION_FAILOVER:
        return RST_DEVICE_FAILOVER;
    default:
        return RST_DEVICE_OTHER + token;
    }
}

/* Where a reset comes from; without its TTL, the service stands for the place. */
static rst_key_t place_of(const rst_census_t *census, const rst_incident_t *incident, unsigned kind)
{
    const rst_flow_t *flow = rst_incident_flow(census, incident);

    if (!incident->ttl)
        return (rst_key_t){(uint64_t)kind << 32 | flow->port, (uint64_t)1 << 63 | flow->server};
    return (rst_key_t){kind, incident->ttl};
}

/* The shortest and the longest silence before a timeout, by TTL of its reset. */
typedef struct silences {
    int64_t low[256], high[256];
} silences_t;

static void note_silences(const rst_census_t *census, silences_t *silences)
{
    memset(silences, 0, sizeof *silences);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        int64_t *low = &silences->low[incident->ttl];

        if (incident->token != RST_CAUSE_DEVICE_IDLE_TIMEOUT || incident->silence == RST_TIME_NONE || !incident->ttl)
            continue;
        *low = *low ? MIN(*low, incident->silence) : incident->silence;
        silences->high[incident->ttl] = MAX(silences->high[incident->ttl], incident->silence);
    }
}

/* After the same silence, from the same place, it is the same timer; and so it is where the silence is not known. */
static unsigned kind_here(const rst_census_t *census, const rst_incident_t *incident, const silences_t *silences)
{
    int64_t low = silences->low[incident->ttl], high = silences->high[incident->ttl];

    if (low && incident->silence == RST_TIME_NONE && !(rst_incident_flow(census, incident)->facts & RST_FLOW_BEGAN))
        return kind_of(RST_CAUSE_DEVICE_IDLE_TIMEOUT);

    if (low >= RST_SECOND && rst_is_alike(incident->silence, low, high, SAME_TIMER))
        return kind_of(RST_CAUSE_DEVICE_IDLE_TIMEOUT);
    return kind_of(incident->token);
}

/* A connection that is not known any more may have been forgotten by the device as well as by the host. */
static bool is_open(const rst_incident_t *incident, bool by_kind)
{
    return !incident->problem && (rst_story_info(incident->token)->family == RST_FAMILY_DEVICE ||
                                  (!by_kind && incident->token == RST_CAUSE_NO_CONNECTION && incident->ttl));
}

/* Incidents of one place, in the order of the file. */
typedef struct place {
    GArray *incidents; /* uint32_t */
    unsigned kind;
} place_t;

static void close_place(void *data)
{
    g_array_free(((place_t *)data)->incidents, TRUE);
}

static GArray *gather(const rst_census_t *census, bool by_kind)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(place_t));
    silences_t silences;
    rst_keys_t keys;

    note_silences(census, &silences);
    g_array_set_clear_func(places, close_place);
    rst_keys_open(&keys);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        unsigned kind = by_kind ? kind_here(census, incident, &silences) : 0;
        rst_key_t key;
        uint32_t number;

        if (!is_open(incident, by_kind))
            continue;
        key = place_of(census, incident, kind);
        number = rst_keys_number(&keys, key.a, key.b);
        if (number == places->len) {
            const place_t place = {g_array_new(FALSE, FALSE, sizeof(uint32_t)), kind};

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

/* The longest run within RST_EVENT_WIDTH; *first = where it begins. */
static uint32_t densest(const rst_census_t *census, const GArray *incidents, uint32_t *first)
{
    uint32_t best = 0, low = 0;

    for (uint32_t high = 0; high < incidents->len; high++) {
        int64_t elapsed;

        while (low < high) {
            elapsed = rst_elapsed(nth(census, incidents, low)->at, nth(census, incidents, high)->at);
            if (elapsed != RST_TIME_NONE && elapsed <= RST_EVENT_WIDTH)
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

/* Of several clients and servers, at least half of them surely of a device, and nearly all of connections that existed
 * before. */
static bool is_event(const rst_census_t *census, const GArray *incidents, uint32_t first, uint32_t count)
{
    uint32_t sure = 0, alive = 0;
    int64_t begins = nth(census, incidents, first)->at.time;

    const rst_flow_t *one = rst_incident_flow(census, nth(census, incidents, first));
    bool clients = false, servers = false;

    for (uint32_t i = first; i < first + count; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, nth(census, incidents, i));

        clients = clients || flow->client != one->client;
        servers = servers || flow->server != one->server;
        alive += flow->first < begins || !(flow->facts & RST_FLOW_BEGAN);
        sure += rst_story_info(nth(census, incidents, i)->token)->family == RST_FAMILY_DEVICE;
    }
    return clients && servers && sure * 2 >= count && alive * 5 >= count * 4;
}

/* One event that hit connections of several clients with several servers. */
static void find_event(rst_problems_t *problems, const GArray *incidents)
{
    uint32_t first = 0;
    uint32_t count = densest(problems->census, incidents, &first);
    uint32_t problem;

    if (count < EVENT_MIN || count < incidents->len * EVENT_SHARE ||
        !is_event(problems->census, incidents, first, count))
        return;
    problem = rst_problem_new(problems, RST_BINDING_DEVICE, RST_SCOPE_SERVICE);
    rst_problem_at(problems, problem - 1)->token = RST_CAUSE_SESSION_FAILOVER;
    for (uint32_t i = first; i < first + count; i++)
        rst_incident_at(problems->census, g_array_index(incidents, uint32_t, i))->problem = problem;
}

/* How many connections there are for each name and for each service. */
typedef struct crowd {
    rst_keys_t keys;
    GArray *count; /* uint32_t */
} crowd_t;

static void crowd_count(crowd_t *crowd, rst_key_t key)
{
    uint32_t number = rst_keys_number(&crowd->keys, key.a, key.b);

    if (number >= crowd->count->len)
        g_array_set_size(crowd->count, number + 1);
    g_array_index(crowd->count, uint32_t, number)++;
}

static void crowd_open(crowd_t *crowd, const rst_census_t *census)
{
    rst_keys_open(&crowd->keys);
    crowd->count = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    for (uint32_t i = 0; census->names->len && i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);

        if (flow->name)
            crowd_count(crowd, rst_scope_key(census, flow, RST_SCOPE_NAME));
        crowd_count(crowd, rst_scope_key(census, flow, RST_SCOPE_SERVICE));
    }
}

static void crowd_close(crowd_t *crowd)
{
    rst_keys_close(&crowd->keys);
    g_array_free(crowd->count, TRUE);
}

static uint32_t crowd_of(const crowd_t *crowd, rst_key_t key)
{
    uint32_t number = rst_keys_find(&crowd->keys, key.a, key.b);

    return number == RST_NUMBER_NONE ? 0 : g_array_index(crowd->count, uint32_t, number);
}

/* Did all ask for one name, where others ask these servers for other names? */
static bool is_about_name(const rst_census_t *census, const crowd_t *crowd, const GArray *incidents)
{
    const rst_flow_t *one = rst_incident_flow(census, nth(census, incidents, 0));
    uint64_t all = 0;
    rst_keys_t seen;

    rst_keys_open(&seen);
    for (uint32_t i = 0; i < incidents->len; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, nth(census, incidents, i));

        if (flow->name != one->name) {
            all = 0;
            break;
        }
        if (rst_keys_is_new(&seen, flow->port, flow->server))
            all += crowd_of(crowd, rst_scope_key(census, flow, RST_SCOPE_SERVICE));
    }
    rst_keys_close(&seen);
    return one->name && all > crowd_of(crowd, rst_scope_key(census, one, RST_SCOPE_NAME));
}

static rst_device_t bind_place(rst_problems_t *problems, const crowd_t *crowd, const place_t *place)
{
    const rst_census_t *census = problems->census;
    const GArray *incidents = place->incidents;
    bool name = is_about_name(census, crowd, incidents);
    uint32_t problem = rst_problem_new(problems, name ? RST_BINDING_NAME : RST_BINDING_SERVICE,
                                       name ? RST_SCOPE_NAME : RST_SCOPE_SERVICE);
    const rst_flow_t *one = rst_incident_flow(census, nth(census, incidents, 0));

    if (place->kind == RST_DEVICE_IDLE) /* most may have become silent before the capture began */
        rst_problem_at(problems, problem - 1)->token = RST_CAUSE_DEVICE_IDLE_TIMEOUT;
    for (uint32_t i = 0; i < incidents->len; i++) {
        const rst_flow_t *flow = rst_incident_flow(census, nth(census, incidents, i));

        if (!name && (flow->server != one->server || flow->port != one->port))
            rst_problem_at(problems, problem - 1)->binding = RST_BINDING_DEVICE;
        rst_incident_at(problems->census, g_array_index(incidents, uint32_t, i))->problem = problem;
    }
    return (rst_device_t){.kind = place->kind,
                          .name = name ? one->name : 0,
                          .incident = g_array_index(incidents, uint32_t, 0),
                          .count = incidents->len};
}

static void bind_places(rst_problems_t *problems)
{
    GArray *places = gather(problems->census, true);
    GArray *devices = g_array_sized_new(FALSE, FALSE, sizeof(rst_device_t), places->len);
    uint32_t from = problems->problem->len;
    crowd_t crowd;

    crowd_open(&crowd, problems->census);
    for (uint32_t i = 0; i < places->len; i++) {
        const rst_device_t device = bind_place(problems, &crowd, &g_array_index(places, place_t, i));

        g_array_append_val(devices, device);
    }
    crowd_close(&crowd);
    rst_same_device_join(problems, from, devices);
    g_array_free(devices, TRUE);
    g_array_free(places, TRUE);
}

void rst_devices_find(rst_problems_t *problems)
{
    GArray *places = gather(problems->census, false);

    for (uint32_t i = 0; i < places->len; i++)
        find_event(problems, g_array_index(places, place_t, i).incidents);
    g_array_free(places, TRUE);
    bind_places(problems);
}
