/* hosts.c
 * The tables of hosts and services across connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/hosts.h"

static guint host_hash(gconstpointer key)
{
    return ((const rst_host_t *)key)->hash;
}

static gboolean host_equal(gconstpointer a, gconstpointer b)
{
    const rst_host_t *left = a;
    const rst_host_t *right = b;

    return left->point == right->point && rst_address_equal(&left->address, &right->address);
}

static guint service_hash(gconstpointer key)
{
    return ((const rst_service_t *)key)->hash;
}

/* An IPv4 address fits into the tail. */
static uint32_t hash_of(const rst_hosts_t *hosts, const rst_address_t *address, uint16_t port, uint8_t point)
{
    uint64_t tail = (uint32_t)point << 16 | port;

    if (address->size == 4)
        return (uint32_t)rst_siphash_words(&hosts->secret, NULL, 0, tail << 32 | rst_address_ipv4(address));
    tail |= (uint64_t)address->size << 24;
    return (uint32_t)rst_siphash_words(&hosts->secret, address->word, G_N_ELEMENTS(address->word), tail);
}

/* As in conn_table.c, the place in the cache needs no secret. */
static unsigned near_place(const rst_address_t *address)
{
    return (unsigned)(((address->word[0] ^ address->word[1]) * UINT64_C(0x9e3779b97f4a7c15)) >>
                      (64 - RST_HOSTS_NEAR_BITS));
}

static gboolean service_equal(gconstpointer a, gconstpointer b)
{
    const rst_service_t *left = a;
    const rst_service_t *right = b;

    return left->port == right->port && left->point == right->point &&
           rst_address_equal(&left->address, &right->address);
}

/* Made of two keyed hashes. Not their plain sum or difference: a host and its own port 0 have the same one. */
static guint visits_hash(gconstpointer key)
{
    const rst_visits_t *visits = key;

    return visits->client->hash * 31 + visits->service->hash;
}

static gboolean visits_equal(gconstpointer a, gconstpointer b)
{
    const rst_visits_t *left = a;
    const rst_visits_t *right = b;

    return left->client == right->client && left->service == right->service;
}

void rst_hosts_open(rst_hosts_t *hosts, const rst_memory_t *memory, const rst_prefs_t *prefs)
{
    hosts->hosts = g_hash_table_new(host_hash, host_equal);
    hosts->services = g_hash_table_new(service_hash, service_equal);
    hosts->visits = g_hash_table_new(visits_hash, visits_equal);
    hosts->memory = memory;
    hosts->prefs = prefs;
    hosts->secret = rst_secret_new();
}

void rst_hosts_close(rst_hosts_t *hosts)
{
    g_hash_table_destroy(hosts->hosts);
    g_hash_table_destroy(hosts->services);
    g_hash_table_destroy(hosts->visits);
}

/* The entry equal to key, created if missing from the first head bytes of key, followed by zeros. NULL when the table
 * is full. */
static void *table_entry(const rst_hosts_t *hosts, GHashTable *table, const void *key, size_t head, size_t size)
{
    void *entry = g_hash_table_lookup(table, key);

    if (entry || g_hash_table_size(table) >= RST_TABLE_MAX)
        return entry;
    entry = rst_alloc0(hosts->memory, size);
    memcpy(entry, key, head);
    g_hash_table_add(table, entry);
    return entry;
}

rst_host_t *rst_hosts_host(rst_hosts_t *hosts, const rst_address_t *address, uint8_t point)
{
    rst_host_t key;
    rst_host_t **near;

    key.address = *address;
    key.point = point;
    near = &hosts->near[near_place(address)];
    if (*near && host_equal(*near, &key))
        return *near;
    key.hash = hash_of(hosts, address, 0, point);
    *near = table_entry(hosts, hosts->hosts, &key, offsetof(rst_host_t, period), sizeof key);
    return *near;
}

rst_service_t *rst_hosts_service(rst_hosts_t *hosts, const rst_address_t *address, uint16_t port, uint8_t point)
{
    rst_service_t key;

    key.address = *address;
    key.port = port;
    key.point = point;
    key.hash = hash_of(hosts, address, port, point);
    return table_entry(hosts, hosts->services, &key, offsetof(rst_service_t, runs), sizeof key);
}

#define PERIODS_MAX 16 /* per host; the oldest are dropped */

static void drop_oldest(const rst_hosts_t *hosts, rst_host_t *host)
{
    rst_host_period_t *period = &host->period;

    while (period->earlier && period->earlier->earlier)
        period = period->earlier;
    rst_distances_drop(&period->earlier->distances, hosts->memory);
    rst_release(hosts->memory, period->earlier, sizeof *period);
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
    rst_host_period_t *earlier = hosts->memory->alloc(hosts->memory->scope, sizeof *earlier);

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
    if (period->first.pass_index && (uint64_t)at.time - (uint64_t)period->first.time > (uint64_t)RST_NEAR_AFTER &&
        is_over(period, at))
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

    return b >= RST_SECOND && a >= b - tolerance && a <= b + tolerance;
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
        host->silence = rst_alloc0(hosts->memory, sizeof *host->silence);
        host->silence->idle = idle;
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
    if (!period->distances.seen)
        period->distances.seen = rst_alloc0(hosts->memory, RST_HOST_DISTANCES * sizeof *seen);
    rst_distances_add(&period->distances, seen);
}

static bool same_moment(const rst_hosts_t *hosts, rst_moment_t a, rst_moment_t b)
{
    int64_t elapsed = a.pass_index ? rst_elapsed(a, b) : RST_TIME_NONE;

    return elapsed != RST_TIME_NONE && elapsed <= (int64_t)hosts->prefs->batch_ms * RST_MILLISECOND;
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

static void note_other_end(rst_burst_t *burst, const rst_host_t *end)
{
    for (unsigned i = 0; i < RST_BURST_CLIENTS; i++) {
        if (burst->other_end[i].connections && burst->other_end[i].host != end)
            continue;
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

rst_burst_t *rst_host_note_abort(const rst_hosts_t *hosts, rst_host_t *host, uint16_t port, const rst_host_t *other_end,
                                 int64_t idle, rst_moment_t at)
{
    if (!host->burst || !same_moment(hosts, host->burst->last, at)) {
        host->burst = rst_alloc0(hosts->memory, sizeof *host->burst);
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
    note_other_end(host->burst, other_end);
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
    int64_t stretch = stretch_of(hosts->prefs, at);
    rst_breadth_t *breadth = client->breadths ? &client->breadth[client->breadths - 1] : NULL;

    if (!target_is_new(client, target))
        return;
    if ((!breadth || breadth->stretch != stretch) && client->breadths < RST_BREADTH_MAX) {
        if (client->breadths == client->breadth_room)
            client->breadth = rst_grow(hosts->memory, client->breadth, sizeof *breadth, client->breadths,
                                       &client->breadth_room, RST_BREADTH_MAX);
        breadth = &client->breadth[client->breadths++];
        *breadth = (rst_breadth_t){stretch, 0, 0};
    }
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

/* Does the interval continue the series? Within it, irregular visits have no period. After a long silence another one
 * begins; and so it did if the first two visits turn out to have been far apart. */
static bool continues(const rst_habit_t *habit, int64_t interval)
{
    if (habit->count < 2)
        return true;
    if (habit->count == 2 && habit->period_min > RST_NEAR_AFTER && interval < habit->period_min / 4)
        return false;
    return interval <= MAX(RST_NEAR_AFTER, 4 * habit->period_max);
}

/* Each series is a separate record, because the resets of an earlier one still refer to it. The visit before begins the
 * new one as well. */
static void begin_series(const rst_hosts_t *hosts, rst_visits_t *visits, bool from_last)
{
    rst_habit_t *habit = rst_alloc0(hosts->memory, sizeof *habit);

    if (from_last)
        habit->count = 1;
    if (from_last && visits->habit->count == 2)
        *visits->last_habit = habit;
    visits->habit = habit;
}

bool rst_hosts_note_empty(rst_hosts_t *hosts, const rst_host_t *client, const rst_service_t *service, rst_moment_t at,
                          rst_habit_t **habit)
{
    rst_visits_t key;
    rst_visits_t *visits;
    int64_t interval;

    key.client = client;
    key.service = service;
    visits = table_entry(hosts, hosts->visits, &key, offsetof(rst_visits_t, last), sizeof key);
    *habit = NULL;
    if (!visits)
        return false;
    interval = visits->habit ? rst_elapsed(visits->last, at) : RST_TIME_NONE;
    if (interval == RST_TIME_NONE || !continues(visits->habit, interval))
        begin_series(hosts, visits, interval != RST_TIME_NONE);
    if (interval != RST_TIME_NONE) {
        visits->habit->period_min = visits->habit->period_min ? MIN(visits->habit->period_min, interval) : interval;
        visits->habit->period_max = MAX(visits->habit->period_max, interval);
    }
    visits->habit->count++;
    visits->last = at;
    visits->last_habit = habit;
    *habit = visits->habit;
    return true;
}
