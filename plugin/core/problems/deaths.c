/* deaths.c
 * A process that ends takes all its connections along, and its listening socket: the kernel resets them one after the
 * other, and then refuses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/deaths.h"

#include "problems/stories.h"

#define GAP (RST_SECOND / 2) /* between two resets of one moment; a busy kernel needs no longer */
#define TOGETHER 3
#define SOON (15 * RST_SECOND) /* until somebody tries to connect */

/* The latest run of aborts of a service. */
typedef struct run {
    GArray *incidents; /* uint32_t */
    int64_t last;
} run_t;

static void close_run(void *data)
{
    if (((run_t *)data)->incidents)
        g_array_free(((run_t *)data)->incidents, TRUE);
}

static run_t *run_of(GArray *runs, rst_keys_t *services, const rst_flow_t *flow)
{
    uint32_t number = rst_keys_number(services, flow->port, flow->server);

    if (number >= runs->len)
        g_array_set_size(runs, number + 1);
    return &g_array_index(runs, run_t, number);
}

static void note_abort(run_t *run, uint32_t number, int64_t at)
{
    if (!run->incidents)
        run->incidents = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    if (at > rst_time_add(run->last, GAP))
        g_array_set_size(run->incidents, 0);
    g_array_append_val(run->incidents, number);
    run->last = at;
}

static void note_refusal(const rst_census_t *census, run_t *run, int64_t at)
{
    if (!run->incidents || run->incidents->len < TOGETHER || at < run->last || at > rst_time_add(run->last, SOON))
        return;
    for (guint i = 0; i < run->incidents->len; i++)
        rst_incident_at(census, g_array_index(run->incidents, uint32_t, i))->died = true;
    g_array_set_size(run->incidents, 0);
}

void rst_deaths_mark(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    GArray *runs = g_array_new(FALSE, TRUE, sizeof(run_t));
    rst_keys_t services;

    rst_keys_open(&services);
    g_array_set_clear_func(runs, close_run);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);

        if (incident->problem || incident->sender != RST_SENDER_SERVER || incident->at.time == RST_TIME_NONE)
            continue;
        if (rst_story_info(incident->token)->family == RST_FAMILY_ABORT)
            note_abort(run_of(runs, &services, flow), i, incident->at.time);
        else if (incident->token == RST_CAUSE_CLOSED_PORT)
            note_refusal(census, run_of(runs, &services, flow), incident->at.time);
    }
    rst_keys_close(&services);
    g_array_free(runs, TRUE);
}
