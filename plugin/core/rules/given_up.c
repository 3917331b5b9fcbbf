/* given_up.c
 * Rules for clients that no longer want their own connection attempt: another one was faster, or they have waited
 * long enough.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/given_up.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

/* No client starts a second attempt after the first was answered (RFC 8305, section 5). But only near the client, which
 * resets at once, does the capture show their true order: elsewhere, one of them may have been in flight for longer. */
static bool is_over(const rst_view_t *view)
{
    if (view->reset->sibling_lead < 0 || rst_sibling_was_open(view))
        return false;
    return view->trigger &&
           rst_within(view, rst_since(view, view->peer->syn), rst_elapsed(view->own->syn, view->peer->syn) / 4);
}

static bool lost_race(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (!reset->sibling || reset->sibling_smb || !reset->sibling->used)
        return false;
    return rst_client_leaves(view) || (!view->peer->segments && rst_from_client(view) &&
                                       (view->own->known & RST_DIRECTION_SYN) && rst_is_empty(view));
}

static unsigned match_race(const rst_view_t *view)
{
    return lost_race(view) && !is_over(view) ? 65 : 0;
}

static unsigned match_race_over(const rst_view_t *view)
{
    return lost_race(view) && is_over(view) ? 30 : 0;
}

static void explain_race(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    int64_t lead = view->reset->sibling_lead;

    rst_summary(view,
                "%slost a connection race: the client tried two addresses %s apart, continued with %s and reset this "
                "attempt unused",
                rst_probably(view), rst_span(view, rst_time_abs(lead)), rst_sibling_text(view));
    rst_evidence_add(view, sibling->syn.pass_index, "SYN of the attempt that was used");
    rst_evidence_add(view, view->own->syn.pass_index, "SYN of this attempt");
}

/* The reset acknowledges a SYN-ACK that the capture lacks: the handshake was complete. */
static bool had_synack(const rst_view_t *view)
{
    return (view->reset->flags & RST_FLAG_ACK) && view->reset->ack && view->reset->seq == view->own->isn + 1;
}

static unsigned match_unanswered_attempt(const rst_view_t *view)
{
    return rst_is_abort(view) && !view->peer->segments && rst_from_client(view) &&
                   (view->own->known & RST_DIRECTION_SYN) && rst_is_empty(view) && !had_synack(view) &&
                   !rst_keeps_asking(view)
               ? 48
               : 0;
}

static unsigned match_attempt_unseen(const rst_view_t *view)
{
    return rst_syn_was_missed(view) ? RST_WITHOUT_HISTORY : 0;
}

static bool leaves_synack(const rst_view_t *view)
{
    return rst_answers_syn_ack(view) && rst_client_leaves(view) && (view->own->known & RST_DIRECTION_SYN);
}

static unsigned syns_of(const rst_view_t *view)
{
    return view->own->segments - view->own->pure_acks;
}

/* The SYN-ACK took longer than clients wait, or took another SYN. Whoever had acknowledged one before was in time. */
static bool came_late(const rst_view_t *view)
{
    return syns_of(view) > 1 ||
           rst_within(view, (int64_t)view->prefs->late_synack_ms * RST_MILLISECOND, rst_waited(view));
}

static unsigned match_gave_up(const rst_view_t *view)
{
    return leaves_synack(view) && came_late(view) ? 85 : 0;
}

static unsigned match_unwanted(const rst_view_t *view)
{
    if (!leaves_synack(view) || came_late(view))
        return 0;
    /* The options of the SYN-ACK, which may include a wrong timestamp, were not captured. */
    return view->file->options_cut || rst_is_smb_port(view) ? RST_WITHOUT_HISTORY : 55;
}

static void explain_left_synack(const rst_view_t *view)
{
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN-ACK that was answered");
    rst_evidence_add(view, view->own->syn.pass_index, "The SYN");
}

static void explain_gave_up(const rst_view_t *view)
{
    rst_summary(view, "The client %sgave up too early: the SYN-ACK in %s found the socket closed, %s after %s",
                rst_probably(view), rst_where(view, view->trigger->moment.pass_index), rst_span(view, rst_waited(view)),
                syns_of(view) > 1 ? rst_text(view->memory, "the first of %u SYNs", syns_of(view)) : "the SYN");
    explain_left_synack(view);
}

static void explain_unwanted(const rst_view_t *view)
{
    rst_summary(view,
                "The client %sno longer wanted the connection: it reset the SYN-ACK in %s, %s after the SYN, and sent "
                "no data",
                rst_probably(view), rst_where(view, view->trigger->moment.pass_index),
                rst_span(view, rst_waited(view)));
    explain_left_synack(view);
}

static unsigned match_second_host(const rst_view_t *view)
{
    return rst_answers_second_host(view) ? 60 : 0;
}

static void explain_second_host(const rst_view_t *view)
{
    rst_summary(
        view,
        "The client %sno longer wanted the connection: the SYN-ACK in %s found the socket closed too. It is that "
        "of another host or stack than the one in %s, with SEQ %u instead of %u",
        rst_probably(view), rst_where(view, view->trigger->moment.pass_index),
        rst_where(view, view->peer->syn.pass_index), view->trigger->seq, view->peer->first_isn);
    rst_evidence_add(view, view->peer->syn.pass_index, "SYN-ACK with SEQ %u and TTL %u", view->peer->first_isn,
                     view->peer->syn_ttl);
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK with SEQ %u and TTL %u to the same SYN",
                     view->trigger->seq, view->trigger->ttl);
    rst_evidence_add(view, view->reset->own_first.at.pass_index, "The first one was reset here");
}

static void explain_attempt_unseen(const rst_view_t *view)
{
    rst_summary(view,
                "%s %sdid not want the SYN-ACK in %s: it had given up, or had never asked. The capture begins too late "
                "to show a SYN",
                rst_who_own(view), rst_probably(view), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK without a SYN in the capture");
}

static void explain_unanswered_attempt(const rst_view_t *view)
{
    rst_summary(view,
                "The client %sgave up on its connection attempt. The capture does not show what answer it got, if any",
                rst_probably(view));
    rst_explain_history(view);
    rst_evidence_add(view, view->own->syn.pass_index, "The SYN");
}

const rst_rule_t rst_rules_given_up[] = {
    {"race_loser",
     RST_CAUSE_CONNECTION_RACE,
     match_race,
     explain_race,
     RST_IF_ANY,
     RST_RULE_BENIGN | RST_NEEDS_HOST | RST_NEEDS_VISITS,
     {{RST_CAUSE_CONNECT_ABORTED, 20}}},
    {"race_answered_before",
     RST_CAUSE_CONNECTION_RACE,
     match_race_over,
     NULL,
     RST_IF_ANY,
     RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_VISITS,
     {{0, 0}}},
    {"attempt_unanswered",
     RST_CAUSE_CONNECT_ABORTED,
     match_unanswered_attempt,
     explain_unanswered_attempt,
     RST_IF_ABORT,
     RST_NEEDS_DISTANCE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CONNECTION_RACE, 10}, {RST_CAUSE_HALF_OPEN_SCAN, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}}},
    {"attempt_unseen",
     RST_CAUSE_CONNECT_ABORTED,
     match_attempt_unseen,
     explain_attempt_unseen,
     RST_IF_ANSWER,
     RST_NEEDS_HOST | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CONNECTION_RACE, 10}, {RST_CAUSE_HALF_OPEN_SCAN, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}}},
    {"synack_of_second_host",
     RST_CAUSE_CONNECT_ABORTED,
     match_second_host,
     explain_second_host,
     RST_IF_ANSWER,
     RST_RULE_AGAIN | RST_NEEDS_DISTANCE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_SEGMENT_AFTER_RESET, 12}}},
    {"synack_too_late",
     RST_CAUSE_CONNECT_ABORTED,
     match_gave_up,
     explain_gave_up,
     RST_IF_ANSWER,
     RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CONNECTION_RACE, 10}, {RST_CAUSE_HALF_OPEN_SCAN, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}}},
    {"synack_unwanted",
     RST_CAUSE_CONNECT_ABORTED,
     match_unwanted,
     explain_unwanted,
     RST_IF_ANSWER,
     RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CONNECTION_RACE, 10}, {RST_CAUSE_HALF_OPEN_SCAN, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
