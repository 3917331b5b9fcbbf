/* rules_reuse.c
 * Rules for a SYN on addresses and ports that an older connection still holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

static bool meets_syn(const rst_view_t *view)
{
    return rst_is_refusal(view) && (view->trigger->flags & RST_FLAG_SYN);
}

/* A SYN was answered by a plain ACK for something else, which its sender resets (RFC 9293, figures 9 and 10). */
static bool meets_old_ack(const rst_view_t *view)
{
    const rst_candidate_t *trigger = view->trigger;

    return rst_is_answer(view) && trigger && !(trigger->flags & RST_FLAG_SYN) && (view->x->known & RST_SIDE_SYN) &&
           !(view->x->known & RST_SIDE_SYNACK) && !(view->y->known & RST_SIDE_SYN) && !view->x->bytes &&
           !view->x->pure_acks && trigger->ack != view->x->isn + 1;
}

/* RFC 1122, 4.2.2.13 and RFC 6191: a SYN may reopen a connection in TIME-WAIT only above the old sequence numbers or
 * with a newer time stamp. */
static bool below_former(const rst_view_t *view, const rst_former_t *former, unsigned client)
{
    const rst_side_t *side = &view->reset->side[client];

    if (!former || !former->both_fins || !(former->known[client] & RST_SIDE_NXT))
        return false;
    if ((former->known[client] & RST_SIDE_TIMESTAMPS) && (side->known & RST_SIDE_TIMESTAMPS) &&
        rst_seq_after(side->tsval, former->tsval[client]))
        return false;
    return !rst_seq_after(side->isn, former->nxt[client]);
}

static int64_t former_age(const rst_view_t *view)
{
    const rst_former_t *former = view->reset->former;

    return former ? rst_elapsed(former->last, view->reset->conn->first) : RST_TIME_NONE;
}

static unsigned match_time_wait(const rst_view_t *view)
{
    unsigned client = view->reset->client;
    const rst_former_t *former = view->reset->former;
    int64_t limit = (int64_t)view->prefs->time_wait_s * RST_SECOND;

    if (!former || !below_former(view, former, client) || !rst_within(view, former_age(view), limit))
        return 0;
    if (meets_syn(view))
        return 85;
    return meets_old_ack(view) ? 90 : 0;
}

static void tell_time_wait(const rst_view_t *view)
{
    const rst_former_t *former = view->reset->former;
    unsigned client = view->reset->client;

    rst_summary(
        view,
        "Port reused too early: %s opened a new connection %s after the old one on the same addresses and ports "
        "had closed, with a sequence number not above the old one, so it met TIME-WAIT",
        rst_who(view, client), rst_span(view, former_age(view)));
    rst_evidence_add(view, former->last.visit, "Last segment of the former connection, closed by both FINs");
    rst_evidence_add(view, view->reset->conn->first.visit, "The new SYN is %u below the old connection's last number",
                     former->nxt[client] - view->reset->side[client].isn);
}

static unsigned match_live(const rst_view_t *view)
{
    const rst_former_t *former = view->reset->former;
    int64_t age = former_age(view);

    if (!meets_syn(view) || !former || !former->live)
        return 0;
    if (former->holes)
        return RST_WITHOUT_HISTORY;
    return rst_within(view, age, (int64_t)view->prefs->time_wait_s * RST_SECOND) ? 80 : 50;
}

static void tell_live(const rst_view_t *view)
{
    rst_summary(
        view,
        "The SYN of %s met a connection of the same addresses and ports that was still open, %s reset it instead "
        "of asking with an ACK",
        rst_where(view, view->trigger->mark.visit), rst_who_x(view));
    rst_evidence_add(view, view->reset->former->last.visit, "Last segment of the connection that was still open");
    rst_evidence_add(view, view->trigger->mark.visit, "The new SYN");
}

static unsigned match_discovery(const rst_view_t *view)
{
    if (!meets_old_ack(view))
        return 0;
    return view->reset->former ? 95 : 88;
}

static void tell_discovery(const rst_view_t *view)
{
    const rst_after_t *after = &view->reset->after;

    rst_summary(
        view,
        "%s still held an older connection of the same addresses and ports: it answered the SYN with an ACK for "
        "the old one (%s), and %s cleared that with this reset%s",
        rst_who_y(view), rst_where(view, view->trigger->mark.visit), rst_who_x(view),
        after->syn_again || after->retry.visit ? ", then tried again" : "");
    rst_evidence_add(view, view->x->syn.visit, "The new SYN");
    rst_evidence_add(view, view->trigger->mark.visit, "ACK that does not acknowledge the SYN, answered by this reset");
    if (view->reset->former)
        rst_evidence_add(view, view->reset->former->last.visit, "Last segment of the older connection");
    if (after->retry.visit)
        rst_evidence_add(view, after->retry.visit, "The client tries again");
}

const rst_rule_t rst_rules_reuse[] = {
    {RST_CAUSE_TIME_WAIT_REUSE,
     match_time_wait,
     tell_time_wait,
     RST_IF_REFUSAL | RST_IF_ANSWER,
     0,
     {{RST_CAUSE_HALF_OPEN_DISCOVERY, 6}}},
    {RST_CAUSE_HALF_OPEN_DISCOVERY,
     match_discovery,
     tell_discovery,
     RST_IF_ANSWER,
     0,
     {{RST_CAUSE_HANDSHAKE_BAD_ACK, 3}}},
    {RST_CAUSE_HALF_OPEN_DISCOVERY, match_live, tell_live, RST_IF_REFUSAL, 0, {{RST_CAUSE_CLOSED_PORT, 12}}},
    {RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
