/* resets.c
 * Making the record of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/resets.h"

#include "base/seq.h"
#include "engine/followers.h"
#include "engine/forget.h"
#include "engine/learn.h"
#include "engine/misfits.h"
#include "engine/naming.h"
#include "engine/segments.h"
#include "track/aftermath.h"
#include "track/doubt.h"
#include "track/fit.h"
#include "track/merged.h"
#include "track/trigger.h"

#define SYN_AGAIN INT64_C(1000000000) /* ns; an unanswered SYN is sent again after this time (RFC 6298, section 2) */
/* ns of capture before a connection without a SYN, until that counts as lost state */
#define FRESH_AFTER INT64_C(2200000000)

/* Released along with the connection, like all that only its resets refer to. */
static void *alloc_owned(rst_engine_t *engine, rst_conn_t *conn, size_t size)
{
    void *block = rst_alloc0(&engine->memory, size);

    rst_conn_own(conn, block, size, &engine->memory);
    return block;
}

static void copy_facts(rst_engine_t *engine, rst_reset_t *reset, const rst_segment_t *segment)
{
    reset->tick = engine->file.tick;
    reset->seq = segment->seq;
    reset->ack = segment->ack;
    reset->len = segment->len;
    reset->known = segment->known;
    reset->tsval = segment->tsval;
    reset->link = segment->link;
    reset->window = rst_segment_window(segment);
    reset->ip_id = (segment->known & RST_HAS_IP_ID) ? segment->ip_id : 0;
    reset->flags = segment->flags;
    reset->ttl = (segment->known & RST_HAS_IP) ? segment->ttl : 0;
    reset->tos = segment->tos;
    reset->df = segment->df;
    reset->mptcp = segment->mptcp;
    reset->mptcp_reason = segment->mptcp_reason;
    reset->mptcp_flags = segment->mptcp_flags;
    if (segment->head_len) {
        uint8_t *head = alloc_owned(engine, reset->conn, segment->head_len);

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
    story = alloc_owned(engine, conn, sizeof *story);
    story->address = conn->address;
    story->port = conn->port;
    story->point = conn->point;
    story->called = rst_naming_called(conn);
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
    reset->idle = idle_before(conn, engine->file.now);
    reset->client = (uint8_t)rst_conn_client(conn);
    reset->role_known = conn->client >= 0;
    reset->opened = conn->opened;
    reset->from_closed_summary = conn->from_closed_summary;
    reset->dropped = conn->dropped;
    reset->fresh = begins_within(engine, conn, FRESH_AFTER);
    reset->at_start = begins_within(engine, conn, SYN_AGAIN);
    reset->previous = conn->previous;
    rst_learn_hosts(engine, reset);
    reset->own_last = earlier_of(conn->last_reset[from]);
    reset->peer_last = earlier_of(conn->last_reset[1 - from]);
    reset->own_first = conn->last_reset[from] && conn->last_reset[from]->own_first.at.pass_index
                           ? conn->last_reset[from]->own_first
                           : reset->own_last;
    memcpy(reset->stray_before, conn->stray_reset, sizeof reset->stray_before);
    reset->own_ordinal = (uint16_t)(conn->last_reset[from] ? conn->last_reset[from]->own_ordinal + 1 : 1);
    reset->ordinal = (uint16_t)(conn->resets < UINT16_MAX ? conn->resets + 1 : UINT16_MAX);
    reset->doubt_ttl = rst_doubt_ttl(&conn->direction[from]);
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
    if (!rst_seq_after(reset->ack, side->acked) || !(peer->known & RST_DIRECTION_NXT) ||
        rst_seq_after(reset->ack, peer->nxt))
        return;
    rst_conn_unshare(conn, memory);
    conn->direction[reset->from].acked = reset->ack;
}

/* The first reset of a connection keeps recording its aftermath; of the later ones, only the latest do. */
static void add_revisable(rst_conn_t *conn, rst_reset_t *reset)
{
    if (!reset->story->first)
        reset->story->first = reset;
    if (conn->revisables == RST_REVISABLE_MAX) {
        conn->revisable[1]->let_go = true;
        memmove(&conn->revisable[1], &conn->revisable[2], (RST_REVISABLE_MAX - 2) * sizeof conn->revisable[0]);
        conn->revisables--;
    }
    conn->revisable[conn->revisables++] = reset;
}

/* Its numbers are out of reach, or it imitates another reset from elsewhere: it says nothing about the connection, and
 * is no earlier reset for those that follow. Only the latest from each side keeps recording its aftermath. */
static void take_stray(rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset)
{
    rst_reset_t **place = &conn->stray_reset[reset->from];

    if (*place)
        (*place)->let_go = true;
    *place = reset;
    reset->ordinal = 0;
    rst_learn_stray_reset(engine, reset);
}

static void take_fitting(rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset, const rst_segment_t *segment)
{
    unsigned from = reset->from;

    rst_segments_touch(engine, conn);
    rst_segments_note(engine, conn, from, segment);
    for (unsigned i = 0; i < conn->revisables; i++)
        rst_aftermath_refusal(conn->revisable[i], reset);
    take_last_ack(conn, reset, &engine->memory);
    reset->counts = true;
    reset->own_before = conn->last_reset[from];
    reset->own_before_id = reset->own_before ? reset->own_before->id : 0;
    rst_learn_reset(engine, reset);
    conn->last_reset[from] = reset;
    if (conn->resets < UINT16_MAX)
        conn->resets++;
    add_revisable(conn, reset);
    rst_followers_fold(engine, conn);
}

static bool is_copy_of(const rst_engine_t *engine, const rst_reset_t *reset, const rst_reset_t *latest)
{
    return latest && (rst_reset_is_copy(reset, latest, &engine->file.prefs) || rst_merged_is_copy(reset, latest));
}

/* The reset repeats an earlier one that the capture holds twice. */
static bool take_copy(const rst_engine_t *engine, const rst_conn_t *conn, rst_reset_t *reset)
{
    rst_reset_t *latest[] = {conn->last_reset[reset->from], conn->stray_reset[reset->from]};

    for (size_t i = 0; i < G_N_ELEMENTS(latest); i++) {
        if (!is_copy_of(engine, reset, latest[i]))
            continue;
        reset->original = latest[i];
        reset->sent_again = !rst_reset_may_be_doubled(reset) && !rst_merged_is_copy(reset, latest[i]);
        latest[i]->copies++;
        reset->ordinal = latest[i]->ordinal;
        reset->clues = latest[i]->clues;
        return true;
    }
    return false;
}

/* Is this one of the distances of the side? */
static bool is_at_distance(const rst_direction_t *side, uint8_t ttl)
{
    for (unsigned i = 0; i < RST_DISTANCES; i++) {
        if (side->distance[i].seen && side->distance[i].hops == rst_hops(ttl))
            return true;
    }
    return false;
}

/* Of two equal resets, the one that comes from elsewhere than the sender's other packets is somebody's copy. Returns
 * whether that is the later one. */
static bool is_imitation(const rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset)
{
    rst_reset_t *latest = conn->last_reset[reset->from];
    const rst_direction_t *own = &reset->direction[reset->from];

    if (!latest || !(own->known & RST_DIRECTION_HOPS) || !rst_reset_is_imitated(reset, latest, &engine->file.prefs))
        return false;
    /* One packet does not show that the capture holds each only once. */
    if (reset->direction[0].segments + reset->direction[1].segments < 2)
        return false;
    if (is_at_distance(own, latest->ttl) == is_at_distance(own, reset->ttl))
        return false;
    if (is_at_distance(own, latest->ttl)) {
        reset->after.twin = latest->at;
        return true;
    }
    latest->after.twin = reset->at;
    rst_conn_discount(conn, latest);
    reset->own_last = earlier_of(conn->last_reset[reset->from]);
    reset->own_first = (rst_earlier_t){.at = {0, RST_TIME_NONE}};
    reset->ordinal = (uint16_t)(conn->resets + 1);
    return false;
}

/* In SYN-SENT only a reset that acknowledges the SYN counts (RFC 9293, section 3.10.7.3). Some devices refuse without
 * that, but a proper answer may still come. */
static bool leaves_syn(const rst_reset_t *reset)
{
    const rst_recent_segment_t *syn = &reset->trigger;

    return reset->form == RST_FORM_REFUSAL && (syn->flags & RST_FLAG_SYN) &&
           !((reset->flags & RST_FLAG_ACK) && reset->ack == syn->seq + syn->space);
}

/* The proper answer has come: what claimed to be one before was not. */
static void discount_improper(rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const rst_direction_t *peer = &conn->direction[1 - from];
    rst_reset_t *latest = conn->last_reset[from];

    if (latest && leaves_syn(latest) && (segment->flags & RST_FLAG_ACK) && (peer->known & RST_DIRECTION_SYN) &&
        segment->ack == peer->isn + 1)
        rst_conn_discount(conn, latest);
}

/* A reset at SND.NXT, one beyond equal bare ACKs, shows that these were keepalive probes, if the capture begins too
 * late to show SND.NXT otherwise. */
static void reveal_probes(rst_engine_t *engine, rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    rst_probes_t probes, *kept;

    if (reset->opened || own->keepalive.count || (reset->form != RST_FORM_AHEAD && reset->form != RST_FORM_ABORT) ||
        !rst_probes_reveal(&own->ring, reset->seq, reset->direction[1 - reset->from].last, &probes))
        return;
    reset->form = RST_FORM_ABORT;
    kept = alloc_owned(engine, reset->conn, sizeof *kept);
    *kept = probes;
    reset->probes = kept;
}

/* A SYN that is refused was the client's, whatever else bore a SYN before. */
static void learn_client(rst_reset_t *reset)
{
    if (reset->form != RST_FORM_REFUSAL || !(reset->trigger.flags & RST_FLAG_SYN))
        return;
    reset->client = 1u - reset->from;
    reset->role_known = true;
}

rst_reset_t *rst_resets_take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    rst_reset_t *reset = rst_alloc0(&engine->memory, sizeof *reset);
    rst_recent_segment_t *trigger;
    unsigned clues;

    rst_segments_before(engine, conn, from, segment);
    rst_segments_confirm(engine, conn, from, segment);
    discount_improper(conn, from, segment);
    rst_forget_list(engine, conn, reset);
    fill_reset(engine, reset, conn, from);
    copy_facts(engine, reset, segment);
    trigger = rst_reset_read_form(reset, segment, &engine->file.prefs);
    learn_client(reset);
    reveal_probes(engine, reset);
    clues = rst_fit_reset_clues(&reset->direction[from], &reset->direction[1 - from], segment);
    /* What answers a packet is its sender's own, even if that packet was not the peer's. */
    if (!trigger)
        reset->clues = (uint8_t)clues;
    rst_misfits_count(engine, reset->clues);
    if (take_copy(engine, conn, reset)) {
        rst_segments_touch(engine, conn);
        return reset;
    }
    if (trigger && !leaves_syn(reset))
        trigger->answered = true;
    if (rst_fit_by(clues) == RST_FOREIGN || is_imitation(engine, conn, reset))
        take_stray(engine, conn, reset);
    else
        take_fitting(engine, conn, reset, segment);
    if (conn->at_point)
        rst_at_point_take(&engine->points, conn, from, segment, reset);
    if (engine->judge.join)
        rst_join_add(engine->judge.join, reset);
    return reset;
}
