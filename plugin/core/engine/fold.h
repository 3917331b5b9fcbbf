/* fold.h
 * A connection that has ended with a reset is folded: its records, some 2.5 kB, are kept as what distinguishes them from
 * others of their kind (base/deltas.h), which takes forty bytes in a scan.
 *
 * That loses nothing. Whoever asks for the reset reads the same records as before, in a place that others will use
 * later; and when a segment comes that belongs to the connection, or something new about the service or the host that
 * were folded with it, the records are made again as they were.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FOLD_H
#define RST_FOLD_H

#include "engine/state.h"

void rst_fold_open(rst_engine_t *engine);
void rst_fold_close(rst_engine_t *engine);

/* Is it of the kind that is folded: one reset, and nothing else in the engine refers to it? */
bool rst_fold_fits(const rst_engine_t *engine, const rst_conn_t *conn);

/* The same, but a proxy may still pass on its reset, which takes a moment. */
bool rst_fold_will_fit(const rst_engine_t *engine, const rst_conn_t *conn);

/* Is that moment not over? Where times are missing or went back, there is nothing to wait for. */
bool rst_fold_is_early(const rst_engine_t *engine, const rst_conn_t *conn);

/* Folds a connection that fits. Does nothing if it resembles no other. lost = another attempt may still race it
 * (attempts.h). */
void rst_fold_connection(rst_engine_t *engine, rst_conn_t *conn, bool lost);

/* Keeps a summary of a connection that closed without one (closed_summary.h), and releases it. Nothing may refer to it
 * any more. */
void rst_fold_closed(rst_engine_t *engine, rst_conn_t *conn);

/* The summary in an entry that closed_long_ago. */
void rst_fold_read_closed(const rst_engine_t *engine, const rst_conn_entry_t *entry, rst_closed_summary_t *summary);

/* What is kept in the entry is no longer needed: another connection takes its place, or it goes. */
void rst_fold_drop(rst_engine_t *engine, rst_conn_entry_t *entry);

/* Makes the connection of the entry, which is folded, again. */
rst_conn_t *rst_fold_restore(rst_engine_t *engine, rst_conn_entry_t *entry);

/* The same for all, and for the resets of storms (followers.h). */
void rst_fold_restore_all(rst_engine_t *engine);

/* What is folded in the entry, valid until RST_FOLDED_READ others have been read: whoever reads very many goes back to
 * the same place, so that what his caller holds stays valid. */
const rst_folded_t *rst_fold_read(rst_engine_t *engine, const rst_conn_entry_t *entry);

/* The reset, NULL if it had to go; the same holds for one that is folded. */
const rst_reset_t *rst_fold_reset(rst_engine_t *engine, uint32_t id);

static inline void rst_fold_go_back(rst_engine_t *engine, unsigned place)
{
    engine->fold.next = place;
}

#endif
