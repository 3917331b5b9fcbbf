/* json.c
 * Writing JSON (RFC 8259). All strings are ours or escaped, and have no byte above 0x7e.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/json.h"

#include "problems/conclude.h"
#include "problems/describe.h"
#include "problems/places.h"
#include "problems/quality.h"
#include "problems/stories.h"

#define ENDS_LISTED 1000

/* Before each member or element: a comma, unless it is the first. */
static void next(GString *out)
{
    char before = out->len ? out->str[out->len - 1] : '[';

    if (before != '[' && before != '{' && before != ':')
        g_string_append_c(out, ',');
}

static void key(GString *out, const char *name)
{
    next(out);
    g_string_append_printf(out, "\"%s\":", name);
}

static void string(GString *out, const char *text)
{
    next(out);
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_printf(out, "\\%c", *text);
        else if (*text < 0x20 || *text > 0x7e)
            g_string_append_printf(out, "\\u%04x", (unsigned char)*text);
        else
            g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void number(GString *out, uint64_t value)
{
    next(out);
    g_string_append_printf(out, "%" G_GUINT64_FORMAT, (guint64)value);
}

static void null(GString *out)
{
    next(out);
    g_string_append(out, "null");
}

static void boolean(GString *out, bool value)
{
    next(out);
    g_string_append(out, value ? "true" : "false");
}

static void string_or_null(GString *out, const char *text)
{
    if (text)
        string(out, text);
    else
        null(out);
}

static void seconds(GString *out, int64_t ns)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (ns == RST_TIME_NONE) {
        null(out);
        return;
    }
    next(out);
    g_string_append(out, g_ascii_formatd(buffer, sizeof buffer, "%.6f", (double)ns / (double)RST_SECOND));
}

/* Years that no calendar of GLib has are left out, like times that are not known. */
static void moment(GString *out, const char *name, int64_t ns)
{
    GDateTime *time = ns == RST_TIME_NONE ? NULL : g_date_time_new_from_unix_utc(rst_time_seconds(ns));
    char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : NULL;

    if (text) {
        key(out, name);
        g_string_append_printf(out, "\"%s.%06uZ\"", text, rst_time_fraction(ns) / 1000);
    }
    g_free(text);
    if (time)
        g_date_time_unref(time);
}

static const rst_incident_t *incident_at(const rst_problems_t *problems, const rst_problem_t *problem, uint32_t k)
{
    return rst_incident_at(problems->census, problems->order[problem->start + k]);
}

static void write_causes(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    rst_token_t token[RST_TOKEN_COUNT];
    unsigned tokens = rst_conclude_tokens(problems, problem, token, NULL);

    key(out, "causes");
    g_string_append_c(out, '[');
    for (unsigned i = 0; i < tokens; i++)
        string(out, rst_token_name(token[i]));
    g_string_append_c(out, ']');
}

/* The distinct servers or clients, in the order in which they failed. */
static void write_ends(const rst_problems_t *problems, const rst_problem_t *problem, bool servers, GString *out)
{
    rst_keys_t seen;
    char text[RST_PLACE_MAX];

    rst_keys_open(&seen);
    key(out, servers ? "servers" : "clients");
    g_string_append_c(out, '[');
    for (uint32_t k = 0; k < problem->hits && seen.count < ENDS_LISTED; k++) {
        const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, k));

        if (!rst_keys_is_new(&seen, servers ? flow->server : flow->client, servers ? flow->port : 0))
            continue;
        if (servers)
            rst_place_service(problems->census, flow->server, flow->port, text);
        else
            rst_place_address(problems->census, flow->client, text);
        string(out, text);
    }
    g_string_append_c(out, ']');
    rst_keys_close(&seen);
}

static void write_places(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    const rst_flow_t *flow = rst_incident_flow(problems->census, incident_at(problems, problem, 0));
    char text[RST_PLACE_MAX];

    rst_place_service(problems->census, flow->server, flow->port, text);
    key(out, "server");
    string_or_null(out, problem->services == 1 ? text : NULL);
    write_ends(problems, problem, true, out);
    if (problem->services > ENDS_LISTED) {
        key(out, "servers_total");
        number(out, problem->services);
    }
    write_ends(problems, problem, false, out);
    if (problem->clients > ENDS_LISTED) {
        key(out, "clients_total");
        number(out, problem->clients);
    }
}

/* Every k-th, so that at most RST_FRAMES_LISTED are left. */
static void write_frames(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    uint32_t step = (problem->hits + RST_FRAMES_LISTED - 1) / RST_FRAMES_LISTED;

    key(out, "frames");
    g_string_append_c(out, '[');
    for (uint32_t k = 0; k < problem->hits; k += step)
        number(out, incident_at(problems, problem, k)->frame);
    g_string_append_c(out, ']');
    key(out, "frames_total");
    number(out, problem->hits);
    key(out, "example_frame");
    number(out, rst_incident_at(problems->census, problem->example)->frame);
}

static void write_counts(const rst_problem_t *problem, GString *out)
{
    key(out, "connections_hit");
    number(out, problem->hits);
    key(out, "connections_total");
    number(out, MAX(problem->total, problem->hits));
    key(out, "connections_in_period");
    number(out, MAX(problem->in_period, problem->hits));
}

static void write_times(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    key(out, "first_frame");
    number(out, incident_at(problems, problem, 0)->frame);
    key(out, "last_frame");
    number(out, incident_at(problems, problem, problem->hits - 1)->frame);
    moment(out, "first_time", problem->first);
    moment(out, "last_time", problem->last);
    key(out, "ongoing");
    if (problem->ongoing == RST_ONGOING_UNKNOWN)
        null(out);
    else
        boolean(out, problem->ongoing == RST_ONGOING_YES);
    key(out, "timer_s");
    seconds(out, problem->timer);
    key(out, "timer_spread_s");
    seconds(out, problem->spread);
}

static const char *severity_name(unsigned severity)
{
    static const char *const names[RST_SEVERITY_COUNT] = {"note", "note", "warn", "error"};

    return names[severity];
}

static void write_problem(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    next(out);
    g_string_append_c(out, '{');
    key(out, "number");
    number(out, problem->number);
    key(out, "id");
    string(out, problem->id);
    key(out, "cause");
    string(out, rst_token_name(problem->token));
    write_causes(problems, problem, out);
    key(out, "confidence");
    number(out, problem->confidence);
    key(out, "severity");
    string(out, severity_name(problem->severity));
    key(out, "title");
    string(out, problem->title);
    key(out, "binding");
    g_string_append_c(out, '{');
    key(out, "kind");
    string(out, rst_binding_name((rst_binding_t)problem->binding));
    key(out, "value");
    string(out, problem->value);
    g_string_append_c(out, '}');
    key(out, "culprit");
    string(out, rst_sender_name((rst_sender_t)problem->culprit));
    write_places(problems, problem, out);
    write_counts(problem, out);
    write_times(problems, problem, out);
    key(out, "trigger");
    string_or_null(out, problem->trigger);
    write_frames(problems, problem, out);
    key(out, "filter");
    string(out, problem->filter);
    key(out, "settle");
    string_or_null(out, problem->settle);
    key(out, "advice");
    g_string_append_c(out, '[');
    for (char **step = problem->advice; *step; step++)
        string(out, *step);
    g_string_append_c(out, ']');
    g_string_append_c(out, '}');
}

static void write_capture(const rst_census_t *census, GString *out)
{
    rst_quality_t quality = rst_quality_of(census);

    key(out, "capture");
    g_string_append_c(out, '{');
    key(out, "frames");
    number(out, census->frames);
    key(out, "connections");
    number(out, census->flows->len);
    moment(out, "first_time", census->first_time);
    moment(out, "last_time", census->last_time);
    key(out, "connections_without_start");
    number(out, quality.without_start);
    key(out, "connections_one_way");
    number(out, quality.one_way);
    key(out, "doubled_packets");
    number(out, census->copies);
    key(out, "gaps");
    number(out, census->gaps);
    key(out, "interfaces");
    number(out, census->interfaces);
    key(out, "several_points");
    boolean(out, census->several_points);
    key(out, "options_cut");
    boolean(out, census->cut);
    g_string_append_c(out, '}');
}

static void write_rest(const rst_problems_t *problems, GString *out)
{
    const rst_census_t *census = problems->census;
    uint64_t benign = 0;

    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++)
        benign += problems->benign[i];
    key(out, "benign");
    g_string_append_c(out, '{');
    key(out, "resets");
    number(out, benign);
    key(out, "by_cause");
    g_string_append_c(out, '{');
    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++) {
        if (!problems->benign[i])
            continue;
        key(out, rst_cause_info((rst_cause_t)i)->token);
        number(out, problems->benign[i]);
    }
    g_string_append(out, "}}");
    key(out, "noise");
    g_string_append_c(out, '{');
    key(out, "connections");
    number(out, problems->noise);
    key(out, "clients");
    number(out, problems->strangers);
    g_string_append_c(out, '}');
    key(out, "undetermined");
    g_string_append_c(out, '{');
    key(out, "resets");
    number(out, problems->undetermined->len);
    key(out, "frames");
    g_string_append_c(out, '[');
    for (uint32_t i = 0; i < MIN(problems->undetermined->len, RST_FRAMES_LISTED); i++)
        number(out, rst_incident_at(census, g_array_index(problems->undetermined, uint32_t, i))->frame);
    g_string_append(out, "]}");
    key(out, "followers");
    number(out, census->followers);
    key(out, "truncated");
    boolean(out, census->truncated);
}

void rst_json_write(const rst_problems_t *problems, uint32_t most, GString *out)
{
    uint32_t count = 0;

    g_string_append_c(out, '{');
    key(out, "schema");
    number(out, 1);
    write_capture(problems->census, out);
    key(out, "quoted");
    g_string_append_c(out, '[');
    string(out, "trigger");
    string(out, "binding.value");
    string(out, "id");
    string(out, "title");
    g_string_append_c(out, ']');
    key(out, "problems");
    g_string_append_c(out, '[');
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->hits && count++ < most)
            write_problem(problems, problem, out);
    }
    g_string_append_c(out, ']');
    if (count > most) {
        key(out, "problems_total");
        number(out, count);
    }
    write_rest(problems, out);
    g_string_append(out, "}\n");
}
