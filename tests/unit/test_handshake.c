/* test_handshake.c
 * Tests of the rules for connections that were reset before any data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* Port 445 wins: it is opened, used, and 139 is left. */
#define SMB_PAIR "0.000 C:1>S:445 S 1000", "0.010 C:2>S:139 S 2000", "0.020 S:445>C:1 S. 5000 ack 1001",               \
    "0.021 C:1>S:445 . 1001 ack 5001", "0.022 C:1>S:445 P. 1001 ack 5001 len 100"

static void test_smb(void)
{
    /* The client resets the loser in answer to its SYN-ACK, or after the handshake. */
    script_check("smb_dual_connect 90-100 by client benign not connect_aborted", SMB_PAIR,
                 "0.030 S:139>C:2 S. 6000 ack 2001", "0.031 C:2>S:139 R 2001");
    script_check("smb_dual_connect by client", SMB_PAIR, "0.030 S:139>C:2 S. 6000 ack 2001",
                 "0.031 C:2>S:139 . 2001 ack 6001", "0.032 C:2>S:139 R. 2001 ack 6001");
    /* Nobody listens on 139. */
    script_check("smb_dual_connect by server benign", SMB_PAIR, "0.030 S:139>C:2 R. =0 ack 2001");
    /* Seen at the server, 40 ms away: the SYN-ACK had not reached the client when it sent its second SYN. */
    script_check("smb_dual_connect 90-100 by client benign", "0 C:1>S:445 S 1000", "0.0001 S:445>C:1 S. 5000 ack 1001",
                 "0.01 C:2>S:139 S 2000", "0.0101 S:139>C:2 S. 6000 ack 2001", "0.04 C:1>S:445 . 1001 ack 5001",
                 "0.05 C:2>S:139 . 2001 ack 6001", "0.06 C:2>S:139 R. 2001 ack 6001",
                 "0.061 C:1>S:445 P. 1001 ack 5001 len 100", "0.062 S:445>C:1 P. 5001 ack 1101 len 90");
    /* On a short path the other answer comes first. */
    script_check("smb_dual_connect 70-80 by client benign", "0 C:1>S:445 S 1000", "0.0002 S:445>C:1 S. 5000 ack 1001",
                 "0.0003 C:1>S:445 . 1001 ack 5001", "0.0004 C:1>S:445 P. 1001 ack 5001 len 100",
                 "0.05 C:2>S:139 S 2000", "0.0502 S:139>C:2 S. 6000 ack 2001", "0.0503 C:2>S:139 R 2001");
    script_check("* not smb_dual_connect", "0 C:1>S:445 S 1000", "0.0002 S:445>C:1 S. 5000 ack 1001",
                 "0.0003 C:1>S:445 . 1001 ack 5001", "0.0004 C:1>S:445 P. 1001 ack 5001 len 100",
                 "0.0501 C:2>S:139 S 2000", "0.0503 S:139>C:2 S. 6000 ack 2001", "0.0504 C:2>S:139 R 2001");
    /* Port 139 was tried first. */
    script_check("smb_dual_connect by client", "0 C:2>S:139 S 2000", "0.001 C:1>S:445 S 1000",
                 "0.020 S:445>C:1 S. 5000 ack 1001", "0.021 C:1>S:445 . 1001 ack 5001",
                 "0.030 S:139>C:2 S. 6000 ack 2001", "0.031 C:2>S:139 R 2001");
}

static void test_smb_not(void)
{
    /* Too far apart: not one dual connect. */
    script_check("* not smb_dual_connect", "0.000 C:1>S:445 S 1000", "0.020 S:445>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S:445 . 1001 ack 5001", "0.022 C:1>S:445 P. 1001 ack 5001 len 100",
                 "5 C:2>S:139 S 2000", "5.02 S:139>C:2 S. 6000 ack 2001", "5.03 C:2>S:139 R 2001");
    /* 445 was answered before 139 was tried: a fallback, not a race. */
    script_check("* not smb_dual_connect", "0.000 C:1>S:445 S 1000", "0.020 S:445>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S:445 . 1001 ack 5001", "0.022 C:1>S:445 P. 1001 ack 5001 len 100",
                 "0.1 C:2>S:139 S 2000", "0.12 S:139>C:2 S. 6000 ack 2001", "0.13 C:2>S:139 R 2001");
    /* Another client, another server, no winner. */
    script_check("* not smb_dual_connect", SMB_PAIR, "0.015 B:2>S:139 S 2000", "0.030 S:139>B:2 S. 6000 ack 2001",
                 "0.031 B:2>S:139 R 2001");
    script_check("* not smb_dual_connect", SMB_PAIR, "0.015 C:2>D:139 S 2000", "0.030 D:139>C:2 S. 6000 ack 2001",
                 "0.031 C:2>D:139 R 2001");
    script_check("* not smb_dual_connect", "0.000 C:1>S:445 S 1000", "0.010 C:2>S:139 S 2000",
                 "0.030 S:139>C:2 S. 6000 ack 2001", "0.031 C:2>S:139 R 2001");
    /* Once it carried data it is no loser. */
    script_check("* not smb_dual_connect", SMB_PAIR, "0.030 S:139>C:2 S. 6000 ack 2001",
                 "0.031 C:2>S:139 . 2001 ack 6001", "0.032 C:2>S:139 P. 2001 ack 6001 len 72",
                 "0.05 C:2>S:139 R. 2073 ack 6001");
}

/* Two addresses 250 ms apart; the second is used. */
#define RACE "0.000 C:1>D:443 S 1000", "0.250 C:2>E:443 S 2000", "0.270 E:443>C:2 S. 6000 ack 2001",                   \
    "0.271 C:2>E:443 . 2001 ack 6001", "0.272 C:2>E:443 P. 2001 ack 6001 len 200"

static void test_race(void)
{
    script_check("connection_race 60-75 by client benign alt connect_aborted", RACE, "0.300 D:443>C:1 S. 5000 ack 1001",
                 "0.301 C:1>D:443 R 1001");
    script_check("connection_race by client", RACE, "0.300 D:443>C:1 S. 5000 ack 1001",
                 "0.301 C:1>D:443 . 1001 ack 5001",
                 "0.302 C:1>D:443 R. 1001 ack 5001");
    /* IPv4 and IPv6 have other client addresses: the same link-layer source makes one client. */
    script_check("connection_race", "0.000 A:1>D:443 S 1000 link 7", "0.250 A:2>E:443 S 2000 link 7",
                 "0.270 E:443>A:2 S. 6000 ack 2001", "0.271 A:2>E:443 P. 2001 ack 6001 len 200 link 7",
                 "0.300 D:443>A:1 S. 5000 ack 1001", "0.301 A:1>D:443 R 1001 link 7");
    /* This attempt came later, and lost. */
    script_check("connection_race by client", "0 C:2>E:443 S 2000", "0.25 C:1>D:443 S 1000",
                 "0.27 E:443>C:2 S. 6000 ack 2001", "0.272 C:2>E:443 P. 2001 ack 6001 len 200",
                 "0.300 D:443>C:1 S. 5000 ack 1001", "0.301 C:1>D:443 R 1001");
}

static void test_race_not(void)
{
    /* The other attempt carries nothing, is another service, or starts too late. */
    script_check("* not connection_race", "0.000 C:1>D:443 S 1000", "0.250 C:2>E:443 S 2000",
                 "0.300 D:443>C:1 S. 5000 ack 1001", "0.301 C:1>D:443 R 1001");
    script_check("* not connection_race", "0.000 C:1>D:80 S 1000", "0.250 C:2>E:443 S 2000",
                 "0.270 E:443>C:2 S. 6000 ack 2001", "0.272 C:2>E:443 P. 2001 ack 6001 len 200",
                 "0.300 D:80>C:1 S. 5000 ack 1001", "0.301 C:1>D:80 R 1001");
    script_check("* not connection_race", "0 C:2>E:443 S 2000", "0.27 E:443>C:2 S. 6000 ack 2001",
                 "0.272 C:2>E:443 P. 2001 ack 6001 len 200", "9 C:1>D:443 S 1000", "9.2 D:443>C:1 S. 5000 ack 1001",
                 "9.201 C:1>D:443 R 1001");
    /* The same server twice is no race of addresses. */
    script_check("* not connection_race", "0.000 C:1>D:443 S 1000", "0.250 C:2>D:443 S 2000",
                 "0.270 D:443>C:2 S. 6000 ack 2001", "0.272 C:2>D:443 P. 2001 ack 6001 len 200",
                 "0.300 D:443>C:1 S. 5000 ack 1001", "0.301 C:1>D:443 R 1001");
    /* The server ends it. */
    script_check("* not connection_race", RACE, "0.300 D:443>C:1 S. 5000 ack 1001", "0.301 C:1>D:443 . 1001 ack 5001",
                 "0.4 D:443>C:1 R. 5001 ack 1001");
}

static void test_bad_ack(void)
{
    script_check("handshake_bad_ack 85-95 by client trigger 2 not half_open_discovery not half_open_scan", SCRIPT_SYN,
                 "0.02 S>C S. 5000 ack 777", "0.021 C>S R 777");
    /* No other capture point that could still speak against it. */
    script_check("handshake_bad_ack 90-90 early handshake_bad_ack sure_early 90", SCRIPT_SYN, "0.02 S>C S. 5000 ack 777",
                 "0.021 C>S R 777");
    script_check("handshake_bad_ack by client", "0 C>S S 1000 nowin noopt", "0.02 S>C S. 5000 ack 1002 nowin noopt",
                 "0.03 C>S R 1002 nowin");
    /* The final ACK does not fit the SYN-ACK. */
    script_check("handshake_bad_ack 80-90 by server trigger 3", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 4000",
                 "0.04 S>C R 4000");
    /* The SYN-ACK is right. */
    script_check("* not handshake_bad_ack", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001");
    /* Its own SYN is not in the capture: the ISN is unknown. */
    script_check("* not handshake_bad_ack", "0.02 S>C S. 5000 ack 777", "0.021 C>S R 777");
}

/* Other traffic ran for a while: the SYN was not missed by a late start. */
#define LATE_SYN_ACK "0 A>D S 1", "3 none", "5 S>C S. 5000 ack 1001", "5.001 C>S R 1001"

static void test_unsolicited(void)
{
    /* The capture begins with it: the SYN may have been missed. */
    script_check("connect_aborted 40-45 by client trigger 1 alt unsolicited_synack not no_connection",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 1001");
    script_check("connect_aborted 40-45", "0 A>D S 1", "0.5 S>C S. 5000 ack 1001", "0.501 C>S R 1001");
    /* Not that of three. */
    script_check("#1 unsolicited_synack 57-67; #3 unsolicited_synack 57-67 by client trigger 5",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 1001", "0.12 T>C S. 7000 ack 3001", "0.121 C>T R 3001",
                 "0.22 U>C S. 8000 ack 4001", "0.221 C>U R 4001");
    script_check("unsolicited_synack 65-75 by client", LATE_SYN_ACK);
    script_check("* not unsolicited_synack", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001");
    /* Nothing of the SYN-ACK in the reset's number. */
    script_check("undetermined", "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 999999");
}

static void test_raw_socket(void)
{
    /* The kernel resets, the program goes on with the handshake. */
    script_check("unknown_to_kernel 80-90 by client early connect_aborted trigger 2 not injected", SCRIPT_SYN,
                 SCRIPT_SYN_ACK, "0.021 C>S R 1001 ttl 64 id 0", "0.05 C>S . 1001 ack 5001 ttl 64 id 7");
    /* The capture shows one direction. */
    script_check("unknown_to_kernel 55-65 by client trigger 0", "0 C>S S 1000 ttl 64 id 1", "0.021 C>S R 1001 ttl 64 id 0",
                 "0.05 C>S . 1001 ack 5001 ttl 64 id 7");
    /* Without the SYN, the SYN-ACK alone says what fits: a guessed number continues nothing, whenever it comes. */
    script_check("unknown_to_kernel 80-90 by client", LATE_SYN_ACK, "5.05 C>S . 1001 ack 5001");
    script_check("unsolicited_synack 65-75 by client", LATE_SYN_ACK, "6 C>S . 2675342405 ack 1097127993");
    script_check("unsolicited_synack 65-75 by client", LATE_SYN_ACK, "605 C>S P. 1001 ack 1097127993 len 30");
    /* Nothing follows, or only a new SYN. */
    script_check("* not unknown_to_kernel", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001 ttl 64 id 0");
    script_check("#1 * not unknown_to_kernel", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001", "0.5 C>S S 99000",
                 "0.52 S>C S. 77000 ack 99001", "0.53 C>S . 99001 ack 77001");
}

static void test_paws(void)
{
    /* The SYN-ACK echoes a timestamp that the client never sent: from the future, or from before. */
    script_check("paws_reject 80-95 by client trigger 2", "0 C>S S 1000 ts 500:0",
                 "0.02 S>C S. 5000 ack 1001 ts 9:90000",
                 "0.021 C>S R 1001");
    script_check("paws_reject", "0 C>S S 1000 ts 500:0", "0.02 S>C S. 5000 ack 1001 ts 9:499", "0.021 C>S R 1001");
    /* After a repeated SYN the echo of either is right. */
    script_check("* not paws_reject", "0 C>S S 1000 ts 500:0 id 1", "1 C>S S 1000 ts 1500:0 id 2",
                 "1.02 S>C S. 5000 ack 1001 ts 9:500", "1.021 C>S R 1001");
    script_check("* not paws_reject", "0 C>S S 1000 ts 500:0", "0.02 S>C S. 5000 ack 1001 ts 9:500",
                 "0.021 C>S R 1001");
    /* Without the option there is nothing to reject. */
    script_check("* not paws_reject", "0 C>S S 1000 ts 500:0", "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 1001");
    script_check("* not paws_reject", "0 C>S S 1000", "0.02 S>C S. 5000 ack 1001 ts 9:90000", "0.021 C>S R 1001");
    /* What came later in the name of the client does not tell what its SYN carried. */
    script_check("* not paws_reject", "0 C>S S 1000", "0.01 C>S P. 1001 ack 5001 ts 500:7 len 10",
                 "0.02 S>C S. 5000 ack 1001 ts 9:90000", "0.021 C>S R 1001");
    /* The echo of a SYN that the capture lacks: no later than now, at most two ticks in a millisecond. */
    script_check("* not paws_reject", "0 C>S S 1000 ts 500:0", "1 S>C S. 5000 ack 1001 ts 9:2502", "1.001 C>S R 1001");
    script_check("paws_reject", "0 C>S S 1000 ts 500:0", "1 S>C S. 5000 ack 1001 ts 9:2503", "1.001 C>S R 1001");
    /* The client takes such an echo elsewhere: not one of an earlier SYN or of zero, and no other client. */
    script_check("connect_aborted by client never paws_reject", "0 C:1>S S 1000 ts 500:0",
                 "0.02 S>C:1 S. 5000 ack 1001 ts 9:400", "0.021 C:1>S . 1001 ack 5001 ts 521:9",
                 "1 C:2>D S 2000 ts 1500:0", "1.02 D>C:2 S. 6000 ack 2001 ts 9:400", "1.021 C:2>D R 2001");
    script_check("paws_reject 84-92 by client", "0 C:1>S S 1000 ts 500:0", "0.02 S>C:1 S. 5000 ack 1001 ts 9:500",
                 "0.021 C:1>S . 1001 ack 5001 ts 521:9", "0.1 A:1>S S 1000 ts 500:0",
                 "0.12 S>A:1 S. 5000 ack 1001 ts 9:400", "0.121 A:1>S . 1001 ack 5001 ts 521:9",
                 "0.2 C:3>S S 1000 ts 700:0", "0.22 S>C:3 S. 5000 ack 1001 ts 9:=0",
                 "0.221 C:3>S . 1001 ack 5001 ts 721:9", "1 C:2>D S 2000 ts 1500:0",
                 "1.02 D>C:2 S. 6000 ack 2001 ts 9:400", "1.021 C:2>D R 2001");
    /* An echo of zero is not tested. */
    script_check("connect_aborted 80-90 by client never paws_reject", "0 C>S S 1000 ts 500:0",
                 "1.3 S>C S. 5000 ack 1001 ts 0:=0", "1.3001 C>S R 1001");
    script_check("paws_reject 84-92 by client", "0 C>S S 1000 ts 500:0", "1.3 S>C S. 5000 ack 1001 ts 0:1",
                 "1.3001 C>S R 1001");
}

#define PROBE(time, port) time " C:" port ">S:" port " S 1000 win 1024 mss 1460",                                      \
    time "5 S:" port ">C:" port " S. 5000 ack 1001", time "6 C:" port ">S:" port " R 1001"

static void test_scan(void)
{
    /* Five open ports within a second. The first one is known to be a scan only afterward. */
    script_check("#1 half_open_scan 85-95 by client; #5 half_open_scan 85-95 by client serious", PROBE("0.1", "21"),
                 PROBE("0.2", "22"), PROBE("0.3", "23"), PROBE("0.4", "25"), PROBE("0.5", "80"));
    /* One probe with a window and options that no system uses. */
    script_check("half_open_scan 70-85 by client trigger 2", PROBE("0.1", "80"));
    /* The same port again and again is not broad; ordinary options, one target: somebody gave up. */
    script_check("connect_aborted", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001");
    /* The same window beside ordinary options, or unknown options. */
    script_check("* not half_open_scan", "0 C>S S 1000 win 1024 mss 1460 sack ws 7", "0.02 S>C S. 5000 ack 1001",
                 "0.021 C>S R 1001");
    script_check("* not half_open_scan", "0 C>S S 1000 win 1024 mss 1460 noopt", "0.02 S>C S. 5000 ack 1001",
                 "0.021 C>S R 1001");
    /* Over a boundary of ten seconds it is the same scan; a port every hundred seconds is none. */
    script_check("half_open_scan 85-95", PROBE("8.1", "21"), PROBE("9.2", "22"), PROBE("10.3", "23"), PROBE("11.4",
                 "25"),
                 PROBE("12.5", "80"));
    script_check("* not half_open_scan", "100 C>S:21 S 1000 mss 1460 sack", "100.02 S:21>C S. 5000 ack 1001",
                 "100.021 C>S:21 R 1001", "200 C>S:22 S 1000 mss 1460 sack", "200.02 S:22>C S. 5000 ack 1001",
                 "200.021 C>S:22 R 1001", "310 C>S:23 S 1000 mss 1460 sack", "310.02 S:23>C S. 5000 ack 1001",
                 "310.021 C>S:23 R 1001", "420 C>S:24 S 1000 mss 1460 sack", "420.02 S:24>C S. 5000 ack 1001",
                 "420.021 C>S:24 R 1001", "570 C>S:25 S 1000 mss 1460 sack", "570.02 S:25>C S. 5000 ack 1001",
                 "570.021 C>S:25 R 1001");
}

#define VISIT(time, port) time ".0 C:" port ">S S 1000 mss 1460 ws 7 sack", time ".02 S>C:" port " S. 5000 ack 1001",  \
    time ".021 C:" port ">S . 1001 ack 5001", time ".022 C:" port ">S R. 1001 ack 5001"

static void test_connect_scan(void)
{
    /* Complete handshakes over many ports. */
    script_check("half_open_scan 70-85 by client", "0.0 C:1>S:21 S 1000", "0.1 S:21>C:1 S. 5000 ack 1001",
                 "0.11 C:1>S:21 . 1001 ack 5001", "0.12 C:1>S:21 R. 1001 ack 5001", "0.2 C:1>S:22 S 1000",
                 "0.3 S:22>C:1 S. 5000 ack 1001", "0.31 C:1>S:22 . 1001 ack 5001", "0.32 C:1>S:22 R. 1001 ack 5001",
                 "0.4 C:1>S:23 S 1000", "0.5 S:23>C:1 S. 5000 ack 1001", "0.51 C:1>S:23 . 1001 ack 5001",
                 "0.52 C:1>S:23 R. 1001 ack 5001", "0.6 C:1>S:25 S 1000", "0.7 S:25>C:1 S. 5000 ack 1001",
                 "0.71 C:1>S:25 . 1001 ack 5001", "0.72 C:1>S:25 R. 1001 ack 5001", "0.8 C:1>S:80 S 1000",
                 "0.9 S:80>C:1 S. 5000 ack 1001", "0.91 C:1>S:80 . 1001 ack 5001", "0.92 C:1>S:80 R. 1001 ack 5001");
}

static void test_health(void)
{
    script_check("health_check 75-90 by client benign; #1 health_check", VISIT("10", "1"), VISIT("15", "2"),
                 VISIT("20", "3"), VISIT("25", "4"));
    /* Half-open checks are regular as well. */
    script_check("health_check", "10 C:1>S S 1000", "10.02 S>C:1 S. 5000 ack 1001", "10.021 C:1>S R 1001",
                 "15 C:2>S S 1000", "15.02 S>C:2 S. 5000 ack 1001", "15.021 C:2>S R 1001", "20 C:3>S S 1000",
                 "20.02 S>C:3 S. 5000 ack 1001", "20.021 C:3>S R 1001", "25 C:4>S S 1000",
                 "25.02 S>C:4 S. 5000 ack 1001", "25.021 C:4>S R 1001");
    /* haproxy closes before the third ACK is due: the reset bears the first acknowledgment. */
    script_check("health_check by client", "10 C:1>S S 1000", "10.02 S>C:1 S. 5000 ack 1001",
                 "10.021 C:1>S R. 1001 ack 5001", "15 C:2>S S 1000", "15.02 S>C:2 S. 5000 ack 1001",
                 "15.021 C:2>S R. 1001 ack 5001", "20 C:3>S S 1000", "20.02 S>C:3 S. 5000 ack 1001",
                 "20.021 C:3>S R. 1001 ack 5001", "25 C:4>S S 1000", "25.02 S>C:4 S. 5000 ack 1001",
                 "25.021 C:4>S R. 1001 ack 5001");
    script_check("app_abort alt health_check", "10 C:1>S S 1000", "10.02 S>C:1 S. 5000 ack 1001",
                 "10.021 C:1>S R. 1001 ack 5001");
    /* Three are not enough, and irregular ones have no period. */
    script_check("* not health_check", VISIT("10", "1"), VISIT("15", "2"), VISIT("20", "3"));
    script_check("* not health_check", VISIT("10", "1"), VISIT("15", "2"), VISIT("17", "3"), VISIT("25", "4"));
    /* Regular, but the server resets. */
    script_check("* not health_check", VISIT("10", "1"), VISIT("15", "2"), VISIT("20", "3"), VISIT("25", "4"),
                 "30 C:5>S S 1000", "30.02 S>C:5 S. 5000 ack 1001", "30.021 C:5>S . 1001 ack 5001",
                 "30.1 S>C:5 R. 5001 ack 1001");
}

static void test_connect_aborted(void)
{
    /* The SYN was repeated before the answer came: nobody waited any more. */
    script_check("connect_aborted 80-90 by client trigger 3", "0 C>S S 1000 id 1",
                 "1 C>S S 1000 id 2", "3.5 S>C S. 5000 ack 1001", "3.501 C>S R 1001");
    script_check("connect_aborted 80-90", "0 C>S S 1000", "3.5 S>C S. 5000 ack 1001", "3.501 C>S R 1001");
    /* At once: less sure. Without times too. */
    script_check("connect_aborted 45-65", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S R 1001");
    script_check("connect_aborted 45-65", "- C>S S 1000", "- S>C S. 5000 ack 1001", "- C>S R 1001");
    /* Only the client's side is in the capture. */
    script_check("connect_aborted 45-55 by client trigger 0", "0 C>S S 1000", "0.5 C>S R 1001");
    /* It acknowledges the server's SYN: the handshake was complete. */
    script_check("app_abort 40-49 by client never connect_aborted", "0 C>S S 1000", "0.5 C>S R. 1001 ack 5001");
    /* With data it is something else. */
    script_check("* not connect_aborted", SCRIPT_TALK, "0.5 C>S R. 1101 ack 5201");
}

static void test_handshake_timeout(void)
{
    /* The SYN-ACK is repeated without an answer, then given up. */
    script_check("handshake_timeout 85-95 by server retx 2 never no_connection", "0 C>S S 1000",
                 "0.01 S>C S. 5000 ack 1001 id 1",
                 "1.01 S>C S. 5000 ack 1001 id 2", "3.01 S>C S. 5000 ack 1001 id 3", "7.01 S>C R. 5001 ack 1001");
    /* The SYN itself, with the reset at the ISN or one beyond. */
    script_check("handshake_timeout 80-90 by client retx 2", "0 C>S S 1000 id 1", "1 C>S S 1000 id 2",
                 "3 C>S S 1000 id 3", "7 C>S R. 1000 ack =0");
    script_check("handshake_timeout by client", "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3",
                 "7 C>S R 1001");
    /* The final ACK was lost: the server gave up, then data met nothing. */
    script_check("handshake_timeout 75-85 by server trigger 6", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 id 1",
                 "0.02 C>S . 1001 ack 5001", "1.01 S>C S. 5000 ack 1001 id 2", "3.01 S>C S. 5000 ack 1001 id 3",
                 "90 C>S P. 1001 ack 5001 len 50", "90.01 S>C R 5001");
}

static void test_handshake_timeout_not(void)
{
    /* Two copies are too few. */
    script_check("* not handshake_timeout", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 id 1",
                 "1.01 S>C S. 5000 ack 1001 id 2", "3.01 S>C R. 5001 ack 1001");
    /* The same packet seen three times by the capture is one transmission. */
    script_check("* not handshake_timeout", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 id 1 ttl 64",
                 "0.01001 S>C S. 5000 ack 1001 id 1 ttl 63", "0.01002 S>C S. 5000 ack 1001 id 1 ttl 62",
                 "7.01 S>C R. 5001 ack 1001");
    /* The handshake was completed after all. */
    script_check("* not handshake_timeout", "0 C>S S 1000", "0.01 S>C S. 5000 ack 1001 id 1",
                 "1.01 S>C S. 5000 ack 1001 id 2", "3.01 S>C S. 5000 ack 1001 id 3", "3.02 C>S . 1001 ack 5001",
                 "3.03 C>S P. 1001 ack 5001 len 10", "3.04 S>C P. 5001 ack 1011 len 10", "7.01 S>C R. 5011 ack 1011");
}

static void test_overflow(void)
{
    /* The correct final ACK is reset. */
    script_check("resource_exhaustion 55-65 by server trigger 3 alt no_connection", SCRIPT_OPEN,
                 "0.022 S>C R 5001 ttl 54 id 0");
    /* Once the server has acknowledged data, it knew the connection. */
    script_check("* not resource_exhaustion", SCRIPT_REQUEST, "0.060 C>S P. 1101 ack 5001 len 10", "0.07 S>C R 5001");
    /* Data, not the handshake's ACK, is what it answers. */
    script_check("* not resource_exhaustion", SCRIPT_OPEN, "5 C>S P. 1001 ack 5001 len 10", "5.01 S>C R 5001");
    /* The server had sent an ACK of its own: the connection was known. */
    script_check("* not resource_exhaustion", SCRIPT_OPEN, "1 S>C . 5001 ack 1001 win 900",
                 "1.5 C>S . 1001 ack 5001 win 600 id 150", "1.52 S>C R 5001");
}

static void test_listener(void)
{
    /* Open, never served, then the port refuses. */
    script_check("#1 listener_closed 75-90 by server alt app_abort early app_abort; #2 closed_port", SCRIPT_OPEN,
                 "5 S>C R. 5001 ack 1001", "6 C:2>S S 1000", "6.02 S>C:2 R. =0 ack 1001");
    /* Nobody asks afterward, but two that waited end in one moment; one alone may be anything. */
    script_check("#1 listener_closed 50-60 by server; #2 listener_closed", SCRIPT_OPEN, "1 C:2>S S 1000",
                 "1.02 S>C:2 S. 7000 ack 1001", "1.021 C:2>S . 1001 ack 7001", "5 S>C R. 5001 ack 1001",
                 "5.0001 S>C:2 R. 7001 ack 1001");
    script_check("app_abort alt listener_closed", SCRIPT_OPEN, "5.3 S>C R. 5001 ack 1001");
}

static void test_listener_not(void)
{
    /* The port accepts others afterward. */
    script_check("#1 * not listener_closed", SCRIPT_OPEN, "5 S>C R. 5001 ack 1001", "6 C:2>S S 1000",
                 "6.02 S>C:2 S. 7000 ack 1001");
    /* It had been served. */
    script_check("#1 * never listener_closed", SCRIPT_TALK, "5 S>C R. 5201 ack 1101", "6 C:2>S S 1000",
                 "6.02 S>C:2 R. =0 ack 1001");
    /* The client's own reset. */
    script_check("#1 * never listener_closed", SCRIPT_OPEN, "5 C>S R. 1001 ack 5001", "6 C:2>S S 1000",
                 "6.02 S>C:2 R. =0 ack 1001");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/handshake/smb", test_smb },
        { "/handshake/smb_not", test_smb_not },
        { "/handshake/race", test_race },
        { "/handshake/race_not", test_race_not },
        { "/handshake/bad_ack", test_bad_ack },
        { "/handshake/unsolicited", test_unsolicited },
        { "/handshake/raw_socket", test_raw_socket },
        { "/handshake/paws", test_paws },
        { "/handshake/scan", test_scan },
        { "/handshake/connect_scan", test_connect_scan },
        { "/handshake/health", test_health },
        { "/handshake/connect_aborted", test_connect_aborted },
        { "/handshake/timeout", test_handshake_timeout },
        { "/handshake/timeout_not", test_handshake_timeout_not },
        { "/handshake/overflow", test_overflow },
        { "/handshake/listener", test_listener },
        { "/handshake/listener_not", test_listener_not },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
