/* closed_summary.c
 * Implementation for the summary of a closed connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/closed_summary.h"

#define NEEDED (RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_FIN)
#define REFUSED (RST_DIRECTION_ZERO_WINDOW | RST_DIRECTION_SHRUNK | RST_DIRECTION_SACK | RST_DIRECTION_FASTCLOSE)

static bool side_fits(const rst_direction_t *side, const rst_direction_t *peer)
{
    return (side->known & (NEEDED | REFUSED)) == NEEDED && side->known <= UINT16_MAX && side->fin_seq == side->nxt &&
           peer->acked == side->nxt && !side->retransmission.copies && !side->keepalive.count &&
           !side->window_probe.count && !side->out_of_window && !side->gaps && !side->copies &&
           !side->old_duplicate.pass_index && side->window_max >> side->wscale <= UINT16_MAX;
}

bool rst_closed_summary_fits(const rst_conn_t *conn)
{
    return !conn->resets && !conn->previous && !conn->suspended && !conn->last_reset[0] && !conn->last_reset[1] &&
           !conn->revisables && !conn->directions_shared && !conn->at_point &&
           side_fits(&conn->direction[0], &conn->direction[1]) && side_fits(&conn->direction[1], &conn->direction[0]);
}

static uint8_t at_most(uint32_t count)
{
    return (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
}

static void fill_side(rst_closed_direction_t *rest, const rst_direction_t *side)
{
    *rest = (rst_closed_direction_t){
        .isn = side->isn,
        .nxt = side->nxt,
        .tsval = side->tsval,
        .last_pass_index = side->last.pass_index,
        .known = (uint16_t)(side->known & ~(uint32_t)RST_DIRECTION_RTT),
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

void rst_closed_summary_fill(rst_closed_summary_t *rest, rst_closed_direction_t *side, const rst_conn_t *conn)
{
    *rest = (rst_closed_summary_t){
        .direction = side,
        .first_time = conn->first.time,
        .last_time = conn->last.time,
        .first_pass_index = conn->first.pass_index,
        .last_pass_index = conn->last.pass_index,
        .point = conn->point,
        .client = conn->client,
        .opened = conn->opened,
    };
    for (unsigned from = 0; from < 2; from++)
        fill_side(&side[from], &conn->direction[from]);
}

/* Sequence space less SYN and FIN; without the SYN only whether there was any. */
static uint64_t bytes_of(const rst_closed_direction_t *rest)
{
    if (!rest->data_segments)
        return 0;
    return (rest->known & RST_DIRECTION_SYN) ? rest->nxt - rest->isn - 2 : 1;
}

static void wake_side(rst_direction_t *side, const rst_closed_direction_t *rest, const rst_closed_direction_t *peer,
                      rst_moment_t first, int64_t last_time)
{
    rst_moment_t last = {rest->last_pass_index, last_time};
    rst_moment_t within = {rest->last_pass_index, RST_TIME_NONE};

    side->known = rest->known;
    side->isn = rest->isn;
    side->nxt = side->fin_seq = rest->nxt;
    side->acked = peer->nxt;
    side->tsval = rest->tsval;
    side->segments = rest->segments;
    side->data_segments = rest->data_segments;
    side->pure_acks = rest->pure_acks;
    side->bytes = bytes_of(rest);
    side->mss = rest->mss;
    side->wscale = rest->wscale;
    side->raw_window = rest->window;
    side->window = side->window_max = (uint32_t)rest->window << rest->wscale;
    side->ip_id = rest->ip_id;
    side->ip_id_changes = rest->ip_id_changes;
    side->hop_min = rest->hop_min;
    side->hop_max = rest->hop_max;
    side->ttl = rest->ttl;
    side->syn_ttl = rest->syn_ttl;
    side->data_at_syn_ttl = rest->data_at_syn_ttl;
    side->syn_bare = rest->syn_bare;
    side->syn_options = rest->syn_options;
    side->first = first;
    side->last = last;
    side->fin = within;
    if (rest->data_segments)
        side->last_data = within;
    if (rest->known & RST_DIRECTION_SYN)
        side->syn = (rst_moment_t){first.pass_index, RST_TIME_NONE};
    if (rest->known & RST_DIRECTION_SYNACK)
        side->synacks = 1;
}

void rst_closed_summary_restore(const rst_closed_summary_t *rest, rst_conn_t *conn)
{
    conn->first = (rst_moment_t){rest->first_pass_index, rest->first_time};
    conn->last = (rst_moment_t){rest->last_pass_index, rest->last_time};
    conn->client = rest->client;
    conn->opened = rest->opened;
    conn->summary = true;
    for (unsigned from = 0; from < 2; from++) {
        /* Only the later one of the two sides is known to have sent last. */
        int64_t time = rest->direction[from].last_pass_index == rest->last_pass_index ? rest->last_time : RST_TIME_NONE;

        wake_side(&conn->direction[from], &rest->direction[from], &rest->direction[1 - from], conn->first, time);
    }
}
