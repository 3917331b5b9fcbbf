/* reactive.c
 * Rules for a sender that had closed: it had sent its FIN, just before or long ago, when it answered a segment with a
 * reset. A live connection must answer with an ACK (RFC 9293, section 3.5.2, group 3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/reactive.h"

#include "base/seq.h"
#include "rules/explain.h"
#include "rules/predicates.h"

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

/* A bare reset at the sender's own FIN also answers a segment, which the capture lost. */
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

/* The trigger is such a message, nothing before it is missing, and the sender had not just failed. */
static bool is_only(const rst_view_t *view, rst_message_t message)
{
    return view->trigger && view->trigger->message == message && view->own->message != RST_MESSAGE_FATAL_ALERT &&
           !((view->own->known & RST_DIRECTION_ACKED) && rst_seq_after(view->trigger->seq, view->own->acked));
}

/* More than cancel_bytes were received and at least two segments were in flight, some of which may arrive after the
 * reset: the reader left a transfer in progress. */
static bool bulk_in_flight(const rst_view_t *view)
{
    uint32_t segment = view->peer->mss ? view->peer->mss : 1460;

    return view->peer->bytes > (uint64_t)view->prefs->cancel_bytes + rst_in_flight(view) &&
           (rst_in_flight(view) > segment || view->reset->after.peer_data);
}

static unsigned match_canceled(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_has_fin(view->own) && brings_data(view) && bulk_in_flight(view) ? 86 : 0;
}

static void explain_canceled(const rst_view_t *view)
{
    rst_summary(view,
                "Transfer canceled: %s closed the connection while %s was still sending (%" G_GUINT64_FORMAT
                " bytes so far, %u on the way). The data in %s reached the closed socket",
                rst_who_own(view), rst_who_peer(view), view->peer->bytes, rst_in_flight(view),
                rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the reader");
    explain_error(view);
    rst_evidence_add(view, view->trigger->moment.pass_index, "Data that arrived after it");
}

/* RFC 1122, section 4.2.2.13, and RFC 9293, section 3.6.1: a side that has closed answers data with a reset. */
static bool data_after_fin(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_has_fin(view->own) && brings_data(view);
}

static unsigned match_data_after_close(const rst_view_t *view)
{
    return data_after_fin(view) && view->trigger->len && !is_only(view, RST_MESSAGE_FAREWELL) &&
                   !is_only(view, RST_MESSAGE_SESSION_END)
               ? 92
               : 0;
}

static unsigned match_fin_behind_gap(const rst_view_t *view)
{
    return data_after_fin(view) && !view->trigger->len ? 70 : 0;
}

/* The closing message of the peer reaches a closed socket: nothing was lost that anybody wanted to read. */
static unsigned match_farewell_after_close(const rst_view_t *view)
{
    return data_after_fin(view) && is_only(view, RST_MESSAGE_FAREWELL) ? 82 : 0;
}

/* The same of a session within the connection. */
static unsigned match_session_end_after_close(const rst_view_t *view)
{
    return data_after_fin(view) && is_only(view, RST_MESSAGE_SESSION_END) ? 82 : 0;
}

static unsigned match_unseen_after_close(const rst_view_t *view)
{
    if (rst_answers_unseen(view))
        return rst_has_fin(view->own) && rst_is_abort(view) ? RST_WITHOUT_HISTORY : 0;
    return answers_lost(view) ? RST_WITHOUT_HISTORY : 0;
}

/* The sender replied with an error and then its FIN: it wanted no more of this data. */
static unsigned match_error_before(const rst_view_t *view)
{
    return data_after_fin(view) && said_error(view) ? 30 : 0;
}

/* The trigger's bytes beyond the sender's last ACK. */
static uint32_t lost_bytes(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;
    uint32_t beyond = rst_seq_ahead(trigger->seq + trigger->len, view->own->acked);

    return (view->own->known & RST_DIRECTION_ACKED) && beyond < trigger->len ? beyond : trigger->len;
}

static void explain_own_close(const rst_view_t *view)
{
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    explain_error(view);
}

static void explain_late_data(const rst_view_t *view, const char *what)
{
    explain_own_close(view);
    rst_evidence_add(view, view->trigger->moment.pass_index, "%s from the other side, %s before the reset", what,
                     rst_span(view, rst_delay(view)));
    rst_explain_distance(view);
}

static void explain_data_after_close(const rst_view_t *view)
{
    rst_summary(
        view,
        "Data after close: %s had closed the connection (FIN in %s), so %u bytes that %s sent (%s) were thrown away",
        rst_who_own(view), rst_where(view, view->own->fin.pass_index), lost_bytes(view), rst_who_peer(view),
        rst_where(view, view->trigger->moment.pass_index));
    explain_late_data(view, "Data");
}

static void explain_fin_behind_gap(const rst_view_t *view)
{
    rst_summary(view,
                "Data after close: %s had closed the connection (FIN in %s), so a FIN that %s sent behind missing data "
                "(%s) was thrown away",
                rst_who_own(view), rst_where(view, view->own->fin.pass_index), rst_who_peer(view),
                rst_where(view, view->trigger->moment.pass_index));
    explain_late_data(view, "FIN behind missing data");
}

static void write_harmless(const rst_view_t *view, const char *what_came, const char *label)
{
    rst_summary(view, "Harmless: %s had closed the connection (FIN in %s) when %s (%s), and nothing else was lost",
                rst_who_own(view), rst_where(view, view->own->fin.pass_index), what_came,
                rst_where(view, view->trigger->moment.pass_index));
    explain_late_data(view, label);
}

static void explain_farewell_after_close(const rst_view_t *view)
{
    write_harmless(view,
                   view->texts ? rst_text(view->memory, "the closing message of %s arrived", rst_who_peer(view)) : "",
                   "Closing message");
}

static void explain_session_end_after_close(const rst_view_t *view)
{
    write_harmless(
        view, view->texts ? rst_text(view->memory, "%s confirmed the end of a session in it", rst_who_peer(view)) : "",
        "End of a session");
}

static void explain_unseen_after_close(const rst_view_t *view)
{
    rst_summary(view,
                "%s after close: %s had sent its FIN (%s) before it reset the connection. Which segment it answers "
                "is unclear",
                rst_hedge(view, "Data", "Perhaps data"), rst_who_own(view), rst_where(view, view->own->fin.pass_index));
    explain_own_close(view);
    rst_explain_history(view);
}

/* TIME-WAIT sends nothing unasked. The side that closed first acknowledged the other FIN, which was sent once and last,
 * and now acknowledges it again: something reached it that the capture does not show. */
static bool acks_again(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return view->trigger->repeated && view->peer->fin.pass_index < own->fin.pass_index &&
           own->last.pass_index == own->fin.pass_index && !own->copies && !view->peer->copies;
}

/* RFC 1337: an old duplicate reaches a side in TIME-WAIT, which answers with an ACK, to which the closed other side
 * answers with a reset. */
static bool answers_time_wait(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_fins_done(view) && !view->trigger->space;
}

static bool saw_old_duplicate(const rst_view_t *view)
{
    return view->own->old_duplicate.pass_index &&
           view->trigger->moment.pass_index > view->own->old_duplicate.pass_index;
}

static unsigned match_assassination(const rst_view_t *view)
{
    return answers_time_wait(view) && saw_old_duplicate(view) ? 80 : 0;
}

static unsigned match_time_wait_speaks(const rst_view_t *view)
{
    return answers_time_wait(view) && !saw_old_duplicate(view) && acks_again(view) ? 70 : 0;
}

static void explain_time_wait(const rst_view_t *view, const char *where)
{
    rst_summary(view,
                "An old duplicate (%s) reached the closed connection, %s answered it from TIME-WAIT (%s), and this "
                "reset ends that state early",
                where, rst_who_peer(view), rst_where(view, view->trigger->moment.pass_index));
}

static void explain_assassination(const rst_view_t *view)
{
    explain_time_wait(view, rst_where(view, view->own->old_duplicate.pass_index));
    rst_evidence_add(view, view->own->old_duplicate.pass_index, "Data that had been acknowledged long ago");
    rst_evidence_add(view, view->trigger->moment.pass_index, "ACK from TIME-WAIT");
}

static void explain_time_wait_speaks(const rst_view_t *view)
{
    explain_time_wait(view, "not in the capture");
    rst_evidence_add(view, view->own->fin.pass_index, "This FIN had already been acknowledged");
    rst_evidence_add(view, view->trigger->moment.pass_index, "ACK from TIME-WAIT");
}

/* Nothing was lost: the segment brought nothing new to a side that has closed. */
static unsigned match_late_segment(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_fins_done(view) && !brings_data(view) ? 88 : 0;
}

static unsigned match_late_in_half_closed(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_has_fin(view->own) && !rst_has_fin(view->peer) && !brings_data(view) ? 50 : 0;
}

static void explain_late_segment(const rst_view_t *view)
{
    uint32_t late = view->trigger->moment.pass_index;

    rst_summary(
        view,
        "Harmless: both sides had sent their FIN. The segment in %s found the connection gone, and no data was lost",
        rst_where(view, late));
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    rst_evidence_add(view, late, "The segment that was answered");
}

static void explain_late_in_half_closed(const rst_view_t *view)
{
    uint32_t late = view->trigger->moment.pass_index;

    rst_summary(
        view,
        "Harmless: %s had closed the connection. The segment in %s found the connection gone, and no data was lost",
        rst_who_own(view), rst_where(view, late));
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    rst_evidence_add(view, late, "The segment that was answered");
}

const rst_rule_t rst_rules_reactive[] = {
    {"data_after_fin_bulk",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_canceled,
     explain_canceled,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 18}}},
    {"data_after_fin",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_data_after_close,
     explain_data_after_close,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 20}, {RST_CAUSE_TRANSFER_CANCELLED, 4}}},
    {"fin_behind_missing_data",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_fin_behind_gap,
     explain_fin_behind_gap,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 20}, {RST_CAUSE_TRANSFER_CANCELLED, 4}}},
    {"farewell_after_fin",
     RST_CAUSE_CLOSE_RACE,
     match_farewell_after_close,
     explain_farewell_after_close,
     RST_IF_ANSWER,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 12}}},
    {"session_end_after_fin",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_session_end_after_close,
     explain_session_end_after_close,
     RST_IF_ANSWER,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 12}}},
    {"bare_after_fin",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_unseen_after_close,
     explain_unseen_after_close,
     RST_IF_ABORT,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 20}, {RST_CAUSE_TRANSFER_CANCELLED, 4}}},
    {"data_after_error",
     RST_CAUSE_APP_ERROR,
     match_error_before,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {"time_wait_answered",
     RST_CAUSE_TIME_WAIT_ASSASSINATION,
     match_assassination,
     explain_assassination,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 12}}},
    {"time_wait_speaks_again",
     RST_CAUSE_TIME_WAIT_ASSASSINATION,
     match_time_wait_speaks,
     explain_time_wait_speaks,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 12}}},
    {"late_after_both_fins",
     RST_CAUSE_CLOSE_RACE,
     match_late_segment,
     explain_late_segment,
     RST_IF_ANSWER,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_NO_CONNECTION, 8}, {RST_CAUSE_FIN_WAIT_TIMEOUT, 8}}},
    {"late_segment_after_fin",
     RST_CAUSE_CLOSE_RACE,
     match_late_in_half_closed,
     explain_late_in_half_closed,
     RST_IF_ANSWER,
     RST_RULE_BENIGN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_NO_CONNECTION, 8}, {RST_CAUSE_FIN_WAIT_TIMEOUT, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
