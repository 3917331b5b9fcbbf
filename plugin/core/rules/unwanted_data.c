/* unwanted_data.c
 * Rules for a host that aborts because of the data it receives: there is an error in it, more than it wants, or some is
 * left unread. Causes that look the same on the wire (SO_LINGER 0, unread data, a kill) keep a confidence below what
 * one capture could give.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/unwanted_data.h"

#include "rules/after_close.h"
#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define AT_ONCE (5 * RST_MILLISECOND)
#define ERROR_SPAN (5 * RST_SECOND)
#define LATER 25              /* percent: an alternative */
#define REPLY_SPAN RST_SECOND /* an error reply ends its request; what comes later than this has other reasons */

/* A ClientHello was answered with something that is not TLS. */
static bool protocol_mismatch(const rst_view_t *view)
{
    return view->own->message == RST_MESSAGE_CLIENT_HELLO && view->peer->data_segments == 1 && view->peer->unanswered &&
           view->peer->message != RST_MESSAGE_TLS && view->peer->message != RST_MESSAGE_NONE &&
           view->peer->message != RST_MESSAGE_FAREWELL && view->peer->message != RST_MESSAGE_FATAL_ALERT;
}

/* What follows from this address comes from elsewhere: there are two senders, and the message may not be the host's. */
static bool two_speak(const rst_view_t *view)
{
    uint8_t before = rst_hops(view->reset->ttl), after = rst_hops(view->reset->after.own_ttl);

    if (!(view->reset->known & RST_HAS_IP) || !view->reset->after.own_ttl || before == RST_HOPS_ABSURD ||
        after == RST_HOPS_ABSURD)
        return false;
    return ABS(after - before) >= (int)view->prefs->hop_delta;
}

static bool said_lately(const rst_view_t *view, const rst_direction_t *side)
{
    return rst_within(view, rst_since(view, side->last_data), ERROR_SPAN);
}

static bool alerts(const rst_view_t *view, const rst_direction_t *side)
{
    return side->message == RST_MESSAGE_FATAL_ALERT && said_lately(view, side);
}

/* The error in the data that may have made the sender give up. */
typedef enum data_error {
    DATA_ERROR_NONE,
    DATA_ERROR_NO_TLS,
    DATA_ERROR_OWN_ALERT,
    DATA_ERROR_ALERT,
    DATA_ERROR_OWN_REPLY,
    DATA_ERROR_REPLY
} data_error_t;

static data_error_t data_error_of(const rst_view_t *view)
{
    if (!rst_own_account(view) || rst_fins_done(view))
        return DATA_ERROR_NONE;
    if (protocol_mismatch(view) && said_lately(view, view->peer))
        return DATA_ERROR_NO_TLS;
    if (alerts(view, view->own))
        return DATA_ERROR_OWN_ALERT;
    if (alerts(view, view->peer))
        return DATA_ERROR_ALERT;
    if (view->own->message == RST_MESSAGE_ERROR && said_lately(view, view->own) && !view->peer->unanswered)
        return DATA_ERROR_OWN_REPLY;
    /* Only the side that answers can reply with an error: the peer, once it has received a request. */
    if (view->peer->message == RST_MESSAGE_ERROR && view->peer->unanswered && view->own->bytes &&
        said_lately(view, view->peer))
        return DATA_ERROR_REPLY;
    return DATA_ERROR_NONE;
}

static unsigned match_no_tls(const rst_view_t *view)
{
    return data_error_of(view) == DATA_ERROR_NO_TLS ? 70 : 0;
}

static unsigned match_own_alert(const rst_view_t *view)
{
    return data_error_of(view) == DATA_ERROR_OWN_ALERT ? 78 : 0;
}

static unsigned match_alert(const rst_view_t *view)
{
    return data_error_of(view) == DATA_ERROR_ALERT ? 78 : 0;
}

static unsigned match_own_error_reply(const rst_view_t *view)
{
    if (data_error_of(view) != DATA_ERROR_OWN_REPLY)
        return 0;
    if (!rst_within(view, rst_since(view, view->own->last_data), REPLY_SPAN))
        return LATER;
    return two_speak(view) ? RST_WITHOUT_HISTORY : 75;
}

static unsigned match_error_reply(const rst_view_t *view)
{
    if (data_error_of(view) != DATA_ERROR_REPLY)
        return 0;
    return rst_within(view, rst_since(view, view->peer->last_data), REPLY_SPAN) ? 60 : LATER;
}

static void explain_error(const rst_view_t *view, const rst_direction_t *side, const char *what)
{
    rst_summary(
        view,
        "The application %sgave up because of an error in the data: %s in %s, then %s reset the connection %s later",
        rst_probably(view), what, rst_where(view, side->last_data.pass_index), rst_who_own(view),
        rst_span(view, rst_since(view, side->last_data)));
    rst_evidence_add(view, side->last_data.pass_index, "The error in the data");
    rst_explain_distance(view);
}

static void explain_no_tls(const rst_view_t *view)
{
    explain_error(view, view->peer, "an answer that is no TLS");
}

static void explain_own_error(const rst_view_t *view)
{
    explain_error(view, view->own, rst_message_name((rst_message_t)view->own->message));
}

static void explain_peer_error(const rst_view_t *view)
{
    explain_error(view, view->peer, rst_message_name((rst_message_t)view->peer->message));
}

/* A side that has received a lot resets while more is coming. */
static bool stops_bulk(const rst_view_t *view)
{
    return rst_own_account(view) && view->peer->bytes > view->prefs->cancel_bytes && !rst_has_fin(view->peer) &&
           rst_within_close(view, view->peer->last_data);
}

static uint32_t peer_segment(const rst_view_t *view)
{
    return view->peer->mss ? view->peer->mss : 1460;
}

static bool data_on_the_way(const rst_view_t *view)
{
    return rst_not_received(view) > peer_segment(view) || (rst_in_flight(view) && view->reset->after.peer_data);
}

static unsigned match_canceled(const rst_view_t *view)
{
    return stops_bulk(view) && data_on_the_way(view) ? 75 : 0;
}

/* Everything that had arrived was acknowledged, and more was in flight. */
static unsigned match_canceled_between(const rst_view_t *view)
{
    return stops_bulk(view) && !data_on_the_way(view) && view->reset->after.peer_data >= 2 ? 70 : 0;
}

static unsigned match_perhaps_canceled(const rst_view_t *view)
{
    if (!stops_bulk(view) || data_on_the_way(view) || view->reset->after.peer_data >= 2)
        return 0;
    if (rst_ends_bulk(view))
        return 30;
    return view->peer->unanswered > peer_segment(view) ? 20 : 0;
}

static void explain_stopped(const rst_view_t *view, const char *rest)
{
    rst_summary(view,
                "Transfer canceled: %s reset the connection while %s was still sending (%" G_GUINT64_FORMAT
                " bytes received so far, %s)",
                rst_who_own(view), rst_who_peer(view), view->peer->bytes - rst_in_flight(view), rest);
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data that the reader did not wait for");
    rst_explain_distance(view);
}

static void explain_canceled(const rst_view_t *view)
{
    explain_stopped(view, rst_text(view->memory, "%u on the way", rst_in_flight(view)));
}

static void explain_canceled_between(const rst_view_t *view)
{
    explain_stopped(view, "more arrived afterward");
}

/* Data for a side that had closed, judged by what became of them. */
typedef enum late_data {
    LATE_DATA_NONE,
    LATE_DATA_FAREWELL,
    LATE_DATA_SESSION_END,
    LATE_DATA_LOST, /* never acknowledged */
    LATE_DATA_TAKEN /* acknowledged, and then thrown away */
} late_data_t;

/* Nothing comes behind its FIN, except this reset. */
static late_data_t late_data_of(const rst_view_t *view)
{
    if (!rst_own_account(view) || !rst_late_bytes(view) || rst_seq_after(view->reset->seq, view->own->fin_seq))
        return LATE_DATA_NONE;
    if (rst_late_is(view, RST_MESSAGE_FAREWELL))
        return LATE_DATA_FAREWELL;
    if (rst_late_is(view, RST_MESSAGE_SESSION_END))
        return LATE_DATA_SESSION_END;
    return rst_late_lost(view) ? LATE_DATA_LOST : LATE_DATA_TAKEN;
}

static bool came_lately(const rst_view_t *view)
{
    return rst_within_close(view, view->peer->last_data);
}

static unsigned match_late_farewell(const rst_view_t *view)
{
    return late_data_of(view) == LATE_DATA_FAREWELL && came_lately(view) ? 80 : 0;
}

static unsigned match_late_session_end(const rst_view_t *view)
{
    return late_data_of(view) == LATE_DATA_SESSION_END && came_lately(view) ? 80 : 0;
}

static unsigned match_late_lost(const rst_view_t *view)
{
    if (late_data_of(view) != LATE_DATA_LOST)
        return 0;
    return came_lately(view) ? 75 : 50;
}

/* The longer ago, the more likely it is that a program has read them. */
static unsigned match_late_taken(const rst_view_t *view)
{
    if (late_data_of(view) != LATE_DATA_TAKEN || rst_has_fin(view->peer))
        return 0;
    if (rst_within(view, rst_since(view, view->peer->last_data), (int64_t)view->prefs->unread_ms * RST_MILLISECOND))
        return 68;
    return came_lately(view) ? 58 : RST_LIKELY;
}

static void explain_late(const rst_view_t *view, const char *what)
{
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    rst_evidence_add(view, view->peer->last_data.pass_index, "%s, %s before the reset", what,
                     rst_span(view, rst_since(view, view->peer->last_data)));
    rst_explain_distance(view);
}

static void explain_late_farewell(const rst_view_t *view)
{
    rst_summary(
        view,
        "Harmless: after its own FIN (%s), %s answered the closing message of %s (%s) with a reset, and nothing "
        "else was on the way",
        rst_where(view, view->own->fin.pass_index), rst_who_own(view), rst_who_peer(view),
        rst_where(view, view->peer->last_data.pass_index));
    explain_late(view, "Closing message of the other side");
}

static void explain_late_session_end(const rst_view_t *view)
{
    rst_summary(view,
                "Harmless: %s had closed the connection (FIN in %s) when %s confirmed the end of a session in it (%s), "
                "and nothing else was on the way",
                rst_who_own(view), rst_where(view, view->own->fin.pass_index), rst_who_peer(view),
                rst_where(view, view->peer->last_data.pass_index));
    explain_late(view, "End of a session");
}

static void explain_late_lost(const rst_view_t *view)
{
    rst_summary(view,
                "Data after close: %s had closed the connection (FIN in %s) and reset it, so %u bytes that %s had sent "
                "(%s) were thrown away",
                rst_who_own(view), rst_where(view, view->own->fin.pass_index), rst_late_lost(view), rst_who_peer(view),
                rst_where(view, view->peer->last_data.pass_index));
    explain_late(view, "Data of the other side");
}

static void explain_late_taken(const rst_view_t *view)
{
    rst_summary(view,
                "Closed with unread data, probably: after its own FIN (%s), %s still received %u bytes (%s), which it "
                "could not answer any more, and reset the connection %s later",
                rst_where(view, view->own->fin.pass_index), rst_who_own(view), rst_late_bytes(view),
                rst_where(view, view->peer->last_data.pass_index),
                rst_span(view, rst_since(view, view->peer->last_data)));
    explain_late(view, "Data of the other side, acknowledged");
}

/* A shrinking receive window reveals a reader that has stopped reading. */
static unsigned match_piled_up(const rst_view_t *view)
{
    bool shrunk = (view->own->known & (RST_DIRECTION_SHRUNK | RST_DIRECTION_ZERO_WINDOW)) != 0;

    return rst_own_account(view) && !rst_fins_done(view) && view->peer->unanswered && shrunk ? 70 : 0;
}

/* shutdown(), then close() at once: with all data read, that sends nothing behind the FIN (Linux tcp_close()). Where
 * the other end is reset as well, somebody else closes both. */
static unsigned match_piled_up_closed(const rst_view_t *view)
{
    return rst_own_account(view) && rst_within(view, rst_since(view, view->own->fin), AT_ONCE) &&
                   !view->peer->unanswered && (view->own->known & RST_DIRECTION_SHRUNK) &&
                   rst_other_end(view) == RST_TIME_NONE
               ? 65
               : 0;
}

static unsigned match_unread(const rst_view_t *view)
{
    bool at_once =
        rst_within(view, rst_since(view, view->peer->last_data), (int64_t)view->prefs->unread_ms * RST_MILLISECOND);
    bool half_closed = rst_has_fin(view->own) && !rst_within(view, rst_since(view, view->own->fin), AT_ONCE);
    unsigned confidence;

    if (!rst_own_account(view) || !view->peer->bytes || half_closed || rst_fins_done(view))
        return 0;
    if (view->peer->message == RST_MESSAGE_FAREWELL && !rst_not_received(view))
        return 0;
    /* If the capture shows nothing before it, a single byte may be a keepalive probe. */
    if (!rst_owes_answer(view) || (!view->own->segments && view->peer->bytes == 1))
        return 0;
    if (at_once || rst_not_received(view))
        confidence = 62;
    else
        confidence = rst_has_fin(view->own) ? 58 : 35;
    /* Its answer, or its question, may be among the packets that the capture lacks. */
    return view->own->gaps ? MIN(confidence, RST_WITHOUT_HISTORY) : confidence;
}

/* With gaps, nobody can count. */
static const char *count_text(const rst_view_t *view)
{
    if (!view->texts || view->own->gaps || view->peer->gaps)
        return "";
    return rst_text(view->memory, "%u bytes since its last reply, ", view->peer->unanswered);
}

static void explain_unread_data(const rst_view_t *view)
{
    uint32_t unacked = rst_in_flight(view);

    rst_summary(view,
                "Closed with unread data: %s reset the connection %s after data that it never answered (%s%s). Its "
                "application %s closed the socket without reading the data",
                rst_who_own(view), rst_span(view, rst_since(view, view->peer->last_data)), count_text(view),
                rst_where(view, view->peer->last_data.pass_index), rst_hedge(view, "probably", "may have"));
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data from the other side that got no reply");
    if (unacked)
        rst_evidence_add(view, view->peer->last_data.pass_index, "%u bytes of it had not even been acknowledged",
                         unacked);
}

static void explain_piled_up(const rst_view_t *view)
{
    explain_unread_data(view);
    if (view->own->known & RST_DIRECTION_SHRUNK)
        rst_evidence_add(view, view->own->last.pass_index, "The receive window had shrunk from %u to %u: data piled up",
                         view->own->window_max, view->own->window);
    rst_explain_distance(view);
}

static void explain_piled_up_closed(const rst_view_t *view)
{
    rst_summary(view,
                "Closed with unread data, probably: %s sent its FIN (%s) and reset the connection %s later, while its "
                "receive window had shrunk from %u to %u",
                rst_who_own(view), rst_where(view, view->own->fin.pass_index),
                rst_span(view, rst_since(view, view->own->fin)), view->own->window_max, view->own->window);
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    rst_evidence_add(view, view->peer->last_data.pass_index, "Last data from the other side");
    rst_explain_distance(view);
}

static void explain_unread(const rst_view_t *view)
{
    explain_unread_data(view);
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_unwanted_data[] = {
    {"answer_is_no_tls",
     RST_CAUSE_APP_ERROR,
     match_no_tls,
     explain_no_tls,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"own_fatal_alert",
     RST_CAUSE_APP_ERROR,
     match_own_alert,
     explain_own_error,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"fatal_alert",
     RST_CAUSE_APP_ERROR,
     match_alert,
     explain_peer_error,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"own_error_reply",
     RST_CAUSE_APP_ERROR,
     match_own_error_reply,
     explain_own_error,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"error_reply",
     RST_CAUSE_APP_ERROR,
     match_error_reply,
     explain_peer_error,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"download_stopped",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_canceled,
     explain_canceled,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_UNREAD_DATA, 12}}},
    {"download_stopped_between",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_canceled_between,
     explain_canceled_between,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_UNREAD_DATA, 12}}},
    {"download_perhaps_stopped",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_perhaps_canceled,
     NULL,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {"unread_piled_up",
     RST_CAUSE_UNREAD_DATA,
     match_piled_up,
     explain_piled_up,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_TRANSFER_CANCELLED, 12}, {RST_CAUSE_APP_ABORT, 10}}},
    {"unread_piled_up_closed",
     RST_CAUSE_UNREAD_DATA,
     match_piled_up_closed,
     explain_piled_up_closed,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 20}, {RST_CAUSE_APP_ERROR, 8}}},
    {"late_farewell",
     RST_CAUSE_CLOSE_RACE,
     match_late_farewell,
     explain_late_farewell,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 12}, {RST_CAUSE_APP_ABORT, 5}}},
    {"late_session_end",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_late_session_end,
     explain_late_session_end,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSE_RACE, 12}, {RST_CAUSE_APP_ABORT, 5}}},
    {"late_data_lost",
     RST_CAUSE_DATA_AFTER_CLOSE,
     match_late_lost,
     explain_late_lost,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_UNREAD_DATA, 10}, {RST_CAUSE_APP_ABORT, 8}}},
    {"late_data_taken",
     RST_CAUSE_UNREAD_DATA,
     match_late_taken,
     explain_late_taken,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_DATA_AFTER_CLOSE, 15}, {RST_CAUSE_APP_ABORT, 10}}},
    {"unread_request",
     RST_CAUSE_UNREAD_DATA,
     match_unread,
     explain_unread,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 22}, {RST_CAUSE_PROCESS_EXIT, 5}, {RST_CAUSE_ADMIN_KILL, 3}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
