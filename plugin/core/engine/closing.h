/* closing.h
 * Connections that have ended: what is kept of them, and for how long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLOSING_H
#define RST_CLOSING_H

#include "engine/state.h"

/* Notes that a connection has ended. It keeps its rings for a while only, because stragglers come soon. */
void rst_closing_note(rst_engine_t *engine, rst_conn_t *conn);

/* The connection goes: it is trimmed or summarized no more. */
void rst_closing_leave(rst_engine_t *engine, rst_conn_t *conn);

#endif
