/* nat.c
 * Rules for resets by a host that translates addresses.
 *
 * Linux connection tracking (nf_conntrack) marks a segment outside the window of its flow as INVALID, and does not
 * translate it back. So a late duplicate reaches the translating host itself, which has no socket for it and answers
 * with a bare reset at its ACK (RFC 9293, section 3.10.7.1), while the real endpoint behind it never notices. Container
 * hosts are known for this (nf_conntrack_tcp_be_liberal).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/nat.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* A bare reset answers data that its apparent sender had acknowledged before. */
static bool answers_duplicate(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return reset->late_duplicate.pass_index && !(reset->flags & RST_FLAG_ACK) && !reset->after.restarted &&
           !rst_has_fin(view->own) && rst_was_open(view);
}

/* That host carries on as if nothing had happened. */
static bool is_leak(const rst_view_t *view)
{
    return answers_duplicate(view) && view->reset->after.own_next.pass_index;
}

/* It did so after a reset of this kind before. */
static bool is_leak_again(const rst_view_t *view)
{
    const rst_reset_t *before = view->reset->own_before;

    return answers_duplicate(view) && !view->reset->after.own_next.pass_index && before &&
           before->late_duplicate.pass_index && rst_follows_nothing(view);
}

static bool is_elsewhere(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    return delta != RST_HOPS_NONE && delta != 0;
}

static unsigned match_leak_elsewhere(const rst_view_t *view)
{
    return is_leak(view) && is_elsewhere(view) ? 62 : 0;
}

static unsigned match_leak(const rst_view_t *view)
{
    return is_leak(view) && !is_elsewhere(view) ? 55 : 0;
}

static unsigned match_leak_again_elsewhere(const rst_view_t *view)
{
    return is_leak_again(view) && is_elsewhere(view) ? 62 : 0;
}

static unsigned match_leak_again(const rst_view_t *view)
{
    return is_leak_again(view) && !is_elsewhere(view) ? 55 : 0;
}

static void write_leak(const rst_view_t *view, const char *when, rst_moment_t goes_on)
{
    const rst_moment_t duplicate = view->reset->late_duplicate;

    rst_summary(view,
                "Probably not translated back: the late duplicate in %s met a host that translates addresses for %s "
                "and has no such connection of its own, so it was reset, while that endpoint %s in %s",
                rst_where(view, duplicate.pass_index), rst_who_own(view), when, rst_where(view, goes_on.pass_index));
    rst_evidence_add(view, duplicate.pass_index,
                     "Data that this side had acknowledged before. Its ACK is the reset's SEQ");
}

static void explain_leak(const rst_view_t *view)
{
    const rst_moment_t goes_on = view->reset->after.own_next;

    write_leak(view, "goes on", goes_on);
    rst_evidence_add(view, goes_on.pass_index, "The same side goes on after the reset");
    rst_explain_distance(view);
}

static void explain_leak_again(const rst_view_t *view)
{
    const rst_reset_t *before = view->reset->own_before;

    write_leak(view, "had gone on after such a reset before", before->after.own_next);
    rst_evidence_add(view, before->at.pass_index, "The reset before it answered a late duplicate too");
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_nat[] = {
    {"nat_leak_elsewhere",
     RST_CAUSE_NAT_LEAK,
     match_leak_elsewhere,
     explain_leak,
     RST_IF_ANSWER | RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_MIDDLEBOX | RST_RULE_DUPLICATE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_INJECTED, 8}}},
    {"nat_leak",
     RST_CAUSE_NAT_LEAK,
     match_leak,
     explain_leak,
     RST_IF_ANSWER | RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_DUPLICATE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_INJECTED, 8}}},
    {"nat_leak_again_elsewhere",
     RST_CAUSE_NAT_LEAK,
     match_leak_again_elsewhere,
     explain_leak_again,
     RST_IF_ANSWER | RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_AGAIN | RST_RULE_MIDDLEBOX | RST_RULE_DUPLICATE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_INJECTED, 8}}},
    {"nat_leak_again",
     RST_CAUSE_NAT_LEAK,
     match_leak_again,
     explain_leak_again,
     RST_IF_ANSWER | RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_AGAIN | RST_RULE_DUPLICATE | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_INJECTED, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
