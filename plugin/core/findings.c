/* findings.c
 * Implementation for failures without a reset: SYNs or data that nobody answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine.h"

#include <stdarg.h>

#include "causes.h"
#include "state.h"
#include "text.h"

static bool went_on(const rst_engine_t *engine, const rst_run_t *run)
{
    int64_t silence = rst_elapsed(run->last, engine->now);

    return silence != RST_TIME_NONE && silence > run->gap;
}

/* Three SYNs, or two when the capture went on for longer than the wait between them. */
static bool is_syn_timeout(const rst_engine_t *engine, const rst_conn_t *conn, unsigned x)
{
    const rst_side_t *side = &conn->side[x];

    if (!(side->known & RST_SIDE_SYN) || (side->known & RST_SIDE_SYNACK) || conn->side[1 - x].segments)
        return false;
    return side->run.copies >= 3 || (side->run.copies == 2 && went_on(engine, &side->run));
}

static bool is_silent_give_up(const rst_engine_t *engine, const rst_conn_t *conn, unsigned x)
{
    const rst_run_t *run = &conn->side[x].run;

    return run->copies > engine->prefs.retx_threshold && !run->peer_alive && !(run->flags & RST_FLAG_SYN) &&
           went_on(engine, run);
}

static bool conn_failure(const rst_engine_t *engine, const rst_conn_t *conn, rst_failure_t *failure)
{
    if (conn->resets)
        return false;
    for (unsigned x = 0; x < 2; x++) {
        bool syn = is_syn_timeout(engine, conn, x);

        if (!syn && !is_silent_give_up(engine, conn, x))
            continue;
        failure->conn = conn;
        failure->kind = syn ? RST_FINDING_SYN_TIMEOUT : RST_FINDING_SILENT_GIVE_UP;
        failure->x = (uint8_t)x;
        failure->count = conn->side[x].run.copies;
        failure->first = conn->side[x].run.first;
        failure->last = conn->side[x].run.last;
        return true;
    }
    return false;
}

void rst_findings_note(rst_engine_t *engine, const rst_conn_t *conn)
{
    rst_failure_t failure;

    if (conn_failure(engine, conn, &failure))
        g_array_append_val(engine->failures, failure);
}

void rst_findings_reset(rst_engine_t *engine)
{
    if (!engine->findings)
        return;
    g_hash_table_destroy(engine->findings);
    engine->findings = NULL;
}

static void list_failure(rst_engine_t *engine, const rst_failure_t *failure)
{
    uint32_t frame = rst_frames_number(&engine->frames, failure->last.visit);

    if (frame)
        g_hash_table_insert(engine->findings, GUINT_TO_POINTER(frame), g_memdup2(failure, sizeof *failure));
}

/* At every capture point that shows the connection. */
static void list_conn(rst_engine_t *engine, const rst_conn_t *conn)
{
    const rst_track_t *view = conn->track;
    rst_failure_t failure;

    for (; conn; conn = view ? view->conn : NULL) {
        if (conn_failure(engine, conn, &failure))
            list_failure(engine, &failure);
        view = view ? view->view : NULL;
    }
}

static void make_list(rst_engine_t *engine)
{
    GHashTableIter iter;
    gpointer key;

    engine->findings = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (guint i = 0; i < engine->failures->len; i++)
        list_failure(engine, &g_array_index(engine->failures, rst_failure_t, i));
    g_hash_table_iter_init(&iter, engine->slots.table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_slot_t *slot = key;

        if (!slot->packed && slot->as.conn)
            list_conn(engine, slot->as.conn);
    }
}

const char *rst_finding_name(rst_finding_kind_t kind)
{
    return kind == RST_FINDING_SYN_TIMEOUT ? "syn_timeout" : "silent_give_up";
}

bool rst_engine_finding(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory, rst_finding_t *finding)
{
    const rst_failure_t *failure;
    const char *server;
    const char *client;

    if (!engine->findings)
        make_list(engine);
    failure = g_hash_table_lookup(engine->findings, GUINT_TO_POINTER(frame));
    if (!failure)
        return false;
    client = rst_endpoint_text(memory, &failure->conn->address[failure->x], failure->conn->port[failure->x]);
    server = rst_endpoint_text(memory, &failure->conn->address[1 - failure->x], failure->conn->port[1 - failure->x]);
    finding->kind = failure->kind;
    finding->count = failure->count;
    finding->duration = rst_elapsed(failure->first, failure->last);
    if (failure->kind == RST_FINDING_SYN_TIMEOUT)
        finding->summary =
            rst_text(memory, "%s never answered: %s sent the same SYN %u times in %s and got nothing back", server,
                     client, failure->count, rst_duration_text(memory, finding->duration));
    else
        finding->summary = rst_text(memory,
                                    "%s stopped answering: %s sent the same segment %u times in %s, then gave "
                                    "up without a reset",
                                    server, client, failure->count, rst_duration_text(memory, finding->duration));
    finding->advice = rst_cause_info(failure->kind == RST_FINDING_SYN_TIMEOUT ? RST_CAUSE_HANDSHAKE_TIMEOUT
                                                                              : RST_CAUSE_RETRANSMISSION_TIMEOUT)
                          ->advice;
    return true;
}
