/* merged.c
 * Recognizing captures from two places that share one interface.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/merged.h"
#include "base/seq.h"

static bool is_elsewhere(uint8_t ttl, uint8_t other, int64_t elapsed)
{
    int hops = rst_hops(ttl);
    int others = rst_hops(other);

    if (hops == RST_HOPS_ABSURD || others == RST_HOPS_ABSURD || hops == others)
        return false;
    return ABS(hops - others) > 1 || elapsed == RST_TIME_NONE || elapsed > RST_COPY_SPAN_CONSTANT;
}

/* Stacks give a retransmission a new IP ID, unless theirs is constant. */
static bool stands_in_ring(const rst_direction_t *side, const rst_segment_t *segment)
{
    if (!segment->ip_id || (!side->ip_id_changes && !(segment->flags & RST_FLAG_SYN)))
        return false;
    for (unsigned i = 0; i < side->ring.used; i++) {
        const rst_recent_segment_t *old = &side->ring.slot[i];

        if (old->ip_id == segment->ip_id && rst_recent_segment_is(old, segment) &&
            is_elsewhere(old->ttl, segment->ttl, rst_time_elapsed(old->moment.time, segment->time)))
            return true;
    }
    return false;
}

/* A host that has sent data does not repeat its SYN. The ring may no longer contain the first one. */
static bool repeats_syn(const rst_direction_t *side, const rst_segment_t *segment)
{
    return (segment->flags & RST_FLAG_SYN) && (side->known & RST_DIRECTION_SYN) && side->isn == segment->seq &&
           side->data_segments && is_elsewhere(side->syn_ttl, segment->ttl, RST_TIME_NONE);
}

void rst_merged_note(rst_conn_t *conn, unsigned from, const rst_segment_t *segment)
{
    const unsigned needed = RST_HAS_IP | RST_HAS_IP_ID;
    const rst_direction_t *side = &conn->direction[from];

    if (conn->merged_places || conn->at_point || (segment->known & needed) != needed)
        return;
    conn->merged_places = stands_in_ring(side, segment) || repeats_syn(side, segment);
    if (conn->story)
        conn->story->merged_places = conn->merged_places;
}

bool rst_merged_is_copy(const rst_reset_t *reset, const rst_reset_t *earlier)
{
    return reset->story->merged_places && (reset->known & RST_HAS_IP) &&
           rst_hops(reset->ttl) != rst_hops(earlier->ttl) && reset->ip_id == earlier->ip_id &&
           reset->seq == earlier->seq && reset->ack == earlier->ack && reset->flags == earlier->flags &&
           reset->len == earlier->len && reset->window == earlier->window;
}
