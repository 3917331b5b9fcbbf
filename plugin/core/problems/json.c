/* json.c
 * The members of the machine form, in their order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/json.h"

#include "base/json_put.h"
#include "problems/conclude.h"
#include "problems/describe.h"
#include "problems/places.h"
#include "problems/quality.h"
#include "problems/stories.h"

static const rst_incident_t *incident_at(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t k)
{
    return rst_incident_at(problems->census, problems->order[problem->start + k]);
}

static void write_causes(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    rst_token_t token[RST_TOKEN_COUNT];
    unsigned tokens = rst_conclude_tokens(problems, problem, token, NULL);

    rst_json_key(out, "causes");
    rst_json_open(out, '[');
    for (unsigned i = 0; i < tokens; i++)
        rst_json_string(out, rst_token_name(token[i]));
    rst_json_close(out, ']');
}

/* The distinct servers or clients, in the order in which they failed, as far as they are listed, and how many in all. */
static void write_ends(const rst_problems_t *problems, const rst_problem_t *problem, bool servers, uint32_t listed,
                       GString *out)
{
    uint32_t all = servers ? problem->services : problem->clients;
    rst_keys_t seen;
    char text[RST_PLACE_MAX];

    rst_keys_open(&seen);
    rst_json_key(out, servers ? "servers" : "clients");
    rst_json_open(out, '[');
    for (uint32_t k = 0; k < problem->hits && seen.count < listed; k++) {
        const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, k));

        if (!rst_keys_is_new(&seen, servers ? flow->server : flow->client, servers ? flow->port : 0))
            continue;
        if (servers)
            rst_place_service(problems->census, flow->server, flow->port, text);
        else
            rst_place_address(problems->census, flow->client, text);
        rst_json_string(out, text);
    }
    rst_json_close(out, ']');
    rst_keys_close(&seen);
    if (all > listed) {
        rst_json_key(out, servers ? "servers_total" : "clients_total");
        rst_json_number(out, all);
    }
}

static void write_places(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t listed, GString *out)
{
    const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, 0));
    char text[RST_PLACE_MAX];

    rst_place_service(problems->census, flow->server, flow->port, text);
    rst_json_key(out, "server");
    rst_json_string_or_null(out, problem->services == 1 ? text : NULL);
    rst_json_key(out, "service_name");
    rst_json_string_or_null(out, problem->service.name);
    rst_json_key(out, "service_name_from");
    rst_json_string_or_null(out, problem->service.from);
    write_ends(problems, problem, true, listed, out);
    write_ends(problems, problem, false, listed, out);
}

/* Every k-th, so that no more than are listed are left. */
static void write_frames(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t listed, GString *out)
{
    uint32_t step = (problem->hits + listed - 1) / listed;

    rst_json_key(out, "frames");
    rst_json_open(out, '[');
    for (uint32_t k = 0; k < problem->hits; k += step)
        rst_json_number(out, incident_at(problems, problem, k)->frame);
    rst_json_close(out, ']');
    rst_json_key(out, "frames_total");
    rst_json_number(out, problem->hits);
    rst_json_key(out, "example_frame");
    rst_json_number(out, rst_incident_at(problems->census, problem->example)->frame);
}

static void write_counts(const rst_problem_t *problem, GString *out)
{
    rst_json_key(out, "connections_hit");
    rst_json_number(out, problem->hits);
    rst_json_key(out, "connections_total");
    rst_json_number(out, MAX(problem->total, problem->hits));
    rst_json_key(out, "connections_in_period");
    rst_json_number(out, MAX(problem->in_period, problem->hits));
    rst_json_key(out, "connections_without_start");
    rst_json_number(out, problem->without_start);
}

static void write_times(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    rst_json_key(out, "first_frame");
    rst_json_number(out, incident_at(problems, problem, 0)->frame);
    rst_json_key(out, "last_frame");
    rst_json_number(out, incident_at(problems, problem, problem->hits - 1)->frame);
    rst_json_moment(out, "first_time", problem->first);
    rst_json_moment(out, "last_time", problem->last);
    rst_json_key(out, "ongoing");
    if (problem->ongoing == RST_ONGOING_UNKNOWN)
        rst_json_null(out);
    else
        rst_json_boolean(out, problem->ongoing == RST_ONGOING_YES);
    rst_json_key(out, "timer_s");
    rst_json_seconds(out, problem->timer);
    rst_json_key(out, "timer_spread_s");
    rst_json_seconds(out, problem->spread);
}

static const char *severity_name(unsigned severity)
{
    static const char *const names[RST_SEVERITY_COUNT] = {"note", "note", "warn", "error"};

    return names[severity];
}

static void write_problem(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t listed, GString *out)
{
    rst_json_open(out, '{');
    rst_json_key(out, "number");
    rst_json_number(out, problem->number);
    rst_json_key(out, "id");
    rst_json_string(out, problem->id);
    rst_json_key(out, "cause");
    rst_json_string(out, rst_token_name(problem->token));
    write_causes(problems, problem, out);
    rst_json_key(out, "confidence");
    rst_json_number(out, problem->confidence);
    rst_json_key(out, "severity");
    rst_json_string(out, severity_name(problem->severity));
    rst_json_key(out, "title");
    rst_json_string(out, problem->title);
    rst_json_key(out, "binding");
    rst_json_open(out, '{');
    rst_json_key(out, "kind");
    rst_json_string(out, rst_binding_name((rst_binding_t)problem->binding));
    rst_json_key(out, "value");
    rst_json_string(out, problem->value);
    rst_json_close(out, '}');
    rst_json_key(out, "culprit");
    rst_json_string(out, rst_sender_name((rst_sender_t)problem->culprit));
    write_places(problems, problem, listed, out);
    write_counts(problem, out);
    write_times(problems, problem, out);
    rst_json_key(out, "trigger");
    rst_json_string_or_null(out, problem->trigger);
    write_frames(problems, problem, listed, out);
    rst_json_key(out, "filter");
    rst_json_string(out, problem->filter);
    rst_json_key(out, "settle");
    rst_json_string_or_null(out, problem->settle);
    rst_json_key(out, "advice");
    rst_json_open(out, '[');
    for (char **step = problem->advice; *step; step++)
        rst_json_string(out, *step);
    rst_json_close(out, ']');
    rst_json_key(out, "meaning");
    rst_json_string(out, problem->meaning);
    rst_json_key(out, "commands");
    rst_json_open(out, '[');
    for (char **command = problem->commands; *command; command++)
        rst_json_string(out, *command);
    rst_json_close(out, ']');
    rst_json_close(out, '}');
}

/* How it was taken. */
static void write_taking(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    rst_json_key(out, "connections_without_client");
    rst_json_number(out, quality->unasked);
    rst_json_key(out, "connections_with_missing_packets");
    rst_json_number(out, quality->lost);
    rst_json_key(out, "packets_cut_short");
    rst_json_number(out, census->snapped);
    rst_json_key(out, "snap_length");
    if (census->snapped)
        rst_json_number(out, census->longest);
    else
        rst_json_null(out);
    rst_json_key(out, "clients_behind_nat");
    rst_json_number(out, quality->shared);
    rst_json_key(out, "clock_stands_still");
    rst_json_boolean(out, quality->stands_still);
    rst_json_key(out, "clock_step_s");
    rst_json_seconds(out, census->tick ? census->tick : RST_TIME_NONE);
    rst_json_key(out, "clock_steps_back");
    rst_json_number(out, census->backward);
    rst_json_key(out, "clocks_apart_s");
    rst_json_seconds(out, census->clocks_apart);
}

static void write_capture(const rst_census_t *census, GString *out)
{
    rst_quality_t quality = rst_quality_of(census);

    rst_json_key(out, "capture");
    rst_json_open(out, '{');
    rst_json_key(out, "frames");
    rst_json_number(out, census->frames);
    rst_json_key(out, "connections");
    rst_json_number(out, census->flows->len);
    rst_json_moment(out, "first_time", census->first_time);
    rst_json_moment(out, "last_time", census->last_time);
    rst_json_key(out, "connections_without_start");
    rst_json_number(out, quality.without_start);
    rst_json_key(out, "connections_one_way");
    rst_json_number(out, quality.one_way);
    rst_json_key(out, "doubled_packets");
    rst_json_number(out, census->copies);
    rst_json_key(out, "gaps");
    rst_json_number(out, census->gaps);
    rst_json_key(out, "interfaces");
    rst_json_number(out, census->interfaces);
    rst_json_key(out, "several_points");
    rst_json_boolean(out, census->several_points);
    rst_json_key(out, "options_cut");
    rst_json_boolean(out, census->cut);
    write_taking(census, &quality, out);
    rst_json_close(out, '}');
}

static void write_rest(const rst_problems_t *problems, uint32_t listed, GString *out)
{
    const rst_census_t *census = problems->census;
    uint64_t benign = 0;

    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++)
        benign += problems->benign[i];
    rst_json_key(out, "benign");
    rst_json_open(out, '{');
    rst_json_key(out, "resets");
    rst_json_number(out, benign);
    rst_json_key(out, "by_cause");
    rst_json_open(out, '{');
    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++) {
        if (!problems->benign[i])
            continue;
        rst_json_key(out, rst_cause_info((rst_cause_t)i)->token);
        rst_json_number(out, problems->benign[i]);
    }
    g_string_append(out, "}}");
    rst_json_key(out, "noise");
    rst_json_open(out, '{');
    rst_json_key(out, "connections");
    rst_json_number(out, problems->noise);
    rst_json_key(out, "clients");
    rst_json_number(out, problems->strangers);
    rst_json_close(out, '}');
    rst_json_key(out, "undetermined");
    rst_json_open(out, '{');
    rst_json_key(out, "resets");
    rst_json_number(out, problems->undetermined->len);
    rst_json_key(out, "frames");
    rst_json_open(out, '[');
    for (uint32_t i = 0; i < MIN(problems->undetermined->len, listed); i++)
        rst_json_number(out, rst_incident_at(census, g_array_index(problems->undetermined, uint32_t, i))->frame);
    g_string_append(out, "]}");
    rst_json_key(out, "followers");
    rst_json_number(out, census->followers);
    rst_json_key(out, "truncated");
    rst_json_boolean(out, census->truncated);
}

void rst_json_write(const rst_problems_t *problems, const rst_extent_t *extent, GString *out)
{
    uint32_t count = 0, listed = CLAMP(extent->listed, 1, RST_LISTED_MAX);

    rst_json_open(out, '{');
    rst_json_key(out, "schema");
    rst_json_number(out, 1);
    rst_json_quoting(out, (const char *const[]){"trigger", "binding.value", "id", "title", "service_name", NULL});
    write_capture(problems->census, out);
    rst_json_key(out, "problems");
    rst_json_open(out, '[');
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->hits && count++ < extent->problems)
            write_problem(problems, problem, listed, out);
    }
    rst_json_close(out, ']');
    if (count > extent->problems) {
        rst_json_key(out, "problems_total");
        rst_json_number(out, count);
    }
    write_rest(problems, listed, out);
    g_string_append(out, "}\n");
}
