/* trigger.c
 * The form of a reset: what it answers, or that it answers nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/trigger.h"

#include "answer/foreign.h"
#include "base/seq.h"
#include "track/connection.h"
#include "track/form.h"

#define COPIES_APART 20 /* times dup_ms: between two places of one path */
/* ns; what is under way for longer is sent again first (RFC 6298, section 2), whatever queues the path has */
#define UNDER_WAY RST_SECOND

/* Within the longest plausible time from a segment to its answer. The round trip is that at the capture point. */
static bool soon(const rst_reset_t *reset, const rst_recent_segment_t *candidate, const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    int64_t limit = (int64_t)prefs->trigger_window_ms * RST_MILLISECOND;
    int64_t delay = rst_elapsed(candidate->moment, reset->at);

    if (own->known & RST_DIRECTION_RTT)
        limit = MAX(limit, rst_time_times(3, own->rtt));
    return delay == RST_TIME_NONE || delay <= limit;
}

static bool is_unacked(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    if (!candidate->space || candidate->keepalive)
        return false;
    return !(own->known & RST_DIRECTION_ACKED) || rst_seq_after(candidate->seq + candidate->space, own->acked);
}

/* The sender of the reset went on after it and acknowledged it or later ones, so it accepted it. */
static bool was_taken(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    uint32_t end = candidate->seq + candidate->space;

    if (!(own->known & RST_DIRECTION_ACKED) || candidate->keepalive || candidate->repeated ||
        candidate->moment.pass_index > own->last.pass_index)
        return false;
    /* Several hosts or stacks may answer one SYN, each with a number of its own: only one of them was accepted. */
    if (candidate->flags & RST_FLAG_SYN)
        return rst_seq_ahead(own->acked, end) <= RST_RING_LARGE * RST_FIRST_FLIGHT;
    return rst_seq_before(end, own->acked) || (candidate->space && end == own->acked);
}

static bool was_reset(const rst_reset_t *reset)
{
    return reset->own_last.at.pass_index || reset->peer_last.at.pass_index;
}

/* The peer had acknowledged more before: only an older segment, still under way, asks for this number. The shortest
 * round trip says nothing about a queue that has grown since. */
static bool was_under_way(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    const rst_direction_t *peer = &reset->direction[1 - reset->from];
    int64_t delay = rst_elapsed(candidate->moment, reset->at);

    return (peer->known & RST_DIRECTION_ACKED) && rst_seq_before(candidate->ack, peer->acked) &&
           (delay == RST_TIME_NONE || delay <= UNDER_WAY);
}

/* How long an answer may take here: after the shortest round trip, or as long as the reset before it took. */
static bool is_in_time(const rst_reset_t *reset, int64_t delay)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_reset_t *before = reset->conn->last_reset[reset->from];

    if (before && before->trigger.moment.pass_index &&
        delay <= rst_time_add(rst_elapsed(before->trigger.moment, before->at), RST_MILLISECOND))
        return true;
    return (own->known & RST_DIRECTION_RTT) && delay <= rst_time_add(rst_time_times(3, own->rtt), RST_MILLISECOND);
}

/* Did the segment reach a connection that had been reset, or was it in flight when that happened? */
static bool follows_reset(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    uint32_t first = reset->own_first.at.pass_index ? reset->own_first.at.pass_index : reset->peer_last.at.pass_index;
    int64_t delay = rst_elapsed(candidate->moment, reset->at);

    if (was_under_way(reset, candidate))
        return true;
    /* SEQ goes back: else only a challenge ACK to the earlier reset calls for that (RFC 5961, section 3.2). */
    if (reset->own_last.at.pass_index && rst_seq_before(reset->seq, reset->own_last.seq))
        return candidate->moment.pass_index > reset->own_last.at.pass_index;
    return candidate->moment.pass_index > first || delay == RST_TIME_NONE || is_in_time(reset, delay);
}

/* A segment without new sequence space can be what a reset answers only if the reset's sender was done with the
 * connection, or has sent nothing since. */
static bool may_answer_bare(const rst_reset_t *reset, const rst_recent_segment_t *candidate, bool latest,
                            const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    if (was_reset(reset))
        return follows_reset(reset, candidate);
    if (own->known & RST_DIRECTION_FIN)
        return candidate->moment.pass_index > own->fin.pass_index;
    if (candidate->space && !candidate->keepalive)
        return false;
    if (own->segments && own->last.pass_index > candidate->moment.pass_index)
        return false;
    /* A host that has sent only a SYN is waiting for this very answer, however long the path is. */
    return latest && ((own->segments == 1 && (own->known & RST_DIRECTION_SYN)) || soon(reset, candidate, prefs));
}

/* Two hosts or stacks answered the SYN with numbers of their own, one right after the other, so both answers were on
 * the way to its sender. */
static bool is_one_of_two(const rst_ring_t *ring, const rst_recent_segment_t *candidate, const rst_prefs_t *prefs)
{
    int64_t limit = (int64_t)prefs->trigger_window_ms * RST_MILLISECOND;

    for (unsigned age = 0; (candidate->flags & RST_FLAG_SYN) && age < ring->used; age++) {
        const rst_recent_segment_t *other = rst_ring_at(ring, age);
        int64_t apart =
            MAX(rst_elapsed(candidate->moment, other->moment), rst_elapsed(other->moment, candidate->moment));

        if ((other->flags & RST_FLAG_SYN) && other->seq != candidate->seq && apart != RST_TIME_NONE && apart <= limit)
            return true;
    }
    return false;
}

/* Group 2 (RFC 9293, section 3.5.2): the oldest segment whose data was never acknowledged, otherwise the latest one
 * without data. After a reset, every segment draws another one: first come, first answered. */
static rst_recent_segment_t *find_answered(rst_reset_t *reset, const rst_ring_t *ring, const rst_prefs_t *prefs)
{
    rst_recent_segment_t *bare = NULL;

    for (unsigned age = ring->used; age-- > 0;) {
        rst_recent_segment_t *candidate = rst_ring_at(ring, age);
        bool unacked = is_unacked(reset, candidate) && (age == 0 || soon(reset, candidate, prefs));

        if (candidate->answered || !(candidate->flags & RST_FLAG_ACK) || candidate->ack != reset->seq)
            continue;
        if (unacked)
            return candidate;
        if (was_taken(reset, candidate))
            continue;
        if (is_one_of_two(ring, candidate, prefs))
            return candidate;
        if (!may_answer_bare(reset, candidate, age == 0, prefs))
            continue;
        if (was_reset(reset))
            return candidate;
        bare = candidate;
    }
    return bare;
}

/* The sender lost its state while its own data was in flight: what it answers was sent before that data arrived, and so
 * acknowledges less than SND.NXT. Or the capture shows nothing of the sender, and several segments were under way to
 * it. */
static rst_recent_segment_t *find_overtaken(rst_reset_t *reset, const rst_ring_t *ring, const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    bool shown = (own->known & RST_DIRECTION_NXT) != 0;

    if ((own->known & RST_DIRECTION_FIN) || was_reset(reset) || (shown && !rst_seq_before(reset->seq, own->nxt)))
        return NULL;
    for (unsigned age = 0; age < ring->used; age++) {
        rst_recent_segment_t *candidate = rst_ring_at(ring, age);

        if (candidate->answered || !(candidate->flags & RST_FLAG_ACK) || candidate->ack != reset->seq)
            continue;
        if (shown ? soon(reset, candidate, prefs) && !was_taken(reset, candidate) : was_under_way(reset, candidate))
            return candidate;
    }
    return NULL;
}

/* After its own FIN, Windows answers data with a RST,ACK that acknowledges the data. */
static rst_recent_segment_t *find_answered_with_ack(rst_reset_t *reset, const rst_ring_t *ring)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    if (!(own->known & RST_DIRECTION_FIN) || reset->seq != own->fin_seq)
        return NULL;
    for (unsigned age = ring->used; age-- > 0;) {
        rst_recent_segment_t *candidate = rst_ring_at(ring, age);

        if (!candidate->answered && candidate->len && candidate->moment.pass_index > own->fin.pass_index &&
            is_unacked(reset, candidate) && rst_seq_after(reset->ack, candidate->seq))
            return candidate;
    }
    return NULL;
}

/* The number that a reset with ACK acknowledges to a segment that it answers. Devices take the SEQ of a keepalive probe
 * as it is, and leave out the byte that it may bear. */
static bool acknowledges(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    uint32_t beyond = rst_seq_ahead(reset->ack, candidate->seq);

    return beyond == candidate->space || (candidate->keepalive && beyond <= 1);
}

/* The stack that aborts still knows the connection: its reset bears the timestamp (RFC 7323, section 5.2), or the
 * window that it had offered. To a probe nobody reacts with an abort. */
static bool knows_connection(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    if (!(reset->known & RST_HAS_OPTIONS) || (reset->known & RST_HAS_TIMESTAMP))
        return true;
    return !candidate->keepalive && reset->window && reset->window == own->raw_window;
}

/* Where a connection was forgotten during a long silence, its next segment may draw a reset that bears an ACK: lwIP
 * sets the flag in every reset (tcp_rst() in tcp_out.c), and so do many firewalls. */
static rst_recent_segment_t *find_answered_after_silence(const rst_reset_t *reset, const rst_ring_t *ring,
                                                         const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    rst_recent_segment_t *candidate = rst_ring_at(ring, 0);

    if (!candidate || candidate->answered || was_reset(reset) || (own->known & RST_DIRECTION_FIN))
        return NULL;
    if (candidate->idle < (int64_t)prefs->idle_min_s * RST_SECOND ||
        candidate->moment.pass_index < own->last.pass_index || !soon(reset, candidate, prefs))
        return NULL;
    if (!(candidate->flags & RST_FLAG_ACK) || candidate->ack != reset->seq || !acknowledges(reset, candidate))
        return NULL;
    return knows_connection(reset, candidate) ? NULL : candidate;
}

static bool is_refused_by(const rst_reset_t *reset, const rst_recent_segment_t *candidate, bool latest)
{
    bool silent = !reset->direction[reset->from].segments;

    if ((candidate->flags & RST_FLAG_ACK) || candidate->answered)
        return false;
    if ((reset->flags & RST_FLAG_ACK) && reset->ack == candidate->seq + candidate->space && (silent || reset->seq == 0))
        return true;
    return silent && (candidate->flags & RST_FLAG_SYN) && latest && !reset->own_last.at.pass_index;
}

/* Group 1 (RFC 9293, section 3.5.2): a segment without ACK. Some devices refuse with a made-up ACK number or none at
 * all. As long as this side has sent nothing else, the reset cannot mean anything else. Of several copies of a SYN it
 * is the latest, the others having been lost, unless another refusal follows; or the one whose IP ID was copied. */
static rst_recent_segment_t *find_refused(rst_reset_t *reset, const rst_ring_t *ring)
{
    rst_recent_segment_t *latest = NULL;

    for (unsigned age = 0; age < ring->used; age++) {
        rst_recent_segment_t *candidate = rst_ring_at(ring, age);

        if (!is_refused_by(reset, candidate, age == 0))
            continue;
        if (reset->ip_id && candidate->ip_id == reset->ip_id)
            return candidate;
        latest = latest ? latest : candidate;
    }
    return latest;
}

/* As many refusals as copies of the SYN: they come in the order of what they answer. */
static void pair_in_order(rst_reset_t *reset)
{
    rst_reset_t *later = reset;

    for (rst_reset_t *before = reset->conn->last_reset[reset->from];
         before && before->form == RST_FORM_REFUSAL && before->trigger.seq == later->trigger.seq &&
         before->trigger.moment.pass_index > later->trigger.moment.pass_index;
         before = before->own_before) {
        rst_recent_segment_t trigger = before->trigger;

        if (reset->ip_id && (reset->ip_id == reset->trigger.ip_id || before->ip_id == trigger.ip_id))
            return;
        before->trigger = later->trigger;
        later->trigger = trigger;
        later = before;
    }
}

/* Data that arrived once more although the sender of the reset had acknowledged it. An endpoint answers that with an
 * ACK (RFC 9293, section 3.10.7.4); a host that knows nothing of the connection, with a bare reset. */
static bool is_late_duplicate(const rst_reset_t *reset, const rst_recent_segment_t *candidate)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    return candidate->len && candidate->repeated && !candidate->keepalive && (candidate->flags & RST_FLAG_ACK) &&
           candidate->ack == reset->seq && (own->known & RST_DIRECTION_ACKED) &&
           !rst_seq_after(candidate->seq + candidate->space, own->acked);
}

/* Nothing came from the sender of the reset in between; or what was under way did, but an answer takes as long as that
 * takes. */
static bool may_be_answered_now(const rst_reset_t *reset, const rst_recent_segment_t *candidate,
                                const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    int64_t delay = rst_elapsed(candidate->moment, reset->at);

    if (candidate->moment.pass_index > own->last.pass_index)
        return soon(reset, candidate, prefs);
    return (own->known & RST_DIRECTION_RTT) && delay >= own->rtt / 2 &&
           delay <= rst_time_add(rst_time_times(3, own->rtt), RST_MILLISECOND);
}

/* The oldest one that no reset has answered yet. */
static rst_recent_segment_t *find_late_duplicate(const rst_reset_t *reset, const rst_ring_t *ring,
                                                 const rst_prefs_t *prefs)
{
    for (unsigned age = ring->used; age-- > 0;) {
        rst_recent_segment_t *candidate = rst_ring_at(ring, age);

        if (!candidate->answered && is_late_duplicate(reset, candidate) && may_be_answered_now(reset, candidate, prefs))
            return candidate;
    }
    return NULL;
}

/* A reset that answers a late duplicate need not have the form of an answer, and while data are under way it seems to
 * answer those: it is noted for every form. */
static void note_late_duplicate(rst_reset_t *reset, const rst_ring_t *ring, const rst_prefs_t *prefs)
{
    rst_recent_segment_t *candidate = find_late_duplicate(reset, ring, prefs);

    if (!candidate)
        return;
    reset->late_duplicate = candidate->moment;
    candidate->answered = true;
}

/* What was set aside because it does not fit its side reached the host all the same (RFC 9293, section 3.5.2, groups 1
 * and 2). A foreign segment that bears an exact acknowledgment proves nothing: that is where an abort is too. */
static rst_recent_segment_t *find_stray(const rst_reset_t *reset)
{
    rst_recent_segment_t *stray = reset->conn->direction[1 - reset->from].stray;

    if (!stray || stray->answered)
        return NULL;
    if (!(stray->flags & RST_FLAG_ACK))
        return (reset->flags & RST_FLAG_ACK) && reset->seq == 0 && reset->ack == stray->seq + stray->space ? stray
                                                                                                           : NULL;
    if ((reset->flags & RST_FLAG_ACK) || stray->ack != reset->seq)
        return NULL;
    return rst_fit_by(stray->clues) == RST_DOUBTFUL || rst_form_by_sequence(reset) != RST_FORM_ABORT ? stray : NULL;
}

/* Of several transmissions the first counts: whoever reacts to it may do so since then. */
static rst_moment_t find_acknowledged(const rst_reset_t *reset, const rst_ring_t *ring)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    rst_moment_t found = {0, RST_TIME_NONE};

    if (!(reset->flags & RST_FLAG_ACK) || !(own->known & RST_DIRECTION_ACKED) || !rst_seq_after(reset->ack, own->acked))
        return found;
    for (unsigned age = 0; age < ring->used; age++) {
        const rst_recent_segment_t *old = rst_ring_at(ring, age);

        if (old->len && old->seq + old->len == reset->ack)
            found = old->moment;
    }
    return found;
}

/* A challenge ACK repeats an ACK number; an ACK that is under way brings a new one. */
static bool was_asked_before(const rst_ring_t *ring, const rst_recent_segment_t *trigger)
{
    for (unsigned age = 0; age < ring->used; age++) {
        const rst_recent_segment_t *candidate = rst_ring_at(ring, age);

        if ((candidate->flags & RST_FLAG_ACK) && candidate->ack == trigger->ack &&
            candidate->moment.pass_index < trigger->moment.pass_index)
            return true;
    }
    return false;
}

rst_recent_segment_t *rst_reset_read_form(rst_reset_t *reset, const rst_segment_t *segment, const rst_prefs_t *prefs)
{
    const rst_ring_t *ring = &reset->conn->direction[1 - reset->from].ring;
    rst_recent_segment_t *candidate = find_refused(reset, ring);

    reset->form = RST_FORM_REFUSAL;
    if (!candidate) {
        reset->form = RST_FORM_ANSWER;
        candidate =
            (segment->flags & RST_FLAG_ACK) ? find_answered_with_ack(reset, ring) : find_answered(reset, ring, prefs);
        if (!candidate)
            candidate = (segment->flags & RST_FLAG_ACK) ? find_answered_after_silence(reset, ring, prefs)
                                                        : find_overtaken(reset, ring, prefs);
    }
    if (!candidate) {
        candidate = find_stray(reset);
        if (candidate && !(candidate->flags & RST_FLAG_ACK))
            reset->form = RST_FORM_REFUSAL;
    }
    if (candidate && is_late_duplicate(reset, candidate))
        reset->late_duplicate = candidate->moment;
    else if (!(segment->flags & RST_FLAG_ACK))
        note_late_duplicate(reset, ring, prefs);
    if (!candidate) {
        reset->form = (uint8_t)rst_form_by_sequence(reset);
        reset->acknowledged = find_acknowledged(reset, ring);
        return NULL;
    }
    reset->trigger = *candidate;
    reset->asked_before = was_asked_before(ring, candidate);
    if (reset->form == RST_FORM_REFUSAL)
        pair_in_order(reset);
    return candidate;
}

/* How many extra copies of each packet the capture contains. On a mirror of several ports all packets have
 * equally many, so one more than that is another packet. Judged by the sender's own direction, if it shows more
 * than the reset. */
static unsigned copies_of_each(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_direction_t *side = own->segments ? own : &reset->direction[1 - reset->from];

    return side->segments ? (side->copies + side->segments / 4) / side->segments : 0;
}

static bool has_moved(const rst_reset_t *reset, const rst_reset_t *earlier)
{
    return (reset->link && earlier->link && reset->link != earlier->link) ||
           ((reset->known & RST_HAS_IP) && reset->ttl != earlier->ttl);
}

bool rst_reset_may_be_doubled(const rst_reset_t *reset)
{
    const rst_direction_t *both = reset->direction;

    return both[0].copies || both[1].copies || !(both[0].segments + both[1].segments);
}

static bool is_same_content(const rst_reset_t *reset, const rst_reset_t *earlier)
{
    return reset->seq == earlier->seq && reset->ack == earlier->ack && reset->flags == earlier->flags &&
           reset->len == earlier->len && reset->window == earlier->window;
}

bool rst_reset_is_imitated(const rst_reset_t *reset, const rst_reset_t *earlier, const rst_prefs_t *prefs)
{
    int64_t elapsed = rst_elapsed(earlier->at, reset->at);

    return is_same_content(reset, earlier) && elapsed != RST_TIME_NONE &&
           elapsed <= COPIES_APART * (int64_t)prefs->dup_ms * RST_MILLISECOND && reset->ttl && earlier->ttl &&
           rst_hops(reset->ttl) != rst_hops(earlier->ttl) && !rst_reset_may_be_doubled(reset);
}

/* (a) the same IP ID from a counter; (b) no IP ID, but a different link or hop count; (c) no IP ID or a constant one,
 * everything else equal at the same time, and nothing left that a second reset could answer. */
bool rst_reset_is_copy(const rst_reset_t *reset, const rst_reset_t *earlier, const rst_prefs_t *prefs)
{
    const rst_direction_t *peer = &reset->direction[1 - reset->from];
    int64_t elapsed = rst_elapsed(earlier->at, reset->at);
    int64_t limit = (int64_t)prefs->dup_ms * RST_MILLISECOND;
    bool counted = (reset->known & RST_HAS_IP_ID) && (reset->ip_id || earlier->ip_id);
    bool moved = has_moved(reset, earlier);

    if (!is_same_content(reset, earlier) || elapsed == RST_TIME_NONE)
        return false;
    if ((counted && reset->ip_id != earlier->ip_id) || (moved && !rst_reset_may_be_doubled(reset)))
        return false;
    if (counted && (reset->direction[reset->from].ip_id_changes || !reset->trigger.moment.pass_index))
        return elapsed <= (moved ? rst_time_times(COPIES_APART, limit) : limit);
    if (moved)
        return elapsed <= rst_time_times(COPIES_APART, limit);
    if (elapsed > limit || !peer->segments)
        return false;
    if (copies_of_each(reset))
        return earlier->copies < copies_of_each(reset);
    /* An abort is sent once. Equal bare resets in a burst are separate resets, even if what they answer has left the
     * ring, unless the capture contains copies of other segments too. */
    return !reset->trigger.moment.pass_index &&
           ((reset->flags & RST_FLAG_ACK) || peer->copies + reset->direction[reset->from].copies > 0);
}
