/* back_references.c
 * From a frame back to the reset that it helps to explain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/back_references.h"

#include "engine/fold.h"
#include "points/losses.h"
#include "problems/history.h"
#include "problems/problems.h"

void rst_lists_drop_all(rst_engine_t *engine)
{
    engine->asked = false;
    engine->points.finished = false;
    rst_reached_drop(engine->reached);
    rst_pace_packet(&engine->references_pace);
    rst_pace_packet(&engine->findings_pace);
    g_clear_pointer(&engine->findings, g_hash_table_destroy);
    g_clear_pointer(&engine->back_references, g_hash_table_destroy);
    g_clear_pointer(&engine->history, rst_history_free);
    g_clear_pointer(&engine->problems, rst_problems_free);
}

/* A frame that belongs to several resets leads to the first of them. */
static void refer_frame(rst_engine_t *engine, uint32_t frame, uint32_t pass_index)
{
    gpointer key = GUINT_TO_POINTER(frame);

    if (frame && !g_hash_table_contains(engine->back_references, key))
        g_hash_table_insert(engine->back_references, key, GUINT_TO_POINTER(pass_index));
}

static void refer_reset(rst_engine_t *engine, const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    uint32_t own = rst_frames_number(&engine->file.frames, reset->at.pass_index);

    if (verdict->trigger != own)
        refer_frame(engine, verdict->trigger, reset->at.pass_index);
    for (unsigned i = 0; i < verdict->evidences; i++) {
        if (verdict->evidence[i].frame != own)
            refer_frame(engine, verdict->evidence[i].frame, reset->at.pass_index);
    }
}

/* Made from final verdicts, which include later frames and other capture points, so that all modes of
 * Wireshark agree. */
static void make_back_references(rst_engine_t *engine, const rst_memory_t *memory)
{
    const unsigned place = engine->fold.next;

    engine->back_references = g_hash_table_new(NULL, NULL);
    for (uint32_t id = 1; id <= rst_roll_count(&engine->roll); id++) {
        const rst_reset_t *reset = rst_fold_reset(engine, id);
        rst_verdict_t verdict;

        if (!reset)
            continue;
        rst_engine_classify(engine, reset, memory, false, &verdict);
        refer_reset(engine, reset, &verdict);
        rst_fold_go_back(engine, place);
    }
}

void rst_engine_finish_pass(rst_engine_t *engine)
{
    engine->file.reading = false;
    if (!engine->points.several || engine->points.finished)
        return;
    engine->asked = true;
    engine->points.finished = true;
    rst_losses_count(&engine->points);
}

uint32_t rst_engine_reset_in(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory)
{
    gpointer pass_index;

    engine->asked = true;
    if (!engine->back_references && !rst_pace_begin(&engine->references_pace))
        return 0;
    if (!engine->back_references) {
        make_back_references(engine, memory);
        rst_pace_end(&engine->references_pace);
    }
    pass_index = g_hash_table_lookup(engine->back_references, GUINT_TO_POINTER(frame));
    return pass_index ? rst_frames_number(&engine->file.frames, GPOINTER_TO_UINT(pass_index)) : 0;
}
