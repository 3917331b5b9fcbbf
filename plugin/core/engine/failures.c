/* failures.c
 * Finding failures without a reset: SYNs or data that nobody answers, or that ICMP reports as unreachable.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/failures.h"

#include "base/text.h"
#include "engine/heard.h"
#include "engine/naming.h"
#include "points/delivery.h"

#define FAILURES_MAX 65536 /* of connections whose addresses and ports were used again; beyond, the oldest go */

static bool went_on_for(const rst_engine_t *engine, rst_moment_t last, int64_t gap)
{
    int64_t silence = rst_elapsed(last, engine->file.now);

    return silence != RST_TIME_NONE && silence > gap;
}

static bool went_on(const rst_engine_t *engine, const rst_retransmission_t *retx)
{
    return went_on_for(engine, retx->last, retx->gap);
}

/* Three SYNs, or two if the capture went on for longer than the wait between them. */
static bool is_syn_timeout(const rst_engine_t *engine, const rst_conn_t *conn, unsigned from)
{
    const rst_direction_t *side = &conn->direction[from];

    if (!(side->known & RST_DIRECTION_SYN) || (side->known & RST_DIRECTION_SYNACK) ||
        conn->direction[1 - from].segments)
        return false;
    return side->retransmission.copies >= 3 ||
           (side->retransmission.copies == 2 && went_on(engine, &side->retransmission));
}

static bool is_silent_give_up(const rst_engine_t *engine, const rst_conn_t *conn, unsigned from)
{
    const rst_retransmission_t *retx = &conn->direction[from].retransmission;

    return retx->copies > engine->file.prefs.retx_threshold && !retx->peer_alive && !(retx->flags & RST_FLAG_SYN) &&
           went_on(engine, retx);
}

static rst_failure_t failure_of(const rst_conn_t *conn)
{
    return (rst_failure_t){.conn = conn,
                           .address = {conn->address[0], conn->address[1]},
                           .port = {conn->port[0], conn->port[1]},
                           .client = (uint8_t)rst_conn_client(conn),
                           .called = rst_naming_called(conn)};
}

static bool conn_failure(const rst_engine_t *engine, const rst_conn_t *conn, rst_failure_t *failure)
{
    if (conn->resets)
        return false;
    for (unsigned from = 0; from < 2; from++) {
        bool syn = is_syn_timeout(engine, conn, from);

        if (!syn && !is_silent_give_up(engine, conn, from))
            continue;
        *failure = failure_of(conn);
        failure->kind = syn ? RST_FINDING_SYN_TIMEOUT : RST_FINDING_SILENT_GIVE_UP;
        failure->from = (uint8_t)from;
        failure->count = conn->direction[from].retransmission.copies;
        failure->first = conn->direction[from].retransmission.first;
        failure->last = conn->direction[from].retransmission.last;
        return true;
    }
    return false;
}

/* The same for an attempt that nobody answered while the connection before it was not long gone. */
static bool opening_failure(const rst_engine_t *engine, const rst_conn_t *conn, rst_failure_t *failure)
{
    const rst_opening_t *opening = conn->opening;
    rst_moment_t first, last;

    if (!opening || (opening->syn.flags & RST_FLAG_ACK))
        return false;
    first = opening->at[0];
    last = opening->at[opening->copies - 1];
    if (opening->count < 2 || (opening->count == 2 && !went_on_for(engine, last, rst_elapsed(first, last))))
        return false;
    *failure = failure_of(conn);
    failure->called = (rst_called_t){0}; /* that is of the connection before */
    failure->kind = RST_FINDING_SYN_TIMEOUT;
    failure->from = opening->from;
    failure->count = opening->count;
    failure->first = first;
    failure->last = last;
    return true;
}

void rst_findings_note(rst_engine_t *engine, rst_conn_t *conn)
{
    uint32_t place = engine->failures->len;
    rst_failure_t failure;

    if (!conn_failure(engine, conn, &failure))
        return;
    failure.before = conn->failure;
    if (place < FAILURES_MAX) {
        g_array_append_val(engine->failures, failure);
    } else {
        place = engine->failures_next++ % FAILURES_MAX;
        g_array_index(engine->failures, rst_failure_t, place) = failure;
    }
    conn->failure = place + 1;
}

/* Its places may have been taken by others since. */
void rst_findings_leave(const rst_engine_t *engine, const rst_conn_t *conn)
{
    uint32_t place = conn->failure;

    while (place) {
        rst_failure_t *failure = &g_array_index(engine->failures, rst_failure_t, place - 1);

        if (failure->conn != conn)
            return;
        failure->conn = NULL;
        place = failure->before;
    }
}

bool rst_findings_has(const rst_engine_t *engine, const rst_conn_t *conn)
{
    const rst_conn_at_point_t *view = conn->at_point;
    rst_failure_t failure;

    for (; conn; conn = view ? view->conn : NULL) {
        if (conn_failure(engine, conn, &failure) || opening_failure(engine, conn, &failure))
            return true;
        view = view ? view->view : NULL;
    }
    return false;
}

static int compare_ends(const rst_failure_t *a, const rst_failure_t *b)
{
    int order = 0;

    if (a->report)
        order = rst_address_compare(&a->report->icmp.src, &b->report->icmp.src);
    if (a->report && !order)
        order = rst_address_compare(&a->report->icmp.dst, &b->report->icmp.dst);
    for (unsigned i = 0; !order && i < 2; i++) {
        order = rst_address_compare(&a->address[i], &b->address[i]);
        order = order ? order : (int)a->port[i] - (int)b->port[i];
    }
    return order;
}

/* Of several that end in one frame, one is listed, the same in each run: the tables have no order. */
static bool gives_way(const rst_failure_t *listed, const rst_failure_t *failure)
{
    if (listed->kind != failure->kind)
        return listed->kind < failure->kind;
    if (listed->first.pass_index != failure->first.pass_index)
        return listed->first.pass_index < failure->first.pass_index;
    return compare_ends(listed, failure) < 0;
}

static void list_failure(rst_engine_t *engine, const rst_failure_t *failure)
{
    gpointer frame = GUINT_TO_POINTER(rst_frames_number(&engine->file.frames, failure->last.pass_index));
    const rst_failure_t *listed = g_hash_table_lookup(engine->findings, frame);

    if (frame && (!listed || gives_way(listed, failure)))
        g_hash_table_insert(engine->findings, frame, g_memdup2(failure, sizeof *failure));
}

/* One failure is reported once: what an ICMP error explains is not a silent one. */
static void list_silence(rst_engine_t *engine, const rst_failure_t *failure)
{
    unsigned from = failure->from;
    rst_found_t icmp = rst_icmp_reports_find(&engine->icmp_reports, &failure->address[from], failure->port[from],
                                             &failure->address[1 - from], failure->port[1 - from])
                           .found;
    rst_failure_t silence = *failure;

    silence.icmp_unkept = icmp == RST_NOT_KEPT;
    if (icmp != RST_FOUND)
        list_failure(engine, &silence);
}

/* At every capture point that shows it. */
static void list_conn(rst_engine_t *engine, const rst_conn_t *conn)
{
    const rst_conn_at_point_t *view = conn->at_point;
    rst_failure_t failure;

    for (; conn; conn = view ? view->conn : NULL) {
        if (conn_failure(engine, conn, &failure))
            list_silence(engine, &failure);
        if (opening_failure(engine, conn, &failure))
            list_silence(engine, &failure);
        view = view ? view->view : NULL;
    }
}

/* Do all capture points that show the connection agree that nothing came back, and that it was not reset? */
static bool is_silent(const rst_engine_t *engine, const rst_conn_t *conn, unsigned from)
{
    const rst_conn_at_point_t *view = conn->at_point;

    for (; conn; conn = view ? view->conn : NULL) {
        if (conn->resets || (conn->direction[1 - from].segments && !is_silent_give_up(engine, conn, from)))
            return false;
        view = view ? view->view : NULL;
    }
    return true;
}

/* The connection that the ICMP report is about; NULL if the capture shows at most one SYN of it. *closed = it went well
 * and ended long ago. */
static const rst_conn_t *reported_conn(const rst_engine_t *engine, const rst_icmp_t *icmp, unsigned *from, bool *closed)
{
    const rst_segment_t quoted = {.src = icmp->src, .dst = icmp->dst, .sport = icmp->sport, .dport = icmp->dport};
    const rst_conn_entry_t *entry = icmp->udp ? NULL : rst_conn_table_peek(&engine->table, &quoted, from);

    *closed = entry && (entry->closed_long_ago || entry->folded);
    return entry && !entry->packed ? entry->as.conn : NULL;
}

/* For an open connection, an ICMP error is only a hint (RFC 5461, RFC 5927): anybody can forge one, and TCP goes on. It
 * explains a failure only where there is one. */
static void list_report(rst_engine_t *engine, const rst_icmp_report_t *report)
{
    unsigned from = 0;
    bool closed;
    const rst_conn_t *conn = reported_conn(engine, &report->icmp, &from, &closed);
    bool current = conn && conn->first.pass_index <= report->first.pass_index;
    const rst_failure_t failure = {.conn = conn,
                                   .called = current ? rst_naming_called(conn) : (rst_called_t){0},
                                   .report = report,
                                   .kind = RST_FINDING_ICMP_UNREACHABLE,
                                   .from = (uint8_t)from,
                                   .count = report->count,
                                   .first = report->first,
                                   .last = report->last};

    if (!closed && (!conn || is_silent(engine, conn, from)))
        list_failure(engine, &failure);
}

static void make_list(rst_engine_t *engine)
{
    GHashTableIter iter;
    gpointer key;

    engine->findings = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (guint i = 0; i < engine->failures->len; i++)
        list_silence(engine, &g_array_index(engine->failures, rst_failure_t, i));
    g_hash_table_iter_init(&iter, engine->table.table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_conn_entry_t *entry = key;

        if (!entry->packed && entry->as.conn)
            list_conn(engine, entry->as.conn);
    }
    g_hash_table_iter_init(&iter, engine->icmp_reports.table);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        list_report(engine, key);
}

void rst_findings_each(rst_engine_t *engine,
                       void (*take)(const rst_failure_t *failure, uint32_t frame, void *user_data), void *user_data)
{
    GHashTableIter iter;
    gpointer key, value;

    engine->asked = true;
    if (!engine->findings)
        make_list(engine);
    g_hash_table_iter_init(&iter, engine->findings);
    while (g_hash_table_iter_next(&iter, &key, &value))
        take(value, GPOINTER_TO_UINT(key), user_data);
}

static const char *endpoint(const rst_failure_t *failure, unsigned side, const rst_memory_t *memory)
{
    return failure->report ? "" : rst_endpoint_text(memory, &failure->address[side], failure->port[side]);
}

static const char *times_text(const rst_failure_t *failure, const rst_memory_t *memory)
{
    int64_t duration = rst_elapsed(failure->first, failure->last);

    if (failure->count < 2)
        return "";
    if (duration == RST_TIME_NONE)
        return rst_text(memory, ", %u times", failure->count);
    return rst_text(memory, ", %u times in %s", failure->count, rst_duration_text(memory, duration));
}

static const char *summary_of(const rst_failure_t *failure, const rst_memory_t *memory)
{
    const char *client = endpoint(failure, failure->from, memory);
    const char *server = endpoint(failure, 1u - failure->from, memory);
    const char *span = rst_duration_text(memory, rst_elapsed(failure->first, failure->last));

    switch (failure->kind) {
    case RST_FINDING_SYN_TIMEOUT:
        return rst_text(memory, "%s never answered: %s sent the same SYN %u times in %s%s", server, client,
                        failure->count, span,
                        failure->icmp_unkept ? ". ICMP errors were dropped to save memory, so one may have come"
                                             : " and got nothing back");
    case RST_FINDING_SILENT_GIVE_UP:
        return rst_text(memory,
                        "%s stopped answering: %s sent the same segment %u times in %s, then gave up without a reset",
                        server, client, failure->count, span);
    default:
        return rst_text(memory, "%s%s", rst_icmp_report_text(failure->report, memory), times_text(failure, memory));
    }
}

/* If the other end was captured too: was the segment lost on the way, or did the host not answer? */
static rst_delivery_t delivery_of(const rst_engine_t *engine, const rst_failure_t *failure)
{
    const rst_retransmission_t *retx = failure->conn ? &failure->conn->direction[failure->from].retransmission : NULL;

    if (!retx || failure->report || retx->last.pass_index != failure->last.pass_index)
        return (rst_delivery_t){RST_DELIVERY_UNKNOWN, 0, 0, 0};
    return rst_delivery_of(&engine->points, failure->conn->at_point, failure->from, retx);
}

static const char *explained(const rst_failure_t *failure, const rst_delivery_t *delivery, const rst_memory_t *memory)
{
    const char *summary = summary_of(failure, memory);
    const char *kind = rst_delivery_text(delivery, memory);

    return *kind ? rst_text(memory, "%s. %s", summary, kind) : summary;
}

unsigned rst_failure_client(const rst_failure_t *failure)
{
    if (failure->kind != RST_FINDING_SILENT_GIVE_UP)
        return failure->from;
    return failure->conn ? rst_conn_client(failure->conn) : failure->client;
}

static void name_ends(const rst_failure_t *failure, const rst_memory_t *memory, rst_finding_t *finding)
{
    const rst_icmp_t *icmp = failure->report ? &failure->report->icmp : NULL;
    unsigned client = rst_failure_client(failure);

    finding->opener = icmp ? rst_endpoint_text(memory, &icmp->src, icmp->sport) : endpoint(failure, client, memory);
    finding->acceptor =
        icmp ? rst_endpoint_text(memory, &icmp->dst, icmp->dport) : endpoint(failure, 1 - client, memory);
}

bool rst_engine_finding(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory, rst_finding_t *finding)
{
    const rst_failure_t *failure;
    rst_delivery_t delivery;

    engine->asked = true;
    if (!engine->findings && !rst_pace_begin(&engine->findings_pace))
        return false;
    if (!engine->findings) {
        make_list(engine);
        rst_pace_end(&engine->findings_pace);
    }
    failure = g_hash_table_lookup(engine->findings, GUINT_TO_POINTER(frame));
    if (!failure)
        return false;
    finding->kind = failure->kind;
    finding->count = failure->count;
    finding->duration = rst_elapsed(failure->first, failure->last);
    delivery = delivery_of(engine, failure);
    finding->pattern = rst_delivery_pattern(&delivery);
    finding->summary = explained(failure, &delivery, memory);
    rst_heard_tell(engine, failure, memory, finding);
    finding->server = failure->report
                          ? rst_endpoint_text(memory, &failure->report->icmp.dst, failure->report->icmp.dport)
                          : endpoint(failure, 1u - failure->from, memory);
    name_ends(failure, memory, finding);
    finding->service = rst_naming_words(&engine->names, failure->called, memory);
    finding->summary = rst_service_name_write(finding->summary, finding->acceptor, finding->service.label, memory);
    return true;
}
