/* test_syn_sent.c
 * Tests of the rules for a SYN-ACK that is reset although its client goes on waiting, and of resets of several SYN-ACKs
 * to one SYN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define OPTIONS " mss 1460 sack ws 7 "

/* At the server: the SYN-ACK leaves at once, and the reset comes a round trip later. */
#define ASKED "0 C>S S 1000" OPTIONS "ttl 58 id 100 df", "0.0001 S>C S. 5000 ack 1001 mss 1460 sack ws 7 ttl 64 id 0"
#define AGAIN_AT_ONCE "0.04 C>S S 1000" OPTIONS "ttl 58 id 101 df", "0.0401 S>C S. 7000 ack 1001 mss 1460 ttl 64 id 0"
#define AGAIN_LATER "1.0 C>S S 1000" OPTIONS "ttl 58 id 101 df", "1.0001 S>C S. 7000 ack 1001 mss 1460 ttl 64 id 0"

static void test_altered(void)
{
    /* Linux and lwIP repeat the SYN at once after a wrong ACK. */
    script_check("#1 handshake_bad_ack 64-72 by client trigger 2 never connect_aborted early connect_aborted;"
                 "#2 handshake_bad_ack 64-72 by client trigger 5 never connect_aborted never segment_after_reset",
                 ASKED, "0.03 C>S R 1001 ttl 58 id 0 df", AGAIN_AT_ONCE, "0.07 C>S R 1001 ttl 58 id 0 df");
    script_check("#1 handshake_bad_ack 54-62 by client", ASKED, "0.03 C>S R 1001 ttl 58 id 0 df", AGAIN_LATER);
    /* No later SYN: the one after the first reset tells. */
    script_check("handshake_bad_ack 54-62 by client early handshake_bad_ack", ASKED, "0.03 C>S R 1001 ttl 58 id 0 df",
                 AGAIN_LATER, "1.03 C>S R 1001 ttl 58 id 0 df");
    /* The pause between the first two SYNs. */
    script_check("#1 handshake_bad_ack 64-72", ASKED, "0.03 C>S R 1001 ttl 58",
                 "0.2 C>S S 1000" OPTIONS "ttl 58 id 101");
    script_check("#1 handshake_bad_ack 54-62", ASKED, "0.03 C>S R 1001 ttl 58",
                 "0.201 C>S S 1000" OPTIONS "ttl 58 id 101");
    /* Only the client's direction, without options: lwIP, again at once. */
    script_check("handshake_bad_ack 64-72 by client", "0 C>S S 1000 mss 1460", "0.03 C>S R 1001",
                 "0.031 C>S S 1000 mss 1460");
    /* A second later it may have been the timestamp that was wrong. An unknown TTL is not told. */
    script_check("handshake_bad_ack 45-49 by client tells Perhaps hides TTL", "0 C>S S 1000 mss 1460 sack", "0.03 C>S R 1001",
                 "1.03 C>S S 1000 mss 1460 sack");
    /* Without times or distances. */
    script_check("#1 handshake_bad_ack 54-62 by client", "- C>S S 1000" OPTIONS, "- S>C S. 5000 ack 1001",
                 "- C>S R 1001", "- C>S S 1000" OPTIONS);
}

/* The SYN-ACK acknowledges what the client never sent, far from its numbers: still its own SYN comes again. */
static void test_far_number(void)
{
    script_check("#1 handshake_bad_ack 85-95 by client; #2 handshake_bad_ack 85-95 by client never duplicate",
                 "0 C>S S 1000" OPTIONS "ttl 64", "0.008 S>C S. 5000 ack 1515870811 ttl 59",
                 "0.0081 C>S R 1515870811 ttl 64", "1.0 C>S S 1000" OPTIONS "ttl 64",
                 "1.008 S>C S. 7000 ack 1515870811 ttl 59", "1.0081 C>S R 1515870811 ttl 64");
}

static void test_gave_up(void)
{
    /* No SYN after the reset, another number, another distance, or a reset that acknowledges something. */
    script_check("connect_aborted 80-90 by client", "0 C>S S 1000" OPTIONS "ttl 58 id 100",
                 "1 C>S S 1000" OPTIONS "ttl 58 id 101", "1.0001 S>C S. 5000 ack 1001", "1.03 C>S R 1001 ttl 58");
    script_check("#1 connect_aborted by client", ASKED, "0.03 C>S R 1001 ttl 58",
                 "1.0 C>S S 9000" OPTIONS "ttl 58 id 101", "1.0001 S>C S. 7000 ack 9001");
    script_check("#1 connect_aborted by client", ASKED, "0.03 C>S R 1001 ttl 58",
                 "1.0 C>S S 1000" OPTIONS "ttl 50 id 101");
    script_check("#1 * not handshake_bad_ack", ASKED, "0.03 C>S R. 1001 ack 5001 ttl 58", AGAIN_LATER);
    /* The timestamp tells more. */
    script_check("#1 paws_reject 84-92 by client", "0 C>S S 1000 mss 1460 ws 7 ts 7000:0",
                 "0.0001 S>C S. 5000 ack 1001 mss 1460 ts 9:100", "0.03 C>S R 1001",
                 "1 C>S S 1000 mss 1460 ws 7 ts 8000:0");
    /* A later SYN-ACK and no SYN in between. */
    script_check("segment_after_reset 55-65 by client", ASKED, "0.03 C>S R 1001 ttl 58",
                 "1.0001 S>C S. 5000 ack 1001 mss 1460 sack ws 7 ttl 64 id 0", "1.03 C>S R 1001 ttl 58");
}

static void test_misrouted(void)
{
    /* Another gateway answers: two hops nearer or farther, or from the same distance with a TTL of its own. */
    script_check("#1 session_failover 66-74 by middlebox never connect_aborted", ASKED, "0.03 C>S R 1001 ttl 60 id 0",
                 AGAIN_LATER);
    script_check("#1 session_failover 66-74 by middlebox", ASKED, "0.03 C>S R 1001 ttl 57 id 0", AGAIN_LATER);
    script_check("#2 session_failover 58-66 by middlebox never segment_after_reset", ASKED,
                 "0.001 C>S R 1001 ttl 249 id 7000", AGAIN_LATER, "1.001 C>S R 1001 ttl 249 id 7001");
    script_check("#1 session_failover 50-56 by middlebox", ASKED, "0.001 C>S R 1001 ttl 249 id 101", AGAIN_LATER);
    script_check("#1 session_failover 50-56 by middlebox", ASKED, "0.001 C>S R 1001 ttl 249", AGAIN_LATER);
    script_check("#1 session_failover 50-56 by middlebox", ASKED, "0.001 C>S R 1001 ttl 249 id 164", AGAIN_LATER);
    script_check("#1 session_failover 58-66 by middlebox", ASKED, "0.001 C>S R 1001 ttl 249 id 165", AGAIN_LATER);
    /* One hop nearer: the host that translated the SYN. */
    script_check("#1 nat_leak 58-66 by middlebox", ASKED, "0.03 C>S R 1001 ttl 59 id 0", AGAIN_LATER);
    script_check("nat_leak 58-66 by middlebox", "0 C>S S 1000" OPTIONS "ttl 58", "0.03 C>S R 1001 ttl 59",
                 "1 C>S S 1000" OPTIONS "ttl 58");
    /* A TTL that a program chose tells nothing. */
    script_check("#1 handshake_bad_ack by client", "0 C>S S 1000" OPTIONS "ttl 32",
                 "0.0001 S>C S. 5000 ack 1001 ttl 64", "0.03 C>S R 1001 ttl 58", "1 C>S S 1000" OPTIONS "ttl 32");
    script_check("#1 session_failover by middlebox", "0 C>S S 1000" OPTIONS "ttl 33",
                 "0.0001 S>C S. 5000 ack 1001 ttl 64", "0.03 C>S R 1001 ttl 58", "1 C>S S 1000" OPTIONS "ttl 33");
    /* The client's own connections come from where the reset does: the SYNs are somebody else's. */
    script_check("#1 unsolicited_synack by client", SCRIPT_TALK, "1 C:21>S:21 S 1000" OPTIONS "ttl 43",
                 "1.01 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0101 C:21>S:21 R 1001 ttl 64",
                 "2 C:21>S:21 S 1000" OPTIONS "ttl 43", "2.01 S:21>C:21 S. 6000 ack 1001 ttl 54");
    /* The second leg shows that it was sent by somebody between the two points. */
    script_check("#1 session_failover by middlebox", "0 C>S S 1000" OPTIONS "ttl 58 id 100 df interface 2",
                 "0.0001 S>C S. 5000 ack 1001 mss 1460 ttl 64 interface 2", "0.03 C>S R 1001 ttl 60 id 0 interface 2",
                 "1.0 C>S S 1000" OPTIONS "ttl 58 id 101 df interface 2",
                 "137 C>S S 1000" OPTIONS "ttl 64 id 100 df interface 1",
                 "137.99 C>S S 1000" OPTIONS "ttl 64 id 101 df interface 1");
}

/* Near the client nothing changes the SYN-ACK any more, and a SYN without options is a program's. */
static void test_kernel(void)
{
    script_check("#1 unknown_to_kernel 46-49 by client", "0 C>S S 1000" OPTIONS "ttl 64",
                 "0.03 S>C S. 5000 ack 1001 ttl 54", "0.0301 C>S R 1001 ttl 64", "1 C>S S 1000" OPTIONS "ttl 64");
    script_check("#1 handshake_bad_ack by client", "0 C>S S 1000" OPTIONS "ttl 64", "0.03 S>C S. 5000 ack 1001 ttl 54",
                 "0.06 C>S R 1001 ttl 64", "1 C>S S 1000" OPTIONS "ttl 64");
    script_check("#1 unknown_to_kernel 50-58 by client", "0 C>S S 1000 ttl 64", "0.03 S>C S. 5000 ack 1001 ttl 54",
                 "0.06 C>S R 1001 ttl 64", "1 C>S S 1000 ttl 64");
    /* A scanner. */
    script_check("#1 half_open_scan by client", "0 C>S S 1000 mss 1460 win 1024 ttl 64",
                 "0.03 S>C S. 5000 ack 1001 ttl 54", "0.06 C>S R 1001 ttl 64", "1 C>S S 1000 mss 1460 win 1024 ttl 64");
    /* It goes on after its first reset: the kernel resets the next one too. */
    script_check("#1 unknown_to_kernel 80-90 by client trigger 2; #2 segment_after_reset by server;"
                 "#3 unknown_to_kernel 60-70 by client trigger 3; #4 unknown_to_kernel 60-70 by client trigger 8",
                 "0 C>S S 1000" OPTIONS "ttl 48 id 100", "0.0001 S>C S. 5000 ack 1001 ttl 64 id 0",
                 "0.002 S>C S. 900000000 ack 1001 ttl 64 id 11726", "0.21 C>S R 1001 ttl 48 id 0",
                 "0.2101 C>S . 1001 ack 5001 ttl 48 id 101", "0.2102 S>C R 5001 ttl 64 id 0",
                 "0.211 C>S R 1001 ttl 48 id 0", "1.6 S>C S. 900000000 ack 1001 ttl 64 id 11727",
                 "1.81 C>S R 1001 ttl 48 id 0");
    script_check("#1 unknown_to_kernel by client trigger 2; #3 unknown_to_kernel by client trigger 3",
                 "0 C>S S 1000" OPTIONS "ttl 48 id 100", "0.0001 S>C S. 900000000 ack 1001 ttl 64 id 0",
                 "0.002 S>C S. 5000 ack 1001 ttl 64 id 11726", "0.21 C>S R 1001 ttl 48 id 0",
                 "0.2101 C>S . 1001 ack 900000001 ttl 48 id 101", "0.2102 S>C R 900000001 ttl 64 id 0",
                 "0.211 C>S R 1001 ttl 48 id 0");
}

static void test_second_host(void)
{
    const char *later = "2.06 S>C S. 700000000 ack 1001 ttl 63 id 7";

    /* Two hosts answer one SYN, and the client has given up. */
    script_check("#1 connect_aborted by client; #2 connect_aborted 55-65 by client trigger 4;"
                 "#3 connect_aborted 55-65 by client; #4 segment_after_reset by client",
                 "0 C>S S 1000 mss 1460 ws 8 sack ttl 128 id 1", "0.9 S>C S. 5000 ack 1001 ttl 127 id 5",
                 "0.9001 C>S R 1001 ttl 128 id 2", later, "2.0601 C>S R 1001 ttl 128 id 3",
                 "8.06 S>C S. 700000000 ack 1001 ttl 63 id 8", "8.0601 C>S R 1001 ttl 128 id 4",
                 "58 S>C F. 700000001 ack 1001 ttl 63 id 9", "58.0001 C>S R 1001 ttl 128 id 5");
    /* The same SYN-ACK again. */
    script_check("#2 segment_after_reset 55-65 by client", "0 C>S S 1000 mss 1460 ws 8 sack ttl 128 id 1",
                 "0.9 S>C S. 5000 ack 1001 ttl 127 id 5", "0.9001 C>S R 1001 ttl 128 id 2",
                 "2.06 S>C S. 5000 ack 1001 ttl 127 id 6", "2.0601 C>S R 1001 ttl 128 id 3");
}

/* A refusal that does not acknowledge all of the SYN is no ordinary one. */
static void test_improper_refusal(void)
{
    script_check("closed_port 80-90 by server", "0 C>S S 1000" OPTIONS, "0.03 S>C R. =0 ack 1001");
    script_check("closed_port 45-60", "0 C>S S 1000" OPTIONS, "0.03 S>C R. =0 ack 1000");
}

/* Interface 1 is at the client, interface 2 at the server. */
#define ARRIVED(id, synack)                                                                                            \
    "0 C>S S 1000" OPTIONS "ts 10:0 ttl 64 id 100 interface 1",                                                        \
        "0.012 C>S S 1000" OPTIONS "ts 10:0 ttl 61 id 100 interface 2",                                                \
        "0.0121 S>C S. 5000 ack 1001 ts 70:10 ttl 64 id " id " interface 2",                                           \
        "0.024 S>C " synack " ttl 61 interface 1"
#define RENUMBERED(number) ARRIVED("0", "S. " number " ack 1001 ts 70:10 id 0")
#define RESET_AT(number)                                                                                               \
    "0.0241 C>S . 1001 ack " number " ts 34:70 ttl 64 id 101 interface 1",                                             \
        "0.036 C>S . 1001 ack " number " ts 34:70 ttl 61 id 101 interface 2",                                          \
        "0.0361 S>C R " number " ttl 64 id 0 interface 2", "0.048 S>C R " number " ttl 61 id 0 interface 1"

static void test_two_points(void)
{
    script_check("#1 header_rewritten 90-99 by server sure_early 69; #2 header_rewritten 90-99 by server;"
                 "#3 header_rewritten 90-99 by server; #4 header_rewritten 90-99 by server",
                 RENUMBERED("8331"), "0.0241 C>S . 1001 ack 8332 ts 34:70 ttl 64 id 101 interface 1",
                 "0.0242 C>S P. 1001 ack 8332 len 7 ts 34:70 ttl 64 id 102 interface 1",
                 "0.036 C>S . 1001 ack 8332 ts 34:70 ttl 61 id 101 interface 2",
                 "0.0361 S>C R 8332 ttl 64 id 0 interface 2",
                 "0.0372 C>S P. 1001 ack 8332 len 7 ts 34:70 ttl 61 id 102 interface 2",
                 "0.0373 S>C R 8332 ttl 64 id 0 interface 2", "0.048 S>C R 8332 ttl 61 id 0 interface 1",
                 "0.049 S>C R 8332 ttl 61 id 0 interface 1");
    /* The right SYN-ACK arrived too. */
    script_check("#1 * not header_rewritten", RENUMBERED("8331"),
                 "0.0240 S>C S. 5000 ack 1001 ts 70:10 ttl 61 id 0 interface 1",
                 "0.0241 C>S . 1001 ack 8332 ts 34:70 ttl 64 id 101 interface 1",
                 "0.0242 C>S P. 1001 ack 8332 len 7 ts 34:70 ttl 64 id 102 interface 1",
                 "0.036 C>S . 1001 ack 8332 ts 34:70 ttl 61 id 101 interface 2",
                 "0.0361 S>C R 8332 ttl 64 id 0 interface 2", "0.048 S>C R 8332 ttl 61 id 0 interface 1");
}

/* What arrived must be the same SYN-ACK in all but its number. Else it may still show that the ACK was not translated.
 */
static void test_other_syn_ack(void)
{
    script_check("#1 header_rewritten tells arrived", ARRIVED("7", "S. 8331 ack 1001 ts 70:10 id 7"), RESET_AT("8332"));
    script_check("#1 * not header_rewritten", ARRIVED("7", "SE. 8331 ack 1001 ts 70:10 id 7"), RESET_AT("8332"));
    script_check("#1 * not header_rewritten", ARRIVED("7", "S. 8331 ack 1001 ts 70:10 id 7 len 5"), RESET_AT("8332"));
    script_check("#1 * not header_rewritten", ARRIVED("7", "S. 8331 ack 1001 ts 70:10 id 9"), RESET_AT("8332"));
    script_check("#1 * tells between tells different", ARRIVED("7", "S. 8331 ack 1002 ts 70:10 id 7"), RESET_AT("8332"));
    script_check("#1 * tells between", ARRIVED("7", "S. 8331 ack 1001 ts 71:10 id 7"), RESET_AT("8332"));
    script_check("#1 * tells between", ARRIVED("7", "S. 8331 ack 1001 ts 70:10 id 7 win 999"), RESET_AT("8332"));
}

/* The acknowledgment fits only what arrived, or also what had been sent. */
static void test_changed_by_one(void)
{
    script_check("#1 header_rewritten 90-99 by server", RENUMBERED("5001"), RESET_AT("5002"));
    script_check("#1 * not header_rewritten", RENUMBERED("5001"),
                 "0.0122 S>C P. 5001 ack 1001 len 10 ts 70:10 ttl 64 id 0 interface 2", RESET_AT("5011"));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/syn_sent/altered", test_altered},
        {"/syn_sent/far_number", test_far_number},
        {"/syn_sent/gave_up", test_gave_up},
        {"/syn_sent/misrouted", test_misrouted},
        {"/syn_sent/kernel", test_kernel},
        {"/syn_sent/second_host", test_second_host},
        {"/syn_sent/improper_refusal", test_improper_refusal},
        {"/syn_sent/two_points", test_two_points},
        {"/syn_sent/other_syn_ack", test_other_syn_ack},
        {"/syn_sent/changed_by_one", test_changed_by_one},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
