/* measure.c
 * The measured members of a verdict. What is not known stays unknown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/measure.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#include "rules/validity.h"
#include "track/tcp_state.h"

static rst_phase_t phase_of(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    rst_tcp_state_t own = rst_tcp_state(view->own, view->peer);
    rst_tcp_state_t peer = rst_tcp_state(view->peer, view->own);

    if (rst_fins_done(view) || reset->own_last.at.pass_index || reset->peer_last.at.pass_index)
        return rst_is_refusal(view) && !rst_fins_done(view) ? RST_PHASE_HANDSHAKE : RST_PHASE_CLOSED;
    if (own >= RST_TCP_FIN_WAIT_1 || peer >= RST_TCP_FIN_WAIT_1)
        return RST_PHASE_CLOSING;
    if (rst_is_refusal(view))
        return RST_PHASE_HANDSHAKE;
    if (rst_was_open(view))
        return RST_PHASE_ESTABLISHED;
    return ((view->own->known | view->peer->known) & RST_DIRECTION_SYN) ? RST_PHASE_HANDSHAKE : RST_PHASE_UNKNOWN;
}

/* Zero hops: packets from that side have not passed a router yet. */
static rst_capture_side_t capture_side_of(const rst_view_t *view)
{
    const rst_direction_t *client = &view->reset->direction[view->reset->client];
    const rst_direction_t *server = &view->reset->direction[1 - view->reset->client];

    if (view->prefs->capture_side != RST_CAPTURE_SIDE_UNKNOWN)
        return (rst_capture_side_t)view->prefs->capture_side;
    if (!(client->known & server->known & RST_DIRECTION_HOPS) || client->hop_max == RST_HOPS_ABSURD ||
        server->hop_max == RST_HOPS_ABSURD)
        return RST_CAPTURE_SIDE_UNKNOWN;
    if (client->hop_max && server->hop_max)
        return RST_CAPTURE_SIDE_MIDDLE;
    if (!client->hop_max && !server->hop_max)
        return RST_CAPTURE_SIDE_UNKNOWN;
    return client->hop_max ? RST_CAPTURE_SIDE_SERVER : RST_CAPTURE_SIDE_CLIENT;
}

static int64_t duration(int64_t ns)
{
    return ns == RST_TIME_NONE ? RST_DURATION_NONE : ns;
}

void rst_measure(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;
    const rst_frames_t *frames = &view->file->frames;

    verdict->phase = phase_of(view);
    verdict->validity = rst_validity_of(view);
    verdict->accepted = rst_accepted_of(view, verdict->validity);
    verdict->capture_side = capture_side_of(view);
    verdict->ordinal = view->reset->ordinal;
    verdict->first = view->reset->ordinal == 1 && !view->reset->original;
    verdict->trigger = view->trigger ? rst_frames_number(frames, view->trigger->moment.pass_index) : 0;
    verdict->idle = duration(rst_silence(view));
    verdict->delay = duration(rst_delay(view));
    verdict->hop_delta = rst_hop_delta(view);
    if (!rst_is_answer(view) && !rst_is_refusal(view))
        verdict->contradicted_by = rst_frames_number(frames, view->reset->after.alive.pass_index);
}

void rst_measure_counts(const rst_view_t *view, const rst_rule_t *rule)
{
    const rst_direction_t *own = view->own;
    rst_verdict_t *verdict = view->verdict;

    if (rule->flags & RST_RULE_RETRANSMISSIONS)
        verdict->retransmissions = (uint16_t)(own->retransmission.copies - 1);
    if (rule->flags & RST_RULE_SYNACKS)
        verdict->retransmissions = (uint16_t)(own->synacks - 1);
    if (rule->flags & RST_RULE_KEEPALIVES)
        verdict->probes = rst_keepalives(view)->count;
    if (rule->flags & RST_RULE_WINDOW_PROBES)
        verdict->probes = own->window_probe.count;
}
