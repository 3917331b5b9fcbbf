/* tcp_state.c
 * Working out the state of one side from what both sides sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/tcp_state.h"

#include "base/seq.h"

static bool has(const rst_direction_t *direction, uint32_t bits)
{
    return (direction->known & bits) == bits;
}

/* It acknowledged the FIN, or nothing that the peer sent up to the FIN was lost. */
static bool has_received_fin(const rst_direction_t *own, const rst_direction_t *peer)
{
    return has(peer, RST_DIRECTION_FIN) &&
           (own->acked == peer->fin_seq || (peer->nxt == peer->fin_seq && peer->retransmission.copies <= 1));
}

static bool fin_is_acknowledged(const rst_direction_t *own, const rst_direction_t *peer)
{
    return has(own, RST_DIRECTION_FIN) && has(peer, RST_DIRECTION_ACKED) && !rst_seq_before(peer->acked, own->fin_seq);
}

/* The side that sent its FIN first is the active closer and ends in TIME-WAIT. */
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
    /* Until this side acknowledges the peer's SYN, nothing shows that it has arrived. */
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
