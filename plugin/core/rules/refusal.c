/* refusal.c
 * What the host and the service showed around a refusal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/refusal.h"

#include "base/text.h"
#include "rules/predicates.h"

#define NEARBY RST_SECOND               /* a gap this short between acceptances means a full backlog */
#define LATELY (5 * RST_SECOND)         /* a longer one may be a restart, if nothing else speaks for or against it */
#define LATE_AFTER_ONE (5 * RST_SECOND) /* no path takes longer; several SYNs in vain leave even less doubt */
#define LATE_AFTER_SOME (3 * RST_SECOND)
#define LATE_ROUND_TRIPS 4
#define INTERLEAVED (10 * RST_SECOND) /* time within which two acceptances and two refusals alternate */
#define ROUND_TRIP_SAMPLES 3
#define PORTS_AGREE 3 /* this many open ports at one distance are rarely all forwarded */

const char *rst_service_text(const rst_view_t *view)
{
    unsigned server = view->reset->from;

    if (!view->texts)
        return "";
    return rst_endpoint_text(view->memory, &view->reset->story->address[server], view->reset->story->port[server]);
}

/* Zero IP ID, zero window, don't-fragment, initial TTL 64: how Linux answers without a socket. It never refuses a SYN
 * because of a full backlog, but drops it. */
bool rst_refused_like_linux(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return (reset->known & RST_HAS_IP_ID) && reset->ip_id == 0 && reset->df && (reset->known & RST_HAS_WINDOW) &&
           reset->window == 0 && reset->ttl <= 64;
}

/* The SYN-ACKs, or other refusals and one SYN-ACK, agree on the distance of this host, and that of the
 * reset differs. */
bool rst_refusal_distance(const rst_view_t *view, int *delta)
{
    const rst_hop_range_t *range = &view->distance.range;
    const rst_hop_range_t *stateless = &view->own_host.stateless;
    uint8_t hops;

    if (!range->count || range->min != range->max || range->max == RST_HOPS_ABSURD ||
        !(view->reset->known & RST_HAS_IP))
        return false;
    hops = rst_hops(view->reset->ttl);
    if (hops == RST_HOPS_ABSURD || hops == range->max)
        return false;
    *delta = hops - range->max;
    return range->count >= 2 || (stateless->count && (stateless->min == range->max || stateless->max == range->max));
}

bool rst_refused_too_fast(const rst_view_t *view)
{
    const rst_distance_view_t *host = &view->distance;
    int64_t delay;

    if (host->round_trips < ROUND_TRIP_SAMPLES || host->round_trip < (int64_t)view->prefs->min_rtt_us * 1000)
        return false;
    delay = rst_delay(view);
    if (delay == RST_TIME_NONE || rst_time_sub(host->round_trip, delay) < RST_ROUND_TRIP_MARGIN)
        return false;
    return rst_within(view, delay, rst_time_percent(view->prefs->fast_percent, host->round_trip));
}

/* The ports of an address may be served by hosts at different distances: port forwarding, load balancers, containers.
 * Only earlier answers from this port, or those from many ports together, tell where to expect it. */
bool rst_port_is_known(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;
    const rst_service_t *service = view->service.service;

    if (service && rst_service_accepted_near(service, view->reset->at))
        return true;
    return host->open_ports >= PORTS_AGREE;
}

/* It comes from nearer than another port of the address answers from: a device, or port forwarding. */
bool rst_refused_nearer(const rst_view_t *view)
{
    const rst_hop_range_t *range = &view->distance.range;
    uint8_t hops;

    if (!range->count || range->min != range->max || range->max == RST_HOPS_ABSURD ||
        !(view->reset->known & RST_HAS_IP))
        return false;
    hops = rst_hops(view->reset->ttl);
    return hops != RST_HOPS_ABSURD && hops < range->max;
}

rst_tri_t rst_served_before(const rst_view_t *view)
{
    const rst_service_t *service = view->service.service;

    return rst_tri_of(service && rst_service_before(service, true, view->reset->at),
                      !(view->unkept & RST_NEEDS_SERVICE));
}

const rst_service_run_t *rst_refusals_soon_after(const rst_view_t *view, rst_moment_t moment, int64_t within)
{
    const rst_service_t *service = view->service.service;
    const rst_service_run_t *refusals = service ? rst_service_after(service, false, moment) : NULL;
    int64_t elapsed = refusals ? rst_elapsed(moment, refusals->first) : RST_TIME_NONE;

    /* If the clock cannot tell, or the refusals had begun before, they are near. */
    return elapsed == RST_TIME_NONE || elapsed <= within ? refusals : NULL;
}

static bool overlaps(const rst_view_t *view, const rst_service_run_t *run)
{
    int64_t since = rst_elapsed(run->last, view->reset->at);
    int64_t until = rst_elapsed(view->reset->at, run->first);

    return (since == RST_TIME_NONE || since <= INTERLEAVED / 2) && (until == RST_TIME_NONE || until <= INTERLEAVED / 2);
}

/* Whoever opens connections of its own may have any reset written in them. What only one other client shows of the
 * server proves less to this one. */
bool rst_burst_hearsay(const rst_view_t *view, unsigned enough)
{
    const rst_reset_t *reset = view->reset;

    return rst_burst_is_hearsay(reset->burst, view->host[1 - reset->from].host, enough);
}

unsigned rst_unless_hearsay(const rst_view_t *view, unsigned confidence)
{
    return view->distance.hearsay ? MIN(confidence, RST_HEARSAY) : confidence;
}

/* Acceptances and refusals alternate, with more than the one gap of a restart. */
bool rst_takes_turns(const rst_view_t *view)
{
    const rst_service_t *service = view->service.service;
    unsigned accepts = 0, refusals = 0;

    if (service->runs < 4)
        return false;
    for (unsigned i = 0; i < service->runs; i++) {
        if (!overlaps(view, &service->run[i]))
            continue;
        if (service->run[i].accepts)
            accepts++;
        else
            refusals++;
    }
    return accepts >= 2 && refusals >= 2;
}

/* The service resets its connections when it stops, so that between them it need not have been down. */
static bool has_stopped_since(const rst_view_t *view, const rst_service_run_t *accepted)
{
    return view->reset->service_reset.pass_index > accepted->last.pass_index;
}

/* How long a gap between two acceptances may be to mean that the service was there all the time. Linux refuses for no
 * other reason than that nobody listens. */
static int64_t longest_gap(const rst_view_t *view, const rst_service_run_t *before)
{
    return rst_refused_like_linux(view) || has_stopped_since(view, before) ? NEARBY : LATELY;
}

/* The whole gap between two acceptances counts, so that all refusals in it get the same answer. */
static bool accepts_around(const rst_view_t *view, int64_t longest)
{
    const rst_service_run_t *before = rst_service_before(view->service.service, true, view->reset->at);
    const rst_service_run_t *after = rst_service_after(view->service.service, true, view->reset->at);

    return before && after && rst_within(view, rst_elapsed(before->last, after->first), longest);
}

bool rst_is_interleaved(const rst_view_t *view)
{
    const rst_service_t *service = view->service.service;
    const rst_service_run_t *before;

    if (service->runs < 2)
        return false;
    before = rst_service_before(service, true, view->reset->at);
    return (before && accepts_around(view, longest_gap(view, before))) || rst_takes_turns(view);
}

bool rst_is_close(const rst_view_t *view)
{
    return accepts_around(view, NEARBY) || rst_takes_turns(view);
}

/* An older connection to the port went on in the meantime. */
bool rst_serves_another(const rst_view_t *view)
{
    const rst_service_t *service = view->service.service;

    for (unsigned i = 0; service && i < service->runs; i++) {
        const rst_service_run_t *run = &service->run[i];

        if (!run->accepts && run->first.pass_index <= view->reset->at.pass_index &&
            run->last.pass_index >= view->reset->at.pass_index)
            return run->served;
    }
    return false;
}

/* Linux refuses nobody for lack of room, so another host with the address refused, or a limit, or the service was
 * restarting. */
bool rst_refuses_some(const rst_view_t *view)
{
    return rst_refuses_syn(view) && view->service.service && rst_refused_like_linux(view) && rst_is_interleaved(view);
}

/* The same SYN, repeated, is accepted, so a service is listening. */
bool rst_accepts_repeat(const rst_view_t *view)
{
    return view->reset->after.same_syn_accepted;
}

/* A closed port answers within a round trip (RFC 9293, section 3.10.7.1), and each copy of the SYN. */
bool rst_refused_late(const rst_view_t *view)
{
    const rst_distance_view_t *host = &view->distance;
    int64_t limit = view->peer->retransmission.copies >= 2 ? LATE_AFTER_SOME : LATE_AFTER_ONE;
    int64_t delay = rst_delay(view);

    if (delay == RST_TIME_NONE || delay < limit || view->own->segments || view->reset->own_last.at.pass_index ||
        view->reset->after.refused_again.pass_index)
        return false;
    return !host->round_trips || host->round_trip < delay / LATE_ROUND_TRIPS;
}

/* A stack refuses with SEQ 0, because the SYN acknowledges nothing (RFC 9293, section 3.10.7.1). */
bool rst_refused_with_seq(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return rst_refuses_syn(view) && (reset->flags & RST_FLAG_ACK) && reset->seq != 0 &&
           reset->ack == view->trigger->seq + view->trigger->space;
}

bool rst_refused_at_random(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const unsigned flags = RST_FLAG_RST | RST_FLAG_ACK;

    if (!rst_refused_with_seq(view))
        return false;
    if (reset->after.refused_otherwise.pass_index)
        return true;
    return (reset->own_last.flags & flags) == flags && reset->own_last.ack == reset->ack && reset->own_last.seq &&
           reset->own_last.seq != reset->seq;
}
