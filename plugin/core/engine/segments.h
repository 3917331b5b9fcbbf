/* segments.h
 * Taking a segment that is no reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SEGMENTS_H
#define RST_SEGMENTS_H

#include "engine/state.h"

void rst_segments_take(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* Call first for every segment, also for a reset: a SYN that waited for an answer may begin a connection now. */
void rst_segments_before(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* A segment or reset may acknowledge what is held of the other side: then that is taken. */
void rst_segments_confirm(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* The connection was heard of. */
static inline void rst_segments_touch(const rst_engine_t *engine, rst_conn_t *conn)
{
    if (!conn->first.pass_index)
        conn->first = engine->file.now;
    conn->last = engine->file.now;
}

/* What a segment or reset that fits shows about the resets before it. */
void rst_segments_note(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

#endif
