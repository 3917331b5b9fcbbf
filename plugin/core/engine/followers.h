/* followers.h
 * Resets in a storm: of the many resets of one connection, the first and the latest keep their records, and those in
 * between are kept as what distinguishes them from each other (base/deltas.h), in a few dozen bytes.
 *
 * Nothing changes such a reset any more: it has let go (track/reset.h), and later ones are compared with the latest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FOLLOWERS_H
#define RST_FOLLOWERS_H

#include "engine/state.h"

/* A block of them. */
typedef struct rst_followers {
    struct rst_followers *before; /* of the same connection */
    rst_conn_t *conn;
    uint32_t used;   /* bytes */
    uint8_t bytes[]; /* one after the other, each in a multiple of four */
} rst_followers_t;

/* Call when a connection has a new reset. */
void rst_followers_fold(rst_engine_t *engine, rst_conn_t *conn);

/* The record as it was, except that it does not lead to the one before it (own_before, record). */
void rst_followers_read(const rst_engine_t *engine, const void *follower, rst_reset_t *reset);

/* Calls see for each of a connection, with such a record. */
void rst_followers_each(rst_engine_t *engine, const rst_conn_t *conn,
                        void (*see)(rst_engine_t *engine, rst_reset_t *reset));

/* Makes the records of all of them again, in all connections. */
void rst_followers_restore_all(rst_engine_t *engine);

/* Releases them. */
void rst_followers_free(rst_engine_t *engine, rst_conn_t *conn);

#endif
