/* problems.c
 * The order of the work.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/problems.h"

#include <stdlib.h>
#include <string.h>

#include "problems/absorb.h"
#include "problems/conclude.h"
#include "problems/cuts.h"
#include "problems/deaths.h"
#include "problems/describe.h"
#include "problems/devices.h"
#include "problems/merge.h"
#include "problems/openings.h"
#include "problems/outages.h"
#include "problems/relays.h"
#include "problems/scans.h"
#include "problems/totals.h"
#include "problems/unseen.h"

/* What hurts most first: nobody misses what a scan is denied. */
static void *alloc_block(void *scope, size_t size)
{
    GPtrArray *blocks = scope;
    void *block = g_malloc(size);

    g_ptr_array_add(blocks, block);
    return block;
}

static int compare_problems(gconstpointer left, gconstpointer right, gpointer user_data)
{
    const rst_problems_t *problems = user_data;
    const rst_problem_t *a = rst_problem_at(problems, *(const uint32_t *)left);
    const rst_problem_t *b = rst_problem_at(problems, *(const uint32_t *)right);

    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->hits != b->hits)
        return a->hits > b->hits ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void put_in_order(rst_problems_t *problems)
{
    uint32_t count = problems->problem->len;
    uint32_t number = 0;
    GArray *order = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), count);

    for (uint32_t i = 0; i < count; i++)
        g_array_append_val(order, i);
    g_array_sort_with_data(order, compare_problems, problems);
    problems->by_number = (uint32_t *)(void *)g_array_free(order, FALSE);
    for (uint32_t i = 0; i < count; i++) {
        rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->hits)
            problem->number = ++number;
    }
}

/* What makes no problem: it is counted, and what nobody can tell is listed. */
static void count_rest(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;

    memcpy(problems->benign, census->benign, sizeof problems->benign);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);

        if (incident->problem == RST_PROBLEM_CHECK)
            problems->benign[RST_CAUSE_HEALTH_CHECK]++;
        else if (incident->problem == RST_PROBLEM_RELAYED)
            problems->benign[RST_CAUSE_PROXIED]++;
        else if (incident->problem == RST_PROBLEM_UNSEEN ||
                 (!incident->problem && incident->token == RST_CAUSE_UNDETERMINED))
            g_array_append_val(problems->undetermined, i);
        else if (!incident->problem && incident->token < RST_CAUSE_COUNT)
            problems->benign[incident->token]++;
    }
}

rst_problems_t *rst_problems_new(rst_census_t *census)
{
    rst_problems_t *problems = g_new0(rst_problems_t, 1);

    problems->census = census;
    problems->problem = g_array_new(FALSE, FALSE, sizeof(rst_problem_t));
    problems->texts = g_string_chunk_new(4096);
    problems->blocks = g_ptr_array_new_with_free_func(g_free);
    problems->memory = (rst_memory_t){alloc_block, NULL, problems->blocks};
    problems->steps = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    problems->undetermined = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    rst_unseen_set_aside(problems);
    rst_scans_find(problems);
    rst_relays_set_aside(problems);
    rst_deaths_mark(problems);
    rst_devices_find(problems);
    rst_absorb_timers(problems);
    rst_cuts_find(problems);
    rst_openings_find(problems);
    rst_outages_find(problems);
    rst_absorb_unclear(problems);
    rst_merge(problems);
    count_rest(problems);
    rst_totals_count(problems);
    rst_conclude(problems);
    rst_describe(problems);
    put_in_order(problems);
    return problems;
}

void rst_problems_free(rst_problems_t *problems)
{
    if (!problems)
        return;
    rst_census_free(problems->census);
    g_array_free(problems->problem, TRUE);
    g_array_free(problems->undetermined, TRUE);
    g_string_chunk_free(problems->texts);
    g_ptr_array_free(problems->blocks, TRUE);
    g_ptr_array_free(problems->steps, TRUE);
    g_free(problems->order);
    g_free(problems->by_number);
    g_free(problems);
}
