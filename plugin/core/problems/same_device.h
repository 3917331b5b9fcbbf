/* same_device.h
 * One device whose resets do not always come from the same distance.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SAME_DEVICE_H
#define RST_SAME_DEVICE_H

#include "problems/problem.h"

/* What a device did: kinds that one event may show as. */
enum { RST_DEVICE_POLICY = 1, RST_DEVICE_IDLE, RST_DEVICE_FAILOVER, RST_DEVICE_OTHER };

#define RST_EVENT_WIDTH (10 * RST_SECOND) /* a fail-over takes no longer */

/* What came from one distance. */
typedef struct rst_device {
    unsigned kind;     /* RST_DEVICE_..., RST_DEVICE_OTHER + token */
    uint32_t name;     /* that all of it is about, 0 = none */
    uint32_t incident; /* the first one, of so many: */
    uint32_t count;
    /* filled in by rst_same_device_join() */
    int64_t first, last; /* deciding frames */
    int64_t low, high;   /* silences, 0 = not known */
} rst_device_t;

/* Joins the problems from this index on, one for each of the devices. */
void rst_same_device_join(rst_problems_t *problems, uint32_t from, GArray *devices);

#endif
