/* reactive.c
 * Rules for resets that answer a segment of an open or closing connection. A live connection must answer with an ACK
 * (RFC 9293, section 3.5.2, group 3): so the sender had closed, or has no such connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/reactive.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define RESTARTED_ID_MAX 16 /* packets that a host sent between its start and the reset */

/* The trigger brought something that the sender had not received: data, or a FIN behind a gap. */
static bool brings_data(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;
    bool known = (view->own->known & RST_DIRECTION_ACKED) != 0;

    if (!trigger || trigger->keepalive)
        return false;
    if (trigger->len)
        return !known || rst_seq_after(trigger->seq + trigger->space, view->own->acked);
    return (trigger->flags & RST_FLAG_FIN) && known && rst_seq_after(trigger->seq, view->own->acked);
}

/* A bare reset answers a segment (RFC 9293, section 3.10.7); one that aborts bears an ACK. Where the capture shows one
 * direction only, or nothing but SYN, FIN and resets, what it answers is missing. */
static bool answers_unseen(const rst_view_t *view)
{
    return !view->trigger && !(view->reset->flags & RST_FLAG_ACK) && !rst_directions_talk(view->own, view->peer) &&
           !rst_fins_done(view);
}

/* The same at the sender's own FIN, in a capture that lost a packet. */
static bool answers_lost(const rst_view_t *view)
{
    return rst_has_fin(view->own) && !rst_has_fin(view->peer) && !(view->reset->flags & RST_FLAG_ACK) &&
           rst_is_abort(view) && !view->reset->own_last.at.pass_index && !view->reset->peer_last.at.pass_index;
}

static bool said_error(const rst_view_t *view)
{
    return view->own->message == RST_MESSAGE_ERROR || view->own->message == RST_MESSAGE_FATAL_ALERT;
}

static void explain_error(const rst_view_t *view)
{
    if (said_error(view))
        rst_evidence_add(view, view->own->last_data.pass_index, "The resetting side had just said why: %s",
                         rst_message_name((rst_message_t)view->own->message));
}

static bool is_closing_message(const rst_view_t *view)
{
    return view->trigger &&
           (view->trigger->message == RST_MESSAGE_FAREWELL || view->trigger->message == RST_MESSAGE_FATAL_ALERT);
}

/* More than cancel_bytes received and at least two segments on the way, some of which may come in after the reset: a
 * reader left a running transfer. */
static bool bulk_in_flight(const rst_view_t *view)
{
    uint32_t segment = view->peer->mss ? view->peer->mss : 1460;

    return view->peer->bytes > (uint64_t)view->prefs->cancel_bytes + rst_in_flight(view) &&
           (rst_in_flight(view) > segment || view->reset->after.peer_data);
}

static unsigned match_cancelled(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_has_fin(view->own) && brings_data(view) && bulk_in_flight(view) ? 86 : 0;
}

static void explain_cancelled(const rst_view_t *view)
{
    rst_summary(view,
                "Transfer cancelled: %s closed while %s was still sending (%" G_GUINT64_FORMAT " bytes so far, %u on "
                "the way). The data of %s met the closed socket",
                rst_who_own(view), rst_who_peer(view), view->peer->bytes, rst_in_flight(view),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the reader");
    explain_error(view);
    rst_evidence_add(view, view->trigger->moment.pass_index, "Data that arrived after it");
}

/* What lies beyond the sender's last ACK. */
static const char *lost_text(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;
    uint32_t lost = trigger->len;

    if (!view->texts)
        return "";
    if (!lost)
        return "a FIN behind missing data";
    if ((view->own->known & RST_DIRECTION_ACKED) && trigger->seq + lost - view->own->acked < lost)
        lost = trigger->seq + lost - view->own->acked;
    return rst_text(view->memory, "%u bytes", lost);
}

/* RFC 1122, 4.2.2.13; RFC 9293, 3.6.1: who has closed and gets data answers with a reset. */
static unsigned match_data_after_close(const rst_view_t *view)
{
    if (answers_unseen(view))
        return rst_has_fin(view->own) && rst_is_abort(view) ? RST_WITHOUT_HISTORY : 0;
    if (answers_lost(view))
        return RST_WITHOUT_HISTORY;
    if (!rst_has_fin(view->own) || !rst_is_answer(view) || !brings_data(view))
        return 0;
    if (!view->trigger->len)
        return 70;
    return is_closing_message(view) ? 72 : 92;
}

/* An error answer, then the FIN: the sender wanted no more of these data. */
static unsigned match_error_before(const rst_view_t *view)
{
    return rst_has_fin(view->own) && rst_is_answer(view) && brings_data(view) && said_error(view) ? 30 : 0;
}

static void explain_data_after_close(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    explain_error(view);
    if (!trigger) {
        rst_summary(
            view, "Data after close: %s had sent its FIN (%s) and resets. The segment it answers is not in the capture",
            rst_who_own(view), rst_where(view, view->own->fin.pass_index));
        rst_explain_history(view);
        return;
    }
    if (is_closing_message(view)) {
        view->verdict->benign = true;
        rst_summary(view,
                    "Harmless: %s had closed (FIN in %s) when the closing message of %s came in (%s). Nothing was lost",
                    rst_who_own(view), rst_where(view, view->own->fin.pass_index), rst_who_peer(view),
                    rst_where(view, trigger->moment.pass_index));
    } else {
        rst_summary(view, "Data after close: %s had closed (FIN in %s), and %s that %s sent (%s) %s thrown away",
                    rst_who_own(view), rst_where(view, view->own->fin.pass_index), lost_text(view), rst_who_peer(view),
                    rst_where(view, trigger->moment.pass_index), trigger->len ? "were" : "was");
    }
    rst_evidence_add(view, trigger->moment.pass_index, "%s of the other side, %s before the reset",
                     trigger->len ? "Data" : "FIN behind missing data", rst_span(view, rst_delay(view)));
    rst_explain_distance(view);
}

/* TIME-WAIT speaks only when spoken to. The side that closed first has acknowledged the other FIN, which was sent once,
 * the last segment of its side, and does so again: something reached it that the capture does not show. */
static bool acks_again(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return view->trigger->repeated && view->peer->fin.pass_index < own->fin.pass_index &&
           own->last.pass_index == own->fin.pass_index && !own->copies && !view->peer->copies;
}

/* RFC 1337: an old duplicate reaches TIME-WAIT, which answers with an ACK, which the closed other side resets. */
static unsigned match_assassination(const rst_view_t *view)
{
    if (!rst_is_answer(view) || !rst_fins_done(view) || view->trigger->space)
        return 0;
    if (view->own->old_duplicate.pass_index && view->trigger->moment.pass_index > view->own->old_duplicate.pass_index)
        return 80;
    return acks_again(view) ? 70 : 0;
}

static void explain_assassination(const rst_view_t *view)
{
    bool seen = view->own->old_duplicate.pass_index != 0;

    rst_summary(
        view,
        "An old duplicate (%s) reached the closed connection, %s answered it from TIME-WAIT (%s) and this reset "
        "ends that state early",
        seen ? rst_where(view, view->own->old_duplicate.pass_index) : "not in the capture", rst_who_peer(view),
        rst_where(view, view->trigger->moment.pass_index));
    if (seen)
        rst_evidence_add(view, view->own->old_duplicate.pass_index, "Data that had been acknowledged long before");
    else
        rst_evidence_add(view, view->own->fin.pass_index, "This FIN was acknowledged once already");
    rst_evidence_add(view, view->trigger->moment.pass_index, "ACK from TIME-WAIT");
}

static unsigned match_close_race(const rst_view_t *view)
{
    if (!rst_has_fin(view->own) || brings_data(view))
        return 0;
    if (rst_fins_done(view))
        return rst_is_answer(view) ? 88 : 0;
    if (!rst_is_answer(view))
        return 0;
    return 50;
}

static void explain_close_race(const rst_view_t *view)
{
    rst_summary(view, "Harmless: %s. The segment of %s found the connection gone and no data was lost",
                rst_fins_done(view) ? "both sides had sent their FIN"
                                    : rst_text(view->memory, "%s had closed", rst_who_own(view)),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    if (rst_has_fin(view->peer))
        rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
}

/* The sender had itself repeated a segment until it gave up: Linux forgets the connection without a reset. */
static bool gave_up_before(const rst_view_t *view)
{
    const rst_retransmission_t *run = &view->own->retransmission;
    /* The segment that is answered now asks for the same number as well, but only after the end. */
    unsigned alive = run->peer_alive - (run->peer_alive && view->trigger && view->trigger->ack == run->seq ? 1u : 0u);

    return run->copies > view->prefs->retx_min_partial && !alive &&
           rst_within(view, view->own->retransmission.gap, rst_silence(view));
}

static unsigned match_no_connection(const rst_view_t *view)
{
    if (!rst_is_answer(view) || rst_has_fin(view->own))
        return 0;
    if (gave_up_before(view))
        return 80;
    /* Hops off: a device or another host may have answered. */
    if (rst_hop_step(view) || rst_hop_jump(view))
        return RST_WITHOUT_HISTORY;
    /* It was sending when that happened: another host may have been asked as well. */
    if ((view->own->known & RST_DIRECTION_NXT) && rst_seq_before(view->reset->seq, view->own->nxt))
        return RST_WITHOUT_HISTORY;
    if (!view->reset->opened)
        return view->reset->fresh ? RST_WITHOUT_HISTORY : 64;
    /* The handshake went on without a packet of this side in the capture, which so lacks others too. */
    if (!view->own->segments)
        return RST_WITHOUT_HISTORY;
    /* Its FIN may be among what the capture lost. */
    return view->own->gaps || view->peer->gaps ? RST_WITHOUT_HISTORY : 64;
}

static void explain_no_connection(const rst_view_t *view)
{
    int64_t silence = rst_silence(view);
    bool idle = rst_within(view, (int64_t)view->prefs->idle_min_s * RST_SECOND, silence);

    if (gave_up_before(view)) {
        view->verdict->retransmissions = (uint16_t)(view->own->retransmission.copies - 1);
        rst_summary(
            view,
            "No such connection any more: %s had repeated a segment %u times without an answer and forgotten the "
            "connection silently, so %s met nothing",
            rst_who_own(view), view->own->retransmission.copies - 1, rst_where(view, view->trigger->moment.pass_index));
        rst_evidence_add(view, view->own->retransmission.last.pass_index, "Last of the unanswered retransmissions");
    } else {
        rst_summary(view,
                    "%s knows no such connection: it answered the %s of %s with a bare reset%s although it had sent "
                    "neither FIN nor reset before",
                    rst_who_own(view),
                    view->trigger->keepalive ? "keepalive"
                    : view->trigger->len     ? "data"
                                             : "segment",
                    rst_where(view, view->trigger->moment.pass_index),
                    idle ? rst_text(view->memory, ", after %s of silence,", rst_span(view, silence)) : "");
    }
    rst_evidence_add(view, view->trigger->moment.pass_index, "Its ACK is the reset's SEQ, %s before",
                     rst_span(view, rst_delay(view)));
    rst_explain_history(view);
    rst_explain_distance(view);
}

static unsigned match_unseen(const rst_view_t *view)
{
    bool handshake = view->own->segments && view->peer->segments;

    /* Below what this side had sent, or without any form, another explanation is needed; a later reset follows the
     * first. */
    if ((view->reset->form != RST_FORM_ABORT && view->reset->form != RST_FORM_AHEAD) ||
        view->reset->own_last.at.pass_index)
        return 0;
    return answers_unseen(view) && handshake && !rst_has_fin(view->own) && view->reset->opened ? RST_WITHOUT_HISTORY
                                                                                               : 0;
}

static void explain_unseen(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s probably knows no such connection: it sent a bare reset, as in answer to a segment, but the capture "
        "shows nothing of this connection but SYN, FIN and resets",
        rst_who_own(view));
    rst_evidence_add(view, view->reset->at.pass_index, "Bare reset, %u beyond what the capture shows of this side",
                     view->reset->seq - view->own->nxt);
    rst_explain_distance(view);
}

/* lwIP sets the ACK flag on every reset. What tells that the stack started anew: its counter of IP ids begins at zero
 * again, and the window is that of a fresh socket (tcp_rst() in tcp_out.c, ip_id in ip4.c). After few packets, or where
 * the window is only another one (lwIP 2.1 with window scaling swaps its bytes), it is the better of two guesses. */
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
                "%s probably restarted and knows no such connection: the reset that answers %s counts IP ids from the "
                "beginning again",
                rst_who_own(view), rst_where(view, view->peer->last_data.pass_index));
    rst_evidence_add(view, view->own->last.pass_index, "IP id %u here, %u in the reset", view->own->ip_id,
                     view->reset->ip_id);
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data that the reset answers");
    rst_explain_distance(view);
}

/* After a long silence a device on the path may have forgotten the connection as well as the host: never the first
 * choice without another sign of it. */
static unsigned match_forgotten(const rst_view_t *view)
{
    if (!rst_is_answer(view) || rst_has_fin(view->own) || view->reset->own_last.at.pass_index || !rst_was_open(view))
        return 0;
    return rst_within(view, (int64_t)view->prefs->idle_min_s * RST_SECOND, rst_silence(view)) ? 35 : 0;
}

const rst_rule_t rst_rules_reactive[] = {
    {"data_after_fin_bulk",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_cancelled,
     explain_cancelled,
     RST_IF_ANSWER,
     0,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 18}}},
    {"data_after_fin",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_data_after_close,
     explain_data_after_close,
     RST_IF_ANSWER | RST_IF_ABORT,
     0,
     {{RST_CAUSE_CLOSE_RACE, 20}, {RST_CAUSE_TRANSFER_CANCELLED, 4}}},
    {"data_after_error", RST_CAUSE_APP_ERROR, match_error_before, explain_data_after_close, RST_IF_ANSWER, 0, {{0, 0}}},
    {"time_wait_answered",
     RST_CAUSE_TIME_WAIT_ASSASSINATION,
     match_assassination,
     explain_assassination,
     RST_IF_ANSWER,
     0,
     {{RST_CAUSE_CLOSE_RACE, 12}}},
    {"late_segment_after_fin",
     RST_CAUSE_CLOSE_RACE,
     match_close_race,
     explain_close_race,
     RST_IF_ANSWER,
     RST_RULE_BENIGN,
     {{RST_CAUSE_NO_CONNECTION, 8}, {RST_CAUSE_FIN_WAIT_TIMEOUT, 8}}},
    {"no_such_connection",
     RST_CAUSE_NO_CONNECTION,
     match_no_connection,
     explain_no_connection,
     RST_IF_ANSWER,
     0,
     {{RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_POLICY_RESET, 6},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 5},
      {RST_CAUSE_DATA_AFTER_CLOSE, 5}}},
    {"bare_without_trigger",
     RST_CAUSE_NO_CONNECTION,
     match_unseen,
     explain_unseen,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 12},
      {RST_CAUSE_SESSION_FAILOVER, 10},
      {RST_CAUSE_POLICY_RESET, 8},
      {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"stack_restarted",
     RST_CAUSE_NO_CONNECTION,
     match_restarted,
     explain_restarted,
     RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_UNREAD_DATA, 20}, {RST_CAUSE_POLICY_RESET, 8}}},
    {"idle_forgotten",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_forgotten,
     explain_no_connection,
     RST_IF_ANSWER,
     RST_RULE_FIRST,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
