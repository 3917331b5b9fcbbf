/* timer.c
 * Rules for connections that a timer ended. Only what stayed unanswered counts: a late ACK rules out a give-up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/timer.h"

#include "base/seq.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/sizes.h"

#define ONE_WAY 40           /* percent: the answers may merely be missing from the capture */
#define ONE_WAY_IN_TIME 80   /* the same if the time of the reset shows that none came */
#define PROBE_TOLERANCE 20   /* percent by which the intervals between probes may differ */
#define BACKOFF_TOLERANCE 10 /* percent by which the waits between copies may differ from twice the one before */

/* Is the wait about as long as expected? */
static bool about(int64_t wait, int64_t expected, unsigned percent)
{
    return wait != RST_TIME_NONE && expected > 0 &&
           rst_time_apart(wait, expected) <= rst_time_percent(percent, expected);
}

static bool regular(const rst_probes_t *probes)
{
    return probes->gap_min > 0 &&
           rst_time_sub(probes->gap_max, probes->gap_min) <= rst_time_percent(PROBE_TOLERANCE, probes->gap_min);
}

/* RFC 9293, section 3.8.4. Linux: 9 probes 75 s apart; Windows: 10 probes 1 s apart. */
static bool probed(const rst_view_t *view)
{
    return rst_is_abort(view) && !view->reset->own_last.at.pass_index && rst_keepalives(view)->count >= 2;
}

static bool may_lack_answers(const rst_view_t *view)
{
    return !view->peer->segments || rst_peer_lost_since(view, rst_keepalives(view)->first);
}

static unsigned match_keepalive(const rst_view_t *view)
{
    const rst_probes_t *probes = rst_keepalives(view);
    int64_t wait = rst_since(view, probes->last);

    if (!probed(view) || may_lack_answers(view))
        return 0;
    if (probes->count >= view->prefs->ka_min_probes)
        return regular(probes) && about(wait, probes->gap_max, PROBE_TOLERANCE) ? 95 : 60;
    return regular(probes) && about(wait, probes->gap_max, 5) ? 75 : 0;
}

/* Answers may be missing from the capture. But if the reset comes when the next probe was due, then
 * the timer of the probes sent it, which an answer would have set back. */
static unsigned match_keepalive_one_way(const rst_view_t *view)
{
    const rst_probes_t *probes = rst_keepalives(view);

    if (!probed(view) || !may_lack_answers(view))
        return 0;
    if (probes->count < view->prefs->ka_min_probes || !regular(probes))
        return ONE_WAY;
    return about(rst_since(view, probes->last), probes->gap_max, 5) ? ONE_WAY_IN_TIME : ONE_WAY;
}

static void explain_keepalive(const rst_view_t *view)
{
    const rst_probes_t *probes = rst_keepalives(view);

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

static void explain_keepalive_one_way(const rst_view_t *view)
{
    const rst_probes_t *probes = rst_keepalives(view);

    rst_summary(view,
                "Probably a keepalive timeout: %s probed the idle connection %u times, %s apart, and reset it when the "
                "next probe was due. An answer from %s would have stopped that",
                rst_who_own(view), probes->count, rst_span(view, probes->gap_max), rst_who_peer(view));
    rst_evidence_add(view, probes->first.pass_index, "First probe (SEQ one below that of the reset)");
    rst_evidence_add(view, probes->last.pass_index, "Last probe, %s before the reset",
                     rst_span(view, rst_since(view, probes->last)));
    rst_explain_history(view);
}

static unsigned match_zero_window(const rst_view_t *view)
{
    if (!rst_is_abort(view) || !(view->peer->known & RST_DIRECTION_ZERO_WINDOW) || view->reset->own_last.at.pass_index)
        return 0;
    if (view->own->window_probe.count >= view->prefs->zw_probes)
        return rst_peer_lost_since(view, view->own->window_probe.first) ? ONE_WAY : 85;
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
    int64_t longest = retx->gap_before > 0 && retx->gap > retx->gap_before ? rst_time_times(2, retx->gap) : retx->gap;

    return wait != RST_TIME_NONE && retx->gap > 0 && wait >= rst_time_sub(retx->gap, retx->gap / 5) &&
           wait <= rst_time_add(longest, longest / 3);
}

/* Retransmission intervals do not shrink. If the previous one is a multiple of the last one, the capture lacks
 * retransmissions. */
static bool lacks_copies(const rst_retransmission_t *retx)
{
    int64_t rest = retx->gap > 0 ? retx->gap_before % retx->gap : -1;

    return rest >= 0 && (rest <= retx->gap / 10 || rest >= rst_time_sub(retx->gap, retx->gap / 10));
}

/* Linux gives up without a reset, so an abort at that moment is the application's. */
static bool silent_stack(const rst_view_t *view)
{
    return (view->own->known & RST_DIRECTION_TIMESTAMPS) && (view->reset->known & RST_HAS_TIMESTAMP) &&
           (view->reset->known & RST_HAS_IP) && view->reset->ttl <= 64;
}

/* Where stacks reset when they give up: at SND.NXT (RFC 9293, section 3.10.5), or, although more had been sent, at
 * SND.UNA (BSD: tcp_timer_rexmt() has set snd_nxt back before tcp_drop()), or behind the segment that was repeated
 * (Windows). */
static bool is_rewound(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    uint32_t beyond = rst_seq_ahead(view->reset->seq, retx->seq);

    return view->reset->form == RST_FORM_BELOW && (view->reset->flags & RST_FLAG_ACK) &&
           (beyond == 0 || beyond == retx->space || beyond == retx->latest);
}

/* The waits double (RFC 6298, section 5.5), or are at their upper limit, and the reset comes where the next repetition
 * would have: only the retransmission timer does that, and an acknowledgment would have stopped it. */
static bool keeps_time(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    int64_t wait = rst_since(view, retx->last);

    if (about(retx->gap, rst_time_times(2, retx->gap_before), BACKOFF_TOLERANCE))
        return about(wait, rst_time_times(2, retx->gap), BACKOFF_TOLERANCE);
    return retx->space > 1 && about(retx->gap, retx->gap_before, BACKOFF_TOLERANCE) &&
           about(wait, retx->gap, BACKOFF_TOLERANCE);
}

/* Keepalive probes may bear a byte too (RFC 9293, section 3.8.4). Where the capture lacks what this side sent before,
 * only the equal intervals tell them from a segment that is sent again. */
static bool may_be_probes(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    return retx->space == 1 && !(retx->flags & RST_FLAG_FIN) && view->own->gaps &&
           about(retx->gap, retx->gap_before, BACKOFF_TOLERANCE);
}

/* What was repeated in vain, if it may have been the reason for the reset; else 0. */
static unsigned vain_repeats(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    if (!(rst_is_abort(view) || is_rewound(view)) || view->reset->own_last.at.pass_index || !retx->copies)
        return 0;
    if ((retx->flags & RST_FLAG_SYN) || retx->peer_alive || (view->peer->known & RST_DIRECTION_ZERO_WINDOW))
        return 0;
    return retx->copies - 1u;
}

/* If the capture shows only what this side sent, or lost something of the other one meanwhile, acknowledgments may be
 * missing from it. */
static bool may_lack_acks(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    return (!view->peer->segments && !(retx->flags & RST_FLAG_FIN)) || rst_peer_lost_since(view, retx->first);
}

/* New data after the copies would mean that an acknowledgment had come. */
static bool sent_nothing_since(const rst_view_t *view)
{
    return view->own->last.pass_index == view->own->retransmission.last.pass_index;
}

/* A FIN that nobody acknowledges is given up sooner than data (tcp_orphan_retries of Linux), and if the capture begins
 * late, it may lack the first copies. */
static bool may_be_fewer(const rst_view_t *view)
{
    return (view->own->retransmission.flags & RST_FLAG_FIN) || !view->reset->opened;
}

/* From how many repetitions on it is likely, and possible. */
static unsigned by_count(const rst_view_t *view, unsigned repeats, unsigned likely, unsigned possible)
{
    if (repeats >= view->prefs->retx_threshold)
        return likely;
    if (repeats >= view->prefs->retx_min_partial)
        return possible;
    return keeps_time(view) && may_be_fewer(view) ? possible : 0;
}

static unsigned gave_up(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;
    unsigned repeats = vain_repeats(view);
    bool faster = retx->gap < rst_time_sub(retx->gap_before, retx->gap_before / 5);
    unsigned confidence;

    if (!repeats)
        return 0;
    if (faster && (repeats < view->prefs->retx_threshold || !lacks_copies(retx)))
        return 0;
    /* Without real times, the number of retransmissions must be enough. */
    if (rst_clock_stands(view))
        return repeats >= view->prefs->retx_threshold ? 40 : 0;
    if (!one_more_wait(retx, rst_since(view, retx->last)))
        return repeats >= view->prefs->retx_threshold ? 35 : 0;
    if (may_be_probes(view))
        return ONE_WAY;
    if (may_lack_acks(view) && !(keeps_time(view) && sent_nothing_since(view)))
        return ONE_WAY;
    if (is_rewound(view) && !keeps_time(view))
        return by_count(view, repeats, 62, 0);
    if (silent_stack(view))
        confidence = by_count(view, repeats, 55, (retx->flags & RST_FLAG_FIN) && keeps_time(view) ? 55 : 40);
    else
        confidence = by_count(view, repeats, faster ? 62 : 92, 62);
    if (may_lack_acks(view))
        return confidence ? MIN(confidence, ONE_WAY_IN_TIME) : ONE_WAY;
    if (confidence)
        return confidence;
    /* An unacknowledged FIN, one retransmission and one more wait: weak, but earlier retransmissions may not have been
     * captured. */
    return (retx->flags & RST_FLAG_FIN) && !view->reset->opened ? 50 : 0;
}

static unsigned match_retransmission(const rst_view_t *view)
{
    return silent_stack(view) || may_lack_acks(view) ? 0 : gave_up(view);
}

static unsigned match_retransmission_of_silent(const rst_view_t *view)
{
    return silent_stack(view) && !may_lack_acks(view) ? gave_up(view) : 0;
}

static unsigned match_retransmission_one_way(const rst_view_t *view)
{
    return may_lack_acks(view) ? gave_up(view) : 0;
}

static void explain_copies(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    rst_evidence_add(view, retx->first.pass_index, "First transmission of the segment");
    rst_evidence_add(view, retx->last.pass_index, "Retransmission %u, %s after the previous one", retx->copies - 1u,
                     rst_span(view, retx->gap));
    if (view->peer->last.pass_index)
        rst_evidence_add(view, view->peer->last.pass_index,
                         "Last sign of life from the other side, %s before the reset",
                         rst_span(view, rst_since(view, view->peer->last)));
    rst_explain_sizes(view);
    if (is_rewound(view))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "Its SEQ is where that segment %s, as some stacks do it, although more had been sent",
                         view->reset->seq == retx->seq ? "starts" : "ends");
}

static void explain_retransmission(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    rst_summary(
        view,
        "%s %sgave up: it sent the same segment (SEQ %u, %u bytes) %u times in %s without an acknowledgment from "
        "%s and reset %s after the last copy",
        rst_who_own(view), rst_probably(view), retx->seq, retx->space, retx->copies,
        rst_span(view, rst_elapsed(retx->first, retx->last)), rst_who_peer(view),
        rst_span(view, rst_since(view, retx->last)));
    explain_copies(view);
}

static void explain_retransmission_of_silent(const rst_view_t *view)
{
    explain_retransmission(view);
    rst_evidence_add(view, view->reset->at.pass_index, "Timestamps and TTL look like Linux, which gives up silently");
}

static void explain_retransmission_one_way(const rst_view_t *view)
{
    const rst_retransmission_t *retx = &view->own->retransmission;

    rst_summary(view,
                "%s probably gave up: it sent the same segment (SEQ %u, %u bytes) %u times in %s and reset the "
                "connection when the next copy was due, %s after the last one. An acknowledgment from %s would have "
                "stopped that",
                rst_who_own(view), retx->seq, retx->space, retx->copies,
                rst_span(view, rst_elapsed(retx->first, retx->last)), rst_span(view, rst_since(view, retx->last)),
                rst_who_peer(view));
    explain_copies(view);
    rst_explain_history(view);
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
        return rst_within(view, rst_time_times(2, fin_wait_least(view)), silence) ? 75 : 0;
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
     RST_RULE_FIRST | RST_RULE_WINDOW_PROBES | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_APP_ABORT, 10}}},
    {"keepalive_unanswered",
     RST_CAUSE_KEEPALIVE_TIMEOUT,
     match_keepalive,
     explain_keepalive,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_KEEPALIVES | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_APP_TIMEOUT, 3}}},
    {"keepalive_one_way",
     RST_CAUSE_KEEPALIVE_TIMEOUT,
     match_keepalive_one_way,
     explain_keepalive_one_way,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_KEEPALIVES | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_TIMEOUT, 8}}},
    {"retransmission_unanswered",
     RST_CAUSE_RETRANSMISSION_TIMEOUT,
     match_retransmission,
     explain_retransmission,
     RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_APP_ABORT, 6}}},
    {"silent_stack_gave_up",
     RST_CAUSE_RETRANSMISSION_TIMEOUT,
     match_retransmission_of_silent,
     explain_retransmission_of_silent,
     RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS | RST_NEEDS_DISTANCE | RST_NEEDS_REPLIES,
     {{RST_CAUSE_APP_ABORT, 6}}},
    {"retransmission_one_way",
     RST_CAUSE_RETRANSMISSION_TIMEOUT,
     match_retransmission_one_way,
     explain_retransmission_one_way,
     RST_IF_ABORT | RST_IF_BELOW,
     RST_RULE_FIRST | RST_RULE_RETRANSMISSIONS | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_APP_ABORT, 10}}},
    {"fin_wait_expired",
     RST_CAUSE_FIN_WAIT_TIMEOUT,
     match_fin_wait,
     explain_fin_wait,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_APP_TIMEOUT, 8}, {RST_CAUSE_NO_CONNECTION, 5}}},
    {"fin_wait_expired_before",
     RST_CAUSE_FIN_WAIT_TIMEOUT,
     match_fin_wait_over,
     explain_fin_wait_over,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE | RST_NEEDS_SILENCE,
     {{RST_CAUSE_APP_TIMEOUT, 8}, {RST_CAUSE_NO_CONNECTION, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
