/* test_refused.c
 * Tests of the rules for a SYN that was answered by a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void test_closed_port(void)
{
    script_check("closed_port 81-91 by server trigger 1 phase handshake valid exact ordinal 1 first serious "
                 "alt firewall_reject alt no_backend not no_connection",
                 SCRIPT_SYN, "0.020 S>C R. =0 ack 1001 ttl 54 id 0 df");
    /* Nothing but numbers is known. */
    script_check("closed_port 81-91 by server trigger 1 delta none",
                 "0 C>S S 1000 nowin noopt", "0.02 S>C R. =0 ack 1001 nowin noopt");
    /* No timestamps at all. */
    script_check("closed_port 81-91 by server trigger 1 idle none", "- C>S S 1000", "- S>C R. =0 ack 1001");
    /* The clock jumps back between the two. */
    script_check("closed_port 81-91 trigger 1", "5 C>S S 1000", "4 S>C R. =0 ack 1001");
    /* A SYN with data (Fast Open) is acknowledged as a whole. */
    script_check("closed_port 81-91 trigger 1", "0 C>S S 1000 len 50 tfo", "0.02 S>C R. =0 ack 1051");
    /* A FIN or null scan: no ACK in the trigger, so group 1 as well. */
    script_check("closed_port 60-78 by server trigger 1", "0 C>S F 1000", "0.02 S>C R. =0 ack 1001");
    script_check("closed_port 60-78 by server trigger 1", "0 C>S none 1000", "0.02 S>C R. =0 ack 1000");
}

static void test_closed_port_weak(void)
{
    /* A device that refuses with its own SEQ, or without ACK: less sure that the host did it. */
    script_check("firewall_reject 45-49 by unknown trigger 1 alt closed_port", "0 C>S S 1000",
                 "0.02 S>C R. 777 ack 1001");
    script_check("closed_port 45-69 trigger 1", "0 C>S S 1000", "0.02 S>C R =0");
}

static void test_closed_port_repeated(void)
{
    /* Windows repeats a refused SYN; every copy is refused again. None of them is a follow-up of a reset connection. */
    script_check("#1 closed_port trigger 1; #2 closed_port trigger 3 never segment_after_reset; #3 closed_port "
                 "trigger 5",
                 "0.0 C>S S 1000 id 10", "0.02 S>C R. =0 ack 1001 id 0", "0.5 C>S S 1000 id 11",
                 "0.52 S>C R. =0 ack 1001 id 0", "1.0 C>S S 1000 id 12", "1.02 S>C R. =0 ack 1001 id 0");
    /* Two SYNs on the way, two refusals at once: not one refusal captured twice. */
    script_check("#1 closed_port; #2 closed_port not duplicate", "0.0 C>S S 1000 id 10", "0.5 C>S S 1000 id 11",
                 "0.52 S>C R. =0 ack 1001 id 0", "0.5201 S>C R. =0 ack 1001 id 0");
}

static void test_closed_port_not(void)
{
    /* The ACK does not fit the SYN, and the server had accepted: no refusal. */
    script_check("* not closed_port", SCRIPT_OPEN, "0.2 S>C R. 5001 ack 1001");
    script_check("* not closed_port", SCRIPT_TALK, "0.2 S>C R 5201");
    /* SEQ 0 in the middle of a connection does not make a refusal. */
    script_check("* never closed_port", SCRIPT_TALK, "0.2 S>C R. =0 ack 1101");
    /* The client's own reset after its SYN was refused is not the refusal of a port. */
    script_check("#2 * not closed_port", "0 C>S S 1000", "0.02 S>C R. =0 ack 1001", "0.03 C>S R 1001");
}

static void test_closed_port_unseen(void)
{
    /* A refusal whose SYN is not in the capture has a shape of its own. */
    script_check("closed_port 45-55 by server trigger 0 alt firewall_reject", "1 S>C R. =0 ack 1051");
    script_check("undetermined", "1 S>C R. 5000 ack 1001");
    script_check("undetermined", "1 S>C R =0");
    script_check("undetermined", "1 S>C R. =0 ack =0");
    script_check("undetermined", "1 S>C R. =0 ack 1051 win 512");
}

/* The host is ten hops away by the SYN-ACKs of two connections. */
#define TEN_HOPS                                                                                                       \
    "0.00 C:1>S S 1000 ttl 64", "0.02 S>C:1 S. 5000 ack 1001 ttl 54", "0.021 C:1>S . 1001 ack 5001 ttl 64",            \
        "0.1 C:2>S S 1000 ttl 64", "0.12 S>C:2 S. 5000 ack 1001 ttl 54", "0.121 C:2>S . 1001 ack 5001 ttl 64"

static void test_firewall_distance(void)
{
    /* It served this port before: a firewall now, or a load balancer that has nobody left to serve it. */
    script_check("firewall_reject 50-60 by middlebox alt no_backend alt closed_port trigger 7", TEN_HOPS,
                 "1 C:3>S S 1000 ttl 64", "1.02 S>C:3 R. =0 ack 1001 ttl 61");
    /* One hop could be another route. */
    script_check("firewall_reject 50-60", TEN_HOPS, "1 C:3>S S 1000 ttl 64", "1.02 S>C:3 R. =0 ack 1001 ttl 55");
    /* Another port of the address: it may be forwarded to another host, or not forwarded as the only one. */
    script_check("closed_port 45-55 by unknown alt firewall_reject", TEN_HOPS, "1 C:3>S:81 S 1000 ttl 64",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 55");
    script_check("closed_port 45-55 by unknown alt firewall_reject", TEN_HOPS, "0.2 C:3>S:82 S 1000 ttl 64",
                 "0.22 S:82>C:3 S. 5000 ack 1001 ttl 54", "0.221 C:3>S:82 . 1001 ack 5001 ttl 64",
                 "1 C:3>S:81 S 1000 ttl 64", "1.02 S:81>C:3 R. =0 ack 1001 ttl 61");
    /* Not all of three. */
    script_check("firewall_reject 75-90 by middlebox", TEN_HOPS, "0.2 C:3>S:82 S 1000 ttl 64",
                 "0.22 S:82>C:3 S. 5000 ack 1001 ttl 54", "0.221 C:3>S:82 . 1001 ack 5001 ttl 64",
                 "0.3 C:4>S:83 S 1000 ttl 64", "0.32 S:83>C:4 S. 5000 ack 1001 ttl 54",
                 "0.321 C:4>S:83 . 1001 ack 5001 ttl 64", "1 C:3>S:81 S 1000 ttl 64",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 61");
    /* The same distance from another initial TTL is an ordinary stack. */
    script_check("closed_port", TEN_HOPS, "1 C:3>S:81 S 1000 ttl 64", "1.02 S:81>C:3 R. =0 ack 1001 ttl 245");
    script_check("closed_port", TEN_HOPS, "1 C:3>S:81 S 1000 ttl 64", "1.02 S:81>C:3 R. =0 ack 1001 ttl 54");
    /* TTL unknown, or one that no stack starts from: no claim. */
    script_check("closed_port never injected", TEN_HOPS, "1 C:3>S:81 S 1000", "1.02 S:81>C:3 R. =0 ack 1001");
    script_check("closed_port", TEN_HOPS, "1 C:3>S:81 S 1000", "1.02 S:81>C:3 R. =0 ack 1001 ttl 1");
    /* One SYN-ACK alone does not tell the distance of a host. */
    script_check("closed_port", "0.00 C:1>S S 1000 ttl 64", "0.02 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.021 C:1>S . 1001 ack 5001 ttl 64", "1 C:3>S:81 S 1000 ttl 64",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 61");
    /* Two SYN-ACKs that disagree do not either: several hosts behind one address. */
    script_check("closed_port", "0.00 C:1>S S 1000 ttl 64", "0.02 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.021 C:1>S . 1001 ack 5001 ttl 64", "0.10 C:2>S S 1000 ttl 64", "0.12 S>C:2 S. 5000 ack 1001 ttl 57",
                 "0.121 C:2>S . 1001 ack 5001 ttl 64", "1 C:3>S:81 S 1000 ttl 64",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 61");
    /* Nearer and sooner than the host, or nearer and the host accepts after all: two clues. */
    script_check("firewall_reject 85-95", "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.041 C:1>S . 1001 ack 5001 ttl 64", "0.10 C:2>S:82 S 1000", "0.14 S:82>C:2 S. 5000 ack 1001 ttl 54",
                 "0.141 C:2>S:82 . 1001 ack 5001 ttl 64", "0.2 C:3>S:83 S 1000",
                 "0.241 S:83>C:3 S. 5000 ack 1001 ttl 54", "0.2411 C:3>S:83 . 1001 ack 5001 ttl 64",
                 "1.000 C:4>S:81 S 1000", "1.002 S:81>C:4 R. =0 ack 1001 ttl 61");
    script_check("firewall_reject 85-95", TEN_HOPS, "1 C:3>S S 1000", "1.02 S>C:3 R. =0 ack 1001 ttl 61",
                 "1.04 S>C:3 S. 5000 ack 1001 ttl 54", "1.041 C:3>S . 1001 ack 5001 ttl 64");
    /* The refusal of a forwarded port comes from the host behind, as its SYN-ACK does; the gateway refuses the others.
     */
    script_check("closed_port 45-55 by unknown alt firewall_reject", "0.00 C:1>S S 1000",
                 "0.02 S>C:1 S. 5000 ack 1001 ttl 54", "0.021 C:1>S . 1001 ack 5001 ttl 64", "0.5 C:2>S:82 S 1000",
                 "0.52 S:82>C:2 R. =0 ack 1001 ttl 54", "1 C:3>S:81 S 1000", "1.02 S:81>C:3 R. =0 ack 1001 ttl 61");
    /* This very port was open: its other distance counts, and the refusal supports it. */
    script_check("firewall_reject 50-60", "0.00 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.021 C:1>S . 1001 ack 5001 ttl 64", "0.5 C:2>S:82 S 1000", "0.52 S:82>C:2 R. =0 ack 1001 ttl 54",
                 "1 C:3>S S 1000", "1.02 S>C:3 R. =0 ack 1001 ttl 61");
    /* SEQ 0 without its SYN: a gateway's own port among those that it forwards. */
    script_check("closed_port 45-50 by server not injected", "0.02 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.021 C:1>S . 1001 ack 5001 ttl 64", "0.12 S>C:2 S. 5000 ack 1001 ttl 54",
                 "0.121 C:2>S . 1001 ack 5001 ttl 64", "1.02 S:81>C R. =0 ack 1051 ttl 61");
}

static void test_firewall_synack_follows(void)
{
    /* The host accepts what "it" had refused, and the client takes it. Known only later. */
    script_check("firewall_reject 70-90 by middlebox early closed_port", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5001");
    /* Nobody uses it: whoever can write the one packet can write the other. */
    script_check("firewall_reject 45-49 by unknown alt closed_port early closed_port", "0 C>S S 1000",
                 "0.002 S>C R. =0 ack 1001", "0.02 S>C S. 5000 ack 1001");
    script_check("#1 firewall_reject 45-49 by unknown", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S R 5001");
    /* An ACK of something else is no use. */
    script_check("firewall_reject 45-49 by unknown", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5000");
    script_check("firewall_reject 45-49 by unknown", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 70537");
    script_check("firewall_reject 70-80 by middlebox", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 70536");
    /* The refusal comes from where the host is; the SYN-ACK, which nobody uses, does not. */
    script_check("closed_port 81-91 by server not firewall_reject", TEN_HOPS, "1 C:3>S:81 S 1000",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 54", "1.04 S:81>C:3 S. 5000 ack 1001 ttl 44");
    /* From there too, or it is not known from where. */
    script_check("firewall_reject 45-49 by unknown", TEN_HOPS, "1 C:3>S:81 S 1000",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 54", "1.04 S:81>C:3 S. 5000 ack 1001 ttl 54");
    script_check("firewall_reject 45-49 by unknown", TEN_HOPS, "1 C:3>S:81 S 1000",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 54", "1.04 S:81>C:3 S. 5000 ack 1001");
    script_check("firewall_reject 45-49 by unknown", "1 C:3>S:81 S 1000", "1.02 S:81>C:3 R. =0 ack 1001 ttl 54",
                 "1.04 S:81>C:3 S. 5000 ack 1001 ttl 44");
    /* If the client uses it, its distance does not matter. */
    script_check("firewall_reject 70-80 by middlebox", TEN_HOPS, "1 C:3>S:81 S 1000",
                 "1.02 S:81>C:3 R. =0 ack 1001 ttl 54", "1.04 S:81>C:3 S. 5000 ack 1001 ttl 44",
                 "1.041 C:3>S:81 . 1001 ack 5001");
    /* Neither answer comes from where the host is. */
    script_check("firewall_reject 50-60 by middlebox", TEN_HOPS, "1 C:3>S S 1000", "1.02 S>C:3 R. =0 ack 1001 ttl 61",
                 "1.04 S>C:3 S. 5000 ack 1001 ttl 44");
    /* After a repeated SYN the SYN-ACK belongs to the repetition: the service may have started in between. */
    script_check("closed_port", "0 C>S S 1000 id 1", "0.002 S>C R. =0 ack 1001", "1 C>S S 1000 id 2",
                 "1.02 S>C S. 5000 ack 1001");
    /* After a new SYN on the same ports too. */
    script_check("#1 closed_port", "0 C>S S 1000 id 1", "0.002 S>C R. =0 ack 1001", "1 C>S S 91000 id 2",
                 "1.02 S>C S. 5000 ack 91001");
    script_check("firewall_reject 70-80", "0 C>S S 1000", "0.002 S>C R. =0 ack 1001 ttl 60",
                 "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5001");
}

/* The host takes 40 ms to answer, three times. */
#define FORTY_MS                                                                                                       \
    "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001", "0.041 C:1>S . 1001 ack 5001", "0.10 C:2>S:82 S 1000",         \
        "0.14 S:82>C:2 S. 5000 ack 1001", "0.141 C:2>S:82 . 1001 ack 5001"

static void test_firewall_too_fast(void)
{
    script_check("firewall_reject 70-90 by middlebox", FORTY_MS, "0.2 C:3>S:83 S 1000",
                 "0.241 S:83>C:3 S. 5000 ack 1001", "0.2411 C:3>S:83 . 1001 ack 5001", "1.000 C:4>S:81 S 1000",
                 "1.002 S:81>C:4 R. =0 ack 1001");
    /* Two samples are too few. */
    script_check("closed_port", FORTY_MS, "1.000 C:4>S:81 S 1000", "1.002 S:81>C:4 R. =0 ack 1001");
    /* As fast as the host itself. */
    script_check("closed_port", FORTY_MS, "0.2 C:3>S:83 S 1000", "0.241 S:83>C:3 S. 5000 ack 1001",
                 "0.2411 C:3>S:83 . 1001 ack 5001", "1.000 C:4>S:81 S 1000", "1.035 S:81>C:4 R. =0 ack 1001");
    /* The clock of the capture is too coarse to tell: ticks of 20 ms. */
    script_check("closed_port", "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001", "0.041 C:1>S . 1001 ack 5001",
                 "0.10 C:2>S S 1000", "0.14 S>C:2 S. 5000 ack 1001", "0.141 C:2>S . 1001 ack 5001",
                 "0.2 C:3>S:83 S 1000", "0.24 S:83>C:3 S. 5000 ack 1001", "0.241 C:3>S:83 . 1001 ack 5001",
                 "1.00 C:4>S:81 S 1000", "1.02 S:81>C:4 R. =0 ack 1001");
    /* A SYN-ACK to a repeated SYN is no sample (Karn's rule). */
    script_check("closed_port", "0.00 C:1>S S 1000 id 1", "0.04 C:1>S S 1000 id 2", "0.08 S>C:1 S. 5000 ack 1001",
                 "0.081 C:1>S . 1001 ack 5001", FORTY_MS, "1.000 C:4>S:81 S 1000", "1.002 S:81>C:4 R. =0 ack 1001");
}

static void test_options(void)
{
    script_check("syn_options_refused 80-90 alt closed_port early closed_port trigger 1", "0 C>S SEW 1000",
                 "0.02 S>C R. =0 ack 1001", "1 C:2>S S 2000", "1.02 S>C:2 S. 5000 ack 2001",
                 "1.021 C:2>S . 2001 ack 5001");
    /* Plain acceptance came before. */
    script_check("syn_options_refused", "0 C:2>S S 2000", "0.02 S>C:2 S. 5000 ack 2001", "0.021 C:2>S . 2001 ack 5001",
                 "1 C>S S 1000 mptcp", "1.02 S>C R. =0 ack 1001");
    /* A plain SYN was refused: options are not the reason. */
    script_check("* not syn_options_refused", "0 C>S S 1000", "0.02 S>C R. =0 ack 1001", "1 C:2>S S 2000",
                 "1.02 S>C:2 S. 5000 ack 2001", "1.021 C:2>S . 2001 ack 5001");
    /* What was accepted had options as well. */
    script_check("* never syn_options_refused", "0 C>S SEW 1000", "0.02 S>C R. =0 ack 1001", "1 C:2>S SEW 2000",
                 "1.02 S>C:2 S. 5000 ack 2001", "1.021 C:2>S . 2001 ack 5001");
    /* Accepted long after: the service may have been started. */
    script_check("* never syn_options_refused", "0 C>S SEW 1000", "0.02 S>C R. =0 ack 1001", "60 C:2>S S 2000",
                 "60.02 S>C:2 S. 5000 ack 2001", "60.021 C:2>S . 2001 ack 5001");
    /* Another service of the same host. */
    script_check("* never syn_options_refused", "0 C>S:81 SEW 1000", "0.02 S:81>C R. =0 ack 1001", "1 C:2>S S 2000",
                 "1.02 S>C:2 S. 5000 ack 2001", "1.021 C:2>S . 2001 ack 5001");
}

static void test_resource_exhaustion(void)
{
    /* Accepted within a second on both sides. A stack that shows no sign of Linux. */
    script_check("resource_exhaustion 70-80 by server alt closed_port early closed_port", "0.0 C:1>S S 1000",
                 "0.02 S>C:1 S. 5000 ack 1001", "0.021 C:1>S . 1001 ack 5001", "0.5 C:2>S S 1000",
                 "0.52 S>C:2 R. =0 ack 1001 ttl 118 id 77", "0.8 C:3>S S 1000", "0.82 S>C:3 S. 5000 ack 1001",
                 "0.821 C:3>S . 1001 ack 5001");
    /* Linux drops a SYN when the backlog is full, it never refuses it: an alternative at most. */
    script_check("closed_port alt resource_exhaustion", "0.0 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S . 1001 ack 5001", "0.5 C:2>S S 1000", "0.52 S>C:2 R. =0 ack 1001 ttl 54 id 0 df",
                 "0.8 C:3>S S 1000", "0.82 S>C:3 S. 5000 ack 1001", "0.821 C:3>S . 1001 ack 5001");
    /* One long interval of refusals: the service was stopped and started. */
    script_check("#1 closed_port; #2 closed_port", "0.0 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S . 1001 ack 5001", "9 C:2>S S 1000", "9.02 S>C:2 R. =0 ack 1001 ttl 118 id 77",
                 "20 C:4>S S 1000", "20.02 S>C:4 R. =0 ack 1001 ttl 118 id 79", "60 C:3>S S 1000",
                 "60.02 S>C:3 S. 5000 ack 1001", "60.021 C:3>S . 1001 ack 5001");
    /* Alternating within seconds. */
    script_check("#1 resource_exhaustion", "0 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S . 1001 ack 5001", "2 C:2>S S 1000", "2.02 S>C:2 R. =0 ack 1001 ttl 118 id 77",
                 "4 C:3>S S 1000", "4.02 S>C:3 S. 5000 ack 1001", "4.021 C:3>S . 1001 ack 5001", "6 C:4>S S 1000",
                 "6.02 S>C:4 R. =0 ack 1001 ttl 118 id 79");
    /* Another port of the host accepts: proves nothing. */
    script_check("closed_port", "0.0 C:1>S:81 S 1000", "0.02 S:81>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S:81 . 1001 ack 5001", "0.5 C:2>S S 1000", "0.52 S>C:2 R. =0 ack 1001 ttl 118 id 77",
                 "0.8 C:3>S:81 S 1000", "0.82 S:81>C:3 S. 5000 ack 1001", "0.821 C:3>S:81 . 1001 ack 5001");
    /* Alternating long ago, not now. */
    script_check("#2 closed_port", "0 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001", "0.021 C:1>S . 1001 ack 5001",
                 "2 C:2>S S 1000", "2.02 S>C:2 R. =0 ack 1001 ttl 118 id 77", "4 C:3>S S 1000",
                 "4.02 S>C:3 S. 5000 ack 1001", "4.021 C:3>S . 1001 ack 5001", "60 C:4>S S 1000",
                 "60.02 S>C:4 R. =0 ack 1001 ttl 118 id 79");
    /* A window is no sign of Linux. */
    script_check("resource_exhaustion", "0.0 C:1>S S 1000", "0.02 S>C:1 S. 5000 ack 1001",
                 "0.021 C:1>S . 1001 ack 5001", "0.5 C:2>S S 1000", "0.52 S>C:2 R. =0 ack 1001 win 8192 ttl 54 id 0 df",
                 "0.8 C:3>S S 1000", "0.82 S>C:3 S. 5000 ack 1001", "0.821 C:3>S . 1001 ack 5001");
}

static void test_scan(void)
{
    /* Refused by many ports: the cause stays, nothing but the evidence says that it is a scan. */
    script_check("#6 closed_port 81-91", "0.0 C:1>S:21 S 1000", "0.01 S:21>C:1 R. =0 ack 1001", "0.1 C:1>S:22 S 1000",
                 "0.11 S:22>C:1 R. =0 ack 1001", "0.2 C:1>S:23 S 1000", "0.21 S:23>C:1 R. =0 ack 1001",
                 "0.3 C:1>S:24 S 1000", "0.31 S:24>C:1 R. =0 ack 1001", "0.4 C:1>S:25 S 1000",
                 "0.41 S:25>C:1 R. =0 ack 1001", "0.5 C:1>S:26 S 1000", "0.51 S:26>C:1 R. =0 ack 1001");
}

static void test_absurd(void)
{
    script_check("* by unknown", "0 C>S S 1000", "0.02 S>C R. =4294967295 ack =4294967295");
    script_check("closed_port", "0 C>S S 1000 win 0 mss 0 ws 255 ttl 0 id 65535", "0.02 S>C R. =0 ack 1001 ttl 255");
    /* The largest time that fits, then a jump beyond. */
    script_check("closed_port", "0 C>S S 1000", "6000000000 S>C R. =0 ack 1001");
    /* SYN with a length beyond any packet. */
    script_check("closed_port", "0 C>S S 1000 len 4294967294", "0.02 S>C R. =0 ack 999");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/refused/closed_port", test_closed_port },
        { "/refused/closed_port_weak", test_closed_port_weak },
        { "/refused/closed_port_repeated", test_closed_port_repeated },
        { "/refused/closed_port_not", test_closed_port_not },
        { "/refused/closed_port_unseen", test_closed_port_unseen },
        { "/refused/firewall_distance", test_firewall_distance },
        { "/refused/firewall_synack_follows", test_firewall_synack_follows },
        { "/refused/firewall_too_fast", test_firewall_too_fast },
        { "/refused/options", test_options },
        { "/refused/resource_exhaustion", test_resource_exhaustion },
        { "/refused/scan", test_scan },
        { "/refused/absurd", test_absurd },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
