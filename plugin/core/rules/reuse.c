/* reuse.c
 * Rules for a SYN on addresses and ports that an older connection still holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/reuse.h"

#include "base/seq.h"
#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define ROUTE_HOPS 3 /* a route may have changed by this much between two connections */

/* Packets that came from elsewhere than the hosts do now are no connection of these hosts. */
static bool is_credible(const rst_view_t *view, const rst_previous_t *previous)
{
    for (unsigned i = 0; i < 2; i++) {
        const rst_direction_t *side = &view->reset->direction[i];
        uint8_t now = (side->known & RST_DIRECTION_HOPS) ? side->ttl : i == view->reset->from ? view->reset->ttl : 0;

        if (now && previous->ttl[i] && ABS(rst_hops(now) - rst_hops(previous->ttl[i])) > ROUTE_HOPS)
            return false;
    }
    return true;
}

static const rst_previous_t *previous_of(const rst_view_t *view)
{
    const rst_previous_t *previous = view->reset->previous;

    return previous && is_credible(view, previous) ? previous : NULL;
}

static bool meets_syn(const rst_view_t *view)
{
    return rst_is_refusal(view) && (view->trigger->flags & RST_FLAG_SYN);
}

/* A SYN was answered by a plain ACK for something else, which its sender resets (RFC 9293, figures 9 and 10). */
static bool meets_old_ack(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    return rst_is_answer(view) && trigger && !(trigger->flags & RST_FLAG_SYN) &&
           (view->own->known & RST_DIRECTION_SYN) && !(view->own->known & RST_DIRECTION_SYNACK) &&
           !(view->peer->known & RST_DIRECTION_SYN) && !view->own->bytes && !view->own->pure_acks &&
           trigger->ack != view->own->isn + 1;
}

/* RFC 1122, section 4.2.2.13, and RFC 6191: a SYN may reopen a connection in TIME-WAIT only above the old sequence
 * numbers or with a newer timestamp. */
static bool below_previous(const rst_view_t *view, const rst_previous_t *previous, unsigned client)
{
    const rst_direction_t *side = &view->reset->direction[client];

    if (!previous || !previous->both_fins || !(previous->known[client] & RST_DIRECTION_NXT))
        return false;
    if ((previous->known[client] & RST_DIRECTION_TIMESTAMPS) && (side->known & RST_DIRECTION_TIMESTAMPS) &&
        rst_seq_after(side->tsval, previous->tsval[client]))
        return false;
    return !rst_seq_after(side->isn, previous->nxt[client]);
}

static int64_t previous_age(const rst_view_t *view)
{
    const rst_previous_t *previous = previous_of(view);

    return previous ? rst_elapsed(previous->last, view->reset->story->began) : RST_TIME_NONE;
}

static unsigned match_time_wait(const rst_view_t *view)
{
    unsigned client = view->reset->client;
    const rst_previous_t *previous = previous_of(view);
    int64_t limit = (int64_t)view->prefs->time_wait_s * RST_SECOND;

    if (!previous || !below_previous(view, previous, client) || !rst_within(view, previous_age(view), limit))
        return 0;
    if (meets_syn(view))
        return 85;
    return meets_old_ack(view) ? 90 : 0;
}

static void explain_time_wait(const rst_view_t *view)
{
    const rst_previous_t *previous = previous_of(view);
    unsigned client = view->reset->client;

    rst_summary(view,
                "%sport reused too early: %s opened a new connection %s after the old one on the same addresses and "
                "ports had closed, with a sequence number not above the old one, so it ran into TIME-WAIT",
                rst_probably(view), rst_who(view, client), rst_span(view, previous_age(view)));
    rst_evidence_add(view, previous->last.pass_index,
                     "Last segment of the previous connection, which was closed by both FINs");
    rst_evidence_add(view, view->reset->story->began.pass_index,
                     "The new SYN is %u below the old connection's last number",
                     rst_seq_ahead(previous->nxt[client], view->reset->direction[client].isn));
}

static unsigned match_live(const rst_view_t *view)
{
    const rst_previous_t *previous = previous_of(view);
    int64_t age = previous_age(view);

    if (!meets_syn(view) || !previous || !previous->live)
        return 0;
    if (previous->gaps)
        return RST_WITHOUT_HISTORY;
    return rst_within(view, age, (int64_t)view->prefs->time_wait_s * RST_SECOND) ? 80 : 50;
}

static void explain_live(const rst_view_t *view)
{
    rst_summary(
        view,
        "The SYN in %s %smet a connection with the same addresses and ports that was still open, and %s reset it "
        "instead of asking with an ACK",
        rst_where(view, view->trigger->moment.pass_index), rst_probably(view), rst_who_own(view));
    rst_evidence_add(view, view->reset->previous->last.pass_index,
                     "Last segment of the connection that was still open");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The new SYN");
}

/* The ACK is for no older connection if the capture lacks what it acknowledges of this one. */
static unsigned match_discovery(const rst_view_t *view)
{
    if (!meets_old_ack(view))
        return 0;
    if (!previous_of(view) && rst_acks_unseen(view))
        return RST_WITHOUT_HISTORY;
    return previous_of(view) ? 95 : 88;
}

static void explain_discovery(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    rst_summary(view,
                "%s still held an older connection with the same addresses and ports: it answered the SYN with an ACK "
                "for the old one (%s), and %s refuses that with this reset%s",
                rst_who_peer(view), rst_where(view, view->trigger->moment.pass_index), rst_who_own(view),
                after->syn_again || after->retry.pass_index ? ", then tried again" : "");
    rst_evidence_add(view, view->own->syn.pass_index, "The new SYN");
    rst_evidence_add(view, view->trigger->moment.pass_index,
                     "ACK that does not acknowledge the SYN, answered by this reset");
    if (previous_of(view))
        rst_evidence_add(view, previous_of(view)->last.pass_index, "Last segment of the older connection");
    if (after->retry.pass_index)
        rst_evidence_add(view, after->retry.pass_index, "The client tries again");
}

const rst_rule_t rst_rules_reuse[] = {
    {"reuse_time_wait",
     RST_CAUSE_TIME_WAIT_REUSE,
     match_time_wait,
     explain_time_wait,
     RST_IF_REFUSAL | RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HALF_OPEN_DISCOVERY, 6}}},
    {"reuse_half_open",
     RST_CAUSE_HALF_OPEN_DISCOVERY,
     match_discovery,
     explain_discovery,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HANDSHAKE_BAD_ACK, 3}}},
    {"reuse_still_open",
     RST_CAUSE_HALF_OPEN_DISCOVERY,
     match_live,
     explain_live,
     RST_IF_REFUSAL,
     RST_NEEDS_NOTHING,
     {{RST_CAUSE_CLOSED_PORT, 12}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
