/* direction.c
 * Tracking the state of one direction of a connection. The work per segment is constant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/direction.h"

#include <glib.h>

#include "answer/foreign.h"
#include "base/seq.h"

#define WSCALE_MAX 14                               /* RFC 7323, section 2.3 */
#define COPY_SPAN_CHANGING (3000 * RST_MILLISECOND) /* a 16-bit counter may wrap around later than this */

uint8_t rst_hops(uint8_t ttl)
{
    static const uint8_t initial[] = {32, 64, 128, 255};

    for (size_t i = 0; i < sizeof initial; i++) {
        if (ttl <= initial[i]) {
            uint8_t hops = (uint8_t)(initial[i] - ttl);

            return i == 0 || hops > 24 ? RST_HOPS_ABSURD : hops;
        }
    }
    return RST_HOPS_ABSURD;
}

/* A single byte may have been a probe, which does not advance SND.NXT. */
bool rst_direction_is_news(const rst_direction_t *side, const rst_segment_t *segment)
{
    if (segment->flags & RST_FLAG_SYN)
        return false;
    if (segment->len > 1 && (side->known & RST_DIRECTION_NXT) && segment->seq == side->nxt)
        return true;
    return (segment->flags & RST_FLAG_ACK) && (side->known & RST_DIRECTION_ACKED) &&
           rst_seq_after(segment->ack, side->acked);
}

/* IP IDs decide where the stack counts them. Where they are zero or constant (Linux SYN-ACKs, IPv6, scripts), a copy is
 * recognized by a different link or hop count, or by data repeated sooner than any timer would repeat it. */
bool rst_direction_is_copy(const rst_direction_t *side, const rst_segment_t *segment, const rst_prefs_t *prefs)
{
    bool counted = (segment->known & RST_HAS_IP_ID) && segment->ip_id != 0;
    bool moved = false;

    for (unsigned i = 0; i < side->ring.used; i++) {
        const rst_recent_segment_t *old = &side->ring.slot[i];
        int64_t elapsed;

        if (!rst_recent_segment_is(old, segment))
            continue;
        elapsed = rst_time_elapsed(old->moment.time, segment->time);
        if (counted && old->ip_id != segment->ip_id)
            continue;
        if (counted && side->ip_id_changes > 0 && (elapsed == RST_TIME_NONE || elapsed <= COPY_SPAN_CHANGING))
            return true;
        if (elapsed == RST_TIME_NONE)
            continue;
        moved = (old->link && segment->link && old->link != segment->link) ||
                ((segment->known & RST_HAS_IP) && old->ttl != segment->ttl);
        if (counted && elapsed <= RST_COPY_SPAN_CONSTANT)
            return true;
        if (moved && elapsed <= RST_COPY_SPAN_CONSTANT)
            return true;
        if (segment->len && elapsed <= (int64_t)prefs->dup_ms * RST_MILLISECOND)
            return true;
    }
    return false;
}

bool rst_directions_talk(const rst_direction_t *a, const rst_direction_t *b)
{
    return a->segments && b->segments && (a->pure_acks || b->pure_acks || a->data_segments || b->data_segments);
}

static void take_hops(rst_direction_t *side, const rst_segment_t *segment)
{
    uint8_t hops;

    if (!(segment->known & RST_HAS_IP))
        return;
    if (segment->len && segment->ttl == side->syn_ttl)
        side->data_at_syn_ttl = true;
    if (segment->ttl == side->ttl && side->segments > RST_DISTANCES)
        return;
    side->ttl = segment->ttl;
    hops = rst_hops(segment->ttl);
    if (!(side->known & RST_DIRECTION_HOPS)) {
        side->hop_min = side->hop_max = hops;
        side->known |= RST_DIRECTION_HOPS;
        return;
    }
    if (hops < side->hop_min)
        side->hop_min = hops;
    if (hops > side->hop_max)
        side->hop_max = hops;
}

static void take_ip_id(rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment)
{
    if (!(segment->known & RST_HAS_IP_ID) || segment->ip_id == 0)
        return;
    if ((peer->known & RST_DIRECTION_IP_ID) && segment->ip_id == peer->ip_id)
        side->known |= RST_DIRECTION_MIRRORS_ID;
    if ((side->known & RST_DIRECTION_IP_ID) && side->ip_id != segment->ip_id && side->ip_id_changes < UINT16_MAX) {
        side->ip_id_changes++;
        side->ip_id_steps += (uint16_t)(segment->ip_id - side->ip_id) <= RST_ID_STEP_MAX;
    }
    side->ip_id = segment->ip_id;
    side->known |= RST_DIRECTION_IP_ID;
}

/* Two of a kind are enough to know the habit. */
static void take_stamp(rst_direction_t *side, const rst_segment_t *segment)
{
    if (segment->known & RST_HAS_TIMESTAMP) {
        side->tsval = segment->tsval;
        side->known |= RST_DIRECTION_TIMESTAMPS;
        side->stamped += side->stamped < 2;
    } else if (segment->known & RST_HAS_OPTIONS) {
        side->unstamped += side->unstamped < 2;
    }
}

/* RFC 8684, section 3.1: only SYNs negotiate MPTCP. */
static bool shows_mptcp(const rst_direction_t *side, const rst_segment_t *segment)
{
    if (segment->flags & RST_FLAG_SYN)
        return (segment->known & RST_HAS_MPTCP_OPEN) != 0;
    return !(side->known & RST_DIRECTION_SYN) || (side->known & RST_DIRECTION_CUT);
}

static void take_mptcp(rst_direction_t *side, const rst_segment_t *segment)
{
    if (shows_mptcp(side, segment))
        side->known |= RST_DIRECTION_MPTCP;
    if (segment->mptcp == RST_MPTCP_FASTCLOSE)
        side->known |= RST_DIRECTION_FASTCLOSE;
}

static void take_syn(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at)
{
    if (!(segment->known & RST_HAS_OPTIONS))
        side->known |= RST_DIRECTION_CUT;
    if (segment->checksum && segment->checksum(segment->packet) == RST_CHECKSUM_GOOD)
        side->known |= RST_DIRECTION_CHECKSUMS;
    side->isn = segment->seq;
    if (!(side->known & RST_DIRECTION_SYN)) {
        side->syn = at;
        side->first_isn = segment->seq;
        side->syn_tsval = (segment->known & RST_HAS_TIMESTAMP) ? segment->tsval : 0;
        side->syn_link = segment->link;
        side->syn_ttl = (segment->known & RST_HAS_IP) ? segment->ttl : 0;
    }
    side->known |= RST_DIRECTION_SYN;
    side->syn_flags = segment->flags;
    side->syn_window = segment->window;
    side->syn_bare = (segment->known & RST_HAS_OPTIONS) &&
                     !(segment->known & (RST_HAS_WSCALE | RST_HAS_SACK_OK | RST_HAS_TIMESTAMP | RST_HAS_MPTCP));
    side->syn_options = (segment->flags & (RST_FLAG_ECE | RST_FLAG_CWR)) ||
                        (segment->known & (RST_HAS_FAST_OPEN | RST_HAS_MPTCP | RST_HAS_AUTH));
    side->mss = (segment->known & RST_HAS_MSS) ? segment->mss : 0;
    if (segment->known & RST_HAS_WSCALE) {
        side->wscale = segment->wscale > WSCALE_MAX ? WSCALE_MAX : segment->wscale;
        side->known |= RST_DIRECTION_WSCALE;
    }
    if (segment->flags & RST_FLAG_ACK) {
        side->known |= RST_DIRECTION_SYNACK;
        if (side->synacks < UINT16_MAX)
            side->synacks++;
    }
}

/* The window of a SYN is chosen before anything is known of the path, so only later changes count. */
static void take_raw_window(rst_direction_t *side, const rst_segment_t *segment)
{
    bool first = !(side->known & RST_DIRECTION_WINDOW) || side->segments <= 2;

    if (!first && side->raw_window != segment->window && side->raw_changes < UINT16_MAX)
        side->raw_changes++;
    side->raw_window = segment->window;
}

/* The window of a SYN is never scaled, and scaling needs the option on both SYNs (RFC 7323, section 2.2). */
static void take_window(rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                        rst_moment_t at)
{
    bool scaled = !(segment->flags & RST_FLAG_SYN) && (side->known & RST_DIRECTION_WSCALE) &&
                  (peer->known & RST_DIRECTION_WSCALE);

    if (!(segment->known & RST_HAS_WINDOW))
        return;
    take_raw_window(side, segment);
    side->window = (uint32_t)segment->window << (scaled ? side->wscale : 0);
    side->known |= RST_DIRECTION_WINDOW;
    /* The window of a SYN is left out: if its options were not captured, later windows are in a different unit. */
    if (!(segment->flags & RST_FLAG_SYN) && side->window > side->window_max)
        side->window_max = side->window;
    if (!(segment->flags & RST_FLAG_SYN) && side->window < side->window_max / 4)
        side->known |= RST_DIRECTION_SHRUNK;
    else if (side->window >= side->window_max / 2)
        side->known &= ~(uint32_t)RST_DIRECTION_SHRUNK;
    if (segment->window == 0 && !(segment->flags & RST_FLAG_SYN)) {
        if (!(side->known & RST_DIRECTION_ZERO_WINDOW))
            side->zero_window = at;
        side->known |= RST_DIRECTION_ZERO_WINDOW;
    } else {
        side->known &= ~(uint32_t)RST_DIRECTION_ZERO_WINDOW;
    }
}

/* Karn's algorithm: a segment that was retransmitted is not timed. */
static void take_round_trip(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at)
{
    int64_t elapsed;

    if (!peer->timed.pass_index || rst_seq_before(segment->ack, peer->timed_seq))
        return;
    elapsed = rst_elapsed(peer->timed, at);
    peer->timed.pass_index = 0;
    if (elapsed == RST_TIME_NONE)
        return;
    if (!(side->known & RST_DIRECTION_RTT) || elapsed < side->rtt)
        side->rtt = elapsed;
    side->known |= RST_DIRECTION_RTT;
    if (side->rtt_samples < UINT16_MAX)
        side->rtt_samples++;
}

/* The first block reports what arrived last (RFC 2018, section 4); a D-SACK block lies below the ACK (RFC 2883). */
static void take_sack(rst_direction_t *side, const rst_segment_t *segment)
{
    if ((side->known & RST_DIRECTION_SACK) && !rst_seq_after(side->sack_right, side->acked))
        side->known &= ~(uint32_t)RST_DIRECTION_SACK;
    if (!(segment->known & RST_HAS_SACK) || !rst_seq_after(segment->sack_right, side->acked))
        return;
    if (!(side->known & RST_DIRECTION_SACK) || rst_seq_after(segment->sack_right, side->sack_right))
        side->sack_right = segment->sack_right;
    side->known |= RST_DIRECTION_SACK;
}

static void take_ack(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at)
{
    rst_sizes_take_ack(&peer->sizes, &peer->retransmission, segment->ack);
    rst_retransmission_take_ack(&peer->retransmission, segment);
    peer->keepalive.count = 0;
    if (!(side->known & RST_DIRECTION_ZERO_WINDOW))
        peer->window_probe.count = 0;
    take_round_trip(side, peer, segment, at);
    if (!(side->known & RST_DIRECTION_ACKED) || rst_seq_after(segment->ack, side->acked))
        side->acked = segment->ack;
    side->known |= RST_DIRECTION_ACKED;
    take_sack(side, segment);
    /* The ACK covers more than the capture shows of the peer: segments are missing from the capture. */
    if ((peer->known & RST_DIRECTION_NXT) && rst_seq_after(side->acked, peer->nxt)) {
        peer->nxt = side->acked;
        peer->known |= RST_DIRECTION_UNCAPTURED;
        rst_direction_note_gap(peer, at);
    }
}

/* For a segment with at most one byte and neither SYN nor FIN. RFC 9293, section 3.8.4: SEQ = SND.NXT-1, with
 * everything before it acknowledged. If the capture lacks that ACK, the start tells: a retransmission begins where the
 * data began, not at its last byte. */
static bool is_keepalive(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment)
{
    if (!(side->known & RST_DIRECTION_NXT))
        return (peer->known & RST_DIRECTION_ACKED) && segment->seq == peer->acked - 1;
    if (segment->seq != side->nxt - 1 || (side->known & RST_DIRECTION_FIN))
        return false;
    if (!(peer->known & RST_DIRECTION_ACKED))
        return segment->len == 0;
    return peer->acked == side->nxt || (side->bytes && !rst_ring_sent_before(&side->ring, segment->seq, 0).pass_index);
}

/* For such a segment too. RFC 9293, section 3.8.6.1: one byte at the edge of the closed window. Linux probes without
 * data, at the number before it. */
static bool is_window_probe(const rst_direction_t *peer, const rst_segment_t *segment)
{
    if (!(peer->known & RST_DIRECTION_ZERO_WINDOW))
        return false;
    return (segment->len == 1 && segment->seq == peer->acked) || (segment->len == 0 && segment->seq == peer->acked - 1);
}

/* Far outside what the peer could accept. If the capture merely lost segments, the peer's ACKs make up for them. A
 * number that the peer never acknowledges was changed on the way or is garbage, and must not advance SND.NXT. */
static bool is_out_of_window(const rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment)
{
    int64_t room = 2 * (int64_t)peer->window_max + 65535;
    int64_t distance = rst_seq_diff(segment->seq, side->nxt);

    if (!(side->known & RST_DIRECTION_NXT) || !(peer->known & RST_DIRECTION_ACKED) || (segment->flags & RST_FLAG_SYN))
        return false;
    return distance > room || distance < -room;
}

static void take_out_of_window(rst_direction_t *side, rst_moment_t at)
{
    side->out_of_window++;
    side->out_of_window_last = at;
}

/* Returns how many bytes of it are new. */
static uint32_t advance(rst_direction_t *side, const rst_segment_t *segment, uint32_t end, rst_moment_t at)
{
    uint32_t fresh;

    if (!rst_seq_after(end, side->nxt))
        return 0;
    fresh = MIN(rst_seq_ahead(end, side->nxt), segment->len);
    side->bytes += fresh;
    side->nxt = end;
    if (!side->timed.pass_index) {
        side->timed = at;
        side->timed_seq = end;
    }
    return fresh;
}

/* A retransmission is neither a new request nor a new answer. */
static void take_fresh(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, uint32_t fresh)
{
    rst_sizes_take(&side->sizes, segment);
    side->unanswered += fresh;
    side->unanswerable += (peer->known & RST_DIRECTION_FIN) ? fresh : 0;
    side->latest_bytes = fresh;
    peer->unanswered = 0;
}

static void take_data(rst_direction_t *side, rst_moment_t at)
{
    side->last_data = at;
    side->message = rst_ring_at(&side->ring, 0)->message;
    side->data_segments++;
}

static void take_fin(rst_direction_t *side, uint32_t end, rst_moment_t at)
{
    if (!(side->known & RST_DIRECTION_FIN))
        side->fin = at;
    side->fin_seq = end;
    side->known |= RST_DIRECTION_FIN;
}

static void take_space(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, uint32_t space,
                       rst_moment_t at)
{
    uint32_t end = segment->seq + space;
    bool unseen = !(peer->known & RST_DIRECTION_ACKED);
    uint32_t fresh;

    if (!(side->known & RST_DIRECTION_NXT)) {
        side->nxt = segment->seq;
        side->known |= RST_DIRECTION_NXT;
    } else if (rst_seq_after(segment->seq, side->nxt) && !(segment->flags & RST_FLAG_SYN)) {
        rst_direction_note_gap(side, at);
    }
    if (segment->len && (side->known & peer->known & RST_DIRECTION_FIN) && (peer->known & RST_DIRECTION_ACKED) &&
        !rst_seq_after(end, peer->acked))
        side->old_duplicate = at;
    if ((unseen || !rst_seq_before(segment->seq, peer->acked)) &&
        rst_retransmission_take(&side->retransmission, &side->ring, rst_seq_before(segment->seq, side->nxt), unseen))
        side->timed.pass_index = 0;
    /* Whoever sends data where its FIN stood has not closed: that FIN was somebody else's. */
    if ((side->known & RST_DIRECTION_FIN) && segment->len && segment->seq == side->fin_seq - 1) {
        side->known &= ~(uint32_t)RST_DIRECTION_FIN;
        peer->unanswerable = 0;
    }
    fresh = advance(side, segment, end, at);
    if (segment->len)
        take_data(side, at);
    if (fresh)
        take_fresh(side, peer, segment, fresh);
    if (segment->flags & RST_FLAG_FIN)
        take_fin(side, end, at);
}

/* A probe that nobody answers does not end the silence. */
static int64_t silence_with(int64_t idle, int64_t earlier)
{
    return MIN(rst_time_add(idle, earlier), RST_ELAPSED_MAX);
}

static void push_candidate(rst_direction_t *side, const rst_direction_t *peer, const rst_segment_t *segment,
                           uint32_t space, rst_moment_t at, int64_t idle, bool keepalive, const rst_memory_t *memory)
{
    bool lower = (side->known & RST_DIRECTION_NXT) && rst_seq_before(segment->seq, side->nxt) && !keepalive;
    bool again = (side->known & peer->known & RST_DIRECTION_FIN) && side->acked == peer->fin_seq;
    bool repeated = space ? lower : again && segment->ack == peer->fin_seq;
    rst_recent_segment_t *before = rst_ring_at(&side->ring, 0);
    bool goes_on = keepalive && before && before->keepalive && before->moment.pass_index > peer->last.pass_index;
    int64_t silence = goes_on ? silence_with(idle, before->idle) : idle;
    rst_recent_segment_t *slot = rst_ring_push(&side->ring, memory);

    rst_recent_segment_fill(slot, segment, at);
    slot->idle = silence;
    slot->keepalive = keepalive;
    slot->repeated = repeated;
}

/* A silence that one side ended is survived when the other one goes on. */
static void take_silence(rst_direction_t *side, rst_direction_t *peer, int64_t idle)
{
    if (idle > side->woke)
        side->woke = idle;
    if (peer->woke > side->survived)
        side->survived = peer->woke;
    peer->woke = 0;
}

void rst_direction_take(rst_direction_t *side, rst_direction_t *peer, const rst_segment_t *segment, rst_moment_t at,
                        int64_t idle, const rst_memory_t *memory)
{
    uint32_t space = rst_segment_space(segment);
    bool small = segment->len <= 1 && !(segment->flags & (RST_FLAG_SYN | RST_FLAG_FIN));
    bool keepalive = small && is_keepalive(side, peer, segment);
    bool window_probe = small && is_window_probe(peer, segment);
    push_candidate(side, peer, segment, space, at, idle, keepalive || window_probe, memory);
    take_silence(side, peer, idle);
    if (!side->segments)
        side->first = at;
    side->last = at;
    side->segments++;
    take_hops(side, segment);
    take_ip_id(side, peer, segment);
    take_stamp(side, segment);
    if (segment->known & RST_HAS_MPTCP)
        take_mptcp(side, segment);
    if (segment->flags & RST_FLAG_SYN)
        take_syn(side, segment, at);
    take_window(side, peer, segment, at);
    if (segment->flags & RST_FLAG_ACK)
        take_ack(side, peer, segment, at);
    if (window_probe)
        rst_probes_count(&side->window_probe, at);
    else if (keepalive)
        rst_probes_count(&side->keepalive, at);
    else if (space && !is_out_of_window(side, peer, segment))
        take_space(side, peer, segment, space, at);
    else if (!(side->known & RST_DIRECTION_NXT)) {
        side->nxt = segment->seq;
        side->known |= RST_DIRECTION_NXT;
    }
    if (!space && !keepalive && !window_probe)
        side->pure_acks++;
}

void rst_direction_take_rewritten(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                                  const rst_memory_t *memory)
{
    rst_recent_segment_t *slot = rst_ring_push(&side->ring, memory);

    rst_recent_segment_fill(slot, segment, at);
    slot->clues = (uint8_t)clues;
    if (clues & RST_CLUE_SEQ)
        take_out_of_window(side, at);
}

void rst_direction_set_aside(rst_direction_t *side, const rst_segment_t *segment, rst_moment_t at, unsigned clues,
                             const rst_memory_t *memory)
{
    if (!side->stray)
        side->stray = memory->alloc(memory->scope, sizeof *side->stray);
    memset(side->stray, 0, sizeof *side->stray);
    rst_recent_segment_fill(side->stray, segment, at);
    side->stray->clues = (uint8_t)clues;
}

bool rst_directions_synchronized(const rst_direction_t *client, const rst_direction_t *server)
{
    bool syns = (client->known & RST_DIRECTION_SYN) && (server->known & RST_DIRECTION_SYN);

    if (client->bytes || server->bytes || ((client->known | server->known) & RST_DIRECTION_FIN))
        return true;
    if (syns)
        return (client->known & RST_DIRECTION_ACKED) && client->acked == server->isn + 1 &&
               (server->known & RST_DIRECTION_ACKED);
    /* Without a SYN in the capture, ordinary segments from both sides suggest an open connection. */
    return !((client->known | server->known) & RST_DIRECTION_SYN) && client->segments && server->segments;
}
