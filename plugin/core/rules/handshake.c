/* handshake.c
 * Rules for handshakes that the host's own stack reset: one of a pair, unknown to it, or unanswered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/handshake.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define STARTED_TOGETHER (50 * RST_MILLISECOND) /* names are looked up and sockets made before each SYN */

/* The client kept the sibling. */
static bool kept_smb(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return reset->sibling && reset->sibling_smb && (reset->sibling->used || reset->sibling->opened);
}

static unsigned match_smb(const rst_view_t *view)
{
    return kept_smb(view) && rst_sibling_was_open(view) && rst_client_leaves(view) ? 95 : 0;
}

/* On a short path the first attempt may be answered before the other one, started with it, sends its SYN. */
static unsigned match_smb_late(const rst_view_t *view)
{
    return kept_smb(view) && !rst_sibling_was_open(view) && rst_client_leaves(view) &&
                   rst_within(view, view->reset->sibling_lead, STARTED_TOGETHER)
               ? 75
               : 0;
}

static unsigned match_smb_refused(const rst_view_t *view)
{
    return kept_smb(view) && rst_sibling_was_open(view) && rst_is_refusal(view) ? 95 : 0;
}

/* The other attempt may merely be missing from the capture. */
static unsigned match_smb_unseen(const rst_view_t *view)
{
    return rst_is_smb_port(view) && !view->reset->sibling && rst_answers_syn_ack(view) && rst_client_leaves(view) ? 35
                                                                                                                  : 0;
}

static void explain_lost_to_smb(const rst_view_t *view, const char *what)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    int64_t lead = view->reset->sibling_lead;

    rst_summary(view,
                "Expected: the Windows client tried SMB on ports 445 and 139 at the same time (%s apart) and kept %s. "
                "This attempt lost and %s",
                rst_span(view, rst_time_abs(lead)), rst_sibling_text(view), what);
    rst_evidence_add(view, sibling->syn.pass_index, "SYN of the connection that the client kept");
    rst_evidence_add(view, view->reset->direction[view->reset->client].syn.pass_index, "SYN of this connection");
}

static void explain_smb(const rst_view_t *view)
{
    explain_lost_to_smb(view, "was reset by the client");
}

static void explain_smb_refused(const rst_view_t *view)
{
    explain_lost_to_smb(view, "was refused");
}

static unsigned match_unsolicited(const rst_view_t *view)
{
    if (!rst_answers_syn_ack(view) || view->own->segments)
        return 0;
    if (!view->reset->fresh)
        return 70;
    return rst_syn_was_missed(view) ? 0 : 62;
}

/* The SYN comes from elsewhere than all that this host is known to have sent, and the reset does not: the host did not
 * ask for this connection. */
static unsigned match_asked_elsewhere(const rst_view_t *view)
{
    return view->reset->asked_elsewhere && rst_answers_syn_ack(view) && rst_client_leaves(view) ? 70 : 0;
}

static void explain_asked_elsewhere(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s %snever asked for this connection: the SYN in %s bears its address, but comes from another distance "
        "than all else that it sends, and it reset the SYN-ACK in %s",
        rst_who_own(view), rst_probably(view), rst_where(view, view->own->syn.pass_index),
        rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN with TTL %u: not sent by this host", view->own->syn_ttl);
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK that it did not expect");
}

static unsigned match_perhaps_unsolicited(const rst_view_t *view)
{
    return view->reset->fresh && rst_syn_was_missed(view) ? 40 : 0;
}

static void explain_unsolicited(const rst_view_t *view)
{
    rst_summary(view,
                "As far as the capture shows, %s never asked for this connection: the SYN-ACK in %s came without a SYN "
                "and was reset",
                rst_who_own(view), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK without a SYN in the capture");
    rst_explain_history(view);
}

/* The kernel resets a connection that a program opened with a raw socket or its own stack, and the program
 * carries on. */
static unsigned match_raw_socket(const rst_view_t *view)
{
    return view->reset->after.own_next.pass_index && rst_answers_syn_ack(view) && rst_client_leaves(view) ? 85 : 0;
}

static unsigned match_raw_socket_one_way(const rst_view_t *view)
{
    return view->reset->after.own_next.pass_index && rst_is_abort(view) && rst_from_client(view) &&
                   rst_is_empty(view) && !view->peer->segments && (view->own->known & RST_DIRECTION_SYN)
               ? 60
               : 0;
}

/* So it did when the SYN-ACK came, and the program has continued since: the kernel resets whatever comes. */
static unsigned match_raw_socket_again(const rst_view_t *view)
{
    return rst_goes_on_all_the_same(view) ? 65 : 0;
}

static void explain_unknown_to_kernel(const rst_view_t *view, const char *what)
{
    rst_summary(view,
                "The kernel of %s %sdoes not know this connection: it reset the %s, but the program that opened the "
                "connection continued in %s (raw socket or user-space stack)",
                rst_who_own(view), rst_probably(view), what, rst_where(view, view->reset->after.own_next.pass_index));
}

static void explain_raw_socket(const rst_view_t *view)
{
    uint32_t synack = view->trigger->moment.pass_index;

    explain_unknown_to_kernel(view, rst_text(view->memory, "SYN-ACK in %s", rst_where(view, synack)));
    rst_evidence_add(view, synack, "SYN-ACK that was reset");
    rst_evidence_add(view, view->reset->after.own_next.pass_index, "The same side continues the handshake");
}

static void explain_raw_socket_again(const rst_view_t *view)
{
    uint32_t synack = view->trigger->moment.pass_index;

    rst_summary(view,
                "Probably the kernel of %s does not know this connection: it reset the SYN-ACK in %s as it had reset "
                "the handshake before (%s), although the program that opened the connection had continued in %s (raw "
                "socket or user-space stack)",
                rst_who_own(view), rst_where(view, synack), rst_where(view, view->reset->own_first.at.pass_index),
                rst_where(view, view->own->last.pass_index));
    rst_evidence_add(view, synack, "SYN-ACK that was reset");
    rst_evidence_add(view, view->own->last.pass_index, "The same side had continued the handshake");
}

static void explain_raw_socket_one_way(const rst_view_t *view)
{
    explain_unknown_to_kernel(view, "handshake");
    rst_evidence_add(view, view->reset->after.own_next.pass_index, "The same side continues the handshake");
}

/* RFC 9293, section 3.8.3: an unanswered SYN or SYN-ACK is retransmitted, then given up. */
static bool repeats_syn(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    return retx->copies >= 3 && (retx->flags & RST_FLAG_SYN);
}

static bool is_new(const rst_view_t *view)
{
    return !view->own->bytes && !rst_has_fin(view->own) && !view->reset->own_last.at.pass_index;
}

static unsigned match_syn_unanswered(const rst_view_t *view)
{
    return rst_is_abort(view) && is_new(view) && repeats_syn(view) && !(view->own->retransmission.flags & RST_FLAG_ACK)
               ? 85
               : 0;
}

static unsigned match_synack_unanswered(const rst_view_t *view)
{
    return rst_is_abort(view) && is_new(view) && repeats_syn(view) && (view->own->retransmission.flags & RST_FLAG_ACK)
               ? 90
               : 0;
}

/* The client sends data, but its final ACK of the handshake had not arrived. */
static unsigned match_data_after_timeout(const rst_view_t *view)
{
    return rst_is_answer(view) && is_new(view) && !repeats_syn(view) && view->own->synacks >= 3 && view->trigger->len
               ? 80
               : 0;
}

static void explain_syn_unanswered(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    rst_summary(view,
                "Handshake timed out: %s sent its SYN %u times in %s without an answer, then reset the connection",
                rst_who_own(view), retx->copies, rst_span(view, rst_since(view, view->own->syn)));
    rst_evidence_add(view, view->own->syn.pass_index, "The first SYN");
    rst_evidence_add(view, retx->last.pass_index, "The last copy, %s before the reset",
                     rst_span(view, rst_since(view, retx->last)));
}

static void explain_synack_unanswered(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    rst_summary(view,
                "Handshake timed out: %s sent its SYN-ACK %u times in %s, as if no final ACK had reached it, then "
                "reset the connection",
                rst_who_own(view), view->own->synacks, rst_span(view, rst_since(view, view->own->syn)));
    rst_evidence_add(view, view->own->syn.pass_index, "The first SYN-ACK");
    if (retx->copies)
        rst_evidence_add(view, retx->last.pass_index, "The last copy, %s before the reset",
                         rst_span(view, rst_since(view, retx->last)));
}

static void explain_data_after_timeout(const rst_view_t *view)
{
    explain_synack_unanswered(view);
    rst_evidence_add(view, view->trigger->moment.pass_index,
                     "Data that the server answers as if the connection had never opened");
}

const rst_rule_t rst_rules_handshake[] = {
    {"smb_loser",
     RST_CAUSE_SMB_DUAL_CONNECT,
     match_smb,
     explain_smb,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_ABORT, 2}}},
    {"smb_loser_late",
     RST_CAUSE_SMB_DUAL_CONNECT,
     match_smb_late,
     explain_smb,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_ABORT, 8}}},
    {"smb_refused",
     RST_CAUSE_SMB_DUAL_CONNECT,
     match_smb_refused,
     explain_smb_refused,
     RST_IF_REFUSAL,
     RST_RULE_BENIGN | RST_NEEDS_NOTHING,
     {{RST_CAUSE_APP_ABORT, 2}}},
    {"smb_other_unseen",
     RST_CAUSE_SMB_DUAL_CONNECT,
     match_smb_unseen,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_ATTEMPTS,
     {{0, 0}}},
    {"raw_socket",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_raw_socket,
     explain_raw_socket,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 4}}},
    {"raw_socket_one_way",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_raw_socket_one_way,
     explain_raw_socket_one_way,
     RST_IF_ABORT,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 4}}},
    {"raw_socket_again",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_raw_socket_again,
     explain_raw_socket_again,
     RST_IF_ANSWER,
     RST_RULE_AGAIN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SEGMENT_AFTER_RESET, 15}, {RST_CAUSE_INJECTED, 4}}},
    {"syn_unanswered",
     RST_CAUSE_HANDSHAKE_TIMEOUT,
     match_syn_unanswered,
     explain_syn_unanswered,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"synack_unanswered",
     RST_CAUSE_HANDSHAKE_TIMEOUT,
     match_synack_unanswered,
     explain_synack_unanswered,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_SYNACKS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"data_after_timeout",
     RST_CAUSE_HANDSHAKE_TIMEOUT,
     match_data_after_timeout,
     explain_data_after_timeout,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_SYNACKS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"synack_without_syn",
     RST_CAUSE_UNSOLICITED_SYNACK,
     match_unsolicited,
     explain_unsolicited,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CONNECT_ABORTED, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}, {RST_CAUSE_HALF_OPEN_SCAN, 5}}},
    {"syn_from_elsewhere",
     RST_CAUSE_UNSOLICITED_SYNACK,
     match_asked_elsewhere,
     explain_asked_elsewhere,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HALF_OPEN_SCAN, 12}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}, {RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"synack_at_start",
     RST_CAUSE_UNSOLICITED_SYNACK,
     match_perhaps_unsolicited,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
