/* test_reuse.c
 * Tests of the rules for addresses and ports that are used again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A connection that both sides closed. Last numbers: client 1102, server 5202. */
#define CLOSED SCRIPT_TALK, "1.00 C>S F. 1101 ack 5201 win 502 ttl 64 id 104 df",                                      \
    "1.02 S>C F. 5201 ack 1102 win 501",                                                                               \
    "1.021 C>S . 1102 ack 5202 win 502 ttl 64 id 105 df"

static void test_time_wait(void)
{
    /* The server answers from TIME-WAIT with an ACK for the old connection, which the client resets. */
    script_check("time_wait_reuse 85-95 by client trigger 12 alt half_open_discovery", CLOSED, "20 C>S S 900",
                 "20.02 S>C . 5202 ack 1102", "20.021 C>S R 1102");
    /* Other stacks reset the SYN directly. */
    script_check("time_wait_reuse 80-90 by server trigger 11", CLOSED, "20 C>S S 900", "20.02 S>C R. =0 ack 901");
}

static void test_time_wait_not(void)
{
    /* Above the old numbers a SYN may reopen the connection (RFC 1122, 4.2.2.13): it was refused for another reason. */
    script_check("closed_port", CLOSED, "20 C>S S 901000", "20.02 S>C R. =0 ack 901001");
    script_check("half_open_discovery", CLOSED, "20 C>S S 901000", "20.02 S>C . 5202 ack 1102", "20.021 C>S R 1102");
    /* TIME-WAIT is over. */
    script_check("closed_port", CLOSED, "400 C>S S 900", "400.02 S>C R. =0 ack 901");
    script_check("time_wait_reuse", "pref time_wait_s 500", CLOSED, "400 C>S S 900", "400.02 S>C R. =0 ack 901");
    /* The old connection was reset: a reset leaves no TIME-WAIT. */
    script_check("closed_port", SCRIPT_TALK, "1 C>S R. 1101 ack 5201", "20 C>S S 900", "20.02 S>C R. =0 ack 901");
    /* A newer timestamp may reopen too (RFC 6191). */
    script_check("closed_port", "0 C>S S 1000 ts 10:0", "0.02 S>C S. 5000 ack 1001 ts 7:10",
                 "0.03 C>S . 1001 ack 5001 ts 11:7", "1 C>S F. 1001 ack 5001 ts 12:7",
                 "1.02 S>C F. 5001 ack 1002 ts 8:12",
                 "1.03 C>S . 1002 ack 5002 ts 13:8", "20 C>S S 900 ts 9000:0", "20.02 S>C R. =0 ack 901");
    /* The clock ran backward: the age is not known. */
    script_check("closed_port", CLOSED, "0.5 C>S S 900", "0.52 S>C R. =0 ack 901");
}

static void test_discovery(void)
{
    /* The server still has the old connection; the client lost it (RFC 9293, figure 9). */
    script_check("half_open_discovery 90-100 by client not handshake_bad_ack not no_connection", SCRIPT_TALK,
                 "50 C>S S 700000", "50.02 S>C . 5201 ack 1101", "50.021 C>S R 1101");
    /* The old connection is not in the capture. */
    script_check("half_open_discovery 80-92 by client trigger 2", "0 C>S S 700000", "0.02 S>C . 5201 ack 1101",
                 "0.021 C>S R 1101");
    /* The client then tries again and is accepted. */
    script_check("#1 half_open_discovery", "0 C>S S 700000 id 1", "0.02 S>C . 5201 ack 1101", "0.021 C>S R 1101",
                 "1 C>S S 700000 id 2", "1.02 S>C S. 9000 ack 700001", "1.021 C>S . 700001 ack 9001",
                 "1.03 C>S P. 700001 ack 9001 len 10");
    /* An ACK for the SYN itself is no old one. */
    script_check("* not half_open_discovery", "0 C>S S 1000", "0.02 S>C . 5201 ack 1001", "0.021 C>S R 1001");
}

static void test_live(void)
{
    /* A SYN met a live connection and was reset directly. */
    script_check("half_open_discovery 75-85 by server alt closed_port", SCRIPT_TALK, "5 C>S S 700000",
                 "5.02 S>C R. =0 ack 700001");
    script_check("half_open_discovery 45-60", SCRIPT_TALK, "900 C>S S 700000", "900.02 S>C R. =0 ack 700001");
    /* The former connection was closed or reset: nothing is live. */
    script_check("closed_port", CLOSED, "5 C>S S 700000", "5.02 S>C R. =0 ack 700001");
    script_check("closed_port", SCRIPT_TALK, "1 S>C R. 5201 ack 1101", "5 C>S S 700000", "5.02 S>C R. =0 ack 700001");
}

static void test_generations(void)
{
    /* What the first connection did does not count for the second on the same addresses and ports. */
    script_check("#1 close_race; #2 app_abort ordinal 1 first not close_race not segment_after_reset", SCRIPT_TALK,
                 "1.00 C>S F. 1101 ack 5201", "1.02 S>C F. 5201 ack 1102", "1.03 C>S R. 1102 ack 5202",
                 "300 C>S S 901000", "300.02 S>C S. 905000 ack 901001", "300.03 C>S . 901001 ack 905001",
                 "300.04 C>S P. 901001 ack 905001 len 10", "300.05 S>C P. 905001 ack 901011 len 10",
                 "300.06 C>S . 901011 ack 905011", "303 C>S R. 901011 ack 905011");
    /* An unexpected SYN in a live connection (RFC 5961, section 4.2): the connection goes on and is judged. */
    script_check("#1 data_after_close by client", SCRIPT_TALK, "2 C>S S 700000", "2.02 S>C . 5201 ack 1101",
                 "2.1 C>S P. 1101 ack 5201 len 5", "2.12 S>C . 5201 ack 1106", "3 C>S F. 1106 ack 5201",
                 "3.02 S>C P. 5201 ack 1107 len 50", "3.021 C>S R 1107");
    /* A simultaneous open is one connection (RFC 9293, figure 8). */
    script_check("app_abort by client ordinal 1", "0 C>S S 1000", "0.001 S>C S 5000", "0.02 C>S S. 1000 ack 5001",
                 "0.021 S>C S. 5000 ack 1001", "0.03 C>S P. 1001 ack 5001 len 10", "0.05 S>C P. 5001 ack 1011 len 10",
                 "0.06 C>S . 1011 ack 5011", "4 C>S R. 1011 ack 5011");
}

static void test_points(void)
{
    /* Two capture points in one file: each has its own connection, the second reset is no second one of the first. */
    script_check("#1 app_abort ordinal 1; #2 * ordinal 1 not segment_after_reset", SCRIPT_TALK,
                 "4 C>S R. 1101 ack 5201", "4.001 C>S R. 1101 ack 5201 interface 1");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/reuse/time_wait", test_time_wait },
        { "/reuse/time_wait_not", test_time_wait_not },
        { "/reuse/discovery", test_discovery },
        { "/reuse/live", test_live },
        { "/reuse/generations", test_generations },
        { "/reuse/points", test_points },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
