/* rules_mismatch.c
 * Rules for handshakes whose numbers or time stamps do not fit together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

static unsigned match_bad_ack(const rst_view_t *view)
{
    const rst_candidate_t *trigger = view->trigger;

    if (!rst_is_answer(view) || !trigger || !(view->x->known & RST_SIDE_SYN) || view->x->bytes)
        return 0;
    if (trigger->ack == view->x->isn + 1)
        return 0;
    if (trigger->flags & RST_FLAG_SYN)
        return 90;
    /* A server in SYN-RECEIVED must reset an ACK for something it never sent (RFC 9293, section 3.10.7.4). */
    return (view->x->known & RST_SIDE_SYNACK) && !rst_has_fin(view->x) && view->y->segments <= 2 ? 85 : 0;
}

static void tell_bad_ack(const rst_view_t *view)
{
    rst_summary(view,
                "The %s of %s acknowledges %u, but %s had sent %u: something changed or confused the numbers of the "
                "handshake",
                (view->trigger->flags & RST_FLAG_SYN) ? "SYN-ACK" : "ACK", rst_where(view, view->trigger->mark.visit),
                view->trigger->ack, rst_who_x(view), view->x->isn);
    rst_evidence_add(view, view->x->syn.visit, "SYN with SEQ %u: only %u may be acknowledged", view->x->isn,
                     view->x->isn + 1);
    rst_evidence_add(view, view->trigger->mark.visit, "Acknowledges %u", view->trigger->ack);
}

/* RFC 7323, section 5: an echo of a time stamp that the SYN never bore. */
static unsigned match_paws(const rst_view_t *view)
{
    const rst_candidate_t *trigger = view->trigger;

    if (!rst_answers_syn_ack(view) || !(view->x->known & RST_SIDE_TIMESTAMPS) || !trigger->timestamp)
        return 0;
    if (trigger->ack != view->x->isn + 1)
        return 0;
    return rst_seq_before(trigger->tsecr, view->x->syn_tsval) || rst_seq_after(trigger->tsecr, view->x->tsval) ? 88 : 0;
}

static void tell_paws(const rst_view_t *view)
{
    rst_summary(view,
                "The SYN-ACK of %s echoes a time stamp (%u) that the SYN did not bear (%u): %s had to reject it, and a "
                "device on the way probably changes time stamps",
                rst_where(view, view->trigger->mark.visit), view->trigger->tsecr, view->x->syn_tsval, rst_who_x(view));
    rst_evidence_add(view, view->x->syn.visit, "SYN with time stamp %u", view->x->syn_tsval);
    rst_evidence_add(view, view->trigger->mark.visit, "SYN-ACK that echoes %u", view->trigger->tsecr);
}

const rst_rule_t rst_rules_mismatch[] = {
    {RST_CAUSE_HANDSHAKE_BAD_ACK, match_bad_ack, tell_bad_ack, RST_IF_ANSWER, 0, {{RST_CAUSE_HEADER_REWRITTEN, 4}}},
    {RST_CAUSE_PAWS_REJECT, match_paws, tell_paws, RST_IF_ANSWER, 0, {{RST_CAUSE_CONNECT_ABORTED, 4}}},
    {RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
