/* refused.c
 * Rules for a SYN that was answered by a reset (RFC 9293, section 3.5.2, group 1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/refused.h"

#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/refusal.h"

#define STALLED_MIN 2

/* Linux refuses nobody for lack of room, but drops the SYN; other systems may well refuse. */
static unsigned match_backlog(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || rst_accepts_repeat(view) || !view->service.service || rst_refused_like_linux(view))
        return 0;
    if (!rst_is_interleaved(view) || rst_refused_late(view) || rst_refused_at_random(view))
        return 0;
    if (rst_service_is_hearsay(view->service.service, view->host[1 - view->reset->from].host))
        return RST_HEARSAY;
    return rst_is_close(view) ? 75 : 62;
}

/* The process takes nothing from its connections, so it will not accept new ones either. */
static unsigned match_stalled(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || view->reset->stalled < STALLED_MIN || rst_refused_like_linux(view))
        return 0;
    return rst_refused_late(view) || rst_refused_at_random(view) || rst_accepts_repeat(view) ? 0 : 62;
}

static void explain_stalled(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s refused the SYN in %s while its latest connections with this client, %u of them, all waited in vain: "
        "the service is probably stuck and its backlog full",
        rst_service_text(view), rst_where(view, view->trigger->moment.pass_index), view->reset->stalled);
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was refused");
}

static unsigned match_some(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || rst_accepts_repeat(view) || !view->service.service || !rst_refused_like_linux(view))
        return 0;
    return rst_takes_turns(view) ? RST_WITHOUT_HISTORY : 0;
}

static unsigned match_exhausted_perhaps(const rst_view_t *view)
{
    if (rst_refuses_syn(view) && rst_accepts_repeat(view))
        return 40;
    if (!rst_refuses_syn(view) || !view->service.service)
        return 0;
    if (rst_is_interleaved(view))
        return rst_refused_like_linux(view) && !rst_takes_turns(view) ? 35 : 0;
    return rst_serves_another(view) ? 30 : 0;
}

static void write_exhausted(const rst_view_t *view, const char *why)
{
    const rst_service_run_t *before = rst_service_before(view->service.service, true, view->reset->at);
    const rst_service_run_t *after = rst_service_after(view->service.service, true, view->reset->at);

    rst_summary(view, "%s refused the SYN in %s, but accepts others before and after: %s", rst_service_text(view),
                rst_where(view, view->trigger->moment.pass_index), why);
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was refused");
    if (before)
        rst_evidence_add(view, before->last.pass_index, "The same service accepted a connection before");
    if (after)
        rst_evidence_add(view, after->first.pass_index, "The same service accepts again");
}

static void explain_backlog(const rst_view_t *view)
{
    write_exhausted(view, "its backlog or another resource was probably exhausted");
}

static void explain_some(const rst_view_t *view)
{
    write_exhausted(
        view, "perhaps a host behind this address does not serve it, a limit or a packet filter rejects some, or a "
              "resource was exhausted");
}

/* RFC 9293, section 3.10.7.1: without a connection, the answer to a SYN has SEQ 0 and acknowledges all of it. */
static bool has_usual_shape(const rst_view_t *view)
{
    const rst_recent_segment_t *refused = view->trigger;

    return (view->reset->flags & RST_FLAG_ACK) && view->reset->seq == 0 &&
           (!refused || view->reset->ack == refused->seq + refused->space);
}

static unsigned closed_port(const rst_view_t *view, unsigned confidence)
{
    if (!rst_is_refusal(view) || view->reset->peer_last.at.pass_index || rst_refused_at_random(view) ||
        (rst_refuses_syn(view) && rst_refused_late(view)))
        return 0;
    return has_usual_shape(view) ? confidence : 50;
}

/* It comes from nearer or sooner than this port, or the others of its address, are known to answer. */
static bool is_from_elsewhere(const rst_view_t *view)
{
    return rst_refuses_syn(view) && (rst_refused_nearer(view) || rst_refused_too_fast(view)) &&
           (!rst_port_is_known(view) || !rst_is_no(rst_served_before(view)));
}

static bool has_other_reason(const rst_view_t *view)
{
    return rst_accepts_repeat(view) || rst_serves_another(view) || rst_refuses_some(view);
}

static unsigned match_accepts_repeat(const rst_view_t *view)
{
    return rst_accepts_repeat(view) && rst_refuses_syn(view) ? closed_port(view, RST_WITHOUT_HISTORY) : 0;
}

static unsigned match_restarted(const rst_view_t *view)
{
    if (!rst_refuses_some(view) || rst_accepts_repeat(view))
        return 0;
    if (is_from_elsewhere(view))
        return closed_port(view, 50);
    return closed_port(view, rst_takes_turns(view) ? 35 : 55);
}

static unsigned match_serving(const rst_view_t *view)
{
    if (!rst_serves_another(view) || !rst_refuses_syn(view) || rst_accepts_repeat(view) || rst_refuses_some(view))
        return 0;
    return closed_port(view, is_from_elsewhere(view) ? 50 : 55);
}

static unsigned match_closed_elsewhere(const rst_view_t *view)
{
    return is_from_elsewhere(view) && has_usual_shape(view) && !has_other_reason(view) ? closed_port(view, 50) : 0;
}

static unsigned match_moved(const rst_view_t *view)
{
    unsigned confidence = match_closed_elsewhere(view);

    return confidence && rst_is_yes(rst_served_before(view)) ? confidence : 0;
}

static unsigned match_unlike_others(const rst_view_t *view)
{
    unsigned confidence = match_closed_elsewhere(view);

    return confidence && !rst_is_yes(rst_served_before(view)) ? confidence : 0;
}

static unsigned match_closed(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || !has_usual_shape(view) || has_other_reason(view) || is_from_elsewhere(view))
        return 0;
    return closed_port(view, 86);
}

static unsigned match_odd(const rst_view_t *view)
{
    return rst_refuses_syn(view) && !has_usual_shape(view) && !has_other_reason(view) && !rst_refused_with_seq(view)
               ? closed_port(view, 50)
               : 0;
}

/* Who keeps the state of a half-open connection, a firewall or a balancer, tells the client when its timer ends. A host
 * that was too busy to answer drops the SYN; it does not remember it. */
static unsigned match_late(const rst_view_t *view)
{
    return rst_refuses_syn(view) && rst_refused_late(view) && !view->reset->peer_last.at.pass_index ? 60 : 0;
}

static void explain_late(const rst_view_t *view)
{
    const rst_direction_t *client = view->peer;
    unsigned syns = MAX(client->retransmission.copies, 1u);

    rst_summary(view,
                "Handshake timed out: %s did not answer the SYN, and %s came only %s after %s in %s. A closed port "
                "refuses at once: probably something that kept the half-open connection gave it up",
                rst_service_text(view), rst_shape(view), rst_span(view, rst_delay(view)),
                syns > 1 ? "its last copy" : "it", rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, client->syn.pass_index, "The SYN, %s before the reset",
                     rst_span(view, rst_since(view, client->syn)));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The latest copy of the SYN, sent %u times", syns);
}

static unsigned match_probe(const rst_view_t *view)
{
    return rst_refuses_syn(view) ? 0 : closed_port(view, 78);
}

static void explain_service(const rst_view_t *view)
{
    const rst_service_t *service = view->service.service;
    const rst_service_run_t *before = service ? rst_service_before(service, true, view->reset->at) : NULL;
    const rst_service_run_t *after = service ? rst_service_after(service, true, view->reset->at) : NULL;

    if (before)
        rst_evidence_add(view, before->last.pass_index, "The port accepted a connection here");
    if (after)
        rst_evidence_add(view, after->first.pass_index, "The port accepts a connection here");
}

static void explain_scan(const rst_view_t *view)
{
    const rst_host_t *client = view->host[1 - view->reset->from].host;
    unsigned breadth = client ? rst_host_breadth(view->prefs, client, false, view->reset->at) : 0;

    if (client && breadth >= view->prefs->scan_ports)
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "This client was refused by %u targets within about %u s: a scan", breadth,
                         view->prefs->scan_s);
}

static void explain_refused(const rst_view_t *view, const char *what)
{
    rst_evidence_add(view, view->trigger->moment.pass_index, "The %s that was refused", what);
    if (view->reset->seq && (view->reset->flags & RST_FLAG_ACK))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "The refusal has a nonzero SEQ, which a host's stack would leave at 0");
    if (view->trigger->repeated)
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "The same connection attempt was refused %u times before", view->reset->own_ordinal - 1);
    explain_service(view);
    explain_scan(view);
}

static void explain_accepts_repeat(const rst_view_t *view)
{
    rst_summary(
        view,
        "%s refused the SYN in %s but accepted it when it was repeated: perhaps overloaded, just starting, or a "
        "device that tests the client",
        rst_service_text(view), rst_where(view, view->trigger->moment.pass_index));
    explain_refused(view, "SYN");
}

static void explain_restarted(const rst_view_t *view)
{
    rst_summary(view,
                "%s refused the SYN in %s, but accepts others before and after: perhaps it was restarted in that "
                "moment, or one of several hosts behind the address does not serve it",
                rst_service_text(view), rst_where(view, view->trigger->moment.pass_index));
    explain_refused(view, "SYN");
}

static void explain_serving(const rst_view_t *view)
{
    rst_summary(view,
                "%s refused the SYN in %s while a connection that it had accepted before went on: perhaps it takes "
                "no more at a time, its listener was closed, or a packet filter rejects new ones",
                rst_service_text(view), rst_where(view, view->trigger->moment.pass_index));
    explain_refused(view, "SYN");
}

static void write_elsewhere(const rst_view_t *view, const char *where)
{
    rst_summary(view,
                "Refused: %s answered the SYN in %s with %s, but not from where %s. Either no service is listening and "
                "several hosts stand behind the address, or a firewall or load balancer rejected it",
                rst_service_text(view), rst_where(view, view->trigger->moment.pass_index), rst_shape(view), where);
    if (rst_refused_nearer(view))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "TTL %u: nearer than the packets of this address's connections", view->reset->ttl);
    if (rst_refused_too_fast(view))
        rst_evidence_add(view, view->reset->at.pass_index, "Answered in %s, sooner than its connections were",
                         rst_span(view, rst_delay(view)));
    explain_refused(view, "SYN");
}

static void explain_moved(const rst_view_t *view)
{
    write_elsewhere(view, "it had accepted a connection");
}

static void explain_unlike_others(const rst_view_t *view)
{
    write_elsewhere(view, "other ports of this address answer");
}

static void write_closed(const rst_view_t *view, const char *what)
{
    const rst_hop_range_t *range = &view->distance.range;
    bool known = range->count && range->min == range->max && range->max == rst_hops(view->reset->ttl) &&
                 (view->reset->known & RST_HAS_IP);

    /* Some devices refuse without acknowledging what they refuse. */
    bool exact = (view->reset->flags & RST_FLAG_ACK) && view->reset->ack == view->trigger->seq + view->trigger->space;
    const char *number = exact && view->texts ? rst_text(view->memory, " (ack = %s+1)", what) : "";

    rst_summary(view, "%sno service is listening on %s: the %s in %s was refused %s later by %s%s%s",
                rst_probably(view), rst_service_text(view), what, rst_where(view, view->trigger->moment.pass_index),
                rst_span(view, rst_delay(view)), rst_shape(view), number,
                known ? " from the same hop distance as the host's other packets" : "");
    explain_refused(view, what);
}

static void explain_odd(const rst_view_t *view)
{
    rst_summary(view,
                "Refused: %s answered the SYN in %s %s later with %s, but not as a host's stack does. Either no "
                "service is listening, or a device in front of it rejected the SYN",
                rst_service_text(view), rst_where(view, view->trigger->moment.pass_index),
                rst_span(view, rst_delay(view)), rst_shape(view));
    if (!(view->reset->flags & RST_FLAG_ACK))
        rst_evidence_add(view, view->reset->at.pass_index, "Without ACK, so that a client must ignore it");
    explain_refused(view, "SYN");
}

static void explain_closed(const rst_view_t *view)
{
    write_closed(view, "SYN");
}

static void explain_probe(const rst_view_t *view)
{
    write_closed(view, "probe");
}

/* A refusal is still recognizable by its shape if its SYN is not in the capture. */
static unsigned match_closed_unseen(const rst_view_t *view)
{
    return rst_is_unseen_refusal(view) ? 48 : 0;
}

static void explain_closed_unseen(const rst_view_t *view)
{
    rst_summary(view,
                "%s a refused SYN: RST,ACK with SEQ 0 from %s is how a host answers for a closed port, but the SYN is "
                "not in the capture",
                rst_hedge(view, "Probably", "Perhaps"), rst_service_text(view));
    rst_evidence_add(view, view->reset->at.pass_index, "RST,ACK with SEQ 0 and window 0");
    rst_explain_history(view);
}

const rst_rule_t rst_rules_refused[] = {
    {"refused_late",
     RST_CAUSE_HANDSHAKE_TIMEOUT,
     match_late,
     explain_late,
     RST_IF_REFUSAL,
     RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_FIREWALL_REJECT, 20}, {RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_backlog",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_backlog,
     explain_backlog,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CLOSED_PORT, 20}, {RST_CAUSE_FIREWALL_REJECT, 8}}},
    {"refused_stalled",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_stalled,
     explain_stalled,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CLOSED_PORT, 20}, {RST_CAUSE_FIREWALL_REJECT, 8}}},
    {"refused_some",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_some,
     explain_some,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_CLOSED_PORT, 20}, {RST_CAUSE_FIREWALL_REJECT, 8}}},
    {"refused_some_perhaps",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_exhausted_perhaps,
     NULL,
     RST_IF_REFUSAL,
     RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{0, 0}}},
    {"refused_once",
     RST_CAUSE_CLOSED_PORT,
     match_accepts_repeat,
     explain_accepts_repeat,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_restarted",
     RST_CAUSE_CLOSED_PORT,
     match_restarted,
     explain_restarted,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_while_serving",
     RST_CAUSE_CLOSED_PORT,
     match_serving,
     explain_serving,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_not_from_there",
     RST_CAUSE_CLOSED_PORT,
     match_moved,
     explain_moved,
     RST_IF_REFUSAL,
     RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_unlike_others",
     RST_CAUSE_CLOSED_PORT,
     match_unlike_others,
     explain_unlike_others,
     RST_IF_REFUSAL,
     RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_odd",
     RST_CAUSE_CLOSED_PORT,
     match_odd,
     explain_odd,
     RST_IF_REFUSAL,
     RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 25}, {RST_CAUSE_NO_BACKEND, 3}}},
    {"refused_closed",
     RST_CAUSE_CLOSED_PORT,
     match_closed,
     explain_closed,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_probe",
     RST_CAUSE_CLOSED_PORT,
     match_probe,
     explain_probe,
     RST_IF_REFUSAL,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_syn_unseen",
     RST_CAUSE_CLOSED_PORT,
     match_closed_unseen,
     explain_closed_unseen,
     RST_IF_UNKNOWN,
     RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_FIREWALL_REJECT, 15}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
