/* refused.c
 * Rules for a SYN that was answered by a reset (RFC 9293, section 3.5.2, group 1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/refused.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define NEARBY RST_SECOND             /* a gap between acceptances this short means a full backlog */
#define INTERLEAVED (10 * RST_SECOND) /* span in which two acceptances and two refusals alternate */
#define ROUND_TRIP_SAMPLES 3
#define PORTS_AGREE 3 /* so many open ports at one distance are rarely all forwarded */
#define ROUND_TRIP_MARGIN (5 * RST_MILLISECOND)

static const char *server_text(const rst_view_t *view)
{
    unsigned server = view->reset->from;

    if (!view->texts)
        return "";
    return rst_endpoint_text(view->memory, &view->reset->story->address[server], view->reset->story->port[server]);
}

static bool is_syn(const rst_view_t *view)
{
    return rst_is_refusal(view) && (view->trigger->flags & RST_FLAG_SYN);
}

/* Zero id, zero window, don't-fragment, initial TTL 64: how Linux answers without a socket. It never refuses a SYN for
 * a full backlog, it drops it. */
static bool looks_like_linux(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (reset->known & RST_HAS_IP_ID) && reset->ip_id == 0 && reset->df && reset->window == 0 && reset->ttl <= 64;
}

/* The SYN-ACKs, or other refusals together with one SYN-ACK, agree on the distance of this host, and the reset differs.
 */
static bool refusal_distance(const rst_view_t *view, int *delta)
{
    const rst_host_period_t *host = &view->own_host;
    uint8_t hops = rst_hops(view->reset->ttl);

    if (!(view->reset->known & RST_HAS_IP) || hops == RST_HOPS_ABSURD || !host->socket.count)
        return false;
    if (host->socket.min != host->socket.max || host->socket.max == RST_HOPS_ABSURD || hops == host->socket.max)
        return false;
    *delta = hops - host->socket.max;
    return host->socket.count >= 2 || (host->stateless.count && (host->stateless.min == host->socket.max ||
                                                                 host->stateless.max == host->socket.max));
}

static bool too_fast(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    int64_t delay = rst_delay(view);

    if (host->round_trips < ROUND_TRIP_SAMPLES || delay == RST_TIME_NONE)
        return false;
    if (host->round_trip < (int64_t)view->prefs->min_rtt_us * 1000 || host->round_trip - delay < ROUND_TRIP_MARGIN)
        return false;
    return rst_within(view, delay, host->round_trip / 100 * view->prefs->fast_percent);
}

/* Ports of one address may be served by hosts at different distances: port forwarding, load balancers, containers. Only
 * what this very port once answered, or many ports together, tell where to expect it. */
static bool same_port_known(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    const rst_service_t *service = view->reset->service;

    if (service && rst_service_accepted_near(service, view->reset->at))
        return true;
    return host->open_ports >= PORTS_AGREE;
}

/* It does not come from where another port of the address answers: a device, or port forwarding. */
static bool may_be_elsewhere(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    uint8_t hops = rst_hops(view->reset->ttl);

    return host->socket.count && (view->reset->known & RST_HAS_IP) && hops != RST_HOPS_ABSURD &&
           host->socket.min == host->socket.max && host->socket.max != RST_HOPS_ABSURD && hops < host->socket.max;
}

/* The port was open before: its own packets, from farther off, were accepted connections. */
static bool served_before(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;

    return service && rst_service_before(service, true, view->reset->at);
}

/* The only connection that tells where to expect this port came from farther off, and took its time. */
static bool unlike_the_one_before(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    int64_t delay = rst_delay(view);

    return may_be_elsewhere(view) && host->socket.max - rst_hops(view->reset->ttl) >= (int)view->prefs->hop_delta &&
           host->round_trips && delay != RST_TIME_NONE && host->round_trip - delay >= ROUND_TRIP_MARGIN &&
           rst_within(view, delay, host->round_trip / 100 * view->prefs->fast_percent);
}

static unsigned match_firewall(const rst_view_t *view)
{
    int delta = 0;
    bool distance, fast;

    if (!is_syn(view))
        return 0;
    distance = refusal_distance(view, &delta);
    fast = too_fast(view);
    if (view->reset->after.synack.pass_index)
        return distance || fast ? 90 : 75;
    if (!same_port_known(view))
        return may_be_elsewhere(view) || fast ? 40 : 0;
    /* A load balancer whose hosts are all down answers for them as a firewall would. */
    if (served_before(view) && (distance || fast || unlike_the_one_before(view)))
        return 52;
    if (served_before(view) && may_be_elsewhere(view))
        return 40;
    if (distance && fast)
        return 90;
    if (distance)
        return delta >= 2 || delta <= -2 ? 80 : 65;
    return fast ? 75 : 0;
}

static void explain_firewall(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    int delta = 0;

    rst_summary(view, "A firewall%s rejected the SYN of %s to %s: the %s did not come from that host (%s)",
                view->verdict->confidence <= 52 ? ", or a load balancer without a host to serve it," : "",
                rst_where(view, view->trigger->moment.pass_index), server_text(view), rst_shape(view),
                refusal_distance(view, &delta)         ? "other hop distance than its packets"
                : view->reset->after.synack.pass_index ? "the host's own SYN-ACK follows"
                                                       : "sooner than its packets can arrive");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was rejected, %s before the reset",
                     rst_span(view, rst_delay(view)));
    if (refusal_distance(view, &delta))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "TTL %u: %d hop%s %s than the packets of the host's connections", view->reset->ttl,
                         delta < 0 ? -delta : delta, delta == 1 || delta == -1 ? "" : "s",
                         delta < 0 ? "nearer" : "farther");
    if (view->reset->after.synack.pass_index)
        rst_evidence_add(view, view->reset->after.synack.pass_index, "SYN-ACK to the same SYN after the reset");
    if (too_fast(view))
        rst_evidence_add(view, view->reset->at.pass_index, "Answered in %s although this host takes at least %s",
                         rst_span(view, rst_delay(view)), rst_span(view, host->round_trip));
}

/* The plain SYN that was accepted nearest to the refusal; pass_index 0 = none. */
static rst_moment_t plain_accept(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    int64_t before = reset->plain_before.pass_index ? rst_elapsed(reset->plain_before, reset->at) : RST_TIME_NONE;
    int64_t after = reset->plain_after.pass_index ? rst_elapsed(reset->at, reset->plain_after) : RST_TIME_NONE;

    if (!reset->plain_after.pass_index || (before != RST_TIME_NONE && (after == RST_TIME_NONE || before <= after)))
        return reset->plain_before;
    return reset->plain_after;
}

static unsigned match_options(const rst_view_t *view)
{
    int64_t limit = (int64_t)view->prefs->opt_retry_s * RST_SECOND;
    rst_moment_t accept = plain_accept(view);
    int64_t distance = rst_elapsed(view->reset->at, accept);

    if (!is_syn(view) || !view->peer->syn_options || !accept.pass_index)
        return 0;
    if (distance == RST_TIME_NONE)
        distance = rst_elapsed(accept, view->reset->at);
    if (rst_clock_stands(view))
        return RST_WITHOUT_HISTORY;
    return rst_within(view, distance, limit) ? 85 : 0;
}

static void explain_options(const rst_view_t *view)
{
    rst_summary(
        view,
        "Something on the way to %s refuses the options of the SYN in %s (ECN, Fast Open, MPTCP or a signature): "
        "a plain SYN was accepted",
        server_text(view), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN with special options or flags");
    rst_evidence_add(view, plain_accept(view).pass_index, "A plain SYN to the same service was accepted");
}

static bool overlaps(const rst_view_t *view, const rst_service_run_t *run)
{
    int64_t since = rst_elapsed(run->last, view->reset->at);
    int64_t until = rst_elapsed(view->reset->at, run->first);

    return (since == RST_TIME_NONE || since <= INTERLEAVED / 2) && (until == RST_TIME_NONE || until <= INTERLEAVED / 2);
}

/* Acceptances and refusals take turns: more than the one gap of a restart. */
static bool takes_turns(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;
    unsigned accepts = 0, refusals = 0;

    for (unsigned i = 0; i < service->runs; i++) {
        if (!overlaps(view, &service->run[i]))
            continue;
        if (service->run[i].accepts)
            accepts++;
        else
            refusals++;
    }
    return accepts >= 2 && refusals >= 2;
}

static bool is_interleaved(const rst_view_t *view)
{
    const rst_service_run_t *before = rst_service_before(view->reset->service, true, view->reset->at);
    const rst_service_run_t *after = rst_service_after(view->reset->service, true, view->reset->at);

    /* The whole gap counts, so that all refusals in it get one answer. */
    if (before && after && rst_within(view, rst_elapsed(before->last, after->first), NEARBY))
        return true;
    return takes_turns(view);
}

/* An older connection of the port went on meanwhile. */
static bool serves_meanwhile(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;

    for (unsigned i = 0; service && i < service->runs; i++) {
        const rst_service_run_t *run = &service->run[i];

        if (!run->accepts && run->first.pass_index <= view->reset->at.pass_index &&
            run->last.pass_index >= view->reset->at.pass_index)
            return run->served;
    }
    return false;
}

/* Linux refuses nobody for want of room: another host of the address did, a limit, or it was being restarted. */
static bool refuses_some(const rst_view_t *view)
{
    return is_syn(view) && view->reset->service && looks_like_linux(view) && is_interleaved(view);
}

static unsigned match_no_backend(const rst_view_t *view)
{
    int delta = 0;

    if (!is_syn(view) || !served_before(view) || view->reset->after.synack.pass_index)
        return 0;
    if (refuses_some(view) && takes_turns(view))
        return 30;
    return refusal_distance(view, &delta) || too_fast(view) ? 40 : 0;
}

/* The very same SYN, repeated, is accepted: somebody listens. */
static bool accepted_next(const rst_view_t *view)
{
    return view->reset->after.same_syn_accepted;
}

static unsigned match_exhausted(const rst_view_t *view)
{
    if (is_syn(view) && accepted_next(view))
        return 40;
    if (!is_syn(view) || !view->reset->service)
        return 0;
    if (is_interleaved(view))
        return !looks_like_linux(view) ? 75 : (takes_turns(view) ? RST_WITHOUT_HISTORY : 35);
    return serves_meanwhile(view) ? 30 : 0;
}

static void explain_exhausted(const rst_view_t *view)
{
    const rst_service_run_t *before = rst_service_before(view->reset->service, true, view->reset->at);
    const rst_service_run_t *after = rst_service_after(view->reset->service, true, view->reset->at);

    rst_summary(view, "%s refused the SYN of %s although it accepts others just before and after: %s",
                server_text(view), rst_where(view, view->trigger->moment.pass_index),
                looks_like_linux(view)
                    ? "a host behind this address does not serve it, a limit or a packet filter rejects some, or a "
                      "resource was exhausted"
                    : "its backlog or another resource was probably exhausted");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was refused");
    if (before)
        rst_evidence_add(view, before->last.pass_index, "The same service accepted a connection before");
    if (after)
        rst_evidence_add(view, after->first.pass_index, "The same service accepts again");
}

/* RFC 9293, 3.10.7.1: without a connection the answer's SEQ is 0. */
static unsigned match_closed(const rst_view_t *view)
{
    if (!rst_is_refusal(view) || view->reset->peer_last.at.pass_index)
        return 0;
    if (!(view->reset->flags & RST_FLAG_ACK) || view->reset->seq != 0)
        return 55;
    if (is_syn(view) && accepted_next(view))
        return RST_WITHOUT_HISTORY;
    if (is_syn(view) && (!same_port_known(view) || served_before(view)) && (may_be_elsewhere(view) || too_fast(view)))
        return 50;
    if (refuses_some(view))
        return takes_turns(view) ? 35 : 55;
    if (is_syn(view) && serves_meanwhile(view))
        return 55;
    return is_syn(view) ? 86 : 78;
}

static void explain_service(const rst_view_t *view)
{
    const rst_service_t *service = view->reset->service;
    const rst_service_run_t *before = service ? rst_service_before(service, true, view->reset->at) : NULL;
    const rst_service_run_t *after = service ? rst_service_after(service, true, view->reset->at) : NULL;

    if (before)
        rst_evidence_add(view, before->last.pass_index,
                         "The port accepted connections until here: the service stopped");
    if (after)
        rst_evidence_add(view, after->first.pass_index, "The port accepts again from here: the service (re)started");
}

static void explain_closed(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    const rst_host_t *client = view->reset->host[1 - view->reset->from];
    const char *what = (view->trigger->flags & RST_FLAG_SYN) ? "SYN" : "probe";
    bool known = host->socket.count && host->socket.min == host->socket.max &&
                 host->socket.max == rst_hops(view->reset->ttl) && (view->reset->known & RST_HAS_IP);
    unsigned breadth = client ? rst_host_breadth(view->prefs, client, false, view->reset->at) : 0;

    if (is_syn(view) && accepted_next(view)) {
        rst_summary(view,
                    "%s refused the SYN of %s but accepted it when it was repeated: overloaded, just starting, or a "
                    "device that tests the client",
                    server_text(view), rst_where(view, view->trigger->moment.pass_index));
    } else if (refuses_some(view)) {
        rst_summary(view,
                    "%s refused the SYN of %s although it accepts others just before and after: it was restarted in "
                    "that moment, or one of several hosts behind the address does not serve it",
                    server_text(view), rst_where(view, view->trigger->moment.pass_index));
    } else if (is_syn(view) && serves_meanwhile(view)) {
        rst_summary(view,
                    "%s refused the SYN of %s while a connection that it had accepted before went on: it takes no more "
                    "at a time, its listener was closed, or a packet filter rejects new ones",
                    server_text(view), rst_where(view, view->trigger->moment.pass_index));
    } else if (view->verdict->confidence <= 50 && is_syn(view)) {
        view->verdict->sender = RST_SENDER_UNKNOWN;
        rst_summary(view,
                    "Refused: %s answered the SYN of %s by %s, but not from where %s. Either nobody listens and "
                    "several hosts stand behind the address, or a firewall or load balancer rejected it",
                    server_text(view), rst_where(view, view->trigger->moment.pass_index), rst_shape(view),
                    served_before(view) ? "it had accepted a connection" : "other ports of this address answer");
        if (may_be_elsewhere(view))
            rst_evidence_add(view, view->reset->at.pass_index,
                             "TTL %u: nearer than the packets of this address's connections", view->reset->ttl);
        if (too_fast(view))
            rst_evidence_add(view, view->reset->at.pass_index, "Answered in %s, sooner than its connections were",
                             rst_span(view, rst_delay(view)));
    } else {
        rst_summary(view, "Nobody listens on %s: the %s of %s was refused %s later by %s (ack = %s+1)%s",
                    server_text(view), what, rst_where(view, view->trigger->moment.pass_index),
                    rst_span(view, rst_delay(view)), rst_shape(view), what,
                    known ? " from the same hop distance as the host's other packets" : "");
    }
    rst_evidence_add(view, view->trigger->moment.pass_index, "The %s that was refused", what);
    if (view->reset->seq)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "The refusal has a non-zero SEQ, which a host's stack leaves at 0");
    if (view->trigger->repeated)
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "The same connection attempt was refused %u times before", view->reset->own_ordinal - 1);
    explain_service(view);
    if (client && breadth >= view->prefs->scan_ports)
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "This client was refused by %u targets within about %u s: a scan", breadth,
                         view->prefs->scan_s);
}

/* A refusal whose SYN is not in the capture is still recognisable by its shape. */
static unsigned match_closed_unseen(const rst_view_t *view)
{
    return rst_is_unseen_refusal(view) ? 48 : 0;
}

static void explain_closed_unseen(const rst_view_t *view)
{
    rst_summary(
        view,
        "Probably a refused SYN: RST,ACK with SEQ 0 from %s is how a host answers for a closed port, but the SYN "
        "is not in the capture",
        server_text(view));
    rst_evidence_add(view, view->reset->at.pass_index, "RST,ACK with SEQ 0 and window 0");
    rst_explain_history(view);
}

const rst_rule_t rst_rules_refused[] = {
    {"refused_options",
     RST_CAUSE_SYN_OPTIONS_REFUSED,
     match_options,
     explain_options,
     RST_IF_REFUSAL,
     0,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_firewall",
     RST_CAUSE_FIREWALL_REJECT,
     match_firewall,
     explain_firewall,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_no_backend", RST_CAUSE_NO_BACKEND, match_no_backend, explain_firewall, RST_IF_REFUSAL, 0, {{0, 0}}},
    {"refused_some",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_exhausted,
     explain_exhausted,
     RST_IF_REFUSAL,
     0,
     {{RST_CAUSE_CLOSED_PORT, 20}, {RST_CAUSE_FIREWALL_REJECT, 8}}},
    {"refused_closed",
     RST_CAUSE_CLOSED_PORT,
     match_closed,
     explain_closed,
     RST_IF_REFUSAL,
     0,
     {{RST_CAUSE_FIREWALL_REJECT, 12}, {RST_CAUSE_NO_BACKEND, 3}, {RST_CAUSE_RESOURCE_EXHAUSTION, 3}}},
    {"refused_syn_unseen",
     RST_CAUSE_CLOSED_PORT,
     match_closed_unseen,
     explain_closed_unseen,
     RST_IF_UNKNOWN,
     0,
     {{RST_CAUSE_FIREWALL_REJECT, 15}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
