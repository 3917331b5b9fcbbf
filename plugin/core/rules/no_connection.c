/* no_connection.c
 * Rules for a sender that does not have this connection, or no longer has it: it answers a segment with a reset
 * although it had sent neither FIN nor reset. A live connection must answer with an ACK (RFC 9293, section 3.5.2, group
 * 3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/no_connection.h"

#include "base/seq.h"
#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define ONE_WAY 48          /* says "perhaps" */
#define RESTARTED_ID_MAX 16 /* packets that a host may have sent between its restart and the reset */

/* The sender had retransmitted a segment until it gave up: Linux then forgets the connection without a reset. */
static bool gave_up_before(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    /* The trigger asks for the same number too, but it came after the sender had given up. */
    unsigned alive =
        retx->peer_alive - (retx->peer_alive && view->trigger && view->trigger->ack == retx->seq ? 1u : 0u);

    return retx->copies > view->prefs->retx_min_partial && !alive &&
           rst_within(view, view->own->retransmission.gap, rst_silence(view));
}

static unsigned match_given_up(const rst_view_t *view)
{
    return rst_is_answer(view) && !rst_has_fin(view->own) && gave_up_before(view) ? 80 : 0;
}

static unsigned match_no_connection(const rst_view_t *view)
{
    /* A program that aborts when a request comes leaves a reset with ACK, too. */
    unsigned sure = (view->reset->flags & RST_FLAG_ACK) && !(view->trigger && view->trigger->keepalive) ? 50 : 64;

    if (!rst_is_answer(view) || rst_has_fin(view->own) || gave_up_before(view))
        return 0;
    /* The hop distance differs, so a device or another host may have answered. */
    if (rst_hop_step(view) || rst_hop_jump(view))
        return RST_WITHOUT_HISTORY;
    /* It was sending when that happened, so another host may have received the segment instead. */
    if ((view->own->known & RST_DIRECTION_NXT) && rst_seq_before(view->reset->seq, view->own->nxt))
        return RST_WITHOUT_HISTORY;
    if (!view->reset->opened)
        return view->reset->fresh ? RST_WITHOUT_HISTORY : sure;
    /* The handshake went on although the capture has no packet from this side, so it lacks others too. */
    if (!view->own->segments)
        return RST_WITHOUT_HISTORY;
    /* Its FIN may be among the packets that the capture lost. */
    return view->own->gaps || view->peer->gaps ? RST_WITHOUT_HISTORY : sure;
}

static void explain_answered(const rst_view_t *view)
{
    rst_evidence_add(view, view->trigger->moment.pass_index, "Its ACK is the SEQ of the reset, which followed after %s",
                     rst_span(view, rst_delay(view)));
    rst_explain_history(view);
    rst_explain_distance(view);
}

static void explain_given_up(const rst_view_t *view)
{
    rst_summary(view,
                "No such connection anymore: %s had repeated a segment %u times without an answer and %sdropped the "
                "connection silently, so the segment in %s found nothing",
                rst_who_own(view), view->own->retransmission.copies - 1, rst_probably(view),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->own->retransmission.last.pass_index, "Last of the unanswered retransmissions");
    explain_answered(view);
}

static const char *segment_word(const rst_recent_segment_t *segment)
{
    return segment->keepalive ? "keepalive" : segment->len ? "data" : "segment";
}

/* Only a long silence is worth mentioning. */
static const char *after_silence(const rst_view_t *view)
{
    int64_t silence = rst_silence(view);

    if (!rst_within(view, (int64_t)view->prefs->idle_min_s * RST_SECOND, silence))
        return "";
    return rst_text(view->memory, ", after %s of silence", rst_span(view, silence));
}

static void explain_no_connection(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s %shas no such connection: it answered the %s in %s with %s%s, and the capture shows no FIN of it before",
        rst_who_own(view), rst_probably(view), segment_word(view->trigger),
        rst_where(view, view->trigger->moment.pass_index),
        (view->reset->flags & RST_FLAG_ACK) ? "a reset" : "a bare reset", after_silence(view));
    explain_answered(view);
}

static unsigned match_unseen(const rst_view_t *view)
{
    bool handshake = view->own->segments && view->peer->segments;

    /* With SEQ below SND.NXT, or of unknown form, the reset needs another explanation. A later reset follows from the
     * first. */
    if ((view->reset->form != RST_FORM_ABORT && view->reset->form != RST_FORM_AHEAD) ||
        view->reset->own_last.at.pass_index)
        return 0;
    return rst_answers_unseen(view) && handshake && !rst_has_fin(view->own) && view->reset->opened ? RST_WITHOUT_HISTORY
                                                                                                   : 0;
}

static void explain_unseen(const rst_view_t *view)
{
    rst_summary(view,
                "%s probably has no such connection: it sent a bare reset, as if in answer to a segment, but the "
                "capture shows nothing of this connection except SYN, FIN and resets",
                rst_who_own(view));
    rst_evidence_add(view, view->reset->at.pass_index, "Bare reset, %u beyond what the capture shows from this side",
                     rst_seq_ahead(view->reset->seq, view->own->nxt));
    rst_explain_distance(view);
}

/* Only the sender's direction is in the capture, and it has sent no FIN. Aborts and timers set the ACK flag (RFC 9293,
 * section 3.10), so this reset answers a segment that is not in view, for which its sender had no connection. But
 * whether it never had one, or an earlier reset of the other side had ended it, only the other direction tells. */
static unsigned match_one_way(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    if (!rst_is_abort(view) || !rst_answers_unseen(view) || view->peer->segments || view->reset->own_last.at.pass_index)
        return 0;
    return (own->bytes || own->pure_acks) && !rst_has_fin(own) && !view->reset->after.alive.pass_index ? ONE_WAY : 0;
}

static void explain_one_way(const rst_view_t *view)
{
    rst_summary(view,
                "%s %shas no such connection anymore: a bare reset answers a segment. The capture shows neither that "
                "segment nor a FIN of the sender",
                rst_who_own(view), rst_probably(view));
    rst_evidence_add(view, view->reset->at.pass_index, "Bare reset at its next sequence number. An abort has an ACK");
    rst_explain_history(view);
    rst_explain_distance(view);
}

/* lwIP sets the ACK flag on every reset. A restart of the stack shows in its IP ID counter, which begins at zero again,
 * and in the window, which is that of a fresh socket (tcp_rst() in tcp_out.c, ip_id in ip4.c). If only a few packets
 * came before, or the window merely differs (lwIP 2.1 with window scaling swaps its bytes), a restart is the better of
 * two guesses. */
static unsigned match_restarted(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_direction_t *own = view->own;
    bool anew = (reset->known & RST_HAS_IP_ID) && reset->ip_id < own->ip_id && reset->ip_id <= RESTARTED_ID_MAX;

    if (!rst_is_abort(view) || !(reset->flags & RST_FLAG_ACK) || reset->own_last.at.pass_index || rst_has_fin(own))
        return 0;
    if (!anew || !rst_in_flight(view) || reset->ack != view->peer->nxt)
        return 0;
    if (own->ip_id_changes >= 2 && reset->window == own->syn_window)
        return 60;
    return own->ip_id_changes && !reset->df && reset->window && reset->window != own->raw_window ? RST_WITHOUT_HISTORY
                                                                                                 : 0;
}

static void explain_restarted(const rst_view_t *view)
{
    rst_summary(view,
                "%s %s restarted and has no such connection anymore: the reset that answers the data in %s starts its "
                "IP IDs from the beginning again",
                rst_who_own(view), rst_hedge(view, "probably", "perhaps"),
                rst_where(view, view->peer->last_data.pass_index));
    rst_evidence_add(view, view->own->last.pass_index, "IP ID %u here, %u in the reset", view->own->ip_id,
                     view->reset->ip_id);
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data that the reset answers");
    rst_explain_distance(view);
}

/* After a long silence, a device on the path may have forgotten the connection just as well as the host. Without any
 * other sign of a device, it is never the first choice. */
static unsigned match_forgotten(const rst_view_t *view)
{
    if (!rst_is_answer(view) || rst_has_fin(view->own) || view->reset->own_last.at.pass_index || !rst_was_open(view))
        return 0;
    return rst_idle_before(view) ? 35 : 0;
}

const rst_rule_t rst_rules_no_connection[] = {
    {"given_up_before",
     RST_CAUSE_NO_CONNECTION,
     match_given_up,
     explain_given_up,
     RST_IF_ANSWER,
     RST_RULE_RETRANSMISSIONS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_POLICY_RESET, 6},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 5},
      {RST_CAUSE_DATA_AFTER_CLOSE, 5}}},
    {"no_such_connection",
     RST_CAUSE_NO_CONNECTION,
     match_no_connection,
     explain_no_connection,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_POLICY_RESET, 6},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 5},
      {RST_CAUSE_DATA_AFTER_CLOSE, 5}}},
    {"bare_without_trigger",
     RST_CAUSE_NO_CONNECTION,
     match_unseen,
     explain_unseen,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 12},
      {RST_CAUSE_SESSION_FAILOVER, 10},
      {RST_CAUSE_POLICY_RESET, 8},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"bare_one_way",
     RST_CAUSE_NO_CONNECTION,
     match_one_way,
     explain_one_way,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12},
      {RST_CAUSE_SESSION_FAILOVER, 10},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8},
      {RST_CAUSE_APP_ABORT, 8}}},
    {"stack_restarted",
     RST_CAUSE_NO_CONNECTION,
     match_restarted,
     explain_restarted,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_UNREAD_DATA, 20}, {RST_CAUSE_POLICY_RESET, 8}}},
    {"idle_forgotten",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_forgotten,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
