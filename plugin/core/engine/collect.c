/* collect.c
 * Each connection is counted once, however many capture points show it: as an incident if it failed, where its first
 * reset is judged; otherwise at the first point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/collect.h"

#include "engine/advise.h"
#include "engine/failures.h"
#include "engine/fold.h"
#include "engine/heard.h"
#include "engine/past.h"
#include "facts/ports.h"

typedef struct collector {
    rst_engine_t *engine;
    const rst_memory_t *memory;
    rst_census_t *census;
    GHashTable *taken; /* stories, and connections at several points, that are in the census already */
} collector_t;

static void take_ends(const collector_t *collector, rst_flow_t *flow, const rst_address_t address[2],
                      const uint16_t port[2], unsigned client)
{
    flow->client = rst_census_address(collector->census, &address[client]);
    flow->server = rst_census_address(collector->census, &address[1 - client]);
    flow->client_port = port[client];
    flow->port = port[1 - client];
}

static void take_name(rst_flow_t *flow, rst_called_t called)
{
    flow->called = called;
    flow->name = rst_called_binds(called) ? called.name : 0;
}

static bool is_taken(const collector_t *collector, const void *story, const void *whole)
{
    return (story && g_hash_table_contains(collector->taken, story)) ||
           (whole && g_hash_table_contains(collector->taken, whole));
}

static void mark_taken(const collector_t *collector, const void *key)
{
    if (key)
        g_hash_table_add(collector->taken, (gpointer)key);
}

static rst_incident_t incident_of(const collector_t *collector, const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    rst_incident_t incident = {.at = reset->at,
                               .frame = rst_frames_number(&collector->engine->file.frames, reset->at.pass_index),
                               .silence = verdict->idle == RST_DURATION_NONE ? RST_TIME_NONE : verdict->idle,
                               .token = (uint16_t)verdict->cause,
                               .confidence = verdict->confidence,
                               .sender = (uint8_t)verdict->sender,
                               .on_path = (uint8_t)rst_verdict_on_path(verdict),
                               .system = (uint8_t)rst_system_of_sender(reset, verdict),
                               .ttl = reset->ttl,
                               .hop_delta = verdict->hop_delta,
                               .relayed = reset->relayed.pass_index};

    if (own->known & RST_DIRECTION_FIN)
        incident.silence = rst_silence_before_fin(own);
    return incident;
}

/* What stands for it; where it is folded, the entry of its connection. */
static const void *story_of(const collector_t *collector, const rst_reset_t *reset)
{
    const rst_conn_entry_t *entry = rst_roll_folded(&collector->engine->roll, reset->id);

    return entry ? (const void *)entry : reset->story;
}

/* The census keeps the text as long as itself. */
static const char *keep_quote(const collector_t *collector, const char *text)
{
    rst_census_t *census = collector->census;

    if (!text)
        return NULL;
    if (!census->quotes)
        census->quotes = g_string_chunk_new(1024);
    return g_string_chunk_insert_const(census->quotes, text);
}

static void add_reset(const collector_t *collector, const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    rst_incident_t incident = incident_of(collector, reset, verdict);
    const struct rst_whole_connection *whole = reset->at_point ? reset->at_point->whole : NULL;
    const void *story = story_of(collector, reset);
    rst_flow_t flow = rst_past_flow(&reset->direction[reset->client], &reset->direction[1 - reset->client]);

    if (is_taken(collector, story, whole))
        return;
    mark_taken(collector, story);
    mark_taken(collector, whole);
    incident.witness = keep_quote(collector, rst_heard_of_reset(collector->engine, reset, collector->memory));
    take_ends(collector, &flow, reset->story->address, reset->story->port, reset->client);
    flow.first = reset->story->began.time;
    flow.began = reset->story->began.pass_index;
    flow.last = reset->at.time;
    take_name(&flow, reset->story->called);
    flow.facts |= RST_FLOW_RESET;
    if (!reset->role_known)
        flow.facts |= RST_FLOW_GUESSED;
    rst_census_incident(collector->census, rst_census_flow(collector->census, &flow), &incident);
}

static void add_resets(const collector_t *collector)
{
    const unsigned place = collector->engine->fold.next;

    for (uint32_t id = 1; id <= rst_roll_count(&collector->engine->roll); id++) {
        const rst_reset_t *reset = rst_fold_reset(collector->engine, id);
        rst_verdict_t verdict;

        if (!reset)
            continue;
        rst_engine_classify(collector->engine, reset, collector->memory, false, &verdict);
        if (!verdict.first)
            collector->census->followers++;
        else if (verdict.benign)
            collector->census->benign[verdict.cause]++;
        else
            add_reset(collector, reset, &verdict);
        rst_fold_go_back(collector->engine, place);
    }
}

static void fill_reported(const collector_t *collector, rst_flow_t *flow, const rst_icmp_t *icmp)
{
    flow->client = rst_census_address(collector->census, &icmp->src);
    flow->server = rst_census_address(collector->census, &icmp->dst);
    flow->client_port = icmp->sport;
    flow->port = icmp->dport;
    flow->facts = RST_FLOW_BEGAN | RST_FLOW_ASKED;
}

/* Of an earlier incarnation, only what the failure itself says is left. */
static rst_flow_t flow_of_failure(const collector_t *collector, const rst_failure_t *failure)
{
    const rst_conn_t *conn = failure->conn;
    bool current = conn && failure->first.pass_index >= conn->first.pass_index && conn->first.pass_index;
    unsigned client = failure->from;
    rst_flow_t flow = {.facts = RST_FLOW_BEGAN | RST_FLOW_ASKED};

    if (failure->kind != RST_FINDING_SYN_TIMEOUT && !failure->report)
        client = conn ? rst_conn_client(conn) : failure->client;
    if (current && failure->kind != RST_FINDING_SYN_TIMEOUT)
        flow = rst_past_flow(&conn->direction[client], &conn->direction[1 - client]);
    flow.called = failure->called;
    flow.first = current ? MIN(conn->first.time, failure->first.time) : failure->first.time;
    flow.began = current ? MIN(conn->first.pass_index, failure->first.pass_index) : failure->first.pass_index;
    flow.last = failure->last.time;
    if (conn || !failure->report)
        take_ends(collector, &flow, conn ? conn->address : failure->address, conn ? conn->port : failure->port, client);
    else
        fill_reported(collector, &flow, &failure->report->icmp);
    return flow;
}

static void add_failure(const rst_failure_t *failure, uint32_t frame, void *user_data)
{
    const collector_t *collector = user_data;
    const rst_conn_t *conn = failure->conn;
    const struct rst_whole_connection *whole = conn && conn->at_point ? conn->at_point->whole : NULL;
    rst_flow_t flow;
    rst_incident_t incident = {.at = failure->last,
                               .frame = frame,
                               .silence = RST_TIME_NONE,
                               .token = (uint16_t)RST_TOKEN_FINDING(failure->kind),
                               .confidence = 90,
                               .hop_delta = RST_HOPS_NONE};

    if ((failure->report && failure->report->icmp.udp) || is_taken(collector, NULL, whole))
        return;
    mark_taken(collector, whole);
    if (conn && conn->first.pass_index <= failure->first.pass_index && !conn->opening)
        mark_taken(collector, conn);
    flow = flow_of_failure(collector, failure);
    incident.witness = keep_quote(collector, rst_heard_of_failure(collector->engine, failure, collector->memory));
    incident.sender = failure->kind == RST_FINDING_SILENT_GIVE_UP && conn && rst_conn_client(conn) != failure->from
                          ? RST_SENDER_SERVER
                          : RST_SENDER_CLIENT;
    rst_census_incident(collector->census, rst_census_flow(collector->census, &flow), &incident);
}

static void add_packed(const collector_t *collector, const rst_conn_entry_t *entry)
{
    rst_flow_t flow = {.facts = RST_FLOW_BEGAN | RST_FLOW_ASKED,
                       .client_ttl = entry->as.syn.ttl,
                       .began = entry->as.syn.pass_index,
                       .first = entry->as.syn.time,
                       .last = entry->as.syn.time};
    rst_address_t address[2];
    uint16_t port[2];

    rst_conn_entry_ends(entry, address, port);
    take_ends(collector, &flow, address, port, entry->as.syn.from & 1);
    rst_census_flow(collector->census, &flow);
}

static void add_summary(const collector_t *collector, const rst_conn_entry_t *entry)
{
    rst_flow_t flow = {.facts = RST_FLOW_ASKED | RST_FLOW_ANSWERED | RST_FLOW_CLIENT_FIN | RST_FLOW_SERVER_FIN};
    rst_closed_summary_t summary;
    rst_address_t address[2];
    uint16_t port[2];
    unsigned client;

    rst_fold_read_closed(collector->engine, entry, &summary);
    flow.began = summary.first_pass_index;
    flow.first = summary.first_time;
    flow.last = summary.last_time;
    client = summary.client > 0;
    rst_conn_entry_ends(entry, address, port);
    if (summary.client < 0)
        client = rst_port_is_service(port[0]) ? 1 : port[0] < port[1] && !rst_port_is_service(port[1]);
    take_ends(collector, &flow, address, port, client);
    take_name(&flow, summary.called);
    flow.ttl = summary.direction[1 - client].ttl;
    flow.client_ttl = summary.direction[client].syn_ttl;
    if (summary.opened)
        flow.facts |= RST_FLOW_BEGAN;
    if (summary.direction[client].data_segments)
        flow.facts |= RST_FLOW_CLIENT_DATA;
    if (summary.direction[1 - client].data_segments)
        flow.facts |= RST_FLOW_SERVER_DATA;
    if (summary.direction[client].syn_options)
        flow.facts |= RST_FLOW_OPTIONS;
    rst_census_flow(collector->census, &flow);
}

static void add_conn(const collector_t *collector, const rst_conn_t *conn)
{
    unsigned client = rst_conn_client(conn);
    rst_flow_t flow;

    if (!conn->first.pass_index || (conn->at_point && conn->at_point->place))
        return;
    if (is_taken(collector, conn->story, conn->at_point ? conn->at_point->whole : NULL) ||
        is_taken(collector, conn, NULL))
        return;
    flow = rst_past_flow(&conn->direction[client], &conn->direction[1 - client]);
    flow.first = conn->first.time;
    flow.last = conn->last.time;
    flow.began = conn->first.pass_index;
    take_name(&flow, conn->called);
    for (unsigned from = 0; from < 2; from++) {
        collector->census->copies += conn->direction[from].copies;
        collector->census->gaps += conn->direction[from].gaps;
    }
    if (conn->resets)
        flow.facts |= RST_FLOW_RESET;
    if (conn->client < 0)
        flow.facts |= RST_FLOW_GUESSED;
    take_ends(collector, &flow, conn->address, conn->port, client);
    rst_census_flow(collector->census, &flow);
}

/* At every capture point that shows it. */
static void add_views(const collector_t *collector, const rst_conn_t *conn)
{
    const rst_conn_at_point_t *view = conn->at_point;

    for (; conn; conn = view ? view->conn : NULL) {
        add_conn(collector, conn);
        view = view ? view->view : NULL;
    }
}

static void add_folded(const collector_t *collector, const rst_conn_entry_t *entry)
{
    const unsigned place = collector->engine->fold.next;

    if (!is_taken(collector, entry, NULL))
        add_conn(collector, &rst_fold_read(collector->engine, entry)->conn);
    rst_fold_go_back(collector->engine, place);
}

static void add_others(const collector_t *collector)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, collector->engine->table.table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_conn_entry_t *entry = key;

        if (entry->folded)
            add_folded(collector, entry);
        else if (entry->closed_long_ago)
            add_summary(collector, entry);
        else if (entry->packed)
            add_packed(collector, entry);
        else if (entry->as.conn)
            add_views(collector, entry->as.conn);
    }
}

static void add_past(const collector_t *collector)
{
    const GArray *past = collector->engine->past;

    for (guint i = 0; i < past->len; i++) {
        const rst_past_t *old = &g_array_index(past, rst_past_t, i);
        rst_flow_t flow = old->flow;

        if (!old->conn || is_taken(collector, old->story, old->whole))
            continue;
        take_ends(collector, &flow, old->conn->address, old->conn->port, old->client);
        rst_census_flow(collector->census, &flow);
    }
}

rst_census_t *rst_collect(rst_engine_t *engine, const rst_memory_t *memory)
{
    collector_t collector = {engine, memory, rst_census_new(), g_hash_table_new(NULL, NULL)};
    rst_census_t *census = collector.census;

    rst_engine_finish_pass(engine);
    census->frames = rst_frames_number(&engine->file.frames, engine->file.now.pass_index);
    census->first_time = engine->began;
    census->last_time = engine->file.now.time;
    census->interfaces = engine->points.interfaces;
    census->clocks_apart = rst_points_clocks_apart(&engine->points);
    census->tick = engine->file.tick;
    census->backward = engine->file.backward;
    census->snapped = engine->file.snapped;
    census->longest = engine->file.longest;
    census->several_points = engine->points.several;
    census->cut = engine->file.options_cut;
    census->truncated = engine->keep.kind[RST_KIND_CONNS].evicted || engine->past->len >= RST_PAST_MAX ||
                        engine->failures_next; /* the first of them have been overwritten */
    for (guint i = 0; i < engine->names.text->len; i++)
        g_ptr_array_add(census->names, engine->names.text->pdata[i]);
    add_resets(&collector);
    rst_findings_each(engine, add_failure, &collector);
    add_others(&collector);
    add_past(&collector);
    g_hash_table_destroy(collector.taken);
    rst_census_sort(census);
    return census;
}
