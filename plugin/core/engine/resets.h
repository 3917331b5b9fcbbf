/* resets.h
 * Making the record of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENGINE_RESETS_H
#define RST_ENGINE_RESETS_H

#include "engine/state.h"

/* Adds the reset to the list of the file and to its connection. */
rst_reset_t *rst_resets_take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

#endif
