/* aftermath.c
 * Recording what later segments show about a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/aftermath.h"

#include "base/seq.h"
#include "track/connection.h"
#include "track/fit.h"

#define TRAIN_HOPS 2
#define SAME_TIME (20 * RST_MICROSECOND) /* what one interrupt of a network card delivers, in whatever order */
#define BURST (2 * RST_MILLISECOND)
#define DISORDER (500 * RST_MICROSECOND) /* a capture that mixes up two packets puts them nearer together */
#define REORDERED (10 * RST_MILLISECOND) /* a segment this soon after the reset may have been sent before it */

/* Was the segment provably sent after everything that its sender had sent before the reset? */
static bool sent_later(const rst_direction_t *side, const rst_segment_t *segment)
{
    if ((side->known & RST_DIRECTION_TIMESTAMPS) && (segment->known & RST_HAS_TIMESTAMP))
        return rst_seq_after(segment->tsval, side->tsval);
    if ((side->known & RST_DIRECTION_IP_ID) && side->ip_id_changes && (segment->known & RST_HAS_IP_ID) &&
        segment->ip_id)
        return (int16_t)(segment->ip_id - side->ip_id) > 0;
    return false;
}

/* Does it bear the number that its sender would have given to its next packet? */
static bool counts_on(const rst_direction_t *side, uint16_t ip_id)
{
    return (uint16_t)(ip_id - side->ip_id - 1) < RST_ID_NEXT;
}

/* A host aborts at SND.NXT (RFC 9293, section 3.10.5), so it had sent nothing beyond that before its reset, and new
 * data that begin there were sent after it, however soon they come. But some stacks abort at SND.UNA, and then the
 * reset overtook the data. Asked only about a side without IP IDs, which tell more. */
static bool begins_at_reset(const rst_reset_t *reset, const rst_segment_t *segment, int64_t elapsed)
{
    return reset->form == RST_FORM_ABORT && segment->len && segment->seq == reset->seq && elapsed >= DISORDER &&
           reset->direction[reset->from].segments && !(reset->direction[reset->from].known & RST_DIRECTION_IP_ID);
}

/* If the data bear the next IP ID of their side and the reset does not, no reset was sent before them. */
static bool counts_past_reset(const rst_reset_t *reset, const rst_segment_t *segment)
{
    const rst_direction_t *side = &reset->direction[reset->from];

    return reset->form == RST_FORM_ABORT && segment->len && segment->seq == reset->seq &&
           (side->known & RST_DIRECTION_IP_ID) && side->ip_id_changes && side->ip_id_steps == side->ip_id_changes &&
           (segment->known & reset->known & RST_HAS_IP_ID) && counts_on(side, segment->ip_id) &&
           !counts_on(side, reset->ip_id);
}

/* New data, a FIN, or an acknowledgment of later data: a host that has reset the connection sends none of these. */
static bool is_progress(const rst_reset_t *reset, const rst_segment_t *segment)
{
    const rst_direction_t *side = &reset->direction[reset->from];
    uint32_t end = segment->seq + rst_segment_space(segment);

    /* The capture begins in the middle: all that is known of the side is where it would have ended. */
    if (!(side->known & RST_DIRECTION_NXT))
        return reset->form == RST_FORM_ABORT && segment->len && segment->seq == reset->seq;
    if (rst_segment_space(segment) && rst_seq_after(end, side->nxt))
        return true;
    return (segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_ACKED) &&
           rst_seq_after(segment->ack, side->acked);
}

static void note_alive(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at)
{
    const rst_direction_t *side = &reset->direction[reset->from];
    int64_t elapsed = rst_elapsed(reset->at, at);

    bool counted = counts_past_reset(reset, segment);

    if (!is_progress(reset, segment) || elapsed == RST_TIME_NONE ||
        (elapsed < REORDERED && !counted && !begins_at_reset(reset, segment, elapsed) &&
         !reset->after.alive.pass_index))
        return;
    if (reset->after.alive_count < UINT16_MAX)
        reset->after.alive_count++;
    if (reset->after.alive.pass_index)
        return;
    reset->after.alive = at;
    reset->after.alive_soon = elapsed < REORDERED && !counted;
    reset->after.alive_ttl = (segment->known & RST_HAS_IP) ? segment->ttl : 0;
    reset->after.alive_new = sent_later(side, segment);
}

/* The reset is older than what the peer sent after it, and that is older than its acknowledgment. */
static void note_unbroken(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at)
{
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    if (!reset->after.unbroken.pass_index && (segment->flags & RST_FLAG_ACK) && (peer->known & RST_DIRECTION_NXT) &&
        rst_seq_after(segment->ack, peer->nxt))
        reset->after.unbroken = at;
}

static bool acknowledges_syn(const rst_reset_t *reset, const rst_segment_t *segment)
{
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    return !(peer->known & RST_DIRECTION_SYN) || segment->ack == peer->isn + 1;
}

/* The SYN of before, from where that came. A program that tries again takes another number (RFC 9293, section 3.4.1).
 */
static bool is_same_syn(const rst_direction_t *own, const rst_segment_t *segment)
{
    if (!(own->known & RST_DIRECTION_SYN) || segment->seq != own->isn)
        return false;
    return !own->syn_ttl || !(segment->known & RST_HAS_IP) || segment->ttl == own->syn_ttl;
}

static void note_syn(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at)
{
    reset->after.restarted = true;
    if (!(reset->flags & RST_FLAG_ACK) && !reset->after.own_next.pass_index && !reset->after.same_syn.pass_index &&
        is_same_syn(&reset->direction[reset->from], segment))
        reset->after.same_syn = at;
}

/* If it reset a SYN-ACK, the sender goes on only with what this SYN-ACK lets it send. Where its SYN is missing, any
 * number would fit it otherwise, a guessed one too. */
static bool goes_on(const rst_reset_t *reset, const rst_segment_t *segment)
{
    const unsigned both = RST_FLAG_SYN | RST_FLAG_ACK;
    const rst_recent_segment_t *trigger = &reset->trigger;

    if (!trigger->moment.pass_index || (trigger->flags & both) != both)
        return true;
    return rst_seq_soon_after(segment->seq, trigger->ack) && rst_seq_soon_after(segment->ack, trigger->seq + 1);
}

static void note_own(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at)
{
    if ((segment->flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == (RST_FLAG_SYN | RST_FLAG_ACK)) {
        if (!reset->after.synack.pass_index && !reset->after.syn_again && acknowledges_syn(reset, segment)) {
            reset->after.synack = at;
            reset->after.synack_seq = segment->seq;
            reset->after.synack_ttl = (segment->known & RST_HAS_IP) ? segment->ttl : 0;
        }
        return;
    }
    if (segment->flags & RST_FLAG_SYN)
        note_syn(reset, segment, at);
    if (reset->after.restarted || reset->after.syn_again)
        return;
    if (!reset->after.own_next.pass_index && goes_on(reset, segment)) {
        reset->after.own_next = at;
        reset->after.own_ttl = (segment->known & RST_HAS_IP) ? segment->ttl : 0;
    }
    note_alive(reset, segment, at);
    note_unbroken(reset, segment, at);
}

/* What a reset seems to answer came too long before it. */
static bool is_overdue(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    int64_t delay = rst_elapsed(reset->trigger.moment, reset->at);

    return (own->known & RST_DIRECTION_RTT) && delay > rst_time_add(rst_time_times(3, own->rtt), RST_MILLISECOND);
}

/* Where the clock shows the file out of order, the segment that a reset answers may be stored behind it: with an
 * earlier time, or with the same one, if none before it fits. What has a later time crossed the reset. */
static bool is_stored_behind(const rst_reset_t *reset, rst_moment_t at, const rst_prefs_t *prefs)
{
    int64_t ahead = rst_elapsed(at, reset->at);
    int64_t behind = rst_elapsed(reset->at, at);

    if (behind == RST_TIME_NONE || behind > SAME_TIME) {
        if (ahead == RST_TIME_NONE || ahead > (int64_t)prefs->trigger_window_ms * RST_MILLISECOND)
            return false;
    }
    return !reset->trigger.moment.pass_index ||
           (!reset->trigger.space &&
            (is_overdue(reset) || (behind == RST_TIME_NONE && at.time > reset->trigger.moment.time)));
}

/* A bare refusal keeps its own: a SYN has sequence space. */
static void adopt_late_trigger(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at,
                               const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    bool unacked = segment->len && (!(own->known & RST_DIRECTION_ACKED) ||
                                    rst_seq_after(segment->seq + rst_segment_space(segment), own->acked));

    if ((reset->flags & RST_FLAG_ACK) || reset->late_duplicate.pass_index)
        return;
    if (!(segment->flags & RST_FLAG_ACK) || segment->ack != reset->seq || !unacked)
        return;
    if (!is_stored_behind(reset, at, prefs))
        return;
    reset->trigger.moment = at;
    reset->trigger.seq = segment->seq;
    reset->trigger.ack = segment->ack;
    reset->trigger.len = segment->len;
    reset->trigger.space = rst_segment_space(segment);
    reset->trigger.flags = segment->flags;
    reset->trigger.message = (uint8_t)rst_message_read(segment);
    reset->trigger_late = at.time >= reset->at.time;
    reset->form = RST_FORM_ANSWER;
}

static void note_peer(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at, const rst_prefs_t *prefs)
{
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    adopt_late_trigger(reset, segment, at, prefs);
    if (segment->flags & RST_FLAG_SYN) {
        reset->after.syn_again = true;
        return;
    }
    /* Only what is new to it: an older acknowledgment may have been on its way. */
    if (reset->after.alive.pass_index && (segment->flags & RST_FLAG_ACK) &&
        (reset->direction[reset->from].known & RST_DIRECTION_NXT) &&
        rst_seq_after(segment->ack, reset->direction[reset->from].nxt))
        reset->after.alive_taken = true;
    if (reset->after.synack.pass_index && (segment->flags & RST_FLAG_ACK) &&
        rst_seq_soon_after(segment->ack, reset->after.synack_seq + 1))
        reset->after.synack_used = true;
    if (!reset->after.peer_count)
        reset->after.peer_challenge = !rst_segment_space(segment) && (segment->flags & RST_FLAG_ACK) &&
                                      (peer->known & RST_DIRECTION_ACKED) && segment->ack == peer->acked &&
                                      reset->seq != peer->acked;
    reset->after.peer = at;
    if (segment->len && reset->after.peer_data < UINT16_MAX)
        reset->after.peer_data++;
    if (reset->after.peer_count < UINT16_MAX)
        reset->after.peer_count++;
}

/* Devices that vary the TTL of their resets vary it by little. */
static bool is_apart(const rst_reset_t *reset, const rst_segment_t *segment)
{
    if (!reset->ttl || !(segment->known & RST_HAS_IP))
        return false;
    return ABS(rst_hops(segment->ttl) - rst_hops(reset->ttl)) > TRAIN_HOPS;
}

/* Resets that answer rising ACKs rise too (RFC 9293, section 3.10.7.1). If the capture lacks those ACKs, the resets are
 * not guesses. */
static bool is_beyond(const rst_reset_t *reset, const rst_segment_t *segment)
{
    const rst_direction_t *own = &reset->conn->direction[reset->from];

    return rst_directions_talk(own, &reset->conn->direction[1 - reset->from]) && (own->known & RST_DIRECTION_NXT) &&
           rst_seq_after(segment->seq, own->nxt);
}

/* In a capture that begins in the middle, nothing of the sender but resets is there yet; how far it had come is known
 * from what its peer acknowledges. Resets with ACK answer nothing, so missing segments do not explain them. */
static bool is_beyond_peer(const rst_reset_t *reset, const rst_segment_t *segment, int64_t elapsed)
{
    const rst_direction_t *own = &reset->conn->direction[reset->from];
    const rst_direction_t *peer = &reset->conn->direction[1 - reset->from];

    return !own->segments && peer->data_segments && (peer->known & RST_DIRECTION_ACKED) && elapsed <= BURST &&
           (reset->flags & segment->flags & RST_FLAG_ACK) && reset->form == RST_FORM_ABORT;
}

static void note_own_reset(rst_reset_t *reset, const rst_segment_t *segment, rst_moment_t at, const rst_prefs_t *prefs)
{
    const rst_direction_t *own = &reset->conn->direction[reset->from];
    const rst_direction_t *peer = &reset->conn->direction[1 - reset->from];
    int64_t elapsed = rst_elapsed(reset->at, at);

    if (elapsed == RST_TIME_NONE || elapsed > (int64_t)prefs->seqchange_s * RST_SECOND)
        return;
    if (!is_beyond(reset, segment) && !is_beyond_peer(reset, segment, elapsed))
        return;
    /* RFC 9293 gives a host no reason to send a reset at a number that neither side has reached (Weaver
     * et al., 2009). */
    if (rst_seq_diff(segment->seq, reset->seq) <= 2 || (own->known & RST_DIRECTION_FIN))
        return;
    if ((peer->known & RST_DIRECTION_ACKED) && rst_seq_diff(segment->seq, peer->acked) <= 2)
        return;
    if (reset->after.train < 2)
        reset->after.train_step[reset->after.train] = rst_seq_ahead(segment->seq, reset->seq);
    if (reset->after.train == UINT16_MAX)
        return;
    reset->after.train++;
    reset->after.train_elsewhere += rst_fit_syn_clues(own, segment) != 0;
    reset->after.train_apart += is_apart(reset, segment);
}

void rst_aftermath_note(rst_reset_t *reset, unsigned from, const rst_segment_t *segment, rst_moment_t at,
                        const rst_prefs_t *prefs)
{
    if (segment->flags & RST_FLAG_RST) {
        if (from == reset->from) {
            note_own_reset(reset, segment, at, prefs);
        } else if (!reset->after.peer_reset.pass_index) {
            reset->after.peer_reset = at;
            reset->after.peer_reset_active = (segment->flags & RST_FLAG_ACK) != 0;
            reset->after.peer_reset_elsewhere = rst_fit_syn_clues(&reset->direction[from], segment) != 0;
        }
    } else if (from == reset->from) {
        note_own(reset, segment, at);
    } else {
        note_peer(reset, segment, at, prefs);
    }
}

void rst_aftermath_refusal(rst_reset_t *reset, const rst_reset_t *later)
{
    const unsigned flags = RST_FLAG_RST | RST_FLAG_ACK;

    if (reset->form != RST_FORM_REFUSAL || later->form != RST_FORM_REFUSAL || reset->from != later->from ||
        (reset->flags & later->flags & flags) != flags || reset->ack != later->ack)
        return;
    if (!reset->after.refused_again.pass_index)
        reset->after.refused_again = later->at;
    if (reset->seq != later->seq && !reset->after.refused_otherwise.pass_index)
        reset->after.refused_otherwise = later->at;
}

void rst_aftermath_misfit(rst_reset_t *reset, unsigned from, rst_moment_t at, unsigned clues)
{
    if (from != reset->from || rst_fit_by(clues) != RST_FOREIGN || reset->after.foreign.pass_index)
        return;
    reset->after.foreign = at;
    reset->after.foreign_clues = (uint8_t)clues;
}

void rst_aftermath_reached(rst_reset_t *reset, const rst_direction_t *direction)
{
    const rst_direction_t *own = &direction[reset->from];

    reset->after.reached_known = (own->known & RST_DIRECTION_NXT) != 0;
    reset->after.reached = own->nxt;
    reset->after.same_syn_accepted = reset->after.syn_again && (own->known & RST_DIRECTION_SYNACK) &&
                                     (own->known & RST_DIRECTION_ACKED) && reset->trigger.moment.pass_index &&
                                     reset->trigger.seq == direction[1 - reset->from].isn;
}
