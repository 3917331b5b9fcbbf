/* repeat.c
 * Rules for resets that follow an earlier reset of the same connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/repeat.h"

#include "base/seq.h"
#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

static uint32_t window_of(const rst_view_t *view)
{
    return MAX(view->peer->window_max, UINT16_MAX);
}

/* RFC 5961, section 3.2: an inexact reset is answered with a challenge ACK, which its sender answers with an exact
 * reset. */
static unsigned match_challenge_ack(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_recent_segment_t *trigger = view->trigger;

    if (!trigger || !reset->own_last.at.pass_index || trigger->space || !rst_is_answer(view))
        return 0;
    if (trigger->moment.pass_index < reset->own_last.at.pass_index || reset->own_last.seq == trigger->ack)
        return 0;
    /* Only a reset beyond what the peer had received draws a challenge ACK that asks for an earlier number, and only
     * one within its window. */
    if (!rst_seq_after(reset->own_last.seq, trigger->ack) ||
        rst_seq_ahead(reset->own_last.seq, trigger->ack) > window_of(view))
        return 0;
    /* A number that the peer had not sent before acknowledges data: it was under way, or was delayed. */
    return reset->asked_before ? 95 : 40;
}

static void explain_challenge_ack(const rst_view_t *view)
{
    rst_summary(view,
                "Second reset after a challenge ACK: the reset in %s did not have the exact sequence number, the peer "
                "asked with an ACK (%s), and this reset confirms it",
                rst_where(view, view->reset->own_last.at.pass_index),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->reset->own_last.at.pass_index, "The first reset was %u beyond the expected number",
                     rst_seq_ahead(view->reset->own_last.seq, view->trigger->ack));
    rst_evidence_add(view, view->trigger->moment.pass_index, "Challenge ACK for the number that this reset bears");
}

/* In a capture of one direction, each of these may refuse a SYN that is not in the capture. */
static bool refuses_unseen_syn(const rst_view_t *view)
{
    return view->reset->seq == 0 && (view->reset->flags & RST_FLAG_ACK) && !view->own->segments &&
           !view->peer->segments;
}

/* A SYN-ACK for something else leaves its receiver in SYN-SENT (RFC 9293, section 3.10.7.3). */
static bool stays_in_syn_sent(const rst_view_t *view)
{
    return rst_acks_wrong_number(view) && (view->trigger->flags & RST_FLAG_SYN);
}

/* The sender has reset the connection before, so whatever still arrives finds no connection. */
static unsigned after_own_reset(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (!reset->own_last.at.pass_index || (rst_is_refusal(view) && !reset->peer_last.at.pass_index) ||
        refuses_unseen_syn(view) || rst_answers_second_host(view) || rst_goes_on_all_the_same(view) ||
        rst_follows_nothing(view) || stays_in_syn_sent(view))
        return 0;
    if (rst_is_answer(view))
        return 95;
    /* If its trigger is missing from the capture, the number must fit the end that the first reset marked. */
    if (reset->seq == reset->own_last.seq || reset->form == RST_FORM_ABORT)
        return view->peer->segments ? 92 : RST_WITHOUT_HISTORY;
    if (rst_seq_diff(reset->seq, reset->own_last.seq) == 1)
        return 70;
    /* Without the ACKs of the other side, only the rising numbers are left to judge by. */
    return !rst_directions_talk(view->own, view->peer) && view->peer->segments && !(reset->flags & RST_FLAG_ACK) &&
                   rst_seq_after(reset->seq, reset->own_last.seq)
               ? RST_WITHOUT_HISTORY
               : 0;
}

/* Only the latest segments are kept, but more may have been under way. The peer had acknowledged this number before,
 * and no further back than it had room for. */
static unsigned match_older_segment(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (view->trigger || (reset->flags & RST_FLAG_ACK) || !reset->own_last.at.pass_index || after_own_reset(view) ||
        rst_follows_nothing(view) || rst_hop_apart(view) || !(view->peer->known & RST_DIRECTION_ACKED))
        return 0;
    return rst_seq_before(reset->seq, view->peer->acked) &&
                   rst_seq_ahead(view->peer->acked, reset->seq) <= window_of(view)
               ? RST_WITHOUT_HISTORY
               : 0;
}

/* The other side has reset the connection. */
static unsigned after_peer_reset(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (reset->own_last.at.pass_index || !reset->peer_last.at.pass_index || refuses_unseen_syn(view) ||
        rst_resets_refusal(view) || (rst_has_fin(view->own) && rst_is_answer(view)))
        return 0;
    if (rst_is_refusal(view))
        return 60;
    /* A NAT device that answers even a reset: that reset had no ACK, so the answer has SEQ 0 (RFC 9293, section
     * 3.10.7.1). */
    if (reset->seq == 0 && (reset->flags & RST_FLAG_ACK) && reset->ack == reset->peer_last.seq)
        return 75;
    return rst_is_answer(view) || !(reset->flags & RST_FLAG_ACK) ? 90 : 0;
}

static unsigned match_own_reset(const rst_view_t *view)
{
    return view->trigger ? after_own_reset(view) : 0;
}

static unsigned match_own_reset_unseen(const rst_view_t *view)
{
    return view->trigger ? 0 : after_own_reset(view);
}

static unsigned match_peer_reset(const rst_view_t *view)
{
    return view->trigger ? after_peer_reset(view) : 0;
}

static unsigned match_peer_reset_unseen(const rst_view_t *view)
{
    return view->trigger ? 0 : after_peer_reset(view);
}

static void write_segment(const rst_view_t *view, uint32_t first, const char *who)
{
    rst_summary(view,
                "%s: the segment in %s still reached %s after %s had reset the connection (%s). Analyze that first "
                "reset",
                rst_hedge(view, "Follow-up", "Perhaps a follow-up"), rst_where(view, view->trigger->moment.pass_index),
                rst_who_own(view), who, rst_where(view, first));
    rst_evidence_add(view, first, "The connection had already been reset here");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that this reset answers");
}

static void write_unseen(const rst_view_t *view, uint32_t first, const char *who)
{
    rst_summary(view,
                "%s: %s resets the connection that %s had already reset (%s). Which segment it answers, if any, is "
                "unclear. Analyze that first reset",
                rst_hedge(view, "Follow-up", "Perhaps a follow-up"), rst_who_own(view), who, rst_where(view, first));
    rst_evidence_add(view, first, "The connection had already been reset here");
}

static void explain_own_reset(const rst_view_t *view)
{
    write_segment(view, view->reset->own_first.at.pass_index, "it");
}

static void explain_own_reset_unseen(const rst_view_t *view)
{
    write_unseen(view, view->reset->own_first.at.pass_index, "it");
}

static void explain_older_segment(const rst_view_t *view)
{
    rst_summary(view,
                "Perhaps a follow-up: %s may have answered an older segment that was still under way when it reset the "
                "connection (%s). Analyze that first reset",
                rst_who_own(view), rst_where(view, view->reset->own_first.at.pass_index));
    rst_evidence_add(view, view->reset->own_first.at.pass_index, "The connection had already been reset here");
    rst_evidence_add(view, view->reset->at.pass_index, "Its SEQ is %u below what the other side had acknowledged",
                     rst_seq_ahead(view->peer->acked, view->reset->seq));
}

static void explain_peer_reset(const rst_view_t *view)
{
    write_segment(view, view->reset->peer_last.at.pass_index, "the other side");
}

static void explain_peer_reset_unseen(const rst_view_t *view)
{
    write_unseen(view, view->reset->peer_last.at.pass_index, "the other side");
}

const rst_rule_t rst_rules_repeat[] = {
    {"challenge_answered",
     RST_CAUSE_CHALLENGE_ACK_RESET,
     match_challenge_ack,
     explain_challenge_ack,
     RST_IF_ANSWER,
     RST_RULE_AGAIN | RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {"own_reset_before",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_own_reset,
     explain_own_reset,
     RST_IF_ANY,
     RST_RULE_AGAIN | RST_RULE_BENIGN | RST_RULE_BY_EARLIER | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DUPLICATE, 3}}},
    {"own_reset_before_unseen",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_own_reset_unseen,
     explain_own_reset_unseen,
     RST_IF_ANY,
     RST_RULE_AGAIN | RST_RULE_BENIGN | RST_RULE_BY_EARLIER | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DUPLICATE, 3}}},
    {"own_reset_before_older",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_older_segment,
     explain_older_segment,
     RST_IF_NO_REFUSAL,
     RST_RULE_AGAIN | RST_RULE_BENIGN | RST_RULE_BY_EARLIER | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 8}}},
    {"peer_reset_before",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_peer_reset,
     explain_peer_reset,
     RST_IF_ANY,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_EARLIER | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DUPLICATE, 3}}},
    {"peer_reset_before_unseen",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_peer_reset_unseen,
     explain_peer_reset_unseen,
     RST_IF_ANY,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_EARLIER | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DUPLICATE, 3}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
