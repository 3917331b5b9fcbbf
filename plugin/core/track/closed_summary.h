/* closed_summary.h
 * What is kept of a connection that both sides closed long ago: enough to recognize stragglers, reuse of its ports, and
 * a late reset. The full record is more than ten times as large, and nearly all connections end like this.
 *
 * The latest segments, round trips, times of single events and link-layer facts are lost. Rules that need them abstain,
 * and the verdict on a reset says that only a summary was left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLOSED_SUMMARY_H
#define RST_CLOSED_SUMMARY_H

#include "track/connection.h"

/* A direction whose FIN was acknowledged: fin_seq equals nxt, and so does the peer's acked. */
typedef struct rst_closed_direction {
    uint32_t isn, nxt, tsval, last_pass_index;
    uint16_t known, ip_id, window; /* window = the largest one, as in the header */
    uint16_t mss;
    uint8_t ip_id_changes, hop_min, hop_max, ttl, syn_ttl, segments, data_segments;
    uint8_t wscale : 4;
    uint8_t pure_acks : 1, data_at_syn_ttl : 1, syn_bare : 1, syn_options : 1;
} rst_closed_direction_t;

typedef struct rst_closed_summary {
    rst_closed_direction_t direction[2];
    int64_t first_time, last_time;
    uint32_t first_pass_index, last_pass_index;
    rst_called_t called;
    uint8_t point;
    int8_t client;
    uint8_t opened;
    uint8_t unused; /* 0 */
} rst_closed_summary_t;

/* Closed with no reset, loss or anything else that a summary has no room for. */
bool rst_closed_summary_fits(const rst_conn_t *conn);

void rst_closed_summary_fill(rst_closed_summary_t *summary, const rst_conn_t *conn);

/* Writes the summary into a new connection on the same addresses and ports. */
void rst_closed_summary_restore(const rst_closed_summary_t *summary, rst_conn_t *conn);

#endif
