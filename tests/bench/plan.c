/* plan.c
 * The order of the packets of a flood and a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plan.h"

#define GAP INT64_C(10000) /* ns between two packets of a flood outside the capture */
#define PATH INT64_C(2000) /* ns from one capture point to the next */

typedef struct walk {
    const plan_t *plan;
    const visitor_t *visitor;
    uint32_t interfaces[2];
    uint64_t made;
    int64_t near; /* when the first of the two interfaces saw the packet */
} walk_t;

/* The steps of a connection follow one another; with two interfaces, each comes twice. */
static void make(walk_t *walk, int64_t time)
{
    const plan_t *plan = walk->plan;
    unsigned steps = MAX(plan->kind->steps, 1);
    uint64_t number = plan->two ? walk->made / 2 : walk->made;
    bool far = plan->two && (walk->made & 1);
    rst_segment_t segment =
        kind_segment(plan->kind, (unsigned)(number % steps), (uint32_t)(number / steps), plan->ipv6);

    walk->made++;
    walk->near = far ? walk->near : time;
    segment.time = far ? walk->near + PATH : time;
    segment.ip_id = (uint16_t)(number * 7);
    segment.ttl = (uint8_t)(segment.ttl - far);
    segment.interface = segment.link = walk->interfaces[far];
    walk->visitor->flood(walk->visitor->data, &segment);
}

static void make_between(walk_t *walk, uint64_t count, int64_t from, int64_t to)
{
    for (uint64_t i = 0; i < count; i++)
        make(walk, to <= from ? from : from + (int64_t)((double)(to - from) * (double)i / (double)count));
}

void plan_walk(const plan_t *plan, const capture_t *capture, const visitor_t *visitor)
{
    uint32_t last = capture->packets->len - 1;
    const packet_t *begin = capture_packet(capture, 0), *end = capture_packet(capture, last);
    walk_t walk = {.plan = plan, .visitor = visitor, .interfaces = {begin->interface, end->interface}};
    uint64_t count = plan->count;
    int64_t span = (int64_t)count * GAP;

    if (begin->interface == end->interface)
        walk.interfaces[1] = capture->interfaces->len + 1;
    if (plan->position == BEFORE)
        make_between(&walk, count, begin->time - span, begin->time);
    for (uint32_t number = 0; number <= last; number++) {
        visitor->packet(visitor->data, number);
        if (plan->position == BETWEEN && number < last)
            make_between(&walk, count * (number + 1) / last - walk.made, capture_packet(capture, number)->time,
                         capture_packet(capture, number + 1)->time);
    }
    if (plan->position == AFTER)
        make_between(&walk, count, end->time, end->time + span);
}
