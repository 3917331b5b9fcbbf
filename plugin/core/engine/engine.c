/* engine.c
 * Feeding segments: finds the connection, updates it, makes the record of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"

#include "base/seq.h"
#include "engine/back_references.h"
#include "engine/closing.h"
#include "engine/failures.h"
#include "engine/learn.h"
#include "engine/state.h"
#include "judge/at_kernel.h"
#include "track/aftermath.h"
#include "track/connection.h"
#include "track/merged.h"
#include "track/trigger.h"

#define SYN_AGAIN INT64_C(1000000000) /* ns; an unanswered SYN is sent again after this time (RFC 6298, section 2) */
/* ns of capture before a connection without a SYN, until that counts as lost state */
#define FRESH_AFTER INT64_C(2200000000)

rst_engine_t *rst_engine_new(const rst_memory_t *memory, const rst_prefs_t *prefs)
{
    rst_engine_t *engine = g_new0(rst_engine_t, 1);

    engine->memory = rst_pool_open(&engine->pool, memory);
    engine->file.prefs = *prefs;
    rst_conn_table_open(&engine->table);
    engine->nobody.client = -1;
    engine->orphan.conn = &engine->nobody;
    engine->orphan.story = &engine->no_story;
    engine->no_story.address = engine->nobody.address;
    engine->no_story.port = engine->nobody.port;
    engine->orphan.direction = engine->nothing;
    engine->orphan.ordinal = 1;
    engine->orphan.let_go = true;
    engine->orphan.known = RST_HAS_LENGTH | RST_HAS_OPTIONS; /* nothing is wrong with it */
    engine->misfits = g_array_new(FALSE, FALSE, 2 * sizeof(uint32_t));
    engine->failures = g_array_new(FALSE, FALSE, sizeof(rst_failure_t));
    engine->file.now.time = RST_TIME_NONE;
    rst_hosts_open(&engine->hosts, &engine->memory, &engine->file.prefs);
    rst_icmp_reports_open(&engine->icmp_reports);
    rst_points_open(&engine->points, &engine->file, &engine->hosts, &engine->table, &engine->memory);
    if (engine->points.stated || engine->points.mode == RST_POINTS_EVERY)
        rst_points_begin(&engine->points);
    rst_judge_open(&engine->judge, &engine->file, &engine->points);
    return engine;
}

void rst_engine_take_trace(rst_engine_t *engine, rst_trace_t *trace)
{
    engine->judge.join = rst_join_new(trace);
}

void rst_engine_free(rst_engine_t *engine)
{
    if (!engine)
        return;
    rst_lists_drop(engine);
    rst_join_free(engine->judge.join);
    rst_hosts_close(&engine->hosts);
    rst_icmp_reports_close(&engine->icmp_reports);
    rst_frames_free(&engine->file.frames);
    rst_conn_table_close(&engine->table);
    rst_points_close(&engine->points);
    g_array_free(engine->failures, TRUE);
    g_array_free(engine->misfits, TRUE);
    g_free(engine);
}

void rst_engine_frame(rst_engine_t *engine, uint32_t number, int64_t time)
{
    rst_moment_t before = engine->file.now;
    int64_t step;

    rst_frames_next(&engine->file.frames, number);
    engine->file.now.pass_index = engine->file.frames.pass_index;
    engine->file.now.time = time;
    step = rst_elapsed(before, engine->file.now);
    if (step != RST_TIME_NONE && step > 0 && (!engine->file.tick || step < engine->file.tick))
        engine->file.tick = step;
}

static void touch(rst_engine_t *engine, rst_conn_t *conn)
{
    if (!conn->first.pass_index)
        conn->first = engine->file.now;
    conn->last = engine->file.now;
}

static void note_aftermath(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    for (unsigned i = 0; i < conn->revisables; i++)
        rst_aftermath_note(conn->revisable[i], from, segment, engine->file.now, &engine->file.prefs);
}

/* The first reset of a connection keeps recording its aftermath; of the later ones, only the latest do. */
static void add_revisable(rst_conn_t *conn, rst_reset_t *reset)
{
    if (!conn->revisables)
        reset->story->first = reset;
    if (conn->revisables == RST_REVISABLE_MAX) {
        conn->revisable[1]->let_go = true;
        memmove(&conn->revisable[1], &conn->revisable[2], (RST_REVISABLE_MAX - 2) * sizeof conn->revisable[0]);
        conn->revisables--;
    }
    conn->revisable[conn->revisables++] = reset;
}

/* A SYN much later is an attempt of its own, not a retry. */
static bool follows_soon(rst_moment_t reset, rst_moment_t syn)
{
    int64_t elapsed = rst_elapsed(reset, syn);

    return elapsed == RST_TIME_NONE || elapsed <= RST_NEAR_AFTER;
}

/* A SYN may end the current incarnation; the latest reset then learns that the client tried again. */
static void take_syn(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    uint32_t before = conn->first.pass_index;
    rst_reset_t *latest = conn->revisables ? conn->revisable[conn->revisables - 1] : NULL;
    bool repeats = (conn->direction[from].known & RST_DIRECTION_SYN) && conn->direction[from].isn == segment->seq;

    if (before && !repeats && !(segment->flags & RST_FLAG_ACK))
        rst_findings_note(engine, conn);
    rst_conn_before_syn(conn, from, segment, &engine->memory);
    if (before && !conn->first.pass_index) {
        if (latest && follows_soon(latest->at, engine->file.now))
            latest->after.retry = engine->file.now;
        if (conn->at_point)
            rst_at_point_restart(&engine->points, conn);
    }
}

static void take_segment(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_moment_t before = conn->last;
    int64_t idle;
    bool news = !conn->suspended && rst_direction_is_news(&conn->direction[from], segment);

    if (!news)
        rst_merged_note(conn, from, segment);
    if (segment->flags & RST_FLAG_SYN)
        take_syn(engine, conn, from, segment);
    else if (conn->suspended)
        rst_conn_resume(conn, from, segment, &engine->memory);
    rst_conn_unshare(conn, &engine->memory);
    if (!news && rst_direction_is_copy(&conn->direction[from], segment, &engine->file.prefs)) {
        conn->direction[from].copies++;
        if (segment->len && !(segment->flags & RST_FLAG_FIN) &&
            (conn->direction[0].known & conn->direction[1].known & RST_DIRECTION_FIN))
            conn->direction[from].old_duplicate = engine->file.now;
        return;
    }
    rst_conn_learn_roles(conn, from, segment);
    idle = before.pass_index && conn->first.pass_index ? rst_elapsed(before, engine->file.now) : RST_TIME_NONE;
    touch(engine, conn);
    note_aftermath(engine, conn, from, segment);
    rst_direction_take(&conn->direction[from], &conn->direction[1 - from], segment, engine->file.now,
                       idle == RST_TIME_NONE ? 0 : idle, &engine->memory);
    for (unsigned i = 0; i < conn->revisables; i++)
        rst_aftermath_reached(conn->revisable[i], conn->direction);
    rst_learn_segment(engine, conn, from, segment);
    if (conn->at_point)
        rst_at_point_take(&engine->points, conn, from, segment, NULL);
}

static void copy_facts(rst_engine_t *engine, rst_reset_t *reset, const rst_segment_t *segment)
{
    reset->seq = segment->seq;
    reset->ack = segment->ack;
    reset->len = segment->len;
    reset->known = segment->known;
    reset->tsval = segment->tsval;
    reset->link = segment->link;
    reset->window = segment->window;
    reset->ip_id = (segment->known & RST_HAS_IP_ID) ? segment->ip_id : 0;
    reset->flags = segment->flags;
    reset->ttl = segment->ttl;
    reset->tos = segment->tos;
    reset->df = segment->df;
    reset->mptcp = segment->mptcp;
    reset->mptcp_reason = segment->mptcp_reason;
    reset->mptcp_flags = segment->mptcp_flags;
    if (segment->head_len) {
        uint8_t *head = engine->memory.alloc(engine->memory.scope, segment->head_len);

        memcpy(head, segment->head, segment->head_len);
        reset->head = head;
        reset->head_len = (uint8_t)segment->head_len;
    }
}

static rst_earlier_t earlier_of(const rst_reset_t *reset)
{
    if (!reset)
        return (rst_earlier_t){.at = {0, RST_TIME_NONE}};
    return (rst_earlier_t){reset->at, reset->seq, reset->ack, reset->ttl, reset->flags, reset->ip_id, reset->window};
}

static bool begins_within(const rst_engine_t *engine, const rst_conn_t *conn, int64_t limit)
{
    const rst_points_t *points = &engine->points;
    unsigned interface = points->several ? rst_at_point_interface(conn->at_point) : points->first_interface;
    int64_t elapsed = rst_elapsed(points->start[interface], conn->first);

    return elapsed == RST_TIME_NONE || elapsed < limit;
}

/* Since the latest segment in either direction. Resets do not count, so that the second of a pair is as idle as the
 * first. */
static int64_t idle_before(const rst_conn_t *conn, rst_moment_t now)
{
    const rst_moment_t *a = &conn->direction[0].last;
    const rst_moment_t *b = &conn->direction[1].last;
    const rst_moment_t *latest = a->pass_index > b->pass_index ? a : b;

    return latest->pass_index ? rst_elapsed(*latest, now) : RST_TIME_NONE;
}

static rst_story_t *story_of(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_story_t *story = conn->story;

    if (story)
        return story;
    story = rst_alloc0(&engine->memory, sizeof *story);
    story->address = conn->address;
    story->port = conn->port;
    story->point = conn->point;
    story->merged_places = conn->merged_places;
    story->began = conn->first.pass_index ? conn->first : engine->file.now;
    conn->story = story;
    return story;
}

static void fill_reset(rst_engine_t *engine, rst_reset_t *reset, rst_conn_t *conn, unsigned from)
{
    reset->conn = conn;
    reset->story = story_of(engine, conn);
    reset->from = (uint8_t)from;
    reset->at = engine->file.now;
    reset->idle = idle_before(conn, engine->file.now);
    reset->client = (uint8_t)rst_conn_client(conn);
    reset->role_known = conn->client >= 0;
    reset->opened = conn->opened;
    reset->from_closed_summary = conn->from_closed_summary;
    reset->fresh = begins_within(engine, conn, FRESH_AFTER);
    reset->at_start = begins_within(engine, conn, SYN_AGAIN);
    reset->previous = conn->previous;
    reset->host[0] = conn->host[0];
    reset->host[1] = conn->host[1];
    reset->own_last = earlier_of(conn->last_reset[from]);
    reset->peer_last = earlier_of(conn->last_reset[1 - from]);
    reset->own_first = conn->last_reset[from] && conn->last_reset[from]->own_first.at.pass_index
                           ? conn->last_reset[from]->own_first
                           : reset->own_last;
    reset->own_ordinal = (uint16_t)(conn->last_reset[from] ? conn->last_reset[from]->own_ordinal + 1 : 1);
    reset->ordinal = (uint16_t)(conn->resets < UINT16_MAX ? conn->resets + 1 : UINT16_MAX);
    /* The reset keeps the directions as they are now: the connection makes a copy before it changes them. */
    reset->direction = conn->direction;
    conn->directions_shared = true;
}

/* The ACK of an abort tells what had arrived, so later resets do not answer those segments. The ACK number of other
 * resets means nothing. */
static void take_last_ack(rst_conn_t *conn, const rst_reset_t *reset, const rst_memory_t *memory)
{
    const rst_direction_t *side = &conn->direction[reset->from];
    const rst_direction_t *peer = &conn->direction[1 - reset->from];

    if (reset->form != RST_FORM_ABORT || !(reset->flags & RST_FLAG_ACK) || !(side->known & RST_DIRECTION_ACKED))
        return;
    if (!rst_seq_after(reset->ack, side->acked) || rst_seq_after(reset->ack, peer->nxt))
        return;
    rst_conn_unshare(conn, memory);
    conn->direction[reset->from].acked = reset->ack;
}

static rst_reset_t *take_reset(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_reset_t *reset = rst_alloc0(&engine->memory, sizeof *reset);
    rst_reset_t *latest = conn->last_reset[from];
    rst_recent_segment_t *trigger;

    *(engine->first_reset ? &engine->last_reset->next : &engine->first_reset) = reset;
    engine->last_reset = reset;
    fill_reset(engine, reset, conn, from);
    copy_facts(engine, reset, segment);
    trigger = rst_reset_read_form(reset, segment, &engine->file.prefs);
    touch(engine, conn);
    if (latest && (rst_reset_is_copy(reset, latest, &engine->file.prefs) || rst_merged_is_copy(reset, latest))) {
        reset->original = latest;
        latest->copies++;
        reset->ordinal = latest->ordinal;
        return reset;
    }
    if (trigger)
        trigger->answered = true;
    note_aftermath(engine, conn, from, segment);
    take_last_ack(conn, reset, &engine->memory);
    rst_learn_reset(engine, reset);
    conn->last_reset[from] = reset;
    if (conn->resets < UINT16_MAX)
        conn->resets++;
    add_revisable(conn, reset);
    if (conn->at_point)
        rst_at_point_take(&engine->points, conn, from, segment, reset);
    if (engine->judge.join)
        rst_join_add(engine->judge.join, reset);
    return reset;
}

static rst_reset_t *take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_reset_t *reset = NULL;

    if (segment->flags & RST_FLAG_RST)
        reset = take_reset(engine, conn, from, segment);
    else
        take_segment(engine, conn, from, segment);
    rst_closing_note(engine, conn);
    return reset;
}

static rst_conn_t *restore_entry(rst_engine_t *engine, rst_conn_entry_t *entry, const rst_segment_t *segment)
{
    rst_conn_t *conn = rst_conn_new(&engine->hosts, segment, entry->as.summary.point, &engine->memory);

    rst_conn_entry_restore(entry, conn, &engine->memory);
    if (engine->points.several)
        rst_points_adopt(&engine->points, conn, engine->points.first_interface);
    return conn;
}

/* A connection for the entry, made from the packed SYN if that is all so far. NULL when there are too many. */
static rst_conn_t *fill_entry(rst_engine_t *engine, rst_conn_entry_t *entry, unsigned from,
                              const rst_segment_t *segment)
{
    rst_moment_t now = engine->file.now;
    unsigned latest = engine->points.latest;
    unsigned interface;
    rst_packed_syn_t packed;
    rst_segment_t syn;

    if (engine->table.conns >= engine->table.conns_max) {
        engine->table.full = true;
        return NULL;
    }
    engine->table.conns++;
    if (entry->closed_long_ago)
        return restore_entry(engine, entry, segment);
    packed = entry->as.syn;
    interface = entry->packed ? packed.from >> 1 : engine->points.latest;
    entry->as.conn =
        rst_conn_new(&engine->hosts, segment, (uint8_t)rst_points_lowest(&engine->points, interface), &engine->memory);
    if (engine->points.several)
        rst_points_adopt(&engine->points, entry->as.conn, interface);
    if (entry->packed) {
        entry->packed = false;
        rst_conn_entry_unpack(&packed, segment, from, &syn);
        engine->file.now = (rst_moment_t){packed.pass_index, packed.time};
        engine->points.latest = (uint8_t)interface;
        take(engine, entry->as.conn, packed.from & 1, &syn);
        engine->file.now = now;
        engine->points.latest = (uint8_t)latest;
    }
    return entry->as.conn;
}

static rst_conn_t *open_entry(rst_engine_t *engine, rst_conn_entry_t *entry, unsigned from,
                              const rst_segment_t *segment)
{
    return !entry->packed && entry->as.conn ? entry->as.conn : fill_entry(engine, entry, from, segment);
}

rst_reset_t *rst_engine_feed(rst_engine_t *engine, const rst_segment_t *segment)
{
    unsigned from;
    unsigned interface = rst_points_interface(&engine->points, segment, engine->file.now);
    rst_conn_entry_t *entry = rst_conn_table_find(&engine->table, segment, &from, &engine->memory);
    rst_conn_t *conn;

    if ((engine->points.interfaces > 1 || engine->points.stated) && !engine->points.several &&
        engine->points.mode != RST_POINTS_ONE)
        rst_points_begin(&engine->points);
    rst_lists_drop(engine);
    if ((segment->flags & RST_FLAG_SYN) && !(segment->known & RST_HAS_OPTIONS))
        engine->file.options_cut = true;
    if (entry && !entry->packed && !entry->as.conn && rst_conn_entry_can_pack(segment)) {
        rst_conn_entry_pack(entry, segment, from | interface << 1, engine->file.now.pass_index);
        return NULL;
    }
    conn = entry ? open_entry(engine, entry, from, segment) : NULL;
    if (conn && engine->points.several)
        conn = rst_points_route(&engine->points, conn, from, segment, interface);
    if (!conn)
        return (segment->flags & RST_FLAG_RST) ? &engine->orphan : NULL;
    return take(engine, conn, from, segment);
}

void rst_engine_icmp(rst_engine_t *engine, const rst_icmp_t *icmp)
{
    if (rst_icmp_reports_take(&engine->icmp_reports, icmp, engine->file.now, &engine->file.prefs, &engine->memory))
        rst_lists_drop(engine);
}

void rst_engine_limit(rst_engine_t *engine, uint32_t table, uint32_t conns)
{
    engine->table.entries_max = table;
    engine->table.conns_max = conns;
}

void rst_engine_classify(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                         rst_verdict_t *verdict)
{
    rst_judge_verdict(&engine->judge, reset, memory, texts, verdict);
}

const char *rst_engine_explain(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory)
{
    return rst_judge_explain(&engine->judge, reset, memory);
}

const char *rst_engine_trace_note(const rst_engine_t *engine, const rst_memory_t *memory, bool *fits)
{
    return rst_at_kernel_note(engine->judge.join, memory, fits);
}
