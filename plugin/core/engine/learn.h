/* learn.h
 * What one connection teaches about hosts, services and clients.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LEARN_H
#define RST_LEARN_H

#include "engine/state.h"

/* The reset holds the hosts of its connection. */
void rst_learn_hosts(const rst_engine_t *engine, rst_reset_t *reset);

/* Updates the tables across connections: a service accepted or refused, a client opened a connection. */
void rst_learn_segment(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);
void rst_learn_reset(rst_engine_t *engine, rst_reset_t *reset);

/* A reset that does not fit its sender teaches nothing; it only learns what it is compared with. */
void rst_learn_stray_reset(rst_engine_t *engine, rst_reset_t *reset);

#endif
