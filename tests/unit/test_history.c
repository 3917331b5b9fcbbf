/* test_history.c
 * Tests of how the other connections to a service went. A census is written by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "problems/history.h"
#include "problems/problems.h"
#include "script.h"

typedef struct bench {
    rst_census_t *census;
    rst_problems_t *problems;
    rst_history_t *history;
    script_scope_t scope;
    uint32_t frames;
} bench_t;

static rst_address_t address(uint8_t last)
{
    rst_address_t made = {.size = 4};
    const uint8_t byte[4] = {10, 0, 0, last};

    memcpy(made.word, byte, sizeof byte);
    return made;
}

/* A connection to 10.0.0.SERVER:80 at a second. */
static uint32_t connect(bench_t *bench, uint8_t server, int64_t at, bool answered)
{
    rst_address_t client = address(1), service = address(server);
    rst_flow_t flow = {.first = at * RST_SECOND,
                       .last = at * RST_SECOND,
                       .began = ++bench->frames,
                       .client = rst_census_address(bench->census, &client),
                       .server = rst_census_address(bench->census, &service),
                       .client_port = (uint16_t)(30000 + bench->frames),
                       .port = 80,
                       .facts = RST_FLOW_BEGAN};

    if (answered)
        flow.facts |= RST_FLOW_ANSWERED | RST_FLOW_SERVER_DATA;
    return rst_census_flow(bench->census, &flow);
}

static void fail(bench_t *bench, uint8_t server, int64_t at, rst_token_t token)
{
    uint32_t flow = connect(bench, server, at, false);
    const rst_incident_t incident = {.at = {++bench->frames, at * RST_SECOND},
                                     .frame = bench->frames,
                                     .silence = RST_TIME_NONE,
                                     .token = (uint16_t)token,
                                     .confidence = 90,
                                     .sender = RST_SENDER_SERVER,
                                     .hop_delta = RST_HOPS_NONE};

    rst_census_incident(bench->census, flow, &incident);
}

static void bench_open(bench_t *bench)
{
    memset(bench, 0, sizeof *bench);
    bench->census = rst_census_new();
    bench->census->first_time = 0;
    script_scope_open(&bench->scope);
}

static void solve(bench_t *bench)
{
    rst_census_sort(bench->census);
    bench->problems = rst_problems_new(bench->census);
    bench->history = rst_history_new(bench->problems);
}

static void bench_close(bench_t *bench)
{
    rst_history_free(bench->history);
    rst_problems_free(bench->problems);
    script_scope_close(&bench->scope);
}

static rst_service_history_t find(const bench_t *bench, uint32_t incident)
{
    rst_service_history_t found;

    g_assert_true(rst_history_find(bench->history, rst_incident_at(bench->census, incident), &found));
    return found;
}

static const char *text_of(bench_t *bench, uint32_t incident)
{
    rst_service_history_t found = find(bench, incident);

    found.last_frame = found.last.pass_index;
    found.next_frame = found.next.pass_index;
    return rst_history_text(bench->history, rst_incident_at(bench->census, incident), &found, "10.0.0.2:80",
                            &bench->scope.memory);
}

static void test_between(void)
{
    bench_t bench;
    rst_service_history_t found;

    bench_open(&bench);
    connect(&bench, 2, 10, true);
    connect(&bench, 3, 11, true); /* another service */
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    fail(&bench, 2, 13, RST_CAUSE_CLOSED_PORT);
    connect(&bench, 2, 14, false); /* nobody answered a single SYN: neither */
    connect(&bench, 2, 15, true);
    solve(&bench);
    found = find(&bench, 1);
    g_assert_cmpuint(found.failed, ==, 2);
    g_assert_cmpuint(found.total, ==, 5);
    g_assert_cmpint(found.last.time, ==, 10 * RST_SECOND);
    g_assert_cmpuint(found.last.pass_index, ==, 1);
    g_assert_cmpint(found.next.time, ==, 15 * RST_SECOND);
    g_assert_cmpstr(text_of(&bench, 1), ==,
                    "2 of 5 connections to 10.0.0.2:80 failed. Last success before this: 00:00:10 UTC (frame 1, 3.0 s "
                    "earlier), first success after it: 00:00:15 UTC (frame 8, 2.0 s later)");
    bench_close(&bench);
}

static void test_never(void)
{
    bench_t bench;

    bench_open(&bench);
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    fail(&bench, 2, 13, RST_CAUSE_CLOSED_PORT);
    fail(&bench, 3, 14, RST_CAUSE_CLOSED_PORT);
    solve(&bench);
    g_assert_cmpuint(find(&bench, 0).last.pass_index, ==, 0);
    g_assert_cmpuint(find(&bench, 0).next.pass_index, ==, 0);
    g_assert_cmpstr(text_of(&bench, 0), ==,
                    "2 of 2 connections to 10.0.0.2:80 failed. No success before this in the capture, which begins 12 "
                    "s earlier, and none after it");
    g_assert_cmpstr(text_of(&bench, 2), ==, "The only connection to 10.0.0.2:80 in this capture failed");
    bench_close(&bench);
}

/* What comes later, of other services too, changes the first success after a failure, never the last before it. */
static void test_later(void)
{
    bench_t bench;

    bench_open(&bench);
    connect(&bench, 2, 10, true);
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    solve(&bench);
    g_assert_cmpuint(find(&bench, 0).last.pass_index, ==, 1);
    g_assert_cmpuint(find(&bench, 0).next.pass_index, ==, 0);
    g_assert_nonnull(strstr(text_of(&bench, 0), ", none after it"));
    bench_close(&bench);
    bench_open(&bench);
    connect(&bench, 2, 10, true);
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    connect(&bench, 3, 13, true);
    connect(&bench, 2, 14, true);
    solve(&bench);
    g_assert_cmpuint(find(&bench, 0).last.pass_index, ==, 1);
    g_assert_cmpint(find(&bench, 0).next.time, ==, 14 * RST_SECOND);
    bench_close(&bench);
}

/* Harmless after all is no failure; not clear is one. */
static void test_unclear(void)
{
    bench_t bench;
    rst_service_history_t found;

    bench_open(&bench);
    fail(&bench, 2, 12, RST_CAUSE_HEALTH_CHECK);
    fail(&bench, 2, 13, RST_CAUSE_UNDETERMINED);
    solve(&bench);
    g_assert_false(rst_history_find(bench.history, rst_incident_at(bench.census, 0), &found));
    g_assert_cmpuint(find(&bench, 1).failed, ==, 1);
    bench_close(&bench);
}

/* What was dropped may have been a success. */
static void test_dropped(void)
{
    bench_t bench;

    bench_open(&bench);
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    fail(&bench, 3, 13, RST_CAUSE_CLOSED_PORT);
    fail(&bench, 3, 14, RST_CAUSE_CLOSED_PORT);
    bench.census->truncated = true;
    solve(&bench);
    g_assert_cmpstr(text_of(&bench, 0), ==,
                    "The only connection to 10.0.0.2:80 that is known failed. Connections that were dropped to save "
                    "memory are left out");
    g_assert_nonnull(strstr(text_of(&bench, 1), "failed. No success before this is known, and none after it. "));
    bench_close(&bench);
}

/* What the server sent is on another path: nobody knows which of the others succeeded. */
static void test_one_way(void)
{
    bench_t bench;

    bench_open(&bench);
    rst_flow_at(bench.census, connect(&bench, 2, 10, false))->facts |= RST_FLOW_CLIENT_DATA;
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    solve(&bench);
    g_assert_cmpstr(text_of(&bench, 0), ==,
                    "1 of 2 connections to 10.0.0.2:80 failed. The capture lacks what the server sent in 1 of them, so "
                    "successes are not known");
    bench_close(&bench);
}

/* A single connection, whose server is a guess by port. */
static void test_guessed(void)
{
    bench_t bench;
    rst_service_history_t found;

    bench_open(&bench);
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    rst_flow_at(bench.census, 0)->facts |= RST_FLOW_GUESSED;
    solve(&bench);
    g_assert_false(rst_history_find(bench.history, rst_incident_at(bench.census, 0), &found));
    bench_close(&bench);
}

/* Times that are not known: the frame is. */
static void test_without_times(void)
{
    bench_t bench;

    bench_open(&bench);
    rst_flow_at(bench.census, connect(&bench, 2, 10, true))->first = RST_TIME_NONE;
    fail(&bench, 2, 12, RST_CAUSE_CLOSED_PORT);
    solve(&bench);
    g_assert_nonnull(strstr(text_of(&bench, 0), "Last success before this: frame 1, none"));
    bench_close(&bench);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/history/between", test_between);
    g_test_add_func("/history/never", test_never);
    g_test_add_func("/history/later", test_later);
    g_test_add_func("/history/unclear", test_unclear);
    g_test_add_func("/history/dropped", test_dropped);
    g_test_add_func("/history/one_way", test_one_way);
    g_test_add_func("/history/guessed", test_guessed);
    g_test_add_func("/history/without_times", test_without_times);
    return g_test_run();
}
