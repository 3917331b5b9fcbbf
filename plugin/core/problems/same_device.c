/* same_device.c
 * A farm of devices, or one that answers from the TTL of what it saw, shows at several distances. What does the same to
 * the same service at the same time, or after the same silence, or to the same name, is one problem all the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/same_device.h"

#include <string.h>

#include "problems/alike.h"
#include "problems/sets.h"

#define SAME_TIMER 40            /* one part in so many */
#define AROUND (60 * RST_SECOND) /* before the first and after the last of the other one */
#define RIVALS_MAX 4             /* that do the same to one service and are not one device */

typedef struct rivals {
    uint32_t device[RIVALS_MAX];
    uint32_t count;
} rivals_t;

typedef struct joiner {
    rst_problems_t *problems;
    uint32_t from;
    GArray *devices, *sets;
    rst_keys_t keys;
    GArray *rivals; /* rivals_t, by number of the key */
} joiner_t;

static rst_device_t *device_at(const joiner_t *joiner, uint32_t number)
{
    return &g_array_index(joiner->devices, rst_device_t, number);
}

/* The number of its device, RST_NUMBER_NONE if it is of none. */
static uint32_t device_of(const joiner_t *joiner, const rst_incident_t *incident)
{
    return rst_incident_is_listed(incident) && incident->problem > joiner->from ? incident->problem - 1 - joiner->from
                                                                                : RST_NUMBER_NONE;
}

static void stretch(rst_device_t *device, int64_t first, int64_t last, int64_t low, int64_t high)
{
    device->first = MIN(device->first, first);
    device->last = MAX(device->last, last);
    if (low)
        device->low = device->low ? MIN(device->low, low) : low;
    device->high = MAX(device->high, high);
}

static void measure(const joiner_t *joiner)
{
    const rst_census_t *census = joiner->problems->census;

    for (uint32_t i = 0; i < joiner->devices->len; i++) {
        device_at(joiner, i)->first = INT64_MAX;
        device_at(joiner, i)->last = INT64_MIN;
        rst_sets_reach(joiner->sets, i);
    }
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        uint32_t number = device_of(joiner, incident);
        int64_t silence = incident->silence == RST_TIME_NONE ? 0 : incident->silence;

        if (number != RST_NUMBER_NONE && incident->at.time != RST_TIME_NONE)
            stretch(device_at(joiner, number), incident->at.time, incident->at.time, silence, silence);
    }
}

/* What goes on for longer than a fail-over takes is none. */
static unsigned lasting_kind(const rst_device_t *device)
{
    return device->kind == RST_DEVICE_FAILOVER && device->last > rst_time_add(device->first, RST_EVENT_WIDTH)
               ? RST_DEVICE_POLICY
               : device->kind;
}

static bool is_same(const rst_device_t *a, const rst_device_t *b)
{
    if (a->name && b->name)
        return a->name == b->name;
    if (a->kind == RST_DEVICE_IDLE && a->low && b->low)
        return rst_is_alike(b->low, a->low, a->high, SAME_TIMER) && rst_is_alike(b->high, a->low, a->high, SAME_TIMER);
    return rst_is_around(b->first, a->first, a->last, AROUND) || rst_is_around(a->first, b->first, b->last, AROUND);
}

static rivals_t *rivals_of(joiner_t *joiner, const rst_device_t *device, const rst_flow_t *flow, bool name)
{
    uint64_t kind = (uint64_t)lasting_kind(device) << 32;
    uint32_t number = name && device->name ? rst_keys_number(&joiner->keys, kind | 1U << 16, device->name)
                                           : rst_keys_number(&joiner->keys, kind | flow->port, flow->server);

    if (number >= joiner->rivals->len)
        g_array_set_size(joiner->rivals, number + 1);
    return &g_array_index(joiner->rivals, rivals_t, number);
}

static void join(joiner_t *joiner, uint32_t one, uint32_t other)
{
    const rst_device_t *device = device_at(joiner, other);
    rst_device_t *whole = device_at(joiner, one);

    stretch(whole, device->first, device->last, device->low, device->high);
    rst_sets_join(joiner->sets, one, other);
    if (whole->name == device->name)
        return;
    whole->name = 0;
    rst_problem_at(joiner->problems, joiner->from + one)->binding = RST_BINDING_SERVICE;
    rst_problem_at(joiner->problems, joiner->from + one)->scope = RST_SCOPE_SERVICE;
}

static void meet(joiner_t *joiner, uint32_t number, const rst_flow_t *flow, bool name)
{
    uint32_t own = rst_sets_find(joiner->sets, number);
    rivals_t *rivals = rivals_of(joiner, device_at(joiner, own), flow, name);

    for (uint32_t i = 0; i < rivals->count; i++) {
        uint32_t other = rst_sets_find(joiner->sets, rivals->device[i]);

        if (other == own)
            return;
        if (!is_same(device_at(joiner, other), device_at(joiner, own)))
            continue;
        join(joiner, other, own);
        return;
    }
    if (rivals->count < RIVALS_MAX)
        rivals->device[rivals->count++] = number;
}

static bool is_same_service(const rst_flow_t *one, const rst_flow_t *other)
{
    return one->server == other->server && one->port == other->port;
}

static void put_together(const joiner_t *joiner)
{
    const rst_census_t *census = joiner->problems->census;

    for (uint32_t i = 0; i < census->incidents->len; i++) {
        rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);
        uint32_t number = device_of(joiner, incident);
        const rst_device_t *whole;

        if (number == RST_NUMBER_NONE)
            continue;
        number = rst_sets_find(joiner->sets, number);
        whole = device_at(joiner, number);
        incident->problem = joiner->from + number + 1;
        if (!whole->name && !is_same_service(flow, rst_incident_flow(census, rst_incident_at(census, whole->incident))))
            rst_problem_at(joiner->problems, joiner->from + number)->binding = RST_BINDING_DEVICE;
    }
}

static void meet_all(joiner_t *joiner)
{
    const rst_census_t *census = joiner->problems->census;

    rst_keys_open(&joiner->keys);
    joiner->rivals = g_array_new(FALSE, TRUE, sizeof(rivals_t));
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        uint32_t number = device_of(joiner, incident);
        const rst_device_t *device = number == RST_NUMBER_NONE ? NULL : device_at(joiner, number);

        if (device && device->name)
            meet(joiner, number, rst_incident_flow(census, incident), true);
        if (device && (!device->name || device->count == 1)) /* what one connection asks for shows no trigger */
            meet(joiner, number, rst_incident_flow(census, incident), false);
    }
    g_array_free(joiner->rivals, TRUE);
    rst_keys_close(&joiner->keys);
}

void rst_same_device_join(rst_problems_t *problems, uint32_t from, GArray *devices)
{
    joiner_t joiner = {.problems = problems, .from = from, .devices = devices};

    joiner.sets = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    measure(&joiner);
    meet_all(&joiner);
    meet_all(&joiner); /* what has been joined may last longer than a fail-over */
    put_together(&joiner);
    g_array_free(joiner.sets, TRUE);
}
