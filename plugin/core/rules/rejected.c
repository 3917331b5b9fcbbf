/* rejected.c
 * Rules for a SYN that never reached the service: it was refused for its options, or by a firewall or load balancer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rejected.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/refusal.h"

#define WITH_SEQ 48 /* once: an abort looks the same if the capture lost the handshake before it */
#define OR_BALANCER ", or a load balancer with no host to serve it,"
#define OTHER_DISTANCE "its TTL does not match that host's packets"
#define TOO_SOON "it came sooner than that host can answer"

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

/* Time between the reset and a moment before or after it; RST_TIME_NONE = unknown, or no such moment. */
static int64_t time_to(const rst_view_t *view, rst_moment_t moment)
{
    if (!moment.pass_index)
        return RST_TIME_NONE;
    return moment.pass_index < view->reset->at.pass_index ? rst_elapsed(moment, view->reset->at)
                                                          : rst_elapsed(view->reset->at, moment);
}

/* Plain SYNs were refused as well at that time, or one with such options was accepted: it was not the options. */
static bool is_not_for_options(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    rst_moment_t accept = plain_accept(view);
    int64_t limit = (int64_t)view->prefs->opt_retry_s * RST_SECOND;

    if (reset->options_after.pass_index ||
        (reset->options_before.pass_index &&
         rst_moment_is_near(reset->options_before, reset->options_before, reset->at)))
        return true;
    if (reset->plain_refused[0].pass_index > accept.pass_index && accept.pass_index < reset->at.pass_index)
        return true;
    return rst_within(view, time_to(view, reset->plain_refused[0]), limit) ||
           rst_within(view, time_to(view, reset->plain_refused[1]), limit);
}

/* Only after the refusal is it a retry without the options; before it, the service may have stopped since. */
static unsigned match_options(const rst_view_t *view)
{
    int64_t limit = (int64_t)view->prefs->opt_retry_s * RST_SECOND;
    rst_moment_t accept = plain_accept(view);

    if (!rst_refuses_syn(view) || !view->peer->syn_options || !accept.pass_index || is_not_for_options(view))
        return 0;
    if (rst_clock_stands(view))
        return RST_WITHOUT_HISTORY;
    if (!rst_within(view, time_to(view, accept), limit))
        return 0;
    return rst_within(view, time_to(view, view->reset->plain_after), limit) ? 85 : 60;
}

static void explain_options(const rst_view_t *view)
{
    rst_summary(view,
                "Something at or in front of %s %srefuses the options of the SYN in %s (ECN, Fast Open, MPTCP or a "
                "signature): a plain SYN was accepted",
                rst_service_text(view), rst_probably(view), rst_where(view, view->trigger->moment.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN with special options or flags");
    rst_evidence_add(view, plain_accept(view).pass_index, "A plain SYN to the same service was accepted");
}

/* The only connection that tells where to expect this port came from farther away and was slower. */
static bool unlike_the_one_before(const rst_view_t *view)
{
    const rst_distance_view_t *host = &view->distance;
    int64_t delay = rst_delay(view);

    return rst_refused_nearer(view) && host->range.max - rst_hops(view->reset->ttl) >= (int)view->prefs->hop_delta &&
           host->round_trips && delay != RST_TIME_NONE &&
           rst_time_sub(host->round_trip, delay) >= RST_ROUND_TRIP_MARGIN &&
           rst_within(view, delay, rst_time_percent(view->prefs->fast_percent, host->round_trip));
}

static bool comes_from_elsewhere(const rst_view_t *view)
{
    int delta;

    return rst_refusal_distance(view, &delta);
}

/* The host itself then accepts the SYN. A SYN-ACK that nobody uses, from elsewhere than all connections of the host, is
 * not the host's. */
static bool accepts_after(const rst_view_t *view)
{
    const rst_hop_range_t *range = &view->distance.range;
    const rst_aftermath_t *after = &view->reset->after;
    bool is_settled = range->count && range->min == range->max && range->max != RST_HOPS_ABSURD;

    if (!after->synack.pass_index)
        return false;
    return after->synack_used || !is_settled || !after->synack_ttl || rst_hops(after->synack_ttl) == range->max;
}

/* It is known where the refusal should come from, and not just from connections that another host may have served. */
static bool is_comparable(const rst_view_t *view)
{
    return rst_port_is_known(view) && rst_is_no(rst_served_before(view));
}

/* A load balancer whose servers are all down answers for them, as a firewall would. */
static bool may_be_balancer(const rst_view_t *view)
{
    return rst_refuses_syn(view) && !accepts_after(view) && rst_port_is_known(view) &&
           !rst_is_no(rst_served_before(view));
}

static unsigned match_random(const rst_view_t *view)
{
    return rst_refused_at_random(view) && !accepts_after(view) ? 78 : 0;
}

static void explain_random(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    uint32_t other = reset->after.refused_otherwise.pass_index ? reset->after.refused_otherwise.pass_index
                                                               : reset->own_last.at.pass_index;

    rst_summary(view,
                "A firewall probably rejected the SYN in %s to %s: each refusal of it bears another SEQ, and a host's "
                "stack would leave it at 0",
                rst_where(view, view->trigger->moment.pass_index), rst_service_text(view));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was rejected");
    rst_evidence_add(view, reset->at.pass_index, "SEQ %u", reset->seq);
    rst_evidence_add(view, other, "Another SEQ in the refusal of the same SYN");
}

/* No common stack does that, but some small ones may. */
static unsigned match_with_seq(const rst_view_t *view)
{
    return rst_refused_with_seq(view) && !rst_refused_at_random(view) && !accepts_after(view) &&
                   !view->reset->peer_last.at.pass_index
               ? WITH_SEQ
               : 0;
}

static void explain_with_seq(const rst_view_t *view)
{
    rst_summary(view,
                "The SYN in %s to %s was %srejected by a firewall: the refusal bears a SEQ, and a host's stack would "
                "leave it at 0",
                rst_where(view, view->trigger->moment.pass_index), rst_service_text(view), rst_probably(view));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was rejected");
    rst_evidence_add(view, view->reset->at.pass_index, "SEQ %u", view->reset->seq);
}

static unsigned match_then_accepted(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || !view->reset->after.synack_used || comes_from_elsewhere(view))
        return 0;
    return rst_refused_too_fast(view) ? 90 : 75;
}

/* Of a refusal and a SYN-ACK that look alike, either may be forged. */
static unsigned match_then_answered(const rst_view_t *view)
{
    return rst_refuses_syn(view) && accepts_after(view) && !view->reset->after.synack_used &&
                   !comes_from_elsewhere(view)
               ? RST_UNSURE
               : 0;
}

static unsigned match_distance(const rst_view_t *view)
{
    int delta;

    if (!rst_refuses_syn(view) || !rst_refusal_distance(view, &delta))
        return 0;
    if (accepts_after(view))
        return 90;
    if (!is_comparable(view))
        return 0;
    if (rst_refused_too_fast(view))
        return rst_unless_hearsay(view, 90);
    return rst_unless_hearsay(view, delta >= 2 || delta <= -2 ? 80 : 65);
}

static unsigned match_too_soon(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || !rst_refused_too_fast(view) || accepts_after(view) || comes_from_elsewhere(view))
        return 0;
    return is_comparable(view) ? rst_unless_hearsay(view, 75) : 0;
}

static unsigned match_balancer_distance(const rst_view_t *view)
{
    return comes_from_elsewhere(view) && may_be_balancer(view) ? 52 : 0;
}

static unsigned match_balancer_too_soon(const rst_view_t *view)
{
    if (comes_from_elsewhere(view) || !(rst_refused_too_fast(view) || unlike_the_one_before(view)))
        return 0;
    return may_be_balancer(view) ? 52 : 0;
}

static unsigned match_firewall_perhaps(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || accepts_after(view) || !(rst_refused_nearer(view) || rst_refused_too_fast(view)))
        return 0;
    if (!rst_port_is_known(view))
        return 40;
    return !rst_is_no(rst_served_before(view)) && !comes_from_elsewhere(view) && !rst_refused_too_fast(view) &&
                   !unlike_the_one_before(view)
               ? 40
               : 0;
}

static void write_firewall(const rst_view_t *view, const char *who, const char *why)
{
    int delta;

    rst_summary(view, "A firewall%s %srejected the SYN in %s to %s: the %s did not come from that host (%s)", who,
                rst_probably(view), rst_where(view, view->trigger->moment.pass_index), rst_service_text(view),
                rst_shape(view), why);
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that was rejected, %s before the reset",
                     rst_span(view, rst_delay(view)));
    if (rst_refusal_distance(view, &delta))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "TTL %u: %d hop%s %s than the packets of the host's connections", view->reset->ttl,
                         delta < 0 ? -delta : delta, delta == 1 || delta == -1 ? "" : "s",
                         delta < 0 ? "nearer" : "farther");
    if (accepts_after(view))
        rst_evidence_add(view, view->reset->after.synack.pass_index, "SYN-ACK to the same SYN after the reset");
    if (rst_refused_too_fast(view))
        rst_evidence_add(view, view->reset->at.pass_index, "Answered in %s although this host takes at least %s",
                         rst_span(view, rst_delay(view)), rst_span(view, view->distance.round_trip));
}

static void explain_then_accepted(const rst_view_t *view)
{
    write_firewall(view, "", "the host's own SYN-ACK follows");
}

static void explain_then_answered(const rst_view_t *view)
{
    rst_summary(view,
                "Perhaps a firewall rejected the SYN in %s to %s: a SYN-ACK follows in %s, but nobody uses it, so "
                "either of the two answers may be the host's own. Capture at the server",
                rst_where(view, view->trigger->moment.pass_index), rst_service_text(view),
                rst_where(view, view->reset->after.synack.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN that got two answers");
    rst_evidence_add(view, view->reset->after.synack.pass_index, "SYN-ACK to the same SYN after the reset");
}

static void explain_distance(const rst_view_t *view)
{
    write_firewall(view, "", OTHER_DISTANCE);
}

static void explain_too_soon(const rst_view_t *view)
{
    write_firewall(view, "", TOO_SOON);
}

static void explain_balancer_distance(const rst_view_t *view)
{
    write_firewall(view, OR_BALANCER, OTHER_DISTANCE);
}

static void explain_balancer_too_soon(const rst_view_t *view)
{
    write_firewall(view, OR_BALANCER, TOO_SOON);
}

static unsigned match_no_backend(const rst_view_t *view)
{
    if (!rst_refuses_syn(view) || rst_is_no(rst_served_before(view)) || accepts_after(view))
        return 0;
    if (rst_refuses_some(view) && rst_takes_turns(view))
        return 30;
    return comes_from_elsewhere(view) || rst_refused_too_fast(view) ? 40 : 0;
}

const rst_rule_t rst_rules_rejected[] = {
    {"refused_options",
     RST_CAUSE_SYN_OPTIONS_REFUSED,
     match_options,
     explain_options,
     RST_IF_REFUSAL,
     RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_firewall",
     RST_CAUSE_FIREWALL_REJECT,
     match_distance,
     explain_distance,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_random_seq",
     RST_CAUSE_FIREWALL_REJECT,
     match_random,
     explain_random,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_NOTHING,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_with_seq",
     RST_CAUSE_FIREWALL_REJECT,
     match_with_seq,
     explain_with_seq,
     RST_IF_REFUSAL,
     RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 25}}},
    {"refused_then_accepted",
     RST_CAUSE_FIREWALL_REJECT,
     match_then_accepted,
     explain_then_accepted,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_NOTHING,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_then_answered",
     RST_CAUSE_FIREWALL_REJECT,
     match_then_answered,
     explain_then_answered,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSED_PORT, 30}}},
    {"refused_too_soon",
     RST_CAUSE_FIREWALL_REJECT,
     match_too_soon,
     explain_too_soon,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_balancer_distance",
     RST_CAUSE_FIREWALL_REJECT,
     match_balancer_distance,
     explain_balancer_distance,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_balancer_too_soon",
     RST_CAUSE_FIREWALL_REJECT,
     match_balancer_too_soon,
     explain_balancer_too_soon,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_CLOSED_PORT, 10}}},
    {"refused_firewall_perhaps",
     RST_CAUSE_FIREWALL_REJECT,
     match_firewall_perhaps,
     NULL,
     RST_IF_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {"refused_no_backend",
     RST_CAUSE_NO_BACKEND,
     match_no_backend,
     NULL,
     RST_IF_REFUSAL,
     RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
