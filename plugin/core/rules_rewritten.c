/* rules_rewritten.c
 * Rule for numbers that a device on the path has changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

/* As far as one capture shows it: the peer's numbers leave the window from one segment to the next, the receiver keeps
 * asking for the old ones, and resets. */
static unsigned match_rewritten(const rst_view_t *view)
{
    const rst_side_t *y = view->y;

    if (!y->wild || y->wild_last.visit < y->last_data.visit || view->reset->own_last.at.visit || rst_has_fin(view->x))
        return 0;
    if (!rst_is_abort(view) && !rst_is_answer(view))
        return 0;
    return y->wild >= 2 && view->x->last.visit > y->wild_last.visit ? 50 : 0;
}

static void tell_rewritten(const rst_view_t *view)
{
    rst_summary(
        view,
        "Probably changed on the path: the sequence numbers of %s leave the window from one segment to the next "
        "(%s), %s keeps asking for the old ones and resets. Compare a capture at the other end",
        rst_who_y(view), rst_where(view, view->y->wild_last.visit), rst_who_x(view));
    rst_evidence_add(view, view->y->wild_last.visit, "Latest of %u segments outside the window", view->y->wild);
    rst_evidence_add(view, view->x->last.visit, "The receiver still acknowledges the old number");
    rst_tell_distance(view);
}

const rst_rule_t rst_rules_rewritten[] = {
    {RST_CAUSE_HEADER_REWRITTEN,
     match_rewritten,
     tell_rewritten,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_ABORT, 25}, {RST_CAUSE_INJECTED, 5}}},
    {RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
