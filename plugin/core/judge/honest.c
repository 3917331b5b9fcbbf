/* honest.c
 * How sure a verdict can honestly be. Every limit is one way to deceive that packets do not show.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/honest.h"

#include "base/seq.h"
#include "rules/elsewhere.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

#define ONE_CLUE 60      /* a host can choose the TTL of its reset; a forger can guess what it cannot compare */
#define OTHER_TTL 50     /* the reset bears the timestamp of the connection, only its distance differs */
#define CONTRADICTION 49 /* two packets that both look genuine: one is forged, and nobody knows which */
#define ONE_FLAW 75      /* the reset lacks what the host's packets have, but nobody took what followed it */
#define TWO_FORGERIES 85 /* both resets would have to be forged, and so would the silence of the other side */
#define AT_HOST 45       /* nothing lies behind a host: it is the host, or a program on it */

/* Nothing between the host and the capture point. */
static bool is_at_host(const rst_view_t *view)
{
    return (view->own->known & RST_DIRECTION_HOPS) && view->own->hop_max == 0;
}

static bool bears_stamp(const rst_view_t *view)
{
    return (view->own->known & RST_DIRECTION_TIMESTAMPS) && (view->reset->known & RST_HAS_TIMESTAMP);
}

/* The sender's packet before it, a FIN or an ACK, came from the same new distance: a change of route, or a device that
 * sends both. */
static bool follows_route(const rst_reset_t *reset)
{
    return reset->doubt_ttl && rst_hops(reset->doubt_ttl) == rst_hops(reset->ttl);
}

/* A host may send a reset with whatever TTL it likes. */
static unsigned most_by_distance(const rst_view_t *view)
{
    if (!rst_hop_jump(view) && !rst_too_fast(view) && rst_copies_id(view) && !view->reset->after.alive.pass_index)
        return ONE_CLUE;
    if (!rst_hop_jump(view) || rst_too_fast(view) || view->reset->after.alive.pass_index)
        return RST_HONEST_ALWAYS;
    if (is_at_host(view))
        return AT_HOST;
    if (rst_hop_varies(view) || follows_route(view->reset))
        return CONTRADICTION;
    return bears_stamp(view) ? OTHER_TTL : ONE_CLUE;
}

/* The connection had shown enough for its sender's packets to be recognized. */
static bool knows_sender(const rst_view_t *view)
{
    return view->own->segments >= 2;
}

/* The reset lacks what the sender's other packets have. Without timestamps and counted IP IDs nothing can be lacking.
 */
static bool has_flaw(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return rst_lacks_stamp(view) || (own->ip_id_changes && view->reset->ip_id && !rst_repeats_id(view));
}

/* What goes on after the reset may be forged instead. Against that speak another distance of the reset, and that the
 * other end took what followed. */
static unsigned most_by_progress(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    if (!after->alive.pass_index || rst_made_elsewhere(view))
        return RST_HONEST_ALWAYS;
    if ((!knows_sender(view) && after->alive_count < 2) || rst_looks_genuine(view))
        return CONTRADICTION;
    if (after->alive_soon)
        return has_flaw(view) ? ONE_CLUE : CONTRADICTION;
    if (after->alive_taken)
        return RST_HONEST_ALWAYS;
    return has_flaw(view) ? ONE_FLAW : ONE_CLUE;
}

/* A host that sends its own train cannot be told from a device next to it. */
static unsigned most_by_train(const rst_view_t *view)
{
    bool same_as_latest = view->reset->ttl && (view->own->known & RST_DIRECTION_HOPS) &&
                          rst_hops(view->reset->ttl) == rst_hops(view->own->ttl);

    /* Nothing is known of the host but what its peer had acknowledged. */
    if (!view->own->segments)
        return ONE_FLAW;
    if (rst_hop_delta(view) != 0 && !(rst_hop_delta(view) == RST_HOPS_NONE && same_as_latest))
        return RST_HONEST_ALWAYS;
    return is_at_host(view) ? AT_HOST : ONE_CLUE;
}

static bool reaches(const rst_direction_t *receiver, uint32_t number)
{
    return (receiver->known & RST_DIRECTION_ACKED) && !rst_seq_before(receiver->acked, number);
}

/* Its ACK number need not be exact, but one that is anywhere proves nothing. */
static bool reset_acknowledges(const rst_view_t *view, uint32_t number)
{
    return (view->reset->flags & RST_FLAG_ACK) && rst_seq_ahead(view->reset->ack, number) <= UINT16_MAX;
}

/* What is left if nothing else explains a reset. */
static unsigned most_by_elimination(const rst_view_t *view)
{
    if (rst_hop_jump(view))
        return CONTRADICTION;
    return rst_hop_disputed(view) || rst_breaks_count(view) ? ONE_CLUE : RST_HONEST_ALWAYS;
}

/* A FIN that its receiver never acknowledged may be forged. */
static unsigned most_by_fin(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    const rst_direction_t *peer = view->peer;

    if (rst_has_fin(peer) && !reset_acknowledges(view, peer->fin_seq) && !reaches(own, peer->fin_seq))
        return ONE_CLUE;
    if (rst_has_fin(own) && view->reset->seq != own->fin_seq && !reaches(peer, own->fin_seq))
        return ONE_CLUE;
    return RST_HONEST_ALWAYS;
}

/* Its own earlier reset fits nothing that it had sent, so perhaps it is not its own. */
static bool is_odd(const rst_reset_t *before)
{
    return before->clues || before->form == RST_FORM_AHEAD || before->form == RST_FORM_BELOW;
}

/* The other side fell silent with the first reset, and what it had under way found nothing: a host that lives answers
 * that with an ACK. Both resets come from where the host is. */
static bool found_nothing(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_reset_t *before = reset->own_before;

    if (!rst_is_answer(view) || (reset->flags & RST_FLAG_ACK) || !before || rst_has_fin(view->own))
        return false;
    return knows_sender(view) && rst_hop_delta(view) == 0 && !rst_hop_varies(view) &&
           rst_hops(before->ttl) == rst_hops(reset->ttl) && !reset->after.own_next.pass_index &&
           view->peer->last.pass_index < reset->own_first.at.pass_index;
}

/* The earlier reset may be a perfect copy of what the host was going to send, and this one the host's first. */
static unsigned most_by_earlier(const rst_view_t *view)
{
    if (view->reset->own_before && (is_odd(view->reset->own_before) || rst_hop_jump(view)))
        return CONTRADICTION;
    return found_nothing(view) ? TWO_FORGERIES : ONE_CLUE;
}

/* Two aborts at once look the same if one of them is forged. That one of them comes from elsewhere shows that somebody
 * on the path took part, but not that both are his: a host whose connection is reset answers what still comes, which
 * the capture may lack. */
static unsigned most_by_both(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (reset->peer_last.at.pass_index && !(reset->flags & RST_FLAG_ACK) && !rst_made_elsewhere(view))
        return CONTRADICTION;
    return rst_made_elsewhere(view) || rst_peer_reset_elsewhere(view) ? ONE_CLUE : CONTRADICTION;
}

/* Probes and retransmissions that come from another distance than the reset of their sender, unless a device that
 * answers the handshake of others does that. */
static unsigned most_by_repeats(const rst_view_t *view)
{
    uint8_t here = rst_hops(view->reset->ttl);
    uint8_t there = rst_hops(view->own->ttl);

    if (view->own->syn_ttl && here == rst_hops(view->own->syn_ttl))
        return RST_HONEST_ALWAYS;
    return view->reset->ttl && (view->own->known & RST_DIRECTION_HOPS) && ABS(here - there) > 1 ? ONE_CLUE
                                                                                                : RST_HONEST_ALWAYS;
}

unsigned rst_honest_most(const rst_view_t *view, const rst_rule_t *rule)
{
    static const struct {
        unsigned flag;
        unsigned (*most)(const rst_view_t *view);
    } limits[] = {
        {RST_RULE_BY_DISTANCE, most_by_distance},
        {RST_RULE_BY_PROGRESS, most_by_progress},
        {RST_RULE_BY_TRAIN, most_by_train},
        {RST_RULE_BY_FIN, most_by_fin},
        {RST_RULE_BY_EARLIER, most_by_earlier},
        {RST_RULE_RETRANSMISSIONS | RST_RULE_KEEPALIVES | RST_RULE_WINDOW_PROBES, most_by_repeats},
        {RST_RULE_BY_BOTH, most_by_both},
        {RST_RULE_BY_ELIMINATION, most_by_elimination},
    };
    unsigned most = RST_HONEST_ALWAYS;

    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (rule->flags & limits[i].flag)
            most = MIN(most, limits[i].most(view));
    }
    return most;
}
