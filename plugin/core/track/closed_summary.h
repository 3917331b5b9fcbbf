/* closed_summary.h
 * What is kept of a connection that both sides closed long ago: enough to recognise stragglers, a reuse of its ports,
 * and a reset in it. The full record is some twenty times as large, and nearly all connections end like this.
 *
 * Lost are: the latest segments, round trips, the times of single events, the link layer. What needs them abstains, and
 * the verdict of a reset says that only a summary was left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLOSED_SUMMARY_H
#define RST_CLOSED_SUMMARY_H

#include "track/connection.h"

/* One side after its FIN was acknowledged: fin_seq is nxt, and the peer's acked too. */
typedef struct rst_closed_direction {
    uint32_t isn, nxt, tsval, last_pass_index;
    uint16_t known, ip_id, window; /* window = the largest, as in the header */
    uint16_t mss;
    uint8_t ip_id_changes, hop_min, hop_max, ttl, syn_ttl, segments, data_segments;
    uint8_t wscale : 4;
    uint8_t pure_acks : 1, data_at_syn_ttl : 1, syn_bare : 1, syn_options : 1;
} rst_closed_direction_t;

typedef struct rst_closed_summary {
    rst_closed_direction_t *direction; /* two */
    int64_t first_time, last_time;
    uint32_t first_pass_index, last_pass_index;
    uint8_t point;
    int8_t client;
    bool opened;
} rst_closed_summary_t;

/* Closed without a reset, a loss or anything else that a summary does not hold. */
bool rst_closed_summary_fits(const rst_conn_t *conn);

/* side = room for two. */
void rst_closed_summary_fill(rst_closed_summary_t *summary, rst_closed_direction_t *side, const rst_conn_t *conn);

/* Writes the summary into a new connection on the same addresses and ports. */
void rst_closed_summary_restore(const rst_closed_summary_t *summary, rst_conn_t *conn);

#endif
