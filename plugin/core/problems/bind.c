/* bind.c
 * Minimum description length: a problem costs PRICE, and gains what its incidents are less of a surprise. A choice
 * takes incidents from the bundles before it only if it gains more by them than those lose: part of a bundle must fail
 * clearly more often than the rest of it, and a bundle that unites others less surely must save their price.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/bind.h"

#define PRICE 5.0 /* nats: the odds are 150 to 1 */
#define TIE 0.5   /* a later choice must be better than that */

/* A bundle that has incidents now. */
typedef struct group {
    uint32_t choice;
    uint32_t hits, flows;
    int64_t first, last;
} group_t;

/* What a bundle would take from a group. */
typedef struct overlap {
    uint32_t bundle, group;
    uint32_t hits, flows;
    uint32_t next; /* of the same bundle: index + 1 */
} overlap_t;

typedef struct binder {
    rst_census_t *census;
    const rst_choice_t *choice;
    GArray *groups;        /* group_t */
    uint32_t *of;          /* by number of the incident: its group + 1, 0 = none */
    rst_keys_t group_keys; /* choice and key -> number, to find the group in number_of */
    GArray *number_of;     /* uint32_t: group + 1 */
} binder_t;

static group_t *group_at(const binder_t *binder, uint32_t number)
{
    return &g_array_index(binder->groups, group_t, number);
}

static double worth(uint32_t hits, uint32_t flows)
{
    return hits ? rst_bundle_gain(hits, flows) - PRICE : 0;
}

/* The incidents of a bundle that are in a group already. */
static GArray *find_overlaps(const binder_t *binder, const rst_bundles_t *bundles, rst_keys_t *pairs)
{
    GArray *overlaps = g_array_new(FALSE, FALSE, sizeof(overlap_t));

    for (uint32_t i = 0; i < binder->census->incidents->len; i++) {
        uint32_t number;

        if (bundles->of[i] == RST_NUMBER_NONE || !binder->of[i])
            continue;
        number = rst_keys_number(pairs, bundles->of[i], binder->of[i] - 1);
        if (number == overlaps->len) {
            const overlap_t overlap = {.bundle = bundles->of[i], .group = binder->of[i] - 1};

            g_array_append_val(overlaps, overlap);
        }
        g_array_index(overlaps, overlap_t, number).hits++;
    }
    return overlaps;
}

static void count_overlaps(const binder_t *binder, const rst_bundles_t *bundles, unsigned choices,
                           const rst_keys_t *pairs, GArray *overlaps)
{
    for (uint32_t i = 0; i < binder->census->flows->len && overlaps->len; i++) {
        const rst_flow_t *flow = rst_flow_at(binder->census, i);
        rst_key_t key = rst_scope_key(binder->census, flow, bundles->scope);
        uint32_t bundle = rst_keys_find(&bundles->keys, key.a, key.b);

        for (unsigned c = 0; bundle != RST_NUMBER_NONE && c < choices; c++) {
            uint32_t number, pair;
            const group_t *group;

            key = rst_scope_key(binder->census, flow, binder->choice[c].scope);
            number = rst_keys_find(&binder->group_keys, key.a, key.b);
            if (number == RST_NUMBER_NONE)
                continue;
            number = g_array_index(binder->number_of, uint32_t, number) - 1;
            group = group_at(binder, number);
            if (flow->first < group->first || flow->first > group->last)
                continue;
            pair = rst_keys_find(pairs, bundle, number);
            if (pair != RST_NUMBER_NONE)
                g_array_index(overlaps, overlap_t, pair).flows++;
        }
    }
}

/* By how much all becomes better if the bundle takes what it can. */
static double improvement(const binder_t *binder, const rst_bundle_t *bundle, const GArray *overlaps, uint32_t first)
{
    double better = worth(bundle->hits, bundle->flows);

    for (uint32_t at = first; at;) {
        const overlap_t *overlap = &g_array_index(overlaps, overlap_t, at - 1);
        const group_t *group = group_at(binder, overlap->group);

        better +=
            worth(group->hits - MIN(group->hits, overlap->hits), group->flows - MIN(group->flows, overlap->flows)) -
            worth(group->hits, group->flows);
        at = overlap->next;
    }
    return better;
}

static void take_over(const binder_t *binder, const GArray *overlaps, uint32_t first)
{
    for (uint32_t at = first; at;) {
        const overlap_t *overlap = &g_array_index(overlaps, overlap_t, at - 1);
        group_t *group = group_at(binder, overlap->group);

        group->hits -= MIN(group->hits, overlap->hits);
        group->flows -= MIN(group->flows, overlap->flows);
        at = overlap->next;
    }
}

static uint32_t add_group(binder_t *binder, const rst_bundles_t *bundles, uint32_t number, unsigned choice)
{
    const rst_bundle_t *bundle = rst_bundle_at(bundles, number);
    const group_t group = {choice, bundle->hits, bundle->flows, bundle->first, bundle->last};
    const rst_key_t *key = &bundles->keys.key[number];
    uint32_t at = rst_keys_number(&binder->group_keys, key->a, key->b);

    g_array_append_val(binder->groups, group);
    if (at == binder->number_of->len)
        g_array_append_val(binder->number_of, binder->groups->len);
    g_array_index(binder->number_of, uint32_t, at) = binder->groups->len;
    return binder->groups->len;
}

static bool is_wide(const binder_t *binder, const rst_bundle_t *bundle, unsigned choice)
{
    const rst_choice_t *wanted = &binder->choice[choice];

    return bundle->clients >= wanted->clients && bundle->services >= wanted->services &&
           (!wanted->each || bundle->hits <= (uint64_t)wanted->each * bundle->services);
}

static void offer(binder_t *binder, const rst_bundles_t *bundles, unsigned choice)
{
    uint32_t count = bundles->bundle->len;
    uint32_t *first = g_new0(uint32_t, count + 1); /* overlap + 1 */
    uint32_t *taken = g_new0(uint32_t, count + 1); /* group + 1 */
    rst_keys_t pairs;
    GArray *overlaps;

    rst_keys_open(&pairs);
    overlaps = find_overlaps(binder, bundles, &pairs);
    count_overlaps(binder, bundles, choice, &pairs, overlaps);
    for (uint32_t i = 0; i < overlaps->len; i++) {
        overlap_t *overlap = &g_array_index(overlaps, overlap_t, i);

        overlap->next = first[overlap->bundle];
        first[overlap->bundle] = i + 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (choice && !is_wide(binder, rst_bundle_at(bundles, i), choice))
            continue;
        if (choice && improvement(binder, rst_bundle_at(bundles, i), overlaps, first[i]) <= TIE)
            continue;
        take_over(binder, overlaps, first[i]);
        taken[i] = add_group(binder, bundles, i, choice);
    }
    for (uint32_t i = 0; i < binder->census->incidents->len; i++) {
        if (bundles->of[i] != RST_NUMBER_NONE && taken[bundles->of[i]])
            binder->of[i] = taken[bundles->of[i]];
    }
    rst_keys_close(&pairs);
    g_array_free(overlaps, TRUE);
    g_free(first);
    g_free(taken);
}

static void make_problems(rst_problems_t *problems, const binder_t *binder)
{
    uint32_t *made = g_new0(uint32_t, binder->groups->len + 1);

    for (uint32_t i = 0; i < binder->census->incidents->len; i++) {
        uint32_t group = binder->of[i];

        if (!group)
            continue;
        if (!made[group - 1]) {
            const rst_choice_t *choice = &binder->choice[group_at(binder, group - 1)->choice];

            made[group - 1] = rst_problem_new(problems, choice->binding, choice->scope);
        }
        rst_incident_at(binder->census, i)->problem = made[group - 1];
    }
    g_free(made);
}

void rst_bind(rst_problems_t *problems, rst_select_t select, const void *what, const rst_choice_t *choice,
              unsigned choices)
{
    binder_t binder = {.census = problems->census, .choice = choice};

    binder.groups = g_array_new(FALSE, FALSE, sizeof(group_t));
    binder.number_of = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    binder.of = g_new0(uint32_t, problems->census->incidents->len + 1);
    rst_keys_open(&binder.group_keys);
    for (unsigned i = 0; i < choices; i++) {
        rst_bundles_t bundles;

        rst_bundles_open(&bundles, binder.census, choice[i].scope, select, what);
        offer(&binder, &bundles, i);
        rst_bundles_close(&bundles);
    }
    make_problems(problems, &binder);
    rst_keys_close(&binder.group_keys);
    g_array_free(binder.groups, TRUE);
    g_array_free(binder.number_of, TRUE);
    g_free(binder.of);
}
