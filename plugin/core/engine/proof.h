/* proof.h
 * A packet bears any address that its sender likes. What it says of a host is believed once the other side took part in
 * the connection: it completed the handshake, or acknowledged data, with numbers that only a receiver knows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROOF_H
#define RST_PROOF_H

#include "engine/state.h"

/* The distance of a side, if all its segments came from there, else RST_HOPS_UNKNOWN. */
uint8_t rst_proof_hops(const rst_direction_t *side);

/* Does a segment with these numbers show that the other side took part in this connection? Then learns what that side
 * showed. Asked until one does (RST_DIRECTION_PROVED). */
void rst_proof_learn(rst_engine_t *engine, rst_conn_t *conn, unsigned from, uint32_t seq, uint32_t ack);

#endif
