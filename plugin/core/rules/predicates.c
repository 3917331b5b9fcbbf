/* predicates.c
 * The questions that several rules ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/predicates.h"

#include "base/seq.h"

#define HIDDEN_MAX 0x40000000u             /* a larger step is not progress but an unrelated number */
#define RIGHT_BEHIND (5 * RST_MILLISECOND) /* too soon for a person, or for a program that has processed what came */
#define ROUTE_HOPS 8                       /* a change of route makes the path no longer or shorter than this */
#define COUNT_FAR 1024
#define COUNT_SPAN RST_SECOND /* a counter that other connections use too has not gone far by then */

bool rst_is_refusal(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_REFUSAL;
}

bool rst_is_answer(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_ANSWER;
}

bool rst_answers_syn_ack(const rst_view_t *view)
{
    const unsigned both = RST_FLAG_SYN | RST_FLAG_ACK;

    return rst_is_answer(view) && view->trigger && (view->trigger->flags & both) == both;
}

/* A bare reset answers a segment (RFC 9293, section 3.10.7), whereas an abort has the ACK flag. If the capture shows
 * only one direction, or nothing but SYNs, FINs and resets, the segment that it answers is missing. */
bool rst_answers_unseen(const rst_view_t *view)
{
    return !view->trigger && !(view->reset->flags & RST_FLAG_ACK) && !rst_directions_talk(view->own, view->peer) &&
           !rst_fins_done(view);
}

bool rst_is_unseen_refusal(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return reset->form == RST_FORM_UNKNOWN && (reset->flags & RST_FLAG_ACK) && reset->seq == 0 && reset->ack != 0 &&
           (reset->known & RST_HAS_WINDOW) && reset->window == 0 && !view->own->segments && !view->peer->segments;
}

bool rst_is_abort(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_ABORT;
}

bool rst_from_client(const rst_view_t *view)
{
    return view->reset->from == view->reset->client;
}

bool rst_has_fin(const rst_direction_t *side)
{
    return (side->known & RST_DIRECTION_FIN) != 0;
}

/* It acknowledges more than the capture shows of the other side. */
static bool acknowledges_unseen(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (reset->flags & RST_FLAG_ACK) && (view->peer->known & RST_DIRECTION_NXT) &&
           rst_seq_after(reset->ack, view->peer->nxt);
}

bool rst_peer_lost_since(const rst_view_t *view, rst_moment_t moment)
{
    const rst_direction_t *peer = view->peer;

    return (peer->gaps && peer->gap_last.pass_index > moment.pass_index) ||
           (acknowledges_unseen(view) && rst_seq_ahead(view->reset->ack, peer->nxt) < HIDDEN_MAX);
}

bool rst_hides_data(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (acknowledges_unseen(view))
        return rst_seq_ahead(reset->ack, view->peer->nxt) < HIDDEN_MAX;
    return reset->form == RST_FORM_AHEAD && (reset->flags & RST_FLAG_ACK);
}

bool rst_has_history(const rst_view_t *view)
{
    return !rst_hides_data(view) && view->reset->opened && view->own->segments && view->peer->segments &&
           !view->own->gaps && !view->peer->gaps;
}

bool rst_one_way(const rst_view_t *view)
{
    return !view->peer->segments && view->own->segments > 1;
}

bool rst_was_open(const rst_view_t *view)
{
    const rst_direction_t *client = &view->reset->direction[view->reset->client];
    const rst_direction_t *server = &view->reset->direction[1 - view->reset->client];

    return rst_directions_synchronized(client, server);
}

bool rst_is_empty(const rst_view_t *view)
{
    return !view->own->bytes && !view->peer->bytes && !rst_has_fin(view->own) && !rst_has_fin(view->peer);
}

bool rst_fins_done(const rst_view_t *view)
{
    return rst_has_fin(view->own) && rst_has_fin(view->peer);
}

const rst_probes_t *rst_keepalives(const rst_view_t *view)
{
    return view->reset->probes ? view->reset->probes : &view->own->keepalive;
}

bool rst_loses_data(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    return view->peer->segments && retx->copies && !(retx->flags & RST_FLAG_SYN) &&
           (retx->space > 1 || !(retx->flags & RST_FLAG_FIN));
}

uint32_t rst_in_flight(const rst_view_t *view)
{
    uint32_t received = view->own->acked;

    if (!(view->own->known & RST_DIRECTION_ACKED) || !(view->peer->known & RST_DIRECTION_NXT))
        return 0;
    return rst_seq_after(view->peer->nxt, received) ? rst_seq_ahead(view->peer->nxt, received) : 0;
}

uint32_t rst_not_received(const rst_view_t *view)
{
    uint32_t received = view->own->acked;

    if (!(view->own->known & RST_DIRECTION_ACKED) || !(view->peer->known & RST_DIRECTION_NXT))
        return 0;
    if ((view->reset->flags & RST_FLAG_ACK) && rst_seq_after(view->reset->ack, received))
        received = view->reset->ack;
    return rst_seq_after(view->peer->nxt, received) ? rst_seq_ahead(view->peer->nxt, received) : 0;
}

bool rst_repeats_id(const rst_view_t *view)
{
    uint16_t step = (uint16_t)(view->reset->ip_id - view->own->ip_id);

    return view->reset->ip_id && (view->own->known & RST_DIRECTION_IP_ID) && view->own->ip_id_changes && step >= 1 &&
           step <= RST_ID_STEP_MAX;
}

/* RFC 7323, section 3.2: most stacks put one into a reset too, unless it answers something. */
bool rst_lacks_stamp(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return own->stamped && !own->unstamped && (view->reset->known & RST_HAS_OPTIONS) &&
           !(view->reset->known & RST_HAS_TIMESTAMP) && !rst_is_answer(view);
}

bool rst_breaks_count(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return own->ip_id_changes >= 2 && own->ip_id_steps == own->ip_id_changes && (view->reset->known & RST_HAS_IP_ID) &&
           view->reset->ip_id && ABS((int16_t)(view->reset->ip_id - own->ip_id)) > COUNT_FAR &&
           rst_within(view, rst_since(view, own->last), COUNT_SPAN);
}

/* In files without real times, every packet has the same time, so differences mean nothing. */
bool rst_clock_stands(const rst_view_t *view)
{
    return !view->file->tick;
}

int64_t rst_tick(const rst_view_t *view)
{
    return view->reset->tick ? view->reset->tick : view->file->first_tick;
}

bool rst_within(const rst_view_t *view, int64_t dt, int64_t limit)
{
    int64_t tick = dt > 0 ? MIN(dt, rst_tick(view)) : rst_tick(view); /* the clock is as fine as what it told apart */

    return !rst_clock_stands(view) && dt != RST_TIME_NONE && dt <= limit && limit >= rst_time_times(4, tick);
}

int64_t rst_since(const rst_view_t *view, rst_moment_t moment)
{
    return moment.pass_index && !rst_clock_stands(view) ? rst_elapsed(moment, view->reset->at) : RST_TIME_NONE;
}

int64_t rst_idle(const rst_view_t *view)
{
    return rst_clock_stands(view) ? RST_TIME_NONE : view->reset->idle;
}

int64_t rst_delay(const rst_view_t *view)
{
    return view->trigger && !view->reset->trigger_late ? rst_since(view, view->trigger->moment) : RST_TIME_NONE;
}

int64_t rst_silence(const rst_view_t *view)
{
    if (view->trigger && !view->reset->trigger_late)
        return view->trigger->idle ? view->trigger->idle : RST_TIME_NONE;
    return rst_idle(view);
}

/* The host's completed connections come from several distances: over several routes, or from several hosts. One
 * connection alone is not enough: it may have been invented. */
static bool has_other_distances(const rst_view_t *view, uint8_t hops)
{
    return !view->distance.hearsay && rst_distances_apart(&view->distance, hops) >= 2;
}

/* What this side sent in the connection agrees on a distance. One SYN-ACK proves nothing, unless later segments come
 * from there too. */
static bool own_hops(const rst_view_t *view, uint8_t *hops)
{
    const rst_direction_t *own = view->own;
    const rst_aftermath_t *after = &view->reset->after;

    if (!(own->known & RST_DIRECTION_HOPS))
        return false;
    *hops = own->hop_max;
    if (own->segments >= 2 && (own->bytes || own->pure_acks) && own->hop_max - own->hop_min <= 1 &&
        ((own->known & RST_DIRECTION_PROVED) || !view->peer->segments))
        return true;
    return own->hop_min == own->hop_max && after->alive_ttl && rst_hops(after->alive_ttl) == own->hop_max;
}

/* The reset has one of the distances of the host's other connections. */
static bool comes_from_another(const rst_view_t *view)
{
    return !view->reset->ttl || rst_distances_has(&view->distance, rst_hops(view->reset->ttl));
}

/* If the connection itself has shown no more than a SYN-ACK, two completed connections of the host must agree; those of
 * one other client are not enough. */
static bool usual_hops(const rst_view_t *view, uint8_t *hops)
{
    const rst_hop_range_t *range = &view->distance.range;

    if (!own_hops(view, hops)) {
        if (view->own->segments > 1 || range->count < 2 || range->max - range->min > 1 || view->distance.hearsay)
            return false;
        *hops = range->max;
    }
    return *hops != RST_HOPS_ABSURD && !(has_other_distances(view, *hops) && comes_from_another(view));
}

/* Stacks may send resets with a different initial TTL than their sockets use. A reset comes from elsewhere only if its
 * TTL fits no initial value at the usual distance (old stacks use 30 and 60). */
static int8_t delta_from(const rst_view_t *view, uint8_t usual)
{
    static const int initial[] = {64, 128, 255, 32, 60, 30};
    int best = INT8_MAX;

    for (size_t i = 0; i < G_N_ELEMENTS(initial); i++) {
        int delta = initial[i] - view->reset->ttl - usual;

        if (initial[i] >= view->reset->ttl && ABS(delta) < ABS(best))
            best = delta;
    }
    /* AIX, OSF/1 and IRIX use an initial TTL of 60 for connections but not for resets: the connection is four hops
     * nearer than it seems. They use neither timestamps nor window scaling unless told to. */
    if (view->reset->ttl > 64 && view->own->ttl <= 60 && best == -4 &&
        !(view->own->known & (RST_DIRECTION_TIMESTAMPS | RST_DIRECTION_WSCALE)))
        best = 0;
    return (int8_t)best;
}

/* No packet leaves a router with TTL 0: it was overwritten, as in anonymized traces. */
static bool shows_ttl(const rst_view_t *view)
{
    return (view->reset->known & RST_HAS_IP) && view->reset->ttl;
}

bool rst_shows_own_hops(const rst_view_t *view)
{
    uint8_t hops;

    return own_hops(view, &hops);
}

int8_t rst_hop_delta(const rst_view_t *view)
{
    uint8_t usual;

    return shows_ttl(view) && usual_hops(view, &usual) ? delta_from(view, usual) : RST_HOPS_NONE;
}

bool rst_hop_disputed(const rst_view_t *view)
{
    uint8_t hops;

    if (!shows_ttl(view) || !own_hops(view, &hops) || hops == RST_HOPS_ABSURD || !has_other_distances(view, hops))
        return false;
    return ABS(delta_from(view, hops)) >= (int)view->prefs->hop_delta;
}

bool rst_hop_varies(const rst_view_t *view)
{
    uint8_t hops;

    return own_hops(view, &hops) && has_other_distances(view, hops);
}

/* A single hop, which a change of route could explain too, so it only raises doubt. The sender's distance must be
 * certain. */
bool rst_hop_step(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);
    const rst_hop_range_t *range = &view->distance.range;
    bool settled = view->own->segments >= 4 || (range->count >= 3 && range->min == range->max);

    return (delta == 1 || delta == -1) && !rst_hop_jump(view) && settled && view->own->hop_min == view->own->hop_max &&
           !rst_looks_genuine(view);
}

/* A change of route makes a difference of a few hops and does not affect the IP ID counter: a reset that has the very
 * next IP ID at a different distance was hardly guessed. */
static bool route_changed(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (uint16_t)(reset->ip_id - view->own->ip_id) <= RST_ID_NEXT && ABS(reset->ttl - view->own->ttl) <= ROUTE_HOPS;
}

bool rst_follows_nothing(const rst_view_t *view)
{
    const rst_reset_t *before = view->reset->own_before;
    uint32_t now = view->reset->at.pass_index;

    if (!before)
        return false;
    return (before->after.unbroken.pass_index && before->after.unbroken.pass_index < now) ||
           (before->after.alive.pass_index && !before->after.alive_soon && before->after.alive.pass_index < now);
}

/* Its sender knew the connection's timestamp, so it was the stack itself, over whatever route. An IP ID that continues
 * the host's counter says the same, unless the distance contradicts it. If the options were not captured, they may have
 * had such a timestamp. */
bool rst_looks_genuine(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);
    const rst_reset_t *reset = view->reset;

    if (!(reset->known & RST_HAS_OPTIONS))
        return true;
    if ((view->own->known & RST_DIRECTION_TIMESTAMPS) && (reset->known & RST_HAS_TIMESTAMP))
        return true;
    if (!rst_repeats_id(view))
        return false;
    return delta == 0 || delta == RST_HOPS_NONE || route_changed(view);
}

bool rst_hop_jump(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);
    int limit = (int)view->prefs->hop_delta;

    return delta != RST_HOPS_NONE && (delta >= limit || delta <= -limit);
}

/* Taking 60 and 30 for initial values makes many distances fit, which is right only where an old host may be meant.
 * Such a reset seems farther away than it would be from there. */
bool rst_hop_apart(const rst_view_t *view)
{
    uint8_t hops = rst_hops(view->reset->ttl);
    int limit = (int)view->prefs->hop_delta;
    uint8_t usual;

    if (rst_hop_jump(view))
        return true;
    if (rst_hop_delta(view) == RST_HOPS_NONE || hops == RST_HOPS_ABSURD || !usual_hops(view, &usual))
        return false;
    return hops - usual >= limit;
}

/* A common timeout of applications and devices, give or take half a percent. */
bool rst_idle_is_round(const rst_view_t *view)
{
    static const uint16_t timer[] = {15, 20, 30, 45, 60, 75, 90, 120, 180, 240, 300, 600, 900, 1200, 1800, 3600, 7200};
    int64_t idle = rst_idle(view);

    if (idle == RST_TIME_NONE)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(timer); i++) {
        if (rst_time_apart(idle, timer[i] * RST_SECOND) < timer[i] * (RST_SECOND / 200))
            return true;
    }
    return false;
}

/* The same host resets several connections after the same silence: that is a timer, whatever its value. */
bool rst_idle_is_habit(const rst_view_t *view)
{
    const rst_silence_t *row = view->reset->silence;

    return row && row->count >= RST_SILENCE_HABIT && !rst_clock_stands(view);
}

bool rst_is_unprovoked(const rst_view_t *view)
{
    return rst_is_abort(view) && !(view->reset->flags & RST_FLAG_ACK) && !view->reset->own_last.at.pass_index &&
           !view->reset->peer_last.at.pass_index && rst_has_history(view) && !rst_has_fin(view->own) &&
           !rst_has_fin(view->peer);
}

bool rst_maybe_both_ends(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool before = reset->peer_last.at.pass_index && (reset->peer_last.flags & RST_FLAG_ACK);
    bool after = reset->after.peer_reset.pass_index && reset->after.peer_reset_active;
    int64_t apart =
        after ? rst_elapsed(reset->at, reset->after.peer_reset) : rst_elapsed(reset->peer_last.at, reset->at);

    if (!rst_is_abort(view) || !(before || after))
        return false;
    return rst_clock_stands(view) || apart == 0;
}

/* The client has received more than a program reads at once, and the capture cannot show whether more was to come. */
bool rst_ends_bulk(const rst_view_t *view)
{
    return rst_from_client(view) && view->own->bytes && view->peer->unanswered > view->prefs->cancel_bytes &&
           rst_within(view, rst_since(view, view->peer->last_data), RIGHT_BEHIND);
}

bool rst_overtook_data(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (reset->flags & RST_FLAG_ACK) && reset->form == RST_FORM_AHEAD && !reset->after.restarted &&
           reset->after.reached_known && reset->after.reached == reset->seq;
}

/* A little beyond SND.NXT counts too, if the ACK flag is set: then the last data was lost before the capture point. */
bool rst_own_account(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (reset->own_last.at.pass_index)
        return false;
    if (rst_is_abort(view))
        return true;
    return reset->form == RST_FORM_AHEAD && (reset->flags & RST_FLAG_ACK) && (view->own->known & RST_DIRECTION_NXT) &&
           (view->peer->known & RST_DIRECTION_WINDOW) &&
           rst_seq_ahead(reset->seq, view->own->nxt) < view->peer->window && !reset->after.train;
}

bool rst_within_close(const rst_view_t *view, rst_moment_t moment)
{
    return rst_within(view, rst_since(view, moment), (int64_t)view->prefs->close_race_ms * RST_MILLISECOND);
}

/* RFC 2525, section 2.17: closing with received data unread sends a reset. On the wire, this shows only in what stays
 * unanswered: a request, the first bytes, bytes beyond the last ACK. A client that has its answer owes none. */
bool rst_owes_answer(const rst_view_t *view)
{
    uint32_t missing = rst_not_received(view);

    if (view->peer->unanswered <= missing)
        return false;
    return !rst_from_client(view) || !view->own->bytes || (missing && rst_within_close(view, view->peer->last_data));
}
