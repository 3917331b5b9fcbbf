/* hosts.c
 * What is learned of a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/hosts.h"

#define PERIODS_MAX 16 /* per host; the oldest are dropped */

bool rst_host_is_known(const rst_host_t *host)
{
    return host->period.first.pass_index || host->burst || host->silence || host->breadths || host->fin.pass_index ||
           host->reset_received.pass_index;
}

static rst_value_t value_of(const rst_host_t *host)
{
    if (host->burst || host->silence)
        return RST_VALUE_STORY;
    return rst_host_is_known(host) ? RST_VALUE_BOTH : RST_VALUE_LONE;
}

void rst_host_hold(const rst_hosts_t *hosts, rst_host_t *host)
{
    if (host && !host->holds++)
        rst_keep_remove(hosts->keep, &host->item);
}

void rst_host_drop(const rst_hosts_t *hosts, rst_host_t *host)
{
    if (!host || --host->holds)
        return;
    host->left = hosts->file->now;
    rst_keep_add(hosts->keep, &host->item, RST_KIND_HOSTS, value_of(host), host->left.pass_index);
}

bool rst_host_is_complete(const rst_host_t *host, rst_moment_t at)
{
    return !rst_lost_before(host->lost, at) && !rst_lost_since(host->crowded, at);
}

static rst_value_t value_of_service(const rst_service_t *service)
{
    if (service->accepted)
        return RST_VALUE_BOTH;
    return service->runs ? RST_VALUE_REFUSED : RST_VALUE_LONE;
}

void rst_service_hold(const rst_hosts_t *hosts, rst_service_t *service)
{
    if (service && !service->holds++)
        rst_keep_remove(hosts->keep, &service->item);
}

void rst_service_drop(const rst_hosts_t *hosts, rst_service_t *service)
{
    if (service && !--service->holds)
        rst_keep_add(hosts->keep, &service->item, RST_KIND_SERVICES, value_of_service(service),
                     hosts->file->now.pass_index);
}

void rst_service_forget(const rst_hosts_t *hosts, rst_service_t *service)
{
    rst_host_drop(hosts, service->client);
    if (service->runs > 1)
        rst_release(&hosts->service_memory, service->run, service->room * sizeof *service->run);
    rst_release(&hosts->service_memory, service, sizeof *service);
}

static void let_go(const rst_hosts_t *hosts, rst_host_distances_t *distances)
{
    for (unsigned i = 0; i < distances->kinds; i++)
        rst_host_drop(hosts, distances->seen[i].client);
    rst_distances_drop(distances, &hosts->memory);
}

static void forget_periods(const rst_hosts_t *hosts, rst_host_t *host)
{
    rst_host_period_t *period = host->period.earlier;

    let_go(hosts, &host->period.distances);
    while (period) {
        rst_host_period_t *earlier = period->earlier;

        let_go(hosts, &period->distances);
        rst_release(&hosts->memory, period, sizeof *period);
        period = earlier;
    }
}

static void forget_bursts(const rst_hosts_t *hosts, rst_burst_t *burst)
{
    while (burst) {
        rst_burst_t *earlier = burst->earlier;

        for (unsigned i = 0; i < RST_BURST_CLIENTS && burst->other_end[i].connections; i++)
            rst_host_drop(hosts, burst->other_end[i].host);
        rst_release(&hosts->memory, burst, sizeof *burst);
        burst = earlier;
    }
}

void rst_host_forget(const rst_hosts_t *hosts, rst_host_t *host)
{
    forget_periods(hosts, host);
    forget_bursts(hosts, host->burst);
    for (rst_silence_t *silence = host->silence; silence;) {
        rst_silence_t *earlier = silence->earlier;

        rst_release(&hosts->memory, silence, sizeof *silence);
        silence = earlier;
    }
    rst_release(&hosts->memory, host->breadth, host->breadth_room * sizeof *host->breadth);
    rst_release(&hosts->memory, host, sizeof *host);
}

static void drop_oldest(const rst_hosts_t *hosts, rst_host_t *host)
{
    rst_host_period_t *period = &host->period;

    while (period->earlier && period->earlier->earlier)
        period = period->earlier;
    host->lost = period->earlier->last;
    let_go(hosts, &period->earlier->distances);
    rst_release(&hosts->memory, period->earlier, sizeof *period);
    period->earlier = NULL;
    host->periods--;
}

/* Is the period over, after a long silence, because it has grown long, or because the clock was set back? */
static bool is_over(const rst_host_period_t *period, rst_moment_t at)
{
    int64_t silence = rst_elapsed(period->last, at);
    int64_t length = rst_elapsed(period->first, at);
    int64_t back = rst_elapsed(at, period->first);

    return (silence != RST_TIME_NONE && silence > RST_NEAR_AFTER) ||
           (length != RST_TIME_NONE && length > RST_NEAR_BEFORE) || (back != RST_TIME_NONE && back > RST_NEAR_AFTER);
}

static void begin_period(const rst_hosts_t *hosts, rst_host_t *host)
{
    rst_host_period_t *earlier = hosts->memory.alloc(hosts->memory.scope, sizeof *earlier);

    *earlier = host->period;
    memset(&host->period, 0, sizeof host->period);
    host->period.earlier = earlier;
    if (++host->periods > PERIODS_MAX)
        drop_oldest(hosts, host);
}

rst_host_period_t *rst_host_period(const rst_hosts_t *hosts, rst_host_t *host, rst_moment_t at)
{
    rst_host_period_t *period = &host->period;

    /* In the usual case the period has just begun: one comparison decides. */
    if (period->first.pass_index && !rst_is_soon_after(period->first, at, RST_NEAR_AFTER) && is_over(period, at))
        begin_period(hosts, host);
    if (!period->first.pass_index)
        period->first = at;
    if (at.pass_index > period->last.pass_index)
        period->last = at;
    return period;
}

static void add_hops(rst_hop_range_t *sum, const rst_hop_range_t *range)
{
    if (!range->count)
        return;
    sum->min = sum->count ? MIN(sum->min, range->min) : range->min;
    sum->max = MAX(sum->max, range->max);
    sum->count = (uint16_t)MIN(sum->count + range->count, UINT16_MAX);
}

static void add_period(rst_host_period_t *sum, const rst_host_period_t *period)
{
    add_hops(&sum->stateless, &period->stateless);
    if (period->relays) {
        sum->lag_min = sum->relays ? MIN(sum->lag_min, period->lag_min) : period->lag_min;
        sum->lag_max = MAX(sum->lag_max, period->lag_max);
    }
    sum->relays += period->relays;
    sum->aborts += period->aborts;
    sum->unasked = (uint16_t)MIN(sum->unasked + period->unasked, UINT16_MAX);
    sum->open_ports = MAX(sum->open_ports, period->open_ports); /* perhaps the same ports, so no sum */
    if (period->netscaler_codes > 1 ||
        (sum->netscaler_codes && period->netscaler_codes && sum->netscaler_code != period->netscaler_code))
        sum->netscaler_codes = 2;
    else if (period->netscaler_codes)
        rst_host_note_code(sum, period->netscaler_code);
}

rst_host_period_t rst_host_near(const rst_host_t *host, rst_moment_t at)
{
    rst_host_period_t sum;

    memset(&sum, 0, sizeof sum);
    for (const rst_host_period_t *period = &host->period; period; period = period->earlier) {
        if (rst_moment_is_near(period->first, period->last, at))
            add_period(&sum, period);
    }
    return sum;
}

/* Its client was elsewhere around that time: both ends of the connection may be invented. */
static bool is_refuted(const rst_host_distance_t *seen, rst_moment_t at)
{
    for (const rst_host_period_t *period = seen->client ? &seen->client->period : NULL; period;
         period = period->earlier) {
        if (rst_moment_is_near(period->first, period->last, at) && rst_host_is_away(period, seen->client_hops))
            return true;
    }
    return false;
}

static void add_distances(rst_host_distances_t *sum, const rst_host_period_t *period, rst_moment_t at)
{
    for (unsigned i = 0; i < period->distances.kinds; i++) {
        if (!is_refuted(&period->distances.seen[i], at))
            rst_distances_add(sum, &period->distances.seen[i]);
    }
}

rst_distance_view_t rst_host_distance(const rst_host_t *host, rst_moment_t at, const rst_host_t *client)
{
    rst_host_distance_t seen[RST_HOST_DISTANCES];
    rst_host_distances_t sum = {seen, 0, 0};

    for (const rst_host_period_t *period = &host->period; period; period = period->earlier) {
        if (rst_moment_is_near(period->first, period->last, at))
            add_distances(&sum, period, at);
    }
    return rst_distances_for(&sum, client);
}

bool rst_same_idle(int64_t a, int64_t b)
{
    int64_t tolerance = b >= 5 * RST_SECOND ? b / 50 : b / 200;

    return b >= RST_SECOND && rst_time_apart(a, b) <= tolerance;
}

/* Long enough for a timer; below five seconds, only whole seconds count. */
static bool may_be_timer(int64_t idle)
{
    int64_t off = idle % RST_SECOND;

    return idle >= 5 * RST_SECOND ||
           (idle >= RST_SECOND && (off <= RST_SECOND / 50 || off >= RST_SECOND - RST_SECOND / 50));
}

/* A habit once established stays: later aborts for other reasons do not undo it. Each series is a separate record,
 * because the resets of an earlier one still refer to it. */
rst_silence_t *rst_host_note_idle(const rst_hosts_t *hosts, rst_host_t *host, int64_t idle)
{
    if (!may_be_timer(idle))
        return NULL;
    if (!host->silence || !rst_same_idle(host->silence->idle, idle)) {
        if (host->silence && host->silence->count >= RST_SILENCE_HABIT)
            return NULL;
        rst_silence_t *silence = rst_alloc0(&hosts->memory, sizeof *silence);

        silence->idle = idle;
        silence->earlier = host->silence;
        host->silence = silence;
    }
    if (host->silence->count < UINT16_MAX)
        host->silence->count++;
    return host->silence;
}

void rst_host_note_home(rst_host_period_t *period, uint8_t hops)
{
    if (hops >= RST_HOPS_UNKNOWN)
        return;
    if (!period->home_seen)
        period->home_hops = hops;
    if (period->home_hops != hops)
        period->home_seen--;
    else if (period->home_seen < UINT16_MAX)
        period->home_seen++;
}

bool rst_host_is_at_home(const rst_host_period_t *period, uint8_t hops)
{
    return period->home_seen && ABS(hops - period->home_hops) <= 1;
}

bool rst_host_is_away(const rst_host_period_t *period, uint8_t hops)
{
    return period->home_seen && hops != RST_HOPS_UNKNOWN && !rst_host_is_at_home(period, hops);
}

void rst_host_note_accept(const rst_hosts_t *hosts, rst_host_period_t *period, const rst_host_distance_t *seen)
{
    struct rst_host *before[RST_HOST_DISTANCES] = {NULL};

    if (!period->distances.seen)
        period->distances.seen = rst_alloc0(&hosts->memory, RST_HOST_DISTANCES * sizeof *seen);
    for (unsigned i = 0; i < period->distances.kinds; i++)
        before[i] = period->distances.seen[i].client;
    rst_distances_add(&period->distances, seen);
    for (unsigned i = 0; i < period->distances.kinds; i++) {
        if (before[i] == period->distances.seen[i].client)
            continue;
        rst_host_hold(hosts, period->distances.seen[i].client);
        rst_host_drop(hosts, before[i]);
    }
}

static bool same_moment(const rst_hosts_t *hosts, rst_moment_t a, rst_moment_t b)
{
    int64_t elapsed = a.pass_index ? rst_elapsed(a, b) : RST_TIME_NONE;

    return elapsed != RST_TIME_NONE && elapsed <= (int64_t)hosts->file->prefs.batch_ms * RST_MILLISECOND;
}

void rst_host_note_fin(const rst_hosts_t *hosts, rst_host_t *host, uint16_t port, rst_moment_t at)
{
    host->fin = at;
    host->fin_port = port;
    if (host->burst && host->burst->port == port && same_moment(hosts, host->burst->last, at))
        host->burst->closes = true;
}

static void note_silence(rst_burst_t *burst, int64_t idle)
{
    if (idle == RST_TIME_NONE)
        return;
    if (burst->idle_min == RST_TIME_NONE || idle < burst->idle_min)
        burst->idle_min = idle;
    if (burst->idle_max == RST_TIME_NONE || idle > burst->idle_max)
        burst->idle_max = idle;
}

static void note_other_end(const rst_hosts_t *hosts, rst_burst_t *burst, rst_host_t *end)
{
    for (unsigned i = 0; i < RST_BURST_CLIENTS; i++) {
        if (burst->other_end[i].connections && burst->other_end[i].host != end)
            continue;
        if (!burst->other_end[i].connections)
            rst_host_hold(hosts, end);
        burst->other_end[i].host = end;
        burst->other_end[i].connections++;
        return;
    }
}

bool rst_burst_is_hearsay(const rst_burst_t *burst, const rst_host_t *end, unsigned enough)
{
    unsigned others = 0;

    for (unsigned i = 0; i < RST_BURST_CLIENTS && burst->other_end[i].connections; i++) {
        if (burst->other_end[i].host != end)
            others++;
        else if (burst->other_end[i].connections >= enough)
            return false;
    }
    return others == 1;
}

rst_burst_t *rst_host_note_abort(const rst_hosts_t *hosts, rst_host_t *host, uint16_t port, rst_host_t *other_end,
                                 int64_t idle, rst_moment_t at)
{
    if (!host->burst || !same_moment(hosts, host->burst->last, at)) {
        rst_burst_t *burst = rst_alloc0(&hosts->memory, sizeof *burst);

        burst->earlier = host->burst;
        host->burst = burst;
        host->burst->first = at;
        host->burst->port = port;
        host->burst->idle_min = host->burst->idle_max = RST_TIME_NONE;
    }
    note_silence(host->burst, idle);
    if (host->burst->port != port)
        host->burst->port = 0;
    if (host->fin_port == port && same_moment(hosts, host->fin, at))
        host->burst->closes = true;
    host->burst->last = at;
    host->burst->connections++;
    note_other_end(hosts, host->burst, other_end);
    return host->burst;
}

void rst_host_note_code(rst_host_period_t *period, uint16_t code)
{
    if (!period->netscaler_codes)
        period->netscaler_code = code;
    if (!period->netscaler_codes || (period->netscaler_codes == 1 && period->netscaler_code != code))
        period->netscaler_codes++;
}

static int64_t stretch_of(const rst_prefs_t *prefs, rst_moment_t at)
{
    return at.time == RST_TIME_NONE ? 0 : at.time / ((int64_t)prefs->scan_s * RST_SECOND);
}

static bool target_is_new(rst_host_t *client, uint32_t target)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(client->target); i++) {
        if (client->target[i] == target)
            return false;
    }
    client->target[client->target_next] = target;
    client->target_next = (uint8_t)((client->target_next + 1) % G_N_ELEMENTS(client->target));
    return true;
}

void rst_host_note_target(const rst_hosts_t *hosts, rst_host_t *client, uint32_t target, bool probe, rst_moment_t at)
{
    int64_t stretch = stretch_of(&hosts->file->prefs, at);
    rst_breadth_t *breadth = client->breadths ? &client->breadth[client->breadths - 1] : NULL;

    if (!target_is_new(client, target))
        return;
    if ((!breadth || breadth->stretch != stretch) && client->breadths < RST_BREADTH_MAX) {
        if (client->breadths == client->breadth_room)
            client->breadth = rst_grow(&hosts->memory, client->breadth, sizeof *breadth, client->breadths,
                                       &client->breadth_room, RST_BREADTH_MAX);
        breadth = &client->breadth[client->breadths++];
        *breadth = (rst_breadth_t){stretch, 0, 0};
    }
    if (breadth->stretch != stretch && !client->crowded.pass_index)
        client->crowded = at;
    if (probe && breadth->probes < UINT16_MAX)
        breadth->probes++;
    else if (!probe && breadth->refused < UINT16_MAX)
        breadth->refused++;
}

unsigned rst_host_breadth(const rst_prefs_t *prefs, const rst_host_t *client, bool probes, rst_moment_t at)
{
    int64_t stretch = stretch_of(prefs, at);
    unsigned sum = 0;

    for (unsigned i = 0; i < client->breadths; i++) {
        const rst_breadth_t *breadth = &client->breadth[i];

        if (breadth->stretch >= stretch - 1 && breadth->stretch <= stretch + 1)
            sum += probes ? breadth->probes : breadth->refused;
    }
    return sum;
}
