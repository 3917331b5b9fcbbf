/* form.c
 * Where the sequence number of a reset lies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/form.h"

#include "base/seq.h"

/* A bare ACK bears SND.NXT (RFC 9293, section 3.10.7.4). If the latest one is below what was sent before, a
 * retransmission has set SND.NXT back (BSD, and devices that go on from SND.UNA). */
static bool is_at_stated_nxt(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_direction_t *peer = &reset->direction[1 - reset->from];
    const rst_recent_segment_t *latest = rst_ring_at(&own->ring, 0);

    return (reset->flags & RST_FLAG_ACK) && latest && !latest->space && !latest->keepalive &&
           latest->seq == reset->seq && (peer->known & RST_DIRECTION_ACKED) && rst_seq_after(latest->seq, peer->acked);
}

rst_form_t rst_form_by_sequence(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    const rst_direction_t *peer = &reset->direction[1 - reset->from];

    if (!(own->known & RST_DIRECTION_NXT)) {
        if (!(peer->known & RST_DIRECTION_ACKED))
            return RST_FORM_UNKNOWN;
        return reset->seq == peer->acked ? RST_FORM_ABORT
                                         : (rst_seq_after(reset->seq, peer->acked) ? RST_FORM_AHEAD : RST_FORM_BELOW);
    }
    if (reset->seq == own->nxt || ((own->known & RST_DIRECTION_FIN) && reset->seq == own->fin_seq - 1))
        return RST_FORM_ABORT;
    if (is_at_stated_nxt(reset))
        return RST_FORM_ABORT;
    /* A SYN without an answer, then RST,ACK at the initial sequence number: Android and others give up like this. */
    if ((own->known & RST_DIRECTION_SYN) && reset->seq == own->isn && own->nxt == own->isn + 1)
        return RST_FORM_ABORT;
    return rst_seq_after(reset->seq, own->nxt) ? RST_FORM_AHEAD : RST_FORM_BELOW;
}
