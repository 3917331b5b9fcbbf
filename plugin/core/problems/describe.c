/* describe.c
 * Numbers and addresses into sentences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/describe.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "problems/stories.h"

static void *chunk_alloc(void *scope, size_t size)
{
    (void)scope;
    return g_malloc(size);
}

/* What base/text.h writes goes into a buffer, and is freed at once. */
static void place(char *buffer, const rst_address_t *address, int port)
{
    const rst_memory_t memory = {chunk_alloc, NULL, NULL};
    char *text =
        (char *)(port < 0 ? rst_address_text(&memory, address) : rst_endpoint_text(&memory, address, (uint16_t)port));

    g_strlcpy(buffer, text, RST_PLACE_MAX);
    g_free(text);
}

void rst_describe_address(const rst_census_t *census, uint32_t address, char *buffer)
{
    place(buffer, rst_address_at(census, address), -1);
}

void rst_describe_service(const rst_census_t *census, uint32_t address, uint16_t port, char *buffer)
{
    place(buffer, rst_address_at(census, address), port);
}

void rst_describe_net(const rst_census_t *census, uint32_t address, char *buffer)
{
    rst_address_t net = *rst_address_at(census, address);
    uint8_t byte[sizeof net.word];
    size_t length;

    memcpy(byte, net.word, sizeof byte);
    memset(byte + (net.size == 4 ? 3 : 8), 0, sizeof byte - (net.size == 4 ? 3 : 8));
    memcpy(net.word, byte, sizeof byte);
    place(buffer, &net, -1);
    length = strlen(buffer);
    snprintf(buffer + length, RST_PLACE_MAX - length, net.size == 4 ? "/24" : "/64");
}

const char *rst_binding_name(rst_binding_t binding)
{
    static const char *const names[RST_BINDING_COUNT] = {"service", "client", "scan", "device",
                                                         "path",    "pair",   "name", "host"};

    return names[binding];
}

static const char *keep(const rst_problems_t *problems, char *text)
{
    const char *kept = g_string_chunk_insert(problems->texts, text);

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

    rst_describe_service(census, flow->server, flow->port, text);
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

    rst_describe_address(census, flow->server, text);
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

    rst_describe_service(census, flow->server, flow->port, server);
    switch (problem->binding) {
    case RST_BINDING_CLIENT:
    case RST_BINDING_SCAN:
        rst_describe_address(census, flow->client, client);
        return g_strdup(client);
    case RST_BINDING_PATH:
        rst_describe_net(census, flow->client, client);
        return g_strdup(client);
    case RST_BINDING_HOST:
        rst_describe_address(census, flow->server, server);
        return g_strdup(server);
    case RST_BINDING_PAIR:
        if (problem->scope == RST_SCOPE_CLIENT_SERVICE && problem->clients == 1)
            rst_describe_address(census, flow->client, client);
        else
            rst_describe_net(census, flow->client, client);
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

    rst_describe_address(census, flow->server, server);
    rst_describe_address(census, flow->client, client);
    switch (problem->binding) {
    case RST_BINDING_CLIENT:
    case RST_BINDING_SCAN:
        return g_strdup_printf("tcp && %s == %s", from, client);
    case RST_BINDING_PATH:
        rst_describe_net(census, flow->client, client);
        return g_strdup_printf("tcp && %s == %s", from, client);
    case RST_BINDING_HOST:
        return g_strdup_printf("tcp && %s == %s", to, server);
    case RST_BINDING_PAIR:
        if (problem->scope != RST_SCOPE_CLIENT_SERVICE)
            rst_describe_net(census, flow->client, client);
        return g_strdup_printf("tcp.port == %u && %s == %s && %s == %s", flow->port, to, server, from, client);
    case RST_BINDING_NAME: /* no filter finds a whole connection by its name */
    case RST_BINDING_DEVICE:
        return filter_of_device(problems, problem);
    default:
        return g_strdup_printf("tcp.port == %u && %s == %s", flow->port, to, server);
    }
}

static const char *label_of(rst_token_t token)
{
    return token < RST_CAUSE_COUNT ? rst_cause_info((rst_cause_t)token)->label
                                   : rst_finding_info((rst_finding_kind_t)(token - RST_CAUSE_COUNT))->label;
}

/* "53 of 53 while it lasted; 53 of 183 in all" where the two differ much. */
static char *share_of(const rst_problem_t *problem)
{
    if (problem->total > 2 * (uint64_t)problem->in_period)
        return g_strdup_printf("%u of %u connections while it lasted, %u of %u in all", problem->hits,
                               MAX(problem->hits, problem->in_period), problem->hits, problem->total);
    return g_strdup_printf("%u of %u connections", problem->hits, MAX(problem->hits, problem->total));
}

static char *title_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    char *share = share_of(problem);
    char *value = value_of(problems, problem);
    char *title = g_strdup_printf("%s: %s (%s)", value, label_of(problem->token), share);

    g_free(share);
    g_free(value);
    return title;
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
        problem->title = keep(problems, title_of(problems, problem));
        problem->id = id_of(problems, problem, &seen);
    }
    rst_names_close(&seen);
}
