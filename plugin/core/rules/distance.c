/* distance.c
 * Rules for resets whose distance or timing alone suggests that somebody else sent them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/distance.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

static bool lacks_trigger(const rst_view_t *view)
{
    return !view->trigger && !(view->reset->flags & RST_FLAG_ACK) && !view->reset->own_last.at.pass_index;
}

/* A capture filter on SYN, FIN and resets leaves only one or two packets to compare with. If the packets of a
 * connection take several routes, or SYN-ACKs come from a proxy, these say no more than the reset does. */
static bool compares_with_flags(const rst_view_t *view)
{
    return !view->own->data_segments && !view->own->pure_acks && !rst_directions_talk(view->own, view->peer);
}

/* The SYN-ACK is all that its host has shown so far. */
static bool from_elsewhere_than_synack(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    int syn = rst_hops(own->syn_ttl), here = rst_hops(view->reset->ttl);

    if (!(view->reset->known & RST_HAS_IP) || !view->reset->ttl || !(own->known & RST_DIRECTION_SYNACK) ||
        !own->syn_ttl || !(own->known & RST_DIRECTION_HOPS) || own->hop_min != own->hop_max)
        return false;
    return syn == own->hop_max && syn != RST_HOPS_ABSURD && here != RST_HOPS_ABSURD &&
           ABS(syn - here) >= (int)view->prefs->hop_delta;
}

typedef enum place {
    PLACE_OWN,        /* nothing contradicts the host */
    PLACE_GENUINE,    /* elsewhere, but the packet contains what only the host knows, or ports are forwarded */
    PLACE_OTHER_HOST, /* probably that of another host with this address, or of somebody who harms nobody */
    PLACE_UNSURE,     /* that of another host, of another route, or of somebody on the path */
    PLACE_ON_PATH
} place_t;

/* The distance differs, but perhaps another host with this address sent it, or the same host over another route. */
static place_t place_by_route(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);
    /* perhaps an answer, if the capture lacks what it answers */
    bool answer = rst_is_answer(view) || !view->peer->segments;

    if (answer && delta > 0 && delta <= RST_OTHER_ROUTE && !rst_too_fast(view) && !rst_copies_id(view))
        return rst_out_of_step(view) ? PLACE_UNSURE : PLACE_OTHER_HOST;
    /* A bare reset answers something, which a capture with gaps may lack. Then another host with the same address, a
     * few hops nearer, is just as likely. */
    if (lacks_trigger(view) && !rst_has_history(view) && delta >= -RST_OTHER_ROUTE)
        return PLACE_UNSURE;
    if (compares_with_flags(view) && ABS(delta) <= RST_OTHER_ROUTE)
        return PLACE_UNSURE;
    /* Without the handshake the round trip is unknown, and a host with the same address may be nearer. */
    if (rst_is_answer(view) && !view->reset->opened && !rst_too_fast(view) && !rst_copies_id(view) && delta < 0)
        return PLACE_OTHER_HOST;
    return PLACE_ON_PATH;
}

/* The one strong clue, a different hop distance, without any other. */
static place_t place_of(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool together;

    if (!rst_made_elsewhere(view) || rst_is_refusal(view))
        return PLACE_OWN;
    /* Without times, nothing shows what it answers, or after how long a silence. */
    if (rst_clock_stands(view))
        return PLACE_UNSURE;
    /* Ports may be forwarded to hosts at different distances. */
    if (rst_is_unseen_refusal(view) || (rst_looks_genuine(view) && !rst_too_fast(view)))
        return PLACE_GENUINE;
    /* An answer to what was in flight to a host that had itself reset the connection does not accuse anybody either. */
    if (rst_is_answer(view) && reset->own_first.at.pass_index && (reset->own_first.flags & RST_FLAG_ACK) &&
        rst_hops(reset->own_first.ttl) == view->own->hop_max)
        return PLACE_OTHER_HOST;
    /* The other end was reset at the same moment, which is no coincidence. */
    together = rst_within(view, rst_other_end(view), (int64_t)view->prefs->bidir_ms * RST_MILLISECOND);
    /* A reset after the end harms nobody, and an answer from farther away is from another host. */
    if ((rst_fins_done(view) && rst_is_answer(view)) ||
        (reset->peer_last.at.pass_index && !rst_peer_reset_elsewhere(view) && !together))
        return PLACE_OTHER_HOST;
    return together ? PLACE_ON_PATH : place_by_route(view);
}

static unsigned match_from_path(const rst_view_t *view)
{
    place_t place = place_of(view);

    if (place == PLACE_UNSURE)
        return RST_UNSURE;
    if (place != PLACE_ON_PATH)
        return 0;
    return rst_has_fin(view->own) && rst_is_answer(view) ? 50 : 72;
}

static unsigned match_distance(const rst_view_t *view)
{
    return rst_hop_jump(view) ? match_from_path(view) : 0;
}

static unsigned match_too_soon(const rst_view_t *view)
{
    return rst_too_fast(view) && !rst_hop_jump(view) ? match_from_path(view) : 0;
}

static unsigned match_copied_id(const rst_view_t *view)
{
    return rst_copies_id(view) && !rst_too_fast(view) && !rst_hop_jump(view) ? match_from_path(view) : 0;
}

/* Sooner than the handshake of this connection, which alone has other explanations. */
static bool is_only_hurried(const rst_view_t *view)
{
    return rst_hurried(view) && !rst_made_elsewhere(view) && !rst_is_refusal(view) && !rst_looks_genuine(view) &&
           !rst_has_fin(view->own) && !rst_has_fin(view->peer);
}

static unsigned match_hurried(const rst_view_t *view)
{
    return is_only_hurried(view) && from_elsewhere_than_synack(view) ? 55 : 0;
}

/* A host without this connection offers no window: the resets that answer something have 0 there. */
static unsigned match_hurried_window(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (!is_only_hurried(view) || from_elsewhere_than_synack(view) || !rst_is_answer(view))
        return 0;
    return !(reset->flags & RST_FLAG_ACK) && (reset->known & RST_HAS_WINDOW) && reset->window ? 55 : 0;
}

static unsigned match_hurried_unstamped(const rst_view_t *view)
{
    return is_only_hurried(view) && !from_elsewhere_than_synack(view) && rst_lacks_stamp(view) &&
                   !view->reset->own_last.at.pass_index
               ? RST_UNSURE
               : 0;
}

static unsigned match_perhaps(const rst_view_t *view)
{
    switch (place_of(view)) {
    case PLACE_GENUINE:
        return 35;
    case PLACE_OTHER_HOST:
        return 40;
    default:
        return 0;
    }
}

static void explain_answered(const rst_view_t *view)
{
    rst_explain_elsewhere(view);
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
}

static void explain_distance(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    rst_summary(
        view,
        "%s injected: the reset bears the address of %s but comes from %d hop%s %s than that host's other packets",
        rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view), ABS(delta), ABS(delta) == 1 ? "" : "s",
        delta < 0 ? "nearer" : "farther");
    explain_answered(view);
}

static void explain_too_soon(const rst_view_t *view)
{
    rst_summary(view,
                "%s injected: the reset bears the address of %s but came %s after the segment it answers, sooner than "
                "that host can answer",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view),
                rst_span(view, rst_since(view, rst_reacts_to(view))));
    explain_answered(view);
}

static void explain_copied_id(const rst_view_t *view)
{
    rst_summary(view,
                "%s injected: the reset bears the address of %s, but the IP ID of the packet that it reacts to, as if "
                "a device had turned that packet around",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view));
    explain_answered(view);
}

static void write_hurried(const rst_view_t *view)
{
    rst_summary(view,
                "%s injected: the reset bears the address of %s but came %s after what it reacts to, while the "
                "handshake with that host took %s",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view),
                rst_span(view, rst_since(view, rst_reacts_to(view))), rst_span(view, view->own->rtt));
    rst_evidence_add(view, rst_reacts_to(view).pass_index, "The segment that it reacts to");
}

static void explain_hurried(const rst_view_t *view)
{
    write_hurried(view);
    rst_evidence_add(view, view->own->syn.pass_index, "The SYN-ACK has TTL %u, the reset TTL %u", view->own->syn_ttl,
                     view->reset->ttl);
}

static void explain_hurried_window(const rst_view_t *view)
{
    write_hurried(view);
    rst_evidence_add(view, view->reset->at.pass_index,
                     "A bare reset with window %u: a host that knows of no connection writes 0", view->reset->window);
}

static void explain_hurried_unstamped(const rst_view_t *view)
{
    write_hurried(view);
    rst_evidence_add(view, view->reset->at.pass_index, "It bears no timestamp, unlike all other packets of that side");
}

const rst_rule_t rst_rules_distance[] = {
    {"other_distance",
     RST_CAUSE_INJECTED,
     match_distance,
     explain_distance,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_SESSION_FAILOVER, 8}}},
    {"sooner_than_host",
     RST_CAUSE_INJECTED,
     match_too_soon,
     explain_too_soon,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_SESSION_FAILOVER, 8}}},
    {"copied_ip_id",
     RST_CAUSE_INJECTED,
     match_copied_id,
     explain_copied_id,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_NO_CONNECTION, 12}}},
    {"sooner_than_handshake",
     RST_CAUSE_INJECTED,
     match_hurried,
     explain_hurried,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_UNREAD_DATA, 12}, {RST_CAUSE_APP_ABORT, 8}}},
    {"sooner_and_odd_window",
     RST_CAUSE_INJECTED,
     match_hurried_window,
     explain_hurried_window,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_UNREAD_DATA, 12}, {RST_CAUSE_APP_ABORT, 8}}},
    {"sooner_and_unstamped",
     RST_CAUSE_INJECTED,
     match_hurried_unstamped,
     explain_hurried_unstamped,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 12}, {RST_CAUSE_UNREAD_DATA, 12}, {RST_CAUSE_APP_ABORT, 8}}},
    {"other_distance_perhaps",
     RST_CAUSE_INJECTED,
     match_perhaps,
     NULL,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
