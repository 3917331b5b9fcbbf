/* device.c
 * Rules for a device between the hosts that ends connections: after a silence, or at both ends at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/device.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

#define EARLY (5 * RST_MILLISECOND) /* sooner than the round trip by more than jitter explains */

/* Both directions are reset before either end could have seen the other's reset. */
static bool both_ends(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool active =
        reset->peer_last.at.pass_index ? (reset->peer_last.flags & RST_FLAG_ACK) != 0 : reset->after.peer_reset_active;
    int64_t distance = rst_other_end(view);
    int64_t limit = (int64_t)view->prefs->bidir_ms * RST_MILLISECOND;
    int64_t round_trip = rst_time_add(view->own->rtt, view->peer->rtt);

    if (!rst_is_abort(view) || reset->own_last.at.pass_index || distance == RST_TIME_NONE)
        return false;
    if (!active && (reset->flags & RST_FLAG_ACK))
        return false;
    /* Somebody else's reset in the other direction says nothing about one from the host's own distance. */
    if (reset->after.peer_reset_elsewhere && rst_hop_delta(view) == 0)
        return false;
    if (rst_has_fin(view->own) || rst_has_fin(view->peer) || !rst_was_open(view))
        return false;
    if (!(view->own->known & RST_DIRECTION_RTT) || !(view->peer->known & RST_DIRECTION_RTT))
        return rst_within(view, distance, limit);
    return rst_within(view, distance, limit < round_trip / 2 ? limit : round_trip / 2);
}

/* A device accepts connections on behalf of a host behind it: the SYN-ACK and the reset come from one distance, the
 * data from farther away. */
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

/* A device that forgets idle connections would end this one. */
static bool ends_silence(const rst_view_t *view)
{
    if (view->reset->own_last.at.pass_index || rst_is_refusal(view) || !rst_idle_before(view) || !rst_was_open(view))
        return false;
    /* Half-closed connections expire in devices as well. */
    return !rst_has_fin(view->own) || (!rst_has_fin(view->peer) && rst_hop_jump(view) && rst_hop_delta(view) < 0);
}

static unsigned match_idle_both_ends(const rst_view_t *view)
{
    return ends_silence(view) && both_ends(view) && !rst_looks_genuine(view) ? 85 : 0;
}

static unsigned match_idle_in_front(const rst_view_t *view)
{
    if (!ends_silence(view) || both_ends(view) || !answered_syn(view))
        return 0;
    return rst_idle_is_habit(view) || rst_idle_is_round(view) ? 60 : 50;
}

static unsigned match_idle_elsewhere(const rst_view_t *view)
{
    if (!ends_silence(view) || both_ends(view) || answered_syn(view) || !rst_made_elsewhere(view))
        return 0;
    if (rst_hop_jump(view) && rst_too_fast(view))
        return 92;
    return rst_looks_genuine(view) ? 0 : 75;
}

/* The window of the packet that it answers, which is not its sender's. A host that knows no connection sends 0, or that
 * of a fresh socket. */
static bool mirrors_window(const rst_view_t *view)
{
    uint16_t window = view->reset->window;

    return window && window == view->trigger->window && window != view->own->raw_window &&
           window != view->own->syn_window;
}

/* Another distance than that of the sender's latest packet, be it a SYN-ACK alone. */
static bool is_apart(const rst_view_t *view)
{
    uint8_t here = rst_hops(view->reset->ttl), there = rst_hops(view->own->ttl);

    return here != RST_HOPS_ABSURD && there != RST_HOPS_ABSURD && ABS(here - there) >= (int)view->prefs->hop_delta;
}

/* Much sooner than the host ever answered in this connection, which may have been once. */
static bool is_early(const rst_view_t *view)
{
    int64_t delay = rst_delay(view);

    return (view->own->known & RST_DIRECTION_RTT) && delay != RST_TIME_NONE &&
           delay <= rst_time_sub(view->own->rtt, EARLY) &&
           rst_within(view, delay, rst_time_percent(view->prefs->fast_percent, view->own->rtt));
}

/* Signs that the answer to the first segment after a silence is not the host's. Each alone has other reasons too: an
 * odd stack, one other TTL, one slow handshake. */
static unsigned signs_of_device(const rst_view_t *view)
{
    if (!rst_is_answer(view) || rst_looks_genuine(view))
        return 0;
    return (unsigned)mirrors_window(view) + (unsigned)is_apart(view) + (unsigned)is_early(view);
}

static unsigned match_idle_signs(const rst_view_t *view)
{
    if (!ends_silence(view) || answered_syn(view) || rst_made_elsewhere(view) || signs_of_device(view) < 2)
        return 0;
    return signs_of_device(view) > 2 ? 72 : 60;
}

/* Stacks abort with RST,ACK (RFC 9293, section 3.10.5); a bare reset that answers nothing is from a device. */
static bool is_bare_end(const rst_view_t *view)
{
    return rst_is_unprovoked(view) && ends_silence(view) && !both_ends(view) && !answered_syn(view) &&
           !rst_made_elsewhere(view);
}

/* What other connections do later must not turn a weak clue into an accusation. */
static bool was_habit(const rst_view_t *view)
{
    return view->reset->silences >= RST_SILENCE_HABIT && rst_idle_is_habit(view);
}

static unsigned match_idle_bare(const rst_view_t *view)
{
    return is_bare_end(view) && was_habit(view) ? 55 : 0;
}

static unsigned match_idle_perhaps(const rst_view_t *view)
{
    if (is_bare_end(view))
        return was_habit(view) ? 0 : (rst_idle_is_round(view) ? 42 : 30);
    if (!ends_silence(view))
        return 0;
    if (both_ends(view))
        return rst_looks_genuine(view) ? 40 : 0;
    if (answered_syn(view))
        return 0;
    if (rst_made_elsewhere(view))
        return rst_looks_genuine(view) && !(rst_hop_jump(view) && rst_too_fast(view)) ? 35 : 0;
    return rst_hop_step(view) && rst_is_answer(view) ? 38 : 0;
}

static void write_idle(const rst_view_t *view, const char *what)
{
    rst_summary(view, "A device on the path %stimed the connection out: nothing%s was sent for %s, then %s",
                rst_probably(view), view->trigger && view->peer->keepalive.count > 1 ? " but unanswered probes" : "",
                rst_span(view, rst_silence(view)), what);
    rst_evidence_add(view, view->reset->at.pass_index, "Silence of %s before the reset",
                     rst_span(view, rst_silence(view)));
    if (answered_syn(view))
        rst_evidence_add(
            view, view->own->syn.pass_index,
            "The SYN-ACK comes from the same distance as the reset (TTL %u), data from farther away (TTL %u)",
            view->own->syn_ttl, view->own->ttl);
    rst_explain_elsewhere(view);
}

static void explain_idle_device(const rst_view_t *view)
{
    write_idle(view, rst_hedge(view, "came a reset that is probably not the host's own",
                               "came a reset that is perhaps not the host's own"));
}

static void explain_idle_bare(const rst_view_t *view)
{
    write_idle(view, "came a bare reset that answers nothing, which a host's own TCP does not send");
}

static void explain_idle_signs(const rst_view_t *view)
{
    write_idle(view, rst_hedge(view, "came an answer that is probably not the host's own",
                               "came an answer that is perhaps not the host's own"));
    if (mirrors_window(view))
        rst_evidence_add(view, view->trigger->moment.pass_index,
                         "The reset has the window of the packet that it answers (%u)", view->reset->window);
    if (is_apart(view))
        rst_evidence_add(view, view->own->last.pass_index, "TTL %u here, %u in the reset", view->own->ttl,
                         view->reset->ttl);
    if (is_early(view))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "It came %s after what it answers, but the host never took less than %s",
                         rst_span(view, rst_delay(view)), rst_span(view, view->own->rtt));
}

static void explain_idle_both_ends(const rst_view_t *view)
{
    rst_pattern_add(view, "both_ends");
    write_idle(view, "both ends were reset at once although neither had sent anything");
}

static unsigned match_both_ends(const rst_view_t *view)
{
    return both_ends(view) && !rst_looks_genuine(view) ? 70 : 0;
}

static unsigned match_both_ends_perhaps(const rst_view_t *view)
{
    return both_ends(view) && rst_looks_genuine(view) ? 40 : 0;
}

static void explain_both_ends(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    uint32_t other =
        reset->after.peer_reset.pass_index ? reset->after.peer_reset.pass_index : reset->peer_last.at.pass_index;

    rst_pattern_add(view, "both_ends");
    rst_summary(view,
                "%sinjected: both ends were reset within %s (see %s), sooner than one could react to the other, so a "
                "device between them sent both",
                rst_probably(view), rst_span(view, rst_other_end(view)), rst_where(view, other));
    rst_evidence_add(view, other, "Reset in the other direction, %s apart", rst_span(view, rst_other_end(view)));
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_device[] = {
    {"device_idle_both_ends",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_both_ends,
     explain_idle_both_ends,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BY_BOTH | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_APP_TIMEOUT, 5}}},
    {"device_idle_in_front",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_in_front,
     explain_idle_device,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_APP_TIMEOUT, 5}}},
    {"device_idle",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_elsewhere,
     explain_idle_device,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_APP_TIMEOUT, 5}}},
    {"device_idle_signs",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_signs,
     explain_idle_signs,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_NO_CONNECTION, 15}, {RST_CAUSE_INJECTED, 8}}},
    {"device_idle_bare",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_bare,
     explain_idle_bare,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE | RST_NEEDS_NO_TRIGGER,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_APP_TIMEOUT, 5}}},
    {"device_idle_perhaps",
     RST_CAUSE_DEVICE_IDLE_TIMEOUT,
     match_idle_perhaps,
     NULL,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{0, 0}}},
    {"both_ends_reset",
     RST_CAUSE_INJECTED,
     match_both_ends,
     explain_both_ends,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BY_BOTH | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_APP_ABORT, 10}}},
    {"both_ends_perhaps",
     RST_CAUSE_INJECTED,
     match_both_ends_perhaps,
     NULL,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
