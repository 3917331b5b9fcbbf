/* policy.c
 * Rules for a policy on the path: a device or packet filter reads requests and rejects them in the host's name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/policy.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

#define PAGE_SPAN (5 * RST_MILLISECOND)

/* Nor does the capture lack an answer. */
static bool first_payload(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;
    unsigned message = trigger ? trigger->message : view->peer->message;

    return !view->own->bytes && !view->own->gaps && !rst_hides_data(view) && view->peer->data_segments >= 1 &&
           view->peer->data_segments <= 2 && (message == RST_MESSAGE_REQUEST || message == RST_MESSAGE_CLIENT_HELLO);
}

/* The connection was not idle for long enough to be forgotten by the host, and the reset came sooner than the host ever
 * acknowledged anything here. */
static bool in_full_swing(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    if (!(own->known & RST_DIRECTION_RTT) || own->rtt < (int64_t)view->prefs->min_rtt_us * 1000 ||
        !rst_within(view, rst_delay(view), own->rtt / 2))
        return false;
    return rst_hop_step(view) && view->own->segments >= 4 && rst_has_history(view) && rst_was_open(view) &&
           rst_within(view, rst_silence(view), RST_SECOND);
}

static bool is_nearer(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    return delta != RST_HOPS_NONE && delta < 0;
}

/* Whoever resets has read the first request. alive = the host carries on. */
static unsigned by_reader(const rst_view_t *view, bool alive)
{
    bool first = first_payload(view);

    /* Whoever has read the request knows the next number, unless the capture lacks what came in between. */
    if (first && rst_made_elsewhere(view))
        return alive && view->reset->form != RST_FORM_AHEAD ? 92 : 75;
    /* The handshake took longer, and the host that goes on takes as long again. */
    if (first && alive && rst_hurried(view))
        return 75;
    if (rst_is_answer(view) && alive && is_nearer(view))
        return 75;
    if (!first || !alive || !view->reset->after.alive_new)
        return 0;
    return rst_is_answer(view) && rst_hop_delta(view) == 0 ? 0 : 70;
}

/* A filter that rejects a segment answers that segment, from nearer than the host; a forger does not wait for one. */
static unsigned by_filter(const rst_view_t *view, bool alive)
{
    if (!is_nearer(view) || !rst_is_answer(view) || rst_looks_genuine(view) || !(view->trigger->len || alive))
        return 0;
    if (rst_made_elsewhere(view) && !rst_idle_before(view))
        return !view->reset->opened ? 42 : (rst_clock_stands(view) ? RST_WITHOUT_HISTORY : 55);
    return in_full_swing(view) ? 52 : (rst_hop_step(view) ? 40 : 0);
}

/* A reset that answers a first request is a policy on the path if it comes from nearer than the host, or if the host
 * carries on. */
static unsigned match_policy(const rst_view_t *view)
{
    bool alive = view->reset->after.alive.pass_index != 0 && !rst_overtook_data(view);
    unsigned sure;

    if (rst_is_refusal(view) || view->reset->own_last.at.pass_index || rst_has_fin(view->own))
        return 0;
    if (rst_is_other_host(view))
        return first_payload(view) ? RST_UNSURE : 0;
    sure = by_reader(view, alive);
    return sure ? sure : by_filter(view, alive);
}

static void explain_policy(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    rst_summary(view,
                "%sreset by a policy on the path: the reset bears the address of %s and directly follows %s, but %s "
                "from that host",
                rst_probably(view), rst_who_own(view),
                rst_message_name((rst_message_t)(trigger && trigger->len ? trigger->message : view->peer->message)),
                rst_hedge(view, "did not come", "may not have come"));
    if (view->peer->last_data.pass_index)
        rst_evidence_add(view, view->peer->last_data.pass_index, "Last payload before the reset");
    rst_explain_elsewhere(view);
    if (view->reset->after.alive.pass_index)
        rst_evidence_add(view, view->reset->after.alive.pass_index, "The real host goes on after the reset");
}

/* The reset has the distance and the usual timing of the host, but the host carries on: its own packet filter, or one
 * right in front of it, rejects the request. Another host with its address would look the same. */
static bool filters_request(const rst_view_t *view)
{
    if (!rst_is_answer(view) || view->reset->own_last.at.pass_index || rst_has_fin(view->own) || !first_payload(view))
        return false;
    return view->reset->after.alive_new && rst_hop_delta(view) == 0 && !rst_made_elsewhere(view);
}

/* At zero hops, nobody else can have sent it. */
static bool is_next_hop(const rst_view_t *view)
{
    return rst_hops(view->reset->ttl) == 0;
}

static unsigned match_own_filter(const rst_view_t *view)
{
    return filters_request(view) && is_next_hop(view) ? 50 : 0;
}

static unsigned match_near_filter(const rst_view_t *view)
{
    return filters_request(view) && !is_next_hop(view) ? 50 : 0;
}

static void explain_filtered(const rst_view_t *view)
{
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was rejected");
    rst_evidence_add(view, view->reset->after.alive.pass_index, "The host goes on after the reset");
    rst_explain_distance(view);
}

static void explain_own_filter(const rst_view_t *view)
{
    rst_summary(view,
                "%srejected by a packet filter on %s itself or right in front of it: the reset that answers %s has not "
                "passed a router, and the host goes on with the connection (%s)",
                rst_probably(view), rst_who_own(view), rst_message_name((rst_message_t)view->trigger->message),
                rst_where(view, view->reset->after.alive.pass_index));
    explain_filtered(view);
}

static void explain_near_filter(const rst_view_t *view)
{
    rst_summary(view,
                "%srejected by a packet filter on %s itself or right in front of it, or by another host with its "
                "address: the reset that answers %s comes from the usual distance, and the host goes on with the "
                "connection (%s)",
                rst_probably(view), rst_who_own(view), rst_message_name((rst_message_t)view->trigger->message),
                rst_where(view, view->reset->after.alive.pass_index));
    explain_filtered(view);
}

/* After the reset, the host speaks up from where its SYN-ACK came from. */
static bool comes_back(const rst_view_t *view)
{
    return view->reset->after.own_ttl && rst_hops(view->reset->after.own_ttl) == rst_hops(view->own->syn_ttl);
}

/* A device in front of the server spoke for it before it sent the reset: what follows the SYN-ACK comes from nearer,
 * like the reset, and either came sooner than the server could answer, or the server speaks up after all. With a proxy
 * that answers for slower servers, it is the other way around: the SYN-ACK comes from nearer. */
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
    fast = round_trip != RST_TIME_NONE && answer != RST_TIME_NONE &&
           rst_time_sub(round_trip, answer) >= 5 * RST_MILLISECOND &&
           rst_within(view, answer, rst_time_percent(view->prefs->fast_percent, round_trip));
    back = comes_back(view);
    if (fast || back)
        return fast && back ? 92 : 75;
    return own->bytes || rst_has_fin(own) ? RST_UNSURE : 0;
}

/* The latest packet with payload or FIN in the name of the sender, whether it fitted that side or not. */
typedef struct page {
    rst_moment_t at; /* pass_index 0 = none */
    uint16_t ip_id;  /* 0 = unknown */
    uint8_t ttl;
} page_t;

static page_t page_of(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    const rst_recent_segment_t *stray = own->stray;
    bool latest = own->last.pass_index &&
                  (own->last_data.pass_index == own->last.pass_index || own->fin.pass_index == own->last.pass_index);

    if (stray && stray->space && stray->moment.pass_index > own->last.pass_index)
        return (page_t){stray->moment, stray->ip_id, stray->ttl};
    if (!latest || !(own->known & RST_DIRECTION_HOPS))
        return (page_t){.ip_id = 0};
    return (page_t){own->last, (own->known & RST_DIRECTION_IP_ID) ? own->ip_id : 0, own->ttl};
}

static bool apart(const rst_view_t *view, uint8_t a, uint8_t b)
{
    /* RST_HOPS_ABSURD is far from all others: a TTL that no stack starts from is that of a program. */
    return a && b && ABS(rst_hops(a) - rst_hops(b)) >= (int)view->prefs->hop_delta;
}

/* An answer and right behind it a reset from another distance: no host is at two places, but a program that writes
 * packets itself chooses their TTL, and the kernel below it, which knows of no connection, sends the reset. */
static bool ends_page(const rst_view_t *view, const page_t *page)
{
    if (view->reset->own_last.at.pass_index || rst_is_refusal(view))
        return false;
    return (view->reset->known & RST_HAS_IP) && !(view->reset->known & RST_HAS_TIMESTAMP) && view->peer->bytes &&
           page->at.pass_index && rst_within(view, rst_since(view, page->at), PAGE_SPAN) &&
           apart(view, page->ttl, view->reset->ttl);
}

/* The SYN-ACK comes from a third place. */
static bool is_third_place(const rst_view_t *view, const page_t *page)
{
    return (view->own->known & RST_DIRECTION_SYNACK) && apart(view, page->ttl, view->own->syn_ttl) &&
           apart(view, view->reset->ttl, view->own->syn_ttl);
}

/* The next IP ID: one counter made both. */
static bool shares_counter(const rst_view_t *view, const page_t *page)
{
    return (view->reset->known & RST_HAS_IP_ID) && page->ip_id &&
           (uint16_t)(view->reset->ip_id - page->ip_id - 1) < RST_ID_NEXT;
}

static bool lacks_counter(const rst_view_t *view, const page_t *page)
{
    return !(view->reset->known & RST_HAS_IP_ID) || !view->reset->ip_id || !page->ip_id;
}

static unsigned match_page(const rst_view_t *view)
{
    page_t page = page_of(view);

    return ends_page(view, &page) && is_third_place(view, &page) && shares_counter(view, &page) ? 60 : 0;
}

/* IPv6 has no IP ID; a capture that begins in the middle has no SYN-ACK. */
static unsigned match_page_perhaps(const rst_view_t *view)
{
    page_t page = page_of(view);

    if (!ends_page(view, &page))
        return 0;
    if (is_third_place(view, &page))
        return lacks_counter(view, &page) ? RST_UNSURE : 0;
    return !view->own->syn_ttl && shares_counter(view, &page) ? RST_UNSURE : 0;
}

static void explain_page(const rst_view_t *view)
{
    page_t page = page_of(view);

    rst_summary(view,
                "Probably reset by a policy on the path: the answer in %s and this reset, %s later and with the next "
                "IP ID, have one maker, but neither comes from where the SYN-ACK of %s does",
                rst_where(view, page.at.pass_index), rst_span(view, rst_since(view, page.at)), rst_who_own(view));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN-ACK with TTL %u", view->own->syn_ttl);
    rst_evidence_add(view, page.at.pass_index, "The answer has TTL %u and IP ID %u, the reset TTL %u and IP ID %u",
                     page.ttl, page.ip_id, view->reset->ttl, view->reset->ip_id);
}

static void explain_page_perhaps(const rst_view_t *view)
{
    page_t page = page_of(view);

    rst_summary(view,
                "Perhaps reset by a policy on the path: the answer in %s and this reset, %s later, bear the address of "
                "%s but come from two distances",
                rst_where(view, page.at.pass_index), rst_span(view, rst_since(view, page.at)), rst_who_own(view));
    rst_evidence_add(view, page.at.pass_index, "The answer has TTL %u, the reset TTL %u", page.ttl, view->reset->ttl);
    if (view->own->syn_ttl)
        rst_evidence_add(view, view->own->syn.pass_index, "SYN-ACK with TTL %u", view->own->syn_ttl);
}

static void explain_spoken_for(const rst_view_t *view)
{
    rst_summary(view,
                "%s answered in the name of %s (%s) and reset the connection: both come from nearer than that host's "
                "SYN-ACK",
                rst_hedge(view, "A device on the path", "Perhaps a device on the path"), rst_who_own(view),
                rst_where(view, view->own->last.pass_index));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN-ACK with TTL %u", view->own->syn_ttl);
    rst_evidence_add(view, view->own->last.pass_index, "Same TTL %u as the reset, %s after the other side's last data",
                     view->own->ttl, rst_span(view, rst_elapsed(view->peer->last_data, view->own->last)));
    if (comes_back(view))
        rst_evidence_add(view, view->reset->after.own_next.pass_index, "TTL %u: the host itself, after the reset",
                         view->reset->after.own_ttl);
}

const rst_rule_t rst_rules_policy[] = {
    {"answered_in_its_name",
     RST_CAUSE_POLICY_RESET,
     match_spoken_for,
     explain_spoken_for,
     RST_IF_ANY,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 8}}},
    {"page_and_reset",
     RST_CAUSE_POLICY_RESET,
     match_page,
     explain_page,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 15}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 10}}},
    {"page_and_reset_perhaps",
     RST_CAUSE_POLICY_RESET,
     match_page_perhaps,
     explain_page_perhaps,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 15}, {RST_CAUSE_UNKNOWN_TO_KERNEL, 15}}},
    {"request_blocked",
     RST_CAUSE_POLICY_RESET,
     match_policy,
     explain_policy,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BY_DISTANCE | RST_RULE_BY_PROGRESS | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 12}, {RST_CAUSE_INJECTED, 10}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {"host_filter",
     RST_CAUSE_POLICY_RESET,
     match_own_filter,
     explain_own_filter,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 25}, {RST_CAUSE_NO_CONNECTION, 8}}},
    {"host_filter_or_near",
     RST_CAUSE_POLICY_RESET,
     match_near_filter,
     explain_near_filter,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_SENDER_UNKNOWN | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 25}, {RST_CAUSE_NO_CONNECTION, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
