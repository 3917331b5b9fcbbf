/* delivery.c
 * What became of an unacknowledged segment, as seen at the capture point nearer to its receiver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/delivery.h"

#include "base/seq.h"
#include "base/text.h"
#include "points/pairing.h"
#include "points/witness.h"

/* The point farthest from the sender. NULL if none is known to be farther than this one. */
static const rst_conn_at_point_t *farthest(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned s)
{
    const rst_conn_at_point_t *best = at_point;

    for (unsigned i = 0; i < at_point->whole->at_points; i++) {
        const rst_conn_at_point_t *other = at_point->whole->at_point[i];

        if (other != at_point && !other->mixed && !other->parted && rst_points_proven(points, at_point, other) &&
            rst_at_point_nearer(points, best, other, s) > 0)
            best = other;
    }
    return best == at_point || at_point->mixed || at_point->parted ? NULL : best;
}

/* The first copy that arrived. Addresses may have been translated, but not sequence numbers. */
static const rst_sighting_t *arrival(const rst_conn_at_point_t *there, unsigned from, const rst_retransmission_t *sent)
{
    for (unsigned i = 0; i < there->sent[from].used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(&there->sent[from], i);
        uint32_t space = sighting->len + ((sighting->flags & (RST_FLAG_SYN | RST_FLAG_FIN)) != 0);

        if (!(sighting->flags & RST_FLAG_RST) && space && !rst_seq_after(sighting->seq, sent->seq) &&
            rst_seq_after(sighting->seq + space, sent->seq))
            return sighting;
    }
    return NULL;
}

/* An acknowledgment of it, sent there. */
static const rst_sighting_t *answer(const rst_conn_at_point_t *there, unsigned receiver,
                                    const rst_retransmission_t *sent, uint32_t since)
{
    for (unsigned i = 0; i < there->sent[receiver].used; i++) {
        const rst_sighting_t *sighting = rst_sightings_at(&there->sent[receiver], i);

        if ((sighting->flags & RST_FLAG_ACK) && sighting->pass_index > since && rst_seq_after(sighting->ack, sent->seq))
            return sighting;
    }
    return NULL;
}

static bool same_numbers(const rst_conn_at_point_t *at_point, const rst_conn_at_point_t *there)
{
    for (unsigned from = 0; from < 2; from++) {
        unsigned its = from ^ at_point->swap ^ there->swap;

        if (at_point->facts.syn[from] && there->facts.syn[its] && at_point->facts.isn[from] != there->facts.isn[its])
            return false;
    }
    return true;
}

/* For SYNs of a connection that the server's point does not show at all. */
static rst_delivery_t unknown_there(const rst_points_t *points, const rst_conn_at_point_t *at_point,
                                    const rst_retransmission_t *sent)
{
    const rst_conn_at_point_t *there = rst_witness_find(points, at_point, sent->last);
    rst_delivery_t delivery = {RST_DELIVERY_UNKNOWN, rst_points_number(points, at_point), 0, 0};

    if (there) {
        delivery.kind = RST_DELIVERY_LOST;
        delivery.there = rst_points_number(points, there);
    }
    return delivery;
}

rst_delivery_t rst_delivery_of(const rst_points_t *points, const rst_conn_at_point_t *at_point, unsigned from,
                               const rst_retransmission_t *sent)
{
    rst_delivery_t delivery = {RST_DELIVERY_UNKNOWN, 0, 0, 0};
    const rst_conn_at_point_t *there;
    const rst_sighting_t *came, *reply;
    unsigned its;

    if (!at_point || !points->finished)
        return delivery;
    there = farthest(points, at_point, from ^ at_point->swap);
    if (!there && at_point->whole->at_points == 1 && from == at_point->facts.client && (sent->flags & RST_FLAG_SYN))
        return unknown_there(points, at_point, sent);
    if (!there || !same_numbers(at_point, there))
        return delivery;
    its = from ^ at_point->swap ^ there->swap;
    delivery.here = rst_points_number(points, at_point);
    delivery.there = rst_points_number(points, there);
    came = arrival(there, its, sent);
    if (!came) {
        if (rst_at_point_records_on(points, there, at_point, sent->last))
            delivery.kind = RST_DELIVERY_LOST;
        return delivery;
    }
    reply = answer(there, 1 - its, sent, came->pass_index);
    delivery.pass_index = reply ? reply->pass_index : came->pass_index;
    if (!reply && rst_at_point_records_on(points, there, at_point, sent->last))
        delivery.kind = RST_DELIVERY_UNANSWERED;
    else if (reply && !rst_at_point_covers(at_point, 1 - from, reply))
        delivery.kind = RST_DELIVERY_NO_ANSWER;
    return delivery;
}

const char *rst_delivery_pattern(const rst_delivery_t *delivery)
{
    return delivery->kind == RST_DELIVERY_LOST || delivery->kind == RST_DELIVERY_NO_ANSWER ? "lost_between_points"
                                                                                           : NULL;
}

const char *rst_delivery_text(const rst_delivery_t *delivery, const rst_memory_t *memory)
{
    switch (delivery->kind) {
    case RST_DELIVERY_LOST:
        return rst_text(memory, "No copy reached capture point %u: lost between capture points %u and %u",
                        delivery->there, delivery->here, delivery->there);
    case RST_DELIVERY_UNANSWERED:
        return rst_text(memory,
                        "It arrived at capture point %u and was not answered: look at that host, its firewall or "
                        "filter (on Windows WFP) and the program, not at the network",
                        delivery->there);
    case RST_DELIVERY_NO_ANSWER:
        return rst_text(memory,
                        "It arrived at capture point %u and was answered there, but the answer never came back: lost "
                        "between capture points %u and %u",
                        delivery->there, delivery->there, delivery->here);
    default:
        return "";
    }
}
