/* test_pattern.c
 * Tests of the labels for known shapes. A label must never change a verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define ACKED SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 5001 win 502 ttl 64 id 101 df"
#define ASKED ACKED, "0.03 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df"

static void test_stages(void)
{
    script_check("* pattern syn_rst", SCRIPT_SYN, "0.1 C>S R 1001");
    script_check("* pattern syn_rstack", SCRIPT_SYN, "0.1 C>S R. 1001 ack 0");
    script_check("#1 * pattern syn_rst_rstack; #2 * pattern syn_rst_rstack", SCRIPT_SYN, "0.1 C>S R 1001",
                 "0.2 C>S R. 1001 ack 0");
    script_check("* pattern ack_rst", ACKED, "0.1 C>S R 1001");
    script_check("#1 * pattern ack_rst_rst; #2 * pattern ack_rst_rst", ACKED, "0.1 C>S R 1001", "0.2 C>S R 1001 id 7");
    script_check("* pattern ack_rstack", ACKED, "0.1 C>S R. 1001 ack 5001");
    script_check("* pattern ack_rstack_rstack", ACKED, "0.1 C>S R. 1001 ack 5001", "0.2 C>S R. 1001 ack 5001 id 7");
    script_check("* pattern psh_rst", ASKED, "0.1 C>S R 1101");
    script_check("* pattern psh_rstack", ASKED, "0.1 C>S R. 1101 ack 5001");
    script_check("#1 * pattern psh_rst_rstack; #2 * pattern psh_rst_rstack", ASKED, "0.1 C>S R 1101",
                 "0.11 C>S R. 1101 ack 5001");
    script_check("* pattern psh_rstack_rstack", ASKED, "0.1 C>S R. 1101 ack 5001", "0.11 C>S R. 2561 ack 5001 id 7");
    script_check("* pattern psh_rst_eq_rst", ASKED, "0.1 C>S R 1101 ack 5001", "0.11 C>S R 1101 ack 5001 id 7");
    script_check("* pattern psh_rst_ne_rst", ASKED, "0.1 C>S R 1101 ack 5001", "0.11 C>S R 1101 ack 5002 id 7");
    script_check("* pattern psh_rst_rst0", ASKED, "0.1 C>S R 1101 ack 5001", "0.11 C>S R 1101 ack =0 id 7");
    script_check("* pattern data_rst", ASKED, "0.2 C>S P. 1101 ack 5001 len 5", "0.3 C>S R 1106");
    script_check("* pattern data_rstack", ASKED, "0.2 C>S P. 1101 ack 5001 len 5", "0.3 C>S R. 1106 ack 5001");
}

static void test_stages_not(void)
{
    /* The study looks at what reaches the server. */
    script_check("* plain", SCRIPT_SYN, "0.1 S>C R. =0 ack 1001");
    script_check("* plain", ASKED, "0.1 S>C R. 5001 ack 1101");
    /* The first ten packets only; no FIN; from the SYN on. */
    script_check("* plain", ASKED, "+1 C>S P. 1101 ack 5001 len 5", "+1 C>S P. 1106 ack 5001 len 5",
                 "+1 C>S P. 1111 ack 5001 len 5",
                 "+1 C>S P. 1116 ack 5001 len 5", "+1 C>S P. 1121 ack 5001 len 5", "+1 C>S P. 1126 ack 5001 len 5",
                 "+1 C>S P. 1131 ack 5001 len 5", "+1 C>S R. 1136 ack 5001");
    script_check("* plain", ASKED, "0.2 C>S F. 1101 ack 5001", "0.3 C>S R. 1102 ack 5001");
    script_check("* plain", "0 C>S P. 1001 ack 5001 len 10", "0.02 S>C . 5001 ack 1011", "1 C>S R. 1011 ack 5001");
    /* No name for a mixture after the handshake. */
    script_check("* plain", ACKED, "0.1 C>S R 1001", "0.2 C>S R. 1001 ack 5001");
    /* A copy is no second reset. */
    script_check("#1 * pattern psh_rstack; #2 duplicate plain", ASKED, "0.03001 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df", "0.1 C>S R. 1101 ack 5001 id 9",
                 "0.1001 C>S R. 1101 ack 5001 id 9");
    /* A new connection on the same ports counts anew. */
    script_check("#1 * pattern ack_rstack; #2 * pattern ack_rstack", ACKED, "0.1 C>S R. 1001 ack 5001",
                 "9 C>S S 900000 ttl 64",
                 "9.02 S>C S. 700000 ack 900001", "9.03 C>S . 900001 ack 700001", "9.1 C>S R. 900001 ack 700001");
}

static void test_devices(void)
{
    script_check("#1 injected pattern gfw pattern gfw_type2; #2 injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 6661 ack 1101", "2.0002 S>C R. 9581 ack 1101");
    script_check("injected by middlebox pattern gfw_type1", SCRIPT_TALK, "2 S>C R 5201 win 4821 ttl 40 id 77");
    script_check("#1 injected pattern sandvine; #2 injected pattern sandvine", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 17704 ack 1101");
    script_check("#1 injected pattern tcpkill", SCRIPT_TALK, "2 S>C R 5201", "2.0001 S>C R 5703", "2.0002 S>C R 6707");
}

static void test_mirrored(void)
{
    /* The window of the segment that it answers; its IP ID plus one. */
    script_check("injected by middlebox pattern mirrored", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 win 8192 ttl 64 id 104", "2.01 S>C R 5201 win 8192 ttl 40 id 77");
    script_check("injected by middlebox pattern mirrored", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 10 win 502 ttl 64 id 104", "2.01 S>C R 5201 ttl 40 id 105");
    /* Neither; no window at all; an IP ID of zero; an unknown one. */
    script_check("injected plain", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 win 502 ttl 64 id 104",
                 "2.01 S>C R 5201 win 503 ttl 40 id 106 df");
    script_check("injected plain", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 win 0 ttl 64 id 104",
                 "2.01 S>C R 5201 ttl 40 id 104");
    script_check("injected plain", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 win 502 ttl 64 id 65535",
                 "2.01 S>C R 5201 ttl 40 id 0");
    script_check("injected plain", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 win 502 ttl 64 id 104",
                 "2.01 S>C R 5201 ttl 40");
    /* The host's own window is the same. */
    script_check("injected plain", SCRIPT_TALK, "1 S>C . 5201 ack 1101 win 502 ttl 54 id 203",
                 "2 C>S P. 1101 ack 5201 len 10 win 502 ttl 64 id 104", "2.01 S>C R 5201 win 502 ttl 40 id 77 df");
    /* Not forged. */
    script_check("* not injected plain", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 10 win 8192 ttl 64 id 104",
                 "2.02 S>C R 5201 win 8192 ttl 54 id 203");
}

static void test_devices_not(void)
{
    /* An old stack: bare, with a window, without DF, from its own distance. */
    script_check("* not injected plain", SCRIPT_TALK, "2 S>C R 5201 win 4821 ttl 54 id 203");
    /* DF, no window, no IP ID known. */
    script_check("injected plain", SCRIPT_TALK, "2 S>C R 5201 win 4821 ttl 40 id 77 df");
    script_check("injected plain", SCRIPT_TALK, "2 S>C R 5201 ttl 40 id 77");
    script_check("injected plain", SCRIPT_TALK, "2 S>C R 5201 win 4821 ttl 40");
    /* One byte beside the step. */
    script_check("#1 injected plain; #2 injected plain", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.0001 S>C R. 17705 ack 1101");
    /* In a train of another step, and long after. */
    script_check("#1 * plain", SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "12 S>C R. 17704 ack 1101");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/pattern/stages", test_stages },
        { "/pattern/stages_not", test_stages_not },
        { "/pattern/devices", test_devices },
        { "/pattern/devices_not", test_devices_not },
        { "/pattern/mirrored", test_mirrored },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
