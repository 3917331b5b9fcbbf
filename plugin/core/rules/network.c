/* network.c
 * Rules for a connection that goes on under the address that reset it.
 *
 * A verdict of this kind accuses somebody, so it needs strong evidence: the apparent sender carries on, a train of
 * guessed numbers, both ends reset at once, or a different hop distance. Weak clues only yield an alternative.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/network.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"

/* If the other direction is missing, the capture does not show what a bare reset answers: it may come from a second
 * host with this address, next to the first or behind it. */
static bool may_be_other_host(const rst_view_t *view)
{
    return rst_one_way(view) && !(view->reset->flags & RST_FLAG_ACK) && (!rst_hop_jump(view) || rst_from_behind(view));
}

/* A host that goes on after its apparent abort did not send it. */
static bool goes_on(const rst_view_t *view)
{
    if (!view->reset->after.alive.pass_index || rst_overtook_data(view) || rst_is_refusal(view) ||
        rst_is_other_host(view) || (rst_is_answer(view) && !rst_hop_jump(view)))
        return false;
    /* Before the handshake is complete, the kernel may reset a connection with which a program with a raw socket
     * carries on. */
    return !rst_is_empty(view) || rst_was_open(view);
}

static unsigned match_contradicted_one_way(const rst_view_t *view)
{
    return goes_on(view) && may_be_other_host(view) ? RST_UNSURE : 0;
}

static unsigned match_contradicted_bare(const rst_view_t *view)
{
    if (!goes_on(view) || may_be_other_host(view) || !rst_answers_lost(view))
        return 0;
    return rst_has_history(view) ? 75 : RST_UNSURE;
}

static unsigned match_contradicted(const rst_view_t *view)
{
    if (!goes_on(view) || may_be_other_host(view) || rst_answers_lost(view))
        return 0;
    if (rst_hop_jump(view))
        return rst_is_answer(view) && rst_from_behind(view) ? 75 : 97;
    return view->reset->after.alive_new ? 90 : 75;
}

static void explain_contradiction(const rst_view_t *view)
{
    rst_evidence_add(view, view->reset->after.alive.pass_index,
                     "New data, FIN or acknowledgment from the same sender after the reset%s",
                     view->reset->after.alive_new ? ", sent later according to its timestamp or IP ID" : "");
    rst_explain_distance(view);
}

static void explain_contradicted(const rst_view_t *view)
{
    const rst_moment_t alive = view->reset->after.alive;

    rst_summary(view,
                "%sinjected: %s goes on with the connection in %s, %s after 'its' reset, so something else on the path "
                "%s it",
                rst_probably(view), rst_who_own(view), rst_where(view, alive.pass_index),
                rst_span(view, rst_elapsed(view->reset->at, alive)), rst_hedge(view, "sent", "may have sent"));
    explain_contradiction(view);
}

static void explain_contradicted_bare(const rst_view_t *view)
{
    explain_contradicted(view);
    rst_evidence_add(
        view, view->reset->at.pass_index,
        "A reset without the ACK flag answers a segment, and the capture shows none: if it lacks that one, a "
        "second host with this address may have answered it");
}

static void explain_contradicted_one_way(const rst_view_t *view)
{
    const rst_moment_t alive = view->reset->after.alive;

    rst_summary(view,
                "Perhaps injected: %s goes on with the connection in %s, %s after 'its' reset. Capture both "
                "directions: the reset may also be the answer of another host with this address",
                rst_who_own(view), rst_where(view, alive.pass_index),
                rst_span(view, rst_elapsed(view->reset->at, alive)));
    explain_contradiction(view);
}

/* A host that waits for a SYN-ACK answers any other ACK with a reset and goes on waiting (RFC 9293, section 3.10.7.3).
 */
static bool waits_for_synack(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return (own->known & RST_DIRECTION_SYN) && !(own->known & RST_DIRECTION_SYNACK) && own->nxt == own->isn + 1 &&
           !own->pure_acks && !own->data_segments && view->trigger->ack != own->isn + 1;
}

/* One address, several hosts: a stateless answer, but the connection goes on under the same address. Where the peer had
 * reset the connection before, that explains why its host does not know it. */
static bool answers_without_state(const rst_view_t *view)
{
    return rst_is_answer(view) && !view->reset->own_last.at.pass_index && !view->reset->peer_last.at.pass_index &&
           !rst_has_fin(view->own) && !(view->trigger->flags & RST_FLAG_SYN) && !waits_for_synack(view);
}

static bool is_accepted_after_all(const rst_view_t *view)
{
    return view->reset->after.synack.pass_index && (view->own->known & RST_DIRECTION_SYNACK) && !view->own->bytes;
}

/* Several hosts of one service may be at the same distance; a reset from another distance comes from somebody on the
 * path. */
static unsigned match_other_accepts(const rst_view_t *view)
{
    return answers_without_state(view) && is_accepted_after_all(view) && !rst_hop_jump(view) ? 55 : 0;
}

static unsigned match_other_accepts_perhaps(const rst_view_t *view)
{
    return answers_without_state(view) && is_accepted_after_all(view) && rst_hop_jump(view) ? 20 : 0;
}

static unsigned match_other_goes_on(const rst_view_t *view)
{
    if (!view->reset->after.alive.pass_index || !answers_without_state(view) || is_accepted_after_all(view))
        return 0;
    /* One packet of a host that the connection does not know yet may be anybody's. */
    return view->own->segments < 2 && view->reset->after.alive_count < 2 ? RST_UNSURE : 50;
}

static unsigned match_other_farther(const rst_view_t *view)
{
    if (!answers_without_state(view) || is_accepted_after_all(view) || view->reset->after.alive.pass_index)
        return 0;
    return rst_is_other_host(view) ? RST_UNSURE : 0;
}

static void write_two_hosts(const rst_view_t *view, rst_moment_t goes_on)
{
    rst_summary(
        view,
        "%stwo hosts behind one address: the segment in %s reached a host without this connection, while %s goes "
        "on with it in %s",
        rst_probably(view), rst_where(view, view->trigger->moment.pass_index), rst_who_own(view),
        rst_where(view, goes_on.pass_index));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
    rst_evidence_add(view, goes_on.pass_index, "The same address goes on after the reset");
    rst_explain_distance(view);
}

static void explain_other_accepts(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    write_two_hosts(view, after->alive.pass_index ? after->alive : after->synack);
}

static void explain_other_goes_on(const rst_view_t *view)
{
    write_two_hosts(view, view->reset->after.alive);
}

static void explain_other_farther(const rst_view_t *view)
{
    rst_summary(view,
                "Perhaps two hosts behind one address: the segment in %s was answered by a host without this "
                "connection, from farther away than the other packets from %s",
                rst_where(view, view->trigger->moment.pass_index), rst_who_own(view));
    rst_evidence_add(view, view->trigger->moment.pass_index, "The segment that was answered");
    rst_explain_distance(view);
}

static unsigned match_copied(const rst_view_t *view)
{
    return view->reset->after.twin.pass_index ? 60 : 0;
}

static void explain_copied(const rst_view_t *view)
{
    rst_summary(view,
                "Probably injected: %s sent this reset itself in %s, from its usual distance, and somebody on the path "
                "sent this copy of it",
                rst_who_own(view), rst_where(view, view->reset->after.twin.pass_index));
    rst_evidence_add(view, view->reset->after.twin.pass_index,
                     "The same numbers, flags and window from another distance than TTL %u", view->reset->ttl);
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_network[] = {
    {"copied_elsewhere",
     RST_CAUSE_INJECTED,
     match_copied,
     explain_copied,
     RST_IF_ANY,
     RST_RULE_MIDDLEBOX | RST_NEEDS_NOTHING,
     {{RST_CAUSE_DUPLICATE, 20}, {RST_CAUSE_POLICY_RESET, 10}}},
    {"contradicted_one_way",
     RST_CAUSE_INJECTED,
     match_contradicted_one_way,
     explain_contradicted_one_way,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_PROGRESS | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 5}, {RST_CAUSE_POLICY_RESET, 3}}},
    {"contradicted_bare",
     RST_CAUSE_INJECTED,
     match_contradicted_bare,
     explain_contradicted_bare,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_PROGRESS | RST_NEEDS_DISTANCE | RST_NEEDS_NO_TRIGGER,
     {{RST_CAUSE_SESSION_FAILOVER, 20}, {RST_CAUSE_POLICY_RESET, 3}}},
    {"network_contradicted",
     RST_CAUSE_INJECTED,
     match_contradicted,
     explain_contradicted,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_PROGRESS | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 5}, {RST_CAUSE_POLICY_RESET, 3}}},
    {"other_host_accepts",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_accepts,
     explain_other_accepts,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_INJECTED, 10}}},
    {"other_host_perhaps",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_accepts_perhaps,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE,
     {{0, 0}}},
    {"other_host_goes_on",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_goes_on,
     explain_other_goes_on,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_INJECTED, 10}}},
    {"other_host_farther",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_farther,
     explain_other_farther,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_POLICY_RESET, 15}, {RST_CAUSE_INJECTED, 10}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
