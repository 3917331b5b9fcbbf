/* conclude.c
 * Several independent incidents are surer than one; those that share a doubt are not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/conclude.h"

#include <stdlib.h>
#include <string.h>

#include "problems/stories.h"

#define LEADS_SHARE 7 /* of so many incidents, one is enough for a cause that explains the others */
#define SURE 60       /* from here on, incidents confirm each other */
#define SUREST 97
#define NAME_SHARE 10 /* all but one in so many */
#define CORRECTED 60  /* a cause that only the comparison with others shows */
#define TIMER_MIN (RST_SECOND / 2)
#define TIMER_SPREAD 20 /* one in so many: values of one timer */

/* Causes that explain others of the same story. */
static const uint16_t leading[] = {RST_CAUSE_PROCESS_EXIT, RST_CAUSE_RESOURCE_EXHAUSTION, RST_CAUSE_NO_BACKEND,
                                   RST_CAUSE_SESSION_FAILOVER, RST_CAUSE_DEVICE_IDLE_TIMEOUT};

static const rst_incident_t *incident_at(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t k)
{
    return rst_incident_at(problems->census, problems->order[problem->start + k]);
}

unsigned rst_conclude_tokens(const rst_problems_t *problems, const rst_problem_t *problem,
                             rst_token_t token[RST_TOKEN_COUNT], uint32_t count[RST_TOKEN_COUNT])
{
    uint32_t all[RST_TOKEN_COUNT] = {0};
    unsigned tokens = 0;

    for (uint32_t k = 0; k < problem->hits; k++)
        all[incident_at(problems, problem, k)->token]++;
    for (rst_token_t i = 0; i < RST_TOKEN_COUNT; i++) {
        unsigned at = tokens;

        if (!all[i])
            continue;
        for (; at && all[token[at - 1]] < all[i]; at--)
            token[at] = token[at - 1];
        token[at] = i;
        tokens++;
    }
    for (unsigned i = 0; count && i < tokens; i++)
        count[i] = all[token[i]];
    return tokens;
}

/* The most frequent one among those that are sure. */
static rst_token_t main_token(const rst_problems_t *problems, const rst_problem_t *problem, rst_token_t otherwise)
{
    uint32_t sure[RST_TOKEN_COUNT] = {0};
    rst_token_t best = otherwise;
    uint32_t all = 0;

    for (uint32_t k = 0; k < problem->hits; k++) {
        const rst_incident_t *incident = incident_at(problems, problem, k);

        if (incident->confidence < SURE)
            continue;
        all++;
        if (++sure[incident->token] > sure[best])
            best = incident->token;
    }
    return all ? best : otherwise;
}

static uint32_t count_died(const rst_problems_t *problems, const rst_problem_t *problem)
{
    uint32_t count = 0;

    for (uint32_t k = 0; k < problem->hits; k++)
        count += incident_at(problems, problem, k)->died;
    return count;
}

static void choose_cause(const rst_problems_t *problems, rst_problem_t *problem)
{
    rst_token_t token[RST_TOKEN_COUNT];
    uint32_t count[RST_TOKEN_COUNT];
    unsigned tokens = rst_conclude_tokens(problems, problem, token, count);

    problem->corrected = problem->token != RST_TOKEN_COUNT && problem->token != token[0];
    if (problem->token != RST_TOKEN_COUNT)
        return;
    problem->token = (uint16_t)main_token(problems, problem, token[0]);
    if (count_died(problems, problem) * LEADS_SHARE >= problem->hits) {
        problem->corrected = true;
        problem->token = RST_CAUSE_PROCESS_EXIT;
    }
    if (rst_story_info(problem->token)->family == RST_FAMILY_DEVICE) /* of which none explains another */
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(leading); i++) {
        for (unsigned k = 1; k < tokens; k++) {
            if (token[k] == leading[i] && count[k] * LEADS_SHARE >= problem->hits) {
                problem->token = leading[i];
                return;
            }
        }
    }
}

/* Refusals of some clients only, at a service that accepts others at the same time. */
static void correct_cause(rst_problem_t *problem)
{
    bool refused = problem->token == RST_CAUSE_CLOSED_PORT || problem->token == RST_CAUSE_RESOURCE_EXHAUSTION;

    if (problem->binding == RST_BINDING_HOST)
        return;
    if (!refused || problem->scope == RST_SCOPE_SERVICE)
        refused = refused && problem->binding == RST_BINDING_DEVICE;
    if (!refused || problem->binding == RST_BINDING_SCAN)
        return;
    problem->token = RST_CAUSE_FIREWALL_REJECT;
    problem->corrected = true;
}

static rst_sender_t main_sender(const rst_problems_t *problems, const rst_problem_t *problem)
{
    uint32_t count[RST_SENDER_COUNT] = {0};
    unsigned most = RST_SENDER_UNKNOWN;

    for (uint32_t k = 0; k < problem->hits; k++)
        count[incident_at(problems, problem, k)->sender]++;
    for (unsigned i = 0; i < RST_SENDER_COUNT; i++) {
        if (count[i] > count[most])
            most = i;
    }
    return (rst_sender_t)most;
}

static rst_sender_t other_side(rst_sender_t sender)
{
    if (sender == RST_SENDER_CLIENT)
        return RST_SENDER_SERVER;
    return sender == RST_SENDER_SERVER ? RST_SENDER_CLIENT : RST_SENDER_UNKNOWN;
}

/* Packets get lost anywhere, unless it is the only end that all of them share. */
static rst_sender_t culprit_of_loss(const rst_problem_t *problem)
{
    bool all = problem->hits * 10 >= problem->in_period * 8u;

    if (problem->binding == RST_BINDING_PATH)
        return RST_SENDER_MIDDLEBOX;
    if (problem->binding == RST_BINDING_HOST && all && problem->clients > 1)
        return RST_SENDER_SERVER;
    return RST_SENDER_UNKNOWN;
}

static rst_sender_t culprit_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_story_info_t *story = rst_story_info(problem->token);
    unsigned remedy = problem->remedy ? problem->remedy : story->remedy;
    rst_sender_t sender = main_sender(problems, problem);

    if (story->family == RST_FAMILY_LOST)
        return culprit_of_loss(problem);
    switch (remedy) {
    case RST_REMEDY_CLIENT:
        return RST_SENDER_CLIENT;
    case RST_REMEDY_SERVER:
        return RST_SENDER_SERVER;
    case RST_REMEDY_PATH:
        return RST_SENDER_MIDDLEBOX;
    case RST_REMEDY_SENDER:
        return sender;
    case RST_REMEDY_PEER:
        return other_side(sender);
    default:
        return RST_SENDER_UNKNOWN;
    }
}

/* Half of the remaining doubt goes with each doubling of the clients or connections that agree. */
static uint8_t confidence_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    uint64_t sum = 0, agree = 0;
    unsigned mean;

    for (uint32_t k = 0; k < problem->hits; k++) {
        const rst_incident_t *incident = incident_at(problems, problem, k);

        if (incident->token != problem->token)
            continue;
        sum += incident->confidence;
        agree++;
    }
    if (problem->corrected || !agree)
        return CORRECTED;
    mean = (unsigned)(sum / agree);
    if (mean < SURE || agree < 3)
        return (uint8_t)mean;
    return (uint8_t)MIN(SUREST, 100 - (100 - mean) * (problem->clients > 1 ? 2 : 3) / 4);
}

static int compare_times(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;

    return *a < *b ? -1 : *a > *b;
}

static bool has_timer(const rst_problem_t *problem)
{
    switch (rst_story_info(problem->token)->family) {
    case RST_FAMILY_CLOSE:
    case RST_FAMILY_TIMER:
    case RST_FAMILY_ABORT:
    case RST_FAMILY_DEVICE:
    case RST_FAMILY_STATE:
        return true;
    default:
        return false;
    }
}

/* The median, if most values are close to it. */
static void find_timer(const rst_problems_t *problems, rst_problem_t *problem)
{
    int64_t *value = g_new(int64_t, problem->hits + 1);
    uint32_t count = 0, near = 0;
    int64_t middle, low = INT64_MAX, high = 0;

    for (uint32_t k = 0; k < problem->hits; k++) {
        int64_t silence = incident_at(problems, problem, k)->silence;

        if (silence != RST_TIME_NONE)
            value[count++] = silence;
    }
    qsort(value, count, sizeof value[0], compare_times);
    middle = count ? value[count / 2] : 0;
    for (uint32_t k = 0; k < count; k++) {
        if (rst_time_apart(value[k], middle) > middle / TIMER_SPREAD)
            continue;
        near++;
        low = MIN(low, value[k]);
        high = MAX(high, value[k]);
    }
    if (middle >= TIMER_MIN && near >= 2 &&
        near * 3 >= 2 * (problem->token == RST_CAUSE_DEVICE_IDLE_TIMEOUT ? count : problem->hits)) {
        problem->timer = middle;
        problem->spread = rst_time_sub(high, low);
    }
    g_free(value);
}

static uint32_t asked_name(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t k)
{
    const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, k));

    if (flow->name)
        return flow->name;
    return rst_called_is_asked(flow->called) ? flow->called.name : 0;
}

/* The name that nearly all connections asked for, where that is what they have in common. */
static void find_trigger(const rst_problems_t *problems, rst_problem_t *problem)
{
    uint32_t name = 0, agree = 0, count = 0;

    for (uint32_t k = 0; k < problem->hits; k++) {
        uint32_t asked = asked_name(problems, problem, k);

        if (!asked)
            continue;
        count++;
        if (!agree)
            name = asked;
        agree += asked == name ? 1 : -1;
    }
    agree = 0;
    for (uint32_t k = 0; k < problem->hits; k++)
        agree += asked_name(problems, problem, k) == name;
    if (!count || agree * NAME_SHARE < problem->hits * (NAME_SHARE - 1))
        return;
    problem->trigger = g_ptr_array_index(problems->census->names, name - 1);
}

/* What the one server is called, if all that know a name for it know the same. */
static void find_called(const rst_problems_t *problems, rst_problem_t *problem)
{
    for (uint32_t k = 0; problem->services == 1 && k < problem->hits; k++) {
        const rst_called_t called = rst_incident_flow(problems->census, incident_at(problems, problem, k))->called;

        if (called.name && problem->called.name && called.name != problem->called.name) {
            problem->called = (rst_called_t){0};
            return;
        }
        if (called.name && !problem->called.name) {
            problem->called.name = called.name;
            problem->called.by = called.by;
        }
        if (called.protocol && (!problem->called.protocol || problem->called.by_port)) {
            problem->called.protocol = called.protocol;
            problem->called.by_port = called.by_port;
        }
    }
}

static bool has_trigger(const rst_problem_t *problem)
{
    return problem->binding == RST_BINDING_NAME || problem->token == RST_CAUSE_POLICY_RESET ||
           problem->token == RST_CAUSE_INJECTED;
}

static rst_severity_t severity_of(const rst_problem_t *problem)
{
    if (problem->binding == RST_BINDING_SCAN || problem->confidence < 50)
        return RST_SEVERITY_NOTE;
    return problem->hits >= 5 && problem->hits * 10 >= problem->in_period * 8u ? RST_SEVERITY_ERROR : RST_SEVERITY_WARN;
}

static uint32_t example_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    uint32_t best = problems->order[problem->start];

    for (uint32_t k = 1; k < problem->hits; k++) {
        const rst_incident_t *incident = incident_at(problems, problem, k);
        const rst_incident_t *so_far = rst_incident_at(problems->census, best);
        bool fits = incident->token == problem->token;
        bool fitted = so_far->token == problem->token;

        if (fits > fitted || (fits == fitted && incident->confidence > so_far->confidence))
            best = problems->order[problem->start + k];
    }
    return best;
}

void rst_conclude(rst_problems_t *problems)
{
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        rst_problem_t *problem = rst_problem_at(problems, i);

        if (!problem->hits)
            continue;
        choose_cause(problems, problem);
        correct_cause(problem);
        problem->culprit = (uint8_t)culprit_of(problems, problem);
        if (!problem->confidence)
            problem->confidence = confidence_of(problems, problem);
        if (has_trigger(problem))
            find_trigger(problems, problem);
        find_called(problems, problem);
        if (has_timer(problem))
            find_timer(problems, problem);
        problem->severity = (uint8_t)severity_of(problem);
        problem->example = example_of(problems, problem);
    }
}
