/* both_closed.c
 * Rules for resets from elsewhere after both ends have closed. A balancer, proxy or firewall that drops its record of a
 * connection may reset both hosts, even when they have finished with it (a translator keeps the record for minutes: RFC
 * 5382, REQ-5). That harms nobody, so it is told before the rules that blame the path for a reset that does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/both_closed.h"

#include "rules/elsewhere.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define CLEAN_UP 72

/* It sent its FIN, and all data before that were acknowledged. */
static bool has_delivered(const rst_direction_t *side, const rst_direction_t *receiver)
{
    return rst_has_fin(side) && (receiver->known & RST_DIRECTION_ACKED) &&
           !rst_seq_before(receiver->acked, side->fin_seq - 1);
}

/* An answer from farther away than the host may be that of another host with its address (distance.c). */
static bool may_be_other_host(const rst_view_t *view)
{
    return rst_is_answer(view) && rst_hop_delta(view) > 0;
}

static bool is_clean_up(const rst_view_t *view)
{
    return has_delivered(view->own, view->peer) && has_delivered(view->peer, view->own) && rst_hop_jump(view) &&
           !may_be_other_host(view) && !rst_looks_genuine(view) && !rst_is_refusal(view);
}

static unsigned match_clean_up(const rst_view_t *view)
{
    return is_clean_up(view) && !view->reset->own_last.at.pass_index ? CLEAN_UP : 0;
}

static unsigned match_clean_up_again(const rst_view_t *view)
{
    return is_clean_up(view) && view->reset->own_last.at.pass_index ? CLEAN_UP : 0;
}

/* The other side had reset the connection itself, exactly and long enough ago for that reset to have arrived. */
static unsigned match_clean_up_after_reset(const rst_view_t *view)
{
    const rst_earlier_t *peer = &view->reset->peer_last;
    int64_t since = rst_since(view, peer->at);

    if (!peer->at.pass_index || since < RST_SECOND || view->reset->own_last.at.pass_index ||
        !(view->peer->known & RST_DIRECTION_NXT) || peer->seq != view->peer->nxt || rst_peer_reset_elsewhere(view))
        return 0;
    return rst_is_abort(view) && rst_hop_jump(view) && !rst_looks_genuine(view) ? CLEAN_UP : 0;
}

static void explain_closed(const rst_view_t *view)
{
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side whose address the reset bears");
    rst_evidence_add(view, view->peer->fin.pass_index, "FIN of the other side");
    rst_explain_elsewhere(view);
}

static void explain_clean_up(const rst_view_t *view)
{
    rst_summary(
        view,
        "Harmless: both sides had closed (FIN in %s and %s), with all data acknowledged, when a reset came that "
        "does not fit the other packets of %s. %s cleared its record of the connection",
        rst_where(view, view->own->fin.pass_index), rst_where(view, view->peer->fin.pass_index), rst_who_own(view),
        rst_hedge(view, "A device on the path probably", "A device on the path may have"));
    explain_closed(view);
}

static void explain_clean_up_again(const rst_view_t *view)
{
    rst_summary(
        view,
        "Follow-up, harmless: both sides had closed (FIN in %s and %s), with all data acknowledged, and a reset "
        "with the address of %s had come before (%s)",
        rst_where(view, view->own->fin.pass_index), rst_where(view, view->peer->fin.pass_index), rst_who_own(view),
        rst_where(view, view->reset->own_last.at.pass_index));
    explain_closed(view);
}

static void explain_clean_up_after_reset(const rst_view_t *view)
{
    rst_summary(view,
                "Follow-up, harmless: %s had reset the connection %s earlier (%s), then a reset came that does not fit "
                "the other packets of %s. %s cleared its record of the connection",
                rst_who_peer(view), rst_span(view, rst_since(view, view->reset->peer_last.at)),
                rst_where(view, view->reset->peer_last.at.pass_index), rst_who_own(view),
                rst_hedge(view, "A device on the path probably", "A device on the path may have"));
    rst_evidence_add(view, view->reset->peer_last.at.pass_index, "The connection had already been reset here");
    rst_explain_elsewhere(view);
}

const rst_rule_t rst_rules_both_closed[] = {
    {"cleared_after_both_fins",
     RST_CAUSE_CLOSE_RACE,
     match_clean_up,
     explain_clean_up,
     RST_IF_NO_REFUSAL,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BENIGN | RST_RULE_BY_DISTANCE | RST_RULE_BY_FIN |
         RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 8}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 5}}},
    {"cleared_again",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_clean_up_again,
     explain_clean_up_again,
     RST_IF_NO_REFUSAL,
     RST_RULE_AGAIN | RST_RULE_MIDDLEBOX | RST_RULE_BENIGN | RST_RULE_BY_DISTANCE | RST_RULE_BY_FIN |
         RST_NEEDS_DISTANCE,
     {{RST_CAUSE_CLOSE_RACE, 12}}},
    {"cleared_after_reset",
     RST_CAUSE_SEGMENT_AFTER_RESET,
     match_clean_up_after_reset,
     explain_clean_up_after_reset,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_MIDDLEBOX | RST_RULE_BENIGN | RST_RULE_BY_DISTANCE | RST_RULE_BY_EARLIER |
         RST_NEEDS_DISTANCE,
     {{RST_CAUSE_INJECTED, 10}, {RST_CAUSE_DEVICE_IDLE_TIMEOUT, 8}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
