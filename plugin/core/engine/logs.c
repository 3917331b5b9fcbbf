/* logs.c
 * Other witnesses: when they are read, and what then has to be worked out again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/logs.h"

#include "engine/back_references.h"
#include "engine/fold.h"
#include "judge/quotes.h"

#define FEW 64 /* connections, for which it is not worth reading everything again */

void rst_engine_await_logs(rst_engine_t *engine, bool applications)
{
    engine->judge.witnesses = rst_witnesses_new(applications);
}

bool rst_engine_is_zone(const char *text)
{
    return rst_when_is_zone(text);
}

bool rst_engine_wants_logs(const rst_engine_t *engine)
{
    const rst_witnesses_t *witnesses = engine->judge.witnesses;
    uint32_t known;

    if (!witnesses)
        return false;
    known = witnesses->connections;
    /* While packets keep coming: when so many are new that all reading together stays in proportion. */
    return !witnesses->joined ||
           (witnesses->lives.connections > known + FEW && witnesses->lives.connections - known > known / 2);
}

void rst_engine_logs_begin(rst_engine_t *engine)
{
    rst_witnesses_restart(engine->judge.witnesses);
}

void rst_engine_log_begin(rst_engine_t *engine, const char *name, const char *zone)
{
    rst_witnesses_begin(engine->judge.witnesses, name, zone);
    rst_in_log_begin(&engine->in_log);
}

void rst_engine_log_feed(rst_engine_t *engine, const char *bytes, size_t length)
{
    rst_witnesses_feed(engine->judge.witnesses, bytes, length);
    rst_in_log_feed(&engine->in_log, bytes, length);
}

void rst_engine_log_end(rst_engine_t *engine)
{
    rst_witnesses_end(engine->judge.witnesses);
}

static rst_trace_t *copy_of(const rst_trace_t *trace)
{
    rst_trace_t *copy = rst_trace_new();

    rst_trace_add(copy, trace);
    rst_trace_end(copy);
    return copy;
}

/* The events of a kernel that stood in the logs are joined like those of a trace of its own, and together with it. */
static void take_events(rst_engine_t *engine)
{
    rst_trace_t *found = rst_in_log_take(&engine->in_log);
    rst_trace_t *all;

    if (!found)
        return;
    if (!engine->own_trace)
        engine->own_trace = engine->judge.join ? copy_of(rst_join_sum(engine->judge.join).trace) : rst_trace_new();
    all = rst_trace_new();
    rst_trace_add(all, engine->own_trace);
    rst_trace_add(all, found);
    rst_trace_end(all);
    rst_trace_drop_copies(all);
    rst_trace_free(found);
    rst_join_free(engine->judge.join);
    engine->judge.join = rst_join_new(all);
    rst_fold_restore_all(engine); /* the join holds on to the records */
    for (uint32_t id = 1; id <= rst_roll_count(&engine->roll); id++) {
        const rst_reset_t *reset = rst_roll_record(&engine->roll, id);

        if (reset && (!reset->original || reset->sent_again))
            rst_join_add(engine->judge.join, reset);
    }
}

void rst_engine_logs_end(rst_engine_t *engine)
{
    rst_witnesses_join(engine->judge.witnesses);
    take_events(engine);
    rst_lists_drop_all(engine);
}

void rst_logs_close(rst_engine_t *engine)
{
    rst_trace_free(rst_in_log_take(&engine->in_log));
    rst_trace_free(engine->own_trace);
    rst_witnesses_free(engine->judge.witnesses);
}

const char *rst_engine_log_note(const rst_engine_t *engine, unsigned nth, const rst_memory_t *memory, bool *fits)
{
    return rst_quotes_note(engine->judge.witnesses, nth, memory, fits);
}
