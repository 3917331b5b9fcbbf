/* links.c
 * Implementation for the way back from a frame to the reset that it explains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine.h"

#include "compare.h"
#include "state.h"

void rst_lists_drop(rst_engine_t *engine)
{
    engine->points.settled = false;
    g_clear_pointer(&engine->findings, g_hash_table_destroy);
    g_clear_pointer(&engine->links, g_hash_table_destroy);
}

/* A frame that explains several resets belongs to the first of them. */
static void link_frame(rst_engine_t *engine, uint32_t frame, uint32_t visit)
{
    gpointer key = GUINT_TO_POINTER(frame);

    if (frame && !g_hash_table_contains(engine->links, key))
        g_hash_table_insert(engine->links, key, GUINT_TO_POINTER(visit));
}

static void link_reset(rst_engine_t *engine, const rst_case_t *reset, const rst_verdict_t *verdict)
{
    uint32_t own = rst_frames_number(&engine->frames, reset->at.visit);

    if (verdict->trigger != own)
        link_frame(engine, verdict->trigger, reset->at.visit);
    for (unsigned i = 0; i < verdict->evidences; i++) {
        if (verdict->evidence[i].frame != own)
            link_frame(engine, verdict->evidence[i].frame, reset->at.visit);
    }
}

/* By the verdicts of the whole file: what later frames and other capture points show counts, in every mode alike. */
static void make_links(rst_engine_t *engine, const rst_memory_t *memory)
{
    engine->links = g_hash_table_new(NULL, NULL);
    for (const rst_case_t *reset = engine->first_case; reset; reset = reset->next) {
        rst_verdict_t verdict;

        rst_engine_classify(engine, reset, memory, false, &verdict);
        link_reset(engine, reset, &verdict);
    }
}

void rst_engine_settle(rst_engine_t *engine)
{
    if (!engine->points.several || engine->points.settled)
        return;
    engine->points.settled = true;
    rst_compare_settle(engine);
}

uint32_t rst_engine_reset_in(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory)
{
    gpointer visit;

    if (!engine->links)
        make_links(engine, memory);
    visit = g_hash_table_lookup(engine->links, GUINT_TO_POINTER(frame));
    return visit ? rst_frames_number(&engine->frames, GPOINTER_TO_UINT(visit)) : 0;
}
