/* remains.h
 * What is left of a verdict when the record of its reset has to go: cause, sender and confidence, in six bytes. Such a
 * verdict is the one of the moment when the record went, without anything that it rested on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REMAINS_H
#define RST_REMAINS_H

#include "engine/state.h"

void rst_remains_open(rst_engine_t *engine);
void rst_remains_close(rst_engine_t *engine);

/* Call before anything of the connection is taken apart. Of resets without end, only the first ones are judged: what
 * one packet may cost is bounded. */
void rst_remains_note(rst_engine_t *engine, const rst_conn_t *conn);

/* Writes what is left of the verdict on a reset that had to go. Strings are allocated from memory. */
void rst_remains_tell(const rst_engine_t *engine, uint32_t id, const rst_memory_t *memory, bool texts,
                      rst_verdict_t *verdict);

#endif
