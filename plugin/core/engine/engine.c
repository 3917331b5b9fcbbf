/* engine.c
 * Feeding segments: finds the connection, updates it, makes the record of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/engine.h"

#include "engine/back_references.h"
#include "engine/closing.h"
#include "engine/fold.h"
#include "engine/forget.h"
#include "engine/logs.h"
#include "engine/naming.h"
#include "engine/past.h"
#include "engine/remains.h"
#include "engine/resets.h"
#include "engine/segments.h"
#include "engine/state.h"
#include "judge/at_kernel.h"
#include "track/connection.h"

#define KEPT_PART 16

rst_engine_t *rst_engine_new(const rst_memory_t *memory, const rst_prefs_t *prefs)
{
    rst_engine_t *engine = g_new0(rst_engine_t, 1);
    rst_memory_t pool = rst_pool_open(&engine->pool, memory);

    rst_keep_open(&engine->keep, (uint64_t)prefs->memory_mb << 20, &pool);
    engine->memory = rst_keep_memory(&engine->keep, RST_KIND_CONNS);
    rst_roll_open(&engine->roll);
    engine->file.prefs = *prefs;
    rst_conn_table_open(&engine->table);
    rst_forget_open(engine);
    engine->nobody.client = -1;
    engine->orphan.conn = &engine->nobody;
    engine->orphan.story = &engine->no_story;
    engine->no_story.address = engine->nobody.address;
    engine->no_story.port = engine->nobody.port;
    engine->orphan.direction = engine->nothing;
    engine->orphan.ordinal = 1;
    engine->orphan.idle = RST_TIME_NONE;
    engine->orphan.let_go = true;
    engine->orphan.known = RST_HAS_LENGTH | RST_HAS_OPTIONS; /* nothing is wrong with it */
    engine->misfits = g_array_new(FALSE, FALSE, 2 * sizeof(uint32_t));
    engine->past = g_array_new(FALSE, FALSE, sizeof(rst_past_t));
    engine->began = RST_TIME_NONE;
    engine->failures = g_array_new(FALSE, FALSE, sizeof(rst_failure_t));
    engine->file.now.time = RST_TIME_NONE;
    rst_hosts_open(&engine->hosts, &engine->keep, &engine->file);
    rst_fold_open(engine);
    rst_asked_names_open(&engine->names);
    rst_resolved_open(&engine->resolved, &engine->keep);
    rst_icmp_reports_open(&engine->icmp_reports, &engine->keep);
    rst_points_open(&engine->points, &engine->file, &engine->hosts, &engine->table, &engine->memory);
    if (engine->points.stated || engine->points.mode == RST_POINTS_EVERY)
        rst_points_begin(&engine->points);
    rst_judge_open(&engine->judge, &engine->chosen, &engine->file, &engine->points);
    engine->reached = rst_reached_new();
    return engine;
}

void rst_engine_take_trace(rst_engine_t *engine, rst_trace_t *trace)
{
    engine->judge.join = rst_join_new(trace);
    rst_reached_drop(engine->reached);
}

void rst_engine_free(rst_engine_t *engine)
{
    if (!engine)
        return;
    rst_lists_drop(engine);
    rst_reached_free(engine->reached);
    rst_join_free(engine->judge.join);
    rst_logs_close(engine);
    rst_hosts_close(&engine->hosts);
    rst_asked_names_close(&engine->names);
    rst_resolved_close(&engine->resolved);
    rst_icmp_reports_close(&engine->icmp_reports);
    rst_frames_free(&engine->file.frames);
    rst_conn_table_close(&engine->table);
    rst_forget_close(engine);
    rst_fold_close(engine);
    rst_roll_close(&engine->roll);
    rst_points_close(&engine->points);
    g_array_free(engine->failures, TRUE);
    g_array_free(engine->past, TRUE);
    g_array_free(engine->misfits, TRUE);
    g_free(engine);
}

void rst_engine_frame(rst_engine_t *engine, uint32_t number, int64_t time)
{
    rst_moment_t before = engine->file.now;
    int64_t step;

    if (rst_reached_any(engine->reached))
        rst_reached_drop(engine->reached);
    rst_frames_next(&engine->file.frames, number);
    engine->file.now.pass_index = engine->file.frames.pass_index;
    engine->file.now.time = time;
    engine->file.reading = true;
    if (engine->began == RST_TIME_NONE)
        engine->began = time;
    step = rst_elapsed(before, engine->file.now);
    engine->file.backward += time != RST_TIME_NONE && time < before.time;
    if (step > 0 && (!engine->file.tick || step < engine->file.tick)) {
        if (!engine->file.tick)
            engine->file.first_tick = step;
        engine->file.tick = step;
    }
}

static rst_reset_t *take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_reset_t *reset = NULL;

    if (!conn->host[0] && (conn->first.pass_index || (segment->flags & RST_FLAG_SYN)))
        rst_conn_meet(conn, &engine->hosts);
    if (segment->flags & RST_FLAG_RST)
        reset = rst_resets_take(engine, conn, from, segment);
    else
        rst_segments_take(engine, conn, from, segment);
    rst_closing_note(engine, conn);
    return reset;
}

/* A single segment before a SYN says nothing about the connection that this SYN opens. */
static uint32_t dropped_before(const rst_engine_t *engine, const rst_conn_entry_t *entry, bool opens)
{
    rst_ghost_t ghost = rst_ghosts_find(&engine->ghosts, entry->key, entry->key_words);

    return opens && rst_ghost_value(ghost) == RST_VALUE_LONE ? 0 : ghost.last;
}

static rst_conn_t *restore_entry(rst_engine_t *engine, rst_conn_entry_t *entry, const rst_segment_t *segment)
{
    rst_closed_summary_t summary;
    rst_conn_t *conn;

    rst_fold_read_closed(engine, entry, &summary);
    rst_fold_drop(engine, entry);
    conn = rst_conn_new(segment, summary.point, &engine->memory);
    rst_closed_summary_restore(&summary, conn);
    entry->as.conn = conn;
    conn->entry = entry;
    conn->dropped = dropped_before(engine, entry, conn->opened);
    if (engine->points.several)
        rst_points_adopt(&engine->points, conn, engine->points.first_interface);
    return conn;
}

/* A connection for the entry, made from the packed SYN if that is all so far. */
static rst_conn_t *fill_entry(rst_engine_t *engine, rst_conn_entry_t *entry, unsigned from,
                              const rst_segment_t *segment)
{
    rst_moment_t now = engine->file.now;
    unsigned latest = engine->points.latest;
    unsigned interface;
    rst_packed_syn_t packed;
    rst_segment_t syn;

    if (entry->folded)
        return rst_fold_restore(engine, entry);
    if (entry->closed_long_ago)
        return restore_entry(engine, entry, segment);
    packed = entry->as.syn;
    interface = entry->packed ? packed.from >> 1 : engine->points.latest;
    entry->as.conn = rst_conn_new(segment, (uint8_t)rst_points_lowest(&engine->points, interface), &engine->memory);
    entry->as.conn->entry = entry;
    if (!entry->packed || entry->ghost)
        entry->as.conn->dropped = dropped_before(engine, entry, entry->packed || (segment->flags & RST_FLAG_SYN));
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
    unsigned from, interface;
    rst_conn_entry_t *entry;
    rst_reset_t *reset;
    rst_conn_t *conn;

    rst_lists_drop(engine);
    if (engine->judge.witnesses)
        rst_witnesses_see(engine->judge.witnesses, segment, engine->file.now);
    if (rst_keep_is_over(&engine->keep))
        rst_forget_make_room(engine, segment);
    interface = rst_points_interface(&engine->points, segment, engine->file.now);
    if ((engine->points.interfaces > 1 || engine->points.stated) && !engine->points.several &&
        engine->points.mode != RST_POINTS_ONE) {
        rst_fold_restore_all(engine);
        rst_points_begin(&engine->points);
    }
    entry =
        rst_conn_table_find(&engine->table, segment, &from, &engine->memory); /* now that nothing gives way any more */
    engine->file.snapped += segment->snapped != 0;
    engine->file.longest = MAX(engine->file.longest, segment->snapped);
    if ((segment->flags & RST_FLAG_SYN) && !(segment->known & RST_HAS_OPTIONS))
        engine->file.options_cut = true;
    if (!entry->packed && !entry->as.conn && rst_conn_entry_can_pack(segment)) {
        rst_conn_entry_pack(entry, segment, from | interface << 1, engine->file.now.pass_index);
        entry->ghost = dropped_before(engine, entry, true) != 0;
        rst_forget_rate(engine, entry, NULL);
        return NULL;
    }
    conn = open_entry(engine, entry, from, segment);
    if (engine->points.several)
        conn = rst_points_route(&engine->points, conn, from, segment, interface);
    reset = take(engine, conn, from, segment);
    rst_forget_touch(engine, entry, conn);
    return reset;
}

uint32_t rst_engine_reset_id(const rst_reset_t *reset)
{
    return reset->id;
}

const rst_reset_t *rst_engine_reset(rst_engine_t *engine, uint32_t id)
{
    const rst_reset_t *reset = rst_fold_reset(engine, id);

    if (reset)
        return reset;
    engine->orphan.id = id;
    return &engine->orphan;
}

uint32_t rst_engine_reset_at(rst_engine_t *engine, uint32_t frame, unsigned number)
{
    uint32_t pass_index = rst_frames_pass_index(&engine->file.frames, frame);
    uint32_t first = rst_roll_first(&engine->roll, pass_index);

    return first && rst_roll_came_at(&engine->roll, first + number, pass_index) ? first + number : 0;
}

void rst_engine_icmp(rst_engine_t *engine, const rst_icmp_t *icmp)
{
    const rst_segment_t quoted = {.src = icmp->src, .dst = icmp->dst, .sport = icmp->sport, .dport = icmp->dport};
    unsigned from;
    bool shown;

    rst_lists_drop(engine);
    rst_keep_make_room(&engine->keep);
    shown = !icmp->udp && rst_conn_table_peek(&engine->table, &quoted, &from);
    rst_icmp_reports_take(&engine->icmp_reports, icmp, engine->file.now, &engine->file.prefs, shown);
}

void rst_engine_dns(rst_engine_t *engine, const rst_dns_t *dns)
{
    rst_keep_make_room(&engine->keep);
    rst_resolved_take(&engine->resolved, dns, engine->file.now);
}

void rst_engine_limit(rst_engine_t *engine, uint64_t bytes)
{
    rst_keep_limit(&engine->keep, bytes);
}

/* Kept verdicts may take up this part of the memory, as long as nothing else needs it: the next packet drops them. */
static uint64_t room_for_verdicts(const rst_keep_t *keep)
{
    return rst_keep_is_over(keep) ? 0 : MIN(keep->limit / KEPT_PART, keep->limit - keep->used);
}

void rst_engine_classify(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                         rst_verdict_t *verdict)
{
    if (reset == &engine->orphan) {
        rst_remains_tell(engine, reset->id, memory, texts, verdict);
        return;
    }
    if (!texts && rst_reached_read(engine->reached, reset->id, verdict))
        return;
    rst_judge_verdict(&engine->judge, reset, memory, texts, verdict);
    if (!engine->file.reading && !(texts && verdict->declared.source))
        rst_reached_note(engine->reached, reset->id, verdict, room_for_verdicts(&engine->keep));
    if (texts)
        verdict->summary = rst_service_name_write(verdict->summary, rst_reset_server(reset, memory),
                                                  rst_engine_service_name(engine, reset, memory).label, memory);
}

rst_service_name_t rst_engine_service_name(const rst_engine_t *engine, const rst_reset_t *reset,
                                           const rst_memory_t *memory)
{
    return rst_naming_words(&engine->names, reset->story->called, memory);
}

const char *rst_engine_explain(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory)
{
    return rst_judge_explain(&engine->judge, reset, memory);
}

const char *rst_engine_trace_note(const rst_engine_t *engine, const rst_memory_t *memory, bool *fits)
{
    return rst_at_kernel_note(engine->judge.join, memory, fits);
}
