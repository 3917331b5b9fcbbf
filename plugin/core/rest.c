/* rest.c
 * Implementation for the summary of a closed connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rest.h"

#define NEEDED (RST_SIDE_NXT | RST_SIDE_ACKED | RST_SIDE_FIN)
#define REFUSED (RST_SIDE_ZERO_WINDOW | RST_SIDE_SHRUNK | RST_SIDE_SACK | RST_SIDE_FASTCLOSE)

static bool side_fits(const rst_side_t *side, const rst_side_t *peer)
{
    return (side->known & (NEEDED | REFUSED)) == NEEDED && side->known <= UINT16_MAX && side->fin_seq == side->nxt &&
           peer->acked == side->nxt && !side->run.copies && !side->keepalive.count && !side->window_probe.count &&
           !side->wild && !side->holes && !side->copies && !side->stale.visit &&
           side->window_max >> side->wscale <= UINT16_MAX;
}

bool rst_rest_fits(const rst_conn_t *conn)
{
    return !conn->resets && !conn->former && !conn->parked && !conn->retried && !conn->last_case[0] &&
           !conn->last_case[1] && !conn->watched && !conn->side_shared && !conn->track && !conn->kept &&
           side_fits(&conn->side[0], &conn->side[1]) && side_fits(&conn->side[1], &conn->side[0]);
}

static uint8_t at_most(uint32_t count)
{
    return (uint8_t)(count < UINT8_MAX ? count : UINT8_MAX);
}

static void fill_side(rst_rest_side_t *rest, const rst_side_t *side)
{
    *rest = (rst_rest_side_t){
        .isn = side->isn,
        .nxt = side->nxt,
        .tsval = side->tsval,
        .last_visit = side->last.visit,
        .known = (uint16_t)(side->known & ~(uint32_t)RST_SIDE_RTT),
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

void rst_rest_fill(rst_rest_t *rest, rst_rest_side_t *side, const rst_conn_t *conn)
{
    *rest = (rst_rest_t){
        .side = side,
        .first_time = conn->first.time,
        .last_time = conn->last.time,
        .first_visit = conn->first.visit,
        .last_visit = conn->last.visit,
        .point = conn->point,
        .client = conn->client,
        .opened = conn->opened,
    };
    for (unsigned x = 0; x < 2; x++)
        fill_side(&side[x], &conn->side[x]);
}

/* Sequence space less SYN and FIN; without the SYN only whether there was any. */
static uint64_t bytes_of(const rst_rest_side_t *rest)
{
    if (!rest->data_segments)
        return 0;
    return (rest->known & RST_SIDE_SYN) ? rest->nxt - rest->isn - 2 : 1;
}

static void wake_side(rst_side_t *side, const rst_rest_side_t *rest, const rst_rest_side_t *peer, rst_mark_t first,
                      int64_t last_time)
{
    rst_mark_t last = {rest->last_visit, last_time};
    rst_mark_t within = {rest->last_visit, RST_TIME_NONE};

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
    if (rest->known & RST_SIDE_SYN)
        side->syn = (rst_mark_t){first.visit, RST_TIME_NONE};
    if (rest->known & RST_SIDE_SYNACK)
        side->synacks = 1;
}

void rst_rest_wake(const rst_rest_t *rest, rst_conn_t *conn)
{
    conn->first = (rst_mark_t){rest->first_visit, rest->first_time};
    conn->last = (rst_mark_t){rest->last_visit, rest->last_time};
    conn->client = rest->client;
    conn->opened = rest->opened;
    conn->summary = true;
    for (unsigned x = 0; x < 2; x++) {
        /* Only the later one of the two sides is known to have sent last. */
        int64_t time = rest->side[x].last_visit == rest->last_visit ? rest->last_time : RST_TIME_NONE;

        wake_side(&conn->side[x], &rest->side[x], &rest->side[1 - x], conn->first, time);
    }
}
