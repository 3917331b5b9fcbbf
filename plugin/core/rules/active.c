/* active.c
 * Rules for resets that a host sends on its own initiative (RFC 9293, section 3.10.5) at the end of a connection: both
 * sides close, the process ends, or a proxy passes on a reset from its other connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/active.h"

#include "base/seq.h"
#include "rules/after_close.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/refusal.h"

#define SAME_LAG (5 * RST_MILLISECOND) /* by how much the delays of a proxy may differ */

/* Both times fall into the same tick of a clock too coarse to tell. */
static bool perhaps_within_close(const rst_view_t *view, rst_moment_t moment)
{
    int64_t since = rst_since(view, moment);

    return since != RST_TIME_NONE && since <= rst_tick(view) &&
           rst_tick(view) > (int64_t)view->prefs->close_race_ms * RST_MILLISECOND / 4;
}

/* A request that arrived, according to the reset's own ACK, and got no answer. Farewells (PostgreSQL Terminate, LDAP
 * Unbind) expect none. */
static bool leaves_request(const rst_view_t *view)
{
    return rst_owes_answer(view) && !rst_not_received(view) &&
           (view->peer->message == RST_MESSAGE_REQUEST || view->peer->message == RST_MESSAGE_CLIENT_HELLO);
}

/* The FIN of the other side had come when the sender reset: the last ACK of the sender covers it. */
static bool knows_fin(const rst_view_t *view)
{
    if (!rst_has_fin(view->peer))
        return false;
    if ((view->reset->flags & RST_FLAG_ACK) && !rst_seq_before(view->reset->ack, view->peer->fin_seq))
        return true;
    return (view->own->known & RST_DIRECTION_ACKED) && !rst_seq_before(view->own->acked, view->peer->fin_seq);
}

/* Payload that the sender had not received, not counting a FIN behind it. */
static bool misses_data(const rst_view_t *view)
{
    return rst_not_received(view) > (rst_has_fin(view->peer) ? 1u : 0u);
}

/* The sender's own closing message may well stay unacknowledged. */
static bool loses_more(const rst_view_t *view, bool own_farewell)
{
    const rst_direction_t *own = view->own;

    return rst_loses_data(view) && !(own_farewell && own->retransmission.copies == 1 &&
                                     rst_seq_ahead(own->nxt, own->retransmission.seq) == own->retransmission.space);
}

static bool aborts_first(const rst_view_t *view)
{
    return !view->reset->own_last.at.pass_index && !rst_is_refusal(view);
}

/* Data that came after its own FIN, and that it had not acknowledged, are thrown away (after_close.h). */
static unsigned match_after_both_fins(const rst_view_t *view)
{
    if (!aborts_first(view) || !rst_fins_done(view))
        return 0;
    if (rst_is_abort(view))
        return rst_late_lost(view) && !rst_late_is(view, RST_MESSAGE_FAREWELL) ? 0 : 88;
    return view->reset->form == RST_FORM_BELOW ? 88 : 0;
}

/* It may close without a FIN of its own, and has not just reported an error. */
static bool may_close_by_reset(const rst_view_t *view)
{
    return aborts_first(view) && rst_own_account(view) && !rst_has_fin(view->own) &&
           view->own->message != RST_MESSAGE_FATAL_ALERT;
}

static bool says_farewell(const rst_view_t *view, const rst_direction_t *side)
{
    return side->message == RST_MESSAGE_FAREWELL && rst_within_close(view, side->last_data);
}

/* Windows closes like this when no data is outstanding. */
static unsigned instead_of_fin(const rst_view_t *view)
{
    if (!may_close_by_reset(view) || !knows_fin(view) || view->peer->message == RST_MESSAGE_FATAL_ALERT ||
        leaves_request(view))
        return 0;
    if (rst_within_close(view, view->peer->fin))
        return loses_more(view, says_farewell(view, view->own)) ? 0 : 85;
    return perhaps_within_close(view, view->peer->fin) && !loses_more(view, false) ? 50 : 0;
}

/* Whoever closed first had sent nothing: a probe, or a client that cannot go on. */
static bool peer_was_mute(const rst_view_t *view)
{
    return !view->peer->bytes && rst_has_history(view);
}

static unsigned match_instead_of_fin(const rst_view_t *view)
{
    return peer_was_mute(view) ? 0 : instead_of_fin(view);
}

static unsigned match_instead_of_fin_mute(const rst_view_t *view)
{
    return peer_was_mute(view) ? instead_of_fin(view) : 0;
}

/* Right after TLS or another protocol said goodbye. A FIN behind that may still be on its way. */
static unsigned match_after_farewell(const rst_view_t *view)
{
    return may_close_by_reset(view) && !knows_fin(view) && says_farewell(view, view->peer) && !misses_data(view) ? 70
                                                                                                                 : 0;
}

/* The other side had not gone on sending: who says goodbye in the middle of a transfer throws the rest of it away. */
static unsigned match_after_own_farewell(const rst_view_t *view)
{
    if (!may_close_by_reset(view) || rst_has_fin(view->peer) || !says_farewell(view, view->own))
        return 0;
    return rst_in_flight(view) || view->reset->after.peer_data > 1 ? 0 : 55;
}

static void explain_nothing_lost(const rst_view_t *view)
{
    if (view->peer->segments && !rst_loses_data(view))
        rst_evidence_add(view, view->reset->at.pass_index, "The resetting side had no unacknowledged data left");
    rst_explain_distance(view);
}

static void explain_after_both_fins(const rst_view_t *view)
{
    rst_summary(view, "Harmless: both sides had sent their FIN (%s, %s) before %s reset the rest of the connection",
                rst_where(view, view->own->fin.pass_index), rst_where(view, view->peer->fin.pass_index),
                rst_who_own(view));
    rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets");
    explain_nothing_lost(view);
}

static void explain_instead_of_fin(const rst_view_t *view)
{
    rst_summary(view, "Harmless: %s answered the FIN in %s with a reset instead of a FIN of its own, %s later",
                rst_who_own(view), rst_where(view, view->peer->fin.pass_index),
                rst_span(view, rst_since(view, view->peer->fin)));
    rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    explain_nothing_lost(view);
}

static void explain_instead_of_fin_mute(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s closed without having sent any data (FIN in %s), and %s answered with a reset instead of a FIN of its "
        "own. If this is no test of the port, look for what kept it from going on",
        rst_who_peer(view), rst_where(view, view->peer->fin.pass_index), rst_who_own(view));
    rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    explain_nothing_lost(view);
}

static void explain_farewell(const rst_view_t *view, const rst_direction_t *side)
{
    rst_summary(view, "Harmless: the conversation had ended with a closing message (%s) when %s reset the connection",
                rst_where(view, side->last_data.pass_index), rst_who_own(view));
    explain_nothing_lost(view);
}

static void explain_after_farewell(const rst_view_t *view)
{
    explain_farewell(view, view->peer);
}

static void explain_after_own_farewell(const rst_view_t *view)
{
    explain_farewell(view, view->own);
}

/* The port refuses from then on, or all known connections of the host end together, as those of pools and browsers also
 * do. */
static bool host_is_gone(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    return rst_from_client(view) ? !burst->survived
                                 : !burst->serves && rst_refusals_soon_after(view, burst->last, RST_NEAR_AFTER) != NULL;
}

static unsigned by_burst(const rst_view_t *view, unsigned confidence)
{
    return rst_burst_hearsay(view, view->prefs->batch_n) ? MIN(confidence, RST_HEARSAY) : confidence;
}

/* Many connections of one host end at the same moment. Without real times, all moments look the same. */
static bool is_batch(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    return burst && burst->connections >= view->prefs->batch_n && !rst_clock_stands(view);
}

/* Connections without unread data end with a FIN, so a few resets are enough if the port is gone as well. */
static bool closes_too(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    return burst && burst->closes && burst->connections > 1 && !rst_from_client(view) && host_is_gone(view) &&
           !rst_clock_stands(view) && view->peer->bytes;
}

static bool ends_with_batch(const rst_view_t *view)
{
    return is_batch(view) && !rst_is_empty(view);
}

static unsigned match_process_exit(const rst_view_t *view)
{
    if (!rst_own_account(view))
        return 0;
    if (closes_too(view))
        return by_burst(view, 70);
    return ends_with_batch(view) && !rst_from_client(view) && host_is_gone(view) ? by_burst(view, 86) : 0;
}

/* Pools and browsers also end connections together. */
static unsigned match_perhaps_exit(const rst_view_t *view)
{
    if (!rst_own_account(view) || closes_too(view) || !ends_with_batch(view))
        return 0;
    if (!host_is_gone(view))
        return 20;
    return rst_from_client(view) ? 40 : 0;
}

static unsigned match_admin_kill(const rst_view_t *view)
{
    return rst_own_account(view) && is_batch(view) ? 22 : 0;
}

static void explain_process_exit(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    rst_summary(view,
                "The process behind %s probably ended: %u of its connections were reset within %s, and its port "
                "refuses connections afterward",
                rst_who_own(view), burst->connections, rst_span(view, rst_elapsed(burst->first, burst->last)));
    rst_evidence_add(view, burst->first.pass_index, "First reset of the batch");
    rst_evidence_add(view, burst->last.pass_index, "Last reset of the batch");
}

/* One coincidence proves nothing: most resets from this host must follow one that it received on its other side. */
static unsigned match_proxied(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    if (!rst_own_account(view) || !view->reset->relayed.pass_index || host->relays < 3)
        return 0;
    return host->relays * 5 >= host->aborts * 4 && rst_time_sub(host->lag_max, host->lag_min) <= SAME_LAG ? 87 : 0;
}

static void explain_proxied(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    rst_summary(
        view,
        "Probably relayed by a proxy: %s got a reset on its other side %s earlier (%s) and then sent this one, as it "
        "does %u times in this capture. Look for the cause on the other connection",
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
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}}},
    {"abort_after_both_fins",
     RST_CAUSE_CLOSE_RACE,
     match_after_both_fins,
     explain_after_both_fins,
     RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"abort_instead_of_fin",
     RST_CAUSE_CLOSE_RACE,
     match_instead_of_fin,
     explain_instead_of_fin,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"abort_instead_of_fin_mute",
     RST_CAUSE_CLOSE_RACE,
     match_instead_of_fin_mute,
     explain_instead_of_fin_mute,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BY_FIN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}}},
    {"abort_after_farewell",
     RST_CAUSE_CLOSE_RACE,
     match_after_farewell,
     explain_after_farewell,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"abort_after_own_farewell",
     RST_CAUSE_CLOSE_RACE,
     match_after_own_farewell,
     explain_after_own_farewell,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 12}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"process_ends",
     RST_CAUSE_PROCESS_EXIT,
     match_process_exit,
     explain_process_exit,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_ADMIN_KILL, 10}, {RST_CAUSE_APP_ABORT, 10}}},
    {"process_perhaps_ends",
     RST_CAUSE_PROCESS_EXIT,
     match_perhaps_exit,
     NULL,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {"killed_together",
     RST_CAUSE_ADMIN_KILL,
     match_admin_kill,
     NULL,
     RST_IF_ABORT | RST_IF_AHEAD,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
