/* test_lost.c
 * Tests with captures that lost a packet or two: that something is not there does not mean that it was not sent. Next
 * to each, the capture with that packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A second host, farther away, answers a segment, and the first one goes on. */
#define ASKED_AGAIN "2 C>S P. 1101 ack 5201 len 64 ttl 64 id 104"
#define OF_SECOND_HOST "2.021 S>C R 5201 ttl 52 id 0"
#define GOES_ON "2.4 S>C P. 5201 ack 1101 len 51 ttl 54 id 203"

static void test_second_host(void)
{
    script_check("#1 session_failover 45-55 by server", SCRIPT_TALK, ASKED_AGAIN, OF_SECOND_HOST, GOES_ON);
    /* Without what it answers. */
    script_check("#1 injected 70-80 alt session_failover shows second", SCRIPT_TALK, OF_SECOND_HOST, GOES_ON);
    /* What its peer sends back later proves nothing more. */
    script_check("#1 injected 70-80 alt session_failover", SCRIPT_TALK, OF_SECOND_HOST, GOES_ON,
                 "2.41 C>S R 1165 ttl 64 id 0");
    script_check("#1 injected 70-80 alt session_failover", SCRIPT_TALK, OF_SECOND_HOST, "2.3 C>S R 1165 ttl 64 id 0",
                 "2.7 S>C P. 5201 ack 1101 len 51 ttl 54 id 204");
    /* Nearer than the first one. */
    script_check("#1 injected 70-80 alt session_failover", SCRIPT_TALK, "2.021 S>C R 5201 ttl 57 id 0", GOES_ON);
    /* The capture lacks other packets too. */
    script_check("#1 injected 45-49 alt session_failover", SCRIPT_TALK, "1 C>S . 1101 ack 5401 ttl 64 id 110",
                 "2.021 S>C R 5401 ttl 52 id 0", "2.4 S>C P. 5401 ack 1101 len 51 ttl 54 id 203");
}

static void test_second_host_not(void)
{
    /* With the ACK flag it answers nothing. */
    script_check("#1 injected 95-100 by middlebox hides second", SCRIPT_TALK,
                 "2.021 S>C R. 5201 ack 1101 ttl 57 id 9000", GOES_ON);
    /* No host with that address is so near. */
    script_check("#1 injected 95-100 by middlebox hides second", SCRIPT_TALK, "2.021 S>C R 5201 ttl 60 id 0", GOES_ON);
    /* Both ends are reset at once. */
    script_check("#1 injected 95-100 by middlebox hides second", SCRIPT_TALK, "2.021 S>C R 5201 ttl 57 id 0",
                 "2.022 C>S R 1101 ttl 57 id 0", GOES_ON);
}

/* Six copies, then silence. */
#define IN_VAIN                                                                                                        \
    "1 C>S P. 1101 ack 5201 len 108 ttl 128 id 301", "1.3 C>S P. 1101 ack 5201 len 108 ttl 128 id 302",                \
        "1.9 C>S P. 1101 ack 5201 len 108 ttl 128 id 303", "3.1 C>S P. 1101 ack 5201 len 108 ttl 128 id 304",          \
        "5.5 C>S P. 1101 ack 5201 len 108 ttl 128 id 305", "10.3 C>S P. 1101 ack 5201 len 108 ttl 128 id 306"

static void test_acknowledged_after_all(void)
{
    script_check("retransmission_timeout 90-95 by client", SCRIPT_TALK, IN_VAIN, "14.5 C>S R. 1209 ack 5201 ttl 128");
    /* It acknowledges data that the capture lacks, and those acknowledged the copies. */
    script_check("app_abort 45-75 by client", SCRIPT_TALK, IN_VAIN, "14.5 C>S R. 1209 ack 5333 ttl 128 id 308");
    /* Its ACK shows that, too. */
    script_check("app_abort 45-75 by client", SCRIPT_TALK, IN_VAIN, "13.3 C>S . 1209 ack 5333 ttl 128 id 307",
                 "14.5 C>S R. 1209 ack 5333 ttl 128 id 308");
    /* What was lost before the first copy changes nothing. */
    script_check("retransmission_timeout 90-95 by client", SCRIPT_TALK, "0.9 C>S . 1101 ack 5333 ttl 128 id 300",
                 "1 C>S P. 1101 ack 5333 len 108 ttl 128 id 301", "1.3 C>S P. 1101 ack 5333 len 108 ttl 128 id 302",
                 "1.9 C>S P. 1101 ack 5333 len 108 ttl 128 id 303", "3.1 C>S P. 1101 ack 5333 len 108 ttl 128 id 304",
                 "5.5 C>S P. 1101 ack 5333 len 108 ttl 128 id 305", "10.3 C>S P. 1101 ack 5333 len 108 ttl 128 id 306",
                 "14.5 C>S R. 1209 ack 5333 ttl 128 id 307");
    /* The reset comes when the next copy was due: then no acknowledgment had come, whatever was lost. */
    script_check("retransmission_timeout 75-85 by client", SCRIPT_TALK, IN_VAIN,
                 "19.9 C>S R. 1209 ack 5333 ttl 128 id 308");
}

/* Probes with a byte each, as Windows sends them. */
#define PROBES(seq)                                                                                                    \
    "30 C>S . " seq " ack 5201 len 1 ttl 128 id 301", "31 C>S . " seq " ack 5201 len 1 ttl 128 id 302",                \
        "32 C>S . " seq " ack 5201 len 1 ttl 128 id 303", "33 C>S . " seq " ack 5201 len 1 ttl 128 id 304",            \
        "34 C>S . " seq " ack 5201 len 1 ttl 128 id 305", "35 C>S . " seq " ack 5201 len 1 ttl 128 id 306"

static void test_probes_with_byte(void)
{
    script_check("keepalive_timeout 90-97 by client", SCRIPT_TALK, PROBES("1100"), "36 C>S R. 1101 ack 5201 ttl 128");
    /* The capture lacks what they repeat the last byte of. */
    script_check("* not retransmission_timeout by client", SCRIPT_TALK, PROBES("1150"),
                 "36 C>S R. 1151 ack 5201 ttl 128");
    /* The waits grow: a byte that is sent again. */
    script_check("retransmission_timeout 60-95 by client", SCRIPT_TALK, "30 C>S . 1150 ack 5201 len 1 ttl 128",
                 "31 C>S . 1150 ack 5201 len 1 ttl 128", "33 C>S . 1150 ack 5201 len 1 ttl 128",
                 "37 C>S . 1150 ack 5201 len 1 ttl 128", "45 C>S . 1150 ack 5201 len 1 ttl 128",
                 "61 C>S . 1150 ack 5201 len 1 ttl 128", "93 C>S R. 1151 ack 5201 ttl 128");
}

#define ASKS "0.5 C>S P. 1001 ack 5001 data 'GET /forbidden HTTP/1.1' ttl 64 id 102"
#define SERVED "0.52 S>C . 5001 ack 1024 ttl 54 id 201", "0.53 S>C P. 5001 ack 1024 len 51 ttl 54 id 202"

static void test_answer_lost(void)
{
    /* The request had its answer. */
    script_check("* not policy_reset", SCRIPT_OPEN, ASKS, SERVED, "0.54 C>S . 1024 ack 5052 ttl 64 id 103",
                 "1.5 S>C R. 5052 ack 1024 ttl 45 id 203");
    /* Which the capture lacks. */
    script_check("* not policy_reset", SCRIPT_OPEN, ASKS, "0.52 S>C . 5001 ack 1024 ttl 54 id 201",
                 "0.54 C>S . 1024 ack 5052 ttl 64 id 103", "1.5 S>C R. 5052 ack 1024 ttl 45 id 203");
    script_check("* not policy_reset", SCRIPT_OPEN, ASKS, "0.52 S>C . 5001 ack 1024 ttl 54 id 201",
                 "1.5 S>C R. 5052 ack 1088 ttl 45 id 203");
    script_check("policy_reset 55-65 by middlebox", SCRIPT_OPEN, ASKS, "0.52 S>C . 5001 ack 1024 ttl 54 id 201",
                 "1.5 S>C R. 5001 ack 1024 ttl 45 id 203");
}

static void test_synack_lost(void)
{
    /* The server asks with an ACK for its old connection; the client refuses that and stays in SYN-SENT. */
    script_check("#1 half_open_discovery 90-97", SCRIPT_TALK, "1 C>S S 900000 ttl 64 id 105",
                 "1.02 S>C . 5201 ack 1101 ttl 54 id 204", "1.021 C>S R 1101 ttl 64 id 0",
                 "2 C>S S 900000 ttl 64 id 106", "2.02 S>C S. 800000 ack 900001 ttl 54 id 0",
                 "2.021 C>S . 900001 ack 800001 ttl 64 id 107", "2.03 C>S P. 900001 ack 800001 len 64 ttl 64 id 108");
    /* The second SYN and its answer are lost. */
    script_check("#1 half_open_discovery 90-97 innocent", SCRIPT_TALK, "1 C>S S 900000 ttl 64 id 105",
                 "1.02 S>C . 5201 ack 1101 ttl 54 id 204", "1.021 C>S R 1101 ttl 64 id 0",
                 "2.021 C>S . 900001 ack 800001 ttl 64 id 107", "2.03 C>S P. 900001 ack 800001 len 64 ttl 64 id 108");
    /* The first one and what answers it, too: what follows at other numbers is another connection. */
    script_check("#1 app_abort innocent contradicted 0", SCRIPT_TALK, "1.021 C>S R 1101 ttl 64 id 0",
                 "2.021 C>S . 900001 ack 800001 ttl 64 id 107", "2.03 C>S P. 900001 ack 800001 len 64 ttl 64 id 108",
                 "2.05 S>C . 800001 ack 900065 ttl 54 id 205", "2.06 S>C P. 800001 ack 900065 len 51 ttl 54 id 206",
                 "2.061 C>S . 900065 ack 800052 ttl 64 id 109", "2.07 C>S F. 900065 ack 800052 ttl 64 id 110");
}

static void test_start_lost(void)
{
    /* An ACK for something else than the SYN shows an older connection, unless it acknowledges what was sent since. */
    script_check("half_open_discovery 83-93", SCRIPT_SYN, "0.02 S>C . 7005201 ack 9001101 ttl 54 id 204",
                 "0.021 C>S R 9001101 ttl 64 id 0");
    script_check("* 20-49", SCRIPT_SYN, "0.8 S>C P. 5053 ack 1101 len 51 ttl 54 id 204",
                 "0.821 C>S R 1101 ttl 64 id 0");
    /* The same with the ACK that ends a handshake. */
    script_check("handshake_bad_ack 80-90", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 9005001 ttl 64 id 101",
                 "0.041 S>C R 9005001 ttl 54 id 0");
    script_check("* 20-49", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.8 C>S P. 1101 ack 5201 len 64 ttl 64 id 101",
                 "0.821 S>C R 5201 ttl 54 id 0");
}

static void test_mirrored_ids(void)
{
    /* A host that copies the IP ID of what it answers. */
    script_check("* never injected never policy_reset", "0 C>S S 1000 ttl 64 id 100",
                 "0.02 S>C S. 5000 ack 1001 ttl 54 id 100", "0.021 C>S . 1001 ack 5001 ttl 64 id 101",
                 "0.5 S>C R. 5001 ack 1001 ttl 54 id 101");
    /* Its other packets are lost, so nothing shows that it does. */
    script_check("* never injected never policy_reset", "0 C>S S 1000 ttl 64 id 100",
                 "0.021 C>S . 1001 ack 5001 ttl 64 id 101", "0.5 S>C R. 5001 ack 1001 ttl 54 id 101");
}

static void test_copy_lost(void)
{
    /* A mirror port shows each packet from two places; of the packet before the reset, one copy is lost. */
    script_check("#1 * never injected; #2 * never injected", "0 C>S . 1101 ack 5201 ttl 127 id 300",
                 "1 C>S R. 1101 ack 5201 ttl 128 id 301", "1.000004 C>S R. 1101 ack 5201 ttl 127 id 301");
}

/* A train toward one end, whose host answers the next segment: the capture lacks that. */
static void test_answer_to_train(void)
{
    script_check("#4 * 20-49 innocent", SCRIPT_TALK, "1.0 C>S P. 1101 ack 5201 len 44 ttl 64 id 104",
                 "1.003 S>C R. 5201 ack 1145 ttl 50", "1.0031 S>C R. 6661 ack 1145 ttl 57",
                 "1.0032 S>C R. 9581 ack 1145 ttl 60", "1.0043 C>S R 1145 ttl 64 id 0");
    /* From elsewhere than that host. */
    script_check("#4 injected 50-90 by middlebox", SCRIPT_TALK, "1.0 C>S P. 1101 ack 5201 len 44 ttl 64 id 104",
                 "1.003 S>C R. 5201 ack 1145 ttl 50", "1.0031 S>C R. 6661 ack 1145 ttl 57",
                 "1.0032 S>C R. 9581 ack 1145 ttl 60", "1.0043 C>S R 1145 ttl 57 id 0");
}

/* Answers to some probes are lost, and then the program aborts. */
static void test_probes_answered(void)
{
    script_check("keepalive_timeout 55-65 by server", SCRIPT_TALK, "10 S>C . 5200 ack 1101 ttl 54 id 210",
                 "11 S>C . 5200 ack 1101 ttl 54 id 211", "12 S>C . 5200 ack 1101 ttl 54 id 212",
                 "12.445 S>C R. 5201 ack 1101 ttl 54 id 213");
    script_check("keepalive_timeout 90-97 by server", SCRIPT_TALK, "10 S>C . 5200 ack 1101 ttl 54 id 210",
                 "11 S>C . 5200 ack 1101 ttl 54 id 211", "12 S>C . 5200 ack 1101 ttl 54 id 212",
                 "13 S>C R. 5201 ack 1101 ttl 54 id 213");
}

#define AFTER_350 "350 C>S P. 1101 ack 5201 len 40 ttl 64 id 104", "350.02 S>C R 5201 ttl 57 id 0"

static void test_silence(void)
{
    script_check("device_idle_timeout 55-65 by middlebox hides missing", SCRIPT_TALK, AFTER_350);
    /* What ends the silence shows that packets in it are lost. */
    script_check("* 20-69 shows missing", SCRIPT_TALK, "350 C>S P. 1301 ack 5401 len 40 ttl 64 id 104",
                 "350.02 S>C R 5401 ttl 57 id 0");
    /* Those lost before the silence change nothing. */
    script_check("device_idle_timeout 55-65 by middlebox hides missing", SCRIPT_TALK,
                 "0.1 C>S P. 1301 ack 5401 len 40 ttl 64 id 104", "0.12 S>C . 5401 ack 1341 ttl 54 id 204",
                 "350 C>S P. 1341 ack 5401 len 40 ttl 64 id 105", "350.02 S>C R 5401 ttl 57 id 0");
}

static void test_statement_cut(void)
{
    script_check("app_abort 70-80 hides payload", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 203");
    script_check("app_abort 60-69 shows payload", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 len 40 hex 7374 ttl 54 id 203");
    script_check("* hides missing", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 data 'Go away' ttl 54 id 203");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/lost/second-host", test_second_host},
        {"/lost/second-host-not", test_second_host_not},
        {"/lost/acknowledged-after-all", test_acknowledged_after_all},
        {"/lost/probes-with-byte", test_probes_with_byte},
        {"/lost/answer", test_answer_lost},
        {"/lost/synack", test_synack_lost},
        {"/lost/start", test_start_lost},
        {"/lost/mirrored-ids", test_mirrored_ids},
        {"/lost/copy", test_copy_lost},
        {"/lost/answer-to-train", test_answer_to_train},
        {"/lost/probes-answered", test_probes_answered},
        {"/lost/silence", test_silence},
        {"/lost/statement-cut", test_statement_cut},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
