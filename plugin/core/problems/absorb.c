/* absorb.c
 * Grouping corrects single verdicts, but only those that were not sure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/absorb.h"

#include <stdlib.h>

#include "problems/alike.h"
#include "problems/stories.h"

#define SAME_TIMER 40            /* one part in so many */
#define TIMER_MIN RST_SECOND     /* shorter silences are alike by chance */
#define UNCLEAR 60               /* percent: below, a verdict may be corrected */
#define AROUND (60 * RST_SECOND) /* before the first and after the last of those that are clear */
#define CLEAR_MIN 3
#define STALLED (5 * RST_SECOND)

static bool is_timer(rst_token_t token)
{
    unsigned family = rst_story_info(token)->family;

    return family == RST_FAMILY_TIMER || family == RST_FAMILY_ABORT;
}

/* The silences of a device's timeouts, by service. */
typedef struct timer {
    uint32_t problem;
    int64_t low, high;
} same_timer_t;

static uint32_t service_of(rst_keys_t *services, const rst_flow_t *flow)
{
    return rst_keys_number(services, flow->port, flow->server);
}

void rst_absorb_timers(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    GArray *timers = g_array_new(FALSE, TRUE, sizeof(same_timer_t));
    rst_keys_t services;

    rst_keys_open(&services);
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < census->incidents->len; i++) {
            rst_incident_t *incident = rst_incident_at(census, i);
            const rst_flow_t *flow = rst_incident_flow(census, incident);
            uint32_t number;
            same_timer_t *timer;

            if (incident->silence == RST_TIME_NONE || incident->silence < TIMER_MIN)
                continue;
            if (pass == 0 ? incident->token != RST_CAUSE_DEVICE_IDLE_TIMEOUT
                          : incident->problem || !is_timer(incident->token))
                continue;
            number = service_of(&services, flow);
            if (number >= timers->len)
                g_array_set_size(timers, number + 1);
            timer = &g_array_index(timers, same_timer_t, number);
            if (pass == 0) {
                timer->problem = incident->problem;
                timer->low = timer->low ? MIN(timer->low, incident->silence) : incident->silence;
                timer->high = MAX(timer->high, incident->silence);
            } else if (timer->problem && rst_is_alike(incident->silence, timer->low, timer->high, SAME_TIMER)) {
                incident->problem = timer->problem;
            }
        }
    }
    rst_keys_close(&services);
    g_array_free(timers, TRUE);
}

/* What a packet loss or a device makes of connections of which the capture shows too little. */
typedef struct known_place {
    uint32_t problem; /* + 1; RST_PROBLEM_NOISE = several */
    uint32_t clear;
    int64_t first, last;
} known_place_t;

static bool is_unclear(const rst_incident_t *incident)
{
    unsigned family = rst_story_info(incident->token)->family;

    return incident->confidence < UNCLEAR &&
           (family == RST_FAMILY_NONE || family == RST_FAMILY_ABORT || family == RST_FAMILY_TIMER);
}

static bool explains(const rst_incident_t *incident)
{
    unsigned family = rst_story_info(incident->token)->family;

    return family == RST_FAMILY_LOST || family == RST_FAMILY_DEVICE || family == RST_FAMILY_STATE ||
           family == RST_FAMILY_DIED || family == RST_FAMILY_STALL;
}

static void note_clear(known_place_t *place, const rst_incident_t *incident)
{
    if (!place->clear++) {
        place->problem = incident->problem;
        place->first = place->last = incident->at.time;
    }
    if (place->problem != incident->problem)
        place->problem = RST_PROBLEM_NOISE;
    place->first = MIN(place->first, incident->at.time);
    place->last = MAX(place->last, incident->at.time);
}

static bool belongs(const known_place_t *place, const rst_incident_t *incident)
{
    return place->problem && place->problem != RST_PROBLEM_NOISE && place->clear >= CLEAR_MIN &&
           rst_is_around(incident->at.time, place->first, place->last, AROUND);
}

/* What an unclear incident may share with clear ones. */
typedef enum sharing {
    SHARES_PLACE,   /* where the reset came from, and the network of the clients */
    SHARES_PATH,    /* that network, if packets were lost on the way to it */
    SHARES_SERVICE, /* a service that does not read */
    SHARINGS
} sharing_t;

static sharing_t sharing_of(const rst_incident_t *incident)
{
    unsigned family = rst_story_info(incident->token)->family;

    if (family == RST_FAMILY_LOST)
        return SHARES_PATH;
    return family == RST_FAMILY_STALL ? SHARES_SERVICE : SHARES_PLACE;
}

static rst_key_t key_of(const rst_census_t *census, const rst_incident_t *incident, sharing_t sharing)
{
    const rst_flow_t *flow = rst_incident_flow(census, incident);
    uint64_t kind = (uint64_t)sharing << 32;

    switch (sharing) {
    case SHARES_PATH:
        return (rst_key_t){kind, rst_census_net(census, flow->client)};
    case SHARES_SERVICE:
        return (rst_key_t){kind | (uint64_t)incident->sender << 16 | flow->port, flow->server};
    default:
        return (rst_key_t){kind | (uint64_t)incident->sender << 8 | incident->ttl,
                           rst_census_net(census, flow->client)};
    }
}

static void note_place(const rst_census_t *census, const rst_incident_t *incident, rst_keys_t *keys, GArray *places)
{
    sharing_t sharing = sharing_of(incident);
    rst_key_t key = key_of(census, incident, sharing);
    uint32_t number;

    if (sharing == SHARES_PLACE && !incident->ttl)
        return;
    number = rst_keys_number(keys, key.a, key.b);
    if (number >= places->len)
        g_array_set_size(places, number + 1);
    note_clear(&g_array_index(places, known_place_t, number), incident);
}

/* Only what was silent for a while can have been cut off by a path. */
static uint32_t find_place(const rst_census_t *census, const rst_incident_t *incident, const rst_keys_t *keys,
                           const GArray *places)
{
    for (unsigned sharing = 0; sharing < SHARINGS; sharing++) {
        rst_key_t key = key_of(census, incident, (sharing_t)sharing);
        uint32_t number = rst_keys_find(keys, key.a, key.b);

        if (number == RST_NUMBER_NONE || (sharing == SHARES_PLACE && !incident->ttl) ||
            (sharing == SHARES_PATH && incident->silence < STALLED))
            continue;
        if (belongs(&g_array_index(places, known_place_t, number), incident))
            return g_array_index(places, known_place_t, number).problem;
    }
    return 0;
}

void rst_absorb_unclear(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    GArray *places = g_array_new(FALSE, TRUE, sizeof(known_place_t));
    rst_keys_t keys;

    rst_keys_open(&keys);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);

        if (rst_incident_is_listed(incident) && !is_unclear(incident) && explains(incident))
            note_place(census, incident, &keys, places);
    }
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        rst_incident_t *incident = rst_incident_at(census, i);
        uint32_t problem;

        if (incident->problem >= RST_PROBLEM_RELAYED || !is_unclear(incident))
            continue;
        problem = find_place(census, incident, &keys, places);
        if (!problem && incident->token == RST_CAUSE_UNDETERMINED) { /* a device bears the addresses of both sides */
            rst_incident_t other = *incident;

            other.sender = RST_SENDER_MIDDLEBOX;
            problem = find_place(census, &other, &keys, places);
        }
        if (problem)
            incident->problem = problem;
    }
    rst_keys_close(&keys);
    g_array_free(places, TRUE);
}
