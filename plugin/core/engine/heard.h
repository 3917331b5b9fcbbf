/* heard.h
 * What logs say about failures without a reset: who dropped the SYNs, or that nobody listened.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_HEARD_H
#define RST_HEARD_H

#include "engine/state.h"

/* Adds the lines of logs to a finding, and what they explain to its summary. */
void rst_heard_tell(const rst_engine_t *engine, const rst_failure_t *failure, const rst_memory_t *memory,
                    rst_finding_t *finding);

/* The line of a log that says most, and its rule; NULL if there is none. */
const char *rst_heard_of_reset(const rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory);
const char *rst_heard_of_failure(const rst_engine_t *engine, const rst_failure_t *failure, const rst_memory_t *memory);

#endif
