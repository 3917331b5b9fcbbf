/* measure.c
 * Implementation for the measured members of a verdict. What is not known stays unknown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "measure.h"

static rst_phase_t phase_of(const rst_view_t *view)
{
    const rst_case_t *reset = view->reset;

    if (rst_fins_done(view) || reset->own_last.at.visit || reset->peer_last.at.visit)
        return rst_is_refusal(view) && !rst_fins_done(view) ? RST_PHASE_HANDSHAKE : RST_PHASE_CLOSED;
    if (rst_has_fin(view->x) || rst_has_fin(view->y))
        return RST_PHASE_CLOSING;
    if (rst_is_refusal(view))
        return RST_PHASE_HANDSHAKE;
    if (rst_was_open(view))
        return RST_PHASE_ESTABLISHED;
    return ((view->x->known | view->y->known) & RST_SIDE_SYN) ? RST_PHASE_HANDSHAKE : RST_PHASE_UNKNOWN;
}

/* RFC 9293, 3.10.7.3: in SYN-SENT the ACK decides. 3.10.7.4 with RFC 5961, 3.2: exact, in the window, outside. */
static rst_validity_t validity_of(const rst_view_t *view)
{
    const rst_case_t *reset = view->reset;
    uint32_t expected = view->y->acked;
    uint32_t beyond;

    if (rst_is_refusal(view) && (view->y->known & RST_SIDE_SYN) && !(view->x->known & RST_SIDE_SYN))
        return (reset->flags & RST_FLAG_ACK) && reset->ack == view->trigger->seq + view->trigger->space
                   ? RST_VALIDITY_EXACT
                   : RST_VALIDITY_OUTSIDE;
    if (!(view->y->known & RST_SIDE_ACKED))
        return RST_VALIDITY_UNKNOWN;
    /* What the receiver had got but not yet acknowledged counts as received when nothing was lost. */
    if (reset->seq == expected || (reset->seq == view->x->nxt && view->x->run.copies <= 1))
        return RST_VALIDITY_EXACT;
    beyond = reset->seq - expected;
    if (!(view->y->known & RST_SIDE_WINDOW))
        return RST_VALIDITY_UNKNOWN;
    return beyond < view->y->window ? RST_VALIDITY_IN_WINDOW : RST_VALIDITY_OUTSIDE;
}

/* The receiver gave up when nothing but what was under way came from it while the capture went on. */
static rst_truth_t accepted_of(const rst_view_t *view)
{
    const rst_after_t *after = &view->reset->after;
    int64_t watched = rst_elapsed(view->reset->at, view->engine->now);
    int64_t last = after->peer_count ? rst_elapsed(view->reset->at, after->peer) : 0;

    if (after->peer_challenge && after->peer_count > 1)
        return RST_NO;
    if (after->peer_count > 1 && last != RST_TIME_NONE && last > RST_SECOND)
        return RST_NO;
    if (watched == RST_TIME_NONE || watched < RST_SECOND || rst_one_way(view))
        return RST_UNKNOWN;
    return after->peer_count ? RST_UNKNOWN : RST_YES;
}

/* Zero hops: the packets of that side have not passed a router yet. */
static rst_capture_side_t capture_side_of(const rst_view_t *view)
{
    const rst_side_t *client = &view->reset->side[view->reset->client];
    const rst_side_t *server = &view->reset->side[1 - view->reset->client];

    if (!(client->known & server->known & RST_SIDE_HOPS) || client->hop_max == RST_HOPS_ABSURD ||
        server->hop_max == RST_HOPS_ABSURD)
        return RST_SIDE_UNKNOWN;
    if (client->hop_max && server->hop_max)
        return RST_SIDE_MIDDLE;
    if (!client->hop_max && !server->hop_max)
        return RST_SIDE_UNKNOWN;
    return client->hop_max ? RST_SIDE_SERVER : RST_SIDE_CLIENT;
}

static int64_t duration(int64_t ns)
{
    return ns == RST_TIME_NONE ? RST_DURATION_NONE : ns;
}

void rst_measure(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;
    const rst_frames_t *frames = &view->engine->frames;

    verdict->phase = phase_of(view);
    verdict->validity = validity_of(view);
    verdict->accepted = accepted_of(view);
    verdict->capture_side = capture_side_of(view);
    verdict->ordinal = view->reset->ordinal;
    verdict->first = view->reset->ordinal == 1 && !view->reset->original;
    verdict->trigger = view->trigger ? rst_frames_number(frames, view->trigger->mark.visit) : 0;
    verdict->idle = duration(rst_silence(view));
    verdict->delay = duration(rst_delay(view));
    verdict->hop_delta = rst_hop_delta(view);
    if (!rst_is_answer(view) && !rst_is_refusal(view))
        verdict->contradicted_by = rst_frames_number(frames, view->reset->after.alive.visit);
}
