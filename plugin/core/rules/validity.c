/* validity.c
 * Validity and effect of a reset. The peer is its receiver, whose state is read from what both sides sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/validity.h"

#include "base/seq.h"
#include "rules/predicates.h"
#include "track/tcp_state.h"

#define WINDOW_MOST (1u << 30)           /* RFC 7323, section 2.3 */
#define TAIL_MIN (200 * RST_MILLISECOND) /* nothing that was in flight arrives later than this or four round trips */

/* The peer is in SYN-SENT: only the ACK number counts. */
static bool is_syn_sent(const rst_view_t *view)
{
    return rst_tcp_state(view->peer, view->own) == RST_TCP_SYN_SENT;
}

/* RFC 9293, section 3.10.7.3: ISS < SEG.ACK =< SND.NXT; without ACK, the reset is dropped. */
static bool acks_the_syn(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (reset->flags & RST_FLAG_ACK) && rst_seq_after(reset->ack, view->peer->isn) &&
           !rst_seq_after(reset->ack, view->peer->nxt);
}

/* After both SYNs, but before an ACK from the peer: it has received the other SYN, unless that had to be repeated. */
static rst_validity_t validity_half_open(const rst_view_t *view)
{
    bool lost = view->own->retransmission.copies > 1;

    if (acks_the_syn(view))
        return RST_VALIDITY_EXACT;
    if (rst_seq_ahead(view->reset->seq, view->own->isn) > WINDOW_MOST)
        return RST_VALIDITY_OUTSIDE;
    return lost || view->reset->seq != view->own->isn + 1 ? RST_VALIDITY_UNKNOWN : RST_VALIDITY_EXACT;
}

/* What stacks accept as RCV.NXT. Linux adds two values to what RFC 5961 says: the highest right edge acknowledged
 * selectively and, after a FIN, the number of the FIN itself, because its sender may have forgotten it. */
static bool is_exact(const rst_view_t *view)
{
    uint32_t seq = view->reset->seq;
    const rst_direction_t *own = view->own;
    const rst_direction_t *peer = view->peer;

    if (seq == peer->acked)
        return true;
    if ((peer->known & RST_DIRECTION_SACK) && seq == peer->sack_right && rst_seq_after(seq, peer->acked))
        return true;
    if (rst_tcp_awaits_own_close(rst_tcp_state(peer, own)) && seq == own->fin_seq - 1)
        return true;
    /* What the peer had not acknowledged yet counts as received if nothing was lost. */
    return (own->known & RST_DIRECTION_NXT) && seq == own->nxt && own->retransmission.copies <= 1 &&
           !rst_seq_before(seq, peer->acked);
}

/* RCV.NXT =< SEG.SEQ < RCV.NXT + RCV.WND. Without the SYNs the scale is unknown, and the window is at least this. */
static rst_validity_t validity_by_window(const rst_view_t *view)
{
    const rst_direction_t *peer = view->peer;
    uint32_t beyond = rst_seq_ahead(view->reset->seq, peer->acked);
    bool scale_known = (view->own->known & peer->known & RST_DIRECTION_SYN) != 0;

    if (beyond >= WINDOW_MOST)
        return RST_VALIDITY_OUTSIDE;
    if (!(peer->known & RST_DIRECTION_WINDOW))
        return RST_VALIDITY_UNKNOWN;
    if (beyond < peer->window)
        return RST_VALIDITY_IN_WINDOW;
    return scale_known ? RST_VALIDITY_OUTSIDE : RST_VALIDITY_UNKNOWN;
}

rst_validity_t rst_validity_of(const rst_view_t *view)
{
    if (is_syn_sent(view))
        return acks_the_syn(view) ? RST_VALIDITY_EXACT : RST_VALIDITY_OUTSIDE;
    if (!(view->peer->known & RST_DIRECTION_ACKED))
        return (view->own->known & view->peer->known & RST_DIRECTION_SYN) ? validity_half_open(view)
                                                                          : RST_VALIDITY_UNKNOWN;
    return is_exact(view) ? RST_VALIDITY_EXACT : validity_by_window(view);
}

/* What the peer sends later than this was not in flight when the reset reached it. */
static int64_t tail(const rst_view_t *view)
{
    int64_t limit = rst_time_times(4, rst_time_add(view->own->rtt, view->peer->rtt));

    if (!(view->own->known & view->peer->known & RST_DIRECTION_RTT))
        return RST_SECOND;
    return limit > TAIL_MIN ? limit : TAIL_MIN;
}

static bool lives_on(const rst_view_t *view, const rst_aftermath_t *after, rst_validity_t validity)
{
    int64_t last = after->peer_count ? rst_elapsed(view->reset->at, after->peer) : RST_TIME_NONE;

    if (after->peer_challenge && (validity == RST_VALIDITY_IN_WINDOW || after->peer_count > 1))
        return true;
    return after->peer_count > 1 && last != RST_TIME_NONE && last > tail(view);
}

rst_truth_t rst_accepted_of(const rst_view_t *view, rst_validity_t validity)
{
    const rst_reset_t *reset = view->reset->original ? view->reset->original : view->reset;
    const rst_aftermath_t *after = &reset->after;
    int64_t revisables = rst_elapsed(reset->at, view->file->now);

    if (lives_on(view, after, validity))
        return RST_NO;
    if (reset->let_go || rst_one_way(view) || after->peer_count || validity == RST_VALIDITY_OUTSIDE)
        return RST_UNKNOWN;
    /* A bare reset from the peer answers a later segment: the peer no longer has the connection. */
    if (after->peer_reset.pass_index && !after->peer_reset_active)
        return RST_YES;
    return revisables != RST_TIME_NONE && revisables >= RST_SECOND ? RST_YES : RST_UNKNOWN;
}
