/* active.c
 * Rules for resets that a host sends on its own account (RFC 9293, section 3.10.5): what came just before decides. What
 * the wire cannot tell apart (SO_LINGER 0, unread data, a kill) stays below the confidence that one capture can give.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/active.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define AT_ONCE (5 * RST_MILLISECOND)
#define ERROR_SPAN (5 * RST_SECOND)
#define LATER 25              /* percent: an alternative */
#define REPLY_SPAN RST_SECOND /* an error reply ends its request; what comes later has other reasons */

static bool within_close(const rst_view_t *view, rst_moment_t moment)
{
    return rst_within(view, rst_since(view, moment), (int64_t)view->prefs->close_race_ms * RST_MILLISECOND);
}

/* The same tick of a clock that is too coarse to tell. */
static bool perhaps_within_close(const rst_view_t *view, rst_moment_t moment)
{
    int64_t since = rst_since(view, moment);

    return since != RST_TIME_NONE && since <= view->file->tick &&
           view->file->tick > (int64_t)view->prefs->close_race_ms * RST_MILLISECOND / 4;
}

/* RFC 2525, section 2.17: closing with received data unread makes a reset. The wire shows it only by what stays
 * unanswered: a request, the first bytes, bytes beyond the last ACK. A client that has its answer owes none. */
static bool owes_answer(const rst_view_t *view)
{
    uint32_t missing = rst_not_received(view);

    if (view->peer->unanswered <= missing)
        return false;
    return !rst_from_client(view) || !view->own->bytes || (missing && within_close(view, view->peer->last_data));
}

/* A request that arrived, by the reset's own ACK, and got no answer. Other last words (Terminate of PostgreSQL, Unbind
 * of LDAP) want none. */
static bool leaves_request(const rst_view_t *view)
{
    return owes_answer(view) && view->peer->message == RST_MESSAGE_REQUEST && !rst_not_received(view);
}

/* Its own closing message may well stay unacknowledged. */
static bool loses_more(const rst_view_t *view, bool own_farewell)
{
    const rst_direction_t *own = view->own;

    return rst_loses_data(view) && !(own_farewell && own->retransmission.copies == 1 &&
                                     own->nxt - own->retransmission.seq == own->retransmission.space);
}

/* After both FINs; right after the peer's FIN with nothing pending (Windows closes like that); right after TLS said
 * good-bye. */
static unsigned match_close_race(const rst_view_t *view)
{
    bool farewell = view->peer->message == RST_MESSAGE_FAREWELL && within_close(view, view->peer->last_data);
    bool own_farewell = view->own->message == RST_MESSAGE_FAREWELL && within_close(view, view->own->last_data);

    if (view->reset->own_last.at.pass_index || rst_is_refusal(view))
        return 0;
    if (rst_fins_done(view) && (rst_is_abort(view) || view->reset->form == RST_FORM_BELOW))
        return 88;
    if (!rst_own_account(view) || rst_has_fin(view->own))
        return 0;
    if (view->own->message == RST_MESSAGE_FATAL_ALERT)
        return 0;
    if (rst_has_fin(view->peer) && within_close(view, view->peer->fin) &&
        view->peer->message != RST_MESSAGE_FATAL_ALERT)
        return loses_more(view, own_farewell) || leaves_request(view) ? 0 : 85;
    if (rst_has_fin(view->peer) && perhaps_within_close(view, view->peer->fin) &&
        view->peer->message != RST_MESSAGE_FATAL_ALERT && !loses_more(view, false) && !leaves_request(view))
        return 50;
    if (rst_has_fin(view->peer))
        return 0;
    return farewell ? 70 : (own_farewell ? 55 : 0);
}

static void explain_close_race(const rst_view_t *view)
{
    if (rst_fins_done(view))
        rst_summary(view, "Harmless: both sides had sent their FIN (%s, %s) before %s reset the rest of the connection",
                    rst_where(view, view->own->fin.pass_index), rst_where(view, view->peer->fin.pass_index),
                    rst_who_own(view));
    else if (rst_has_fin(view->peer))
        rst_summary(
            view,
            "Harmless: %s closed in answer to the FIN of %s with a reset instead of its own FIN, %s later and with "
            "nothing pending",
            rst_who_own(view), rst_where(view, view->peer->fin.pass_index),
            rst_span(view, rst_since(view, view->peer->fin)));
    else
        rst_summary(view,
                    "Harmless: the conversation had ended with a closing message (%s) when %s reset the connection",
                    rst_where(view, view->peer->message == RST_MESSAGE_FAREWELL ? view->peer->last_data.pass_index
                                                                                : view->own->last_data.pass_index),
                    rst_who_own(view));
    if (rst_has_fin(view->peer))
        rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    if (rst_has_fin(view->own))
        rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    if (!rst_loses_data(view))
        rst_evidence_add(view, view->reset->at.pass_index, "No data of the resetting side was left unacknowledged");
    rst_explain_distance(view);
}

/* A ClientHello answered by something that is no TLS. */
static bool protocol_mismatch(const rst_view_t *view)
{
    return view->own->message == RST_MESSAGE_CLIENT_HELLO && view->peer->data_segments == 1 && view->peer->unanswered &&
           view->peer->message != RST_MESSAGE_TLS && view->peer->message != RST_MESSAGE_NONE &&
           view->peer->message != RST_MESSAGE_FAREWELL && view->peer->message != RST_MESSAGE_FATAL_ALERT;
}

/* What follows under this address comes from elsewhere: two have spoken, and the message may not be the host's. */
static bool two_speak(const rst_view_t *view)
{
    uint8_t before = rst_hops(view->reset->ttl), after = rst_hops(view->reset->after.own_ttl);

    if (!(view->reset->known & RST_HAS_IP) || !view->reset->after.own_ttl || before == RST_HOPS_ABSURD ||
        after == RST_HOPS_ABSURD)
        return false;
    return ABS(after - before) >= (int)view->prefs->hop_delta;
}

static unsigned match_app_error(const rst_view_t *view)
{
    bool recent = rst_within(view, rst_since(view, view->peer->last_data), ERROR_SPAN);
    bool own_recent = rst_within(view, rst_since(view, view->own->last_data), ERROR_SPAN);

    if (!rst_own_account(view) || rst_fins_done(view))
        return 0;
    if (protocol_mismatch(view) && recent)
        return 70;
    if ((view->peer->message == RST_MESSAGE_FATAL_ALERT && recent) ||
        (view->own->message == RST_MESSAGE_FATAL_ALERT && own_recent))
        return 78;
    if (view->own->message == RST_MESSAGE_ERROR && own_recent && !view->peer->unanswered) {
        if (!rst_within(view, rst_since(view, view->own->last_data), REPLY_SPAN))
            return LATER;
        return two_speak(view) ? RST_WITHOUT_HISTORY : 75;
    }
    /* Only who answers can reply with an error: the peer, once it was asked. */
    if (view->peer->message != RST_MESSAGE_ERROR || !view->peer->unanswered || !view->own->bytes || !recent)
        return 0;
    return rst_within(view, rst_since(view, view->peer->last_data), REPLY_SPAN) ? 60 : LATER;
}

static void explain_app_error(const rst_view_t *view)
{
    bool own = view->own->message == RST_MESSAGE_FATAL_ALERT ||
               (view->own->message == RST_MESSAGE_ERROR && !view->peer->unanswered);
    uint32_t pass_index = own ? view->own->last_data.pass_index : view->peer->last_data.pass_index;

    rst_summary(view,
                "The application gave up over an error in the data: %s in %s, then %s reset the connection %s later",
                own                       ? rst_message_name((rst_message_t)view->own->message)
                : protocol_mismatch(view) ? "an answer that is no TLS"
                                          : rst_message_name((rst_message_t)view->peer->message),
                rst_where(view, pass_index), rst_who_own(view),
                rst_span(view, rst_since(view, own ? view->own->last_data : view->peer->last_data)));
    rst_evidence_add(view, pass_index, "The error in the data");
    rst_explain_distance(view);
}

static unsigned match_cancelled(const rst_view_t *view)
{
    uint32_t segment = view->peer->mss ? view->peer->mss : 1460;

    if (!rst_own_account(view) || view->peer->bytes <= view->prefs->cancel_bytes)
        return 0;
    if (rst_has_fin(view->peer) || !within_close(view, view->peer->last_data))
        return 0;
    if (rst_not_received(view) > segment || (rst_in_flight(view) && view->reset->after.peer_data))
        return 75;
    /* All that had come in was received, and more was on its way. */
    if (view->reset->after.peer_data >= 2)
        return 70;
    if (rst_ends_bulk(view))
        return 30;
    return view->peer->unanswered > segment ? 20 : 0;
}

static void explain_cancelled(const rst_view_t *view)
{
    rst_summary(view,
                "Transfer cancelled: %s reset the connection while %s was still sending (%" G_GUINT64_FORMAT
                " bytes received so far, %s)",
                rst_who_own(view), rst_who_peer(view), view->peer->bytes - rst_in_flight(view),
                rst_in_flight(view) ? rst_text(view->memory, "%u on the way", rst_in_flight(view))
                                    : "more came in afterwards");
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data that was not waited for");
    rst_explain_distance(view);
}

/* The receive window tells on a reader that does not read. */
static unsigned match_piled_up(const rst_view_t *view)
{
    bool shrunk = (view->own->known & (RST_DIRECTION_SHRUNK | RST_DIRECTION_ZERO_WINDOW)) != 0;

    return rst_own_account(view) && !rst_fins_done(view) && view->peer->unanswered && shrunk ? 70 : 0;
}

static unsigned match_unread(const rst_view_t *view)
{
    bool at_once =
        rst_within(view, rst_since(view, view->peer->last_data), (int64_t)view->prefs->unread_ms * RST_MILLISECOND);
    bool half_closed = rst_has_fin(view->own) && !rst_within(view, rst_since(view, view->own->fin), AT_ONCE);

    if (!rst_own_account(view) || !view->peer->bytes || half_closed || rst_fins_done(view))
        return 0;
    if (view->peer->message == RST_MESSAGE_FAREWELL && !rst_not_received(view))
        return 0;
    if (!owes_answer(view))
        return 0;
    /* Its answer, or what it asked, may be among what the capture lacks. */
    if (view->own->gaps)
        return RST_WITHOUT_HISTORY;
    if (at_once || rst_not_received(view))
        return 62;
    return rst_has_fin(view->own) ? 58 : 35;
}

static void explain_unread(const rst_view_t *view)
{
    uint32_t unacked = rst_in_flight(view);

    rst_summary(
        view,
        "Closed with unread data: %s reset the connection %s after data it never answered (%u bytes since its last "
        "reply, %s). Its application closed the socket without reading them",
        rst_who_own(view), rst_span(view, rst_since(view, view->peer->last_data)), view->peer->unanswered,
        rst_where(view, view->peer->last_data.pass_index));
    rst_evidence_add(view, view->peer->last_data.pass_index, "Data of the other side without a reply");
    if (unacked)
        rst_evidence_add(view, view->peer->last_data.pass_index, "%u bytes of it were not even acknowledged before",
                         unacked);
    if (view->own->known & RST_DIRECTION_SHRUNK)
        rst_evidence_add(view, view->own->last.pass_index, "The receive window had shrunk from %u to %u: data piled up",
                         view->own->window_max, view->own->window);
    rst_explain_distance(view);
}

/* The port refuses from then on; or all known connections of the host end together, which pools and browsers do as
 * well. */
static bool host_is_gone(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;
    const rst_burst_t *burst = view->reset->burst;

    if (!rst_from_client(view) && service && rst_service_after(service, false, burst->last))
        return true;
    return !burst->survived && rst_from_client(view);
}

/* Many connections of one host in one moment; without a clock every moment is the same. */
static bool is_batch(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    return burst && burst->connections >= view->prefs->batch_n && !rst_clock_stands(view);
}

static unsigned match_process_exit(const rst_view_t *view)
{
    /* Connections without unread data end with a FIN: few resets are enough, if the port is gone as well. */
    if (rst_own_account(view) && view->reset->burst && view->reset->burst->closes && !rst_from_client(view) &&
        host_is_gone(view) && !rst_clock_stands(view) && view->peer->bytes && view->reset->burst->connections > 1)
        return 70;
    if (!rst_own_account(view) || !is_batch(view) || rst_is_empty(view))
        return 0;
    if (!host_is_gone(view))
        return 20;
    return rst_from_client(view) ? 40 : 86;
}

static unsigned match_admin_kill(const rst_view_t *view)
{
    return rst_own_account(view) && is_batch(view) ? 22 : 0;
}

static void explain_process_exit(const rst_view_t *view)
{
    rst_summary(view, "The process behind %s probably ended: %u of its connections were reset within %s%s",
                rst_who_own(view), view->reset->burst->connections,
                rst_span(view, rst_elapsed(view->reset->burst->first, view->reset->burst->last)),
                rst_from_client(view) ? " and no older one goes on" : " and its port refuses afterwards");
    rst_evidence_add(view, view->reset->burst->first.pass_index, "First reset of the batch");
    rst_evidence_add(view, view->reset->burst->last.pass_index, "Last reset of the batch");
}

/* One coincidence is none: most resets of this host must follow one that it got on its other side. */
static unsigned match_proxied(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    if (!rst_own_account(view) || !view->reset->relayed.pass_index || host->relays < 3)
        return 0;
    return host->relays * 5 >= host->aborts * 4 && host->lag_max - host->lag_min <= AT_ONCE ? 87 : 0;
}

static void explain_proxied(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    rst_summary(
        view,
        "Relayed by a proxy: %s got a reset on its other side %s before (%s) and passes it on, as it does %u times "
        "in this capture. Look for the cause on that other connection",
        rst_who_own(view), rst_span(view, rst_elapsed(view->reset->relayed, view->reset->at)),
        rst_where(view, view->reset->relayed.pass_index), host->relays);
    rst_evidence_add(view, view->reset->relayed.pass_index, "Reset that the same host got on its other side");
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_active[] = {
    {"proxy_relays",
     RST_CAUSE_PROXIED,
     match_proxied,
     explain_proxied,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_ABORT, 12}}},
    {"abort_after_close",
     RST_CAUSE_CLOSE_RACE,
     match_close_race,
     explain_close_race,
     RST_IF_ABORT | RST_IF_AHEAD | RST_IF_BELOW,
     RST_RULE_FIRST | RST_RULE_BENIGN,
     {{RST_CAUSE_APP_ABORT, 12}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"process_ends",
     RST_CAUSE_PROCESS_EXIT,
     match_process_exit,
     explain_process_exit,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_ADMIN_KILL, 10}, {RST_CAUSE_APP_ABORT, 10}}},
    {"error_then_abort",
     RST_CAUSE_APP_ERROR,
     match_app_error,
     explain_app_error,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_ABORT, 8}, {RST_CAUSE_UNREAD_DATA, 6}}},
    {"download_stopped",
     RST_CAUSE_TRANSFER_CANCELLED,
     match_cancelled,
     explain_cancelled,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_UNREAD_DATA, 12}}},
    {"unread_piled_up",
     RST_CAUSE_UNREAD_DATA,
     match_piled_up,
     explain_unread,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_TRANSFER_CANCELLED, 12}, {RST_CAUSE_APP_ABORT, 10}}},
    {"unread_request",
     RST_CAUSE_UNREAD_DATA,
     match_unread,
     explain_unread,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_ABORT, 22}, {RST_CAUSE_PROCESS_EXIT, 5}, {RST_CAUSE_ADMIN_KILL, 3}}},
    {"killed_together",
     RST_CAUSE_ADMIN_KILL,
     match_admin_kill,
     explain_process_exit,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
