/* tcp_state.h
 * The RFC 9293 state (section 3.3.2) of one side of a connection, as far as the capture shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TCP_STATE_H
#define RST_TCP_STATE_H

#include "track/direction.h"

typedef enum rst_tcp_state {
    RST_TCP_UNKNOWN, /* nothing was seen, or what was seen fits more than one state */
    RST_TCP_SYN_SENT,
    RST_TCP_SYN_RECEIVED,
    RST_TCP_ESTABLISHED,
    RST_TCP_FIN_WAIT_1,
    RST_TCP_FIN_WAIT_2,
    RST_TCP_CLOSE_WAIT,
    RST_TCP_CLOSING,
    RST_TCP_LAST_ACK,
    RST_TCP_TIME_WAIT,
    RST_TCP_CLOSED /* both FINs were acknowledged, and the peer's came first */
} rst_tcp_state_t;

/* State of the side that sent own; peer = what the other side sent. Resets are not considered. */
rst_tcp_state_t rst_tcp_state(const rst_direction_t *own, const rst_direction_t *peer);

/* CLOSE-WAIT, CLOSING or LAST-ACK: this side has received the peer's FIN, but has not sent its own FIN or has no ACK
 * for it. */
bool rst_tcp_awaits_own_close(rst_tcp_state_t state);

#endif
