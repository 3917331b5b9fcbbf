/* round_trip.c
 * How soon a reset follows what it reacts to, compared with the round trip to the host whose address it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/round_trip.h"

#include "rules/predicates.h"

rst_moment_t rst_reacts_to(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    if (rst_is_answer(view) && !reset->trigger_late)
        return view->trigger->moment;
    return rst_is_abort(view) ? reset->acknowledged : (rst_moment_t){0, RST_TIME_NONE};
}

static bool is_nearer(const rst_view_t *view)
{
    int8_t hops = rst_hop_delta(view);

    return hops != RST_HOPS_NONE && hops < 0;
}

/* Other acknowledgments may be delayed on purpose, so handshakes provide the samples: three are needed, or one if the
 * reset also came from nearer. But any acknowledgment that came sooner is a bound too. */
bool rst_too_fast(const rst_view_t *view)
{
    const rst_distance_view_t *host = &view->distance;
    int64_t delay;

    if (!host->round_trips || host->round_trip < (int64_t)view->prefs->min_rtt_us * 1000)
        return false;
    if (host->round_trips < 3 && !is_nearer(view))
        return false;
    delay = rst_since(view, rst_reacts_to(view));
    if (delay == RST_TIME_NONE || rst_time_sub(host->round_trip, delay) < 5 * RST_MILLISECOND)
        return false;
    return rst_within(view, delay, rst_time_percent(view->prefs->fast_percent, host->round_trip));
}

/* One sample, mostly the handshake, may have been slow for other reasons than the way (a sleeping radio, an address
 * that had to be resolved first), so this alone accuses nobody. It was taken where the reset was: on the first pass
 * through a file with several interfaces, a record may hold what two places saw. */
bool rst_hurried(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    int64_t delay = rst_since(view, rst_reacts_to(view));

    if (!(own->known & RST_DIRECTION_SYN) || own->syn_link != view->reset->link)
        return false;
    if (!(own->known & RST_DIRECTION_RTT) || own->rtt < (int64_t)view->prefs->min_rtt_us * 1000 ||
        delay == RST_TIME_NONE || rst_time_sub(own->rtt, delay) < 5 * RST_MILLISECOND)
        return false;
    return rst_within(view, delay, rst_time_percent(view->prefs->fast_percent, own->rtt));
}

/* A reset that comes sooner or much later merely happened to follow a bare ACK, and no stack sends a bare reset on its
 * own initiative (RFC 9293, section 3.10.5). */
bool rst_out_of_step(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    int64_t delay = rst_delay(view);

    if (!rst_is_answer(view) || view->trigger->space || view->trigger->keepalive || delay == RST_TIME_NONE ||
        !(own->known & RST_DIRECTION_RTT) || own->rtt_samples < 2)
        return false;
    if (rst_within(view, delay, rst_time_times(3, own->rtt / 4)))
        return rst_time_sub(own->rtt, delay) >= 5 * RST_MILLISECOND;
    return delay > rst_time_times(4, own->rtt) && rst_time_sub(delay, own->rtt) > 100 * RST_MILLISECOND;
}
