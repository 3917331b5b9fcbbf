/* mismatch.c
 * Rules for handshakes with sequence numbers or timestamps that do not match.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/mismatch.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define TICKS_MOST 2 /* per millisecond: RFC 7323, section 5.4, allows one */

static void write_bad_ack(const rst_view_t *view, const char *what)
{
    rst_summary(view,
                "The %s in %s acknowledges %u, but %s had sent %u: something %schanged or confused the numbers of the "
                "handshake",
                what, rst_where(view, view->trigger->moment.pass_index), view->trigger->ack, rst_who_own(view),
                view->own->isn, rst_probably(view));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN with SEQ %u: only %u may be acknowledged", view->own->isn,
                     view->own->isn + 1);
    rst_evidence_add(view, view->trigger->moment.pass_index, "Acknowledges %u", view->trigger->ack);
}

static unsigned match_bad_synack(const rst_view_t *view)
{
    return rst_acks_wrong_number(view) && (view->trigger->flags & RST_FLAG_SYN) ? 90 : 0;
}

static void explain_bad_synack(const rst_view_t *view)
{
    write_bad_ack(view, "SYN-ACK");
}

/* A server in SYN-RECEIVED must answer an ACK for something that it never sent with a reset (RFC 9293, section
 * 3.10.7.4). But if the capture lacks packets of the client since the handshake, it may lack what this one acknowledges
 * as well. */
static unsigned match_bad_ack(const rst_view_t *view)
{
    if (!rst_acks_wrong_number(view) || (view->trigger->flags & RST_FLAG_SYN))
        return 0;
    if (!(view->own->known & RST_DIRECTION_SYNACK) || rst_has_fin(view->own) || view->peer->segments > 2)
        return 0;
    if (rst_acks_unseen(view) && (view->peer->gaps || view->trigger->seq != view->peer->isn + 1))
        return RST_WITHOUT_HISTORY;
    return 85;
}

static void explain_bad_ack(const rst_view_t *view)
{
    write_bad_ack(view, "ACK");
}

/* What the client's clock may show by now: Linux takes any echo from the first SYN to this moment, so that of a SYN
 * which the capture lacks too. */
static uint32_t stamp_now(const rst_view_t *view)
{
    int64_t elapsed = rst_elapsed(view->own->last, view->reset->at);

    return view->own->tsval +
           (elapsed == RST_TIME_NONE ? 0 : (uint32_t)MIN(elapsed / RST_MILLISECOND * TICKS_MOST, INT32_MAX / 2));
}

/* RFC 7323, section 5: TSecr echoes a timestamp that was never in the SYN. An echo of zero is that of a server that did
 * not take the timestamp, and is not tested (Linux: tcp_rcv_synsent_state_process(); FreeBSD: tcp_do_segment()). A host
 * that took another such echo does not test any. A SYN without a timestamp, or with zero, gives nothing to compare. */
static unsigned match_paws(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    if (!rst_answers_syn_ack(view) || !(view->own->known & RST_DIRECTION_TIMESTAMPS) || !trigger->timestamp)
        return 0;
    if (trigger->ack != view->own->isn + 1 || !view->own->syn_tsval || !trigger->tsecr || view->reset->takes_any_echo)
        return 0;
    return rst_seq_before(trigger->tsecr, view->own->syn_tsval) || rst_seq_after(trigger->tsecr, stamp_now(view)) ? 88
                                                                                                                  : 0;
}

static void explain_paws(const rst_view_t *view)
{
    rst_summary(view,
                "The SYN-ACK in %s echoes timestamp %u, but the SYN carried %u: %s had to reject it, and a device on "
                "the path probably changes timestamps",
                rst_where(view, view->trigger->moment.pass_index), view->trigger->tsecr, view->own->syn_tsval,
                rst_who_own(view));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN with timestamp %u", view->own->syn_tsval);
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK that echoes %u", view->trigger->tsecr);
}

const rst_rule_t rst_rules_mismatch[] = {
    {"handshake_wrong_synack",
     RST_CAUSE_HANDSHAKE_BAD_ACK,
     match_bad_synack,
     explain_bad_synack,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HEADER_REWRITTEN, 4}}},
    {"handshake_wrong_ack",
     RST_CAUSE_HANDSHAKE_BAD_ACK,
     match_bad_ack,
     explain_bad_ack,
     RST_IF_ANSWER,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HEADER_REWRITTEN, 4}}},
    {"handshake_wrong_timestamp",
     RST_CAUSE_PAWS_REJECT,
     match_paws,
     explain_paws,
     RST_IF_ANSWER,
     RST_NEEDS_HOST,
     {{RST_CAUSE_CONNECT_ABORTED, 4}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
