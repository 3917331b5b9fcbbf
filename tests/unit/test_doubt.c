/* test_doubt.c
 * Captures that show less: no clock, cut options, lost packets, one hop off, copies. A verdict may become less certain,
 * it may not become confidently wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define OPEN_AT(t) t " C>S S 1000 id 1", t " S>C S. 5000 ack 1001", t " C>S . 1001 ack 5001 id 2"
#define TALK_AT(t) OPEN_AT(t), t " C>S P. 1001 ack 5001 len 10 id 3", t " S>C P. 5001 ack 1011 len 10 id 9",            \
    t " C>S . 1011 ack 5011 id 4"

static void test_standing_clock(void)
{
    /* Every packet bears one stamp: no test on time may hold. */
    script_check("app_abort 40-50 alt retransmission_timeout", TALK_AT("1"), "1 C>S P. 1011 ack 5011 len 10 id 5",
                 "1 C>S P. 1011 ack 5011 len 10 id 6", "1 C>S P. 1011 ack 5011 len 10 id 7",
                 "1 C>S P. 1011 ack 5011 len 10 id 8", "1 C>S P. 1011 ack 5011 len 10 id 9",
                 "1 C>S P. 1011 ack 5011 len 10 id 10", "1 C>S R. 1021 ack 5011 id 11");
    /* The sender goes on, but that may have been under way. */
    script_check("app_abort 40-50", TALK_AT("1"), "1 S>C R. 5011 ack 1011", "1 S>C P. 5011 ack 1011 len 10 id 12");
    script_check("* not unread_data", OPEN_AT("1"), "1 C>S P. 1001 ack 5001 len 10 id 3", "1 S>C R. 5001 ack 1011");
    /* With a clock they do. */
    script_check("unread_data", OPEN_AT("1"), "1.5 C>S P. 1001 ack 5001 len 10 id 3", "1.501 S>C R. 5001 ack 1011");
}

/* Timestamps are in use; the server is ten hops away. */
#define STAMPED "0 C>S S 1000 ttl 64 ts 1:0", "0.02 S>C S. 5000 ack 1001 ttl 54 ts 50:1",                              \
    "0.03 C>S . 1001 ack 5001 ttl 64 ts 2:50", "1 C>S P. 1001 ack 5001 len 10 ttl 64 ts 10:50",                        \
    "1.02 S>C P. 5001 ack 1011 len 20 ttl 54 ts 60:10", "1.03 C>S . 1011 ack 5021 ttl 64 ts 11:60"

static void test_cut_options(void)
{
    /* Another distance, and a timestamp that may have been cut off: rerouted or injected, nobody is accused. */
    script_check("* not injected by server", STAMPED, "2 S>C R. 5021 ack 1011 ttl 47 noopt");
    script_check("injected by middlebox", STAMPED, "2 S>C R. 5021 ack 1011 ttl 47");
    /* More than a timestamp was cut off: MPTCP may have stated the reason. */
    script_check("app_abort 40-50", STAMPED, "2 S>C R. 5021 ack 1011 ttl 54 more");
    script_check("app_abort 60-85", STAMPED, "2 S>C R. 5021 ack 1011 ttl 54 noopt");
    /* Options of the SYN-ACK that were not captured may be what the client could not accept. */
    script_check("connect_aborted 40-50", "0 C>S S 1000 noopt", "0.02 S>C S. 5000 ack 1001 noopt", "0.021 C>S R 1001");
    script_check("connect_aborted 51-60", "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 1001");
}

#define REPEATED(time, id) time " C>S P. 1101 ack 5201 len 40 ttl 128 id " id

static void test_lost_packets(void)
{
    /* The capture lost packets before the reset: the FIN may be among them. */
    script_check("no_connection 40-50", SCRIPT_TALK, "2 C>S P. 4101 ack 5201 len 100 ttl 64 id 120",
                 "2.02 S>C R 5201 ttl 54 id 0");
    script_check("no_connection 59-69", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 100 ttl 64 id 104",
                 "2.02 S>C R 5201 ttl 54 id 0");
    /* The SYN-ACK is missing: who knows what else. */
    script_check("no_connection 40-50 by server", "0 C>S S 1000", "0.02 C>S . 1001 ack 5001", "0.04 S>C R 5001");
    /* The other attempt of a Windows client may be missing; to another port there is none. */
    script_check("connect_aborted 40-50 by client alt smb_dual_connect", "0 C>S:139 S 1000",
                 "0.02 S:139>C S. 5000 ack 1001", "0.021 C>S:139 R 1001");
    script_check("connect_aborted 51-60 not smb_dual_connect", "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001",
                 "0.021 C>S R 1001");
    /* Two of the copies are missing, as the waits show; equal waits after one that is no multiple show nothing. */
    script_check("retransmission_timeout 55-69 by client retx 6", SCRIPT_TALK, REPEATED("1", "301"),
                 REPEATED("2", "302"), REPEATED("4", "303"), REPEATED("8", "304"), REPEATED("16", "305"),
                 REPEATED("48", "306"), REPEATED("64", "307"), "80 C>S R. 1141 ack 5201 ttl 128 id 308");
    script_check("* not retransmission_timeout", SCRIPT_TALK, REPEATED("1", "301"), REPEATED("2", "302"),
                 REPEATED("4", "303"), REPEATED("8", "304"), REPEATED("16", "305"), REPEATED("40", "306"),
                 REPEATED("56", "307"), "72 C>S R. 1141 ack 5201 ttl 128 id 308");
    /* Whoever has data outstanding repeats them: the copies are missing, or the answer. */
    script_check("app_abort 40-49 by client", SCRIPT_TALK, REPEATED("1", "301"), "64 C>S R. 1141 ack 5201 ttl 128 id 308");
    script_check("app_abort 40-49 by client", SCRIPT_TALK, REPEATED("1", "301"), REPEATED("2", "302"),
                 "20 C>S R. 1141 ack 5201 ttl 128 id 308");
    script_check("app_abort 70-80 by client", SCRIPT_TALK, REPEATED("1", "301"), "3 C>S R. 1141 ack 5201 ttl 128 id 308");
    /* The ACK before the silence is missing: probes of one byte are no retransmissions of the segment that ends there. */
    script_check("keepalive_timeout by client probes 4", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 40 id 301",
                 "30 C>S . 1140 ack 5201 len 1 id 302", "31 C>S . 1140 ack 5201 len 1 id 303",
                 "32 C>S . 1140 ack 5201 len 1 id 304", "33 C>S . 1140 ack 5201 len 1 id 305",
                 "34 C>S R. 1141 ack 5201 id 306");
    script_check("* not keepalive_timeout", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 40 id 301",
                 "1.1 C>S P. 1141 ack 5201 len 1 id 302", "31 C>S P. 1141 ack 5201 len 1 id 303",
                 "32 C>S P. 1141 ack 5201 len 1 id 304", "33 C>S P. 1141 ack 5201 len 1 id 305",
                 "34 C>S R. 1142 ack 5201 id 306");
    /* The old connection's FIN may be missing. */
    script_check("half_open_discovery 40-49", SCRIPT_TALK, "2 C>S P. 4101 ack 5201 len 100 ttl 64 id 120",
                 "9 C>S S 900000", "9.02 S>C R. =0 ack 900001");
    script_check("half_open_discovery 75-85", SCRIPT_TALK, "9 C>S S 900000", "9.02 S>C R. =0 ack 900001");
    /* Begun with the segment that is answered. */
    script_check("no_connection 40-50", "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C R 5001");
}

/* Ten hops away, by four segments. */
#define SETTLED SCRIPT_TALK, "0.5 C>S P. 1101 ack 5201 len 100 win 502 ttl 64 id 104 df",                             \
    "0.52 S>C P. 5201 ack 1201 len 200 win 501 ttl 54 id 203 df", "0.53 C>S . 1201 ack 5401 ttl 64 id 105 df"

static void test_one_hop(void)
{
    /* A live connection would answer with an ACK, and the answer comes from one hop before the host: a filter there. */
    script_check("policy_reset 50-60 by middlebox trigger 11 alt no_connection", SETTLED,
                 "0.9 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "0.902 S>C R 5401 ttl 55 id 0");
    /* As late as the host itself: nobody is accused. */
    script_check("no_connection 40-50 by server alt policy_reset", SETTLED,
                 "0.9 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "0.92 S>C R 5401 ttl 55 id 0");
    /* The same from the host's own distance, or from behind it. */
    script_check("no_connection 59-69 by server not policy_reset", SETTLED,
                 "0.9 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "0.92 S>C R 5401 ttl 54 id 0");
    script_check("no_connection 40-50 by server", SETTLED,
                 "0.9 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "0.92 S>C R 5401 ttl 53 id 0");
    /* After a silence the host may have restarted behind another route. */
    script_check("no_connection 40-50 by server alt device_idle_timeout", SETTLED,
                 "90 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "90.02 S>C R 5401 ttl 55 id 0");
    /* Nearer by several hops: a rejecting filter, not a forger, who would not wait for a segment. */
    script_check("policy_reset 50-60 by middlebox", SETTLED,
                 "0.9 C>S P. 1201 ack 5401 len 100 win 502 ttl 64 id 106 df", "0.92 S>C R 5401 ttl 58 id 0");
    script_check("injected by middlebox", SETTLED, "0.92 S>C R. 5401 ack 1201 ttl 58 id 7");
}

/* Ten hops away, 20 ms; a forger of bare resets does not wait for a segment, and its initial TTL may lie lower. */
static void test_out_of_step(void)
{
    script_check("injected 40-49 by unknown alt no_connection", SETTLED, "0.534 S>C R 5401 ttl 52 id 4711");
    script_check("injected 40-49 by unknown alt no_connection", SETTLED, "0.68 S>C R 5401 ttl 52 id 4711");
    /* After one round trip it may be an answer of another host, of the usual distance even of this one. */
    script_check("no_connection 40-50 by server not injected", SETTLED, "0.55 S>C R 5401 ttl 52 id 4711");
    script_check("no_connection 59-69 by server", SETTLED, "0.55 S>C R 5401 ttl 54 id 0");
    /* At its own next number and answering nothing: one hop off, no host does that. */
    script_check("app_abort 40-49 not no_connection", SETTLED, "0.9 S>C R 5401 ttl 53 id 4711");
}

/* Four handshakes of 80 ms. */
#define TAKES_EIGHTY_MS(t, port)                                                                                      \
    t " C:" port ">S S 1000 ttl 64", t "8 S>C:" port " S. 5000 ack 1001 ttl 54",                                       \
        t "81 C:" port ">S . 1001 ack 5001 ttl 64"
#define EIGHTY_MS                                                                                                      \
    TAKES_EIGHTY_MS("0.0", "1"), TAKES_EIGHTY_MS("0.1", "2"), TAKES_EIGHTY_MS("0.2", "3"), TAKES_EIGHTY_MS("1.0", "4"), \
        "1.1 C:4>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64"

static void test_acknowledged_too_soon(void)
{
    /* It acknowledges data that cannot have arrived yet, though it imitates the server's TTL. */
    script_check("policy_reset 70-80 by middlebox", EIGHTY_MS, "1.102 S>C:4 R. 5001 ack 1015 ttl 54");
    script_check("* by server not policy_reset", EIGHTY_MS, "1.182 S>C:4 R. 5001 ack 1015 ttl 54");
    /* It does not acknowledge them: an abort that crossed the request. */
    script_check("* by server not policy_reset", EIGHTY_MS, "1.102 S>C:4 R. 5001 ack 1001 ttl 54");
    /* The first copy had the time. */
    script_check("* by server not policy_reset", EIGHTY_MS, "1.18 C:4>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "1.182 S>C:4 R. 5001 ack 1015 ttl 54");
}

static void test_doubled(void)
{
    /* Everything twice, no IP IDs: the second of each is a copy, the third packet is another reset. */
    script_check("#1 * not duplicate; #2 duplicate; #3 segment_after_reset not duplicate; #4 duplicate",
                 "0 S>C P. 5001 ack 1001 len 10", "0.00001 S>C P. 5001 ack 1001 len 10",
                 "0.2 C>S . 1001 ack 5011 len 10 id 5", "0.20001 C>S . 1001 ack 5011 len 10 id 5",
                 "0.20002 C>S . 1011 ack 5011 len 10 id 6", "0.20003 C>S . 1011 ack 5011 len 10 id 6",
                 "0.20004 S>C R 5011 id 0", "0.20005 S>C R 5011 id 0", "0.20006 S>C R 5011 id 0",
                 "0.20007 S>C R 5011 id 0");
}

/* The client closes first and waits in TIME-WAIT; both FINs are acknowledged. */
#define BOTH_CLOSED SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104", "1.02 S>C . 5201 ack 1102 ttl 54",            \
    "1.1 S>C F. 5201 ack 1102 ttl 54", "1.101 C>S . 1102 ack 5202 ttl 64"

static void test_assassination_unseen(void)
{
    /* The old duplicate is not in this capture; TIME-WAIT does not speak unasked. */
    script_check("time_wait_assassination 60-80 by server", BOTH_CLOSED, "3 C>S . 1102 ack 5202 ttl 64",
                 "3.02 S>C R 5202 ttl 54");
    /* A FIN that was sent twice is acknowledged twice. */
    script_check("close_race", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104", "1.02 S>C . 5201 ack 1102 ttl 54",
                 "1.1 S>C F. 5201 ack 1102 ttl 54 id 7", "1.3 S>C F. 5201 ack 1102 ttl 54 id 8",
                 "1.301 C>S . 1102 ack 5202 ttl 64", "1.302 C>S . 1102 ack 5202 ttl 64 id 9", "1.303 S>C R 5202 ttl 54");
    /* Also when the second FIN came after its first ACK. */
    script_check("close_race", BOTH_CLOSED, "1.3 S>C F. 5201 ack 1102 ttl 54 id 8", "1.301 C>S . 1102 ack 5202 ttl 64",
                 "1.303 S>C R 5202 ttl 54");
    /* The first ACK of the FIN. */
    script_check("close_race", BOTH_CLOSED, "1.12 S>C R 5202 ttl 54");
}

static void test_restarted(void)
{
    /* lwIP sets ACK in every reset. Its counter of IP IDs begins anew: the device restarted. */
    script_check("no_connection 55-65 by server alt unread_data", "0 C>S S 1000",
                 "0.01 S>C S. 5000 ack 1001 win 5840 id 41", "0.02 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 10",
                 "1.01 S>C . 5001 ack 1011 win 5830 id 42", "1.02 S>C P. 5001 ack 1011 len 10 win 5840 id 43",
                 "1.03 C>S . 1011 ack 5011", "2 C>S P. 1011 ack 5011 len 10", "2.01 S>C R. 5011 ack 1021 win 5840 id 0");
    /* After three packets, and with a window that is only another one: a guess. */
    script_check("no_connection 40-49 by server alt unread_data", "0 C>S S 1000",
                 "0.01 S>C S. 5000 ack 1001 win 5840 id 0", "0.02 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 10",
                 "1.01 S>C . 5001 ack 1011 win 5830 id 1", "1.02 S>C P. 5001 ack 1011 len 10 win 5840 id 2",
                 "1.03 C>S . 1011 ack 5011", "2 C>S P. 1011 ack 5011 len 10", "2.01 S>C R. 5011 ack 1021 win 53270 id 0");
    script_check("unread_data", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 win 5840 id 0", "0.02 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.01 S>C . 5001 ack 1011 win 5830 id 1",
                 "1.02 S>C P. 5001 ack 1011 len 10 win 5840 id 2", "1.03 C>S . 1011 ack 5011",
                 "2 C>S P. 1011 ack 5011 len 10", "2.01 S>C R. 5011 ack 1021 win 5840 id 0 df");
    /* The counter goes on: its application closed without reading. */
    script_check("unread_data", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 win 5840 id 41", "0.02 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.01 S>C . 5001 ack 1011 win 5830 id 42",
                 "1.02 S>C P. 5001 ack 1011 len 10 win 5840 id 43", "1.03 C>S . 1011 ack 5011",
                 "2 C>S P. 1011 ack 5011 len 10", "2.01 S>C R. 5011 ack 1021 win 5840 id 44");
}

static void test_spoken_for(void)
{
    /* A block page and its reset from seven hops nearer, before the server can have answered; the server then speaks. */
    script_check("policy_reset 85-95 by middlebox", "0 C>S S 1000 ttl 64", "0.12 S>C S. 5000 ack 1001 ttl 44",
                 "0.121 C>S . 1001 ack 5001 ttl 64", "0.122 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "0.134 S>C FP. 5001 ack 1015 data 'HTTP/1.1 403 Forbidden' ttl 58", "0.135 S>C R. 5024 ack 1015 ttl 58",
                 "0.24 S>C . 5001 ack 1015 ttl 44");
    /* Only the server's direction was captured: it comes back from where its SYN-ACK came from. */
    script_check("policy_reset 70-80 by middlebox", "0.12 S>C S. 5000 ack 1001 ttl 44",
                 "0.134 S>C FP. 5001 ack 1015 data 'HTTP/1.1 403 Forbidden' ttl 58", "0.135 S>C R. 5024 ack 1015 ttl 58",
                 "0.24 S>C . 5001 ack 1015 ttl 44");
    script_check("* by server not policy_reset", "0.12 S>C S. 5000 ack 1001 ttl 44",
                 "0.134 S>C FP. 5001 ack 1015 data 'HTTP/1.1 403 Forbidden' ttl 44", "0.135 S>C R. 5024 ack 1015 ttl 44",
                 "0.24 S>C . 5001 ack 1015 ttl 44");
    /* Begun after the handshake: nothing tells which of the two is the server. */
    script_check("app_error 40-50", "0.122 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "0.134 S>C P. 5001 ack 1015 data 'HTTP/1.1 403 Forbidden' ttl 58", "0.135 S>C R. 5023 ack 1015 ttl 58",
                 "0.24 S>C . 5001 ack 1015 ttl 44");
    script_check("app_error 70-80", "0.122 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "0.134 S>C P. 5001 ack 1015 data 'HTTP/1.1 403 Forbidden' ttl 58", "0.135 S>C R. 5023 ack 1015 ttl 58",
                 "0.24 S>C . 5001 ack 1015 ttl 58");
    /* Sooner only. */
    script_check("policy_reset 70-80 by middlebox", "0 C>S S 1000 ttl 64", "0.15 S>C S. 5000 ack 1001 ttl 44",
                 "0.151 C>S . 1001 ack 5001 ttl 64", "0.152 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "0.156 S>C F. 5001 ack 1015 ttl 58", "0.157 S>C R 5002 ttl 58");
    /* A proxy in front answered the SYN; what comes from behind it is genuine, and so is what takes its time. */
    script_check("* by server not policy_reset", "0 C>S S 1000 ttl 64", "0.12 S>C S. 5000 ack 1001 ttl 58",
                 "0.121 C>S . 1001 ack 5001 ttl 64", "0.122 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64",
                 "0.25 S>C P. 5001 ack 1015 len 100 ttl 44", "0.26 S>C R. 5101 ack 1015 ttl 44");
}

static void test_unprovoked(void)
{
    /* No stack aborts with a bare reset: a device's timer, though a single one proves little. */
    script_check("app_timeout 40-49 by server alt device_idle_timeout tells Perhaps", SCRIPT_TALK,
                 "240.061 S>C R 5201 ttl 54");
    script_check("app_timeout 50-60 by server", SCRIPT_TALK, "240.061 S>C R. 5201 ack 1101 ttl 54");
    script_check("app_abort 45-55", SCRIPT_TALK, "2.5 S>C R 5201 ttl 54");
}

static void test_other_host(void)
{
    /* Two hops farther: no device on the way, another host of the same address. Nobody is accused. */
    script_check("session_failover 45-49 by server delta 2 alt no_connection", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "2.02 S>C R 5201 ttl 52");
    /* The first host goes on: it was not told that the other one was asked. */
    script_check("session_failover 45-55 by server", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104", "2.02 S>C R 5201 ttl 52",
                 "2.1 S>C P. 5201 ack 1101 len 10 ttl 54 id 300");
    /* Sooner than the host answers, or with the ACK flag and on its own: forged. */
    script_check("injected by middlebox", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "2.005 S>C R 5201 ttl 52", "2.1 S>C P. 5201 ack 1101 len 10 ttl 54 id 300");
    script_check("injected by middlebox", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 52",
                 "2.1 S>C P. 5201 ack 1101 len 10 ttl 54 id 300");
    /* The client is reset in the same moment: somebody between them did both. */
    script_check("#1 injected by middlebox", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "2.1 S>C R 5201 ttl 52", "2.101 C>S R. 1111 ack 5201 ttl 60");
    /* A TTL of 20 was chosen by the application (BGP): no distance follows from it. */
    script_check("no_connection by server delta none", "0 C>S S 1000 ttl 20", "0.02 S>C S. 5000 ack 1001 ttl 19",
                 "0.03 C>S . 1001 ack 5001 ttl 20", "1 S>C P. 5001 ack 1001 len 19 ttl 19", "1.01 C>S . 1001 ack 5020 ttl 20",
                 "60 C>S P. 1001 ack 5020 len 19 ttl 20", "60.02 S>C R 5020 ttl 63");
}

static void test_burst(void)
{
    /* The last shot of a forged burst is forged as well; what comes a round trip later is the server's. */
    script_check("#3 injected by middlebox; #4 injected by middlebox", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 6661 ack 1101", "2.0002 S>C R. 9581 ack 1101", "2.0003 S>C R 5201 win 1234");
    script_check("#4 segment_after_reset by server", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 6661 ack 1101", "2.0002 S>C R. 9581 ack 1101",
                 "2.01 C>S P. 1101 ack 5201 len 10 id 104", "2.03 S>C R 5201");
}

static void test_overtaken(void)
{
    /* The abort overtook its own last data, which end where it begins. */
    script_check("* by server not blind_reset not injected", SCRIPT_TALK, "2 S>C R. 7201 ack 1101 ttl 54",
                 "2.04 S>C . 5201 ack 1101 len 2000 ttl 54", "2.041 C>S . 1101 ack 7201", "2.2 C>S . 1101 ack 7201 id 7");
    /* Data beyond it: the sender goes on. */
    script_check("blind_reset", SCRIPT_TALK, "2 S>C R. 7201 ack 1101 ttl 54", "2.001 C>S . 1101 ack 5201 id 150",
                 "2.04 S>C . 5201 ack 1101 len 3000 ttl 54", "2.041 C>S . 1101 ack 8201 id 151");
    /* The same SYN is accepted a second later. */
    script_check("closed_port 40-50 alt resource_exhaustion", "0 C>S S 1000 id 1", "0.002 S>C R. =0 ack 1001",
                 "1 C>S S 1000 id 2", "1.02 S>C S. 5000 ack 1001");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/doubt/standing_clock", test_standing_clock },
        { "/doubt/cut_options", test_cut_options },
        { "/doubt/lost_packets", test_lost_packets },
        { "/doubt/one_hop", test_one_hop },
        { "/doubt/out_of_step", test_out_of_step },
        { "/doubt/acknowledged_too_soon", test_acknowledged_too_soon },
        { "/doubt/doubled", test_doubled },
        { "/doubt/assassination_unseen", test_assassination_unseen },
        { "/doubt/restarted", test_restarted },
        { "/doubt/spoken_for", test_spoken_for },
        { "/doubt/unprovoked", test_unprovoked },
        { "/doubt/other_host", test_other_host },
        { "/doubt/burst", test_burst },
        { "/doubt/overtaken", test_overtaken },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
