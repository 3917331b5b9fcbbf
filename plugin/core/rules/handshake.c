/* handshake.c
 * Rules for connections that were reset before any data: races, probes, clients that gave up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/handshake.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define PERIODS_MIN 3
#define TIME_TO_LEAVE (20 * RST_MILLISECOND)
#define MANY_TARGETS 4 /* times the breadth of a scan: nobody abandons so many */
#define UNASKED_MIN 3  /* SYN-ACKs whose SYN the beginning of a capture can hardly have missed altogether */

/* The client's reset of a connection without data: in answer to the SYN-ACK, or after a complete handshake. */
static bool client_leaves(const rst_view_t *view)
{
    if (!rst_from_client(view) || !rst_is_empty(view) || view->reset->own_last.at.pass_index)
        return false;
    if (rst_answers_syn_ack(view))
        return true;
    /* Closed with SO_LINGER 0 before the delayed third ACK went out: the reset is the first to acknowledge. */
    return rst_is_abort(view) && (rst_was_open(view) || (view->peer->known & RST_DIRECTION_SYNACK));
}

/* Both SYNs were on their way at the same time: the sibling had not been answered when this one was sent. */
static bool sibling_was_open(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    uint32_t mine = view->reset->direction[view->reset->client].syn.pass_index;

    return !sibling->answered.pass_index || sibling->answered.pass_index > mine;
}

static const char *sibling_text(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;

    return view->texts ? rst_endpoint_text(view->memory, &sibling->server, sibling->port) : "";
}

static bool is_smb_port(const rst_view_t *view)
{
    uint16_t port = view->reset->story->port[1 - view->reset->client];

    return port == 139 || port == 445;
}

static unsigned match_smb(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    /* The other attempt may only be missing from the capture. */
    if (is_smb_port(view) && !reset->sibling)
        return client_leaves(view) && rst_answers_syn_ack(view) ? 35 : 0;
    if (!reset->sibling || !reset->sibling_smb || !(reset->sibling->used || reset->sibling->opened) ||
        !sibling_was_open(view))
        return 0;
    return client_leaves(view) || rst_is_refusal(view) ? 95 : 0;
}

static void explain_smb(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    int64_t lead = view->reset->sibling_lead;
    const char *what = rst_is_refusal(view) ? "was refused" : "was reset by the client";

    rst_summary(
        view,
        "Expected: the Windows client opened SMB on ports 445 and 139 together (%s apart) and kept %s. This one "
        "lost and %s",
        rst_span(view, lead < 0 ? -lead : lead), sibling_text(view), what);
    rst_evidence_add(view, sibling->syn.pass_index, "SYN of the connection that was kept");
    rst_evidence_add(view, view->reset->direction[view->reset->client].syn.pass_index, "SYN of this connection");
}

/* Time that the client waited for the SYN-ACK. */
static int64_t waited(const rst_view_t *view)
{
    return rst_elapsed(view->own->syn, view->trigger->moment);
}

/* Nobody starts a second attempt when the first has its answer (RFC 8305, section 5). Only near the client, who resets
 * at once, the capture has their order: elsewhere one of them may have been under way for longer. */
static bool is_over(const rst_view_t *view)
{
    if (view->reset->sibling_lead < 0 || sibling_was_open(view))
        return false;
    return view->trigger &&
           rst_within(view, rst_since(view, view->peer->syn), rst_elapsed(view->own->syn, view->peer->syn) / 4);
}

static unsigned match_race(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool unseen =
        !view->peer->segments && rst_from_client(view) && (view->own->known & RST_DIRECTION_SYN) && rst_is_empty(view);

    if (!reset->sibling || reset->sibling_smb || !(client_leaves(view) || unseen))
        return 0;
    if (!reset->sibling->used)
        return 0;
    return is_over(view) ? 30 : 65;
}

static void explain_race(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    int64_t lead = view->reset->sibling_lead;

    rst_summary(
        view,
        "Lost a connection race: the client tried two addresses %s apart, went on with %s and reset this attempt "
        "unused",
        rst_span(view, lead < 0 ? -lead : lead), sibling_text(view));
    rst_evidence_add(view, sibling->syn.pass_index, "SYN of the attempt that was used");
    rst_evidence_add(view, view->own->syn.pass_index, "SYN of this attempt");
}

/* Right at the start of the capture the SYN may only have been missed. */
static bool syn_was_missed(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    return rst_answers_syn_ack(view) && !view->own->segments && view->reset->at_start && host->unasked < UNASKED_MIN;
}

static unsigned match_unsolicited(const rst_view_t *view)
{
    if (!rst_answers_syn_ack(view) || view->own->segments)
        return 0;
    if (!view->reset->fresh)
        return 70;
    return syn_was_missed(view) ? 40 : 62;
}

static void explain_unsolicited(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s never asked for this connection as far as the capture shows: the SYN-ACK of %s came without a SYN and "
        "was reset",
        rst_who_own(view), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK without a SYN in the capture");
    rst_explain_history(view);
}

/* The kernel resets what a program with a raw socket or a stack of its own has opened, and the program goes on. */
static unsigned match_raw_socket(const rst_view_t *view)
{
    if (!view->reset->after.own_next.pass_index || !rst_from_client(view) || !rst_is_empty(view))
        return 0;
    if (rst_answers_syn_ack(view) && client_leaves(view))
        return 85;
    return !view->peer->segments && rst_is_abort(view) && (view->own->known & RST_DIRECTION_SYN) ? 60 : 0;
}

static void explain_raw_socket(const rst_view_t *view)
{
    rst_summary(
        view,
        "The kernel of %s does not know this connection: it reset the %s, yet the program that opened it went on "
        "in %s (raw socket or user-space stack)",
        rst_who_own(view),
        view->trigger ? rst_text(view->memory, "SYN-ACK of %s", rst_where(view, view->trigger->moment.pass_index))
                      : "handshake",
        rst_where(view, view->reset->after.own_next.pass_index));
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK that was reset");
    rst_evidence_add(view, view->reset->after.own_next.pass_index, "The same side continues the handshake");
}

/* Targets around this moment that the client left without data, and perhaps those that refused it. */
static unsigned breadth_of(const rst_view_t *view, bool with_refused)
{
    const rst_host_t *client = view->reset->host[view->reset->client];
    unsigned sum;

    if (!client)
        return 0;
    sum = rst_host_breadth(view->prefs, client, true, view->reset->at);
    return with_refused ? sum + rst_host_breadth(view->prefs, client, false, view->reset->at) : sum;
}

/* Windows of raw-socket scanners; no operating system offers one of them with no option but MSS. A SYN without options
 * alone proves nothing: small stacks and test tools send them. */
static bool odd_syn(const rst_view_t *view)
{
    uint16_t window = view->own->syn_window;

    return view->own->syn_bare && (window == 1024 || window == 2048 || window == 3072 || window == 4096);
}

/* The SYN bears what a system's own stack sends, and for all that the clock tells there was time to close the socket
 * before the SYN-ACK came: who leaves a page or ends a program abandons several attempts at once. */
static bool may_have_left(const rst_view_t *view)
{
    return rst_answers_syn_ack(view) && (view->own->known & (RST_DIRECTION_TIMESTAMPS | RST_DIRECTION_WSCALE)) &&
           !rst_within(view, waited(view), TIME_TO_LEAVE);
}

static unsigned match_scan(const rst_view_t *view)
{
    unsigned breadth;

    if (!client_leaves(view))
        return 0;
    breadth = breadth_of(view, false);
    if (may_have_left(view) && breadth < MANY_TARGETS * view->prefs->scan_ports)
        return breadth >= view->prefs->scan_ports ? 40 : 0;
    if (breadth >= view->prefs->scan_ports)
        return rst_answers_syn_ack(view) ? 92 : 80;
    if (breadth && breadth_of(view, true) >= view->prefs->scan_ports)
        return 75;
    return rst_answers_syn_ack(view) && odd_syn(view) ? 80 : 0;
}

static void explain_scan(const rst_view_t *view)
{
    unsigned breadth = breadth_of(view, true);

    rst_summary(view, "Port probe: %s %s and reset at once without data%s", rst_who_own(view),
                rst_answers_syn_ack(view) ? "only waited for the SYN-ACK" : "completed the handshake",
                breadth >= view->prefs->scan_ports ? rst_text(view->memory, ", as with %u other targets", breadth - 1)
                                                   : "");
    if (breadth >= view->prefs->scan_ports)
        rst_evidence_add(view, view->own->syn.pass_index,
                         "%u targets of this source within about %u s refused it or got no data", breadth,
                         view->prefs->scan_s);
    if (odd_syn(view))
        rst_evidence_add(view, view->own->syn.pass_index, "SYN with window %u and no option but MSS: made by a scanner",
                         view->own->syn_window);
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN-ACK shows that the port is open");
}

static bool has_period(const rst_habit_t *habit)
{
    return habit && habit->count > PERIODS_MIN && habit->period_min > 0 &&
           habit->period_max - habit->period_min <= habit->period_min / 5;
}

static unsigned match_health(const rst_view_t *view)
{
    if (!client_leaves(view))
        return 0;
    return has_period(view->reset->habit) ? 88 : 15;
}

static void explain_health(const rst_view_t *view)
{
    const rst_habit_t *habit = view->reset->habit;

    rst_summary(view, "Health check: %s opens and resets this service without data every %s (%u times in the capture)",
                rst_who_own(view), rst_span(view, (habit->period_min + habit->period_max) / 2), habit->count);
    rst_evidence_add(view, view->own->syn.pass_index, "Period between %s and %s", rst_span(view, habit->period_min),
                     rst_span(view, habit->period_max));
}

static unsigned match_connect_aborted(const rst_view_t *view)
{
    int64_t limit = (int64_t)view->prefs->late_synack_ms * RST_MILLISECOND;

    if (!view->peer->segments && rst_from_client(view) && (view->own->known & RST_DIRECTION_SYN) &&
        rst_is_empty(view) && rst_is_abort(view))
        return 48;
    if (syn_was_missed(view))
        return RST_WITHOUT_HISTORY;
    if (!rst_answers_syn_ack(view) || !client_leaves(view) || !(view->own->known & RST_DIRECTION_SYN))
        return 0;
    if (view->own->segments > 1 || rst_within(view, limit, waited(view)))
        return 85;
    /* What the SYN-ACK's options would say, a wrong time stamp perhaps, was not captured. */
    return view->file->options_cut || is_smb_port(view) ? RST_WITHOUT_HISTORY : 55;
}

static void explain_unwanted(const rst_view_t *view)
{
    bool late = view->verdict->confidence > 55;

    rst_summary(
        view,
        late ? "The client gave up too early: the SYN-ACK of %s came %s after %s and found the socket closed"
             : "The client no longer wanted the connection: it reset the SYN-ACK of %s, which came %s after %s, "
               "and sent no data",
        rst_where(view, view->trigger->moment.pass_index), rst_span(view, waited(view)),
        view->own->segments > 1 ? rst_text(view->memory, "the first of %u SYNs", view->own->segments) : "the SYN");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN-ACK that was answered");
}

static void explain_connect_aborted(const rst_view_t *view)
{
    if (!view->own->segments) {
        rst_summary(view,
                    "%s did not want the SYN-ACK of %s: it gave up, or never asked. The capture begins too late to "
                    "show a SYN",
                    rst_who_own(view), rst_where(view, view->trigger->moment.pass_index));
        rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK without a SYN in the capture");
        return;
    }
    if (view->trigger) {
        explain_unwanted(view);
    } else {
        rst_summary(view, "The client gave up its connection attempt. The capture does not show the answer it got");
        rst_explain_history(view);
    }
    rst_evidence_add(view, view->own->syn.pass_index, "The SYN");
}

/* RFC 9293, 3.8.3: a SYN or SYN-ACK that stays unanswered is repeated, then given up. */
static unsigned match_handshake_timeout(const rst_view_t *view)
{
    const rst_retransmission_t *run = &view->own->retransmission;

    if (view->own->bytes || rst_has_fin(view->own) || view->reset->own_last.at.pass_index)
        return 0;
    if (run->copies >= 3 && (run->flags & RST_FLAG_SYN))
        return rst_is_abort(view) ? ((run->flags & RST_FLAG_ACK) ? 90 : 85) : 0;
    return view->own->synacks >= 3 && rst_is_answer(view) && view->trigger && view->trigger->len ? 80 : 0;
}

static void explain_handshake_timeout(const rst_view_t *view)
{
    bool server = (view->own->known & RST_DIRECTION_SYNACK) != 0;
    unsigned copies = server ? view->own->synacks : view->own->retransmission.copies;

    view->verdict->retransmissions = (uint16_t)(copies - 1);
    rst_summary(view, "Handshake timed out: %s sent its %s %u times in %s without %s, then gave up", rst_who_own(view),
                server ? "SYN-ACK" : "SYN", copies, rst_span(view, rst_since(view, view->own->syn)),
                server ? "the final ACK arriving" : "any answer");
    rst_evidence_add(view, view->own->syn.pass_index, "The first %s", server ? "SYN-ACK" : "SYN");
    if (view->own->retransmission.copies)
        rst_evidence_add(view, view->own->retransmission.last.pass_index, "The last copy, %s before the reset",
                         rst_span(view, rst_since(view, view->own->retransmission.last)));
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "Data for the connection that the server had given up");
}

/* The service accepted another connection later, before any refusal: it was not stopped here. */
static bool serves_on(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;
    const rst_service_run_t *accepted = service ? rst_service_after(service, true, view->reset->at) : NULL;
    const rst_service_run_t *refused = service ? rst_service_after(service, false, view->reset->at) : NULL;

    return accepted && (!refused || accepted->first.pass_index <= view->reset->at.pass_index ||
                        accepted->first.pass_index < refused->first.pass_index);
}

/* Linux with tcp_abort_on_overflow, and others: the accept queue is full when the third segment comes. */
static unsigned match_overflow(const rst_view_t *view)
{
    if (!rst_is_answer(view) || !(view->own->known & RST_DIRECTION_SYNACK) || view->own->bytes ||
        view->reset->own_last.at.pass_index)
        return 0;
    if (view->own->pure_acks || rst_has_fin(view->own) || view->trigger->space ||
        view->trigger->ack != view->own->isn + 1)
        return 0;
    if (!rst_within(view, rst_elapsed(view->own->syn, view->reset->at), RST_SECOND) && view->own->synacks != 1)
        return 0;
    /* Without a sign that the service goes on it may as well have been stopped in that very moment. */
    return serves_on(view) ? 75 : 60;
}

static void explain_overflow(const rst_view_t *view)
{
    rst_summary(view, "%s reset the connection at the last step of the handshake (%s): its accept queue was full%s",
                rst_who_own(view), rst_where(view, view->trigger->moment.pass_index),
                serves_on(view) ? ", it serves others before and after"
                                : ", or the service was stopped in that moment");
    rst_evidence_add(view, view->trigger->moment.pass_index, "Correct final ACK, answered by a reset");
}

/* Refusals that begin after the reset and no acceptance in between: the listener went away. */
static bool listener_gone(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;
    const rst_service_run_t *refused = service ? rst_service_after(service, false, view->reset->at) : NULL;
    const rst_service_run_t *accepted = service ? rst_service_after(service, true, view->reset->at) : NULL;

    return refused && (!accepted || accepted->first.pass_index > refused->first.pass_index);
}

static unsigned match_listener(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;
    bool several = burst && burst->connections >= 2 && burst->port == view->reset->story->port[view->reset->from] &&
                   !rst_clock_stands(view);

    if (!rst_is_abort(view) || rst_from_client(view) || view->own->bytes || rst_has_fin(view->own) ||
        rst_has_fin(view->peer))
        return 0;
    if (!(view->own->known & RST_DIRECTION_SYNACK) || view->reset->own_last.at.pass_index || !rst_was_open(view))
        return 0;
    /* The kernel resets all children that were never accepted; a process that ends sends FIN where nothing is unread.
     */
    if (burst && burst->closes)
        return 30;
    if (listener_gone(view))
        return view->peer->bytes ? (several ? 84 : 60) : 86;
    return view->peer->bytes ? 0 : (several ? 55 : 30);
}

static void explain_listener(const rst_view_t *view)
{
    const rst_service_run_t *refused = rst_service_after(view->reset->service, false, view->reset->at);

    rst_summary(view,
                "The listening socket of %s was closed with connections waiting: this one was open but never served%s",
                rst_who_own(view), refused ? ", and new SYNs are refused afterwards" : "");
    rst_evidence_add(view, view->own->syn.pass_index,
                     "Accepted by the kernel here, no byte of the application followed");
    if (refused)
        rst_evidence_add(view, refused->first.pass_index, "The port refuses from here on");
    if (view->reset->burst && view->reset->burst->connections > 1)
        rst_evidence_add(view, view->reset->at.pass_index, "%u connections of this host reset in the same moment",
                         view->reset->burst->connections);
}

const rst_rule_t rst_rules_handshake[] = {
    {"smb_loser",
     RST_CAUSE_SMB_DUAL_CONNECT,
     match_smb,
     explain_smb,
     RST_IF_REFUSAL | RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_BENIGN,
     {{RST_CAUSE_APP_ABORT, 2}}},
    {"raw_socket",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_raw_socket,
     explain_raw_socket,
     RST_IF_ANSWER | RST_IF_ABORT,
     0,
     {{RST_CAUSE_INJECTED, 4}}},
    {"handshake_unanswered",
     RST_CAUSE_HANDSHAKE_TIMEOUT,
     match_handshake_timeout,
     explain_handshake_timeout,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"synack_without_syn",
     RST_CAUSE_UNSOLICITED_SYNACK,
     match_unsolicited,
     explain_unsolicited,
     RST_IF_ANSWER,
     0,
     {{RST_CAUSE_CONNECT_ABORTED, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}, {RST_CAUSE_HALF_OPEN_SCAN, 5}}},
    {"periodic_probe",
     RST_CAUSE_HEALTH_CHECK,
     match_health,
     explain_health,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_BENIGN,
     {{RST_CAUSE_HALF_OPEN_SCAN, 8}}},
    {"scan_breadth",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_scan,
     explain_scan,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_UNKNOWN_TO_KERNEL, 4}, {RST_CAUSE_CONNECT_ABORTED, 3}}},
    {"race_loser",
     RST_CAUSE_CONNECTION_RACE,
     match_race,
     explain_race,
     RST_IF_ANY,
     RST_RULE_BENIGN,
     {{RST_CAUSE_CONNECT_ABORTED, 20}}},
    {"connect_given_up",
     RST_CAUSE_CONNECT_ABORTED,
     match_connect_aborted,
     explain_connect_aborted,
     RST_IF_ANSWER | RST_IF_ABORT,
     0,
     {{RST_CAUSE_CONNECTION_RACE, 10}, {RST_CAUSE_HALF_OPEN_SCAN, 10}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 8}}},
    {"listener_gone",
     RST_CAUSE_LISTENER_CLOSED,
     match_listener,
     explain_listener,
     RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_ABORT, 10}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"accept_queue_full",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_overflow,
     explain_overflow,
     RST_IF_ANSWER,
     RST_RULE_FIRST,
     {{RST_CAUSE_LISTENER_CLOSED, 15},
      {RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_NO_CONNECTION, 8},
      {RST_CAUSE_POLICY_RESET, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
