/* test_nat.c
 * Resets by a host that translates addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* The server's answer comes in, is acknowledged, and comes once more; the client goes on. */
#define LEAK_TO(reset) SCRIPT_TALK, "0.100 S>C P. 5201 ack 1101 len 300 ttl 54 id 203 df",                             \
    "0.101 C>S . 1101 ack 5501 win 502 ttl 64 id 104 df", "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df",       \
    reset, "0.180 S>C P. 5501 ack 1101 len 300 ttl 54 id 205 df", "0.181 C>S . 1101 ack 5801 win 502 ttl 64 id 105 df"

static void test_leak(void)
{
    script_check("nat_leak 50-65 by client alt session_failover serious trigger 10", LEAK_TO("0.15003 C>S R 1101 ttl 64 id 0 df"));
    /* The container is one hop behind the host that translates for it. */
    script_check("nat_leak 50-65 by middlebox alt session_failover delta -1",
                 "0.000 C>S S 1000 mss 1460 ttl 63 id 100 df", "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 54 id 0 df",
                 "0.021 C>S . 1001 ack 5001 ttl 63 id 101 df", "0.030 C>S P. 1001 ack 5001 len 100 ttl 63 id 102 df",
                 "0.060 S>C P. 5001 ack 1101 len 200 ttl 54 id 202 df", "0.061 C>S . 1101 ack 5201 ttl 63 id 103 df",
                 "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df", "0.15003 C>S R 1101 ttl 64 id 0 df",
                 "0.180 S>C P. 5201 ack 1101 len 300 ttl 54 id 205 df", "0.181 C>S . 1101 ack 5501 ttl 63 id 104 df");
    /* The next one meets the same host. */
    script_check("#2 nat_leak 50-65 by client", LEAK_TO("0.15003 C>S R 1101 ttl 64 id 0 df"),
                 "0.250 S>C P. 5201 ack 1101 len 300 ttl 54 id 206 df", "0.25003 C>S R 1101 ttl 64 id 0 df",
                 "0.280 S>C P. 5801 ack 1101 len 300 ttl 54 id 207 df",
                 "0.281 C>S . 1101 ack 6101 win 502 ttl 64 id 106 df");
}

/* Read once only: the second such reset is known at once, because the client had gone on after the first. */
static void test_leak_again(void)
{
    script_check("#2 nat_leak 50-65 by client early nat_leak trigger 14", LEAK_TO("0.15003 C>S R 1101 ttl 64 id 0 df"),
                 "0.250 S>C P. 5201 ack 1101 len 300 ttl 54 id 206 df", "0.25003 C>S R 1101 ttl 64 id 0 df");
    script_check("#2 nat_leak 60-65 by middlebox early nat_leak", "0.000 C>S S 1000 ttl 63 id 100 df",
                 "0.020 S>C S. 5000 ack 1001 ttl 54 id 0 df", "0.021 C>S . 1001 ack 5001 ttl 63 id 101 df",
                 "0.030 C>S P. 1001 ack 5001 len 100 ttl 63 id 102 df", "0.060 S>C P. 5001 ack 1101 len 200 ttl 54 id 202 df",
                 "0.061 C>S . 1101 ack 5201 ttl 63 id 103 df", "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df",
                 "0.15003 C>S R 1101 ttl 64 id 0 df", "0.1501 S>C P. 5201 ack 1101 len 300 ttl 54 id 205 df",
                 "0.1502 C>S . 1101 ack 5501 ttl 63 id 104 df", "0.1503 S>C P. 5201 ack 1101 len 300 ttl 54 id 206 df",
                 "0.15033 C>S R 1101 ttl 64 id 0 df");
    /* It does not go on in between: the second one follows the first. */
    script_check("#2 segment_after_reset", SCRIPT_TALK, "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df",
                 "0.15003 C>S R 1101 ttl 64 id 0 df", "0.160 S>C P. 5001 ack 1101 len 200 ttl 54 id 205 df",
                 "0.16003 C>S R 1101 ttl 64 id 0 df");
}

/* Captured near the server: what the client had under way comes before the answer to the duplicate. */
static void test_far_from_leak(void)
{
    script_check("#1 nat_leak 55-65 by middlebox trigger 10 delta -1; #2 nat_leak trigger 12 delta -1",
                 "0.000 C>S S 1000 mss 1460 ttl 57 id 100 df", "0.00005 S>C S. 5000 ack 1001 mss 1460 ttl 64 id 0 df",
                 "0.040 C>S . 1001 ack 5001 ttl 57 id 101 df", "0.041 C>S P. 1001 ack 5001 len 100 ttl 57 id 102 df",
                 "0.0411 S>C P. 5001 ack 1101 len 500 ttl 64 id 202 df", "0.0412 S>C P. 5501 ack 1101 len 500 ttl 64 id 203 df",
                 "0.0811 C>S . 1101 ack 5501 ttl 57 id 103 df", "0.0812 C>S . 1101 ack 6001 ttl 57 id 104 df",
                 "0.0813 S>C P. 6001 ack 1101 len 500 ttl 64 id 204 df", "0.090 S>C P. 5001 ack 1101 len 500 ttl 64 id 205 df",
                 "0.091 S>C P. 6501 ack 1101 len 500 ttl 64 id 206 df", "0.092 S>C P. 5501 ack 1101 len 500 ttl 64 id 207 df",
                 "0.1213 C>S . 1101 ack 6501 ttl 57 id 105 df", "0.1299 C>S R 1101 ttl 58 id 0 df",
                 "0.1310 C>S . 1101 ack 7001 ttl 57 id 106 df", "0.1319 C>S R 1101 ttl 58 id 0 df",
                 "0.140 S>C P. 7001 ack 1101 len 500 ttl 64 id 208 df", "0.180 C>S . 1101 ack 7501 ttl 57 id 107 df");
    /* Sooner than any answer from there. */
    script_check("* never nat_leak",
                 "0.000 C>S S 1000 mss 1460 ttl 57 id 100 df", "0.00005 S>C S. 5000 ack 1001 mss 1460 ttl 64 id 0 df",
                 "0.040 C>S . 1001 ack 5001 ttl 57 id 101 df", "0.041 C>S P. 1001 ack 5001 len 100 ttl 57 id 102 df",
                 "0.0411 S>C P. 5001 ack 1101 len 500 ttl 64 id 202 df", "0.0412 S>C P. 5501 ack 1101 len 500 ttl 64 id 203 df",
                 "0.0811 C>S . 1101 ack 5501 ttl 57 id 103 df", "0.0812 S>C P. 5001 ack 1101 len 500 ttl 64 id 205 df",
                 "0.08121 C>S . 1101 ack 6001 ttl 57 id 104 df", "0.0822 C>S R 1101 ttl 57 id 0 df",
                 "0.140 S>C P. 6001 ack 1101 len 500 ttl 64 id 208 df", "0.180 C>S . 1101 ack 6501 ttl 57 id 107 df");
}

static void test_near_miss(void)
{
    /* The client does not go on: it may as well have aborted. */
    script_check("* never nat_leak", SCRIPT_TALK, "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df",
                 "0.15003 C>S R 1101 ttl 64 id 0 df");
    /* An endpoint's own abort bears ACK. */
    script_check("* never nat_leak", LEAK_TO("0.15003 C>S R. 1101 ack 5501 ttl 64 id 0 df"));
    /* New data: nothing was acknowledged before. */
    script_check("* never nat_leak", SCRIPT_TALK, "0.150 S>C P. 5201 ack 1101 len 200 ttl 54 id 204 df",
                 "0.15003 C>S R 1101 ttl 64 id 0 df", "0.180 S>C P. 5401 ack 1101 len 300 ttl 54 id 205 df",
                 "0.181 C>S . 1101 ack 5701 win 502 ttl 64 id 105 df");
    /* Not the number that the duplicate asks for. */
    script_check("* never nat_leak", LEAK_TO("0.15003 C>S R 1201 ttl 64 id 0 df"));
}

static void test_incomplete(void)
{
    /* The capture begins late. */
    script_check("nat_leak 50-65 by client", "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 54 id 202 df",
                 "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df",
                 "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df", "0.15003 C>S R 1101 ttl 64 id 0 df",
                 "0.180 S>C P. 5201 ack 1101 len 300 ttl 54 id 205 df",
                 "0.181 C>S . 1101 ack 5501 win 502 ttl 64 id 105 df");
    /* One way only, either of them. */
    script_check("* innocent never nat_leak", "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df",
                 "0.15003 C>S R 1101 ttl 64 id 0 df", "0.181 C>S . 1101 ack 5501 win 502 ttl 64 id 105 df");
    script_check("* innocent never nat_leak", "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 54 id 202 df",
                 "0.150 S>C P. 5001 ack 1101 len 200 ttl 54 id 204 df", "0.15003 C>S R 1101 ttl 64 id 0 df",
                 "0.180 S>C P. 5201 ack 1101 len 300 ttl 54 id 205 df");
    /* Neither distance nor times. */
    script_check("nat_leak 50-65 by client", "- C>S S 1000", "- S>C S. 5000 ack 1001", "- C>S . 1001 ack 5001",
                 "- C>S P. 1001 ack 5001 len 100", "- S>C P. 5001 ack 1101 len 200", "- C>S . 1101 ack 5201",
                 "- S>C P. 5001 ack 1101 len 200", "- C>S R 1101", "- S>C P. 5201 ack 1101 len 300",
                 "- C>S . 1101 ack 5501");
    /* A reset that no stack makes stays one. */
    script_check("malformed", LEAK_TO("0.15003 C>S FR 1101 ttl 64 id 0 df"));
}

/* Captured at the client and at the server: only the server gets the reset, so a host between the two made it. What
 * that host does keeps its name. */
static void test_two_points(void)
{
    script_check("nat_leak 95-99 by middlebox pattern absent_at_sender",
                 "0.000 C>S S 1000 mss 1460 ttl 64 id 100 df interface 1",
                 "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 63 id 900 df interface 1",
                 "0.021 C>S . 1001 ack 5001 win 502 ttl 64 id 101 df interface 1",
                 "0.030 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df interface 1",
                 "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 63 id 902 df interface 1",
                 "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df interface 1",
                 "0.180 S>C P. 5201 ack 1101 len 300 win 501 ttl 63 id 905 df interface 1",
                 "0.181 C>S . 1101 ack 5501 win 502 ttl 64 id 104 df interface 1",
                 "137.010 C>S S 1000 mss 1460 ttl 63 id 100 df interface 2",
                 "137.0101 S>C S. 5000 ack 1001 mss 1460 ttl 64 id 900 df interface 2",
                 "137.031 C>S . 1001 ack 5001 win 502 ttl 63 id 101 df interface 2",
                 "137.040 C>S P. 1001 ack 5001 len 100 win 502 ttl 63 id 102 df interface 2",
                 "137.050 S>C P. 5001 ack 1101 len 200 win 501 ttl 64 id 902 df interface 2",
                 "137.071 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df interface 2",
                 "137.150 S>C P. 5001 ack 1101 len 200 win 501 ttl 64 id 904 df interface 2",
                 "137.160 C>S R 1101 ttl 63 id 0 df interface 2",
                 "137.170 S>C P. 5201 ack 1101 len 300 win 501 ttl 64 id 905 df interface 2",
                 "137.191 C>S . 1101 ack 5501 win 502 ttl 63 id 104 df interface 2");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/nat/leak", test_leak},
        {"/nat/leak_again", test_leak_again},
        {"/nat/far_from_leak", test_far_from_leak},
        {"/nat/near_miss", test_near_miss},
        {"/nat/incomplete", test_incomplete},
        {"/nat/two_points", test_two_points},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
