/* test_attempts.c
 * Tests of connection attempts: what a late or odd refusal tells, what a service did with other attempts around it, and
 * what answers a refusal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void test_late(void)
{
    /* Nothing for 13 s after the last of four SYNs, then a refusal: whoever kept the half-open connection. */
#define IN_VAIN "0 C>S S 1000 id 1 ttl 62", "1 C>S S 1000 id 2 ttl 62", "3 C>S S 1000 id 3 ttl 62"
    script_check(
        "handshake_timeout 55-65 by unknown trigger 4 early handshake_timeout alt firewall_reject not closed_port",
        IN_VAIN, "7 C>S S 1000 id 4 ttl 62", "20 S>C R. =0 ack 1001 ttl 254 id 0");
    /* One SYN: just too late, and just in time. */
    script_check("handshake_timeout 55-65 by unknown", "0 C>S S 1000 id 1", "5 S>C R. =0 ack 1001 id 0");
    script_check("closed_port 81-91 by server", "0 C>S S 1000 id 1", "4.9 S>C R. =0 ack 1001 id 0");
    /* After several in vain. */
    script_check("handshake_timeout 55-65", IN_VAIN, "6 S>C R. =0 ack 1001 id 0");
    script_check("closed_port 81-91", IN_VAIN, "5.9 S>C R. =0 ack 1001 id 0");
    /* The SYNs were lost, or the service was stopped meanwhile; the last one is answered in time. */
    script_check("closed_port 81-91 trigger 4", IN_VAIN, "7 C>S S 1000 id 4", "7.05 S>C R. =0 ack 1001 id 0");
    /* A path of seconds: the host takes as long for everything. */
    script_check("closed_port by server", "0 C:1>S:81 S 1000", "4 S:81>C:1 S. 5000 ack 1001",
                 "4.1 C:1>S:81 . 1001 ack 5001", "10 C:2>S S 1000 id 1", "15.5 S>C:2 R. =0 ack 1001 id 0");
    /* Each copy of the SYN is refused, the first one late as well. */
    script_check("#1 closed_port; #2 closed_port", "0 C>S S 1000 id 1", "1 C>S S 1000 id 2",
                 "6 S>C R. =0 ack 1001 id 0", "7 S>C R. =0 ack 1001 id 0");
    /* Without times. */
    script_check("closed_port by server", "- C>S S 1000 id 1", "- C>S S 1000 id 2", "- S>C R. =0 ack 1001 id 0");
}

static void test_random_seq(void)
{
    /* A stack refuses with SEQ 0. */
#define TRIES(a, b, c)                                                                                                 \
    "0.5 C>S S 1000 id 1", "0.55 S>C R. " a " ack 1001 id 7 ttl 246", "1 C>S S 1000 id 2",                             \
        "1.05 S>C R. " b " ack 1001 id 8 ttl 246", "1.5 C>S S 1000 id 3", "1.55 S>C R. " c " ack 1001 id 9 ttl 246"
    script_check(
        "#1 firewall_reject 70-85 by middlebox early firewall_reject trigger 1; #2 firewall_reject 70-85 early "
        "firewall_reject trigger 3; "
        "#3 firewall_reject 70-85 trigger 5",
        TRIES("7001", "90210", "33"));
    /* The same odd number each time: a stack of its own kind, perhaps. */
    script_check("#1 firewall_reject 45-49 by unknown; #3 firewall_reject 45-49 by unknown",
                 TRIES("7001", "7001", "7001"));
    /* As it should be. */
    script_check("#1 closed_port 81-91 by server; #3 closed_port 81-91", TRIES("=0", "=0", "=0"));
    /* Another SYN of the same port is another attempt: nothing to compare. */
    script_check("* 45-49", "0.5 C>S S 1000 id 1", "0.55 S>C R. 7001 ack 1001 id 7", "1 C>S S 900000 id 2",
                 "1.05 S>C R. 90210 ack 900001 id 8");
}

#define TAKEN(t, port, flags)                                                                                          \
    t "0 C:" port ">S " flags " 1000", t "2 S>C:" port " S. 5000 ack 1001 ttl 128 id 9",                               \
        t "3 C:" port ">S . 1001 ack 5001"
#define REFUSED(t, port, flags) t "0 C:" port ">S " flags " 1000", t "2 S>C:" port " R. =0 ack 1001 ttl 128 id 10"

static void test_options(void)
{
    /* The retry without them is accepted. */
    script_check("#1 syn_options_refused 80-90", REFUSED("1.0", "1", "SEW"), TAKEN("1.5", "2", "S"));
    /* A plain one was accepted only before: perhaps the service has stopped since. */
    script_check("#1 syn_options_refused 55-65", TAKEN("0.5", "2", "S"), REFUSED("1.0", "1", "SEW"));
    /* One with the same options was accepted before, or is accepted after. */
    script_check("#1 * never syn_options_refused", TAKEN("0.1", "3", "SEW"), TAKEN("0.5", "2", "S"),
                 REFUSED("1.0", "1", "SEW"));
    script_check("#1 * never syn_options_refused", REFUSED("1.0", "1", "SEW"), TAKEN("1.5", "2", "S"),
                 TAKEN("1.9", "3", "SEW"));
    /* Other options than these. */
    script_check("#1 syn_options_refused 80-90", TAKEN("0.1", "3", "S"), REFUSED("1.0", "1", "SEW"),
                 TAKEN("1.5", "2", "S"), "2 C:4>S S 1000 tfo", "2.02 S>C:4 S. 5000 ack 1001",
                 "2.03 C:4>S . 1001 ack 5001");
    /* A plain one is refused meanwhile, before or after. */
    script_check("#1 * never syn_options_refused; #2 * never syn_options_refused", REFUSED("1.0", "1", "SEW"),
                 REFUSED("1.1", "2", "S"), TAKEN("1.5", "3", "S"));
    script_check("#2 * never syn_options_refused", TAKEN("0.1", "4", "S"), REFUSED("0.5", "2", "S"),
                 REFUSED("1.0", "1", "SEW"));
    /* Long ago, the port was closed to all. */
    script_check("#2 syn_options_refused 80-90", REFUSED("0.5", "2", "S"), REFUSED("9.0", "1", "SEW"),
                 TAKEN("9.5", "3", "S"));
}

static void test_backlog_of_seconds(void)
{
    /* A stack that refuses for a full backlog, and two seconds between acceptances. */
    script_check("#1 resource_exhaustion 55-65 by server early closed_port; #2 resource_exhaustion 55-65",
                 TAKEN("0.1", "1", "S"), REFUSED("0.6", "2", "S"), REFUSED("0.9", "3", "S"), TAKEN("2.3", "4", "S"));
    /* A gap that is too long. */
    script_check("#1 closed_port 81-91", TAKEN("0.1", "1", "S"), REFUSED("0.6", "2", "S"), TAKEN("5.2", "4", "S"));
    /* Its connection was reset before: it was stopped. */
    script_check("#2 closed_port 81-91", TAKEN("0.1", "1", "S"), "0.5 S>C:1 R. 5001 ack 1001 ttl 128 id 9",
                 REFUSED("0.6", "2", "S"), TAKEN("2.3", "4", "S"));
    /* Linux refuses nobody for a full backlog. */
    script_check("#1 closed_port 81-91", "0.10 C:1>S S 1000", "0.12 S>C:1 S. 5000 ack 1001 ttl 54",
                 "0.13 C:1>S . 1001 ack 5001", "0.60 C:2>S S 1000", "0.62 S>C:2 R. =0 ack 1001 ttl 54 id 0 df",
                 "2.30 C:4>S S 1000", "2.32 S>C:4 S. 5000 ack 1001 ttl 54", "2.33 C:4>S . 1001 ack 5001");
}

static void test_listener_long_ago(void)
{
    /* Reset with a request unread; that the port is closed later says nothing about now. */
    script_check("#1 unread_data", SCRIPT_REQUEST, "0.061 S>C R. 5001 ack 1101 ttl 54", "10.1 C:2>S S 1000",
                 "10.12 S>C:2 R. =0 ack 1001 ttl 54");
    script_check("#1 listener_closed 55-65", SCRIPT_REQUEST, "0.061 S>C R. 5001 ack 1101 ttl 54", "10.0 C:2>S S 1000",
                 "10.02 S>C:2 R. =0 ack 1001 ttl 54");
}

static void test_refusal_reset(void)
{
    /* A scanner resets whatever answers it; no stack answers a reset. */
    script_check("#2 half_open_scan 75-85 by client alt unknown_to_kernel", "0 C>S S 1000 win 1024 ttl 242 id 7",
                 "0.0001 S>C R. =0 ack 1001 ttl 64 id 0", "0.117 C>S R 1001 win 1200 ttl 242 id 9");
    script_check("#2 half_open_scan 75-85 by client", "0 C>S S 1000 win 65535 mss 1460 ttl 242",
                 "0.0001 S>C R. =0 ack 1001 ttl 64 id 0", "0.117 C>S R 1001 win 1200 ttl 242");
    /* An ordinary SYN: a device that answers even resets. */
    script_check("#2 segment_after_reset", "0 C>S S 1000 mss 1460 sack ws 7 ttl 64", "0.02 S>C R. =0 ack 1001",
                 "0.03 C>S R 1001");
    script_check("#2 * never half_open_scan", "0 C>S S 1000 win 1024", "0.02 S>C R. =0 ack 1001", "0.03 C>S R 1002");
    script_check("#2 * not half_open_scan", "0 C>S S 1000 win 1024", "0.02 S>C R. =0 ack 1001",
                 "0.03 C>S R. 1001 ack =0");
    /* It may answer what the capture shows after it at the same moment. */
    script_check("#2 * not half_open_scan", "0 C>S S 1000 win 1024", "0.02 S>C R. =0 ack 1001",
                 "0.03 C>S R 1001 win 1200", "0.03 S>C P. 5000 ack 1001 len 50");
}

static void test_order(void)
{
    /* A path longer than the wait before the second SYN: each answer belongs to the older one. */
    script_check("#1 closed_port trigger 1; #2 closed_port trigger 2", "0 C>S S 1000 id 5", "1 C>S S 1000 id 6",
                 "1.5 S>C R. =0 ack 1001 id 0", "2.5 S>C R. =0 ack 1001 id 0");
    script_check("#1 closed_port trigger 1; #2 closed_port trigger 2; #3 closed_port trigger 3", "0 C>S S 1000 id 5",
                 "1 C>S S 1000 id 6", "3 C>S S 1000 id 7", "3.5 S>C R. =0 ack 1001 id 0", "4.5 S>C R. =0 ack 1001 id 0",
                 "6.5 S>C R. =0 ack 1001 id 0");
    /* One answer: the first SYN was lost. */
    script_check("closed_port trigger 2", "0 C>S S 1000 id 5", "1 C>S S 1000 id 6", "1.05 S>C R. =0 ack 1001 id 0");
    /* The IP ID is copied from what is refused. */
    script_check("#1 closed_port trigger 1", "0 C>S S 1000 id 5", "1 C>S S 1000 id 6", "1.05 S>C R. =0 ack 1001 id 5");
    script_check("#1 closed_port trigger 2; #2 closed_port trigger 1", "0 C>S S 1000 id 5", "1 C>S S 1000 id 6",
                 "1.05 S>C R. =0 ack 1001 id 6", "1.5 S>C R. =0 ack 1001 id 5");
    /* Another SYN is another attempt. */
    script_check("#1 closed_port trigger 1; #2 closed_port trigger 3", "0 C>S S 1000 id 5", "0.5 S>C R. =0 ack 1001",
                 "1 C>S S 900000 id 6", "1.5 S>C R. =0 ack 900001");
}

static void test_syn_between(void)
{
    /* A scanner whose packets all bear the same IP ID: two SYNs, two refusals, within a millisecond. */
    script_check("#1 closed_port trigger 1; #2 closed_port trigger 3 never duplicate", "0 C>S S 1000 id 54321 win 1024",
                 "0.0005 S>C R. =0 ack 1001 id 0", "0.0008 C>S S 1000 id 54321 win 1024",
                 "0.0013 S>C R. =0 ack 1001 id 0");
    script_check("#2 closed_port trigger 3 never duplicate", "0 C>S S 1000 id 54321 win 1024",
                 "0.0005 S>C R. =0 ack 1001 id 7", "0.0008 C>S S 1000 id 54321 win 1024",
                 "0.0013 S>C R. =0 ack 1001 id 7");
    /* A path at two places: both copies of the SYN come first. */
    script_check("#2 duplicate", "0 C>S S 1000 id 5", "0.00001 C>S S 1000 id 5", "0.0005 S>C R. =0 ack 1001 id 0",
                 "0.00051 S>C R. =0 ack 1001 id 0");
}

static void test_two_makers(void)
{
    /* A TCP traceroute: SYNs with rising TTLs, the kernel resets the answer. */
#define HOP(t, port, ttl) t " C:" port ">S S 1000 mss 1460 ttl " ttl " id 9"
#define REACHED(t, u, port) t " S>C:" port " S. 5000 ack 1001 ttl 53", u " C:" port ">S R 1001 ttl 64 id 0 df"
    script_check("unknown_to_kernel 55-70 by client alt half_open_scan not connect_aborted", HOP("0", "1", "1"),
                 HOP("0.1", "2", "2"), HOP("0.2", "3", "3"), HOP("0.3", "4", "12"), REACHED("0.32", "0.3201", "4"));
    script_check("unknown_to_kernel 55-70 by client", HOP("0", "1", "250"), REACHED("0.02", "0.0201", "1"));
    /* One stack, as far as the TTLs tell; one hop is another way. */
    script_check("connect_aborted by client", HOP("0", "1", "64"), REACHED("0.02", "0.0201", "1"));
    script_check("connect_aborted by client", HOP("0", "1", "63"), REACHED("0.02", "0.0201", "1"));
    script_check("connect_aborted by client", HOP("0", "1", "128"), REACHED("0.02", "0.0201", "1"));
}

#define SCANS(t, port)                                                                                                 \
    t "0 C:1>S:" port " S 1000 mss 1460 win 1024 ttl 41 id 7", t "2 S:" port ">C:1 S. 5000 ack 1001 ttl 54",           \
        t "21 C:1>S:" port " R 1001 ttl 64 id 0"
#define SCAN SCANS("1.0", "81"), SCANS("1.1", "82"), SCANS("1.2", "83"), SCANS("1.3", "84"), SCANS("1.4", "85")

static void test_scan_in_its_name(void)
{
    script_check("#5 half_open_scan 85-95 by client alt unknown_to_kernel", SCAN);
    /* What else it sends comes from where its resets do: perhaps somebody scans through it. */
    script_check("#5 half_open_scan 70-75 by client alt unknown_to_kernel", SCRIPT_TALK, SCAN);
    script_check("#1 half_open_scan 70-75 by client", SCRIPT_TALK, SCANS("1.0", "81"));
}

static void test_hasty(void)
{
    /* connect() interrupted by a signal, again and again: no monitor asks every millisecond. */
#define LEFT(t, u, v, port) t " C:" port ">S S 1000 ws 7", u " S>C:" port " S. 5000 ack 1001", v " C:" port ">S R 1001"
    script_check("#5 connect_aborted by client not health_check", LEFT("0.001", "0.0011", "0.0012", "1"),
                 LEFT("0.002", "0.0021", "0.0022", "2"), LEFT("0.003", "0.0031", "0.0032", "3"),
                 LEFT("0.004", "0.0041", "0.0042", "4"), LEFT("0.005", "0.0051", "0.0052", "5"));
    script_check("#5 health_check by client", LEFT("0.1", "0.11", "0.12", "1"), LEFT("0.2", "0.21", "0.22", "2"),
                 LEFT("0.3", "0.31", "0.32", "3"), LEFT("0.4", "0.41", "0.42", "4"), LEFT("0.5", "0.51", "0.52", "5"));
    script_check("#5 connect_aborted by client", LEFT("0.090", "0.0995", "0.100", "1"),
                 LEFT("0.189", "0.1985", "0.199", "2"), LEFT("0.288", "0.2975", "0.298", "3"),
                 LEFT("0.387", "0.3965", "0.397", "4"), LEFT("0.486", "0.4955", "0.496", "5"));
}

static void test_words(void)
{
    /* A text changes nothing about a refusal, but is shown. */
    script_check("closed_port 81-91 by server source text says away", "0 C>S S 1000",
                 "0.02 S>C R. =0 ack 1001 data 'Go away'");
    /* One with a known meaning counts. */
    script_check("* source f5", "0 C>S S 1000", "0.02 S>C R. =0 ack 1001 data 'BIG-IP: [0x1:3045] No local listener'");
    /* A reset without ACK refuses nothing: what it seems to state proves nothing. */
    script_check("closed_port 45-50 by unknown source none", "0 C>S S 1000", "0.02 S>C R =0 win 9300");
}

#define ASKED(t, u, port, ask)                                                                                         \
    TAKEN(t, port, "S"), u " C:" port ">S P. 1001 ack 5001 len 47", u "01 S>C:" port " . 5001 ack 1048 ttl 128 " ask

static void test_stalled(void)
{
    /* Requests without an answer for three seconds, or a closed window: nobody is there to accept either. */
    script_check("#1 resource_exhaustion 55-65 by server alt closed_port", ASKED("0.1", "0.2", "1", ""),
                 ASKED("0.3", "0.4", "2", ""), REFUSED("3.4", "3", "S"));
    script_check("#1 resource_exhaustion 55-65 by server", ASKED("0.1", "0.2", "1", "win 0"),
                 ASKED("0.3", "0.4", "2", "win 0"), REFUSED("0.6", "3", "S"));
    /* One that is too young, or answered, or a single one. */
    script_check("#1 closed_port 81-91", ASKED("0.1", "0.2", "1", ""), ASKED("0.3", "0.4", "2", ""),
                 REFUSED("3.3", "3", "S"));
    script_check("#1 closed_port 81-91", ASKED("0.1", "0.2", "1", ""), ASKED("0.3", "0.4", "2", ""),
                 "0.5 S>C:2 P. 5001 ack 1048 len 9 ttl 128", REFUSED("3.6", "3", "S"));
    script_check("#1 closed_port 81-91", ASKED("0.1", "0.2", "1", "win 0"), REFUSED("0.6", "3", "S"));
    /* Linux drops the SYN. */
    script_check("#1 closed_port 81-91", ASKED("0.1", "0.2", "1", "win 0 id 0 df"), ASKED("0.3", "0.4", "2", "win 0"),
                 "0.60 C:3>S S 1000", "0.62 S>C:3 R. =0 ack 1001 ttl 64 id 0 df");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/attempts/late", test_late},
        {"/attempts/random_seq", test_random_seq},
        {"/attempts/options", test_options},
        {"/attempts/backlog_of_seconds", test_backlog_of_seconds},
        {"/attempts/listener_long_ago", test_listener_long_ago},
        {"/attempts/two_makers", test_two_makers},
        {"/attempts/scan_in_its_name", test_scan_in_its_name},
        {"/attempts/hasty", test_hasty},
        {"/attempts/words", test_words},
        {"/attempts/stalled", test_stalled},
        {"/attempts/order", test_order},
        {"/attempts/syn_between", test_syn_between},
        {"/attempts/refusal_reset", test_refusal_reset},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
