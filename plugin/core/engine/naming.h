/* naming.h
 * What the server of a connection is called.
 *
 * A name is only taken from what came before: a later one changes no verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_NAMING_H
#define RST_NAMING_H

#include "answer/service_name.h"
#include "engine/state.h"

/* A segment of its client asks for a name. */
void rst_naming_asks(rst_engine_t *engine, rst_conn_t *conn, unsigned from, const rst_segment_t *segment);

/* Its client (from) opens it: by which name had it asked for the address? */
void rst_naming_resolves(rst_engine_t *engine, rst_conn_t *conn, unsigned from);

/* What is known now, by the port if nothing better. */
rst_called_t rst_naming_called(const rst_conn_t *conn);

/* That in words. */
rst_service_name_t rst_naming_words(const rst_asked_names_t *names, rst_called_t called, const rst_memory_t *memory);

#endif
