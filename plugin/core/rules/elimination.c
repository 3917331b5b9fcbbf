/* elimination.c
 * Rules for what is left if nothing else explains a reset that a host sends on its own initiative: a timer, or the
 * application. Causes that look the same on the wire keep a confidence below what one capture could give.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/elimination.h"

#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/sizes.h"

#define ELIMINATION 75         /* percent: right for 80 of 100 such resets in the lab; look-alikes allow no more */
#define ELIMINATION_AT_HOST 80 /* the same if the host's own capture shows that no device imitated it */

#define TIMER_JITTER (100 * RST_MILLISECOND)
#define TIMER_SWEEP (2 * RST_SECOND)
#define AMID_BULK 52 /* percent: the alternative is that the reader left what had arrived unread */
#define TOGETHER 25  /* percent: an alternative */

static const char *idle_text(const rst_view_t *view)
{
    return rst_span(view, rst_idle(view));
}

/* A whole number of seconds since the peer was last heard from, as far as the round trip allows one to tell. */
static bool is_whole(const rst_view_t *view)
{
    int64_t since = rst_since(view, view->peer->last);
    int64_t slack = 20 * RST_MILLISECOND;
    int64_t off;

    if (since == RST_TIME_NONE || since < RST_SECOND / 2)
        return false;
    if (view->own->known & RST_DIRECTION_RTT)
        slack = rst_time_add(slack, view->own->rtt);
    off = since % RST_SECOND;
    return rst_time_add(since, slack) >= RST_SECOND && slack < RST_SECOND / 4 &&
           (off <= slack || off >= rst_time_sub(RST_SECOND, slack));
}

/* A request judging by its words, or a message in a dialog in which the server has answered every one so far. A client
 * that only reports (syslog, MQTT at QoS 0, an upload) waits for nothing. */
static bool is_request(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    uint32_t segment = own->mss ? own->mss : 1460;

    if (own->message == RST_MESSAGE_REQUEST || own->message == RST_MESSAGE_CLIENT_HELLO)
        return true;
    return view->reset->role_known && view->peer->bytes && own->unanswered <= segment &&
           own->data_segments <= view->peer->data_segments + 1;
}

/* The client's last message was a request, the ACK shows that it arrived, and no answer came. */
static bool waits_for_reply(const rst_view_t *view)
{
    return rst_from_client(view) && view->own->unanswered && !rst_loses_data(view) && view->peer->segments &&
           is_request(view);
}

/* Connections that end at the same moment after silences of different lengths have a common reason, other than their
 * silences. But a timer that checks only at intervals may be late by up to that interval, which is unknown. */
static unsigned limit_together(const rst_view_t *view, unsigned confidence)
{
    const rst_burst_t *burst = view->reset->burst;
    int64_t spread;

    if (!burst || burst->connections < view->prefs->batch_n || burst->idle_max == RST_TIME_NONE)
        return confidence;
    spread = rst_time_sub(burst->idle_max, burst->idle_min);
    if (spread <= rst_time_add(rst_elapsed(burst->first, burst->last), TIMER_JITTER))
        return confidence;
    return spread > TIMER_SWEEP ? TOGETHER : MIN(confidence, RST_WITHOUT_HISTORY);
}

/* How likely it is that a timer ended the connection, whatever it waited for. */
static unsigned timer_confidence(const rst_view_t *view)
{
    const rst_silence_t *row = view->reset->silence;

    if (!rst_own_account(view) || rst_hides_data(view) || rst_has_fin(view->own) || rst_has_fin(view->peer) ||
        rst_loses_data(view))
        return 0;
    if (rst_idle_is_habit(view))
        return limit_together(view, rst_is_unprovoked(view) ? RST_WITHOUT_HISTORY : 87);
    /* The same whole number of seconds twice is a timer, whatever its length. */
    if (row && row->count >= 2 && is_whole(view))
        return limit_together(view, rst_is_unprovoked(view) ? RST_WITHOUT_HISTORY : 55);
    if (rst_idle_is_round(view))
        return rst_is_unprovoked(view) || rst_maybe_both_ends(view) ? RST_WITHOUT_HISTORY : 52;
    if (!is_whole(view))
        return 0;
    return waits_for_reply(view) && rst_since(view, view->own->last_data) >= RST_SECOND ? 50 : 28;
}

static bool has_equal_silences(const rst_view_t *view)
{
    return view->reset->silence && view->reset->silence->count >= 2;
}

static unsigned match_reply_timer(const rst_view_t *view)
{
    return waits_for_reply(view) ? timer_confidence(view) : 0;
}

static unsigned match_habit_timer(const rst_view_t *view)
{
    return has_equal_silences(view) && !waits_for_reply(view) ? timer_confidence(view) : 0;
}

static unsigned match_usual_timer(const rst_view_t *view)
{
    return !has_equal_silences(view) && !waits_for_reply(view) ? timer_confidence(view) : 0;
}

static void explain_silence(const rst_view_t *view)
{
    rst_evidence_add(view, MAX(view->own->last.pass_index, view->peer->last.pass_index),
                     "Last segment before the silence of %s", idle_text(view));
    rst_explain_distance(view);
}

static void explain_reply_timer(const rst_view_t *view)
{
    rst_summary(view,
                "%s an application timer: %s had waited %s for %s to answer its request in %s when it reset the "
                "connection. Look for what kept the server from answering",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view),
                rst_span(view, rst_since(view, view->own->last_data)), rst_who_peer(view),
                rst_where(view, view->own->last_data.pass_index));
    explain_silence(view);
}

static void explain_idle_timer(const rst_view_t *view, const char *why)
{
    rst_summary(
        view, "%s an application timer: %s reset the connection after %s without traffic, %s, and nothing was pending",
        rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view), idle_text(view), why);
    explain_silence(view);
}

static void explain_habit_timer(const rst_view_t *view)
{
    explain_idle_timer(view, "as it does with other connections");
}

static void explain_usual_timer(const rst_view_t *view)
{
    explain_idle_timer(view, "a usual time limit");
}

static bool window_is_shut(const rst_view_t *view)
{
    return (view->peer->known & RST_DIRECTION_ZERO_WINDOW) && view->own->window_probe.count;
}

/* A stack retransmits outstanding data, each time after at most twice the previous wait. If the silence is longer,
 * packets are missing: retransmissions or the peer's ACK. */
static bool lacks_repeats(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    int64_t longest = retx->copies >= 2 ? rst_time_times(3, retx->gap) : 10 * RST_SECOND;

    return rst_loses_data(view) && !window_is_shut(view) && longest &&
           rst_within(view, longest, rst_since(view, retx->last));
}

/* How likely elimination makes an abort, whatever the situation. */
static unsigned abort_confidence(const rst_view_t *view)
{
    if (!rst_own_account(view) || rst_fins_done(view))
        return 0;
    if (lacks_repeats(view))
        return RST_WITHOUT_HISTORY;
    if (rst_is_unprovoked(view))
        return RST_WITHOUT_HISTORY;
    if (rst_maybe_both_ends(view))
        return RST_WITHOUT_HISTORY;
    /* Only times would show whether it is something else: a close, a timer, a health check. */
    if (rst_clock_stands(view))
        return RST_WITHOUT_HISTORY;
    if (view->reset->known & RST_HAS_MORE) /* perhaps MPTCP, which would state the reason */
        return RST_WITHOUT_HISTORY;
    if (!rst_is_abort(view) || (!rst_has_history(view) && !view->peer->segments))
        return 46;
    if (rst_ends_bulk(view))
        return AMID_BULK;
    return view->from_host ? ELIMINATION_AT_HOST : ELIMINATION;
}

/* Judged by the ACK of the reset. */
static bool lacks_last_data(const rst_view_t *view)
{
    uint32_t fin = rst_has_fin(view->peer) ? 1 : 0;

    return (view->reset->flags & RST_FLAG_ACK) && rst_not_received(view) > fin;
}

/* What was going on when the connection ended. If several apply, the first one counts. */
typedef enum situation {
    SITUATION_FIN_SENT,
    SITUATION_OVERTOOK,
    SITUATION_DATA_MISSING,
    SITUATION_WINDOW_SHUT,
    SITUATION_DATA_OUTSTANDING,
    SITUATION_REPLY_AWAITED,
    SITUATION_PEER_UNSEEN,
    SITUATION_NOTHING_RECEIVED,
    SITUATION_DATA_UNDER_WAY,
    SITUATION_DATA_RECEIVED,
    SITUATION_DATA_SENT
} situation_t;

static situation_t situation_of(const rst_view_t *view)
{
    if (rst_has_fin(view->own))
        return SITUATION_FIN_SENT;
    if (rst_overtook_data(view))
        return SITUATION_OVERTOOK;
    if (rst_hides_data(view))
        return SITUATION_DATA_MISSING;
    if (window_is_shut(view))
        return SITUATION_WINDOW_SHUT;
    if (rst_loses_data(view))
        return SITUATION_DATA_OUTSTANDING;
    if (waits_for_reply(view))
        return SITUATION_REPLY_AWAITED;
    if (!view->peer->segments)
        return SITUATION_PEER_UNSEEN;
    if (!view->peer->bytes)
        return SITUATION_NOTHING_RECEIVED;
    if (lacks_last_data(view))
        return SITUATION_DATA_UNDER_WAY;
    return view->peer->unanswered ? SITUATION_DATA_RECEIVED : SITUATION_DATA_SENT;
}

static unsigned match_situation(const rst_view_t *view, situation_t situation)
{
    return situation_of(view) == situation ? abort_confidence(view) : 0;
}

static void explain_last_segments(const rst_view_t *view)
{
    if (rst_is_empty(view))
        rst_evidence_add(view, view->own->last.pass_index ? view->own->last.pass_index : view->peer->last.pass_index,
                         "Last segment before the reset. No data was sent in either direction");
    if (rst_loses_data(view))
        rst_evidence_add(view, view->own->retransmission.last.pass_index,
                         "The resetting side had unacknowledged data outstanding");
    if (rst_has_fin(view->peer))
        rst_evidence_add(view, view->peer->fin.pass_index, "The other side had closed %s earlier",
                         rst_span(view, rst_since(view, view->peer->fin)));
    if (rst_has_fin(view->own))
        rst_evidence_add(view, view->own->fin.pass_index, "The resetting side had already sent its FIN");
    if (view->peer->last_data.pass_index)
        rst_evidence_add(view, view->peer->last_data.pass_index, "Last data from the other side, %s earlier",
                         rst_span(view, rst_since(view, view->peer->last_data)));
    if (view->own->last_data.pass_index)
        rst_evidence_add(view, view->own->last_data.pass_index, "Last data from the resetting side, %s earlier",
                         rst_span(view, rst_since(view, view->own->last_data)));
}

/* A silence of less than a second is not worth mentioning, nor is one that another reset broke. */
static const char *pause_text(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    int64_t idle = rst_idle(view);

    if (!view->texts || idle == RST_TIME_NONE || rst_hides_data(view) || reset->ordinal > 1)
        return "";
    return rst_text(view->memory, idle < RST_SECOND ? " %s after the last packet" : " after %s of silence",
                    idle_text(view));
}

/* Of the reset, against SND.NXT. Some stacks rewind it to what is acknowledged. */
static const char *number_text(const rst_view_t *view)
{
    if (view->reset->form == RST_FORM_AHEAD)
        return "beyond";
    return (view->own->known & RST_DIRECTION_NXT) && rst_seq_before(view->reset->seq, view->own->nxt) ? "before" : "at";
}

static void explain_abort(const rst_view_t *view, const char *before)
{
    rst_summary(view,
                "No protocol reason found, so the application %s: %s %s%s (%s %s its next sequence number). The "
                "packets do not show whether the program itself, an operator or a time limit caused it",
                rst_hedge(view, "most likely aborted", "may have aborted"), rst_who_own(view), before, pause_text(view),
                rst_shape(view), number_text(view));
    explain_last_segments(view);
    rst_explain_sizes(view);
    rst_explain_history(view);
    rst_explain_distance(view);
}

static unsigned match_fin_sent(const rst_view_t *view)
{
    return match_situation(view, SITUATION_FIN_SENT);
}

static void explain_fin_sent(const rst_view_t *view)
{
    explain_abort(view, "had closed its sending side, then reset the connection");
}

static unsigned match_overtook(const rst_view_t *view)
{
    return match_situation(view, SITUATION_OVERTOOK);
}

static void explain_overtook(const rst_view_t *view)
{
    explain_abort(view, "reset the connection, and the reset overtook data that it had sent before");
    if (view->reset->after.own_next.pass_index)
        rst_evidence_add(view, view->reset->after.own_next.pass_index, "It came %s after the reset that lies behind it",
                         rst_span(view, rst_elapsed(view->reset->at, view->reset->after.own_next)));
}

static unsigned match_data_missing(const rst_view_t *view)
{
    return match_situation(view, SITUATION_DATA_MISSING);
}

static void explain_data_missing(const rst_view_t *view)
{
    explain_abort(view,
                  "reset the connection after data that, by the numbers of the reset, is missing from the capture");
}

static unsigned match_window_shut(const rst_view_t *view)
{
    return match_situation(view, SITUATION_WINDOW_SHUT);
}

static void explain_window_shut(const rst_view_t *view)
{
    explain_abort(view,
                  rst_text(view->memory, "could not send into the closed receive window of %s and reset the connection",
                           rst_who_peer(view)));
}

static unsigned match_data_outstanding(const rst_view_t *view)
{
    return match_situation(view, SITUATION_DATA_OUTSTANDING);
}

static void explain_data_outstanding(const rst_view_t *view)
{
    explain_abort(view, "had unacknowledged data outstanding and reset the connection");
}

static unsigned match_reply_awaited(const rst_view_t *view)
{
    return match_situation(view, SITUATION_REPLY_AWAITED);
}

static void explain_reply_awaited(const rst_view_t *view)
{
    explain_abort(view, rst_text(view->memory, "had no answer to its request in %s and reset the connection",
                                 rst_where(view, view->own->last_data.pass_index)));
}

static unsigned match_peer_unseen(const rst_view_t *view)
{
    return match_situation(view, SITUATION_PEER_UNSEEN);
}

static void explain_peer_unseen(const rst_view_t *view)
{
    explain_abort(view, "reset the connection");
}

static unsigned match_nothing_received(const rst_view_t *view)
{
    return match_situation(view, SITUATION_NOTHING_RECEIVED);
}

static void explain_nothing_received(const rst_view_t *view)
{
    explain_abort(view, "had not received any data and reset the connection");
}

static unsigned match_data_under_way(const rst_view_t *view)
{
    return match_situation(view, SITUATION_DATA_UNDER_WAY);
}

static void explain_data_under_way(const rst_view_t *view)
{
    explain_abort(view, "had not received the last data when it reset the connection");
}

static unsigned match_data_received(const rst_view_t *view)
{
    return match_situation(view, SITUATION_DATA_RECEIVED);
}

static void explain_data_received(const rst_view_t *view)
{
    explain_abort(view, "received the last data and reset the connection");
}

static unsigned match_data_sent(const rst_view_t *view)
{
    return match_situation(view, SITUATION_DATA_SENT);
}

static void explain_data_sent(const rst_view_t *view)
{
    explain_abort(view, "had sent the last data and reset the connection");
}

#define BY_ELIMINATION                                                                                                 \
    (RST_RULE_FIRST | RST_RULE_HISTORY | RST_RULE_BY_FIN | RST_RULE_BY_ELIMINATION | RST_NEEDS_ALL |                   \
     RST_NEEDS_STATEMENT)
#define ABORT_ALIKE                                                                                                    \
    {                                                                                                                  \
        {RST_CAUSE_UNREAD_DATA, 15}, {RST_CAUSE_ADMIN_KILL, 8},                                                        \
        {                                                                                                              \
            RST_CAUSE_PROCESS_EXIT, 6                                                                                  \
        }                                                                                                              \
    }

const rst_rule_t rst_rules_elimination[] = {
    {"app_timer_reply",
     RST_CAUSE_APP_TIMEOUT,
     match_reply_timer,
     explain_reply_timer,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_HISTORY | RST_NEEDS_ALL | RST_NEEDS_SILENCE,
     {{RST_CAUSE_APP_ABORT, 25}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"app_timer_habit",
     RST_CAUSE_APP_TIMEOUT,
     match_habit_timer,
     explain_habit_timer,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_HISTORY | RST_NEEDS_ALL | RST_NEEDS_SILENCE,
     {{RST_CAUSE_APP_ABORT, 25}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"app_timer_usual",
     RST_CAUSE_APP_TIMEOUT,
     match_usual_timer,
     explain_usual_timer,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_HISTORY | RST_NEEDS_ALL | RST_NEEDS_SILENCE,
     {{RST_CAUSE_APP_ABORT, 25}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"abort_fin_sent", RST_CAUSE_APP_ABORT, match_fin_sent, explain_fin_sent, RST_IF_ABORT | RST_IF_AHEAD,
     BY_ELIMINATION, ABORT_ALIKE},
    {"abort_overtook_data", RST_CAUSE_APP_ABORT, match_overtook, explain_overtook, RST_IF_AHEAD, BY_ELIMINATION,
     ABORT_ALIKE},
    {"abort_data_missing", RST_CAUSE_APP_ABORT, match_data_missing, explain_data_missing, RST_IF_ABORT | RST_IF_AHEAD,
     BY_ELIMINATION, ABORT_ALIKE},
    {"abort_window_shut", RST_CAUSE_APP_ABORT, match_window_shut, explain_window_shut, RST_IF_ABORT | RST_IF_AHEAD,
     BY_ELIMINATION, ABORT_ALIKE},
    {"abort_data_outstanding", RST_CAUSE_APP_ABORT, match_data_outstanding, explain_data_outstanding,
     RST_IF_ABORT | RST_IF_AHEAD, BY_ELIMINATION, ABORT_ALIKE},
    {"abort_reply_awaited", RST_CAUSE_APP_ABORT, match_reply_awaited, explain_reply_awaited,
     RST_IF_ABORT | RST_IF_AHEAD, BY_ELIMINATION, ABORT_ALIKE},
    {"abort_peer_unseen", RST_CAUSE_APP_ABORT, match_peer_unseen, explain_peer_unseen, RST_IF_ABORT | RST_IF_AHEAD,
     BY_ELIMINATION, ABORT_ALIKE},
    {"abort_nothing_received", RST_CAUSE_APP_ABORT, match_nothing_received, explain_nothing_received,
     RST_IF_ABORT | RST_IF_AHEAD, BY_ELIMINATION, ABORT_ALIKE},
    {"abort_data_under_way", RST_CAUSE_APP_ABORT, match_data_under_way, explain_data_under_way,
     RST_IF_ABORT | RST_IF_AHEAD, BY_ELIMINATION, ABORT_ALIKE},
    {"abort_data_received", RST_CAUSE_APP_ABORT, match_data_received, explain_data_received,
     RST_IF_ABORT | RST_IF_AHEAD, BY_ELIMINATION, ABORT_ALIKE},
    {"abort_data_sent", RST_CAUSE_APP_ABORT, match_data_sent, explain_data_sent, RST_IF_ABORT | RST_IF_AHEAD,
     BY_ELIMINATION, ABORT_ALIKE},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
