/* subflow.c
 * Implementation for subflows: the other side has closed the whole Multipath TCP connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/subflow.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* RFC 8684, section 3.5: who receives MP_FASTCLOSE on an ACK resets all subflows. */
static unsigned match_fast_close(const rst_view_t *view)
{
    bool negotiated = (view->own->known & view->peer->known & RST_DIRECTION_MPTCP) != 0;

    return negotiated && (rst_is_abort(view) || rst_is_answer(view)) && (view->peer->known & RST_DIRECTION_FASTCLOSE) &&
                   !view->reset->own_last.at.pass_index && !rst_hop_apart(view)
               ? 88
               : 0;
}

static void explain_fast_close(const rst_view_t *view)
{
    rst_summary(view,
                "%s had closed the whole Multipath TCP connection with MP_FASTCLOSE, and %s resets this subflow of it, "
                "as the standard requires",
                rst_who_peer(view), rst_who_own(view));
    rst_evidence_add(view, view->peer->last.pass_index, "The latest segment of the side that sent MP_FASTCLOSE");
}

const rst_rule_t rst_rules_subflow[] = {
    {"fast_close_received",
     RST_CAUSE_MPTCP_FASTCLOSE,
     match_fast_close,
     explain_fast_close,
     RST_IF_ABORT | RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_ABORT, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
