/* unseen.c
 * Finding out and saying what the capture may have lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/unseen.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* Since when the row takes the other side for silent; pass_index 0 = it does not. */
static rst_moment_t silent_since(const rst_view_t *view, const rst_rule_t *rule)
{
    if (rule->flags & RST_RULE_RETRANSMISSIONS)
        return view->own->retransmission.first;
    if (rule->flags & RST_RULE_KEEPALIVES)
        return rst_keepalives(view)->first;
    if (rule->flags & RST_RULE_WINDOW_PROBES)
        return view->own->window_probe.first;
    return view->own->syn;
}

/* Segments of one of the sides turned out to be missing by what ended the silence, or after it. */
static bool silence_lacks(const rst_view_t *view)
{
    uint32_t end = view->trigger ? view->trigger->moment.pass_index : view->reset->at.pass_index;

    return rst_hides_data(view) || (view->own->gaps && view->own->gap_last.pass_index >= end) ||
           (view->peer->gaps && view->peer->gap_last.pass_index >= end);
}

/* The snap length cut it off. */
static bool payload_is_cut(const rst_reset_t *reset)
{
    return reset->head_len < MIN(reset->len, RST_HEAD_MAX);
}

uint32_t rst_unseen_by(const rst_view_t *view, const rst_rule_t *rule)
{
    uint32_t needs = rule->flags & RST_NEEDS_PACKETS;
    uint32_t unseen = 0;

    if ((needs & RST_NEEDS_REPLIES) && rst_peer_lost_since(view, silent_since(view, rule)))
        unseen |= RST_NEEDS_REPLIES;
    if ((needs & RST_NEEDS_NO_TRIGGER) && (view->peer->gaps || rst_hides_data(view)))
        unseen |= RST_NEEDS_NO_TRIGGER;
    if ((needs & RST_NEEDS_SILENCE) && silence_lacks(view))
        unseen |= RST_NEEDS_SILENCE;
    if ((needs & RST_NEEDS_STATEMENT) && payload_is_cut(view->reset))
        unseen |= RST_NEEDS_STATEMENT;
    return unseen;
}

static void tell_cut(const rst_view_t *view)
{
    rst_evidence_add(view, view->reset->at.pass_index,
                     "Of the %u bytes of payload in the reset, %u are in the capture: they may state its reason",
                     view->reset->len, view->reset->head_len);
}

void rst_unseen_tell(const rst_view_t *view, uint32_t unseen)
{
    const char *what = unseen & RST_NEEDS_REPLIES      ? "whether the other side answered"
                       : unseen & RST_NEEDS_NO_TRIGGER ? "whether the reset answers one of them"
                                                       : "whether the connection was silent for so long";

    if (unseen & RST_NEEDS_STATEMENT)
        tell_cut(view);
    if (unseen & ~(uint32_t)RST_NEEDS_STATEMENT)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "Packets of the connection are missing from the capture, so it is not known %s", what);
}
