/* unanswered.c
 * Following what a side sent and the other has not answered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/unanswered.h"

#include "base/seq.h"

#define PROBE_GAP_LEAST (RST_SECOND / 2) /* Windows sends one every second */

void rst_probes_count(rst_probes_t *probes, rst_moment_t at)
{
    int64_t gap = probes->count ? rst_elapsed(probes->last, at) : RST_TIME_NONE;

    if (!probes->count) {
        probes->first = at;
        probes->gap_min = probes->gap_max = 0;
    }
    if (gap != RST_TIME_NONE) {
        if (!probes->gap_max || gap < probes->gap_min)
            probes->gap_min = gap;
        if (gap > probes->gap_max)
            probes->gap_max = gap;
    }
    probes->last = at;
    if (probes->count < UINT16_MAX)
        probes->count++;
}

static bool is_like_probe(const rst_recent_segment_t *segment, uint32_t nxt, const rst_recent_segment_t *latest)
{
    const unsigned others = RST_FLAG_SYN | RST_FLAG_FIN;

    return segment->seq + 1 == nxt && segment->len <= 1 && !(segment->flags & others) && segment->ack == latest->ack &&
           segment->len == latest->len;
}

bool rst_probes_reveal(const rst_ring_t *ring, uint32_t nxt, rst_moment_t peer, rst_probes_t *probes)
{
    const rst_recent_segment_t *latest = rst_ring_at(ring, 0);
    unsigned count = 0;

    while (count < ring->used && is_like_probe(rst_ring_at(ring, count), nxt, latest) &&
           rst_ring_at(ring, count)->moment.pass_index > peer.pass_index)
        count++;
    memset(probes, 0, sizeof *probes);
    while (count-- > 0)
        rst_probes_count(probes, rst_ring_at(ring, count)->moment);
    return probes->count >= 2 && probes->gap_min >= PROBE_GAP_LEAST;
}

static void start(rst_retransmission_t *retx, const rst_recent_segment_t *segment, rst_moment_t first)
{
    memset(retx, 0, sizeof *retx);
    retx->seq = segment->seq;
    retx->copies = 1;
    retx->first = first;
    retx->last = first;
}

static void repeat(rst_retransmission_t *retx, rst_moment_t at)
{
    int64_t gap = rst_elapsed(retx->last, at);

    retx->gap_before = retx->gap;
    retx->gap = gap == RST_TIME_NONE ? 0 : gap;
    retx->last = at;
    if (retx->copies < UINT16_MAX)
        retx->copies++;
}

bool rst_retransmission_take(rst_retransmission_t *retx, const rst_ring_t *ring, bool again, bool unseen)
{
    const rst_recent_segment_t *segment = rst_ring_at(ring, 0);
    bool repeated = retx->copies && segment->seq == retx->seq;

    if (!repeated) {
        rst_moment_t before = again ? rst_ring_sent_before(ring, segment->seq, 1) : (rst_moment_t){0, RST_TIME_NONE};

        if (retx->copies && !rst_seq_before(segment->seq, retx->seq) && !(unseen && again))
            return false;
        repeated = again; /* even if the first copy has left the ring */
        start(retx, segment, before.pass_index ? before : segment->moment);
    }
    if (repeated)
        repeat(retx, segment->moment);
    if (segment->space > retx->space)
        retx->space = segment->space;
    retx->latest = segment->space;
    retx->flags = segment->flags;
    return repeated;
}

void rst_retransmission_take_ack(rst_retransmission_t *retx, const rst_segment_t *segment)
{
    if (retx->copies && rst_seq_after(segment->ack, retx->seq))
        retx->copies = 0;
    else if (retx->copies >= 2 && segment->ack == retx->seq && !(segment->flags & RST_FLAG_FIN) &&
             retx->peer_alive < UINT16_MAX)
        retx->peer_alive++;
}
