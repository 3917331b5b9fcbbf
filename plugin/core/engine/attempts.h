/* attempts.h
 * Connection attempts of one client at the same moment, over both IP versions or to both ports of SMB.
 *
 * The latest of each client are kept, and the latest of each link-layer address: over the other IP version, that is all
 * that a client has in common with itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ATTEMPTS_H
#define RST_ATTEMPTS_H

#include "engine/state.h"

/* A side of the connection has sent a SYN. */
void rst_attempts_note(rst_engine_t *engine, rst_conn_t *conn, unsigned from);

/* The connection has gone on: so have those who compare themselves with it. */
void rst_attempts_update(rst_conn_t *conn);

/* Finds another attempt of the client that raced the one that this reset ends. */
void rst_attempts_compare(const rst_engine_t *engine, rst_reset_t *reset);

/* Call before a connection is released. lost = to save memory. */
void rst_attempts_forget(rst_engine_t *engine, rst_conn_t *conn, bool lost);

#endif
