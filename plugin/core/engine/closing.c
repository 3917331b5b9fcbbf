/* closing.c
 * Trimming connections that have ended, and keeping a summary of those that closed in an orderly way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/closing.h"

#include "engine/fold.h"

/* A connection stays complete while another attempt of the same client may still lose a race against it. */
static bool may_race(const rst_engine_t *engine, const rst_conn_t *conn)
{
    int64_t elapsed = rst_elapsed(conn->first, engine->file.now);

    return elapsed == RST_TIME_NONE ||
           elapsed <= (int64_t)MAX(engine->file.prefs.he_ms, engine->file.prefs.smb_race_ms) * RST_MILLISECOND;
}

/* From now on, the connection is kept in less room: with a reset as it is, else as a summary. */
static void keep_less(rst_engine_t *engine, rst_conn_t *conn)
{
    if (engine->points.several || conn->awaits_trim)
        return;
    if (rst_fold_fits(engine, conn)) {
        rst_fold_connection(engine, conn, may_race(engine, conn));
        return;
    }
    if (rst_closed_summary_fits(conn) && !may_race(engine, conn))
        rst_fold_closed(engine, conn);
}

static bool is_early(const rst_engine_t *engine, const rst_conn_t *conn)
{
    return may_race(engine, conn) || (conn->record && rst_fold_is_early(engine, conn));
}

static rst_conn_t *first_closed(const rst_engine_t *engine)
{
    return (rst_conn_t *)engine->closed.first;
}

static void leave_closed(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_queue_remove(&engine->closed, &conn->closed);
    conn->waits = false;
}

/* The bound on the queue is for clocks that jump: the oldest entry would hold up the others forever. */
static void queue_closed(rst_engine_t *engine, rst_conn_t *conn)
{
    if (!conn->waits && (rst_closed_summary_fits(conn) || rst_fold_will_fit(engine, conn))) {
        conn->waits = true;
        rst_queue_append(&engine->closed, &conn->closed);
    }
    while (engine->closed.count > RST_CLOSED_MAX ||
           (engine->closed.count && !is_early(engine, first_closed(engine)))) {
        conn = first_closed(engine);
        leave_closed(engine, conn);
        keep_less(engine, conn);
    }
}

void rst_closing_leave(rst_engine_t *engine, rst_conn_t *conn)
{
    if (conn->awaits_trim)
        engine->ended[conn->ended_both][conn->ended_place] = NULL;
    if (conn->waits)
        leave_closed(engine, conn);
}

void rst_closing_note(rst_engine_t *engine, rst_conn_t *conn)
{
    const rst_direction_t *side = conn->direction;
    rst_conn_t **place;
    rst_conn_t *before;
    uint16_t *next;

    if (conn->awaits_trim || !rst_conn_has_ended(conn))
        return;
    if (!side[0].segments && !side[1].segments) {
        queue_closed(engine, conn); /* lone resets have left nothing that could be trimmed */
        return;
    }
    conn->ended_both = side[0].segments && side[1].segments;
    next = &engine->ended_next[conn->ended_both];
    place = &engine->ended[conn->ended_both][*next];
    before = *place;
    *place = conn;
    conn->awaits_trim = true;
    conn->ended_place = *next;
    *next = (uint16_t)((*next + 1) % RST_ENDED_MAX);
    if (!before)
        return;
    before->awaits_trim = false;
    if (rst_conn_has_ended(before)) {
        rst_conn_trim(before, &engine->memory);
        queue_closed(engine, before);
    }
}
