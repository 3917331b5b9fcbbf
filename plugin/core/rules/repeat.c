/* repeat.c
 * Rules for resets that follow an earlier reset of the same connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/repeat.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* RFC 5961, section 3.2: an inexact reset is answered by an ACK, which the reset host answers with an exact one. */
static unsigned match_challenge_ack(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_recent_segment_t *trigger = view->trigger;

    if (!trigger || !reset->own_last.at.pass_index || trigger->space || !rst_is_answer(view))
        return 0;
    if (trigger->moment.pass_index < reset->own_last.at.pass_index || reset->own_last.seq == trigger->ack)
        return 0;
    /* The first reset lay beyond what the peer had received; an ACK that crossed it would not ask for the same again.
     */
    return rst_seq_after(reset->own_last.seq, trigger->ack) ? 95 : 0;
}

static void explain_challenge_ack(const rst_view_t *view)
{
    rst_summary(view,
                "Second reset after a challenge ACK: the reset of %s was not at the exact sequence number, the peer "
                "asked with an ACK (%s), and this reset confirms it",
                rst_where(view, view->reset->own_last.at.pass_index),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->reset->own_last.at.pass_index, "The first reset was %u beyond the expected number",
                     view->reset->own_last.seq - view->trigger->ack);
    rst_evidence_add(view, view->trigger->moment.pass_index, "Challenge ACK for the number that this reset bears");
}

static bool after_own_reset(const rst_view_t *view)
{
    return view->reset->own_last.at.pass_index != 0;
}

/* The sender has reset the connection before, or was reset: whatever still arrives meets no connection. */
static unsigned match_segment_after_reset(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (rst_is_refusal(view) && !reset->peer_last.at.pass_index)
        return 0;
    /* One-way capture: each of these refuses a SYN that is not seen. */
    if (reset->seq == 0 && (reset->flags & RST_FLAG_ACK) && !view->own->segments && !view->peer->segments)
        return 0;
    if (after_own_reset(view)) {
        if (rst_is_answer(view))
            return 95;
        /* Its trigger may be missing from the capture; then the number must be one that fits the first reset's end. */
        if (reset->seq == reset->own_last.seq || reset->form == RST_FORM_ABORT)
            return view->peer->segments ? 92 : RST_WITHOUT_HISTORY;
        if (rst_seq_diff(reset->seq, reset->own_last.seq) == 1)
            return 70;
        /* Without the ACKs of the other side only the rise of the numbers is left. */
        return !rst_directions_talk(view->own, view->peer) && view->peer->segments && !(reset->flags & RST_FLAG_ACK) &&
                       rst_seq_after(reset->seq, reset->own_last.seq)
                   ? RST_WITHOUT_HISTORY
                   : 0;
    }
    if (!reset->peer_last.at.pass_index || (rst_has_fin(view->own) && rst_is_answer(view)))
        return 0;
    if (rst_is_refusal(view))
        return 60;
    /* A NAT box that answers even a reset: it has no ACK, so the answer's SEQ is 0 (RFC 9293, section 3.10.7.1). */
    if (reset->seq == 0 && (reset->flags & RST_FLAG_ACK) && reset->ack == reset->peer_last.seq)
        return 75;
    return rst_is_answer(view) || !(reset->flags & RST_FLAG_ACK) ? 90 : 0;
}

static void explain_segment_after_reset(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    uint32_t first = reset->own_first.at.pass_index ? reset->own_first.at.pass_index : reset->peer_last.at.pass_index;
    const char *whose = after_own_reset(view) ? "it had reset" : "was reset by the other side";

    if (view->trigger)
        rst_summary(view,
                    "Follow-up: the segment of %s still reached %s after the connection %s in %s. Analyse that first "
                    "reset",
                    rst_where(view, view->trigger->moment.pass_index), rst_who_own(view), whose,
                    rst_where(view, first));
    else
        rst_summary(view, "Follow-up: %s resets again what %s in %s. The segment it answers is not in the capture",
                    rst_who_own(view), after_own_reset(view) ? "it had reset" : "the other side had reset",
                    rst_where(view, first));
    rst_evidence_add(view, first, "The connection was reset here already");
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "Segment with ACK = this reset's SEQ");
}

const rst_rule_t rst_rules_repeat[] = {
    {"challenge_answered",
     RST_CAUSE_CHALLENGE_ACK_RESET,
     match_challenge_ack,
     explain_challenge_ack,
     RST_IF_ANSWER,
     RST_RULE_AGAIN | RST_RULE_BENIGN,
     {{0, 0}}},
    {"reset_before",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_segment_after_reset,
     explain_segment_after_reset,
     RST_IF_ANY,
     RST_RULE_BENIGN,
     {{RST_CAUSE_DUPLICATE, 3}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
