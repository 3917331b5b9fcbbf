/* test_proof.c
 * What a capture teaches about hosts and services, and from which packets: a distance, a round trip or an open port is
 * known from completed connections only, and what one client's connections show of a server counts less for another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A SYN and what claims to be the answer; t lacks its last digits. */
#define ASKED(t, from, port, ttl)                                                                                      \
    t "0 " from ">S:" port " S 1000 ttl 64", t "2 S:" port ">" from " S. 5000 ack 1001 ttl " ttl

/* The same with the third step. */
#define OPENED(t, from, port, ttl) ASKED(t, from, port, ttl), t "21 " from ">S:" port " . 1001 ack 5001 ttl 64"

/* Port 81 refuses from seven hops nearer than the three open ports. */
#define REFUSED_NEARER "1 C:9>S:81 S 1000 ttl 64", "1.02 S:81>C:9 R. =0 ack 1001 ttl 61"
#define FIREWALL "firewall_reject 75-85 by middlebox"
#define NO_FIREWALL "closed_port 81-91 by server not firewall_reject"

/* Two connections, and of a third one all but its third step. */
#define TWO_OPENED OPENED("0.0", "C:1", "80", "54"), OPENED("0.1", "C:2", "82", "54")
#define LAST(...) TWO_OPENED, __VA_ARGS__, REFUSED_NEARER

static void test_third_step(void)
{
    script_check(FIREWALL, LAST(OPENED("0.2", "C:3", "83", "54")));
    /* Two open ports are too few. */
    script_check("closed_port 45-55 by unknown", LAST(ASKED("0.2", "C:3", "83", "54")));
    script_check("closed_port 45-55 by unknown", TWO_OPENED, REFUSED_NEARER);
    /* No connection was completed: nothing is known. */
    script_check(NO_FIREWALL, ASKED("0.0", "C:1", "80", "54"), ASKED("0.1", "C:2", "82", "54"),
                 ASKED("0.2", "C:3", "83", "54"), REFUSED_NEARER);
    /* SYN-ACKs that nobody asked for, and resets of the host that got them. */
    script_check(NO_FIREWALL, "0.0 S>C:1 S. 5000 ack 77 ttl 54", "0.0001 C:1>S R 77",
                 "0.1 S:82>C:2 S. 5000 ack 77 ttl 54", "0.1001 C:2>S:82 R 77", "0.2 S:83>C:3 S. 5000 ack 77 ttl 54",
                 "0.2001 C:3>S:83 R 77", REFUSED_NEARER);
    /* A reset at the SYN-ACK's own number is also what a host says that never asked. */
    script_check("closed_port 45-55 by unknown", LAST(ASKED("0.2", "C:3", "83", "54"), "0.221 C:3>S:83 R 1001 ttl 64"));
    /* An abort knows both numbers. */
    script_check(FIREWALL, LAST(ASKED("0.2", "C:3", "83", "54"), "0.221 C:3>S:83 R. 1001 ack 5001 ttl 64"));
    /* Data or a FIN instead of the third segment, which the capture lacks. */
    script_check(FIREWALL, LAST(ASKED("0.2", "C:3", "83", "54"), "0.23 C:3>S:83 P. 1001 ack 5001 len 9 ttl 64"));
    script_check(FIREWALL, LAST(ASKED("0.2", "C:3", "83", "54"), "0.23 C:3>S:83 F. 1500 ack 5500 ttl 64"));
    /* One direction only. */
    script_check(NO_FIREWALL, "0.02 S>C:1 S. 5000 ack 1001 ttl 54", "0.03 S>C:1 P. 5001 ack 1001 len 50 ttl 54",
                 "0.12 S:82>C:2 S. 5000 ack 1001 ttl 54", "0.13 S:82>C:2 P. 5001 ack 1001 len 50 ttl 54",
                 "0.22 S:83>C:3 S. 5000 ack 1001 ttl 54", "0.23 S:83>C:3 P. 5001 ack 1001 len 50 ttl 54",
                 REFUSED_NEARER);
}

/* The third step has other numbers. */
static void test_numbers(void)
{
#define THIRD(seq, ack) LAST(ASKED("0.2", "C:3", "83", "54"), "0.221 C:3>S:83 . " seq " ack " ack " ttl 64")
    script_check(FIREWALL, THIRD("1001", "70536"));
    script_check("closed_port 45-55 by unknown", THIRD("1001", "70537"));
    script_check("closed_port 45-55 by unknown", THIRD("1001", "5000"));
    script_check(FIREWALL, THIRD("66536", "5001"));
    script_check("closed_port 45-55 by unknown", THIRD("66537", "5001"));
    script_check("closed_port 45-55 by unknown", THIRD("1000", "5001"));
    /* The SYN-ACK acknowledges another SYN. */
    script_check("closed_port 45-55 by unknown",
                 LAST("0.20 C:3>S:83 S 1000 ttl 64", "0.22 S:83>C:3 S. 5000 ack 900001 ttl 54",
                      "0.221 C:3>S:83 . 1001 ack 5001 ttl 64"));
    script_check("closed_port 45-55 by unknown",
                 LAST("0.20 C:3>S:83 S 1000 ttl 64", "0.22 S:83>C:3 S. 5000 ack 1000 ttl 54",
                      "0.221 C:3>S:83 . 1001 ack 5001 ttl 64"));
    /* Fast Open: it acknowledges the data in the SYN as well. */
    script_check(FIREWALL, LAST("0.20 C:3>S:83 S 1000 len 50 tfo ttl 64", "0.22 S:83>C:3 S. 5000 ack 1051 ttl 54",
                                "0.221 C:3>S:83 . 1051 ack 5001 ttl 64"));
    /* An abort beyond what the client has sent; a reset without the ACK flag, whatever is in that field. */
    script_check("closed_port 45-55 by unknown",
                 LAST(ASKED("0.2", "C:3", "83", "54"), "0.221 C:3>S:83 R. 1401 ack 5001 ttl 64"));
    script_check("closed_port 45-55 by unknown",
                 LAST(ASKED("0.2", "C:3", "83", "54"), "0.221 C:3>S:83 R 1001 ack 5001 ttl 64"));
    /* The capture lacks the SYN. */
    script_check(FIREWALL, LAST("0.22 S:83>C:3 S. 5000 ack 101001 ttl 54", "0.221 C:3>S:83 . 133769 ack 5001 ttl 64"));
    script_check("closed_port 45-55 by unknown",
                 LAST("0.22 S:83>C:3 S. 5000 ack 101001 ttl 54", "0.221 C:3>S:83 . 133770 ack 5001 ttl 64"));
    script_check(FIREWALL, LAST("0.22 S:83>C:3 S. 5000 ack 1001 ttl 54", "0.221 C:3>S:83 . 1001 ack 5001 ttl 64"));
    script_check("closed_port 45-55 by unknown",
                 LAST("0.22 S:83>C:3 S. 5000 ack 1001 ttl 54", "0.221 C:3>S:83 . 900001 ack 5001 ttl 64"));
}

/* The connections of somebody else tell where the host is: perhaps. */
static void test_hearsay(void)
{
#define OF_CLIENT(letter)                                                                                              \
    OPENED("0.0", letter ":1", "80", "54"), OPENED("0.1", letter ":2", "82", "54"),                                    \
        OPENED("0.2", letter ":3", "83", "54")
    script_check(FIREWALL, OF_CLIENT("C"), REFUSED_NEARER);
    script_check("firewall_reject 55-60 by middlebox", OF_CLIENT("B"), REFUSED_NEARER);
    /* A second client sees the same. */
    script_check(FIREWALL, OF_CLIENT("B"), OPENED("0.3", "A:1", "80", "54"), REFUSED_NEARER);
    /* This one sees it elsewhere, where the refusal comes from too. */
    script_check(NO_FIREWALL, OF_CLIENT("B"), OPENED("0.3", "C:1", "80", "61"), REFUSED_NEARER);
    /* Three ports by two clients, and later one of them alone: it is still known to both. */
    script_check(FIREWALL, OPENED("0.0", "A:1", "80", "54"), OPENED("0.1", "B:2", "82", "54"),
                 OPENED("0.2", "A:3", "83", "54"), OPENED("200.0", "A:4", "80", "54"), "201 C:9>S:81 S 1000 ttl 64",
                 "201.02 S:81>C:9 R. =0 ack 1001 ttl 61");
    /* Too soon for the host, as far as another client can tell. */
    script_check("firewall_reject 70-80 by middlebox", OF_CLIENT("C"), "1 C:9>S:81 S 1000",
                 "1.001 S:81>C:9 R. =0 ack 1001");
    script_check("firewall_reject 55-60 by middlebox", OF_CLIENT("B"), "1 C:9>S:81 S 1000",
                 "1.001 S:81>C:9 R. =0 ack 1001");
    script_check("firewall_reject 55-60 by middlebox", OF_CLIENT("B"), "1 C:9>S:81 S 1000 ttl 64",
                 "1.001 S:81>C:9 R. =0 ack 1001 ttl 61");
}

/* What is known stays known while the host goes on answering. */
static void test_periods(void)
{
    script_check(FIREWALL, OPENED("0.0", "C:1", "80", "54"), OPENED("100.0", "C:2", "82", "54"),
                 OPENED("200.0", "C:3", "83", "54"), "201 C:9>S:81 S 1000 ttl 64",
                 "201.02 S:81>C:9 R. =0 ack 1001 ttl 61");
    /* A clock that was set back by two hours: what was before is not near. */
    script_check("closed_port 45-55 by unknown", OPENED("9000.0", "C:1", "80", "54"),
                 OPENED("9000.1", "C:2", "82", "54"), OPENED("9000.2", "C:3", "83", "54"),
                 OPENED("1400.0", "C:4", "80", "54"), "1401 C:9>S:81 S 1000 ttl 64",
                 "1401.02 S:81>C:9 R. =0 ack 1001 ttl 61");
}

/* A clock that was set back by two minutes, or a little more. */
static void test_set_back(void)
{
    script_check(FIREWALL, OPENED("9000.0", "C:1", "80", "54"), OPENED("9000.1", "C:2", "82", "54"),
                 OPENED("8880.0", "C:3", "83", "54"), "8881 C:9>S:81 S 1000 ttl 64",
                 "8881.02 S:81>C:9 R. =0 ack 1001 ttl 61");
    script_check("closed_port 45-55 by unknown", OPENED("9000.0", "C:1", "80", "54"),
                 OPENED("9000.1", "C:2", "82", "54"), OPENED("8879.9", "C:3", "83", "54"),
                 "8881 C:9>S:81 S 1000 ttl 64", "8881.02 S:81>C:9 R. =0 ack 1001 ttl 61");
}

#define KILLED SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 59 id 4711"

/* Connections of which both ends were invented: their client is not where this client is. */
static void test_both_ends(void)
{
#define FAKED(t, port, service, client_ttl, ttl)                                                                       \
    t "0 C:" port ">S:" service " S 1000 ttl " client_ttl, t "2 S:" service ">C:" port " S. 5000 ack 1001 ttl " ttl,   \
        t "21 C:" port ">S:" service " . 1001 ack 5001 ttl " client_ttl
#define TWO_FAKED(client_ttl) FAKED("0.0", "1", "81", client_ttl, "59"), FAKED("0.1", "2", "82", client_ttl, "59")
    script_check("app_abort by server delta none", TWO_FAKED("64"), KILLED);
    script_check("app_abort by server delta none", TWO_FAKED("63"), KILLED);
    script_check("injected 55-65 by middlebox delta -5", TWO_FAKED("62"), KILLED);
    script_check("injected 55-65 by middlebox delta -5", TWO_FAKED("38"), KILLED);
    /* The connection that shows where the client is comes first. */
#define LATER_FAKED(client_ttl) FAKED("1.0", "1", "81", client_ttl, "59"), FAKED("1.1", "2", "82", client_ttl, "59")
#define LATER_KILLED(client_ttl) SCRIPT_TALK, LATER_FAKED(client_ttl), "2 S>C R. 5201 ack 1101 ttl 59 id 4711"
    script_check("app_abort by server delta none", LATER_KILLED("63"));
    script_check("injected 55-65 by middlebox delta -5", LATER_KILLED("62"));
    script_check("injected 55-65 by middlebox delta -5", LATER_KILLED("38"));
    /* Its distance varies, or is not known. */
    script_check("app_abort by server delta none", SCRIPT_TALK, "1.00 C:1>S:81 S 1000",
                 "1.02 S:81>C:1 S. 5000 ack 1001 ttl 59", "1.021 C:1>S:81 . 1001 ack 5001", "1.10 C:2>S:82 S 1000",
                 "1.12 S:82>C:2 S. 5000 ack 1001 ttl 59", "1.121 C:2>S:82 . 1001 ack 5001",
                 "2 S>C R. 5201 ack 1101 ttl 59 id 4711");
    /* Nor does such a connection show that a port is open, or how fast the host is. */
    script_check("#1 closed_port", SCRIPT_TALK, FAKED("1.0", "1", "80", "44", "54"), "1.5 C:2>S S 1000 ttl 64",
                 "1.52 S>C:2 R. =0 ack 1001 ttl 118 id 77", FAKED("1.8", "3", "80", "44", "54"));
}

/* One completed connection, and refusals of other ports from the same distance, tell where the host is. */
static void test_with_refusals(void)
{
#define REFUSED(t, port, ttl) t " C:" port ">S:" port " S 1000", t "2 S:" port ">C:" port " R. =0 ack 1001 ttl " ttl
#define THIS_PORT(ttl) "1 C:3>S S 1000", "1.02 S>C:3 R. =0 ack 1001 ttl " ttl
    script_check("firewall_reject 50-60 by middlebox", OPENED("0.0", "C:1", "80", "54"), REFUSED("0.5", "82", "54"),
                 THIS_PORT("61"));
    script_check("firewall_reject 50-60 by middlebox", OPENED("0.0", "C:1", "80", "54"), REFUSED("0.5", "82", "54"),
                 THIS_PORT("47"));
    script_check("firewall_reject 50-60 by middlebox", OPENED("0.0", "C:1", "80", "54"), REFUSED("0.4", "83", "61"),
                 REFUSED("0.5", "82", "54"), THIS_PORT("61"));
    script_check("firewall_reject 50-60 by middlebox", OPENED("0.0", "C:1", "80", "54"), REFUSED("0.5", "82", "54"),
                 REFUSED("0.6", "83", "47"), THIS_PORT("47"));
    script_check("closed_port", OPENED("0.0", "C:1", "80", "54"), REFUSED("0.5", "82", "52"), THIS_PORT("61"));
    /* Whoever invents distances does not crowd out the true one. */
    script_check("firewall_reject 50-60 by middlebox", OPENED("0.0", "C:1", "80", "54"),
                 OPENED("0.1", "B:1", "80", "40"), OPENED("0.2", "B:2", "80", "44"), OPENED("0.3", "B:3", "80", "48"),
                 OPENED("0.4", "B:4", "80", "58"), REFUSED("0.5", "82", "54"), THIS_PORT("61"));
}

/* A connection of which the capture shows one segment of the server: two completed ones tell where that is. */
static void test_late_begin(void)
{
#define ANSWERED                                                                                                       \
    "1 C:9>S . 1101 ack 5201 ttl 64", "6 C:9>S P. 1101 ack 5201 data 'GET / HTTP/1.1' ttl 64",                         \
        "6.02 S>C:9 R 5201 ttl 61"
    script_check("policy_reset by middlebox delta -7", OPENED("0.0", "C:1", "80", "54"),
                 OPENED("0.1", "C:2", "80", "54"), ANSWERED);
    script_check("no_connection by server delta none", OPENED("0.0", "C:1", "80", "54"),
                 ASKED("0.1", "C:2", "80", "54"), ANSWERED);
    script_check("no_connection by server delta none", OPENED("0.0", "B:1", "80", "54"),
                 OPENED("0.1", "B:2", "80", "54"), ANSWERED);
    script_check("no_connection by server delta none", OPENED("0.0", "C:1", "80", "54"),
                 OPENED("0.1", "C:2", "80", "52"), ANSWERED);
    script_check("policy_reset by middlebox", OPENED("0.0", "C:1", "80", "54"), OPENED("0.1", "C:2", "80", "53"),
                 ANSWERED);
}

/* Where a side is, its own packets tell if there are two of them, and if they agree. */
static void test_own_packets(void)
{
    script_check("* by server delta none", "0 S>C P. 5001 ack 1101 len 200 ttl 54", "0.01 C>S . 1101 ack 5201 ttl 64",
                 "4 S>C R. 5201 ack 1101 ttl 61");
    script_check("* delta -7", "0 S>C P. 5001 ack 1101 len 100 ttl 54", "0.001 S>C P. 5101 ack 1101 len 100 ttl 54",
                 "0.01 C>S . 1101 ack 5201 ttl 64", "4 S>C R. 5201 ack 1101 ttl 61");
    script_check("* by server delta none", "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 54",
                 "0.021 C>S . 1001 ack 5001 ttl 64", "0.03 S>C P. 5001 ack 1001 len 10 ttl 61",
                 "0.031 C>S . 1001 ack 5011 ttl 64", "2 S>C R. 5011 ack 1001 ttl 47");
}

/* Two SYN-ACKs are no more than one: only what the client completed tells where the server is. */
static void test_repeated_synack(void)
{
    script_check("* delta none", OPENED("0.0", "C:1", "80", "54"), OPENED("0.1", "C:2", "80", "54"),
                 "1 C:9>S S 1000 ttl 64", "1.02 S>C:9 S. 5000 ack 1001 ttl 54 id 1",
                 "2.02 S>C:9 S. 5000 ack 1001 ttl 54 id 2", "3 S>C:9 R. 5001 ack 1001 ttl 61");
    script_check("* delta -7", OPENED("0.0", "C:1", "80", "54"), OPENED("0.1", "C:2", "80", "54"),
                 "1 C:9>S S 1000 ttl 64", "1.02 S>C:9 S. 5000 ack 1001 ttl 54 id 1", "3 S>C:9 R. 5001 ack 1001 ttl 61");
}

/* Other connections of the server come from elsewhere: over other routes, or from other hosts with this address. */
static void test_other_routes(void)
{
    script_check("injected 55-65 by middlebox delta -5", KILLED);
    /* One may be invented. */
    script_check("injected 55-65 by middlebox", OPENED("0.0", "C:1", "80", "40"), KILLED);
    script_check("injected 55-65 by middlebox", ASKED("0.0", "C:1", "80", "40"), ASKED("0.1", "C:2", "80", "40"),
                 KILLED);
    script_check("injected 45-50 by unknown delta -5", OPENED("0.0", "C:1", "80", "40"),
                 OPENED("0.1", "C:2", "80", "40"), KILLED);
    script_check("injected 45-50 by unknown delta -5", OPENED("0.0", "C:1", "80", "40"),
                 OPENED("0.1", "C:2", "80", "44"), KILLED);
    /* The reset has the distance of others: it may have taken their route. */
    script_check("app_abort 55-65 by server delta none", OPENED("0.0", "C:1", "80", "59"),
                 OPENED("0.1", "C:2", "80", "59"), KILLED);
    script_check("app_abort 55-65 by server delta none", OPENED("0.0", "C:1", "80", "60"),
                 OPENED("0.1", "C:2", "80", "60"), KILLED);
    script_check("injected 45-50 by unknown delta -5", OPENED("0.0", "C:1", "80", "61"),
                 OPENED("0.1", "C:2", "80", "61"), KILLED);
    /* By one hop is no other distance. */
    script_check("injected 55-65 by middlebox", OPENED("0.0", "C:1", "80", "53"), OPENED("0.1", "C:2", "80", "55"),
                 KILLED);
    script_check("injected 45-50 by unknown delta -5", OPENED("0.0", "C:1", "80", "52"),
                 OPENED("0.1", "C:2", "80", "52"), KILLED);
    /* All of one other client: it may have them written as it likes. */
    script_check("injected 55-65 by middlebox", OPENED("0.0", "B:1", "80", "40"), OPENED("0.1", "B:2", "80", "44"),
                 OPENED("0.2", "B:3", "80", "40"), OPENED("0.3", "B:4", "80", "37"), KILLED);
    script_check("injected 55-65 by middlebox", OPENED("0.0", "B:1", "80", "40"), OPENED("0.1", "B:2", "80", "44"),
                 OPENED("0.2", "B:3", "80", "48"), OPENED("0.3", "B:4", "80", "37"), OPENED("0.4", "B:5", "80", "33"),
                 KILLED);
    /* Of two. */
    script_check("injected 45-50 by unknown delta -5", OPENED("0.0", "B:1", "80", "40"),
                 OPENED("0.1", "A:2", "80", "40"), KILLED);
}

/* The server takes 80 ms, three times. */
#define SLOW(t, port)                                                                                                  \
    t "0 C:" port ">S S 1000 ttl 64", t "8 S>C:" port " S. 5000 ack 1001 ttl 54",                                      \
        t "81 C:" port ">S . 1001 ack 5001 ttl 64"
#define THREE_SLOW SLOW("0.0", "1"), SLOW("0.1", "2"), SLOW("0.2", "3")
#define TOO_SOON                                                                                                       \
    SLOW("1.0", "4"), "1.1 C:4>S P. 1001 ack 5001 data 'GET / HTTP/1.1' ttl 64", "1.102 S>C:4 R. 5001 ack 1015 ttl 54"

static void test_round_trip(void)
{
    script_check("policy_reset 70-80 by middlebox", THREE_SLOW, TOO_SOON);
    /* A fast pair that nobody completed does not show that the server is fast. */
    script_check("policy_reset 70-80 by middlebox", "0.50 C:7>S:81 S 77 ttl 50", "0.501 S:81>C:7 S. 88 ack 78 ttl 54",
                 THREE_SLOW, TOO_SOON);
    script_check("* by server not policy_reset", "0.50 C:7>S:81 S 77 ttl 50", "0.501 S:81>C:7 S. 88 ack 78 ttl 54",
                 "0.502 C:7>S:81 . 78 ack 89 ttl 50", THREE_SLOW, TOO_SOON);
    script_check("* by server not policy_reset", SLOW("0.0", "1"), SLOW("0.1", "2"), "0.2 C:3>S S 1000 ttl 64",
                 "0.204 S>C:3 S. 5000 ack 1001 ttl 54", "0.205 C:3>S . 1001 ack 5001 ttl 64", TOO_SOON);
    /* Of a connection that began before the capture, no round trip is known. */
    script_check("policy_reset 70-80 by middlebox", THREE_SLOW, "0.5 S>C:7 P. 5001 ack 1001 len 9 ttl 54",
                 "0.501 C:7>S . 1001 ack 5010 ttl 64", "0.6 S>C:7 P. 5010 ack 1001 len 9 ttl 54", TOO_SOON);
    /* So does a later acknowledgment in a completed connection, not in another. */
    script_check("* by server not policy_reset", THREE_SLOW, "0.5 C:3>S P. 1001 ack 5001 len 9 ttl 64",
                 "0.502 S>C:3 . 5001 ack 1010 ttl 54", TOO_SOON);
    /* Nor in one that came from elsewhere, as only somebody else says, however fast that was. */
    script_check("* by server not policy_reset", THREE_SLOW, "0.40 B:5>S:85 S 1000 ttl 64",
                 "0.405 S:85>B:5 S. 5000 ack 1001 ttl 60", "0.406 B:5>S:85 . 1001 ack 5001 ttl 64",
                 "0.5 C:3>S P. 1001 ack 5001 len 9 ttl 64", "0.506 S>C:3 . 5001 ack 1010 ttl 54", TOO_SOON);
    script_check("policy_reset 70-80 by middlebox", THREE_SLOW, "0.40 B:5>S:85 S 1000 ttl 64",
                 "0.405 S:85>B:5 S. 5000 ack 1001 ttl 60", "0.406 B:5>S:85 . 1001 ack 5001 ttl 64", TOO_SOON);
    script_check("policy_reset 70-80 by middlebox", THREE_SLOW, "0.5 C:7>S:81 P. 1001 ack 5001 len 9 ttl 64",
                 "0.502 S:81>C:7 . 5001 ack 1010 ttl 54", TOO_SOON);
}

#define REFUSES(t, from) t "0 " from ">S S 1000", t "2 S>" from " R. =0 ack 1001 ttl 118 id 77"
#define ACCEPTS(t, from)                                                                                               \
    t "0 " from ">S S 1000", t "2 S>" from " S. 5000 ack 1001 ttl 118", t "21 " from ">S . 1001 ack 5001"

static void test_services(void)
{
    script_check("#1 resource_exhaustion 70-80 by server", ACCEPTS("0.0", "C:1"), REFUSES("0.5", "C:2"),
                 ACCEPTS("0.8", "C:3"));
    /* Nobody completed one of them. */
    script_check("#1 closed_port 81-91", ACCEPTS("0.0", "C:1"), REFUSES("0.5", "C:2"), "0.80 C:3>S S 1000",
                 "0.82 S>C:3 S. 5000 ack 1001");
    script_check("#1 closed_port 81-91", "0.00 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001", REFUSES("0.5", "C:2"),
                 ACCEPTS("0.8", "C:3"));
    /* One other client says so; two. */
    script_check("#1 resource_exhaustion 55-60 by server", ACCEPTS("0.0", "B:1"), REFUSES("0.5", "C:2"),
                 ACCEPTS("0.8", "B:3"));
    script_check("#1 resource_exhaustion 70-80 by server", ACCEPTS("0.0", "B:1"), REFUSES("0.5", "C:2"),
                 ACCEPTS("0.8", "A:3"));
    /* Completed after a refusal, but answered before it: one acceptance, one refusal. */
    script_check("#2 closed_port", "0.00 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001", REFUSES("2.0", "C:2"),
                 "2.03 C:1>S . 1001 ack 5001", REFUSES("4.0", "C:4"), ACCEPTS("6.0", "C:3"));
    script_check("#2 resource_exhaustion", ACCEPTS("0.0", "C:1"), REFUSES("2.0", "C:2"), ACCEPTS("3.0", "C:5"),
                 REFUSES("4.0", "C:4"), ACCEPTS("6.0", "C:3"));
    script_check("#1 resource_exhaustion 55-60 by server", ACCEPTS("0.0", "B:1"), ACCEPTS("0.1", "B:2"),
                 REFUSES("0.5", "C:2"), ACCEPTS("0.8", "B:3"));
    /* In turn: the first acceptance lies before the first refusal, though it was completed after it. */
    script_check("#2 resource_exhaustion", "0.00 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001", REFUSES("2.0", "C:2"),
                 "2.03 C:1>S . 1001 ack 5001", ACCEPTS("3.0", "C:5"), REFUSES("4.0", "C:4"), ACCEPTS("6.0", "C:3"));
    /* Two acceptances in a row are one, whichever was completed first. */
    script_check("#2 closed_port", REFUSES("0.0", "C:2"), "1.00 C:1>S S 1000", "1.02 S>C:1 S. 5000 ack 1001",
                 ACCEPTS("1.5", "C:5"), "2.1 C:1>S . 1001 ack 5001", REFUSES("3.0", "C:4"));
    /* A plain SYN that got a SYN-ACK, and no more. */
    script_check("#1 closed_port never syn_options_refused", "0 C>S SEW 1000", "0.02 S>C R. =0 ack 1001",
                 "1 C:2>S S 2000", "1.02 S>C:2 S. 5000 ack 2001");
    script_check("#1 syn_options_refused", "0 C>S SEW 1000", "0.02 S>C R. =0 ack 1001", "1 C:2>S S 2000",
                 "1.02 S>C:2 S. 5000 ack 2001", "1.021 C:2>S . 2001 ack 5001");
}

/* A connection that carries data both ways. */
#define USED(t, from)                                                                                                  \
    t "0 " from ">S S 1000", t "2 S>" from " S. 5000 ack 1001", t "21 " from ">S . 1001 ack 5001",                     \
        t "3 " from ">S P. 1001 ack 5001 len 10", t "5 S>" from " P. 5001 ack 1011 len 10",                            \
        t "51 " from ">S . 1011 ack 5011"
#define ABORTS(t, from) t " S>" from " R. 5011 ack 1011"
#define GONE "7 C:9>S S 1000", "7.02 S>C:9 R. =0 ack 1001"

static void test_process(void)
{
    script_check("#1 process_exit 81-91 by server", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"), GONE);
    /* Of another client, all but this one. */
    script_check("#4 process_exit 55-60 by server", USED("0.1", "B:1"), USED("0.2", "B:2"), USED("0.3", "B:3"),
                 USED("0.4", "C:4"), ABORTS("5.001", "B:1"), ABORTS("5.002", "B:2"), ABORTS("5.003", "B:3"),
                 ABORTS("5.004", "C:4"), GONE);
    script_check("#1 process_exit 81-91 by server", USED("0.1", "B:1"), USED("0.2", "B:2"), USED("0.3", "B:3"),
                 USED("0.4", "C:4"), ABORTS("5.001", "B:1"), ABORTS("5.002", "B:2"), ABORTS("5.003", "B:3"),
                 ABORTS("5.004", "C:4"), GONE);
    /* Of two others. */
    script_check("#4 process_exit 81-91 by server", USED("0.1", "B:1"), USED("0.2", "B:2"), USED("0.3", "A:3"),
                 USED("0.4", "C:4"), ABORTS("5.001", "B:1"), ABORTS("5.002", "B:2"), ABORTS("5.003", "A:3"),
                 ABORTS("5.004", "C:4"), GONE);
    /* The port refuses two minutes later, or after that. */
    script_check("#1 process_exit 81-91 by server", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 ABORTS("5", "C:1"), ABORTS("5", "C:2"), ABORTS("5", "C:3"), "124 C:9>S S 1000",
                 "125 S>C:9 R. =0 ack 1001");
    script_check("#1 * not process_exit", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 ABORTS("5", "C:1"), ABORTS("5", "C:2"), ABORTS("5", "C:3"), "124 C:9>S S 1000",
                 "125.000001 S>C:9 R. =0 ack 1001");
    /* Another connection of the port goes on: what came after the burst was read and answered. */
    script_check("#1 * not process_exit", USED("0.0", "C:8"), USED("0.1", "C:1"), USED("0.2", "C:2"),
                 USED("0.3", "C:3"), ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"),
                 "6 C:8>S P. 1011 ack 5011 len 10", "6.02 S>C:8 P. 5011 ack 1021 len 10", GONE);
    /* The kernel sends what had been written, which is no answer. */
    script_check("#1 process_exit 81-91", USED("0.0", "C:8"), USED("0.1", "C:1"), USED("0.2", "C:2"),
                 USED("0.3", "C:3"), ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"),
                 "6.02 S>C:8 P. 5011 ack 1011 len 10", GONE);
    script_check("#1 process_exit 81-91", USED("0.0", "C:8"), USED("0.1", "C:1"), USED("0.2", "C:2"),
                 USED("0.3", "C:3"), ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"),
                 "6 C:8>S P. 1011 ack 5011 len 10", "6.02 S>C:8 . 5011 ack 1021", GONE);
    script_check("#1 process_exit 81-91", USED("0.0", "C:8"), USED("0.1", "C:1"), USED("0.2", "C:2"),
                 USED("0.3", "C:3"), ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"),
                 "6 C:8>S P. 1011 ack 5011 len 10", "6.02 S>C:8 P. 5011 ack 1011 len 10", GONE);
    /* Opened after the burst, by another process. */
    script_check("#1 process_exit 81-91", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"), ABORTS("5.003", "C:3"), USED("6.0", "C:8"), GONE);
}

/* One of the connections bears two aborts: the first may have been somebody else's, so the second joins the others. */
static void test_second_abort(void)
{
#define ABORTED_TWICE(before, after)                                                                                   \
    USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"), ABORTS(before, "C:1"), ABORTS("5.0", "C:2"),           \
        ABORTS("5.0", "C:3"), ABORTS(after, "C:1"), GONE
    script_check("#2 process_exit 81-91 by server", ABORTED_TWICE("4.92", "5.01"));
    script_check("#2 process_exit 81-91 by server", ABORTED_TWICE("4.92", "5.02"));
    /* Too long before. */
    script_check("#2 * not process_exit", ABORTED_TWICE("4.92", "5.020001"));
    script_check("#2 * not process_exit", ABORTED_TWICE("2.0", "5.01"));
    /* One burst counts it once. */
    script_check("#2 * not process_exit", USED("0.1", "C:1"), USED("0.2", "C:2"), ABORTS("4.98", "C:1"),
                 ABORTS("5.0", "C:2"), ABORTS("5.001", "C:1"), GONE);
}

/* Two aborts, and in the same moment the FIN of a third connection to the port, which refuses from then on. */
static void test_fin(void)
{
#define TWO_ABORTS                                                                                                     \
    USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"), ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2")
    script_check("#1 process_exit 65-75 by server", TWO_ABORTS, "5.003 S>C:3 F. 5011 ack 1011", GONE);
    script_check("#1 * not process_exit", TWO_ABORTS, "6.5 S>C:3 F. 5011 ack 1011", GONE);
    script_check("#1 * not process_exit", TWO_ABORTS, "5.003 C:3>S F. 1011 ack 5011", GONE);
    /* Of a connection that nobody completed. */
    script_check("#1 * not process_exit", USED("0.1", "C:1"), USED("0.2", "C:2"), "0.30 C:3>S S 1000",
                 "0.32 S>C:3 S. 5000 ack 1001", ABORTS("5.001", "C:1"), ABORTS("5.002", "C:2"),
                 "5.003 S>C:3 F. 5001 ack 1001", GONE);
}

/* Accepted, and never served: the listening socket was closed. */
static void test_listener(void)
{
#define WAITING(t, from) t "0 " from ">S S 1000", t "2 S>" from " S. 5000 ack 1001", t "21 " from ">S . 1001 ack 5001"
#define DROPPED(t, from) t " S>" from " R. 5001 ack 1001"
    script_check("#2 listener_closed 50-60 by server", WAITING("0.1", "C:1"), WAITING("0.2", "C:2"),
                 DROPPED("5", "C:1"), DROPPED("5", "C:2"));
    script_check("#2 * not listener_closed", WAITING("0.1", "B:1"), WAITING("0.2", "C:2"), DROPPED("5", "B:1"),
                 DROPPED("5", "C:2"));
    script_check("#3 listener_closed 50-60 by server", WAITING("0.1", "B:1"), WAITING("0.2", "C:2"),
                 WAITING("0.3", "C:3"), DROPPED("5", "B:1"), DROPPED("5", "C:2"), DROPPED("5", "C:3"));
    script_check("#3 listener_closed 50-60 by server", WAITING("0.1", "B:1"), WAITING("0.2", "A:2"),
                 WAITING("0.3", "C:3"), DROPPED("5", "B:1"), DROPPED("5", "A:2"), DROPPED("5", "C:3"));
}

/* A proxy passes on resets: those of connections that the capture shows. */
static void test_relays(void)
{
#define PASSED(t, from, port) t "1 X:" port ">S:" port " R. 6001 ack 2001", t "12 S>" from " R. 5011 ack 1011"
#define BEHIND(t, port)                                                                                                \
    t "0 S:" port ">X:" port " S 2000", t "02 X:" port ">S:" port " S. 6000 ack 2001",                                 \
        t "03 S:" port ">X:" port " . 2001 ack 6001"
    script_check("proxied 82-92 by server", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 BEHIND("0.5", "91"), BEHIND("0.6", "92"), BEHIND("0.7", "93"), PASSED("5.0", "C:1", "91"),
                 PASSED("6.0", "C:2", "92"), PASSED("7.0", "C:3", "93"));
    script_check("* by server not proxied", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 PASSED("5.0", "C:1", "91"), PASSED("6.0", "C:2", "92"), PASSED("7.0", "C:3", "93"));
    /* The host behind has lost them, and answers what the proxy sends. */
#define ANSWERED_AND_PASSED(t, from, port)                                                                             \
    t "0 S:" port ">X:" port " P. 2001 ack 6001 len 5", t "1 X:" port ">S:" port " R 6001",                            \
        t "12 S>" from " R. 5011 ack 1011"
    script_check("proxied 82-92 by server", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 BEHIND("0.5", "91"), BEHIND("0.6", "92"), BEHIND("0.7", "93"), ANSWERED_AND_PASSED("5.0", "C:1", "91"),
                 ANSWERED_AND_PASSED("6.0", "C:2", "92"), ANSWERED_AND_PASSED("7.0", "C:3", "93"));
    /* One direction of them is missing. */
    script_check("* by server not proxied", USED("0.1", "C:1"), USED("0.2", "C:2"), USED("0.3", "C:3"),
                 "0.5 X:91>S:91 . 6001 ack 2001", "0.6 X:92>S:92 . 6001 ack 2001", "0.7 X:93>S:93 . 6001 ack 2001",
                 PASSED("5.0", "C:1", "91"), PASSED("6.0", "C:2", "92"), PASSED("7.0", "C:3", "93"));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/proof/third_step", test_third_step},
        {"/proof/numbers", test_numbers},
        {"/proof/hearsay", test_hearsay},
        {"/proof/periods", test_periods},
        {"/proof/set_back", test_set_back},
        {"/proof/both_ends", test_both_ends},
        {"/proof/with_refusals", test_with_refusals},
        {"/proof/late_begin", test_late_begin},
        {"/proof/own_packets", test_own_packets},
        {"/proof/repeated_synack", test_repeated_synack},
        {"/proof/other_routes", test_other_routes},
        {"/proof/round_trip", test_round_trip},
        {"/proof/services", test_services},
        {"/proof/process", test_process},
        {"/proof/second_abort", test_second_abort},
        {"/proof/fin", test_fin},
        {"/proof/listener", test_listener},
        {"/proof/relays", test_relays},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
