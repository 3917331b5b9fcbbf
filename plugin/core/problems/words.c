/* words.c
 * Filling in addresses, numbers and times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/words.h"

#include <string.h>

#include "base/text.h"
#include "problems/places.h"
#include "problems/stories.h"

#define STATED 90 /* percent: from here on, a conclusion needs no hedge */
#define PROBABLE 50

typedef struct words {
    const char *title, *settle;
} words_t;

static const words_t all_words[RST_TOKEN_COUNT] = {
#define RST_CAUSE_FINDING_SYN_TIMEOUT RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT)
#define RST_CAUSE_FINDING_SILENT_GIVE_UP RST_TOKEN_FINDING(RST_FINDING_SILENT_GIVE_UP)
#define RST_CAUSE_FINDING_ICMP_UNREACHABLE RST_TOKEN_FINDING(RST_FINDING_ICMP_UNREACHABLE)
#define RST_WORDS(token, title, settle) [RST_CAUSE_##token] = {title, settle},
#include "problems/words.def"
#undef RST_WORDS
};

/* For bindings that say more than the cause does. */
static const words_t scan = {"{client} {maybe}probed {services}{when}: {share} refused or without effect",
                             "What runs on {client}"};
static const words_t other = {"Something ended {share} between {clients} and {server}{when}", NULL};

static const words_t *words_of(const rst_problem_t *problem)
{
    if (problem->binding == RST_BINDING_SCAN)
        return &scan;
    return all_words[problem->token].title ? &all_words[problem->token] : &other;
}

static const rst_flow_t *example_flow(const rst_problems_t *problems, const rst_problem_t *problem)
{
    return rst_incident_flow(problems->census, rst_incident_at(problems->census, problem->example));
}

void rst_words_count(uint64_t count, const char *one, GString *out)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT " %s%s", (guint64)count, one, count == 1 ? "" : "s");
}

void rst_words_time(int64_t ns, const char *format, GString *out)
{
    char *text = rst_calendar_text(ns, format, false);

    g_string_append(out, text ? text : "an unknown time");
    g_free(text);
}

static const char *outcome_of(const rst_problem_t *problem)
{
    switch (problem->ongoing) {
    case RST_ONGOING_YES:
        return problem->hits == problem->in_period ? ", up to the last attempt" : ", with no sign that it is over";
    case RST_ONGOING_NO:
        return ", over since then";
    default:
        return "";
    }
}

/* A single failure says nothing about how long it lasted. */
static void write_when(const rst_problem_t *problem, GString *out)
{
    bool one_day = problem->first / (86400 * RST_SECOND) == problem->last / (86400 * RST_SECOND);

    if (problem->first == RST_TIME_NONE)
        return;
    if (problem->first / RST_SECOND == problem->last / RST_SECOND) {
        g_string_append(out, ", at ");
    } else {
        g_string_append(out, ", ");
        rst_words_time(problem->first, one_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", out);
        g_string_append(out, " to ");
    }
    rst_words_time(problem->last, one_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", out);
    g_string_append(out, " UTC");
    if (problem->hits > 1)
        g_string_append(out, outcome_of(problem));
}

/* Where both figures differ much, the one for while it lasted comes first; a single failure does not last. */
static void write_share(const rst_problem_t *problem, GString *out)
{
    uint32_t period = MAX(problem->hits, problem->in_period), total = MAX(problem->hits, problem->total);

    if (total == 1)
        g_string_append(out, "one connection");
    else if (problem->hits > 1 && total > period + period / 2)
        g_string_append_printf(out, "%u of %u connections while it lasted (%u in all)", problem->hits, period, total);
    else
        g_string_append_printf(out, "%u of %u connections", problem->hits, total);
}

static void write_clients(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    char place[RST_PLACE_MAX], net[RST_PLACE_MAX];
    const rst_flow_t *flow = example_flow(problems, problem);

    rst_place_address(problems->census, flow->client, place);
    rst_place_net(problems->census, flow->client, net);
    if (problem->clients == 1)
        g_string_append(out, place);
    else if (problem->binding == RST_BINDING_PATH ||
             (problem->binding == RST_BINDING_PAIR && problem->scope == RST_SCOPE_NET_SERVICE))
        g_string_append_printf(out, "%u clients in %s", problem->clients, net);
    else
        g_string_append_printf(out, "%u clients", problem->clients);
}

static void write_server(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    const rst_flow_t *flow = example_flow(problems, problem);
    char place[RST_PLACE_MAX];

    rst_place_service(problems->census, flow->server, flow->port, place);
    if (problem->services == 1) {
        g_string_append(out, place);
    } else if (problem->servers == 1) {
        rst_place_address(problems->census, flow->server, place);
        g_string_append_printf(out, "%u ports of %s", problem->services, place);
    } else {
        g_string_append_printf(out, "%u services of %u servers", problem->services, problem->servers);
    }
}

static void write_timer(const rst_problem_t *problem, GString *out)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (problem->timer == RST_TIME_NONE)
        g_string_append(out, "not clear from this capture");
    else
        g_string_append_printf(out, "%s s",
                               g_ascii_formatd(number, sizeof number, "%.1f", (double)problem->timer / RST_SECOND));
}

/* As single verdicts are hedged. */
static const char *maybe(const rst_problem_t *problem)
{
    if (problem->confidence >= STATED)
        return "";
    return problem->confidence >= PROBABLE ? "probably " : "perhaps ";
}

static const char *culprit_text(const rst_problem_t *problem, bool begins)
{
    switch (problem->culprit) {
    case RST_SENDER_CLIENT:
        return begins ? "The client" : "the client";
    case RST_SENDER_SERVER:
        return begins ? "The server" : "the server";
    default:
        return begins ? "One side" : "one side";
    }
}

static bool write_place(const rst_problems_t *problems, const rst_problem_t *problem, const char *name, GString *out)
{
    const rst_flow_t *flow = example_flow(problems, problem);
    char place[RST_PLACE_MAX];

    if (g_str_equal(name, "host"))
        rst_place_address(problems->census, flow->server, place);
    else if (g_str_equal(name, "client"))
        rst_place_address(problems->census, flow->client, place);
    else if (g_str_equal(name, "net"))
        rst_place_net(problems->census, flow->client, place);
    else if (g_str_equal(name, "port"))
        g_snprintf(place, sizeof place, "%u", flow->port);
    else
        return false;
    g_string_append(out, place);
    return true;
}

static void write_trigger(const rst_problem_t *problem, GString *out)
{
    char *quoted = rst_quoted(problem->trigger);

    g_string_append_printf(out, " for %s", quoted);
    g_free(quoted);
}

static void write_word(const rst_problems_t *problems, const rst_problem_t *problem, const char *name, GString *out)
{
    if (write_place(problems, problem, name, out))
        return;
    if (g_str_equal(name, "server") || g_str_equal(name, "services"))
        write_server(problems, problem, out);
    else if (g_str_equal(name, "clients"))
        write_clients(problems, problem, out);
    else if (g_str_equal(name, "share"))
        write_share(problem, out);
    else if (g_str_equal(name, "when"))
        write_when(problem, out);
    else if (g_str_equal(name, "at"))
        rst_words_time(problem->first, "%Y-%m-%d %H:%M:%S UTC", out);
    else if (g_str_equal(name, "timer"))
        write_timer(problem, out);
    else if (g_str_equal(name, "listens"))
        g_string_append(out, problem->ongoing == RST_ONGOING_NO ? "listened" : "listens");
    else if (g_str_equal(name, "maybe"))
        g_string_append(out, maybe(problem));
    else if (g_str_equal(name, "perhaps"))
        g_string_append(out, problem->confidence < PROBABLE ? maybe(problem) : "");
    else if (g_str_equal(name, "likely"))
        g_string_append(out, problem->confidence < PROBABLE ? "" : maybe(problem));
    else if (g_str_equal(name, "culprit") || g_str_equal(name, "Culprit"))
        g_string_append(out, culprit_text(problem, *name == 'C'));
    else if (g_str_equal(name, "trigger") && problem->trigger)
        write_trigger(problem, out);
}

static char *fill_in(const rst_problems_t *problems, const rst_problem_t *problem, const char *template)
{
    GString *out = g_string_new(NULL);

    while (*template) {
        const char *end = *template == '{' ? strchr(template, '}') : NULL;
        char *name;

        if (!end) {
            g_string_append_c(out, *template ++);
            continue;
        }
        name = g_strndup(template + 1, (gsize)(end - template - 1));
        write_word(problems, problem, name, out);
        g_free(name);
        template = end + 1;
    }
    return g_string_free(out, FALSE);
}

/* With the name of the server beside its address, unless the sentence has it already. */
char *rst_words_title(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_flow_t *flow = example_flow(problems, problem);
    char *title = fill_in(problems, problem, words_of(problem)->title);
    char place[RST_PLACE_MAX];
    const char *named;

    rst_place_service(problems->census, flow->server, flow->port, place);
    named = problem->trigger ? title : rst_service_name_write(title, place, problem->service.label, &problems->memory);
    if (named == title)
        return title;
    g_free(title);
    return g_strdup(named);
}

char *rst_words_settle(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const char *settle = words_of(problem)->settle;

    return settle ? fill_in(problems, problem, settle) : NULL;
}
