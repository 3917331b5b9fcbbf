/* tcp_state.c
 * Implementation for the state of one side, read from what both sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/tcp_state.h"

#include "base/seq.h"

static bool has(const rst_direction_t *direction, uint32_t bits)
{
    return (direction->known & bits) == bits;
}

/* By its acknowledgment, or because nothing of the peer was lost before the FIN. */
static bool has_received_fin(const rst_direction_t *own, const rst_direction_t *peer)
{
    return has(peer, RST_DIRECTION_FIN) &&
           (own->acked == peer->fin_seq || (peer->nxt == peer->fin_seq && peer->retransmission.copies <= 1));
}

static bool fin_is_acknowledged(const rst_direction_t *own, const rst_direction_t *peer)
{
    return has(own, RST_DIRECTION_FIN) && has(peer, RST_DIRECTION_ACKED) && !rst_seq_before(peer->acked, own->fin_seq);
}

/* Who sent its FIN before it had the peer's is the active closer, and waits in the end. */
static rst_tcp_state_t closing_state(const rst_direction_t *own, const rst_direction_t *peer, bool received)
{
    bool acknowledged = fin_is_acknowledged(own, peer);
    bool active = own->fin.pass_index < peer->fin.pass_index;

    if (!has(own, RST_DIRECTION_FIN))
        return RST_TCP_CLOSE_WAIT;
    if (!received)
        return acknowledged ? RST_TCP_FIN_WAIT_2 : RST_TCP_FIN_WAIT_1;
    if (acknowledged)
        return active ? RST_TCP_TIME_WAIT : RST_TCP_CLOSED;
    return active ? RST_TCP_CLOSING : RST_TCP_LAST_ACK;
}

rst_tcp_state_t rst_tcp_state(const rst_direction_t *own, const rst_direction_t *peer)
{
    bool received = has_received_fin(own, peer);

    if (received || has(own, RST_DIRECTION_FIN))
        return closing_state(own, peer, received);
    /* Whether the peer's SYN has arrived does not show before the side acknowledges it. */
    if (has(own, RST_DIRECTION_SYN) && !has(own, RST_DIRECTION_SYNACK) && !has(own, RST_DIRECTION_ACKED))
        return has(peer, RST_DIRECTION_SYN) ? RST_TCP_UNKNOWN : RST_TCP_SYN_SENT;
    if (has(own, RST_DIRECTION_SYNACK) && !(has(peer, RST_DIRECTION_ACKED) && peer->acked != own->isn))
        return RST_TCP_SYN_RECEIVED;
    return own->segments && (peer->segments || own->bytes) ? RST_TCP_ESTABLISHED : RST_TCP_UNKNOWN;
}

bool rst_tcp_awaits_own_close(rst_tcp_state_t state)
{
    return state == RST_TCP_CLOSE_WAIT || state == RST_TCP_CLOSING || state == RST_TCP_LAST_ACK;
}
