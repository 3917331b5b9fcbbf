/* test_active.c
 * Tests of the rules for resets that a host sends on its own account.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void test_app_abort(void)
{
    script_check("app_abort 70-80 by client phase established valid exact trigger 0 serious alt unread_data alt "
                 "admin_kill",
                 SCRIPT_TALK, "4 C>S R. 1101 ack 5201 ttl 64 id 104");
    script_check("app_abort 70-80 by server", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 ttl 54 id 203");
    /* Without the start of the connection the missing history could explain everything: less sure. */
    script_check("app_abort 45-50 by client", "0 S>C P. 5001 ack 1101 len 200", "0.01 C>S . 1101 ack 5201",
                 "4 C>S R. 1101 ack 5201");
    /* One direction only: the peer may have sent anything. Then both, and it had sent nothing. */
    script_check("app_abort 1-46 by client omits received", "0 C>S P. 1001 ack 5001 len 100",
                 "0.01 C>S . 1101 ack 5201", "4 C>S R. 1101 ack 5201");
    script_check("app_abort by client tells received", SCRIPT_OPEN, "1 C>S P. 1001 ack 5001 len 100",
                 "1.01 S>C . 5001 ack 1101", "1.02 C>S R. 1101 ack 5001");
    script_check("* 1-46 by client not unread_data", "0 C>S P. 1001 ack 5001 len 100", "0.01 C>S . 1101 ack 5201",
                 "4 C>S R. 1101 ack 5201");
    /* Segments are missing from the capture. */
    script_check("app_abort 1-45", SCRIPT_TALK, "1 S>C P. 5401 ack 1101 len 100", "1.001 C>S . 1101 ack 5501",
                 "4 C>S R. 1101 ack 5501");
    /* No times: a close, a timer or a health check would show in them. */
    script_check("app_abort 40-50", "- C>S S 1000", "- S>C S. 5000 ack 1001", "- C>S . 1001 ack 5001",
                 "- C>S P. 1001 ack 5001 len 9", "- S>C P. 5001 ack 1010 len 9", "- C>S . 1010 ack 5010",
                 "- C>S R. 1010 ack 5010");
    /* The last data before it was lost ahead of the capture point. */
    script_check("app_abort 45-60 by client", SCRIPT_TALK, "4 C>S R. 1151 ack 5201");
    /* Own data was still outstanding, and the number may be that of the first lost byte. */
    script_check("app_abort by server tells before", SCRIPT_TALK, "3 S>C P. 5301 ack 1101 len 50",
                 "3.01 S>C . 5351 ack 1101", "3.02 C>S F. 1101 ack 5201", "3.03 S>C . 5301 ack 1102",
                 "3.04 S>C R. 5301 ack 1102");
    script_check("app_abort 70-80", SCRIPT_TALK, "4 C>S P. 1101 ack 5201 len 50 id 104", "9.3 C>S R. 1151 ack 5201");
    script_check("app_abort 70-80 by server", SCRIPT_TALK, "4 S>C R. 5201 ack 1101");
    /* A request without its answer, after a wait that is no timer's. */
    script_check("app_abort 70-80 by client not app_timeout", SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 data 'GET / HTTP/1.1'", "1.02 S>C . 5201 ack 1115",
                 "4.57 C>S R. 1115 ack 5201");
    /* The peer's window stays closed, and one probe is no timeout. */
    script_check("app_abort 70-80 by client alt zero_window_timeout", SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 len 400 id 301", "1.02 S>C . 5201 ack 1501 win 0",
                 "2 C>S . 1500 ack 5201 id 302", "4.57 C>S R. 1501 ack 5201 id 303");
}

/* While the file is read, what comes later could still refute what is left by elimination. Other reasons are as good
 * then as later, and what was less sure anyway stays. */
static void test_app_abort_early(void)
{
    script_check("app_abort 75-75 early app_abort sure_early 69", SCRIPT_TALK, "4 C>S R. 1101 ack 5201");
    /* From 60 or from 64: the same distance, or another one. */
    script_check("* shows another hides Same", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 ttl 50 id 203");
    script_check("* shows Same hides another", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 ttl 54 id 203");
    /* The port was open before: whether it is so again, and the backlog was full, shows later. */
    script_check("closed_port sure_early 69", SCRIPT_TALK, "9 C:2>S S 1000 ttl 64 id 1",
                 "9.02 S>C:2 R. =0 ack 1001 ttl 54 id 0");
    script_check("closed_port sure_early 86", "9 C:2>S S 1000 ttl 64 id 1", "9.02 S>C:2 R. =0 ack 1001 ttl 54 id 0");
    script_check("#1 injected 50-99 early app_abort sure_early 69", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 54 id 900", "4.05 S>C P. 5201 ack 1101 len 50 ttl 54 id 203",
                 "4.051 C>S . 1101 ack 5251");
    script_check("app_abort 45-45 sure_early 45", SCRIPT_TALK, "4 C>S R. 1151 ack 5201");
    script_check("close_race 85-85 sure_early 85", SCRIPT_TALK, "1 S>C F. 5201 ack 1101", "1.001 C>S . 1101 ack 5202",
                 "1.002 C>S R. 1101 ack 5202");
}

static void test_app_abort_not(void)
{
    /* Above everything and without ACK flag, or far away: no host's own number. */
    script_check("* not app_abort", SCRIPT_TALK, "4 C>S R 1151");
    script_check("* not app_abort", SCRIPT_TALK, "4 C>S R. 90001101 ack 5201");
    script_check("* not app_abort", SCRIPT_TALK, "4 C>S R. 1050 ack 5201");
}

static void test_close_race(void)
{
    /* Windows: FIN of the peer, ACK, RST,ACK. */
    script_check("close_race 80-90 by client benign alt app_abort", SCRIPT_TALK, "1 S>C F. 5201 ack 1101",
                 "1.001 C>S . 1101 ack 5202",
                 "1.002 C>S R. 1101 ack 5202");
    /* Both FINs. */
    script_check("close_race 80-92 benign phase closed", SCRIPT_TALK, "1 S>C F. 5201 ack 1101",
                 "1.001 C>S F. 1101 ack 5202",
                 "1.002 C>S R. 1102 ack 5202");
    /* After the closing message of the peer, or the own one. */
    script_check("close_race 65-75 by client benign", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 hex 15030300020100",
                 "1.001 C>S R. 1101 ack 5208");
    script_check("close_race 50-60 by client benign", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 data 'QUIT rn'",
                 "1.02 S>C . 5201 ack 1108", "1.03 C>S R. 1108 ack 5201");
}

/* Who closed first had sent nothing: the reset loses nothing, but that is no reason to call it harmless. */
static void test_close_race_mute(void)
{
    script_check("close_race 80-90 by server serious tells without", SCRIPT_OPEN, "1 C>S F. 1001 ack 5001",
                 "1.02 S>C R. 5001 ack 1002");
    script_check("close_race 80-90 by server serious", SCRIPT_OPEN, "0.1 S>C P. 5001 ack 1001 len 30",
                 "0.101 C>S . 1001 ack 5031", "1 C>S F. 1001 ack 5031", "1.02 S>C R. 5031 ack 1002");
    /* The capture begins late: nobody knows. */
    script_check("close_race by server benign", "0 S>C P. 5001 ack 1001 len 30", "0.101 C>S . 1001 ack 5031",
                 "1 C>S F. 1001 ack 5031", "1.02 S>C R. 5031 ack 1002");
}

static void test_close_race_not(void)
{
    /* Long after the peer's FIN: the application held the socket. */
    script_check("app_abort", SCRIPT_TALK, "1 S>C F. 5201 ack 1101", "1.001 C>S . 1101 ack 5202",
                 "45.7 C>S R. 1101 ack 5202");
    /* Data was still unacknowledged and is lost. */
    script_check("* not close_race serious", SCRIPT_TALK, "1 S>C F. 5201 ack 1101",
                 "1.001 C>S P. 1101 ack 5202 len 900",
                 "1.002 C>S R. 2001 ack 5202");
    /* A fatal alert is no good-bye. */
    script_check("app_error", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 hex 15030300020228", "1.001 C>S R. 1101 ack 5208");
    /* A short alert that says nothing readable, one that is cut off. */
    script_check("* not app_error", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 hex 150303", "1.001 C>S R. 1101 ack 5204");
}

static void test_request_unanswered(void)
{
    /* A request, then the client's FIN, then the server's reset: the request was pending. */
    script_check("unread_data alt app_abort by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 data 'GET / HTTP/1.1'",
                 "1.0001 C>S F. 1115 ack 5201", "1.02 S>C R. 5201 ack 1116");
    /* Neither the request nor the FIN had arrived: the reset answers neither. */
    script_check("app_abort 50-70 by server not close_race", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 data 'GET / HTTP/1.1'",
                 "1.0001 C>S F. 1115 ack 5201", "1.02 S>C R. 5201 ack 1102");
    /* A farewell wants no answer, a ClientHello does. */
    script_check("unread_data serious", SCRIPT_OPEN, "1 C>S P. 1001 ack 5001 len 200 hex 160301020001000001fc",
                 "1.0001 C>S F. 1201 ack 5001", "1.02 S>C R. 5001 ack 1202");
    script_check("close_race benign", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 hex 5800000004", "1.0001 C>S F. 1106 ack 5201",
                 "1.02 S>C R. 5201 ack 1107");
    /* Nothing pending. */
    script_check("close_race by server benign", SCRIPT_TALK, "1 C>S F. 1101 ack 5201", "1.02 S>C R. 5201 ack 1102");
}

static void test_app_error(void)
{
    /* A fatal TLS alert of either side. */
    script_check("app_error 70-85 by client alt app_abort", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 hex 15030300020230",
                 "1.001 C>S R. 1101 ack 5208");
    script_check("app_error 70-85 by client", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 hex 15030300020230",
                 "1.001 C>S R. 1108 ack 5201");
    /* An error reply, then a reset by its receiver or its sender. */
    script_check("app_error 55-70 by client", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 data '550 no such mailbox'",
                 "1.001 C>S R. 1101 ack 5220");
    script_check("app_error 70-78 by server", SCRIPT_REQUEST, "0.06 S>C P. 5001 ack 1101 data 'HTTP/1.1 500 Oops'",
                 "0.061 C>S . 1101 ack 5018", "0.07 S>C R. 5018 ack 1101");
    /* TLS spoken to a server that speaks something else. */
    script_check("app_error 65-75 by client", SCRIPT_OPEN, "0.03 C>S P. 1001 ack 5001 len 200 hex 160301020001000001fc",
                 "0.05 S>C P. 5001 ack 1201 data 'HTTP/1.0 400 Bad'", "0.051 C>S R. 1201 ack 5017");
    /* Long after, or a success. */
    script_check("* not app_error", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 hex 15030300020230",
                 "47 C>S R. 1101 ack 5208");
    script_check("* not app_error", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 data '250 OK'", "1.001 C>S R. 1101 ack 5207");
    script_check("* not app_error", SCRIPT_OPEN, "0.03 C>S P. 1001 ack 5001 len 200 hex 160301020001000001fc",
                 "0.05 S>C P. 5001 ack 1201 hex 160303003a0200003603", "0.051 C>S R. 1201 ack 5011");
}

#define DOWNLOAD SCRIPT_TALK, "0.1 S>C . 5201 ack 1101 len 10000", "0.101 C>S . 1101 ack 15201"

static void test_canceled(void)
{
    script_check("transfer_cancelled 70-80 by client alt unread_data", DOWNLOAD, "0.11 S>C . 15201 ack 1101 len 1460",
                 "0.111 S>C . 16661 ack 1101 len 1460", "0.112 C>S R. 1101 ack 15201");
    /* What is on the way shows only after the reset. */
    script_check("transfer_cancelled early unread_data", DOWNLOAD, "0.11 S>C . 15201 ack 1101 len 1460",
                 "0.112 C>S R. 1101 ack 15201", "0.113 S>C . 16661 ack 1101 len 1460");
    /* Everything had arrived. */
    script_check("* not transfer_cancelled", DOWNLOAD, "0.112 C>S R. 1101 ack 15201");
    /* Little had been received. */
    script_check("* not transfer_cancelled", SCRIPT_TALK, "0.11 S>C . 5201 ack 1101 len 1460",
                 "0.111 S>C . 6661 ack 1101 len 1460", "0.112 C>S R. 1101 ack 5201");
    /* The transfer had stalled long before. */
    script_check("* not transfer_cancelled", DOWNLOAD, "0.11 S>C . 15201 ack 1101 len 1460",
                 "0.111 S>C . 16661 ack 1101 len 1460", "20.3 C>S R. 1101 ack 15201");
}

static void test_unread(void)
{
    /* A request without an answer, reset at once. */
    script_check("unread_data 55-70 by server alt app_abort alt admin_kill", SCRIPT_REQUEST,
                 "0.060 S>C R. 5001 ack 1101");
    /* Bytes that were not even acknowledged. */
    script_check("unread_data 55-70 by client", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 100",
                 "1.02 C>S R. 1101 ack 5201");
    /* Long after the request the application may have worked on it: an alternative. */
    script_check("app_abort alt unread_data", SCRIPT_REQUEST, "7.3 S>C R. 5001 ack 1101");
    /* A client that got its answer owes none. */
    script_check("* not unread_data", SCRIPT_TALK, "0.07 C>S R. 1101 ack 5201");
    /* The request was answered. */
    script_check("* not unread_data", SCRIPT_TALK, "0.07 S>C R. 5201 ack 1101");
    /* No times: "at once" cannot be known. */
    script_check("* not unread_data", "- C>S S 1000", "- S>C S. 5000 ack 1001", "- C>S . 1001 ack 5001",
                 "- C>S P. 1001 ack 5001 len 9", "- S>C . 5001 ack 1010", "- S>C R. 5001 ack 1010");
    /* The second request of a connection that had been served. */
    script_check("unread_data by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 50 id 104",
                 "1.02 S>C . 5201 ack 1151",
                 "1.03 S>C R. 5201 ack 1151");
}

static void test_piled_up(void)
{
    /* The window shrank: the reader did not read. */
    script_check("unread_data 65-75 by server alt transfer_cancelled", SCRIPT_REQUEST, "1 C>S . 1101 ack 5001 len 1000",
                 "1.02 S>C . 5001 ack 2101 win 100", "9 S>C R. 5001 ack 2101");
    script_check("unread_data 65-75 by server", SCRIPT_REQUEST, "1 C>S . 1101 ack 5001 len 1000",
                 "1.02 S>C . 5001 ack 2101 win 0",
                 "9 S>C R. 5001 ack 2101");
}

static void test_app_timeout(void)
{
    script_check("app_timeout 45-60 by server alt app_abort idle 60", SCRIPT_TALK,
                 "60.061 S>C R. 5201 ack 1101 ttl 54 id 203");
    script_check("app_timeout by client omits Perhaps", SCRIPT_TALK, "300.061 C>S R. 1101 ack 5201");
    /* No usual limit, or data still pending. */
    script_check("app_abort", SCRIPT_TALK, "67.061 S>C R. 5201 ack 1101");
    script_check("* not app_timeout", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 30", "61 S>C R. 5231 ack 1101");
    /* The start is not in the capture: not sure enough. */
    script_check("* 1-46", "0 S>C P. 5001 ack 1101 len 200", "0.01 C>S . 1101 ack 5201", "60.01 C>S R. 1101 ack 5201");
}

#define ONE_OF_MANY(time, port) time " C:" port ">S S 1000", time "2 S>C:" port " S. 5000 ack 1001",                   \
    time "3 C:" port ">S P. 1001 ack 5001 len 10", time "4 S>C:" port " P. 5001 ack 1011 len 10",                      \
    time "5 C:" port ">S . 1011 ack 5011"
#define THREE_RESETS "5.001 S>C:1 R. 5011 ack 1011", "5.002 S>C:2 R. 5011 ack 1011", "5.003 S>C:3 R. 5011 ack 1011"

static void test_process_exit(void)
{
    /* All at once, and the port refuses from then on. */
    script_check("#1 process_exit 81-91 by server alt admin_kill early app_abort; #3 process_exit by server",
                 ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"), ONE_OF_MANY("0.3", "3"), THREE_RESETS, "7 C:9>S S 1",
                 "7.01 S>C:9 R. =0 ack 2");
    /* A client's whole pool ends at once: its process, or the pool was only emptied. */
    script_check("app_abort by client alt process_exit", ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"), ONE_OF_MANY("0.3",
                 "3"),
                 "5.001 C:1>S R. 1011 ack 5011", "5.002 C:2>S R. 1011 ack 5011", "5.003 C:3>S R. 1011 ack 5011");
}

static void test_process_exit_not(void)
{
    /* The port accepts as before: an operator or a pool. */
    script_check("* not process_exit alt admin_kill", ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"),
                 ONE_OF_MANY("0.3", "3"),
                 THREE_RESETS, "7 C:9>S S 1", "7.01 S>C:9 S. 77 ack 2");
    /* Another connection of the client goes on. */
    script_check("#3 * not process_exit", ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"), ONE_OF_MANY("0.3", "3"),
                 ONE_OF_MANY("0.4", "4"), "5.001 C:1>S R. 1011 ack 5011", "5.002 C:2>S R. 1011 ack 5011",
                 "5.003 C:3>S R. 1011 ack 5011", "6 C:4>S P. 1011 ack 5011 len 10");
    /* Two are no batch; three over seconds neither. */
    script_check("#2 * not process_exit", ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"),
                 "5.001 S>C:1 R. 5011 ack 1011",
                 "5.002 S>C:2 R. 5011 ack 1011", "7 C:9>S S 1", "7.01 S>C:9 R. =0 ack 2");
    script_check("#3 * not process_exit", ONE_OF_MANY("0.1", "1"), ONE_OF_MANY("0.2", "2"), ONE_OF_MANY("0.3", "3"),
                 "5 S>C:1 R. 5011 ack 1011", "6 S>C:2 R. 5011 ack 1011", "7 S>C:3 R. 5011 ack 1011", "8 C:9>S S 1",
                 "8.01 S>C:9 R. =0 ack 2");
}

/* P is the proxy: client leg C-P, server leg P-S. */
#define LEGS(time, port) time " C:" port ">P S 1000", time "1 P>C:" port " S. 5000 ack 1001",                          \
    time "2 C:" port ">P P. 1001 ack 5001 len 10", time "3 P:" port ">S S 3000",                                       \
    time "4 S>P:" port " S. 7000 ack 3001",                                                                            \
    time "5 P:" port ">S P. 3001 ack 7001 len 10", time "6 S>P:" port " P. 7001 ack 3011 len 10",                      \
    time "7 P:" port ">S . 3011 ack 7011", time "8 P>C:" port " P. 5001 ack 1011 len 10",                              \
    time "9 C:" port ">P . 1011 ack 5011"
#define RELAYED(time, port) time " S>P:" port " R. 7011 ack 3011", time "2 P>C:" port " R. 5011 ack 1011"

/* Later than any proxy takes, but the way to it and back takes 10 ms of that. */
#define FAR_RELAYED(time, port) time "0 S>P:" port " R. 7011 ack 3011", time "25 P>C:" port " R. 5011 ack 1011"

static void test_proxied(void)
{
    script_check("#6 proxied 82-92 by server alt app_abort; #2 proxied; #1 * not proxied", LEGS("0.1", "1"), LEGS("0.2",
                 "2"),
                 LEGS("0.3", "3"), RELAYED("3.00", "1"), RELAYED("4.00", "2"), RELAYED("5.00", "3"));
    /* Captured far from the proxy. */
    script_check("#6 proxied; #2 proxied", LEGS("0.1", "1"), LEGS("0.2", "2"), LEGS("0.3", "3"),
                 FAR_RELAYED("3.0", "1"), FAR_RELAYED("4.0", "2"), FAR_RELAYED("5.0", "3"));
    /* One coincidence is none. */
    script_check("* not proxied", LEGS("0.1", "1"), RELAYED("3.00", "1"));
    /* A fifth of a second apart. */
    script_check("* not proxied", LEGS("0.1", "1"), LEGS("0.2", "2"), LEGS("0.3", "3"), RELAYED("3.", "1"),
                 RELAYED("4.", "2"),
                 RELAYED("5.", "3"));
}

/* A clock with steps of 20 ms. */
#define COARSE                                                                                                         \
    "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001", "0.04 C>S . 1001 ack 5001", "0.06 C>S P. 1001 ack 5001 len 50",       \
        "0.06 S>C . 5001 ack 1051", "0.06 S>C P. 5001 ack 1051 len 50", "0.06 C>S P. 1051 ack 5051 len 300",           \
        "0.06 S>C R. 5051 ack 1351"

static void test_coarse_clock(void)
{
    script_check("#1 app_abort 75-75 alt unread_data", COARSE);
    /* Other hosts, much later, show that the clock was finer: nothing that happened is any nearer. */
    script_check("#1 app_abort 75-75 alt unread_data", COARSE, "9 C:7>Z:9 S 1000", "9.001 Z:9>C:7 S. 7000 ack 1001");
    script_check("#1 unread_data 55-70", "0 C:7>Z:9 S 1000", "0.001 Z:9>C:7 S. 7000 ack 1001", COARSE);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/active/app_abort", test_app_abort },
        { "/active/app_abort_early", test_app_abort_early },
        { "/active/app_abort_not", test_app_abort_not },
        { "/active/close_race", test_close_race },
        { "/active/close_race_mute", test_close_race_mute },
        { "/active/close_race_not", test_close_race_not },
        { "/active/request_unanswered", test_request_unanswered },
        { "/active/app_error", test_app_error },
        { "/active/canceled", test_canceled },
        { "/active/unread", test_unread },
        { "/active/piled_up", test_piled_up },
        { "/active/app_timeout", test_app_timeout },
        { "/active/process_exit", test_process_exit },
        { "/active/process_exit_not", test_process_exit_not },
        { "/active/proxied", test_proxied },
        { "/active/coarse_clock", test_coarse_clock },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
