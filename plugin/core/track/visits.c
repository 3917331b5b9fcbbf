/* visits.c
 * Counting visits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/visits.h"

typedef struct rst_visits {
    rst_host_t *client;     /* held */
    rst_service_t *service; /* held */
    rst_moment_t last;
    rst_habit_t *habit;       /* the latest series, NULL before the first */
    rst_habit_t **last_habit; /* where the last visit refers to it */
} rst_visits_t;

/* Made of two keyed hashes. Not their plain sum or difference: a host and its own port 0 have the same one. */
guint rst_visits_hash(gconstpointer key)
{
    const rst_visits_t *visits = key;

    return visits->client->hash * 31 + visits->service->hash;
}

gboolean rst_visits_equal(gconstpointer a, gconstpointer b)
{
    const rst_visits_t *left = a;
    const rst_visits_t *right = b;

    return left->client == right->client && left->service == right->service;
}

/* Made by a reset, which stays, so nothing gives way here. */
static rst_visits_t *visits_of(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service)
{
    rst_visits_t key = {.client = client, .service = service};
    rst_visits_t *visits = g_hash_table_lookup(hosts->visits, &key);

    if (visits)
        return visits;
    visits = rst_alloc0(&hosts->visits_memory, sizeof *visits);
    visits->client = client;
    visits->service = service;
    rst_host_hold(hosts, client);
    rst_service_hold(hosts, service);
    g_hash_table_add(hosts->visits, visits);
    return visits;
}

/* Does the interval continue the series? Within it, irregular visits have no period. After a long silence another one
 * begins; and so it did if the first two visits turn out to have been far apart. */
static bool continues(const rst_habit_t *habit, int64_t interval)
{
    if (habit->count < 2)
        return true;
    if (habit->count == 2 && habit->period_min > RST_NEAR_AFTER && interval < habit->period_min / 4)
        return false;
    return interval <= MAX(RST_NEAR_AFTER, 4 * habit->period_max);
}

/* Each series is a separate record, because the resets of an earlier one still refer to it. The visit before begins the
 * new one as well. */
static void begin_series(const rst_hosts_t *hosts, rst_visits_t *visits, bool from_last)
{
    rst_habit_t *habit = rst_alloc0(&hosts->visits_memory, sizeof *habit);

    if (from_last)
        habit->count = 1;
    if (from_last && visits->habit->count == 2)
        *visits->last_habit = habit;
    visits->habit = habit;
}

void rst_hosts_note_empty(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, rst_moment_t at,
                          rst_habit_t **habit)
{
    rst_visits_t *visits = visits_of(hosts, client, service);
    int64_t interval = visits->habit ? rst_elapsed(visits->last, at) : RST_TIME_NONE;

    if (interval == RST_TIME_NONE || !continues(visits->habit, interval))
        begin_series(hosts, visits, interval != RST_TIME_NONE);
    if (interval != RST_TIME_NONE) {
        visits->habit->period_min = visits->habit->period_min ? MIN(visits->habit->period_min, interval) : interval;
        visits->habit->period_max = MAX(visits->habit->period_max, interval);
    }
    visits->habit->count++;
    visits->last = at;
    visits->last_habit = habit;
    *habit = visits->habit;
}
