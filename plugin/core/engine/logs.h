/* logs.h
 * Other witnesses: what engine.h offers for reading them. Nothing else needs it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ENGINE_LOGS_H
#define RST_ENGINE_LOGS_H

#include "engine/state.h"

/* Frees what was kept for reading logs again. */
void rst_logs_close(rst_engine_t *engine);

#endif
