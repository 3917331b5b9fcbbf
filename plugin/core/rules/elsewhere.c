/* elsewhere.c
 * Signs that a reset was not made by the host whose address it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/elsewhere.h"

#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/round_trip.h"

#define EARLY (5 * RST_MILLISECOND) /* sooner than the round trip by more than jitter explains */

/* The other end was reset as well, and not by an answer to what the host sent afterward. */
static bool both_resets(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;
    bool later =
        after->alive.pass_index && after->peer_reset.pass_index > after->alive.pass_index && !after->peer_reset_active;

    return (after->peer_reset.pass_index && !later) || view->reset->peer_last.at.pass_index || after->train;
}

/* From a few hops farther than the host, so judging by distance it is another host with this address. */
bool rst_from_behind(const rst_view_t *view)
{
    int8_t delta = rst_hop_delta(view);

    return rst_hop_jump(view) && delta > 0 && delta <= RST_OTHER_ROUTE;
}

/* A stateless answer from there that came no sooner than the host's own would: no device in front of the host sends
 * that. */
bool rst_is_other_host(const rst_view_t *view)
{
    int64_t delay = rst_delay(view);
    bool soon = (view->own->known & RST_DIRECTION_RTT) && delay != RST_TIME_NONE &&
                rst_time_sub(view->own->rtt, delay) >= EARLY;

    if (!rst_is_answer(view) || (view->reset->flags & RST_FLAG_ACK) || !rst_from_behind(view) || both_resets(view))
        return false;
    return view->trigger->len && !soon && !rst_looks_genuine(view);
}

/* A reset without the ACK flag answers something (RFC 9293, section 3.5.2), and none of these packets asked for it.
 * Perhaps the capture lost the one that did, or it took another way, and a second host with this address answered it.
 * Whatever else speaks for a device, such a host does not do. */
bool rst_answers_lost(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    int64_t together = (int64_t)view->prefs->bidir_ms * RST_MILLISECOND;

    if (view->trigger || (reset->flags & RST_FLAG_ACK) || reset->peer_last.at.pass_index || reset->after.train ||
        rst_too_fast(view) || rst_within(view, rst_other_end(view), together))
        return false;
    return !rst_copies_id(view) && (!rst_hop_jump(view) || ABS(rst_hop_delta(view)) <= RST_OTHER_ROUTE);
}

/* A stack counts its own packets, or draws the number, or writes 0 (RFC 6864, section 4.1): an equal one is a chance of
 * one in 65536. A device that turns the packet around copies it. A counter of the host that just arrives there is no
 * copy, and a number that neither side ever changes is none either. Some hosts copy them too, which only their other
 * packets show. */
bool rst_copies_id(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    const rst_direction_t *peer = view->peer;
    uint16_t id = view->trigger ? view->trigger->ip_id : (peer->known & RST_DIRECTION_IP_ID ? peer->ip_id : 0);

    if (!(view->reset->known & RST_HAS_IP_ID) || !id || view->reset->ip_id != id || view->reset->trigger_late)
        return false;
    if (!view->trigger && (!rst_is_abort(view) || view->reset->own_last.at.pass_index))
        return false;
    return peer->ip_id_changes && !rst_repeats_id(view) && own->segments && !(own->known & RST_DIRECTION_MIRRORS_ID) &&
           !((own->known & RST_DIRECTION_IP_ID) && own->ip_id == id);
}

bool rst_made_elsewhere(const rst_view_t *view)
{
    return rst_hop_jump(view) || rst_too_fast(view) || rst_copies_id(view);
}

void rst_explain_elsewhere(const rst_view_t *view)
{
    rst_explain_distance(view);
    if (rst_too_fast(view))
        rst_evidence_add(view, rst_reacts_to(view).pass_index, "Answered in %s although the host takes at least %s",
                         rst_span(view, rst_since(view, rst_reacts_to(view))),
                         rst_span(view, view->distance.round_trip));
    if (rst_copies_id(view))
        rst_evidence_add(view, view->reset->at.pass_index,
                         "It bears the IP ID %u of the packet that it reacts to: hosts count their packets, a device "
                         "that turns a packet around copies the number",
                         view->reset->ip_id);
}

/* Whoever ends connections after a silence would have ended this one after an earlier one that was as long. */
bool rst_idle_before(const rst_view_t *view)
{
    int64_t silence = rst_silence(view);

    return rst_within(view, (int64_t)view->prefs->idle_min_s * RST_SECOND, silence) && silence > view->own->survived &&
           silence > view->peer->survived;
}

int64_t rst_other_end(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (reset->after.peer_reset.pass_index)
        return rst_elapsed(reset->at, reset->after.peer_reset);
    return reset->peer_last.at.pass_index ? rst_elapsed(reset->peer_last.at, reset->at) : RST_TIME_NONE;
}

bool rst_peer_reset_elsewhere(const rst_view_t *view)
{
    const rst_earlier_t *last = &view->reset->peer_last;
    const rst_direction_t *peer = view->peer;

    if (view->reset->after.peer_reset_elsewhere)
        return true;
    return last->at.pass_index && last->ttl && (peer->known & RST_DIRECTION_PROVED) && peer->hop_min == peer->hop_max &&
           ABS(rst_hops(last->ttl) - peer->hop_max) > 1;
}
