/* timer.c
 * Rules for connections that a timer ended. Only what stayed unanswered counts: a late ACK rules out a give-up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/timer.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define ONE_WAY 40         /* percent: the answers may merely be missing from the capture */
#define PROBE_TOLERANCE 20 /* percent by which the intervals between probes may differ */

/* Is the wait about as long as expected? */
static bool about(int64_t wait, int64_t expected, int percent)
{
    return wait != RST_TIME_NONE && expected > 0 && wait >= expected - expected / 100 * percent &&
           wait <= expected + expected / 100 * percent;
}

static bool regular(const rst_probes_t *probes)
{
    return probes->gap_min > 0 && probes->gap_max - probes->gap_min <= probes->gap_min / 100 * PROBE_TOLERANCE;
}

/* RFC 9293, section 3.8.4. Linux: 9 probes 75 s apart; Windows: 10 probes 1 s apart. */
static unsigned match_keepalive(const rst_view_t *view)
{
    const rst_probes_t *probes = &view->own->keepalive;
    int64_t wait = rst_since(view, probes->last);

    if (!rst_is_abort(view) || view->reset->own_last.at.pass_index || probes->count < 2)
        return 0;
    if (!view->peer->segments)
        return ONE_WAY;
    if (probes->count >= view->prefs->ka_min_probes)
        return regular(probes) && about(wait, probes->gap_max, 60) ? 95 : 60;
    return regular(probes) && about(wait, probes->gap_max, 5) ? 75 : 0;
}

static void explain_keepalive(const rst_view_t *view)
{
    const rst_probes_t *probes = &view->own->keepalive;

    rst_summary(view,
                "Keepalive timeout: %s probed the idle connection %u times, %s apart, got no answer from %s and gave "
                "up %s after the last probe",
                rst_who_own(view), probes->count, rst_span(view, probes->gap_max), rst_who_peer(view),
                rst_span(view, rst_since(view, probes->last)));
    rst_evidence_add(view, probes->first.pass_index, "First unanswered probe (SEQ one below the next)");
    rst_evidence_add(view, probes->last.pass_index, "Last unanswered probe");
    if (view->peer->last.pass_index)
        rst_evidence_add(view, view->peer->last.pass_index,
                         "Last sign of life from the other side, %s before the reset",
                         rst_span(view, rst_since(view, view->peer->last)));
}

static unsigned match_zero_window(const rst_view_t *view)
{
    if (!rst_is_abort(view) || !(view->peer->known & RST_DIRECTION_ZERO_WINDOW) || view->reset->own_last.at.pass_index)
        return 0;
    if (view->own->window_probe.count >= view->prefs->zw_probes)
        return 85;
    return view->own->window_probe.count ? 30 : 0;
}

static void explain_zero_window(const rst_view_t *view)
{
    const rst_probes_t *probes = &view->own->window_probe;

    rst_summary(view,
                "%s kept its receive window closed for %s: %s probed it %u times, then reset the connection. The "
                "receiving application is probably not reading",
                rst_who_peer(view), rst_span(view, rst_since(view, view->peer->zero_window)), rst_who_own(view),
                probes->count);
    rst_evidence_add(view, view->peer->zero_window.pass_index, "The window closed here and never opened again");
    rst_evidence_add(view, probes->last.pass_index, "Last of %u window probes", probes->count);
}

/* The next wait is as long as the last one (a capped timer) or grows by the same factor, at most about twofold. */
static bool one_more_wait(const rst_retransmission_t *retx, int64_t wait)
{
    int64_t longest = retx->gap_before > 0 && retx->gap > retx->gap_before ? retx->gap * 2 : retx->gap;

    return wait != RST_TIME_NONE && retx->gap > 0 && wait >= retx->gap - retx->gap / 5 && wait <= longest + longest / 3;
}

/* Retransmission intervals do not shrink. If the previous one is a multiple of the last one, the capture lacks
 * retransmissions. */
static bool lacks_copies(const rst_retransmission_t *retx)
{
    int64_t rest = retx->gap > 0 ? retx->gap_before % retx->gap : -1;

    return rest >= 0 && (rest <= retx->gap / 10 || rest >= retx->gap - retx->gap / 10);
}

/* Linux gives up without a reset, so an abort at that moment is the application's. */
static bool silent_stack(const rst_view_t *view)
{
    return (view->own->known & RST_DIRECTION_TIMESTAMPS) && (view->reset->known & RST_HAS_TIMESTAMP) &&
           (view->reset->known & RST_HAS_IP) && view->reset->ttl <= 64;
}

static unsigned gave_up(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    unsigned repeats = retx->copies ? retx->copies - 1u : 0;
    bool faster = retx->gap < retx->gap_before - retx->gap_before / 5;

    if (!rst_is_abort(view) || view->reset->own_last.at.pass_index || !repeats || (retx->flags & RST_FLAG_SYN))
        return 0;
    if (retx->peer_alive || (view->peer->known & RST_DIRECTION_ZERO_WINDOW))
        return 0;
    if (faster && (repeats < view->prefs->retx_threshold || !lacks_copies(retx)))
        return 0;
    /* Without real times, the number of retransmissions must be enough. */
    if (rst_clock_stands(view))
        return repeats >= view->prefs->retx_threshold ? 40 : 0;
    if (!one_more_wait(retx, rst_since(view, retx->last)))
        return repeats >= view->prefs->retx_threshold ? 35 : 0;
    if (!view->peer->segments && !(retx->flags & RST_FLAG_FIN))
        return ONE_WAY;
    if (repeats >= view->prefs->retx_threshold)
        return silent_stack(view) ? 55 : (faster ? 62 : 92);
    if (repeats >= view->prefs->retx_min_partial)
        return silent_stack(view) ? 40 : 62;
    /* An unacknowledged FIN, one retransmission and one more wait: weak, but earlier retransmissions may not have been
     * captured. */
    return (retx->flags & RST_FLAG_FIN) && !view->reset->opened ? 50 : 0;
}

static unsigned match_retransmission(const rst_view_t *view)
{
    return silent_stack(view) ? 0 : gave_up(view);
}

static unsigned match_retransmission_of_silent(const rst_view_t *view)
{
    return silent_stack(view) ? gave_up(view) : 0;
}

static void explain_retransmission(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    unsigned repeats = retx->copies - 1u;

    rst_summary(view,
                "%s gave up: it sent the same segment (SEQ %u, %u bytes) %u times in %s without an acknowledgment from "
                "%s and reset %s after the last copy",
                rst_who_own(view), retx->seq, retx->space, retx->copies,
                rst_span(view, rst_elapsed(retx->first, retx->last)), rst_who_peer(view),
                rst_span(view, rst_since(view, retx->last)));
    rst_evidence_add(view, retx->first.pass_index, "First transmission of the segment");
    rst_evidence_add(view, retx->last.pass_index, "Retransmission %u, %s after the previous one", repeats,
                     rst_span(view, retx->gap));
    if (view->peer->last.pass_index)
        rst_evidence_add(view, view->peer->last.pass_index,
                         "Last sign of life from the other side, %s before the reset",
                         rst_span(view, rst_since(view, view->peer->last)));
}

static void explain_retransmission_of_silent(const rst_view_t *view)
{
    explain_retransmission(view);
    rst_evidence_add(view, view->reset->at.pass_index, "Timestamps and TTL look like Linux, which gives up silently");
}

static bool fin_is_acked(const rst_view_t *view)
{
    return rst_has_fin(view->own) && (view->peer->known & RST_DIRECTION_ACKED) &&
           !rst_seq_before(view->peer->acked, view->own->fin_seq);
}

static int64_t fin_wait_least(const rst_view_t *view)
{
    return (int64_t)view->prefs->fin_wait_s * RST_SECOND;
}

/* FIN-WAIT-2 expires (Linux 60 s, Windows 120 s): with a reset at once, or when something arrives later. */
static unsigned match_fin_wait(const rst_view_t *view)
{
    int64_t silence = rst_silence(view);

    if (!rst_is_abort(view) || !fin_is_acked(view) || view->reset->own_last.at.pass_index ||
        !(view->reset->flags & RST_FLAG_ACK) || rst_has_fin(view->peer))
        return 0;
    if (about(silence, 60 * RST_SECOND, 2) || about(silence, 120 * RST_SECOND, 2))
        return 88;
    return rst_within(view, fin_wait_least(view), silence) ? 75 : 0;
}

static unsigned match_fin_wait_over(const rst_view_t *view)
{
    int64_t silence = rst_silence(view);

    if (!rst_is_answer(view) || !fin_is_acked(view) || view->reset->own_last.at.pass_index ||
        !rst_within(view, fin_wait_least(view), silence))
        return 0;
    if (view->trigger->len && !view->trigger->keepalive)
        return rst_within(view, 2 * fin_wait_least(view), silence) ? 75 : 0;
    return 78;
}

static void explain_half_closed(const rst_view_t *view, const char *then)
{
    rst_summary(
        view,
        "Half-closed too long: %s had sent its FIN and heard nothing for %s, so its stack %sdropped the connection%s",
        rst_who_own(view), rst_span(view, rst_silence(view)), rst_probably(view), then);
    rst_evidence_add(view, view->own->fin.pass_index, "FIN of the side that resets, acknowledged by the other");
}

static void explain_fin_wait(const rst_view_t *view)
{
    explain_half_closed(view, "");
}

static void explain_fin_wait_over(const rst_view_t *view)
{
    uint32_t late = view->trigger->moment.pass_index;

    explain_half_closed(view, rst_text(view->memory, ". The segment in %s found nothing", rst_where(view, late)));
    rst_evidence_add(view, late, "Late segment that was answered");
}

const rst_rule_t rst_rules_timer[] = {
    {"window_stays_closed",
     RST_CAUSE_ZERO_WINDOW_TIMEOUT,
     match_zero_window,
     explain_zero_window,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_WINDOW_PROBES,
     {{RST_CAUSE_APP_ABORT, 10}}},
    {"keepalive_unanswered",
     RST_CAUSE_KEEPALIVE_TIMEOUT,
     match_keepalive,
     explain_keepalive,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_KEEPALIVES,
     {{RST_CAUSE_APP_TIMEOUT, 3}}},
    {"retransmission_unanswered",
     RST_CAUSE_RETRANSMISSION_TIMEOUT,
     match_retransmission,
     explain_retransmission,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS,
     {{RST_CAUSE_APP_ABORT, 6}}},
    {"silent_stack_gave_up",
     RST_CAUSE_RETRANSMISSION_TIMEOUT,
     match_retransmission_of_silent,
     explain_retransmission_of_silent,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS,
     {{RST_CAUSE_APP_ABORT, 6}}},
    {"fin_wait_expired",
     RST_CAUSE_FIN_WAIT_TIMEOUT,
     match_fin_wait,
     explain_fin_wait,
     RST_IF_ABORT,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_TIMEOUT, 8}, {RST_CAUSE_NO_CONNECTION, 5}}},
    {"fin_wait_expired_before",
     RST_CAUSE_FIN_WAIT_TIMEOUT,
     match_fin_wait_over,
     explain_fin_wait_over,
     RST_IF_ANSWER,
     RST_RULE_FIRST,
     {{RST_CAUSE_APP_TIMEOUT, 8}, {RST_CAUSE_NO_CONNECTION, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
