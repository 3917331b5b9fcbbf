/* test_host_table.c
 * Tests of the tables of hosts and services: what gives way, what is held, and what is left of what went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/host_table.h"
#include "track/icmp_reports.h"
#include "track/reset.h"

#define MANY 20000   /* far more than there is room for */
#define GAVE_WAY 300 /* a few of them */

typedef struct bench {
    script_scope_t scope;
    rst_keep_t keep;
    rst_file_t file;
    rst_hosts_t hosts;
} bench_t;

static bench_t *open_bench(void)
{
    bench_t *bench = g_new0(bench_t, 1);

    script_scope_open(&bench->scope);
    bench->file.prefs = rst_prefs_default();
    bench->file.now = (rst_moment_t){1, RST_SECOND};
    rst_keep_open(&bench->keep, 1 << 20, &bench->scope.memory);
    rst_hosts_open(&bench->hosts, &bench->keep, &bench->file);
    return bench;
}

static void close_bench(bench_t *bench)
{
    rst_hosts_close(&bench->hosts);
    script_scope_close(&bench->scope);
    g_free(bench);
}

static void step(bench_t *bench)
{
    bench->file.now.pass_index++;
    bench->file.now.time += RST_MILLISECOND;
    rst_keep_make_room(&bench->keep);
}

static rst_address_t address_of(uint32_t number)
{
    return rst_address_of_ipv4(number);
}

static rst_host_t *host_of(bench_t *bench, uint32_t number)
{
    rst_address_t address = address_of(number);

    return rst_hosts_host(&bench->hosts, &address, 0);
}

static rst_found_t found(const bench_t *bench, uint32_t number, rst_moment_t at)
{
    rst_address_t address = address_of(number);

    return rst_hosts_find_host(&bench->hosts, &address, 0, at).found;
}

/* Hosts that come, show something, and go. */
static void pass_by(bench_t *bench, uint32_t from, uint32_t count, bool shows)
{
    for (uint32_t number = from; number < from + count; number++) {
        rst_host_t *host = host_of(bench, number);

        rst_host_hold(&bench->hosts, host);
        if (shows)
            rst_host_period(&bench->hosts, host, bench->file.now)->aborts++;
        rst_host_drop(&bench->hosts, host);
        step(bench);
    }
}

static void test_gives_way(void)
{
    bench_t *bench = open_bench();
    rst_moment_t then = bench->file.now;
    rst_moment_t later;
    rst_host_t *held = host_of(bench, 1);

    rst_host_hold(&bench->hosts, held);
    pass_by(bench, 2, MANY, true);
    g_assert_cmpuint(bench->keep.used, <=, bench->keep.limit);
    g_assert_cmpuint(found(bench, 1, then), ==, RST_FOUND);
    g_assert_true(host_of(bench, 1) == held);
    g_assert_cmpuint(found(bench, 2, bench->file.now), ==, RST_NOT_KEPT);
    g_assert_cmpuint(found(bench, 1 + MANY, bench->file.now), ==, RST_FOUND);
    g_assert_true(rst_host_is_complete(held, bench->file.now));
    /* What was known long ago does not matter, kept or not. */
    later = (rst_moment_t){bench->file.now.pass_index + 1, bench->file.now.time + RST_NEAR_BEFORE + RST_SECOND};
    g_assert_cmpuint(found(bench, 2, later), ==, RST_NOT_THERE);
    g_assert_false(rst_host_is_complete(host_of(bench, 2), bench->file.now));
    g_assert_true(rst_host_is_complete(host_of(bench, 2), later));
    rst_host_drop(&bench->hosts, held);
    close_bench(bench);
}

/* A few that gave way say nothing about all others. */
static void test_marks_tell_apart(void)
{
    bench_t *bench = open_bench();
    unsigned wrong = 0;

    /* how many there is room for depends on the size of pointers */
    for (uint32_t number = 2; number < MANY && bench->keep.kind[RST_KIND_HOSTS].evicted < GAVE_WAY; number++)
        pass_by(bench, number, 1, true);
    for (uint32_t number = 1000000; number < 1001000; number++)
        wrong += found(bench, number, bench->file.now) != RST_NOT_THERE;
    g_assert_cmpuint(bench->keep.kind[RST_KIND_HOSTS].evicted, >=, GAVE_WAY);
    g_assert_cmpuint(found(bench, 2, bench->file.now), ==, RST_NOT_KEPT);
    g_test_message("%u of 1000, %u gave way", wrong, (unsigned)bench->keep.kind[RST_KIND_HOSTS].evicted);
    g_assert_cmpuint(wrong, <, 500);
    close_bench(bench);
}

/* Of whom nothing was known, nothing is missing. */
static void test_strangers(void)
{
    bench_t *bench = open_bench();

    pass_by(bench, 2, MANY, false);
    g_assert_cmpuint(bench->keep.kind[RST_KIND_HOSTS].evicted, >, MANY / 2);
    g_assert_cmpuint(found(bench, 2, bench->file.now), ==, RST_NOT_THERE);
    close_bench(bench);
}

/* Strangers, however many, take no place from whoever is known. */
static void test_known_stay(void)
{
    bench_t *bench = open_bench();

    pass_by(bench, 2, 500, true);
    pass_by(bench, 1000, MANY, false);
    for (uint32_t number = 2; number < 502; number++)
        g_assert_cmpuint(found(bench, number, bench->file.now), ==, RST_FOUND);
    close_bench(bench);
}

/* What a host has learned from another one holds that one, as long as it lives. */
static void test_learned_from(void)
{
    bench_t *bench = open_bench();
    rst_host_t *server = host_of(bench, 1);
    rst_host_t *client = host_of(bench, 2);
    rst_host_distance_t seen = {.client = client, .connections = 1, .hops = 5};

    rst_host_hold(&bench->hosts, server);
    rst_host_hold(&bench->hosts, client);
    rst_host_note_accept(&bench->hosts, rst_host_period(&bench->hosts, server, bench->file.now), &seen);
    rst_host_note_abort(&bench->hosts, server, 80, client, RST_SECOND, bench->file.now);
    rst_host_note_idle(&bench->hosts, server, 5 * RST_SECOND);
    rst_host_note_target(&bench->hosts, server, 7, true, bench->file.now);
    rst_host_drop(&bench->hosts, client);
    pass_by(bench, 10, MANY, true);
    g_assert_cmpuint(client->holds, ==, 2);
    g_assert_cmpuint(found(bench, 2, bench->file.now), ==, RST_FOUND);
    rst_host_drop(&bench->hosts, server);
    bench->keep.limit = bench->keep.kind[RST_KIND_HOSTS].share = 0;
    step(bench);
    g_assert_cmpuint(found(bench, 1, bench->file.now), !=, RST_FOUND);
    g_assert_cmpuint(found(bench, 2, bench->file.now), !=, RST_FOUND);
    close_bench(bench);
}

static void test_services(void)
{
    bench_t *bench = open_bench();
    rst_address_t address = address_of(1);
    rst_host_t *client = host_of(bench, 2);

    for (unsigned port = 1; port < MANY; port++) {
        rst_service_t *service = rst_hosts_service(&bench->hosts, &address, (uint16_t)port, 0);

        rst_service_hold(&bench->hosts, service);
        rst_host_hold(&bench->hosts, client);
        rst_service_accepts(&bench->hosts.service_memory, service, bench->file.now, client);
        rst_service_refuses(&bench->hosts.service_memory, service, bench->file.now);
        rst_service_drop(&bench->hosts, service);
        step(bench);
    }
    g_assert_cmpuint(rst_hosts_find_service(&bench->hosts, &address, 1, 0).found, ==, RST_NOT_KEPT);
    g_assert_cmpuint(rst_hosts_find_service(&bench->hosts, &address, MANY - 1, 0).found, ==, RST_FOUND);
    g_assert_false(rst_service_is_complete(rst_hosts_service(&bench->hosts, &address, 1, 0), bench->file.now));
    g_assert_cmpuint(client->holds, ==, g_hash_table_size(bench->hosts.services) - 1);
    close_bench(bench);
}

/* More intervals, periods and changes than are kept: that is known as well. */
static void test_crowded(void)
{
    bench_t *bench = open_bench();
    rst_host_t *host = host_of(bench, 1);
    rst_service_t service = {.port = 80};
    rst_moment_t first = bench->file.now;
    const int64_t interval = (int64_t)bench->file.prefs.scan_s * RST_SECOND;

    for (unsigned i = 0; i < RST_BREADTH_MAX; i++)
        rst_host_note_target(&bench->hosts, host, i + 1, true, (rst_moment_t){i + 1, i * interval});
    g_assert_true(rst_host_is_complete(host, first));
    rst_host_note_target(&bench->hosts, host, 1000, true, (rst_moment_t){1000, 100000 * RST_SECOND});
    g_assert_true(rst_host_is_complete(host, first));
    g_assert_false(rst_host_is_complete(host, (rst_moment_t){999, 99999 * RST_SECOND}));
    g_assert_false(rst_host_is_complete(host, (rst_moment_t){1001, 100001 * RST_SECOND}));
    for (unsigned i = 0; i < 18; i++)
        rst_host_period(&bench->hosts, host, (rst_moment_t){2000 + i, (200000 + 1000 * i) * RST_SECOND});
    g_assert_cmpuint(host->lost.pass_index, ==, 2000);
    for (unsigned i = 0; i <= RST_SERVICE_RUNS_MAX; i++) {
        g_assert_true(rst_service_is_complete(&service, (rst_moment_t){1, 0}));
        if (i % 2)
            rst_service_refuses(&bench->hosts.service_memory, &service, (rst_moment_t){i + 1, i * RST_SECOND});
        else
            rst_service_accepts(&bench->hosts.service_memory, &service, (rst_moment_t){i + 1, i * RST_SECOND}, host);
    }
    g_assert_false(rst_service_is_complete(&service, (rst_moment_t){RST_SERVICE_RUNS_MAX, 31 * RST_SECOND}));
    close_bench(bench);
}

/* A flood of ICMP errors about what nobody sent takes no place from one about a connection of the capture. */
static void test_icmp(void)
{
    bench_t *bench = open_bench();
    rst_icmp_reports_t reports = {0};
    rst_icmp_t icmp = {.src = address_of(1), .dst = address_of(2), .sport = 1, .version = 4, .type = 3, .code = 1};

    rst_icmp_reports_open(&reports, &bench->keep);
    rst_icmp_reports_take(&reports, &icmp, bench->file.now, &bench->file.prefs, true);
    for (uint16_t port = 2; port < MANY; port++) {
        icmp.sport = port;
        step(bench);
        rst_icmp_reports_take(&reports, &icmp, bench->file.now, &bench->file.prefs, false);
    }
    g_assert_cmpuint(rst_icmp_reports_find(&reports, &icmp.src, 1, &icmp.dst, 0).found, ==, RST_FOUND);
    g_assert_cmpuint(rst_icmp_reports_find(&reports, &icmp.src, 2, &icmp.dst, 0).found, ==, RST_NOT_KEPT);
    g_assert_cmpuint(rst_icmp_reports_find(&reports, &icmp.src, MANY - 1, &icmp.dst, 0).found, ==, RST_FOUND);
    rst_icmp_reports_close(&reports);
    close_bench(bench);
}

/* A connection that closes in an orderly way, with a server of its own. */
static void feed_closed(script_run_t *run, uint32_t number)
{
    static const struct {
        unsigned from, flags, seq, ack, len;
    } steps[] = {
        {0, RST_FLAG_SYN, 1000, 0, 0},
        {1, RST_FLAG_SYN | RST_FLAG_ACK, 5000, 1001, 0},
        {0, RST_FLAG_ACK, 1001, 5001, 0},
        {0, RST_FLAG_ACK | RST_FLAG_PSH, 1001, 5001, 100},
        {1, RST_FLAG_ACK | RST_FLAG_PSH, 5001, 1101, 100},
        {0, RST_FLAG_ACK | RST_FLAG_FIN, 1101, 5101, 0},
        {1, RST_FLAG_ACK | RST_FLAG_FIN, 5101, 1102, 0},
        {0, RST_FLAG_ACK, 1102, 5102, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        rst_segment_t segment = {.flags = (uint8_t)steps[i].flags,
                                 .seq = steps[i].seq,
                                 .ack = steps[i].ack,
                                 .len = steps[i].len,
                                 .window = 64240,
                                 .ttl = 60,
                                 .known = RST_HAS_LENGTH | RST_HAS_OPTIONS | RST_HAS_WINDOW | RST_HAS_IP};
        rst_address_t server = rst_address_of_ipv4(0x0b000000 + number);
        rst_address_t client = rst_address_of_ipv4(0x0a000000 + number / 2);

        segment.time = run->variant->epoch + (int64_t)(number * 10 + i) * RST_MILLISECOND;
        segment.src = steps[i].from ? server : client;
        segment.dst = steps[i].from ? client : server;
        segment.sport = steps[i].from ? 80 : 40000;
        segment.dport = steps[i].from ? 40000 : 80;
        script_feed_segment(run, &segment);
    }
}

static void feed_refusal(script_run_t *run, uint32_t number)
{
    for (unsigned from = 0; from < 2; from++) {
        rst_segment_t segment = {.flags = from ? RST_FLAG_RST | RST_FLAG_ACK : RST_FLAG_SYN,
                                 .seq = from ? 0 : 7000,
                                 .ack = from ? 7001 : 0,
                                 .ttl = 60,
                                 .known = RST_HAS_LENGTH | RST_HAS_OPTIONS | RST_HAS_WINDOW | RST_HAS_IP};
        rst_address_t server = rst_address_of_ipv4(0x0b000000 + number);
        rst_address_t client = rst_address_of_ipv4(0x0c000000);

        segment.time = run->variant->epoch + 300 * RST_SECOND + from * RST_MILLISECOND;
        segment.src = from ? server : client;
        segment.dst = from ? client : server;
        segment.sport = (uint16_t)(from ? 81 : 41000 + number % 1000);
        segment.dport = (uint16_t)(from ? 41000 + number % 1000 : 81);
        script_feed_segment(run, &segment);
    }
}

static void check_engine(int line, const char *expected, const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);

    script_begin(run, &script_variants[0], lines);
    for (uint32_t number = 0; number < 8000; number++)
        feed_closed(run, number);
    feed_refusal(run, 1);
    rst_engine_finish_pass(run->engine);
    script_expect(run, __FILE__, line, expected);
    script_close(run);
    g_free(run);
}

/* What other ports of a server showed is gone, and the verdict on a refusal says so. */
static void test_engine(void)
{
    static const char *const little[] = {"pref memory_mb 1", NULL};
    static const char *const enough[] = {NULL};

    check_engine(__LINE__, "closed_port 69-69 by server shows came", little);
    check_engine(__LINE__, "closed_port 86-86 by server hides came", enough);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/host_table/gives_way", test_gives_way},
        {"/host_table/marks", test_marks_tell_apart},
        {"/host_table/strangers", test_strangers},
        {"/host_table/known_stay", test_known_stay},
        {"/host_table/learned_from", test_learned_from},
        {"/host_table/services", test_services},
        {"/host_table/crowded", test_crowded},
        {"/host_table/icmp", test_icmp},
        {"/host_table/engine", test_engine},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
