/* closed_summary.c
 * The summary of a closed connection: filling it, and restoring a connection from it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/closed_summary.h"

#include "base/seq.h"

#define NEEDED (RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_FIN)
#define KEPT_MPTCP RST_DIRECTION_RTT /* no round trip is kept, so its bit says whether the side uses MPTCP */
#define REFUSED (RST_DIRECTION_ZERO_WINDOW | RST_DIRECTION_SHRUNK | RST_DIRECTION_SACK | RST_DIRECTION_FASTCLOSE)

static bool direction_fits(const rst_direction_t *side, const rst_direction_t *peer)
{
    return (side->known & (NEEDED | REFUSED)) == NEEDED && side->fin_seq == side->nxt && peer->acked == side->nxt &&
           !side->retransmission.copies && !side->keepalive.count && !side->window_probe.count &&
           !side->out_of_window && !side->gaps && !side->copies && !side->old_duplicate.pass_index &&
           side->window_max >> side->wscale <= UINT16_MAX;
}

bool rst_closed_summary_fits(const rst_conn_t *conn)
{
    return !conn->record && !conn->previous && !conn->opening && !conn->directions_shared && !conn->at_point &&
           direction_fits(&conn->direction[0], &conn->direction[1]) &&
           direction_fits(&conn->direction[1], &conn->direction[0]);
}

static uint8_t at_most(uint32_t count)
{
    return (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
}

/* What does not fit into 16 bits is forgotten, except MPTCP. */
static uint16_t kept_of(uint32_t known)
{
    known &= ~(uint32_t)RST_DIRECTION_RTT;
    return (uint16_t)((known & RST_DIRECTION_MPTCP) ? known | KEPT_MPTCP : known);
}

static uint32_t known_of(uint16_t kept)
{
    return (kept & KEPT_MPTCP) ? (kept & ~(uint32_t)KEPT_MPTCP) | RST_DIRECTION_MPTCP : kept;
}

static void fill_direction(rst_closed_direction_t *kept, const rst_direction_t *side)
{
    *kept = (rst_closed_direction_t){
        .isn = side->isn,
        .nxt = side->nxt,
        .tsval = side->tsval,
        .last_pass_index = side->last.pass_index,
        .known = kept_of(side->known),
        .ip_id = side->ip_id,
        .window = (uint16_t)(side->window_max >> side->wscale),
        .mss = side->mss,
        .ip_id_changes = at_most(side->ip_id_changes),
        .hop_min = side->hop_min,
        .hop_max = side->hop_max,
        .ttl = side->ttl,
        .syn_ttl = side->syn_ttl,
        .segments = at_most(side->segments),
        .data_segments = at_most(side->data_segments),
        .wscale = side->wscale & 0x0f,
        .pure_acks = side->pure_acks != 0,
        .data_at_syn_ttl = side->data_at_syn_ttl,
        .syn_bare = side->syn_bare,
        .syn_options = side->syn_options,
    };
}

void rst_closed_summary_fill(rst_closed_summary_t *summary, const rst_conn_t *conn)
{
    *summary = (rst_closed_summary_t){
        .first_time = conn->first.time,
        .last_time = conn->last.time,
        .first_pass_index = conn->first.pass_index,
        .last_pass_index = conn->last.pass_index,
        .called = conn->called,
        .point = conn->point,
        .client = conn->client,
        .opened = conn->opened,
    };
    for (unsigned from = 0; from < 2; from++)
        fill_direction(&summary->direction[from], &conn->direction[from]);
}

/* Sequence space minus SYN and FIN. Without the SYN, the amount is unknown: 1 stands for some. */
static uint64_t bytes_of(const rst_closed_direction_t *kept)
{
    if (!kept->data_segments)
        return 0;
    return (kept->known & RST_DIRECTION_SYN) ? rst_seq_ahead(kept->nxt, kept->isn + 2) : 1;
}

static void restore_direction(rst_direction_t *side, const rst_closed_direction_t *kept,
                              const rst_closed_direction_t *peer, rst_moment_t first, int64_t last_time)
{
    rst_moment_t last = {kept->last_pass_index, last_time};
    rst_moment_t within = {kept->last_pass_index, RST_TIME_NONE};

    side->known = known_of(kept->known);
    side->isn = kept->isn;
    side->nxt = side->fin_seq = kept->nxt;
    side->acked = peer->nxt;
    side->tsval = kept->tsval;
    side->segments = kept->segments;
    side->data_segments = kept->data_segments;
    side->pure_acks = kept->pure_acks;
    side->bytes = bytes_of(kept);
    side->mss = kept->mss;
    side->wscale = kept->wscale;
    side->raw_window = kept->window;
    side->window = side->window_max = (uint32_t)kept->window << kept->wscale;
    side->ip_id = kept->ip_id;
    side->ip_id_changes = kept->ip_id_changes;
    side->hop_min = kept->hop_min;
    side->hop_max = kept->hop_max;
    side->ttl = kept->ttl;
    side->syn_ttl = kept->syn_ttl;
    side->data_at_syn_ttl = kept->data_at_syn_ttl;
    side->syn_bare = kept->syn_bare;
    side->syn_options = kept->syn_options;
    side->first = first;
    side->last = last;
    side->fin = within;
    if (kept->data_segments)
        side->last_data = within;
    if (kept->known & RST_DIRECTION_SYN)
        side->syn = (rst_moment_t){first.pass_index, RST_TIME_NONE};
    if (kept->known & RST_DIRECTION_SYNACK)
        side->synacks = 1;
}

void rst_closed_summary_restore(const rst_closed_summary_t *summary, rst_conn_t *conn)
{
    conn->first = (rst_moment_t){summary->first_pass_index, summary->first_time};
    conn->last = (rst_moment_t){summary->last_pass_index, summary->last_time};
    conn->client = summary->client;
    conn->opened = summary->opened != 0;
    conn->called = summary->called;
    conn->from_closed_summary = true;
    for (unsigned from = 0; from < 2; from++) {
        /* The summary keeps one time, that of the connection's last segment: it is known for that segment's sender
         * only. */
        int64_t time =
            summary->direction[from].last_pass_index == summary->last_pass_index ? summary->last_time : RST_TIME_NONE;

        restore_direction(&conn->direction[from], &summary->direction[from], &summary->direction[1 - from], conn->first,
                          time);
    }
}
