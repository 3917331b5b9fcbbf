/* rewritten.c
 * Rule for numbers that a device on the path changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/rewritten.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* As far as one capture can show it: the peer's numbers leave the window from one segment to the next, and the receiver
 * keeps asking for the old ones, then resets. */
static unsigned match_rewritten(const rst_view_t *view)
{
    const rst_direction_t *peer = view->peer;

    if (!peer->out_of_window || peer->out_of_window_last.pass_index < peer->last_data.pass_index ||
        view->reset->own_last.at.pass_index || rst_has_fin(view->own))
        return 0;
    if (!rst_is_abort(view) && !rst_is_answer(view))
        return 0;
    return peer->out_of_window >= 2 && view->own->last.pass_index > peer->out_of_window_last.pass_index ? 50 : 0;
}

static void explain_rewritten(const rst_view_t *view)
{
    rst_summary(
        view,
        "Probably changed on the path: the sequence numbers of %s leave the window from one segment to the next (%s), "
        "while %s keeps asking for the old ones and then resets. Compare with a capture at the other end",
        rst_who_peer(view), rst_where(view, view->peer->out_of_window_last.pass_index), rst_who_own(view));
    rst_evidence_add(view, view->peer->out_of_window_last.pass_index, "Latest of %u segments outside the window",
                     view->peer->out_of_window);
    rst_evidence_add(view, view->own->last.pass_index, "The receiver still acknowledges the old number");
    rst_explain_distance(view);
}

const rst_rule_t rst_rules_rewritten[] = {
    {"numbers_rewritten",
     RST_CAUSE_HEADER_REWRITTEN,
     match_rewritten,
     explain_rewritten,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_ABORT, 25}, {RST_CAUSE_INJECTED, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
