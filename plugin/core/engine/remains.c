/* remains.c
 * Judging resets whose records go, and telling what is left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/remains.h"

#include "base/text.h"
#include "engine/fold.h"
#include "engine/followers.h"
#include "judge/judge.h"

#define JUDGED_MAX 64     /* resets of one connection */
#define CONFIDENCE_MAX 69 /* what came after the record went might have spoken against it */

G_STATIC_ASSERT(sizeof(rst_remains_t) == 6 && RST_CAUSE_COUNT <= UINT8_MAX);

static void *scratch_alloc(void *scope, size_t size)
{
    void *block = g_malloc(size);

    g_ptr_array_add(scope, block);
    return block;
}

void rst_remains_open(rst_engine_t *engine)
{
    engine->remains = g_array_new(FALSE, TRUE, sizeof(rst_remains_t));
}

void rst_remains_close(rst_engine_t *engine)
{
    g_array_free(engine->remains, TRUE);
}

static rst_remains_t remains_of(const rst_verdict_t *verdict)
{
    return (rst_remains_t){
        .ordinal = verdict->ordinal,
        .cause = (uint8_t)verdict->cause,
        .confidence = MIN(verdict->confidence, CONFIDENCE_MAX) & 0x7f,
        .benign = verdict->benign,
        .sender = verdict->sender,
        .phase = verdict->phase,
        .first = verdict->first,
        .noted = true,
    };
}

static rst_remains_t *place_of(rst_engine_t *engine, uint32_t id)
{
    if (id >= engine->remains->len) {
        rst_keep_charge(&engine->keep, RST_KIND_CONNS, (id + 1 - engine->remains->len) * sizeof(rst_remains_t));
        g_array_set_size(engine->remains, id + 1);
    }
    return &g_array_index(engine->remains, rst_remains_t, id);
}

static rst_remains_t judged(rst_engine_t *engine, uint32_t id)
{
    GPtrArray *blocks = g_ptr_array_new_with_free_func(g_free);
    const rst_memory_t scratch = {scratch_alloc, NULL, blocks};
    rst_verdict_t verdict;

    rst_judge_verdict(&engine->judge, rst_fold_reset(engine, id), &scratch, false, &verdict);
    g_ptr_array_free(blocks, TRUE);
    return remains_of(&verdict);
}

static void note(rst_engine_t *engine, rst_reset_t *reset)
{
    const rst_remains_t later = {
        .ordinal = reset->ordinal, .cause = RST_CAUSE_UNDETERMINED, .phase = RST_PHASE_UNKNOWN, .noted = true};

    *place_of(engine, reset->id) = reset->place > JUDGED_MAX ? later : judged(engine, reset->id);
}

void rst_remains_note(rst_engine_t *engine, const rst_conn_t *conn)
{
    for (rst_reset_t *reset = conn->record; reset; reset = reset->record)
        note(engine, reset);
    rst_followers_each(engine, conn, note);
}

void rst_remains_tell(const rst_engine_t *engine, uint32_t id, const rst_memory_t *memory, bool texts,
                      rst_verdict_t *verdict)
{
    rst_remains_t left = {0};

    rst_judge_verdict(&engine->judge, &engine->orphan, memory, texts, verdict);
    if (id < engine->remains->len)
        left = g_array_index(engine->remains, rst_remains_t, id);
    if (!left.noted)
        return;
    verdict->first = left.first;
    verdict->ordinal = left.ordinal;
    verdict->phase = left.phase;
    if (left.cause == RST_CAUSE_UNDETERMINED)
        return;
    verdict->cause = left.cause;
    verdict->confidence = left.confidence;
    verdict->sender = left.sender;
    verdict->benign = left.benign;
    if (texts)
        verdict->summary = rst_text(memory,
                                    "%s, as it seemed before what this rests on was dropped to save memory. Allow more "
                                    "memory in the preferences",
                                    rst_cause_info(left.cause)->label);
}
