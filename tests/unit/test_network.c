/* test_network.c
 * Tests of the rules for resets that were not sent by the host whose address they bear.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void test_contradicted(void)
{
    /* The server goes on with new data: it did not abort. Its IP ID shows that the data was sent later. */
    script_check("injected 70-80 by middlebox early app_abort contradicted 9 serious", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 ttl 54 id 9000", "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
    /* And the client takes it. */
    script_check("injected 85-95 by middlebox", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 9000",
                 "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203", "2.06 C>S . 1101 ack 5301 ttl 64 id 104");
    /* A reset with the next IP ID is as much the server's as what follows: nobody knows which is forged. */
    script_check("injected 45-49 by unknown", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 203",
                 "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 204");
    /* Timestamps show it as well. */
    script_check("injected 70-80", "0 C>S S 1000 ts 1:0", "0.02 S>C S. 5000 ack 1001 ts 50:1",
                 "0.03 C>S . 1001 ack 5001 ts 2:50",
                 "1 C>S P. 1001 ack 5001 len 10 ts 10:50", "1.02 S>C P. 5001 ack 1011 len 20 ts 60:10",
                 "1.03 C>S . 1011 ack 5021 ts 11:60", "2 S>C R. 5021 ack 1011",
                 "2.05 S>C P. 5021 ack 1011 len 20 ts 75:11");
    /* Without either: less sure. */
    script_check("injected 55-65", SCRIPT_OPEN, "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 20",
                 "1.03 C>S . 1011 ack 5021", "2 S>C R. 5021 ack 1011", "2.05 S>C P. 5021 ack 1011 len 20");
    /* And it came from nearer than the server. */
    script_check("injected 95-100 by middlebox delta -3", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 57 id 9000",
                 "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
    /* It acknowledges data that came after the reset. */
    script_check("injected by middlebox contradicted 10", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 9000",
                 "2.001 C>S P. 1101 ack 5201 len 60 id 150", "2.05 S>C . 5201 ack 1161 ttl 54 id 203");
    /* A stack that never changes its id proves nothing by it. */
    script_check("injected 55-65", "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001 id 7", "1 C>S P. 1001 ack 5001 len 10",
                 "1.02 S>C P. 5001 ack 1011 len 20 id 7", "1.03 C>S . 1011 ack 5021", "2 S>C R. 5021 ack 1011 id 7",
                 "2.05 S>C P. 5021 ack 1011 len 20 id 7");
}

static void test_contradicted_not(void)
{
    /* What follows within milliseconds was on its way: reordered. */
    script_check("* not injected contradicted 0", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 204",
                 "2.003 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
    /* A retransmission of old data, or a pure repetition. */
    script_check("* not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 204",
                 "2.3 S>C P. 5001 ack 1101 len 200 ttl 54 id 205");
    /* A new connection on the same ports. */
    script_check("* not injected", SCRIPT_TALK, "2 C>S R. 1101 ack 5201 ttl 64 id 104", "3 C>S S 900000 ttl 64 id 105",
                 "3.02 S>C S. 800000 ack 900001 ttl 54", "3.03 C>S . 900001 ack 800001 ttl 64",
                 "3.04 C>S P. 900001 ack 800001 len 10 ttl 64");
    /* Only the other side goes on: it has not got the reset yet. */
    script_check("#1 * not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 203",
                 "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "2.12 S>C R 5201 ttl 54 id 0");
}

static void test_train(void)
{
    script_check("#1 injected 90-100 by middlebox pattern gfw; #3 injected by middlebox follower", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101", "2.0001 S>C R. 6661 ack 1101", "2.0002 S>C R. 9581 ack 1101");
    script_check("#1 injected 90-100 pattern tcpkill", SCRIPT_TALK, "2 S>C R 5201", "2.0001 S>C R 5703",
                 "2.0002 S>C R 6707");
    script_check("#1 injected 80-90 plain", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 5",
                 "2.0001 S>C R. 5999 ack 1101 win 5");
    /* Two resets at one number are no train; neither is one at a number that was reached. */
    script_check("#2 * not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 7", "2.2 S>C R. 5201 ack 1101 id 8");
    script_check("#2 * not injected", SCRIPT_TALK, "2 S>C R. 5001 ack 1101 id 7", "2.2 S>C R. 5201 ack 1101 id 8");
    /* Data with its FIN, then a reset beyond: one step of the own FIN. */
    script_check("#2 * not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 id 7", "2.2 S>C R 5202 id 8");
    /* Long apart. */
    script_check("#1 * not injected; #2 * not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "12 S>C R. 6661 ack 1101");
}

static void test_blind(void)
{
    /* A guessed number inside the window: the client asks with an ACK and goes on (RFC 5961). */
    script_check("blind_reset 80-95 valid in_window serious", SCRIPT_TALK, "2 S>C R 9999 ttl 54",
                 "2.001 C>S . 1101 ack 5201 ttl 64 id 104", "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105",
                 "2.12 S>C P. 5201 ack 1111 len 10 ttl 54 id 204");
    /* Challenges are rationed: none comes, but the receiver goes on all the same. */
    script_check("blind_reset 75-90 valid in_window", SCRIPT_TALK, "2 S>C R 9999 ttl 54",
                 "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105", "2.12 S>C P. 5201 ack 1111 len 10 ttl 54 id 204",
                 "2.121 C>S . 1111 ack 5211 ttl 64 id 106");
    /* Outside: ignored. */
    script_check("blind_reset 75-90 valid outside", SCRIPT_TALK, "2 S>C R 900005201 ttl 54",
                 "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105", "2.12 S>C P. 5201 ack 1111 len 10 ttl 54 id 204",
                 "2.2 C>S . 1111 ack 5211 ttl 64 id 106");
    /* An exact number, but a signature that was never negotiated. */
    script_check("blind_reset 75-90", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 md5",
                 "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105", "2.2 C>S P. 1111 ack 5201 len 10 ttl 64 id 106");
    /* The connection ended: it had its effect. */
    script_check("* not blind_reset", SCRIPT_TALK, "2 S>C R 9999 ttl 54", "2.001 C>S . 1101 ack 5201 ttl 64 id 104",
                 "2.02 S>C R 5201 ttl 54");
    script_check("* not blind_reset", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54");
    /* From elsewhere. */
    script_check("blind_reset by middlebox", SCRIPT_TALK, "2 S>C R 9999 ttl 60",
                 "2.001 C>S . 1101 ack 5201 ttl 64 id 104", "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105",
                 "2.12 S>C P. 5201 ack 1111 len 10 ttl 54 id 204");
}

#define TWO_SERVED                                                                                                     \
    "0.00 C:1>S S 1000 ttl 64", "0.02 S>C:1 S. 5000 ack 1001 ttl 54", "0.021 C:1>S . 1001 ack 5001 ttl 64",            \
        "0.1 C:2>S S 1000 ttl 64", "0.12 S>C:2 S. 5000 ack 1001 ttl 54", "0.121 C:2>S . 1001 ack 5001 ttl 64"

static void test_policy(void)
{
    /* A request is answered by a reset from three hops nearer; the server itself goes on. */
    script_check("policy_reset 85-95 by middlebox alt injected", TWO_SERVED, SCRIPT_OPEN,
                 "0.5 C>S P. 1001 ack 5001 data 'GET /forbidden HTTP/1.1' ttl 64 id 102",
                 "0.501 S>C R. 5001 ack 1024 ttl 57",
                 "0.54 S>C P. 5001 ack 1024 len 300 ttl 54 id 9");
    /* The server got nothing; the distance alone speaks. */
    script_check("policy_reset 70-80 by middlebox delta -3", TWO_SERVED, SCRIPT_OPEN,
                 "0.5 C>S P. 1001 ack 5001 len 200 hex 160301020001000001fc ttl 64 id 102", "0.501 S>C R 5001 ttl 57");
    /* From the server's own distance: nobody is accused. */
    script_check("* by server not policy_reset not injected", TWO_SERVED, SCRIPT_OPEN,
                 "0.5 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64 id 102", "0.52 S>C R 5001 ttl 54");
    /* One hop is a reroute. */
    script_check("* by server not policy_reset", TWO_SERVED, SCRIPT_OPEN,
                 "0.5 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64 id 102", "0.52 S>C R 5001 ttl 55");
    /* Not a first request. */
    script_check("* not policy_reset", TWO_SERVED, SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 data 'GET / HTTP/1.1' ttl 64 id 104",
                 "1.02 S>C R 5201 ttl 54");
    /* A ClientHello in two segments. */
    script_check("policy_reset 70-80 by middlebox trigger 10", TWO_SERVED, SCRIPT_OPEN,
                 "0.5 C>S . 1001 ack 5001 len 1400 hex 160301020001000001fc ttl 64 id 102",
                 "0.5001 C>S P. 2401 ack 5001 len 300 ttl 64 id 103", "0.501 S>C R 5001 ttl 57");
    /* One hop nearer than the host, which goes on. */
    script_check("policy_reset 55-65 by middlebox contradicted 0", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "2.02 S>C R 5201 ttl 55 id 0", "2.35 S>C . 5201 ack 1111 ttl 54 id 203");
    /* The host goes on after the reset of a first request, as its timestamps show. */
    script_check("policy_reset 45-50", "0 C>S S 1000 ts 1:0", "0.02 S>C S. 5000 ack 1001 ts 50:1",
                 "0.03 C>S . 1001 ack 5001 ts 2:50", "0.5 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ts 9:50",
                 "0.52 S>C R. 5001 ack 1015", "0.54 S>C P. 5001 ack 1015 len 300 ts 55:9");
}

static void test_failover(void)
{
    /* A stateless answer, and yet the connection goes on under the same address. */
    script_check("session_failover 45-60 by server contradicted 0 alt policy_reset alt injected early no_connection",
                 SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "2.02 S>C R 5201 ttl 54 id 0",
                 "2.3 C>S P. 1101 ack 5201 len 10 ttl 64 id 105", "2.35 S>C . 5201 ack 1111 ttl 54 id 203");
    /* The handshake's ACK went to a host that does not know it; the other one repeats its SYN-ACK. */
    script_check("#1 session_failover 45-60", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 5001 ttl 64 id 101",
                 "0.04 S>C R 5001 ttl 54 id 0", "1.02 S>C S. 5000 ack 1001 ttl 54 id 0");
    /* The same from another distance, which two connections agree on: no host of the service. */
    script_check("#1 injected 50-75 by middlebox alt session_failover", TWO_SERVED, SCRIPT_SYN, SCRIPT_SYN_ACK,
                 "0.021 C>S . 1001 ack 5001 ttl 64 id 101", "0.04 S>C R 5001 ttl 237 id 7",
                 "1.02 S>C S. 5000 ack 1001 ttl 54 id 0");
    /* It ends there. */
    script_check("no_connection", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "2.02 S>C R 5201 ttl 54 id 0");
}

static void test_idle_device(void)
{
    /* Both ends reset at once after a silence. */
    script_check("#1 device_idle_timeout 45-49 by unknown pattern both_ends early app_timeout; #2 "
                 "device_idle_timeout",
                 SCRIPT_TALK, "300.061 S>C R. 5201 ack 1101", "300.0611 C>S R. 1101 ack 5201");
    /* One end from nearer than the host. */
    script_check("device_idle_timeout 55-65 by middlebox delta -4 alt injected", TWO_SERVED, SCRIPT_TALK,
                 "450 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "450.02 S>C R 5201 ttl 58");
    script_check("device_idle_timeout 85-95 by middlebox", "0 C:1>S S 1000 ttl 64",
                 "0.02 S>C:1 S. 5000 ack 1001 ttl 54",
                 SCRIPT_TALK, "450 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "450.001 S>C R 5201 ttl 58");
}

#define FORGOTTEN(port, time)                                                                                          \
    time " C:" port ">S S 1000", "+0.02 S>C:" port " S. 5000 ack 1001", "+0.001 C:" port ">S . 1001 ack 5001",         \
        "+0.001 C:" port ">S P. 1001 ack 5001 len 10", "+0.02 S>C:" port " P. 5001 ack 1011 len 10",                   \
        "+0.001 C:" port ">S . 1011 ack 5011", "+187.001 S>C:" port " R 5011"

static void test_idle_device_habit(void)
{
    /* Bare resets that answer nothing, always after the same silence: a timer, and no stack's. The third accuses, and
     * nobody before it. */
    script_check("#1 app_timeout by server; #2 app_timeout by server; #3 device_idle_timeout 50-60 by middlebox "
                 "alt app_timeout",
                 FORGOTTEN("1", "0"), FORGOTTEN("2", "300"), FORGOTTEN("3", "600"));
    /* Twice is none yet. */
    script_check("#2 app_timeout 40-50 by server alt device_idle_timeout", FORGOTTEN("1", "0"), FORGOTTEN("2", "300"));
}

static void test_idle_device_not(void)
{
    /* Both stacks end together: their own timestamps. */
    script_check("#1 * not device_idle_timeout not injected", "0 C>S S 1000 ts 1:0",
                 "0.02 S>C S. 5000 ack 1001 ts 50:1",
                 "0.03 C>S . 1001 ack 5001 ts 2:50", "1 C>S P. 1001 ack 5001 len 10 ts 10:50",
                 "1.02 S>C P. 5001 ack 1011 len 20 ts 60:10", "1.03 C>S . 1011 ack 5021 ts 11:60",
                 "400 S>C R. 5021 ack 1011 ts 4000:11", "400.0001 C>S R. 1011 ack 5021 ts 4001:60");
    /* The second answers the first: a round trip lies between. */
    script_check("#1 * not device_idle_timeout", SCRIPT_TALK, "300.061 S>C R. 5201 ack 1101",
                 "300.09 C>S R. 1101 ack 5201");
    /* From the host's own distance. */
    script_check("no_connection alt device_idle_timeout", TWO_SERVED, SCRIPT_TALK,
                 "450 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "450.02 S>C R 5201 ttl 54");
    /* Not idle. */
    script_check("* not device_idle_timeout", TWO_SERVED, SCRIPT_TALK, "9 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "9.02 S>C R 5201 ttl 58");
}

static void test_both_ends(void)
{
    script_check("#1 injected 45-49 by unknown pattern both_ends alt policy_reset; #2 injected pattern both_ends",
                 SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.0002 C>S R. 1101 ack 5201");
    /* A second reset that answers the first. */
    script_check("#1 * not injected plain", SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.04 C>S R. 1101 ack 5201");
    /* Too coarse a clock: ticks of 10 ms cannot tell. */
    script_check("#1 * not injected", "0.00 C>S S 1000", "0.01 S>C S. 5000 ack 1001", "0.02 C>S . 1001 ack 5001",
                 "0.03 C>S P. 1001 ack 5001 len 10", "0.04 S>C P. 5001 ack 1011 len 10", "0.05 C>S . 1011 ack 5011",
                 "2 S>C R. 5011 ack 1011", "2 C>S R. 1011 ack 5011");
    /* In the middle of a connection, round trips unknown. */
    script_check("#1 injected 44-50 pattern both_ends", "0 C>S . 1101 ack 5201", "0.01 S>C . 5201 ack 1101",
                 "2 S>C R. 5201 ack 1101", "2.0002 C>S R. 1101 ack 5201");
}

static void test_distance(void)
{
    script_check("injected 55-65 by middlebox delta -5 alt policy_reset", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 59");
    script_check("injected 55-65 by middlebox", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 48");
    /* One hop; another initial TTL; unknown; the sender's distance varies. */
    script_check("app_abort delta 1", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 53");
    script_check("app_abort delta 0", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 245");
    script_check("app_abort delta none", SCRIPT_TALK, "2 S>C R. 5201 ack 1101");
    script_check("app_abort delta none", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 5 ttl 61 id 203",
                 "1.01 C>S . 1101 ack 5206",
                 "2 S>C R. 5206 ack 1101 ttl 59");
    script_check("injected by middlebox delta -5", "pref hop_delta 5", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 59");
    script_check("app_abort delta -4", "pref hop_delta 5", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 58");
    /* A host of the capture's own network chooses its TTL (BGP). */
    script_check("* not injected delta none", "0 C>S S 1000 ttl 1", "0.001 S>C S. 5000 ack 1001 ttl 1",
                 "0.002 C>S . 1001 ack 5001 ttl 1", "1 C>S P. 1001 ack 5001 len 19 ttl 1",
                 "1.01 S>C P. 5001 ack 1020 len 19 ttl 1",
                 "1.02 C>S . 1020 ack 5020 ttl 1", "2 S>C R. 5020 ack 1020 ttl 64");
}

static void test_too_fast(void)
{
    /* The host takes 40 ms; the answer came after one. */
    script_check("injected 65-80 by middlebox", "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001", "0.041 C:1>S . 1001 ack 5001", "0.10 C:2>S S 1000",
                 "0.14 S>C:2 S. 5000 ack 1001", "0.141 C:2>S . 1001 ack 5001", "0.2 C>S S 1000", "0.241 S>C S. 5000 ack 1001", "0.2411 C>S . 1001 ack 5001",
                 "0.242 C>S . 1001 ack 5001",
                 "0.3 C>S P. 1001 ack 5001 len 10", "0.34 S>C P. 5001 ack 1011 len 10", "0.341 C>S . 1011 ack 5011",
                 "0.5 C>S P. 1011 ack 5011 len 10", "0.501 S>C R 5011");
    script_check("no_connection by server", "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001", "0.041 C:1>S . 1001 ack 5001", "0.10 C:2>S S 1000",
                 "0.14 S>C:2 S. 5000 ack 1001", "0.141 C:2>S . 1001 ack 5001", "0.2 C>S S 1000", "0.241 S>C S. 5000 ack 1001", "0.2411 C>S . 1001 ack 5001",
                 "0.242 C>S . 1001 ack 5001",
                 "0.3 C>S P. 1001 ack 5001 len 10", "0.34 S>C P. 5001 ack 1011 len 10", "0.341 C>S . 1011 ack 5011",
                 "0.5 C>S P. 1011 ack 5011 len 10", "0.541 S>C R 5011");
}

static void test_rewritten(void)
{
    /* The client's numbers leave the window; the server keeps asking for the old ones, then resets. */
    script_check("header_rewritten 45-60 by server alt app_abort", SCRIPT_TALK,
                 "1 C>S P. 900001101 ack 5201 len 50 id 110",
                 "1.02 S>C . 5201 ack 1101 id 210", "2 C>S P. 900001151 ack 5201 len 50 id 111",
                 "2.02 S>C . 5201 ack 1101 id 211", "3 S>C R. 5201 ack 1101");
    /* One such segment is garbage, not a device. */
    script_check("* not header_rewritten", SCRIPT_TALK, "1 C>S P. 900001101 ack 5201 len 50 id 110",
                 "1.02 S>C . 5201 ack 1101 id 210",
                 "3 S>C R. 5201 ack 1101");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/network/contradicted", test_contradicted },
        { "/network/contradicted_not", test_contradicted_not },
        { "/network/train", test_train },
        { "/network/blind", test_blind },
        { "/network/policy", test_policy },
        { "/network/failover", test_failover },
        { "/network/idle_device", test_idle_device },
        { "/network/idle_device_habit", test_idle_device_habit },
        { "/network/idle_device_not", test_idle_device_not },
        { "/network/both_ends", test_both_ends },
        { "/network/distance", test_distance },
        { "/network/too_fast", test_too_fast },
        { "/network/rewritten", test_rewritten },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
