/* test_problems.c
 * Tests of problems: what binds incidents, what is set aside, what is one story. A census is written by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/server_name.h"
#include "made_census.h"
#include "problems/json.h"
#include "problems/keys.h"

static void test_keys(void)
{
    rst_keys_t keys;

    rst_keys_open(&keys);
    for (uint32_t i = 0; i < 10000; i++)
        g_assert_cmpuint(rst_keys_number(&keys, i % 100, i / 100), ==, i);
    for (uint32_t i = 0; i < 10000; i++)
        g_assert_cmpuint(rst_keys_find(&keys, i % 100, i / 100), ==, i);
    g_assert_cmpuint(rst_keys_find(&keys, 100, 0), ==, RST_NUMBER_NONE);
    g_assert_false(rst_keys_is_new(&keys, 1, 1));
    g_assert_true(rst_keys_is_new(&keys, 100, 0));
    rst_keys_close(&keys);
}

static void test_nothing(void)
{
    rst_problems_t *problems = solve(rst_census_new());
    GString *out = g_string_new(NULL);

    g_assert_cmpuint(count(problems), ==, 0);
    rst_json_write(problems, &(rst_extent_t){.json = true}, out);
    g_assert_nonnull(strstr(out->str, "\"problems\":[]"));
    g_string_free(out, TRUE);
    rst_problems_free(problems);
}

/* Refused by all while it lasts: the service's own, of how many in all and while it lasted. */
static void test_outage(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 20; i++) {
        refused(census, i % 3, i % 5, 1, 80, 100 + i);
        fine(census, i % 3, i % 5, 1, 80, 200 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "closed_port|10.9.9.1:80");
    g_assert_cmpuint(nth(problems, 1)->culprit, ==, RST_SENDER_SERVER);
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 20);
    g_assert_cmpuint(nth(problems, 1)->total, ==, 40);
    g_assert_cmpuint(nth(problems, 1)->in_period, ==, 20);
    g_assert_cmpuint(nth(problems, 1)->ongoing, ==, RST_ONGOING_NO);
    rst_problems_free(problems);
}

/* What is accepted again is over, even where the connections then end for another reason. */
static void test_accepted_again(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 5; i++) {
        refused(census, 1, i, 1, 80, 100 + i);
        fails(census, 1, i, 1, 80, 200 + 20 * i, RST_CAUSE_UNREAD_DATA, RST_SENDER_SERVER);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 2);
    for (uint32_t n = 1; n <= 2; n++) {
        bool refusals = nth(problems, n)->token == RST_CAUSE_CLOSED_PORT;

        g_assert_cmpuint(nth(problems, n)->ongoing, ==, refusals ? RST_ONGOING_NO : RST_ONGOING_YES);
        g_assert_true(!refusals || g_str_has_suffix(nth(problems, n)->title, "nobody listened there"));
    }
    rst_problems_free(problems);
}

/* One network is refused where others are served: no outage, whatever each refusal looks like. */
static void test_contrast(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 20; i++) {
        refused(census, 7, i % 5, 1, 80, 100 + i);
        fine(census, 3, i % 5, 1, 80, 100.5 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "firewall_reject|10.0.7.0/24 > 10.9.9.1:80");
    g_assert_cmpuint(nth(problems, 1)->confidence, <=, 60);
    g_assert_cmpuint(nth(problems, 1)->ongoing, ==, RST_ONGOING_YES);
    rst_problems_free(problems);
}

/* The same number of failures among the same clients, but no network stands out. */
static void test_no_contrast(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 40; i++) {
        fails(census, i % 2, i % 5, 1, 80, 100 + i, RST_CAUSE_RESOURCE_EXHAUSTION, RST_SENDER_SERVER);
        fine(census, i % 2, i % 5, 1, 80, 100.5 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "resource_exhaustion|10.9.9.1:80");
    rst_problems_free(problems);
}

/* Two services in the same seconds are two problems. */
static void test_apart(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 10; i++) {
        refused(census, 1, i % 5, 1, 80, 100 + i);
        refused(census, 1, i % 5, 2, 80, 100 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 2);
    rst_problems_free(problems);
}

/* A scan of a thousand ports is one problem; a real client's failure at one of them is another. */
static void test_scan(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 1000; i++)
        refused(census, 66, 6, 1, (uint16_t)(i + 1), 100 + i * .1);
    for (unsigned i = 0; i < 10; i++) {
        refused(census, 1, i % 3, 1, 80, 100 + i);
        fine(census, 1, i % 3, 2, 443, 100 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 2);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "closed_port|10.9.9.1:80");
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 10);
    g_assert_cmpuint(nth(problems, 2)->binding, ==, RST_BINDING_SCAN);
    g_assert_cmpuint(nth(problems, 2)->culprit, ==, RST_SENDER_CLIENT);
    g_assert_cmpuint(nth(problems, 2)->hits, ==, 1000);
    rst_problems_free(problems);
}

/* Many strangers with a probe or two each are one line. */
static void test_noise(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 60; i++)
        refused(census, 100 + i, 1, 1, (uint16_t)(20 + i % 9), 100 + i);
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 0);
    g_assert_cmpuint(problems->noise, ==, 60);
    g_assert_cmpuint(problems->strangers, ==, 60);
    rst_problems_free(problems);
}

/* A process that dies: its connections in one moment, then refusals. */
static void test_death(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 8; i++)
        fails(census, 1, i % 5, 1, 80, 100 + i * .001, RST_CAUSE_APP_ABORT, RST_SENDER_SERVER);
    for (unsigned i = 0; i < 8; i++)
        refused(census, 1, i % 5, 1, 80, 101 + i);
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "process_exit|10.9.9.1:80");
    g_assert_cmpuint(nth(problems, 1)->hits, ==, 16);
    rst_problems_free(problems);
}

/* Lost packets to one network, at several servers that serve others. */
static void test_path(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 12; i++) {
        fails(census, 7, i % 5, 1 + i % 3, 80, 100 + i, RST_CAUSE_RETRANSMISSION_TIMEOUT, RST_SENDER_SERVER);
        fine(census, 7, i % 5, 1 + i % 3, 80, 100.2 + i);
        for (unsigned k = 0; k < 6; k++)
            fine(census, k, i % 5, 1 + i % 3, 80, 100.4 + i);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "retransmission_timeout|10.0.7.0/24");
    g_assert_cmpuint(nth(problems, 1)->culprit, ==, RST_SENDER_MIDDLEBOX);
    g_assert_cmpuint(nth(problems, 1)->total, ==, 24);
    rst_problems_free(problems);
}

/* A server whose packets the capture lacks did not fall silent. */
static void test_unseen(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 10; i++) {
        rst_flow_t talks = flow(census, 1, i % 5, 1, 443, 100 + i);

        talks.facts |= RST_FLOW_CLIENT_DATA;
        rst_census_flow(census, &talks);
        fails(census, 1, i % 5, 1, 80, 100 + i, RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT), RST_SENDER_CLIENT);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 0);
    g_assert_cmpuint(problems->undetermined->len, ==, 10);
    rst_problems_free(problems);
}

static void test_timer(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 6; i++) {
        rst_flow_t made = flow(census, 1, i, 1, 80, 100 + i);
        rst_incident_t failed = incident(RST_CAUSE_DATA_AFTER_CLOSE, RST_SENDER_SERVER, 106 + i);

        failed.silence = 5 * RST_SECOND + i * RST_MILLISECOND;
        made.facts |= RST_FLOW_ANSWERED | RST_FLOW_CLIENT_DATA;
        rst_census_incident(census, rst_census_flow(census, &made), &failed);
    }
    problems = solve(census);
    g_assert_cmpint(nth(problems, 1)->timer / RST_MILLISECOND, ==, 5003);
    g_assert_cmpint(nth(problems, 1)->spread, ==, 5 * RST_MILLISECOND);
    rst_problems_free(problems);
}

/* One TLS name at two servers, which answer other names. */
static void test_name(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    g_ptr_array_add(census->names, (gpointer) "chat.example");
    g_ptr_array_add(census->names, (gpointer) "mail.example");
    for (unsigned i = 0; i < 8; i++) {
        rst_flow_t made = flow(census, 1, i, 1 + i % 2, 443, 100 + i), other = made;
        rst_incident_t failed = incident(RST_CAUSE_POLICY_RESET, RST_SENDER_MIDDLEBOX, 100 + i);

        made.name = 1;
        other.name = 2;
        other.began = ++frames;
        other.facts |= RST_FLOW_ANSWERED | RST_FLOW_SERVER_DATA;
        rst_census_flow(census, &other);
        rst_census_incident(census, rst_census_flow(census, &made), &failed);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "policy_reset|chat.example");
    g_assert_cmpstr(nth(problems, 1)->trigger, ==, "chat.example");
    g_assert_cmpuint(nth(problems, 1)->total, ==, 8);
    rst_problems_free(problems);
}

static const uint8_t hello[] = {22, 3,  1,  0,  61, 1,  0,  0,  57, 3,  3,   1,   2,    3,   4,  5,  6,
                                7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17,  18,  19,   20,  21, 22, 23,
                                24, 25, 26, 27, 28, 29, 30, 31, 32, 0,  0,   2,   0x13, 1,   1,  0,  0,
                                14, 0,  0,  0,  10, 0,  8,  0,  0,  5,  'a', '.', 'b',  '.', 'c'};

/* One client that is refused nearly everywhere has a problem of its own. */
static void test_client(void)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    for (unsigned i = 0; i < 30; i++) {
        fine(census, 1, 1, 200, 443, 100 + i);
        fails(census, 1, 1, i, 80, 100 + i, RST_CAUSE_DATA_AFTER_CLOSE, RST_SENDER_CLIENT);
    }
    problems = solve(census);
    g_assert_cmpuint(count(problems), ==, 1);
    g_assert_cmpstr(nth(problems, 1)->id, ==, "data_after_close|10.0.1.1");
    g_assert_cmpuint(nth(problems, 1)->total, ==, 60);
    rst_problems_free(problems);
}

static void test_server_name(void)
{
    uint8_t name[8];

    g_assert_cmpuint(rst_server_name_read(hello, sizeof hello, name, sizeof name), ==, 5);
    g_assert_cmpint(memcmp(name, "a.b.c", 5), ==, 0);
    g_assert_cmpuint(rst_server_name_read(hello, sizeof hello, name, 3), ==, 3);
    /* Cut off anywhere, it is not known; nothing is read beyond the end. */
    for (size_t length = 0; length < sizeof hello; length++) {
        uint8_t *copy = g_memdup2(hello, length ? length : 1);

        g_assert_cmpuint(rst_server_name_read(copy, length, name, sizeof name), ==, 0);
        g_free(copy);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/problems/keys", test_keys);
    g_test_add_func("/problems/nothing", test_nothing);
    g_test_add_func("/problems/outage", test_outage);
    g_test_add_func("/problems/accepted_again", test_accepted_again);
    g_test_add_func("/problems/contrast", test_contrast);
    g_test_add_func("/problems/no_contrast", test_no_contrast);
    g_test_add_func("/problems/apart", test_apart);
    g_test_add_func("/problems/scan", test_scan);
    g_test_add_func("/problems/noise", test_noise);
    g_test_add_func("/problems/death", test_death);
    g_test_add_func("/problems/path", test_path);
    g_test_add_func("/problems/unseen", test_unseen);
    g_test_add_func("/problems/timer", test_timer);
    g_test_add_func("/problems/name", test_name);
    g_test_add_func("/problems/client", test_client);
    g_test_add_func("/problems/server_name", test_server_name);
    return g_test_run();
}
