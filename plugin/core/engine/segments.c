/* segments.c
 * Taking a segment that is no reset: a copy, a SYN, one that does not fit its side, or what most are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/segments.h"

#include "engine/failures.h"
#include "engine/learn.h"
#include "engine/misfits.h"
#include "engine/naming.h"
#include "engine/past.h"
#include "track/aftermath.h"
#include "track/doubt.h"
#include "track/fit.h"
#include "track/gap.h"
#include "track/merged.h"

#define DOUBTED (RST_CLUE_HOPS | RST_CLUE_TIMESTAMP) /* one of these alone is held */

void rst_segments_note(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    for (unsigned i = 0; i < 2; i++) {
        if (conn->stray_reset[i])
            rst_aftermath_note(conn->stray_reset[i], from, segment, engine->file.now, &engine->file.prefs);
    }
    for (unsigned i = 0; i < conn->revisables; i++) {
        rst_reset_t *reset = conn->revisable[i];

        rst_aftermath_note(reset, from, segment, engine->file.now, &engine->file.prefs);
        if (from == reset->from && reset->after.same_syn.pass_index && !conn->direction[from].syn_kept.pass_index)
            conn->direction[from].syn_kept = reset->after.same_syn;
        /* Both ends go on, or its sender never left SYN-SENT: it ended nothing, and later ones are no follow-ups. */
        if (reset->counts && (reset->after.alive_taken || reset->after.restarted || reset->after.synack_used))
            rst_conn_discount(conn, reset);
    }
}

/* A SYN much later is an attempt of its own, not a retry. */
static bool follows_soon(rst_moment_t reset, rst_moment_t syn)
{
    int64_t elapsed = rst_elapsed(reset, syn);

    return elapsed == RST_TIME_NONE || elapsed <= RST_NEAR_AFTER;
}

static void start(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_findings_note(engine, conn);
    rst_past_note(engine, conn);
    rst_conn_start(conn, &engine->memory);
    if (conn->at_point)
        rst_at_point_restart(&engine->points, conn);
}

static void note_retry(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_reset_t *latest = conn->revisables ? conn->revisable[conn->revisables - 1] : NULL;

    if (latest && follows_soon(latest->at, engine->file.now))
        latest->after.retry = engine->file.now;
}

static bool is_silent(const rst_engine_t *engine, const rst_conn_t *conn)
{
    return rst_conn_is_silent(conn, engine->file.now, (int64_t)engine->file.prefs.silent_s * RST_SECOND);
}

/* Finds the incarnation that a SYN or SYN-ACK belongs to. Returns false if that has not begun yet. */
static bool find_incarnation(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_direction_t *side = &conn->direction[from];
    bool asks = !(segment->flags & RST_FLAG_ACK);
    bool elsewhere = rst_fit_syn_clues(side, segment) != 0;

    if (rst_conn_owns_syn(conn, from, segment)) {
        if (!asks)
            rst_conn_answer_syn(conn, from, segment, &engine->memory);
        return true;
    }
    if (!asks && !rst_conn_has_ended(conn))
        return true;
    if (asks && !elsewhere)
        note_retry(engine, conn);
    if (is_silent(engine, conn)) {
        start(engine, conn);
        return true;
    }
    if (!conn->opening || !rst_opening_is(conn->opening, segment, from))
        conn->opening = rst_opening_new(conn->opening, segment, from, elsewhere, conn->last, &engine->memory);
    if (rst_opening_is(conn->opening, segment, from))
        rst_opening_repeat(conn->opening, segment, engine->file.now);
    rst_misfits_count(engine, elsewhere ? RST_CLUE_HOPS : 0);
    return false;
}

/* All is as it should be except one of the numbers: a device on the path may have changed it, and the receiver answers
 * it like any other. */
static void take_rewritten(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                           unsigned clues)
{
    rst_direction_take_rewritten(&conn->direction[from], segment, engine->file.now, clues, &engine->memory);
    if (conn->at_point)
        rst_at_point_take(&engine->points, conn, from, segment, NULL);
}

/* It is kept as something that a reset may answer, and shown as evidence. */
static void set_aside(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                      unsigned clues)
{
    rst_direction_t *side = &conn->direction[from];

    if (rst_fit_by(clues) == RST_FOREIGN) {
        side->foreign++;
        side->foreign_last = engine->file.now;
        side->foreign_clues = (uint8_t)clues;
    }
    if (rst_fit_is_rewritten(side, &conn->direction[1 - from], segment, clues))
        take_rewritten(engine, conn, from, segment, clues);
    else
        rst_direction_set_aside(side, segment, engine->file.now, clues, &engine->memory);
    for (unsigned i = 0; i < conn->revisables; i++)
        rst_aftermath_misfit(conn->revisable[i], from, engine->file.now, clues);
}

/* Between two places of one path, a SYN passes both before its answer comes back: after that, it is a SYN of its own.
 */
static bool was_refused(const rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_reset_t *latest = conn->last_reset[1 - from];

    return (segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN && latest &&
           latest->form == RST_FORM_REFUSAL && latest->trigger.seq == segment->seq;
}

static bool is_copy(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (was_refused(conn, from, segment))
        return false;
    if (!rst_direction_is_copy(&conn->direction[from], segment, &engine->file.prefs))
        return false;
    conn->direction[from].copies++;
    if (segment->len && !(segment->flags & RST_FLAG_FIN) &&
        (conn->direction[0].known & conn->direction[1].known & RST_DIRECTION_FIN))
        conn->direction[from].old_duplicate = engine->file.now;
    return true;
}

static void drop_opening(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_release(&engine->memory, conn->opening, sizeof *conn->opening);
    conn->opening = NULL;
}

/* Takes a segment that is its sender's own. */
static void take_own(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_direction_t *side = &conn->direction[from];
    rst_direction_t *peer = &conn->direction[1 - from];
    rst_moment_t before = conn->last;
    int64_t idle = before.pass_index && conn->first.pass_index ? rst_elapsed(before, engine->file.now) : RST_TIME_NONE;

    /* Whoever goes on with the old connection has not sent that SYN. */
    if (conn->opening && conn->opening->from == from && !(segment->flags & RST_FLAG_SYN))
        drop_opening(engine, conn);
    rst_conn_learn_roles(conn, from, segment);
    rst_segments_touch(engine, conn);
    if (conn->revisables || conn->stray_reset[0] || conn->stray_reset[1])
        rst_segments_note(engine, conn, from, segment);
    if (segment->ttl != side->ttl || side->segments <= RST_DISTANCES)
        rst_fit_learn(side, segment, false);
    if (rst_gap_is_open(side, peer))
        rst_gap_anchor(side, peer, segment, engine->file.now);
    if (segment->len && !side->data_segments && !conn->called.protocol)
        conn->called.protocol = rst_protocol_read(segment);
    rst_direction_take(side, peer, segment, engine->file.now, idle == RST_TIME_NONE ? 0 : idle, &engine->memory);
    for (unsigned i = 0; i < conn->revisables; i++)
        rst_aftermath_reached(conn->revisable[i], conn->direction);
    rst_learn_segment(engine, conn, from, segment);
    if (conn->at_point)
        rst_at_point_take(&engine->points, conn, from, segment, NULL);
}

/* What was held of a side is taken now, with its own times. */
static void take_held(rst_engine_t *engine, rst_conn_t *conn, unsigned from)
{
    const rst_doubt_t doubt = rst_doubt_believe(&conn->direction[from]);
    rst_moment_t now = engine->file.now;

    for (unsigned i = 0; i < doubt.run; i++) {
        engine->file.now = doubt.at[i];
        take_own(engine, conn, from, &doubt.segment[i]);
    }
    engine->file.now = now;
}

/* What speaks against a segment; a SYN that belongs to the connection bears what options it likes, from where it likes.
 */
static unsigned clues_of(const rst_engine_t *engine, const rst_conn_t *conn, unsigned from,
                         const rst_segment_t *segment)
{
    const rst_direction_t *side = &conn->direction[from];

    if (!(segment->flags & RST_FLAG_SYN))
        return rst_fit_clues(side, &conn->direction[1 - from], segment, engine->file.now, conn->merged_places);
    /* Its own SYN again fits, whatever a SYN-ACK between claimed to have received. */
    if (!side->segments ||
        (!(segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_SYN) && segment->seq == side->isn))
        return 0;
    return rst_fit_clues(side, &conn->direction[1 - from], segment, engine->file.now, conn->merged_places) &
           ~(unsigned)DOUBTED;
}

/* Both sides go on at other numbers than before, so the capture lacks much, perhaps the beginning of another connection
 * on these addresses and ports: what follows says nothing about the resets so far. */
static void let_go_of_resets(rst_conn_t *conn)
{
    for (unsigned i = 0; i < conn->revisables; i++) {
        rst_reset_t *reset = conn->revisable[i];

        reset->let_go = true;
        if (reset->counts)
            rst_conn_discount(conn, reset);
    }
    conn->revisables = 0;
}

/* A segment with something against it: the capture may have a gap, or a doubt is to be held. Returns whether it is to
 * be taken all the same. */
static bool is_taken_all_the_same(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment,
                                  unsigned clues)
{
    rst_direction_t *side = &conn->direction[from];
    rst_fit_t fit = rst_fit_by(clues);

    if (fit == RST_FOREIGN && rst_gap_is_bridged(side, &conn->direction[1 - from], segment, engine->file.now, clues,
                                                 is_silent(engine, conn))) {
        rst_misfits_count(engine, 0);
        let_go_of_resets(conn);
        return true;
    }
    rst_misfits_count(engine, clues);
    if (fit == RST_DOUBTFUL && !(clues & DOUBTED))
        return true;
    if (fit == RST_DOUBTFUL && !rst_doubt_hold(side, segment, engine->file.now, clues, &engine->memory)) {
        take_held(engine, conn, from);
        return true;
    }
    set_aside(engine, conn, from, segment, clues);
    return false;
}

/* Both ends are one: then so are both directions. */
static bool is_with_itself(const rst_conn_t *conn)
{
    return conn->port[0] == conn->port[1] && rst_address_equal(&conn->address[0], &conn->address[1]);
}

/* Is the segment its sender's own, so far as can be told? */
static bool belongs_to_side(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    unsigned clues = rst_fit_is_plain(&conn->direction[from], segment) ? 0 : clues_of(engine, conn, from, segment);

    if (clues && !is_with_itself(conn))
        return is_taken_all_the_same(engine, conn, from, segment, clues);
    engine->fit_counts.segments++;
    conn->direction[0].gap.run = conn->direction[1].gap.run = 0;
    return true;
}

void rst_segments_confirm(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (!rst_doubt_is_acknowledged(&conn->direction[1 - from], segment))
        return;
    rst_conn_unshare(conn, &engine->memory);
    take_held(engine, conn, 1 - from);
}

/* For a segment whose incarnation is the current one. */
static void take_current(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    bool news = rst_direction_is_news(&conn->direction[from], segment);

    if (!news)
        rst_merged_note(conn, from, segment);
    rst_conn_unshare(conn, &engine->memory);
    if ((!news && is_copy(engine, conn, from, segment)) || !belongs_to_side(engine, conn, from, segment))
        return;
    if (conn->direction[from].doubt && rst_doubt_is_continued(&conn->direction[from], segment))
        take_held(engine, conn, from);
    if (conn->direction[1 - from].doubt)
        rst_segments_confirm(engine, conn, from, segment);
    if (segment->name_len)
        rst_naming_asks(engine, conn, from, segment);
    take_own(engine, conn, from, segment);
}

/* The attempt has been answered: what was kept of it is taken now, with its own times. */
static void begin(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_opening_t *opening = conn->opening;
    rst_moment_t now = engine->file.now;

    conn->opening = NULL;
    start(engine, conn);
    conn->previous->last = opening->before;
    for (unsigned i = 0; i < opening->copies; i++) {
        engine->file.now = opening->at[i];
        take_current(engine, conn, opening->from, &opening->syn);
    }
    if (opening->challenged.pass_index) {
        engine->file.now = opening->challenged;
        take_current(engine, conn, 1u - opening->from, &opening->challenge);
    }
    engine->file.now = now;
    rst_release(&engine->memory, opening, sizeof *opening);
}

void rst_segments_before(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (!conn->opening)
        return;
    if (rst_opening_is_answered(conn->opening, segment, from, rst_fit_syn_clues(&conn->direction[from], segment) != 0))
        begin(engine, conn);
    else
        rst_opening_note(conn->opening, segment, from, engine->file.now);
}

void rst_segments_take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    if (conn->opening)
        rst_segments_before(engine, conn, from, segment);
    if ((segment->flags & RST_FLAG_SYN) && !find_incarnation(engine, conn, from, segment))
        return;
    take_current(engine, conn, from, segment);
}
