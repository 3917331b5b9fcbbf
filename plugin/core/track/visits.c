/* visits.c
 * Counting visits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/visits.h"

typedef struct rst_visits {
    rst_keep_item_t item;
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

static void leave(const rst_hosts_t *hosts, rst_habit_t *habit)
{
    if (habit && --habit->users == 0)
        rst_release(&hosts->visits_memory, habit, sizeof *habit);
}

void rst_visits_evict(void *owner, rst_keep_item_t *item)
{
    rst_hosts_t *hosts = owner;
    rst_visits_t *visits = (rst_visits_t *)item;

    g_hash_table_remove(hosts->visits, visits);
    leave(hosts, visits->habit);
    rst_host_drop(hosts, visits->client);
    rst_service_drop(hosts, visits->service);
    rst_release(&hosts->visits_memory, visits, sizeof *visits);
}

static rst_visits_t *visits_of(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, uint32_t now)
{
    rst_visits_t key = {.client = client, .service = service};
    rst_visits_t *visits = g_hash_table_lookup(hosts->visits, &key);

    if (visits) {
        rst_keep_touch(hosts->keep, &visits->item, now);
        return visits;
    }
    visits = rst_alloc0(&hosts->visits_memory, sizeof *visits);
    visits->client = client;
    visits->service = service;
    rst_host_hold(hosts, client);
    rst_service_hold(hosts, service);
    g_hash_table_add(hosts->visits, visits);
    rst_keep_add(hosts->keep, &visits->item, RST_KIND_VISITS, RST_VALUE_LONE, now);
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
    return interval <= MAX(RST_NEAR_AFTER, rst_time_times(4, habit->period_max));
}

/* Each series is a separate record, because the resets of an earlier one still refer to it. The visit before begins the
 * new one as well. */
static void begin_series(const rst_hosts_t *hosts, rst_visits_t *visits, bool from_last)
{
    rst_habit_t *habit = rst_alloc0(&hosts->visits_memory, sizeof *habit);

    habit->users = 1;
    if (from_last)
        habit->count = 1;
    if (from_last && visits->habit->count == 2 && visits->last_habit != &visits->habit) {
        leave(hosts, *visits->last_habit);
        *visits->last_habit = habit;
        habit->users++;
    }
    leave(hosts, visits->habit);
    visits->habit = habit;
}

bool rst_hosts_note_empty(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, rst_moment_t at,
                          rst_habit_t **habit)
{
    rst_visits_t *visits = visits_of(hosts, client, service, at.pass_index);
    bool first = !visits->habit;
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
    visits->habit->users++;
    rst_keep_rate(hosts->keep, &visits->item, visits->habit->count > 2 ? RST_VALUE_STORY : RST_VALUE_BOTH,
                  at.pass_index);
    return !first || !rst_keep_dropped(hosts->keep, RST_KIND_VISITS, RST_VALUE_LONE);
}

void rst_hosts_leave_habit(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, rst_habit_t **habit)
{
    const rst_visits_t key = {.client = client, .service = service};
    rst_visits_t *visits = *habit ? g_hash_table_lookup(hosts->visits, &key) : NULL;

    if (visits && visits->last_habit == habit)
        visits->last_habit = &visits->habit;
    leave(hosts, *habit);
}
