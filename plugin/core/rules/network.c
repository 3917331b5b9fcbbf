/* network.c
 * Rules for resets that were not sent by the host whose address they bear.
 *
 * A verdict of this kind accuses somebody, so it needs strong evidence: the sender lives on, a train of guessed
 * numbers, both ends reset at once, or another hop distance. Weak clues only make an alternative.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/network.h"

#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

#define OTHER_ROUTE 5               /* hops that routes to a host, or hosts of one address, may differ by */
#define RST_UNSURE 48               /* leads, and accuses nobody */
#define EARLY (5 * RST_MILLISECOND) /* sooner than the round trip by more than any jitter */

/* The other end was reset as well; not by answers to what the host sent afterwards. */
static bool both_resets(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;
    bool later =
        after->alive.pass_index && after->peer_reset.pass_index > after->alive.pass_index && !after->peer_reset_active;

    return (after->peer_reset.pass_index && !later) || view->reset->peer_last.at.pass_index || after->train;
}

/* From a few hops farther than the host: by its distance another host of this address. */
static bool from_behind(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    return rst_hop_jump(view) && delta > 0 && delta <= OTHER_ROUTE;
}

/* A stateless answer from there, no sooner than the host's own: no device before the host sends that. */
static bool other_host(const rst_view_t *view)
{
    int64_t delay = rst_delay(view);
    bool soon = (view->own->known & RST_DIRECTION_RTT) && delay != RST_TIME_NONE && view->own->rtt - delay >= EARLY;

    if (!rst_is_answer(view) || (view->reset->flags & RST_FLAG_ACK) || !from_behind(view) || both_resets(view))
        return false;
    return view->trigger->len && !soon && !rst_looks_genuine(view);
}

/* What a bare reset answers is not there to see when the other direction is missing: it may be the answer of a second
 * host of this address, beside the first or behind it. */
static bool may_be_other_host(const rst_view_t *view)
{
    return rst_one_way(view) && !(view->reset->flags & RST_FLAG_ACK) && (!rst_hop_jump(view) || from_behind(view));
}

/* One that goes on after an abort of its own did not send it. */
static unsigned match_contradicted(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    if (!after->alive.pass_index || rst_overtook_data(view) || rst_is_refusal(view) || other_host(view) ||
        (rst_is_answer(view) && !rst_hop_jump(view)))
        return 0;
    /* Before the handshake is done the kernel may reset what a program with a raw socket goes on with. */
    if (rst_is_empty(view) && !rst_was_open(view))
        return 0;
    if (may_be_other_host(view))
        return RST_UNSURE;
    if (rst_hop_jump(view))
        return rst_is_answer(view) && from_behind(view) ? 75 : 97;
    return after->alive_new ? 90 : 75;
}

static void explain_contradicted(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    rst_summary(view,
                "Injected: %s goes on with the connection in %s, %s after 'its' reset, so somebody else on the path "
                "sent it",
                rst_who_own(view), rst_where(view, after->alive.pass_index),
                rst_span(view, rst_elapsed(view->reset->at, after->alive)));
    rst_evidence_add(view, after->alive.pass_index,
                     "New data, FIN or acknowledgment of the same sender after the reset%s",
                     after->alive_new ? ", sent later by its time stamp or IP id" : "");
    rst_explain_distance(view);
}

static bool made_elsewhere(const rst_view_t *view)
{
    return rst_hop_jump(view) || rst_too_fast(view);
}

static void explain_elsewhere(const rst_view_t *view)
{
    rst_explain_distance(view);
    if (rst_too_fast(view))
        rst_evidence_add(view, rst_reacts_to(view).pass_index, "Answered in %s although the host takes at least %s",
                         rst_span(view, rst_since(view, rst_reacts_to(view))),
                         rst_span(view, view->own_host.round_trip));
}

static bool first_payload(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;
    unsigned message = trigger ? trigger->message : view->peer->message;

    return !view->own->bytes && view->peer->data_segments >= 1 && view->peer->data_segments <= 2 &&
           (message == RST_MESSAGE_REQUEST || message == RST_MESSAGE_CLIENT_HELLO);
}

static bool idle_before(const rst_view_t *view)
{
    return rst_within(view, (int64_t)view->prefs->idle_min_s * RST_SECOND, rst_silence(view));
}

/* No idle time in which the host could have forgotten a connection that it kept alive until now, and sooner than it
 * ever acknowledged anything here. */
static bool in_full_swing(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    if (!(own->known & RST_DIRECTION_RTT) || own->rtt < (int64_t)view->prefs->min_rtt_us * 1000 ||
        !rst_within(view, rst_delay(view), own->rtt / 2))
        return false;
    return rst_hop_step(view) && view->own->segments >= 4 && rst_has_history(view) && rst_was_open(view) &&
           rst_within(view, rst_silence(view), RST_SECOND);
}

/* A reset that answers a first request from nearer than the host, or whose host goes on, is a policy on the way. */
static unsigned match_policy(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);
    bool nearer = delta != RST_HOPS_NONE && delta < 0;
    bool alive = view->reset->after.alive.pass_index != 0 && !rst_overtook_data(view);

    if (rst_is_refusal(view) || view->reset->own_last.at.pass_index || rst_has_fin(view->own))
        return 0;
    if (other_host(view))
        return first_payload(view) ? RST_UNSURE : 0;
    if (first_payload(view) && made_elsewhere(view))
        return alive ? 92 : 75;
    if (rst_is_answer(view) && alive && nearer)
        return 75;
    if (first_payload(view) && alive && view->reset->after.alive_new)
        return rst_is_answer(view) && delta == 0 ? 0 : 70;
    if (!rst_is_answer(view) || rst_looks_genuine(view) || !(view->trigger->len || alive))
        return 0;
    /* A filter that rejects answers the segment itself, from nearer than the host; a forger does not wait for one. */
    if (nearer && made_elsewhere(view) && !idle_before(view))
        return !view->reset->opened ? 42 : (rst_clock_stands(view) ? RST_WITHOUT_HISTORY : 55);
    return nearer && in_full_swing(view) ? 52 : (nearer && rst_hop_step(view) ? 40 : 0);
}

/* From the distance of the host and after its usual time, and yet the host goes on: its own packet filter, or one right
 * in front of it, rejects the request; another host of its address would look the same. */
static unsigned match_own_filter(const rst_view_t *view)
{
    if (!rst_is_answer(view) || view->reset->own_last.at.pass_index || rst_has_fin(view->own) || made_elsewhere(view))
        return 0;
    return first_payload(view) && view->reset->after.alive_new && rst_hop_delta(view) == 0 ? 50 : 0;
}

static void explain_own_filter(const rst_view_t *view)
{
    rst_sender_t host = rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;

    /* Zero hops on: nobody else can have sent it. */
    if (rst_hops(view->reset->ttl) != 0)
        host = RST_SENDER_UNKNOWN;
    view->verdict->sender = host;
    rst_summary(view,
                "Rejected by a packet filter on %s itself or right in front of it, or by another host of its address: "
                "the answer to %s comes from the usual distance, and the host goes on with the connection (%s)",
                rst_who_own(view), rst_message_name((rst_message_t)view->trigger->message),
                rst_where(view, view->reset->after.alive.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was rejected");
    rst_evidence_add(view, view->reset->after.alive.pass_index, "The host goes on after the reset");
    rst_explain_distance(view);
}

/* A device in front of the server has spoken for it before it resets: what follows the SYN-ACK comes from nearer, as
 * the reset does, and came sooner than the server could answer, or the server speaks up after all. A proxy that answers
 * for slower servers makes it the other way round: its SYN-ACK is the one from nearer. */
static unsigned match_spoken_for(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    uint8_t syn, here;
    int64_t round_trip, answer;
    bool fast, back;

    if (!(view->reset->known & RST_HAS_IP) || !(own->known & RST_DIRECTION_SYNACK) || own->segments < 2 ||
        (!view->peer->bytes && view->peer->segments))
        return 0;
    syn = rst_hops(own->syn_ttl);
    here = rst_hops(view->reset->ttl);
    if (syn == RST_HOPS_ABSURD || here == RST_HOPS_ABSURD || rst_hops(own->ttl) != here || rst_looks_genuine(view) ||
        syn < here + (int)view->prefs->hop_delta)
        return 0;
    round_trip = rst_elapsed(view->peer->syn, own->syn);
    answer = rst_elapsed(view->peer->last_data, own->last);
    fast = round_trip != RST_TIME_NONE && answer != RST_TIME_NONE && round_trip - answer >= 5 * RST_MILLISECOND &&
           rst_within(view, answer, round_trip / 100 * view->prefs->fast_percent);
    back = view->reset->after.own_ttl && rst_hops(view->reset->after.own_ttl) == syn;
    return fast && back ? 92 : (fast || back ? 75 : 0);
}

static void explain_spoken_for(const rst_view_t *view)
{
    rst_summary(view,
                "A device on the path answered in the name of %s (%s) and reset the connection: both come from nearer "
                "than that host's SYN-ACK",
                rst_who_own(view), rst_where(view, view->own->last.pass_index));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN-ACK with TTL %u", view->own->syn_ttl);
    rst_evidence_add(view, view->own->last.pass_index, "TTL %u, as the reset, %s after the last data of the other side",
                     view->own->ttl, rst_span(view, rst_elapsed(view->peer->last_data, view->own->last)));
    if (view->reset->after.own_next.pass_index)
        rst_evidence_add(view, view->reset->after.own_next.pass_index, "TTL %u: the host itself, after the reset",
                         view->reset->after.own_ttl);
}

static void explain_policy(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    rst_summary(view,
                "%s a policy on the path: the reset under the address of %s follows %s directly and does not "
                "come from that host",
                view->verdict->confidence >= 50 ? "Reset by" : "Perhaps", rst_who_own(view),
                rst_message_name((rst_message_t)(trigger && trigger->len ? trigger->message : view->peer->message)));
    if (view->peer->last_data.pass_index)
        rst_evidence_add(view, view->peer->last_data.pass_index, "Last payload before the reset");
    explain_elsewhere(view);
    if (view->reset->after.alive.pass_index)
        rst_evidence_add(view, view->reset->after.alive.pass_index, "The real host goes on after the reset");
}

/* One address, several hosts: a stateless answer, and yet the connection goes on under the same address. */
static unsigned match_failover(const rst_view_t *view)
{
    if (!rst_is_answer(view) || view->reset->own_last.at.pass_index || rst_has_fin(view->own))
        return 0;
    if (view->trigger->flags & RST_FLAG_SYN)
        return 0;
    /* Hosts of one service may stand side by side, at one distance; from another distance it is somebody on the path.
     */
    if (view->reset->after.synack.pass_index && (view->own->known & RST_DIRECTION_SYNACK) && !view->own->bytes)
        return rst_hop_jump(view) ? 20 : 55;
    if (view->reset->after.alive.pass_index)
        return 50;
    return other_host(view) ? RST_UNSURE : 0;
}

static void explain_failover(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;
    uint32_t pass_index = after->alive.pass_index ? after->alive.pass_index : after->synack.pass_index;

    if (pass_index)
        rst_summary(view,
                    "Two hosts behind one address: the segment of %s met a host without this connection, while %s goes "
                    "on with it in %s",
                    rst_where(view, view->trigger->moment.pass_index), rst_who_own(view), rst_where(view, pass_index));
    else
        rst_summary(view,
                    "Perhaps two hosts behind one address: the segment of %s was answered from farther off than the "
                    "other packets of %s, by a host without this connection",
                    rst_where(view, view->trigger->moment.pass_index), rst_who_own(view));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
    if (pass_index)
        rst_evidence_add(view, pass_index, "The same address goes on after the reset");
    rst_explain_distance(view);
}

static int64_t other_end(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (reset->after.peer_reset.pass_index)
        return rst_elapsed(reset->at, reset->after.peer_reset);
    return reset->peer_last.at.pass_index ? rst_elapsed(reset->peer_last.at, reset->at) : RST_TIME_NONE;
}

/* Both directions are reset before either end can have seen the other's reset. */
static bool both_ends(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool active =
        reset->peer_last.at.pass_index ? (reset->peer_last.flags & RST_FLAG_ACK) != 0 : reset->after.peer_reset_active;
    int64_t distance = other_end(view);
    int64_t limit = (int64_t)view->prefs->bidir_ms * RST_MILLISECOND;
    int64_t round_trip = view->own->rtt + view->peer->rtt;

    if (!rst_is_abort(view) || reset->own_last.at.pass_index || distance == RST_TIME_NONE)
        return false;
    if (!active && (reset->flags & RST_FLAG_ACK))
        return false;
    if (rst_has_fin(view->own) || rst_has_fin(view->peer) || !rst_was_open(view))
        return false;
    if (!(view->own->known & RST_DIRECTION_RTT) || !(view->peer->known & RST_DIRECTION_RTT))
        return rst_within(view, distance, limit);
    return rst_within(view, distance, limit < round_trip / 2 ? limit : round_trip / 2);
}

/* A device accepts connections in the name of a host behind it: the SYN-ACK and the reset come from one distance, the
 * data from farther off. */
static bool answered_syn(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    uint8_t syn = rst_hops(own->syn_ttl), here = rst_hops(view->reset->ttl), data = rst_hops(own->ttl);

    if (!(view->reset->known & RST_HAS_IP) || !(own->known & RST_DIRECTION_SYNACK) || !own->syn_ttl || !own->bytes ||
        own->data_at_syn_ttl || rst_looks_genuine(view))
        return false;
    return syn == here && here != RST_HOPS_ABSURD && data != RST_HOPS_ABSURD &&
           data >= here + (int)view->prefs->hop_delta;
}

static unsigned match_idle_device(const rst_view_t *view)
{
    if (!idle_before(view) || rst_is_refusal(view) || !rst_was_open(view))
        return 0;
    /* A half-closed connection expires in devices as well. */
    if (rst_has_fin(view->own) && (rst_has_fin(view->peer) || !rst_hop_jump(view) || rst_hop_delta(view) > 0))
        return 0;
    if (view->reset->own_last.at.pass_index)
        return 0;
    if (both_ends(view))
        return rst_looks_genuine(view) ? 40 : 85;
    if (answered_syn(view))
        return rst_idle_is_habit(view) || rst_idle_is_round(view) ? 60 : 50;
    if (rst_hop_jump(view) && rst_too_fast(view))
        return 92;
    if (made_elsewhere(view))
        return rst_looks_genuine(view) ? 35 : 75;
    if (rst_hop_step(view) && rst_is_answer(view))
        return 38;
    /* Stacks abort with RST,ACK (RFC 9293, section 3.10.5); a bare reset that answers nothing is a device's. */
    if (!rst_is_unprovoked(view))
        return 0;
    return rst_idle_is_habit(view) ? 55 : (rst_idle_is_round(view) ? 42 : 30);
}

static void explain_idle_device(const rst_view_t *view)
{
    rst_summary(view, "A device on the path timed the connection out: nothing was sent for %s, then %s",
                rst_span(view, rst_silence(view)),
                both_ends(view) ? "both ends were reset at once although neither had sent anything"
                                : "the reset did not come from the host itself");
    rst_evidence_add(view, view->reset->at.pass_index, "Silence of %s before the reset",
                     rst_span(view, rst_silence(view)));
    if (answered_syn(view))
        rst_evidence_add(view, view->own->syn.pass_index,
                         "The SYN-ACK comes from the distance of the reset (TTL %u), data from "
                         "farther off (TTL %u)",
                         view->own->syn_ttl, view->own->ttl);
    if (both_ends(view))
        rst_pattern_add(view, "both_ends");
    explain_elsewhere(view);
}

static unsigned match_both_ends(const rst_view_t *view)
{
    if (!both_ends(view))
        return 0;
    return rst_looks_genuine(view) ? 40 : 70;
}

static void explain_both_ends(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    uint32_t other =
        reset->after.peer_reset.pass_index ? reset->after.peer_reset.pass_index : reset->peer_last.at.pass_index;

    rst_pattern_add(view, "both_ends");
    rst_summary(view,
                "Injected: both ends were reset within %s (see %s), sooner than one could react to the other, so a "
                "device between them sent both",
                rst_span(view, other_end(view)), rst_where(view, other));
    rst_evidence_add(view, other, "Reset of the other direction, %s apart", rst_span(view, other_end(view)));
    rst_explain_distance(view);
}

static bool lacks_trigger(const rst_view_t *view)
{
    return !view->trigger && !(view->reset->flags & RST_FLAG_ACK) && !view->reset->own_last.at.pass_index;
}

/* A filter on SYN, FIN and resets leaves one packet or two to compare with: where packets of a connection are spread
 * over several routes, or SYN-ACKs come from a proxy, those tell no more than the reset does. */
static bool compares_with_flags(const rst_view_t *view)
{
    return !view->own->data_segments && !view->own->pure_acks && !rst_directions_talk(view->own, view->peer);
}

/* At another distance, and yet perhaps sent by a host of this address, or by it over another route; 0 = hardly. */
static unsigned as_other_place(const rst_view_t *view, int8_t delta)
{
    bool answer =
        rst_is_answer(view) || !view->peer->segments; /* perhaps one, where the capture lacks what it answers */

    if (answer && delta > 0 && delta <= OTHER_ROUTE && !rst_too_fast(view))
        return rst_out_of_step(view) ? RST_UNSURE : 40;
    /* A bare reset answers something, which a capture with gaps lacks: then another host of the address, a few hops
     * nearer, fits as well. */
    if (lacks_trigger(view) && !rst_has_history(view) && delta >= -OTHER_ROUTE)
        return RST_UNSURE;
    if (compares_with_flags(view) && ABS(delta) <= OTHER_ROUTE)
        return RST_UNSURE;
    /* Without the handshake the round trip is not known, and a host of the same address may be nearer. */
    return rst_is_answer(view) && !view->reset->opened && !rst_too_fast(view) && delta < 0 ? 40 : 0;
}

/* One strong clue and nothing else: another hop distance. */
static unsigned match_distance(const rst_view_t *view)
{
    unsigned confidence;
    /* The other end is reset in the same moment: no coincidence. */
    bool together = rst_within(view, other_end(view), (int64_t)view->prefs->bidir_ms * RST_MILLISECOND);

    if (!made_elsewhere(view) || rst_is_refusal(view))
        return 0;
    /* What it answers, and after which silence, would show only in times. */
    if (rst_clock_stands(view))
        return RST_UNSURE;
    /* Ports may be forwarded to hosts at different distances. */
    if (rst_is_unseen_refusal(view) || (rst_looks_genuine(view) && !rst_too_fast(view)))
        return 35;
    /* Nor does one that answers what was on its way to a host which had reset the connection itself. */
    if (rst_is_answer(view) && view->reset->own_first.at.pass_index && (view->reset->own_first.flags & RST_FLAG_ACK) &&
        rst_hops(view->reset->own_first.ttl) == view->own->hop_max)
        return 40;
    /* Whoever cleans up after the end harms nobody; an answer from farther off is another host's. */
    if ((rst_fins_done(view) && rst_is_answer(view)) || (view->reset->peer_last.at.pass_index && !together))
        return 40;
    confidence = together ? 0 : as_other_place(view, rst_hop_delta(view));
    if (confidence)
        return confidence;
    return rst_has_fin(view->own) && rst_is_answer(view) ? 50 : 72;
}

static void explain_distance(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    if (rst_hop_jump(view))
        rst_summary(view,
                    "%s injected: the reset bears the address of %s but comes from %d hops %s than its other packets",
                    view->verdict->confidence >= 50 ? "Probably" : "Perhaps", rst_who_own(view),
                    delta < 0 ? -delta : delta, delta < 0 ? "nearer" : "farther");
    else
        rst_summary(view,
                    "Probably injected: the reset bears the address of %s but came %s after the segment it answers, "
                    "sooner than that host can answer",
                    rst_who_own(view), rst_span(view, rst_since(view, rst_reacts_to(view))));
    explain_elsewhere(view);
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
}

const rst_rule_t rst_rules_network[] = {
    {"answered_in_its_name",
     RST_CAUSE_POLICY_RESET,
     match_spoken_for,
     explain_spoken_for,
     RST_IF_ANY,
     RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_INJECTED, 8}}},
    {"request_blocked",
     RST_CAUSE_POLICY_RESET,
     match_policy,
     explain_policy,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_SESSION_FAILOVER, 12}, {RST_CAUSE_INJECTED, 10}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"host_filter",
     RST_CAUSE_POLICY_RESET,
     match_own_filter,
     explain_own_filter,
     RST_IF_ANSWER,
     RST_RULE_FIRST,
     {{RST_CAUSE_SESSION_FAILOVER, 25}, {RST_CAUSE_NO_CONNECTION, 8}}},
    {"network_contradicted",
     RST_CAUSE_INJECTED,
     match_contradicted,
     explain_contradicted,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_SESSION_FAILOVER, 5}, {RST_CAUSE_POLICY_RESET, 3}}},
    {"other_host_answers",
     RST_CAUSE_SESSION_FAILOVER,
     match_failover,
     explain_failover,
     RST_IF_ANSWER,
     RST_RULE_FIRST,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_INJECTED, 10}}},
    {"device_idle",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_device,
     explain_idle_device,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_APP_TIMEOUT, 5}}},
    {"both_ends_reset",
     RST_CAUSE_INJECTED,
     match_both_ends,
     explain_both_ends,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_APP_ABORT, 10}}},
    {"other_distance",
     RST_CAUSE_INJECTED,
     match_distance,
     explain_distance,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_SESSION_FAILOVER, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
