/* test_problem_places.c
 * Tests of what devices, proxies, scans and hosts make of incidents that look alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "made_census.h"

/* Resets of a device, with TTLs of its own and after silences if there are any. */
static void interferes(rst_census_t *census, unsigned server, double at, uint8_t ttl, rst_token_t token,
                       int64_t silence)
{
    rst_flow_t made = flow(census, 1, frames % 5, server, 443, at);
    rst_incident_t failed = incident(token, RST_SENDER_MIDDLEBOX, at + .1);

    failed.ttl = ttl;
    failed.silence = silence;
    made.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA;
    rst_census_incident(census, rst_census_flow(census, &made), &failed);
}

/* One device from several distances, at one service; another device at another service. */
static void test_distances(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 12; i++)
        interferes(census, 1, 100 + 20 * i, (uint8_t)(40 + i % 4),
                   i % 3 ? RST_CAUSE_INJECTED : RST_CAUSE_SESSION_FAILOVER, RST_TIME_NONE);
    interferes(census, 2, 200, 50, RST_CAUSE_INJECTED, RST_TIME_NONE);
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 2);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "injected|10.9.9.1:443");
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 12);
    rst_problems_free(problems);
}

/* Two limits of one service are two problems, whatever the distance. */
static void test_two_limits(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 6; i++) {
        interferes(census, 1, 100 + i, (uint8_t)(40 + i % 2), RST_CAUSE_DEVICE_IDLE_TIMEOUT, 60 * RST_SECOND);
        interferes(census, 1, 100 + i, 50, RST_CAUSE_DEVICE_IDLE_TIMEOUT, 90 * RST_SECOND);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 2);
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 6);
    g_assert_cmpint(nth(problems, 1)->timer / RST_SECOND, !=, nth(problems, 2)->timer / RST_SECOND);
    rst_problems_free(problems);
}

/* A proxy that finds nobody behind it resets its client: the refusals are the problem. */
static void relay(rst_census_t *census, double at, double lag)
{
    rst_flow_t front = flow(census, 1, 1, 1, 80, at), back = flow(census, 1, 2, 2, 8080, at + .01);
    rst_incident_t cause = incident(RST_CAUSE_CLOSED_PORT, RST_SENDER_SERVER, at + .02);
    rst_incident_t effect = incident(RST_CAUSE_UNREAD_DATA, RST_SENDER_SERVER, at + .02 + lag);

    back.client = front.server;
    front.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA;
    rst_census_incident(census, rst_census_flow(census, &front), &effect);
    rst_census_incident(census, rst_census_flow(census, &back), &cause);
}

static void test_relay(void)
{
    for (unsigned slow = 0; slow < 2; slow++) {
        rst_census_t *census = rst_census_new();
        rst_problems_t *problems;

        for (unsigned i = 0; i < 3; i++)
            relay(census, 100 + i, slow ? .021 : .019);
        problems = solve(census);
        g_assert_cmpuint(count(problems), ==, 1 + slow);
        g_assert_cmpuint(problems->benign[RST_CAUSE_PROXIED], ==, slow ? 0 : 3);
        rst_problems_free(problems);
    }
}

/* It aborts its client after a wait, which began when it turned to a server that failed it. */
static void waits(rst_census_t *census, double at, double lag)
{
    rst_flow_t front = flow(census, 1, 1, 1, 80, at), back = flow(census, 1, 2, 2, 8080, at + 1 + lag);
    rst_incident_t cause = incident(RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT), RST_SENDER_CLIENT, at + 8);
    rst_incident_t effect = incident(RST_CAUSE_APP_TIMEOUT, RST_SENDER_SERVER, at + 11);

    back.client = front.server;
    front.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA;
    effect.silence = 10 * RST_SECOND;
    rst_census_incident(census, rst_census_flow(census, &front), &effect);
    rst_census_incident(census, rst_census_flow(census, &back), &cause);
}

static void test_wait(void)
{
    const struct {
        unsigned relays;
        double lag;
        bool own; /* as many aborts again, for which nothing else failed */
        bool relayed;
    } cases[] = {{3, .001, false, true}, {3, -.001, false, true}, {2, .001, false, false},
                 {3, .06, false, false}, {3, .001, true, true},   {3, -.06, false, false}};

    for (unsigned k = 0; k < G_N_ELEMENTS(cases); k++) {
        rst_census_t *census = rst_census_new();
        rst_problems_t *problems;

        for (unsigned i = 0; i < cases[k].relays; i++)
            waits(census, 100 + 20 * i, cases[k].lag);
        for (unsigned i = 0; cases[k].own && i < cases[k].relays; i++)
            fails(census, 1, 1, 1, 80, 300 + i, RST_CAUSE_APP_TIMEOUT, RST_SENDER_SERVER);
        problems = solve(census);
        g_assert_cmpuint(problems->benign[RST_CAUSE_PROXIED], ==, cases[k].relayed ? cases[k].relays : 0);
        g_assert_cmpuint(count(problems), ==, cases[k].relayed && !cases[k].own ? 1 : 2);
        rst_problems_free(problems);
    }
}

/* A device's limit stays one where most connections were silent since before the capture, and the value is that of the
 * others. */
static void test_late_limit(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 5; i++) {
        rst_flow_t made = flow(census, 1, i, 1, 443, 100 + i);
        rst_incident_t failed =
            incident(i < 2 ? RST_CAUSE_DEVICE_IDLE_TIMEOUT : RST_CAUSE_INJECTED, RST_SENDER_MIDDLEBOX, 100.1 + i);

        failed.ttl = 253;
        failed.silence = i < 2 ? 60 * RST_SECOND : RST_TIME_NONE;
        made.facts = RST_FLOW_ANSWERED | (i < 2 ? RST_FLOW_BEGAN : 0);
        rst_census_incident(census, rst_census_flow(census, &made), &failed);
    }
    for (unsigned i = 0; i < 2; i++) { /* nothing else of these is here: either side's address may be borne */
        rst_flow_t made = flow(census, 1, 10 + i, 1, 443, 110 + i);
        rst_incident_t failed = incident(RST_CAUSE_UNDETERMINED, i ? RST_SENDER_SERVER : RST_SENDER_CLIENT, 110 + i);

        failed.ttl = 253;
        failed.confidence = 20;
        made.facts = 0;
        rst_census_incident(census, rst_census_flow(census, &made), &failed);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "device_idle_timeout|10.9.9.1:443");
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 7);
    g_assert_cmpint(nth(problems, 1)->timer, ==, 60 * RST_SECOND);
    rst_problems_free(problems);
}

/* A network that is refused, next to clients of another one that get through; but not to what was open already. */
static void test_open_already(void)
{
    for (unsigned late = 0; late < 2; late++) {
        rst_census_t *census = rst_census_new();
        rst_problems_t *problems;

        for (unsigned i = 0; i < 20; i++) {
            rst_flow_t made = flow(census, 2, i, 1, 80, 100.5 + i);

            made.facts = RST_FLOW_ANSWERED | RST_FLOW_SERVER_DATA | (late ? 0 : RST_FLOW_ACCEPTED);
            rst_census_flow(census, &made);
            refused(census, 1, i % 5, 1, 80, 100 + i);
        }
        refused(census, 1, 1, 1, 80, 121);
        problems = solve(census);
        g_assert_cmpuint(count(problems), ==, 1);
        g_assert_cmpuint(nth(problems, 1)->token, ==, late ? RST_CAUSE_CLOSED_PORT : RST_CAUSE_FIREWALL_REJECT);
        rst_problems_free(problems);
    }
}

/* A scan stays one if its client also does what others do. Twenty-nine ports are none. */
static void test_busy_scanner(void)
{
    for (unsigned ports = 29; ports <= 30; ports++) {
        rst_census_t *census = rst_census_new();
        rst_problems_t *problems;

        for (unsigned i = 0; i < ports; i++) {
            refused(census, 1, 1, 1, (uint16_t)(1000 + i), 100 + i);
            fine(census, 1, 1, 2, 443, 100 + i);
        }
        problems = solve(census);
        g_assert_cmpuint(count(problems), ==, 1);
        g_assert_cmpuint(nth(problems, 1)->binding == RST_BINDING_SCAN, ==, ports == 30);
        rst_problems_free(problems);
    }
}

/* Many ports of one server, each tried by somebody else, next to one that answers. */
static void test_ports_of_host(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 12; i++) {
        fine(census, 1, i, 1, 21, 100 + i);
        refused(census, 1, i, 1, (uint16_t)(50000 + i), 100.5 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "closed_port|10.9.9.1");
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 12);
    rst_problems_free(problems);
}

/* A client's reset after nothing of its server is no sign of anything. */
static void test_guess(void)
{
    for (unsigned sure = 0; sure < 2; sure++) {
        rst_census_t *census = rst_census_new();
        rst_flow_t made = flow(census, 1, 1, 1, 80, 100);
        rst_incident_t failed = incident(RST_CAUSE_APP_ABORT, RST_SENDER_CLIENT, 101);
        rst_problems_t *problems;

        made.facts |= RST_FLOW_CLIENT_DATA;
        failed.confidence = sure ? 50 : 49;
        rst_census_incident(census, rst_census_flow(census, &made), &failed);
        problems = solve(census);
        g_assert_cmpuint(count(problems), ==, sure);
        g_assert_cmpuint(problems->undetermined->len, ==, 1 - sure);
        rst_problems_free(problems);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/problem_places/distances", test_distances);
    g_test_add_func("/problem_places/two_limits", test_two_limits);
    g_test_add_func("/problem_places/relay", test_relay);
    g_test_add_func("/problem_places/wait", test_wait);
    g_test_add_func("/problem_places/late_limit", test_late_limit);
    g_test_add_func("/problem_places/open_already", test_open_already);
    g_test_add_func("/problem_places/busy_scanner", test_busy_scanner);
    g_test_add_func("/problem_places/ports_of_host", test_ports_of_host);
    g_test_add_func("/problem_places/guess", test_guess);
    return g_test_run();
}
