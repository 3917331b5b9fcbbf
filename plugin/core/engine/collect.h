/* collect.h
 * What problems are made from: all connections that the engine knows, with the verdicts and findings on those that
 * failed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_COLLECT_H
#define RST_COLLECT_H

#include "engine/state.h"
#include "problems/census.h"

/* After the first pass. memory is used for that only. Free the result with rst_census_free(). */
rst_census_t *rst_collect(rst_engine_t *engine, const rst_memory_t *memory);

#endif
