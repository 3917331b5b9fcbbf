/* describe.c
 * Numbers and addresses into sentences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/describe.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "problems/places.h"
#include "problems/stories.h"
#include "problems/todo.h"
#include "problems/words.h"

#define SURE 80 /* percent: below, it is said what would settle it */

const char *rst_binding_name(rst_binding_t binding)
{
    static const char *const names[RST_BINDING_COUNT] = {"service", "client", "scan", "device",
                                                         "path",    "pair",   "name", "host"};

    return names[binding];
}

static const char *keep(const rst_problems_t *problems, char *text)
{
    const char *kept = !text ? NULL : g_string_chunk_insert(problems->texts, text);

    g_free(text);
    return kept;
}

static const rst_flow_t *first_flow(const rst_problems_t *problems, const rst_problem_t *problem)
{
    return rst_incident_flow(problems->census, rst_incident_at(problems->census, problems->order[problem->start]));
}

/* The services of a device, as far as they are few: its own address is never seen. */
static char *list_of(const rst_problems_t *problems, const rst_problem_t *problem, unsigned most, const char *between,
                     void (*write)(const rst_census_t *census, const rst_flow_t *flow, GString *out))
{
    GString *out = g_string_new(NULL);
    rst_keys_t seen;

    rst_keys_open(&seen);
    for (uint32_t k = 0; k < problem->hits && seen.count < most; k++) {
        const rst_flow_t *flow =
            rst_incident_flow(problems->census, rst_incident_at(problems->census, problems->order[problem->start + k]));

        if (!rst_keys_is_new(&seen, flow->port, flow->server))
            continue;
        if (out->len)
            g_string_append(out, between);
        write(problems->census, flow, out);
    }
    rst_keys_close(&seen);
    return g_string_free(out, FALSE);
}

static void write_service(const rst_census_t *census, const rst_flow_t *flow, GString *out)
{
    char text[RST_PLACE_MAX];

    rst_place_service(census, flow->server, flow->port, text);
    g_string_append(out, text);
}

static bool has_one_port(const rst_problems_t *problems, const rst_problem_t *problem)
{
    for (uint32_t k = 1; k < problem->hits; k++) {
        const rst_incident_t *incident = rst_incident_at(problems->census, problems->order[problem->start + k]);

        if (rst_incident_flow(problems->census, incident)->port != first_flow(problems, problem)->port)
            return false;
    }
    return true;
}

static char *device_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    if (has_one_port(problems, problem))
        return g_strdup_printf("port %u", first_flow(problems, problem)->port);
    return list_of(problems, problem, 3, ", ", write_service);
}

static const char *address_field(const rst_address_t *address)
{
    return address->size == 16 ? "ipv6.addr" : "ip.addr";
}

static void write_filter(const rst_census_t *census, const rst_flow_t *flow, GString *out)
{
    char text[RST_PLACE_MAX];

    rst_place_address(census, flow->server, text);
    g_string_append_printf(out, "(%s == %s && tcp.port == %u)", address_field(rst_address_at(census, flow->server)),
                           text, flow->port);
}

static char *filter_of_device(const rst_problems_t *problems, const rst_problem_t *problem)
{
    return list_of(problems, problem, 50, " || ", write_filter);
}

/* What all its incidents share, without numbers or times of this file. */
static char *value_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_census_t *census = problems->census;
    const rst_flow_t *flow = first_flow(problems, problem);
    char server[RST_PLACE_MAX], client[RST_PLACE_MAX];

    rst_place_service(census, flow->server, flow->port, server);
    switch (problem->binding) {
    case RST_BINDING_CLIENT:
    case RST_BINDING_SCAN:
        rst_place_address(census, flow->client, client);
        return g_strdup(client);
    case RST_BINDING_PATH:
        rst_place_net(census, flow->client, client);
        return g_strdup(client);
    case RST_BINDING_HOST:
        rst_place_address(census, flow->server, server);
        return g_strdup(server);
    case RST_BINDING_PAIR:
        if (problem->scope == RST_SCOPE_CLIENT_SERVICE && problem->clients == 1)
            rst_place_address(census, flow->client, client);
        else
            rst_place_net(census, flow->client, client);
        return g_strdup_printf("%s > %s", client, server);
    case RST_BINDING_NAME:
        return g_strdup(problem->trigger);
    case RST_BINDING_DEVICE:
        return device_of(problems, problem);
    default:
        return g_strdup(server);
    }
}

/* For all packets of its connections, those that went well included. */
static char *filter_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_census_t *census = problems->census;
    const rst_flow_t *flow = first_flow(problems, problem);
    const char *to = address_field(rst_address_at(census, flow->server));
    const char *from = address_field(rst_address_at(census, flow->client));
    char server[RST_PLACE_MAX], client[RST_PLACE_MAX];

    rst_place_address(census, flow->server, server);
    rst_place_address(census, flow->client, client);
    switch (problem->binding) {
    case RST_BINDING_CLIENT:
    case RST_BINDING_SCAN:
        return g_strdup_printf("tcp && %s == %s", from, client);
    case RST_BINDING_PATH:
        rst_place_net(census, flow->client, client);
        return g_strdup_printf("tcp && %s == %s", from, client);
    case RST_BINDING_HOST:
        return g_strdup_printf("tcp && %s == %s", to, server);
    case RST_BINDING_PAIR:
        if (problem->scope != RST_SCOPE_CLIENT_SERVICE)
            rst_place_net(census, flow->client, client);
        return g_strdup_printf("tcp.port == %u && %s == %s && %s == %s", flow->port, to, server, from, client);
    case RST_BINDING_NAME: /* no filter finds a whole connection by its name */
    case RST_BINDING_DEVICE:
        return filter_of_device(problems, problem);
    default:
        return g_strdup_printf("tcp.port == %u && %s == %s", flow->port, to, server);
    }
}

/* Two problems that only differ in who ended the connections, or in when, still need two. */
static const char *id_of(const rst_problems_t *problems, const rst_problem_t *problem, rst_names_t *seen)
{
    const char *token = rst_token_name(problem->token);
    char *id = g_strdup_printf("%s|%s", token, problem->value);

    for (unsigned i = 1; rst_names_find(seen, id); i++) {
        g_free(id);
        id = i == 1
                 ? g_strdup_printf("%s|%s|%s", token, problem->value, rst_sender_name((rst_sender_t)problem->culprit))
                 : g_strdup_printf("%s|%s|%u", token, problem->value, i);
    }
    rst_names_keep(seen, id, UINT_MAX);
    return keep(problems, id);
}

static rst_service_name_t service_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_called_t called = problem->called;
    const char *name = called.name ? g_ptr_array_index(problems->census->names, called.name - 1) : NULL;

    return rst_service_name_of(name, (rst_named_by_t)called.by, (rst_protocol_t)called.protocol, called.by_port,
                               &problems->memory);
}

void rst_describe(rst_problems_t *problems)
{
    rst_names_t seen;

    rst_names_open(&seen);
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        rst_problem_t *problem = rst_problem_at(problems, i);

        if (!problem->hits)
            continue;
        problem->value = keep(problems, value_of(problems, problem));
        problem->filter = keep(problems, filter_of(problems, problem));
        problem->service = service_of(problems, problem);
        problem->title = keep(problems, rst_words_title(problems, problem));
        problem->settle = problem->confidence < SURE ? keep(problems, rst_words_settle(problems, problem)) : NULL;
        rst_todo_set(problems, problem);
        problem->id = id_of(problems, problem, &seen);
    }
    rst_names_close(&seen);
}
