/* cuts.c
 * Readers that cancel a transfer do so whenever they like. A limit of a server, a proxy or a program shows in equal
 * sizes or equal times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/cuts.h"

#include <stdlib.h>

#include "problems/alike.h"
#include "problems/stories.h"

#define CUTS_MIN 4
#define EQUAL 50            /* one part in so many */
#define BYTES_MIN 16384     /* small answers are alike by chance */
#define TIME_MIN RST_SECOND /* and so are short times */

typedef struct cut {
    uint32_t service, incident;
    int64_t bytes, time;
} cut_t;

static int compare_cuts(const cut_t *a, const cut_t *b, int64_t left, int64_t right)
{
    if (a->service != b->service)
        return a->service < b->service ? -1 : 1;
    if (left != right)
        return left < right ? -1 : 1;
    return a->incident < b->incident ? -1 : 1;
}

static int by_bytes(const void *left, const void *right)
{
    const cut_t *a = left;
    const cut_t *b = right;

    return compare_cuts(a, b, a->bytes, b->bytes);
}

static int by_time(const void *left, const void *right)
{
    const cut_t *a = left;
    const cut_t *b = right;

    return compare_cuts(a, b, a->time, b->time);
}

static GArray *gather(const rst_census_t *census)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(cut_t));
    rst_keys_t services;

    rst_keys_open(&services);
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);
        const cut_t cut = {.service = rst_keys_number(&services, flow->port, flow->server),
                           .incident = i,
                           .bytes = flow->to_client,
                           .time = rst_time_sub(incident->at.time, flow->first)};

        if (!incident->problem && incident->token == RST_CAUSE_TRANSFER_CANCELLED)
            g_array_append_val(cuts, cut);
    }
    rst_keys_close(&services);
    return cuts;
}

/* Runs of nearly equal values at one service that are most of its cuts; sorted by these values. */
static void find_equal(rst_problems_t *problems, const GArray *cuts, bool bytes)
{
    for (uint32_t first = 0, end; first < cuts->len; first = end) {
        const cut_t *one = &g_array_index(cuts, cut_t, first);
        int64_t low = bytes ? one->bytes : one->time;
        uint32_t problem;

        for (end = first + 1; end < cuts->len; end++) {
            const cut_t *next = &g_array_index(cuts, cut_t, end);

            if (next->service != one->service || !rst_is_alike(bytes ? next->bytes : next->time, low, low, EQUAL))
                break;
        }
        if (end - first < CUTS_MIN || low < (bytes ? BYTES_MIN : TIME_MIN))
            continue;
        problem = rst_problem_new(problems, RST_BINDING_SERVICE, RST_SCOPE_SERVICE);
        rst_problem_at(problems, problem - 1)->remedy = RST_REMEDY_SERVER;
        if (!bytes)
            rst_problem_at(problems, problem - 1)->timer = low;
        for (uint32_t i = first; i < end; i++)
            rst_incident_at(problems->census, g_array_index(cuts, cut_t, i).incident)->problem = problem;
    }
}

void rst_cuts_find(rst_problems_t *problems)
{
    for (unsigned bytes = 0; bytes < 2; bytes++) {
        GArray *cuts = gather(problems->census);

        if (cuts->len)
            qsort(cuts->data, cuts->len, sizeof(cut_t), bytes ? by_bytes : by_time);
        find_equal(problems, cuts, bytes != 0);
        g_array_free(cuts, TRUE);
    }
}
