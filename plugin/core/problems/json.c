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
#include "problems/testified.h"

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

/* The distinct servers or clients in the order in which they failed, as far as they are listed, and how many in all. */
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
    if (all > listed)
        rst_json_put_number(out, servers ? "servers_total" : "clients_total", all);
}

static void write_places(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t listed, GString *out)
{
    const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, 0));
    char text[RST_PLACE_MAX];

    rst_place_service(problems->census, flow->server, flow->port, text);
    rst_json_put_text(out, "server", problem->services == 1 ? text : NULL);
    rst_json_put_text(out, "service_name", problem->service.name);
    rst_json_put_text(out, "service_name_from", problem->service.from);
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
    rst_json_put_number(out, "frames_total", problem->hits);
    rst_json_put_number(out, "example_frame", rst_incident_at(problems->census, problem->example)->frame);
}

static void write_counts(const rst_problem_t *problem, GString *out)
{
    rst_json_put_number(out, "connections_hit", problem->hits);
    rst_json_put_number(out, "connections_total", MAX(problem->total, problem->hits));
    rst_json_put_number(out, "connections_in_period", MAX(problem->in_period, problem->hits));
    rst_json_put_number(out, "connections_without_start", problem->without_start);
}

static void write_times(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    rst_json_put_number(out, "first_frame", incident_at(problems, problem, 0)->frame);
    rst_json_put_number(out, "last_frame", incident_at(problems, problem, problem->hits - 1)->frame);
    rst_json_moment(out, "first_time", problem->first);
    rst_json_moment(out, "last_time", problem->last);
    rst_json_key(out, "ongoing");
    if (problem->ongoing == RST_ONGOING_UNKNOWN)
        rst_json_null(out);
    else
        rst_json_boolean(out, problem->ongoing == RST_ONGOING_YES);
    rst_json_put_seconds(out, "timer_s", problem->timer);
    rst_json_put_seconds(out, "timer_spread_s", problem->spread);
}

static const char *severity_name(unsigned severity)
{
    static const char *const names[RST_SEVERITY_COUNT] = {"note", "note", "warn", "error"};

    return names[severity];
}

static void write_witness(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    GString *text = g_string_new(NULL);

    if (rst_testified(problems, problem, text))
        rst_json_put_text(out, "witness", text->str);
    g_string_free(text, TRUE);
}

static void write_problem(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t listed, GString *out)
{
    rst_json_open(out, '{');
    rst_json_put_number(out, "number", problem->number);
    rst_json_put_text(out, "id", problem->id);
    rst_json_put_text(out, "cause", rst_token_name(problem->token));
    write_causes(problems, problem, out);
    rst_json_put_number(out, "confidence", problem->confidence);
    rst_json_put_text(out, "severity", severity_name(problem->severity));
    rst_json_put_text(out, "title", problem->title);
    rst_json_key(out, "binding");
    rst_json_open(out, '{');
    rst_json_put_text(out, "kind", rst_binding_name((rst_binding_t)problem->binding));
    rst_json_put_text(out, "value", problem->value);
    rst_json_close(out, '}');
    rst_json_put_text(out, "culprit", rst_sender_name((rst_sender_t)problem->culprit));
    write_places(problems, problem, listed, out);
    write_counts(problem, out);
    write_times(problems, problem, out);
    rst_json_put_text(out, "trigger", problem->trigger);
    write_frames(problems, problem, listed, out);
    rst_json_put_text(out, "filter", problem->filter);
    rst_json_put_text(out, "settle", problem->settle);
    rst_json_put_texts(out, "advice", problem->advice);
    rst_json_put_text(out, "meaning", problem->meaning);
    rst_json_put_texts(out, "commands", problem->commands);
    write_witness(problems, problem, out);
    rst_json_close(out, '}');
}

/* How it was taken. */
static void write_taking(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    rst_json_put_number(out, "connections_without_client", quality->unasked);
    rst_json_put_number(out, "connections_with_missing_packets", quality->lost);
    rst_json_put_number(out, "packets_cut_short", census->snapped);
    rst_json_key(out, "snap_length");
    if (census->snapped)
        rst_json_number(out, census->longest);
    else
        rst_json_null(out);
    rst_json_put_number(out, "clients_behind_nat", quality->shared);
    rst_json_put_boolean(out, "clock_stands_still", quality->stands_still);
    rst_json_put_seconds(out, "clock_step_s", census->tick ? census->tick : RST_TIME_NONE);
    rst_json_put_number(out, "clock_steps_back", census->backward);
    rst_json_put_seconds(out, "clocks_apart_s", census->clocks_apart);
}

static void write_capture(const rst_census_t *census, GString *out)
{
    rst_quality_t quality = rst_quality_of(census);

    rst_json_key(out, "capture");
    rst_json_open(out, '{');
    rst_json_put_number(out, "frames", census->frames);
    rst_json_put_number(out, "connections", census->flows->len);
    rst_json_moment(out, "first_time", census->first_time);
    rst_json_moment(out, "last_time", census->last_time);
    rst_json_put_number(out, "connections_without_start", quality.without_start);
    rst_json_put_number(out, "connections_one_way", quality.one_way);
    rst_json_put_number(out, "doubled_packets", census->copies);
    rst_json_put_number(out, "gaps", census->gaps);
    rst_json_put_number(out, "interfaces", census->interfaces);
    rst_json_put_boolean(out, "several_points", census->several_points);
    rst_json_put_boolean(out, "options_cut", census->cut);
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
    rst_json_put_number(out, "resets", benign);
    rst_json_key(out, "by_cause");
    rst_json_open(out, '{');
    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++) {
        if (problems->benign[i])
            rst_json_put_number(out, rst_cause_info((rst_cause_t)i)->token, problems->benign[i]);
    }
    g_string_append(out, "}}");
    rst_json_key(out, "noise");
    rst_json_open(out, '{');
    rst_json_put_number(out, "connections", problems->noise);
    rst_json_put_number(out, "clients", problems->strangers);
    rst_json_close(out, '}');
    rst_json_key(out, "undetermined");
    rst_json_open(out, '{');
    rst_json_put_number(out, "resets", problems->undetermined->len);
    rst_json_key(out, "frames");
    rst_json_open(out, '[');
    for (uint32_t i = 0; i < MIN(problems->undetermined->len, listed); i++)
        rst_json_number(out, rst_incident_at(census, g_array_index(problems->undetermined, uint32_t, i))->frame);
    g_string_append(out, "]}");
    rst_json_put_number(out, "followers", census->followers);
    rst_json_put_boolean(out, "truncated", census->truncated);
}

void rst_json_write(const rst_problems_t *problems, const rst_extent_t *extent, GString *out)
{
    uint32_t count = 0, listed = CLAMP(extent->listed, 1, RST_LISTED_MAX);

    rst_json_begin(out, (const char *const[]){"trigger", "binding.value", "id", "title", "service_name", "witness", NULL});
    write_capture(problems->census, out);
    rst_json_key(out, "problems");
    rst_json_open(out, '[');
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->hits && count++ < extent->problems)
            write_problem(problems, problem, listed, out);
    }
    rst_json_close(out, ']');
    if (count > extent->problems)
        rst_json_put_number(out, "problems_total", count);
    write_rest(problems, listed, out);
    g_string_append(out, "}\n");
}
