/* visits.h
 * How often a client comes to a service without sending data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VISITS_H
#define RST_VISITS_H

#include "track/hosts.h"

/* A series of connections of one client to one service that carried no data and were reset: health checks are periodic.
 */
typedef struct rst_habit {
    uint32_t users; /* its visits, and the resets that refer to it */
    uint32_t count;
    int64_t period_min, period_max; /* 0 until there are two */
} rst_habit_t;

guint rst_visits_hash(gconstpointer key);
gboolean rst_visits_equal(gconstpointer a, gconstpointer b);

/* Counts an empty connection and sets its habit. The pointer must stay valid until rst_hosts_leave_habit(): a visit
 * whose series has no other interval moves to the next one. Returns false if earlier visits may have given way. */
bool rst_hosts_note_empty(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, rst_moment_t at,
                          rst_habit_t **habit);

/* The reset that the habit was set for goes; client and service as then. Does nothing if *habit is NULL. */
void rst_hosts_leave_habit(rst_hosts_t *hosts, rst_host_t *client, rst_service_t *service, rst_habit_t **habit);

/* Visits give way when memory is used up. */
void rst_visits_evict(void *hosts, rst_keep_item_t *item);

#endif
