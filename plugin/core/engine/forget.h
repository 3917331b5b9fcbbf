/* forget.h
 * Connections and their resets give way when memory is used up (track/keep.h has the policy).
 *
 * What goes is unhooked from everything that refers to it, and leaves a ghost (track/ghosts.h). The resets of such a
 * connection go with it: whoever asks for one later gets what is left of its verdict (remains.h). So resets are kept by
 * their ids, never by their addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FORGET_H
#define RST_FORGET_H

#include "engine/state.h"

/* Connections take part in the policy from now on. */
void rst_forget_open(rst_engine_t *engine);
void rst_forget_close(rst_engine_t *engine);

/* Gives a new reset its moment and its id, and adds it to the lists of the file and of its connection. */
void rst_forget_list(rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset);

/* Call when memory is used up, before anything is looked up for the segment. */
void rst_forget_make_room(rst_engine_t *engine, const rst_segment_t *segment);

/* The entry was heard of; conn = what took the segment, NULL = the entry is packed. */
void rst_forget_rate(rst_engine_t *engine, rst_conn_entry_t *entry, const rst_conn_t *conn);

/* The same, for each packet: nearly all are of an entry whose value cannot rise, heard of a moment ago. */
static inline void rst_forget_touch(rst_engine_t *engine, rst_conn_entry_t *entry, const rst_conn_t *conn)
{
    const rst_keep_item_t *item = &entry->item;
    bool highest =
        item->value == RST_VALUE_BOTH ? !conn->record : item->value == RST_VALUE_STORY && !engine->judge.join;

    if (!highest || !rst_keep_is_fresh(item, engine->file.now.pass_index))
        rst_forget_rate(engine, entry, conn);
}

#endif
