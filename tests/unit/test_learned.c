/* test_learned.c
 * Tests of what is remembered of hosts and services: distances, runs, periods, homes, visits, each limit alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/host_table.h"
#include "track/syn_origin.h"
#include "track/visits.h"

/* Addresses to tell clients apart by; nobody looks at what is there. */
static rst_host_t first_client, second_client;

static rst_moment_t second(uint32_t seconds)
{
    return (rst_moment_t){seconds, seconds * RST_SECOND};
}

static void test_range(void)
{
    rst_hop_range_t range = {0};

    rst_hop_note(&range, 54);
    g_assert_cmpuint(range.min, ==, 10);
    g_assert_cmpuint(range.max, ==, 10);
    rst_hop_note(&range, 52);
    rst_hop_note(&range, 56);
    rst_hop_note(&range, 55);
    g_assert_cmpuint(range.min, ==, 8);
    g_assert_cmpuint(range.max, ==, 12);
    g_assert_cmpuint(range.count, ==, 4);
}

typedef struct distances {
    script_scope_t scope;
    rst_host_distances_t all;
} distances_t;

static void note_for(distances_t *distances, uint8_t hops, int64_t round_trip, rst_host_t *client)
{
    rst_host_distance_t seen = {.client = client, .connections = 1, .hops = hops};

    if (round_trip != RST_TIME_NONE) {
        seen.round_trip = round_trip;
        seen.round_trips = 1;
    }
    rst_distances_add(&distances->all, &seen);
}

static void note(distances_t *distances, uint8_t hops, int64_t round_trip, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        note_for(distances, hops, round_trip, &first_client);
}

static void open_distances(distances_t *distances)
{
    memset(distances, 0, sizeof *distances);
    script_scope_open(&distances->scope);
    distances->all.seen = rst_alloc0(&distances->scope.memory, RST_HOST_DISTANCES * sizeof *distances->all.seen);
}

static void close_distances(distances_t *distances)
{
    rst_distances_drop(&distances->all, &distances->scope.memory);
    script_scope_close(&distances->scope);
}

static void check_kinds(const distances_t *distances, const uint8_t hops[RST_HOST_DISTANCES])
{
    for (unsigned i = 0; i < RST_HOST_DISTANCES; i++)
        g_assert_cmpuint(distances->all.seen[i].hops, ==, hops[i]);
}

/* Of too many distances the rarest gives way, of several the latest. */
static void test_crowd(void)
{
    distances_t distances;

    open_distances(&distances);
    note(&distances, 10, 5, 3);
    note(&distances, 11, 5, 1);
    note(&distances, 12, 5, 1);
    note(&distances, 13, 5, 2);
    note(&distances, 14, 5, 1);
    check_kinds(&distances, (const uint8_t[]){10, 11, 14, 13});
    g_assert_cmpuint(distances.all.seen[2].connections, ==, 1);
    note(&distances, 14, 5, 1);
    note(&distances, 15, 5, 1);
    check_kinds(&distances, (const uint8_t[]){10, 15, 14, 13});
    close_distances(&distances);
}

static void check_round_trip(const distances_t *distances, int64_t shortest, int64_t slowest)
{
    g_assert_cmpint(distances->all.seen[0].round_trip, ==, shortest);
    g_assert_cmpint(distances->all.slowest, ==, slowest);
}

static void test_round_trips(void)
{
    distances_t distances;

    open_distances(&distances);
    note(&distances, 10, RST_TIME_NONE, 1);
    g_assert_cmpuint(distances.all.seen[0].round_trips, ==, 0);
    note(&distances, 10, 50, 1);
    check_round_trip(&distances, 50, 50);
    note(&distances, 10, RST_TIME_NONE, 1);
    check_round_trip(&distances, 50, 50);
    note(&distances, 10, 90, 1);
    check_round_trip(&distances, 50, 50);
    note(&distances, 10, 30, 1);
    check_round_trip(&distances, 30, 50);
    note(&distances, 12, 40, 1);
    check_round_trip(&distances, 30, 50);
    note(&distances, 12, RST_TIME_NONE, 1);
    note(&distances, 14, 60, 1);
    check_round_trip(&distances, 30, 60);
    g_assert_cmpuint(distances.all.seen[0].round_trips, ==, 3);
    g_assert_cmpuint(distances.all.seen[0].connections, ==, 5);
    /* An acknowledgment that came sooner counts, a later one does not. */
    rst_distances_hurry(&distances.all, 10, 31);
    check_round_trip(&distances, 30, 60);
    rst_distances_hurry(&distances.all, 10, 29);
    check_round_trip(&distances, 29, 60);
    close_distances(&distances);
}

/* What several clients saw counts for all, whoever adds to it. */
static void test_for_all(void)
{
    distances_t distances;
    rst_host_distance_t seen[RST_HOST_DISTANCES] = {
        {.client = &first_client, .round_trip = 50, .connections = 1, .round_trips = 1, .hops = 10}};
    rst_host_distances_t sum = {seen, 0, 1};

    open_distances(&distances);
    note(&distances, 10, 50, 2);
    g_assert_false(distances.all.seen[0].for_all);
    note_for(&distances, 10, 50, &second_client);
    g_assert_true(distances.all.seen[0].for_all);
    note(&distances, 10, 50, 1);
    g_assert_true(distances.all.seen[0].for_all);
    rst_distances_add(&sum, &distances.all.seen[0]);
    g_assert_true(seen[0].for_all);
    close_distances(&distances);
}

static void test_apart(void)
{
    rst_distance_view_t view = {.connections = {3, 4, 5, 0}, .hops = {10, 11, 12, 40}};

    g_assert_cmpuint(rst_distances_apart(&view, 10), ==, 5);
    g_assert_cmpuint(rst_distances_apart(&view, 13), ==, 7);
    g_assert_cmpuint(rst_distances_apart(&view, 20), ==, 12);
    view = (rst_distance_view_t){.connections = {3, 0}, .hops = {10, 40}};
    g_assert_false(rst_distances_has(&view, 8));
    g_assert_true(rst_distances_has(&view, 9));
    g_assert_true(rst_distances_has(&view, 10));
    g_assert_true(rst_distances_has(&view, 11));
    g_assert_false(rst_distances_has(&view, 12));
    g_assert_false(rst_distances_has(&view, 40));
}

static void check_run(const rst_service_t *service, unsigned place, bool accepts, uint32_t first, uint32_t last)
{
    g_assert_cmpint(service->run[place].accepts, ==, accepts);
    g_assert_cmpuint(service->run[place].first.pass_index, ==, first);
    g_assert_cmpuint(service->run[place].last.pass_index, ==, last);
}

/* A handshake is completed later than it was answered, so runs may begin before others. */
static void test_runs(void)
{
    script_scope_t scope;
    rst_service_t service = {.plain_accept = {257, 257}}; /* what lies behind the first run means nothing */

    script_scope_open(&scope);
    rst_service_refuses(&scope.memory, &service, second(20));
    rst_service_refuses(&scope.memory, &service, second(18));
    g_assert_cmpuint(service.runs, ==, 1);
    check_run(&service, 0, false, 18, 20);
    rst_service_accepts(&scope.memory, &service, second(30), &first_client);
    g_assert_cmpuint(service.runs, ==, 2);
    check_run(&service, 1, true, 30, 30);
    rst_service_accepts(&scope.memory, &service, second(10), &first_client);
    g_assert_cmpuint(service.runs, ==, 3);
    check_run(&service, 0, true, 10, 10);
    check_run(&service, 1, false, 18, 20);
    check_run(&service, 2, true, 30, 30);
    rst_service_accepts(&scope.memory, &service, second(12), &first_client);
    check_run(&service, 0, true, 10, 12);
    rst_service_refuses(&scope.memory, &service, second(19));
    check_run(&service, 1, false, 18, 20);
    g_assert_cmpuint(service.runs, ==, 3);
    script_scope_close(&scope);
}

static void test_clients(void)
{
    script_scope_t scope;
    rst_service_t service = {0};

    script_scope_open(&scope);
    rst_service_accepts(&scope.memory, &service, second(1), &first_client);
    g_assert_false(service.for_all);
    g_assert_true(rst_service_is_hearsay(&service, &second_client));
    g_assert_false(rst_service_is_hearsay(&service, &first_client));
    rst_service_accepts(&scope.memory, &service, second(2), &second_client);
    g_assert_true(service.for_all);
    rst_service_accepts(&scope.memory, &service, second(3), &first_client);
    g_assert_true(service.for_all);
    script_scope_close(&scope);
}

static bool is_elsewhere(uint8_t syn_ttl, uint8_t ttl)
{
    rst_direction_t client = {.syn_ttl = syn_ttl};

    return rst_syn_is_elsewhere(&client, ttl, 2);
}

static void test_syn_origin(void)
{
    rst_direction_t odd = {.syn_ttl = 54, .syn_bare = true, .syn_window = 1024};

    g_assert_false(is_elsewhere(54, 53));
    g_assert_true(is_elsewhere(54, 52));
    g_assert_true(is_elsewhere(54, 56));
    g_assert_false(is_elsewhere(54, 118));
    /* A very long path is a distance, but two of them cannot be compared. */
    g_assert_true(is_elsewhere(54, 33));
    g_assert_true(is_elsewhere(33, 54));
    g_assert_false(is_elsewhere(33, 36));
    /* Chosen by a program, or unknown. */
    g_assert_false(is_elsewhere(54, 32));
    g_assert_false(is_elsewhere(32, 54));
    g_assert_false(is_elsewhere(0, 54));
    g_assert_false(rst_syn_is_elsewhere(&odd, 40, 2));
    odd.syn_window = 1025;
    g_assert_true(rst_syn_is_elsewhere(&odd, 40, 2));
}

static void test_home(void)
{
    rst_host_period_t period = {0};

    g_assert_false(rst_host_is_at_home(&period, 0)); /* not known */
    g_assert_false(rst_host_is_away(&period, 10));
    rst_host_note_home(&period, RST_HOPS_UNKNOWN);
    g_assert_cmpuint(period.home_seen, ==, 0);
    rst_host_note_home(&period, 10);
    rst_host_note_home(&period, 10);
    g_assert_cmpuint(period.home_seen, ==, 2);
    g_assert_false(rst_host_is_at_home(&period, 8));
    g_assert_true(rst_host_is_at_home(&period, 9));
    g_assert_true(rst_host_is_at_home(&period, 10));
    g_assert_true(rst_host_is_at_home(&period, 11));
    g_assert_false(rst_host_is_at_home(&period, 12));
    g_assert_false(rst_host_is_at_home(&period, RST_HOPS_UNKNOWN));
    g_assert_true(rst_host_is_away(&period, 8));
    g_assert_false(rst_host_is_away(&period, 9));
    g_assert_false(rst_host_is_away(&period, 11));
    g_assert_true(rst_host_is_away(&period, RST_HOPS_ABSURD));
    g_assert_false(rst_host_is_away(&period, RST_HOPS_UNKNOWN));
    /* Most decide. */
    rst_host_note_home(&period, 20);
    g_assert_cmpuint(period.home_seen, ==, 1);
    g_assert_cmpuint(period.home_hops, ==, 10);
    rst_host_note_home(&period, 20);
    rst_host_note_home(&period, 20);
    g_assert_cmpuint(period.home_hops, ==, 20);
    g_assert_cmpuint(period.home_seen, ==, 1);
}

typedef struct table {
    script_scope_t scope;
    rst_keep_t keep;
    rst_hosts_t hosts;
    rst_file_t file;
    rst_host_t *host;
} table_t;

static void open_table(table_t *table)
{
    const rst_address_t address = rst_address_of_ipv4(1);

    memset(table, 0, sizeof *table);
    script_scope_open(&table->scope);
    table->file.prefs = rst_prefs_default();
    rst_keep_open(&table->keep, 1 << 20, &table->scope.memory);
    rst_hosts_open(&table->hosts, &table->keep, &table->file);
    table->host = rst_hosts_host(&table->hosts, &address, 0);
}

static void close_table(table_t *table)
{
    rst_hosts_close(&table->hosts);
    script_scope_close(&table->scope);
}

/* A clock that is set back by more than two minutes. */
static void test_set_back(void)
{
    table_t table;
    rst_host_period_t *period;

    open_table(&table);
    period = rst_host_period(&table.hosts, table.host, (rst_moment_t){1, 1000 * RST_SECOND});
    period->aborts = 1;
    period = rst_host_period(&table.hosts, table.host, (rst_moment_t){2, 880 * RST_SECOND});
    g_assert_cmpuint(period->aborts, ==, 1);
    g_assert_cmpuint(period->last.pass_index, ==, 2);
    rst_host_period(&table.hosts, table.host, (rst_moment_t){1, 990 * RST_SECOND}); /* known before: an old segment */
    g_assert_cmpuint(table.host->period.last.pass_index, ==, 2);
    period = rst_host_period(&table.hosts, table.host, (rst_moment_t){3, 880 * RST_SECOND - 1});
    g_assert_cmpuint(period->aborts, ==, 0);
    close_table(&table);
}

static void test_stateless(void)
{
    table_t table;
    rst_host_period_t sum;

    open_table(&table);
    rst_hop_note(&rst_host_period(&table.hosts, table.host, second(1000))->stateless, 54);
    rst_hop_note(&rst_host_period(&table.hosts, table.host, second(1130))->stateless, 58);
    g_assert_nonnull(table.host->period.earlier);
    sum = rst_host_near(table.host, second(1130));
    g_assert_cmpuint(sum.stateless.min, ==, 6);
    g_assert_cmpuint(sum.stateless.max, ==, 10);
    g_assert_cmpuint(sum.stateless.count, ==, 2);
    close_table(&table);
}

/* Visits at these seconds: how many belong to the latest series, and its longest interval in seconds. */
static void check_visits(const int64_t *at, unsigned visits, unsigned count, int64_t longest)
{
    static rst_service_t service;
    rst_habit_t *habit[8];
    table_t table;

    open_table(&table);
    for (unsigned i = 0; i < visits; i++)
        rst_hosts_note_empty(&table.hosts, &first_client, &service, (rst_moment_t){i + 1, at[i]}, &habit[i]);
    g_assert_cmpuint(habit[visits - 1]->count, ==, count);
    g_assert_cmpint(habit[visits - 1]->period_max, ==, longest);
    g_assert_true(count < visits || habit[0] == habit[visits - 1]);
    close_table(&table);
}

#define CHECK_VISITS(count, longest, ...)                                                                              \
    check_visits((const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), count,      \
                 longest)

static void test_visits(void)
{
    const int64_t s = RST_SECOND;
    const int64_t near = RST_NEAR_AFTER;

    CHECK_VISITS(3, 20 * s, s, 11 * s, 31 * s);
    CHECK_VISITS(2, 10000 * s, s, 10001 * s); /* the second visit may come as late as it likes */
    /* A long silence ends a series: more than two minutes, and more than four periods. */
    CHECK_VISITS(3, near, 1, 1 + s, 1 + s + near);
    CHECK_VISITS(2, near + 1, 1, 1 + s, 1 + s + near + 1);
    CHECK_VISITS(3, 400 * s, 1, 1 + 100 * s, 1 + 500 * s);
    CHECK_VISITS(2, 400 * s + 1, 1, 1 + 100 * s, 1 + 500 * s + 1);
    /* The first two turn out to have been far apart. */
    CHECK_VISITS(3, 200 * s, 1, 1 + 200 * s, 1 + 250 * s);
    CHECK_VISITS(2, 50 * s - 1, 1, 1 + 200 * s, 1 + 250 * s - 1);
    CHECK_VISITS(3, near, 1, 1 + near, 1 + near + s);
    CHECK_VISITS(2, s, 1, 2 + near, 2 + near + s);
    CHECK_VISITS(4, 200 * s, 1, 1 + 200 * s, 1 + 400 * s, 1 + 401 * s);
}

/* FINs belong to a burst at the same port and moment. */
static void test_closes(void)
{
    table_t table;
    rst_burst_t *burst;

    open_table(&table);
    burst = rst_host_note_abort(&table.hosts, table.host, 80, &first_client, RST_SECOND, second(5));
    rst_host_note_fin(&table.hosts, table.host, 80, (rst_moment_t){6, 5 * RST_SECOND + 51 * RST_MILLISECOND});
    g_assert_false(burst->closes);
    rst_host_note_fin(&table.hosts, table.host, 81, (rst_moment_t){7, 5 * RST_SECOND + 50 * RST_MILLISECOND});
    g_assert_false(burst->closes);
    rst_host_note_fin(&table.hosts, table.host, 80, (rst_moment_t){8, 5 * RST_SECOND + 50 * RST_MILLISECOND});
    g_assert_true(burst->closes);
    close_table(&table);
}

/* More hosts than places for those found last, so some share one, whatever the secret. */
static void test_found_last(void)
{
    table_t table;

    open_table(&table);
    for (unsigned i = 0; i < 4 * RST_HOSTS_NEAR; i++) {
        rst_address_t address = rst_address_of_ipv4(1 + i % (2 * RST_HOSTS_NEAR));

        g_assert_true(rst_address_equal(&rst_hosts_host(&table.hosts, &address, 0)->address, &address));
    }
    close_table(&table);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/learned/range", test_range},
        {"/learned/crowd", test_crowd},
        {"/learned/round_trips", test_round_trips},
        {"/learned/for_all", test_for_all},
        {"/learned/apart", test_apart},
        {"/learned/runs", test_runs},
        {"/learned/clients", test_clients},
        {"/learned/syn_origin", test_syn_origin},
        {"/learned/home", test_home},
        {"/learned/set_back", test_set_back},
        {"/learned/stateless", test_stateless},
        {"/learned/visits", test_visits},
        {"/learned/closes", test_closes},
        {"/learned/found_last", test_found_last},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
