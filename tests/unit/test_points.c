/* test_points.c
 * Several capture points in one file. Interface 1 is at the client, interface 2 at the server, a router between them;
 * the server's clock is 137 s ahead unless a test says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "points/route.h"
#include "script.h"

/* Handshake, a request of 100 bytes, an answer of 200: at the client ... */
#define CLIENT_TALK                                                                                                    \
    "0.000 C>S S 1000 mss 1460 ttl 64 id 100 df interface 1",                                                          \
        "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 63 id 900 df interface 1",                                            \
        "0.021 C>S . 1001 ack 5001 win 502 ttl 64 id 101 df interface 1",                                              \
        "0.030 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df interface 1",                                     \
        "0.050 S>C . 5001 ack 1101 win 501 ttl 63 id 901 df interface 1",                                              \
        "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 63 id 902 df interface 1",                                     \
        "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df interface 1"
/* ... and at the server. */
#define SERVER_TALK                                                                                                    \
    "137.010 C>S S 1000 mss 1460 ttl 63 id 100 df interface 2",                                                        \
        "137.0101 S>C S. 5000 ack 1001 mss 1460 ttl 64 id 900 df interface 2",                                         \
        "137.031 C>S . 1001 ack 5001 win 502 ttl 63 id 101 df interface 2",                                            \
        "137.040 C>S P. 1001 ack 5001 len 100 win 502 ttl 63 id 102 df interface 2",                                   \
        "137.0401 S>C . 5001 ack 1101 win 501 ttl 64 id 901 df interface 2",                                           \
        "137.050 S>C P. 5001 ack 1101 len 200 win 501 ttl 64 id 902 df interface 2",                                   \
        "137.071 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df interface 2"

static void test_sent_by_host(void)
{
    /* The same reset at both points: the server itself, and no second reset of the connection. */
    script_check("#1 app_abort 80-80 by server first ordinal 1 never injected pattern seen_at_sender; "
                 "#2 app_abort 80-80 by server follower ordinal 1 pattern seen_at_sender",
                 CLIENT_TALK, SERVER_TALK, "140.000 S>C R. 5201 ack 1101 ttl 64 id 903 df interface 2",
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 903 df interface 1");
    /* One capture cannot exclude that a device imitates it. */
    script_check("app_abort 75-75 by server plain", CLIENT_TALK,
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 903 df interface 1");
    /* Both points lie beyond routers: nobody between them sent it, but somebody nearer may have. */
    script_check("#1 app_abort 75-75 by client; #2 app_abort 75-75 by client",
                 "0.000 C>S S 1000 mss 1460 ttl 60 id 100 df interface 1",
                 "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 58 id 900 df interface 1",
                 "0.021 C>S . 1001 ack 5001 win 502 ttl 60 id 101 df interface 1",
                 "0.030 C>S P. 1001 ack 5001 len 100 win 502 ttl 60 id 102 df interface 1",
                 "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 58 id 902 df interface 1",
                 "3.000 C>S R. 1101 ack 5201 ttl 60 id 104 df interface 1",
                 "9.010 C>S S 1000 mss 1460 ttl 59 id 100 df interface 2",
                 "9.0101 S>C S. 5000 ack 1001 mss 1460 ttl 59 id 900 df interface 2",
                 "9.031 C>S . 1001 ack 5001 win 502 ttl 59 id 101 df interface 2",
                 "9.040 C>S P. 1001 ack 5001 len 100 win 502 ttl 59 id 102 df interface 2",
                 "9.050 S>C P. 5001 ack 1101 len 200 win 501 ttl 59 id 902 df interface 2",
                 "12.010 C>S R. 1101 ack 5201 ttl 59 id 104 df interface 2");
    /* A host that refuses sends nothing else; its own packet filter is still possible. */
    script_check("#1 closed_port by server pattern seen_at_sender alt firewall_reject",
                 "0.000 A>S S 1000 mss 1460 ttl 64 id 100 df interface 1",
                 "0.020 S>A R. =0 ack 1001 win 0 ttl 63 id 700 df interface 1", CLIENT_TALK, SERVER_TALK,
                 "137.005 A>S S 1000 mss 1460 ttl 63 id 100 df interface 2",
                 "137.006 S>A R. =0 ack 1001 win 0 ttl 64 id 700 df interface 2");
}

static void test_injected(void)
{
    /* The client gets a reset of the server, which never sent it and goes on. */
    script_check("injected 95-99 by middlebox pattern absent_at_sender", CLIENT_TALK,
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1", SERVER_TALK,
                 "140.100 S>C P. 5201 ack 1101 len 50 win 501 ttl 64 id 903 df interface 2");
    /* The same with the files in the other order. */
    script_check("injected 95-99 by middlebox pattern absent_at_sender", SERVER_TALK,
                 "140.100 S>C P. 5201 ack 1101 len 50 win 501 ttl 64 id 903 df interface 2", CLIENT_TALK,
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1");
    /* It answers a segment that never came to the server. */
    script_check("injected 95-99 by middlebox pattern absent_at_sender", CLIENT_TALK,
                 "3.000 C>S P. 1101 ack 5201 len 70 win 502 ttl 64 id 104 df interface 1",
                 "3.001 S>C R 5201 ttl 63 interface 1", "9.000 B>S S 70000 mss 1460 ttl 64 id 200 df interface 1",
                 SERVER_TALK, "146.010 B>S S 70000 mss 1460 ttl 63 id 200 df interface 2",
                 "146.011 S>B S. 90000 ack 70001 ttl 64 id 999 df interface 2");
}

/* The next connection on the same addresses and ports, at the client and at the server, over other hops. */
#define CLIENT_AGAIN                                                                                                   \
    "1000.000 C>S S 700000 mss 1460 ttl 60 id 300 df interface 1",                                                     \
        "1000.020 S>C S. 800000 ack 700001 mss 1460 ttl 58 id 990 df interface 1",                                     \
        "1000.021 C>S . 700001 ack 800001 win 502 ttl 60 id 301 df interface 1"
#define SERVER_AGAIN                                                                                                   \
    "1137.010 C>S S 700000 mss 1460 ttl 58 id 300 df interface 2",                                                     \
        "1137.0101 S>C S. 800000 ack 700001 mss 1460 ttl 60 id 990 df interface 2",                                    \
        "1137.031 C>S . 700001 ack 800001 win 502 ttl 58 id 301 df interface 2"

/* What comes on the same ports long afterward takes nothing from what the points showed of the connection before. */
static void test_ports_used_again(void)
{
    /* The proof that rests on a trigger that never arrived. */
    script_check("#1 injected 95-99 by middlebox pattern absent_at_sender", CLIENT_TALK,
                 "3.000 C>S P. 1101 ack 5201 len 70 win 502 ttl 64 id 104 df interface 1",
                 "3.001 S>C R 5201 ttl 63 interface 1", "9.000 B>S S 70000 mss 1460 ttl 64 id 200 df interface 1",
                 SERVER_TALK, "146.010 B>S S 70000 mss 1460 ttl 63 id 200 df interface 2",
                 "146.011 S>B S. 90000 ack 70001 ttl 64 id 999 df interface 2", CLIENT_AGAIN, SERVER_AGAIN);
    /* No router between the server and its point, then. */
    script_check("#1 app_abort 80-80 by server pattern seen_at_sender; #2 app_abort 80-80 pattern seen_at_sender",
                 CLIENT_TALK, SERVER_TALK, "140.000 S>C R. 5201 ack 1101 ttl 64 id 903 df interface 2",
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 903 df interface 1", CLIENT_AGAIN, SERVER_AGAIN);
    /* A point that lost a segment of the connection before is not believed either. */
    script_check("#1 * never injected", "0.000 B>S S 6000 mss 1460 ttl 64 id 400 df interface 1",
                 "0.020 S>B S. 7000 ack 6001 mss 1460 ttl 63 id 500 df interface 1",
                 "0.021 B>S . 6001 ack 7001 win 502 ttl 64 id 401 df interface 1",
                 "0.030 S>B P. 7001 ack 6001 len 20 win 501 ttl 63 id 501 df interface 1",
                 "0.031 B>S . 6001 ack 7021 win 502 ttl 64 id 402 df interface 1", CLIENT_TALK,
                 "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1",
                 "137.010 B>S S 6000 mss 1460 ttl 63 id 400 df interface 2",
                 "137.0101 S>B S. 7000 ack 6001 mss 1460 ttl 64 id 500 df interface 2",
                 "137.031 B>S . 6001 ack 7001 win 502 ttl 63 id 401 df interface 2",
                 "137.041 B>S . 6001 ack 7021 win 502 ttl 63 id 402 df interface 2", SERVER_TALK,
                 "140.100 S>C P. 5201 ack 1101 len 50 win 501 ttl 64 id 903 df interface 2",
                 "1000.000 B>S S 600000 mss 1460 ttl 64 id 600 df interface 1",
                 "1137.010 B>S S 600000 mss 1460 ttl 63 id 600 df interface 2");
}

static void test_both_ends(void)
{
    script_check("#1 injected 95-99 by middlebox pattern both_ends; #2 injected 95-99 by middlebox pattern both_ends",
                 CLIENT_TALK, "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1", SERVER_TALK,
                 "140.010 C>S R. 1101 ack 5201 ttl 63 id 778 df interface 2");
}

static void test_beyond_both(void)
{
    /* A device beyond both points: the reset passes the server's point too, from farther than the server. */
    script_check("#1 injected 80-99 by middlebox; #2 injected 80-99 by middlebox", CLIENT_TALK,
                 "3.010 S>C R. 5201 ack 1101 ttl 46 id 777 df interface 1",
                 "3.050 S>C P. 5201 ack 1101 len 50 win 501 ttl 63 id 903 df interface 1", SERVER_TALK,
                 "140.000 S>C R. 5201 ack 1101 ttl 47 id 777 df interface 2",
                 "140.040 S>C P. 5201 ack 1101 len 50 win 501 ttl 64 id 903 df interface 2");
}

static void test_not_proven(void)
{
    /* The server's file ends before the reset. */
    script_check("app_abort never injected", CLIENT_TALK, "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1",
                 SERVER_TALK);
    /* The server's capture has a hole elsewhere: it may have lost the reset too. */
    script_check("* never injected", CLIENT_TALK,
                 "2.000 S>C P. 5201 ack 1101 len 10 win 501 ttl 63 id 905 df interface 1",
                 "2.001 C>S . 1101 ack 5211 win 502 ttl 64 id 104 df interface 1",
                 "3.010 S>C R. 5211 ack 1101 ttl 63 id 777 df interface 1", SERVER_TALK,
                 "140.100 C>S . 1101 ack 5201 ttl 63 id 106 df interface 2");
    /* The server's point recorded only what the client sends. */
    script_check("* never injected", CLIENT_TALK, "3.010 S>C R. 5201 ack 1101 ttl 63 id 777 df interface 1",
                 "137.010 C>S S 1000 mss 1460 ttl 63 id 100 df interface 2",
                 "137.031 C>S . 1001 ack 5001 win 502 ttl 63 id 101 df interface 2",
                 "137.040 C>S P. 1001 ack 5001 len 100 win 502 ttl 63 id 102 df interface 2",
                 "137.071 C>S . 1101 ack 5201 win 502 ttl 63 id 103 df interface 2",
                 "150.071 C>S . 1101 ack 5201 win 502 ttl 63 id 109 df interface 2");
    /* Nor does a reset that only its sender's point shows accuse anybody: it was lost on the way. */
    script_check("app_abort by server never injected", CLIENT_TALK,
                 "8.000 C>S P. 1101 ack 5201 len 9 win 502 ttl 64 id 104 df interface 1", SERVER_TALK,
                 "140.000 S>C R. 5201 ack 1101 ttl 64 id 903 df interface 2");
}

/* The ports are used again, and the server's point has lost the new SYN: there the reset belongs to the old connection,
 * at the client's point to the new one. */
static void test_reused(void)
{
    script_check(
        "#1 half_open_discovery by client; #2 * innocent never injected", "0.000 B>S S 700 mss 1460 ttl 63 interface 2",
        "0.000 C>S S 1000 mss 1460 ttl 64 ts 100:0 interface 1",
        "0.001 S>C S. 5000 ack 1001 mss 1460 ttl 63 ts 900:100 interface 1",
        "0.0011 C>S . 1001 ack 5001 win 502 ttl 64 ts 101:900 interface 1",
        "0.002 C>S P. 1001 ack 5001 len 64 win 502 ttl 64 ts 102:900 interface 1",
        "0.004 S>C . 5001 ack 1065 win 501 ttl 63 ts 902:102 interface 1",
        "0.0045 S>C P. 5001 ack 1065 len 51 win 501 ttl 63 ts 903:102 interface 1",
        "0.0046 C>S . 1065 ack 5052 win 502 ttl 64 ts 105:903 interface 1",
        "1.636 C>S S 90000 mss 1460 ttl 64 ts 1700:0 interface 1",
        "1.6375 S>C . 5052 ack 1065 win 501 ttl 63 ts 2500:105 interface 1",
        "1.6376 C>S R 1065 win 0 ttl 64 interface 1", "1.648 C>S S 90000 mss 1460 ttl 64 ts 1750:0 interface 1",
        "1.650 S>C S. 70000 ack 90001 mss 1460 ttl 63 ts 2550:1750 interface 1",
        "1.6501 C>S . 90001 ack 70001 win 502 ttl 64 ts 1751:2550 interface 1",
        "9.000 B>S S 80000 mss 1460 ttl 64 interface 1", "137.0007 C>S S 1000 mss 1460 ttl 63 ts 100:0 interface 2",
        "137.0008 S>C S. 5000 ack 1001 mss 1460 ttl 64 ts 900:100 interface 2",
        "137.002 C>S . 1001 ack 5001 win 502 ttl 63 ts 101:900 interface 2",
        "137.0029 C>S P. 1001 ack 5001 len 64 win 502 ttl 63 ts 102:900 interface 2",
        "137.003 S>C . 5001 ack 1065 win 501 ttl 64 ts 902:102 interface 2",
        "137.004 S>C P. 5001 ack 1065 len 51 win 501 ttl 64 ts 903:102 interface 2",
        "137.005 C>S . 1065 ack 5052 win 502 ttl 63 ts 105:903 interface 2",
        "138.637 S>C . 5052 ack 1065 win 501 ttl 64 ts 2500:105 interface 2",
        "138.638 C>S R 1065 win 0 ttl 63 interface 2", "138.649 C>S S 90000 mss 1460 ttl 63 ts 1750:0 interface 2",
        "138.6495 S>C S. 70000 ack 90001 mss 1460 ttl 64 ts 2550:1750 interface 2",
        "138.651 C>S . 90001 ack 70001 win 502 ttl 63 ts 1751:2550 interface 2",
        "146.000 B>S S 80000 mss 1460 ttl 63 interface 2");
}

static void test_translated(void)
{
    /* The server knows the client by another address; the pair of initial sequence numbers joins the two. */
    script_check("#1 app_abort by client first; #2 app_abort by client follower",
                 "0.000 A>S S 1000 mss 1460 ttl 64 id 100 df interface 1",
                 "0.001 B>S S 1000 mss 1460 ttl 63 id 100 df interface 2",
                 "0.002 S>B S. 5000 ack 1001 mss 1460 ttl 64 id 900 df interface 2",
                 "0.003 S>A S. 5000 ack 1001 mss 1460 ttl 63 id 900 df interface 1",
                 "0.004 A>S . 1001 ack 5001 ttl 64 id 101 df interface 1",
                 "0.005 B>S . 1001 ack 5001 ttl 63 id 101 df interface 2",
                 "1.000 A>S R. 1001 ack 5001 ttl 64 id 102 df interface 1",
                 "1.001 B>S R. 1001 ack 5001 ttl 63 id 102 df interface 2");
}

static void test_rewritten(void)
{
    /* A device gives one segment another number, and the client resets what it cannot place. */
    script_check("header_rewritten 95-99 by client", CLIENT_TALK,
                 "1.000 S>C P. 905201 ack 1101 len 60 win 501 ttl 63 id 903 df interface 1",
                 "1.001 C>S R 1101 ttl 64 interface 1", SERVER_TALK,
                 "137.990 S>C P. 5201 ack 1101 len 60 win 501 ttl 64 id 903 df interface 2",
                 "138.011 C>S R 1101 ttl 63 interface 2");
    /* Somebody imitates a packet that arrived as it was as well: nothing was changed. */
    script_check("* never header_rewritten", CLIENT_TALK,
                 "1.000 S>C P. 5201 ack 1101 len 60 win 501 ttl 63 id 903 df interface 1",
                 "1.001 C>S . 1101 ack 5261 win 501 ttl 64 id 104 df interface 1",
                 "1.020 S>C P. 905201 ack 1101 len 60 win 501 ttl 63 id 903 df interface 1",
                 "1.021 C>S R 1101 ttl 64 interface 1", SERVER_TALK,
                 "137.990 S>C P. 5201 ack 1101 len 60 win 501 ttl 64 id 903 df interface 2",
                 "138.010 C>S . 1101 ack 5261 win 501 ttl 63 id 104 df interface 2",
                 "138.031 C>S R 1101 ttl 63 interface 2");
}

/* The device changed what the client's ACK says: the server rejects it. */
static void test_rewritten_ack(void)
{
    script_check("header_rewritten 95-99 by server", CLIENT_TALK,
                 "1.000 C>S P. 1101 ack 5201 len 60 win 501 ttl 64 id 110 df interface 1",
                 "1.021 S>C R 905201 ttl 63 interface 1", SERVER_TALK,
                 "138.010 C>S P. 1101 ack 905201 len 60 win 501 ttl 63 id 110 df interface 2",
                 "138.0101 S>C R 905201 ttl 64 interface 2");
}

/* A window that was open when the server sent it arrived closed, and the client gave up. */
static void test_rewritten_window(void)
{
    script_check("header_rewritten 95-99 by client", "0.000 B>S S 700 mss 1460 ttl 63 interface 2", CLIENT_TALK,
                 "1 C>S P. 1101 ack 5201 len 400 win 502 ttl 64 id 109 interface 1",
                 "1.02 S>C . 5201 ack 1501 win 0 ttl 63 id 903 interface 1",
                 "2 C>S . 1500 ack 5201 win 502 ttl 64 id 110 interface 1",
                 "4 C>S . 1500 ack 5201 win 502 ttl 64 id 111 interface 1",
                 "8 C>S . 1500 ack 5201 win 502 ttl 64 id 112 interface 1",
                 "16 C>S . 1500 ack 5201 win 502 ttl 64 id 113 interface 1",
                 "32 C>S . 1500 ack 5201 win 502 ttl 64 id 114 interface 1",
                 "64 C>S R. 1501 ack 5201 ttl 64 id 115 interface 1", SERVER_TALK,
                 "138.01 C>S P. 1101 ack 5201 len 400 win 502 ttl 63 id 109 interface 2",
                 "138.011 S>C . 5201 ack 1501 win 700 ttl 64 id 903 interface 2",
                 "139.01 C>S . 1500 ack 5201 win 502 ttl 63 id 110 interface 2",
                 "141.01 C>S . 1500 ack 5201 win 502 ttl 63 id 111 interface 2",
                 "145.01 C>S . 1500 ack 5201 win 502 ttl 63 id 112 interface 2",
                 "153.01 C>S . 1500 ack 5201 win 502 ttl 63 id 113 interface 2",
                 "169.01 C>S . 1500 ack 5201 win 502 ttl 63 id 114 interface 2",
                 "201.01 C>S R. 1501 ack 5201 ttl 63 id 115 interface 2");
}

/* The SYN-ACK echoes a timestamp that the client never sent: a device changed it on its way to the server. */
static void test_rewritten_stamp(void)
{
    script_check("header_rewritten 95-99 by client", "0.000 B>S S 1000 mss 1460 ttl 64 id 100 df ts 500:0 interface 1",
                 "0.001 B>S S 1000 mss 1460 ttl 63 id 100 df ts 500:0 interface 2",
                 "0.002 C>S S 1000 mss 1460 ttl 64 id 200 df ts 777000:0 interface 1",
                 "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 63 id 901 df ts 300:77 interface 1",
                 "0.0201 C>S R 1001 ttl 64 id 201 interface 1",
                 "0.010 C>S S 1000 mss 1460 ttl 63 id 200 df ts 77:0 interface 2",
                 "0.0101 S>C S. 5000 ack 1001 mss 1460 ttl 64 id 901 df ts 300:77 interface 2",
                 "0.031 C>S R 1001 ttl 63 id 201 interface 2");
}

/* The server's point shows other connections of the two hosts, but neither the SYN nor its refusal. */
static void test_refused_on_the_way(void)
{
    script_check("firewall_reject 95-99 by middlebox pattern absent_at_sender",
                 "0.000 C:41000>S:443 S 1000 mss 1460 ttl 64 id 1 interface 1",
                 "+0.001 C:41000>S:443 S 1000 mss 1460 ttl 63 id 1 interface 2",
                 "+0.001 S:443>C:41000 S. 5000 ack 1001 mss 1460 ttl 64 id 2 interface 2",
                 "+0.001 S:443>C:41000 S. 5000 ack 1001 mss 1460 ttl 63 id 2 interface 1",
                 "+0.001 C:41000>S:443 . 1001 ack 5001 ttl 64 id 3 interface 1",
                 "+0.001 C:41000>S:443 . 1001 ack 5001 ttl 63 id 3 interface 2",
                 "+1.000 C:41001>S:80 S 1000 mss 1460 ttl 64 id 4 interface 1",
                 "+0.001 C:41001>S:80 S 1000 mss 1460 ttl 63 id 4 interface 2",
                 "+0.001 S:80>C:41001 S. 5000 ack 1001 mss 1460 ttl 64 id 5 interface 2",
                 "+0.001 S:80>C:41001 S. 5000 ack 1001 mss 1460 ttl 63 id 5 interface 1",
                 "+0.001 C:41001>S:80 . 1001 ack 5001 ttl 64 id 6 interface 1",
                 "+0.001 C:41001>S:80 . 1001 ack 5001 ttl 63 id 6 interface 2",
                 "+1.000 C:41002>S:8443 S 9000 mss 1460 ttl 64 id 7 interface 1",
                 "+0.001 S:8443>C:41002 R. =0 ack 9001 win 0 ttl 64 id 8 interface 1",
                 "+1.000 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 64 id 9 interface 1",
                 "+0.001 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 63 id 9 interface 2");
}

/* An ordinary connection of the client, at both points. */
#define WITNESS(port, from, time)                                                                                      \
    time " C:" from ">S:" port " S 1000 mss 1460 ttl 64 id 1 interface 1",                                             \
        "+0.001 C:" from ">S:" port " S 1000 mss 1460 ttl 63 id 1 interface 2",                                        \
        "+0.001 S:" port ">C:" from " S. 5000 ack 1001 mss 1460 ttl 64 id 2 interface 2",                              \
        "+0.001 S:" port ">C:" from " S. 5000 ack 1001 mss 1460 ttl 63 id 2 interface 1",                              \
        "+0.001 C:" from ">S:" port " . 1001 ack 5001 ttl 64 id 3 interface 1",                                        \
        "+0.001 C:" from ">S:" port " . 1001 ack 5001 ttl 63 id 3 interface 2"
#define ELSEWHERE(from)                                                                                                \
    "+0.001 C:" from ">T S 1000 ttl 64 interface 1", "+0.001 T>C:" from " S. 5000 ack 1001 ttl 60 interface 1"
#define FOURTEEN_ELSEWHERE                                                                                             \
    ELSEWHERE("1"), ELSEWHERE("2"), ELSEWHERE("3"), ELSEWHERE("4"), ELSEWHERE("5"), ELSEWHERE("6"), ELSEWHERE("7"),    \
        ELSEWHERE("8"), ELSEWHERE("9"), ELSEWHERE("10"), ELSEWHERE("11"), ELSEWHERE("12"), ELSEWHERE("13"),            \
        ELSEWHERE("14")
#define REFUSED_AT(syn, reset)                                                                                         \
    syn " C:41002>S:8443 S 9000 mss 1460 ttl 64 id 7 interface 1",                                                     \
        reset " S:8443>C:41002 R. =0 ack 9001 win 0 ttl 64 id 8 interface 1"
#define REFUSED REFUSED_AT("1.999", "2.000")
#define SEEN_AT_BOTH(time) time " C:9>T S 1000 ttl 64 id 50 interface 1", "+0.001 C:9>T S 1000 ttl 63 id 50 interface 2"
#define RECORDS_ON                                                                                                     \
    "3.000 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 64 id 9 interface 1",                                              \
        "+0.001 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 63 id 9 interface 2"

/* Which connections say what the server's point recorded: those just before the refused one, and those soon after. */
static void test_witnesses(void)
{
    /* Two of different ports, or one of the same port. */
    script_check("closed_port 50-50 by unknown", WITNESS("443", "41000", "0"), REFUSED, RECORDS_ON);
    script_check("firewall_reject 95-99 by middlebox", WITNESS("443", "41000", "0"), WITNESS("8443", "41001", "1"),
                 REFUSED, RECORDS_ON);
    /* Five minutes after it, and later. */
    script_check("firewall_reject 95-99 by middlebox", WITNESS("443", "41000", "0"), REFUSED, RECORDS_ON,
                 WITNESS("80", "41001", "302.000"));
    script_check("closed_port 50-50 by unknown", WITNESS("443", "41000", "0"), REFUSED, RECORDS_ON,
                 WITNESS("80", "41001", "302.001"));
    /* The latest segment five minutes before it, and longer ago. */
    script_check("firewall_reject 95-99 by middlebox", WITNESS("443", "41000", "0"), WITNESS("80", "41001", "100"),
                 REFUSED_AT("299.004", "300.004"), SEEN_AT_BOTH("301"));
    script_check("closed_port 50-50 by unknown", WITNESS("443", "41000", "0"), WITNESS("80", "41001", "100"),
                 REFUSED_AT("299.005", "300.005"), SEEN_AT_BOTH("301"));
    /* The sixteenth connection before it, and the seventeenth. */
    script_check("firewall_reject 95-99 by middlebox", WITNESS("443", "41000", "0"), WITNESS("80", "41001", "1"),
                 FOURTEEN_ELSEWHERE, REFUSED, RECORDS_ON);
    script_check("closed_port 50-50 by unknown", WITNESS("443", "41000", "0"), WITNESS("80", "41001", "1"),
                 FOURTEEN_ELSEWHERE, ELSEWHERE("15"), REFUSED, RECORDS_ON);
    /* As many after it. */
    script_check("firewall_reject 95-99 by middlebox", WITNESS("443", "41000", "0"), REFUSED, RECORDS_ON,
                 FOURTEEN_ELSEWHERE, ELSEWHERE("15"), WITNESS("80", "41001", "+1"));
    script_check("closed_port 50-50 by unknown", WITNESS("443", "41000", "0"), REFUSED, RECORDS_ON, FOURTEEN_ELSEWHERE,
                 ELSEWHERE("15"), ELSEWHERE("16"), WITNESS("80", "41001", "+1"));
}

static void test_stated(void)
{
    static const struct {
        const char *entry;
        bool good;
    } cases[] = {
        {"client=0", true},   {"server=1,2", true},   {"MIDDLE=3-5", true}, {"point=6,", true},   {"client", false},
        {"left=0", false},    {"client=", false},     {"client=x", false},  {"client=99", false}, {"client=3-1", false},
        {"client=1-", false}, {"client=1-99", false}, {"=1", false},        {"client=-1", false},
    };
    rst_points_t *points = g_new0(rst_points_t, 1);
    rst_file_t file = {.prefs = rst_prefs_default()};

    file.prefs.point_ends = "client=0, server=1-2;nonsense";
    rst_points_open(points, &file, NULL, NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].entry);
        g_assert_true(rst_point_ends_state(&points->ends, cases[i].entry, (unsigned)i) == cases[i].good);
    }
    rst_points_close(points);
    memset(points, 0, sizeof *points);
    rst_points_open(points, &file, NULL, NULL, NULL);
    g_assert_cmpuint(points->ends.end[0], ==, RST_END_CLIENT);
    g_assert_cmpuint(points->ends.end[2], ==, RST_END_SERVER);
    g_assert_cmpint(rst_points_relation(points, 1, 2), ==, RST_RELATION_TOGETHER);
    g_assert_cmpint(rst_points_relation(points, 0, 2), ==, RST_RELATION_APART);
    g_assert_cmpint(rst_points_relation(points, 0, 3), ==, RST_RELATION_UNKNOWN);
    g_assert_cmpuint(rst_points_lowest(points, 2), ==, 1);
    points->mode = RST_POINTS_EVERY;
    g_assert_cmpint(rst_points_relation(points, 0, 3), ==, RST_RELATION_APART);
    points->mode = RST_POINTS_ONE;
    g_assert_cmpint(rst_points_relation(points, 0, 2), ==, RST_RELATION_TOGETHER);
    rst_points_close(points);
    g_free(points);
}

static void test_one_point(void)
{
    /* A TAP: one direction on each interface. */
    script_check(
        "app_abort 60-75 by client ordinal 1 first", "0.000 C>S S 1000 ttl 60 id 100 interface 1",
        "0.020 S>C S. 5000 ack 1001 ttl 60 id 900 interface 2", "0.021 C>S . 1001 ack 5001 ttl 60 id 101 interface 1",
        "0.030 C>S P. 1001 ack 5001 len 100 ttl 60 id 102 interface 1",
        "0.050 S>C P. 5001 ack 1101 len 20 ttl 60 id 901 interface 2",
        "0.051 C>S . 1101 ack 5021 ttl 60 id 103 interface 1", "4.000 C>S R. 1101 ack 5021 ttl 60 id 104 interface 1");
    /* A container host shows each packet on veth and eth0 within microseconds: one reset, and a copy. */
    script_check("#1 app_abort first; #2 duplicate follower", "0.000000 C>S S 1000 ttl 64 id 100 interface 1",
                 "0.000010 C>S S 1000 ttl 63 id 100 interface 2",
                 "0.020 S>C S. 5000 ack 1001 ttl 54 id 900 interface 2",
                 "0.020010 S>C S. 5000 ack 1001 ttl 53 id 900 interface 1",
                 "0.021000 C>S . 1001 ack 5001 ttl 64 id 101 interface 1",
                 "0.021010 C>S . 1001 ack 5001 ttl 63 id 101 interface 2",
                 "4.000000 C>S R. 1001 ack 5001 ttl 64 id 102 interface 1",
                 "4.000010 C>S R. 1001 ack 5001 ttl 63 id 102 interface 2");
}

static void test_lost(void)
{
    script_check("retransmission_timeout 95-99 by client pattern lost_between_points", CLIENT_TALK,
                 "1 C>S P. 1101 ack 5201 len 50 ttl 64 id 110 interface 1",
                 "1.3 C>S P. 1101 ack 5201 len 50 ttl 64 id 111 interface 1",
                 "1.9 C>S P. 1101 ack 5201 len 50 ttl 64 id 112 interface 1",
                 "3.1 C>S P. 1101 ack 5201 len 50 ttl 64 id 113 interface 1",
                 "5.5 C>S P. 1101 ack 5201 len 50 ttl 64 id 114 interface 1",
                 "10.3 C>S P. 1101 ack 5201 len 50 ttl 64 id 115 interface 1",
                 "19.9 C>S R. 1151 ack 5201 ttl 64 id 116 interface 1", SERVER_TALK,
                 "300 S>C P. 5201 ack 1101 len 5 ttl 64 id 903 interface 2");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/points/sent_by_host", test_sent_by_host},
        {"/points/injected", test_injected},
        {"/points/ports_used_again", test_ports_used_again},
        {"/points/both_ends", test_both_ends},
        {"/points/beyond_both", test_beyond_both},
        {"/points/not_proven", test_not_proven},
        {"/points/reused", test_reused},
        {"/points/translated", test_translated},
        {"/points/rewritten", test_rewritten},
        {"/points/rewritten_ack", test_rewritten_ack},
        {"/points/rewritten_window", test_rewritten_window},
        {"/points/rewritten_stamp", test_rewritten_stamp},
        {"/points/refused_on_the_way", test_refused_on_the_way},
        {"/points/witnesses", test_witnesses},
        {"/points/stated", test_stated},
        {"/points/one_point", test_one_point},
        {"/points/lost", test_lost},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
