/* test_maker.c
 * Tests of what shows who made a reset: its IP ID, its moment, its distance, what came with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A request to a server that has shown no more than its SYN-ACK; round trip 140 ms. */
#define HELLO_OPEN                                                                                                     \
    "0.000 C>S S 1000 mss 1460 ttl 128 id 500 df", "0.140 S>C S. 5000 ack 1001 mss 1460 ttl 51 id 0 df",               \
        "0.1401 C>S . 1001 ack 5001 win 502 ttl 128 id 501 df"
#define HELLO HELLO_OPEN, "0.142 C>S P. 1001 ack 5001 hex 16030102000100 ttl 128 id 502 df"

static void test_copied_id(void)
{
    script_check("policy_reset 55-60 by middlebox", HELLO, "0.283 S>C R 5001 ttl 50 id 502 win 65535");
    /* Not in answer to a first request: no policy on requests, and an abort copies as well. */
    script_check("injected 55-60 by middlebox", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 40 ttl 64 id 104",
                 "2.021 S>C R 5201 ttl 54 id 104");
    script_check("injected 55-60 by middlebox", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 40 ttl 64 id 104",
                 "2.021 S>C R. 5201 ack 1141 ttl 54 id 104");
    /* After a silence it is a device that forgot the connection. */
    script_check("device_idle_timeout 55-60 by middlebox", SCRIPT_TALK,
                 "2000 C>S P. 1101 ack 5201 len 40 ttl 64 id 104", "2000.021 S>C R 5201 ttl 54 id 104");
    /* One direction only. */
    script_check("* never injected", "2 S>C P. 5201 ack 1101 len 40 ttl 54 id 103", "2.021 S>C R 5241 ttl 54 id 104");
}

static void test_copied_id_not(void)
{
    /* Zero on both sides is copied from nobody. */
    script_check("no_connection by server never injected", "0 C>S S 1000 ttl 64 id 0",
                 "0.02 S>C S. 5000 ack 1001 ttl 54 id 0", "0.021 C>S . 1001 ack 5001 ttl 64 id 0",
                 "0.03 C>S P. 1001 ack 5001 len 40 ttl 64 id 0", "0.051 S>C R 5001 ttl 54 id 0");
    /* The number before it, or that of another packet. */
    script_check("no_connection by server never injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 40 ttl 64 id 104",
                 "2.021 S>C R 5201 ttl 54 id 103");
    /* The server's own counter arrives there. */
    script_check("no_connection by server never injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 40 ttl 64 id 203",
                 "2.021 S>C R 5201 ttl 54 id 203");
    /* A client that never changes its number. */
    script_check("no_connection by server never injected", "0 C>S S 1000 ttl 64 id 7",
                 "0.02 S>C S. 5000 ack 1001 ttl 54 id 200", "0.021 C>S . 1001 ack 5001 ttl 64 id 7",
                 "0.03 C>S P. 1001 ack 5001 len 40 ttl 64 id 7", "0.051 S>C R 5001 ttl 54 id 7");
    /* Both ends use the same number all the time. */
    script_check("no_connection by server never injected", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 9 ttl 54 id 104",
                 "2 C>S P. 1101 ack 5210 len 40 ttl 64 id 104", "2.021 S>C R 5210 ttl 54 id 104");
    /* Not known. */
    script_check("no_connection by server never injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 40 ttl 64 id 104",
                 "2.021 S>C R 5201 ttl 54");
}

static void test_goes_on_at_seq(void)
{
    /* The data begin where the reset says that everything ended, and bear the next number of the server. */
    script_check("injected 70-80 by middlebox contradicted 10 early unread_data", SCRIPT_TALK,
                 "2 C>S P. 1101 ack 5201 len 69 ttl 64 id 104", "2.02 S>C R. 5201 ack 1170 ttl 54 id 53414",
                 "2.0215 S>C P. 5201 ack 1170 len 773 ttl 54 id 203",
                 "2.0217 S>C P. 5974 ack 1170 len 773 ttl 54 id 204");
    /* The reset overtook them: it lies behind them. */
    script_check("unread_data by server never injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "2.02 S>C R. 5974 ack 1170 ttl 54 id 204", "2.0215 S>C P. 5201 ack 1170 len 773 ttl 54 id 203");
    /* It has a place in the server's count; or the data have none; or the server does not count. */
    script_check("* by server not injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "2.02 S>C R. 5201 ack 1170 ttl 54 id 203", "2.0215 S>C P. 5201 ack 1170 len 773 ttl 54 id 204");
    script_check("* by server not injected", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "2.02 S>C R. 5201 ack 1170 ttl 54 id 53414", "2.0215 S>C P. 5201 ack 1170 len 773 ttl 54 id 900");
    script_check("* by server not injected", SCRIPT_OPEN, "1 S>C P. 5001 ack 1001 len 9 ttl 54 id 9000",
                 "1.5 S>C P. 5010 ack 1001 len 9 ttl 54 id 202", "2 C>S P. 1001 ack 5019 len 69 ttl 64 id 104",
                 "2.02 S>C R. 5019 ack 1070 ttl 54 id 53414", "2.0215 S>C P. 5019 ack 1070 len 773 ttl 54 id 203");
}

/* The host's own reset came before data that it had sent before: they are in the capture, only later. */
static void test_overtook(void)
{
    script_check("app_abort 40-50 by client tells overtook", SCRIPT_TALK, "1.0 C>S R. 1201 ack 5201 id 105",
                 "1.012 C>S P. 1101 ack 5201 len 100 id 104");
    script_check("app_abort 40-50 by client tells missing", SCRIPT_TALK, "1.0 C>S R. 1201 ack 5201 id 105");
    script_check("app_abort 40-50 by client tells missing", SCRIPT_TALK, "1.0 C>S R. 1201 ack 5201 id 105",
                 "1.009 C>S P. 1101 ack 5201 len 99 id 104");
}

/* Without IP IDs: accuses nobody, unless the reset lacks the timestamp that its side always has. */
static void test_goes_on_at_seq_uncounted(void)
{
#define TALK_UNCOUNTED                                                                                                 \
    "0 C>S S 1000 ttl 128", "0.21 S>C S. 5000 ack 1001 ttl 58", "0.211 C>S . 1001 ack 5001 ttl 128",                   \
        "0.26 C>S P. 1001 ack 5001 len 44 ttl 128", "0.48 S>C P. 5001 ack 1045 len 41 ttl 58",                         \
        "0.481 C>S P. 1045 ack 5042 len 44 ttl 128"
    script_check("injected 45-49 by unknown contradicted 8 early app_abort", TALK_UNCOUNTED,
                 "0.695 S>C R. 5042 ack 1089 ttl 58", "0.6966 S>C P. 5042 ack 1089 len 773 ttl 58");
    /* So soon that the capture may have mixed them up; the reset lies behind. */
    script_check("* by server not injected", TALK_UNCOUNTED, "0.695 S>C R. 5042 ack 1089 ttl 58",
                 "0.6954 S>C P. 5042 ack 1089 len 773 ttl 58");
    script_check("* by server not injected", TALK_UNCOUNTED, "0.695 S>C R. 5815 ack 1089 ttl 58",
                 "0.6966 S>C P. 5042 ack 1089 len 773 ttl 58");
    script_check("injected 55-65 by middlebox", "0 C>S S 1000 ts 1:0", "0.21 S>C S. 5000 ack 1001 ts 500:1",
                 "0.211 C>S . 1001 ack 5001 ts 211:500", "0.26 C>S P. 1001 ack 5001 len 44 ts 260:500",
                 "0.48 S>C P. 5001 ack 1045 len 41 ts 770:260", "0.481 C>S P. 1045 ack 5042 len 44 ts 481:770",
                 "0.695 S>C R. 5042 ack 1089", "0.6966 S>C P. 5042 ack 1089 len 773 ts 986:481");
}

/* At first sight there is only the number: all packets of the server were counted, and this one was not. */
static void test_out_of_count(void)
{
    script_check("app_abort 60-60 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1170 len 9 ttl 54 id 203", "1.3 S>C R. 5210 ack 1170 ttl 54 id 53414");
    script_check("app_abort 71-79 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1170 len 9 ttl 54 id 203", "1.3 S>C R. 5210 ack 1170 ttl 54 id 204");
    /* Random numbers, a long time, a stack whose resets bear 0. */
    script_check("app_abort 71-79 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1170 len 9 ttl 54 id 2003", "1.3 S>C R. 5210 ack 1170 ttl 54 id 53414");
    script_check("app_abort 71-79 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1170 len 9 ttl 54 id 203", "2.3 S>C R. 5210 ack 1170 ttl 54 id 53414");
    script_check("app_abort 71-79 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 69 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1170 len 9 ttl 54 id 203", "1.3 S>C R. 5210 ack 1170 ttl 54 id 0");
}

static void test_midstream_train(void)
{
#define MIDSTREAM "0 C>S P. 1001 ack 5001 len 78 ttl 64 id 100"
    script_check("#1 injected 70-80 by middlebox pattern gfw early unread_data; #2 injected by middlebox; #3 injected "
                 "by middlebox",
                 MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 201 win 2111",
                 "0.00604 S>C R. 6461 ack 1079 ttl 199 win 2112", "0.00608 S>C R. 9381 ack 1079 ttl 197 win 2113");
    /* Other steps. */
    script_check("#1 injected 70-80 by middlebox", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 201",
                 "0.00604 S>C R. 6001 ack 1079 ttl 201");
    /* Bare ones may answer segments that the capture lacks, or each its own. */
    script_check("#1 * never injected; #2 * never injected", MIDSTREAM, "0.006 S>C R 5001 ttl 54",
                 "0.00604 S>C R 6461 ttl 54", "0.00608 S>C R 9381 ttl 54");
    script_check("#1 * never injected; #2 * never injected", "0 C>S . 1001 ack 5001 ttl 64",
                 "0.00002 C>S . 1001 ack 6461 ttl 64", "0.00004 C>S . 1001 ack 9381 ttl 64", "0.09 S>C R 5001 ttl 54",
                 "0.09004 S>C R 6461 ttl 54", "0.09008 S>C R 9381 ttl 54");
    /* Not in one moment; at a number that the other side knows; nothing at all of the other side. */
    script_check("#1 * never injected; #2 * never injected", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.106 S>C R. 6461 ack 1079 ttl 54");
    script_check("#1 * never injected; #2 * never injected", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.00604 S>C R. 5002 ack 1079 ttl 54");
    script_check("#1 * never injected; #2 * never injected", "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.00604 S>C R. 6461 ack 1079 ttl 54");
}

/* The capture begins with the request; who answers for the server goes on where its reset says that all ended. */
static void test_midstream_goes_on(void)
{
    script_check("injected 45-49 by unknown contradicted 4 early unread_data", MIDSTREAM,
                 "0.006 S>C R. 5001 ack 1079 ttl 54", "0.06 S>C . 5001 ack 1079 ttl 54",
                 "0.061 S>C P. 5001 ack 1079 len 1400 ttl 54");
    /* So soon that the reset may have overtaken it; a bare ACK alone; data from before. */
    script_check("unread_data by server", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.009 S>C P. 5001 ack 1079 len 1400 ttl 54");
    script_check("unread_data by server", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.06 S>C . 5001 ack 1079 ttl 54");
    script_check("unread_data by server", MIDSTREAM, "0.006 S>C R. 5001 ack 1079 ttl 54",
                 "0.06 S>C P. 4001 ack 1079 len 1000 ttl 54");
}

static void test_hurried(void)
{
    /* A quarter of the handshake's time, and not from where the SYN-ACK came from: two devices. */
    script_check("#1 injected 55-55 by middlebox; #2 injected 55-55 by middlebox", HELLO,
                 "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000", "0.172 S>C R 5001 ttl 117 id 258 win 31337");
    /* The host goes on later, as slowly as before. */
    script_check("#1 policy_reset 85-95 by middlebox; #2 injected 50-60 by middlebox", HELLO,
                 "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000", "0.172 S>C R 5001 ttl 117 id 258 win 31337",
                 "0.283 S>C . 5001 ack 1008 ttl 51 id 7948", "0.2831 C>S R 1008 ttl 128 id 503");
    script_check("policy_reset 55-65 by middlebox", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 51 id 0",
                 "0.283 S>C . 5001 ack 1008 ttl 51 id 0", "0.284 S>C P. 5001 ack 1008 len 2000 ttl 51 id 0");
    /* From the server's distance, but no host offers a window to what it does not know. */
    script_check("#2 injected 55-55 by middlebox", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 51 id 0",
                 "0.172 S>C R 5001 ttl 51 id 0 win 31337");
    script_check("#2 segment_after_reset by server", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 51 id 0",
                 "0.172 S>C R 5001 ttl 51 id 0 nowin");
    /* It acknowledges the first of two segments. */
    script_check("injected 55-55 by middlebox", HELLO, "0.1421 C>S P. 1008 ack 5001 len 44 ttl 128 id 503",
                 "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000");
    /* From the usual distance, in the usual time: its own answer to what crossed. */
    script_check("#2 segment_after_reset by server never injected", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000",
                 "0.1511 C>S . 1008 ack 5001 ttl 128 id 503", "0.292 S>C R 5001 ttl 51 id 0");
    /* Soon, but one sample may have been slow: accuses nobody. */
    script_check("unread_data by server", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 51 id 0");
    script_check("#2 segment_after_reset by server", HELLO, "0.151 S>C R. 5001 ack 1008 ttl 51 id 0",
                 "0.172 S>C R 5001 ttl 51 id 0");
    /* Measured at another place than where the reset was seen: two interfaces, in the first pass. */
    script_check("unread_data by server never injected", "0.000 C>S S 1000 ttl 128 id 500 link 1",
                 "0.140 S>C S. 5000 ack 1001 ttl 51 id 0 link 2", "0.1401 C>S . 1001 ack 5001 ttl 128 id 501 link 1",
                 "0.142 C>S P. 1001 ack 5001 len 7 ttl 128 id 502 link 1",
                 "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000 link 4");
    script_check("injected 55-55 by middlebox", "0.000 C>S S 1000 ttl 128 id 500 link 1",
                 "0.140 S>C S. 5000 ack 1001 ttl 51 id 0 link 2", "0.1401 C>S . 1001 ack 5001 ttl 128 id 501 link 1",
                 "0.142 C>S P. 1001 ack 5001 len 7 ttl 128 id 502 link 1",
                 "0.151 S>C R. 5001 ack 1008 ttl 59 id 7000 link 2");
    /* A short way: nothing is measured. */
    script_check("* never injected", "0 C>S S 1000 ttl 64", "0.0059 S>C S. 5000 ack 1001 ttl 60",
                 "0.0061 C>S . 1001 ack 5001 ttl 64", "0.007 C>S P. 1001 ack 5001 len 40 ttl 64",
                 "0.008 S>C R. 5001 ack 1041 ttl 63");
}

static void test_hurried_unstamped(void)
{
#define STAMPED                                                                                                        \
    "0.000 C>S S 1000 ttl 64 id 100 ts 100:0", "0.034 S>C S. 5000 ack 1001 ttl 63 id 0 ts 900:100",                    \
        "0.0341 C>S . 1001 ack 5001 ttl 64 id 101 ts 134:900",                                                         \
        "0.050 C>S P. 1001 ack 5001 len 75 ttl 64 id 102 ts 150:900"
    script_check("injected 48-48 by unknown alt unread_data", STAMPED,
                 "0.0658 S>C R. 5001 ack 1076 ttl 63 id 0 win 509");
    /* With its timestamp; after the round trip; when it is an answer, which bears none. */
    script_check("unread_data by server", STAMPED, "0.0658 S>C R. 5001 ack 1076 ttl 63 id 0 win 509 ts 930:150");
    script_check("unread_data by server", STAMPED, "0.0858 S>C R. 5001 ack 1076 ttl 63 id 0 win 509");
    script_check("no_connection by server", STAMPED, "0.0658 S>C R 5001 ttl 63 id 0");
    /* Its options were not captured. */
    script_check("unread_data by server", STAMPED, "0.0658 S>C R. 5001 ack 1076 ttl 63 id 0 win 509 noopt");
}

#define ASKED_UNCOUNTED                                                                                                \
    "0.000 C>S S 1000 ttl 64", "0.200 S>C S. 5000 ack 1001 ttl 53", "0.2001 C>S . 1001 ack 5001 ttl 64",               \
        "0.2002 C>S P. 1001 ack 5001 len 61 ttl 64"

static void test_page(void)
{
#define ASKED                                                                                                          \
    "0.000 C>S S 1000 ttl 64 id 100", "0.200 S>C S. 5000 ack 1001 ttl 53 id 0",                                        \
        "0.2001 C>S . 1001 ack 5001 ttl 64 id 101", "0.2002 C>S P. 1001 ack 5001 len 61 ttl 64 id 102"
    script_check("policy_reset 55-65 by middlebox alt unknown_to_kernel", ASKED,
                 "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90 id 18945", "0.3901 S>C R 5001 ttl 47 id 18946");
    /* From a distance that a stack may have. */
    script_check("policy_reset 55-65 by middlebox", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 57 id 18945",
                 "0.3901 S>C R. 5067 ack 1062 ttl 47 id 18946");
    /* The server had been known well: the page fits it no more. */
    script_check("policy_reset by middlebox", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 61 ttl 64 id 104",
                 "1.02 S>C PF. 5201 ack 1162 len 65 ttl 90 id 18945", "1.0201 S>C R 5201 ttl 47 id 18946");
    /* Not the next number; much later; the reset is from where the SYN-ACK was; all from one place. */
    script_check("* not policy_reset", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90 id 18945",
                 "0.3901 S>C R 5001 ttl 47 id 18950");
    script_check("* not policy_reset", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90 id 18945",
                 "0.3960 S>C R 5001 ttl 47 id 18946");
    script_check("* not policy_reset", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90 id 18945",
                 "0.3901 S>C R 5001 ttl 53 id 18946");
    script_check("* not policy_reset", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 53 id 18945",
                 "0.3901 S>C R 5001 ttl 53 id 18946");
    /* A proxy accepts, the server behind it answers and resets. */
    script_check("* not policy_reset", ASKED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 47 id 18945",
                 "0.3901 S>C R 5001 ttl 47 id 18946");
}

static void test_page_perhaps(void)
{
    /* Without IP IDs; from the middle of the connection. */
    script_check("policy_reset 45-49 by unknown alt injected", ASKED_UNCOUNTED,
                 "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90", "0.3901 S>C R 5001 ttl 47");
    script_check("policy_reset 45-49 by unknown", "0 C>S P. 1001 ack 5001 len 61 ttl 64 id 102",
                 "0.190 S>C PF. 5001 ack 1062 len 65 ttl 90 id 18945", "0.1901 S>C R 5001 ttl 47 id 18946");
    /* No counter and no third place; the same distance by another initial TTL; later. */
    script_check("* not policy_reset", "0 C>S P. 1001 ack 5001 len 61 ttl 64",
                 "0.190 S>C PF. 5001 ack 1062 len 65 ttl 90", "0.1901 S>C R 5001 ttl 47");
    script_check("* not policy_reset", ASKED_UNCOUNTED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 47",
                 "0.3901 S>C R 5001 ttl 238");
    script_check("* not policy_reset", ASKED_UNCOUNTED, "0.390 S>C PF. 5001 ack 1062 len 65 ttl 90",
                 "0.3960 S>C R 5001 ttl 47");
}

/* What follows the SYN-ACK comes from nearer, a page or a FIN, but in the time that the server takes. */
static void test_page_in_time(void)
{
    script_check("policy_reset 45-49 by unknown", ASKED, "0.410 S>C PF. 5001 ack 1062 len 65 ttl 57 id 0 win 123",
                 "0.4101 C>S F. 1062 ack 5067 ttl 64 id 103", "0.61 S>C R 5067 ttl 57 id 0");
    script_check("* not policy_reset", ASKED, "0.410 S>C . 5001 ack 1062 ttl 57 id 0 win 123",
                 "0.61 S>C R. 5001 ack 1062 ttl 57 id 0");
}

/* Two points, 20 ms apart, with clocks that differ. */
#define AT_CLIENT                                                                                                      \
    "0.000 C>S S 1000 ttl 64 id 100 interface 1", "0.040 S>C S. 5000 ack 1001 ttl 60 id 0 interface 1",                \
        "0.0401 C>S . 1001 ack 5001 ttl 64 id 101 interface 1",                                                        \
        "0.041 C>S P. 1001 ack 5001 len 30 ttl 64 id 102 interface 1",                                                 \
        "0.082 S>C P. 5001 ack 1031 len 40 ttl 60 id 900 interface 1",                                                 \
        "0.0821 C>S . 1031 ack 5041 ttl 64 id 103 interface 1"
#define AT_SERVER                                                                                                      \
    "137.020 C>S S 1000 ttl 60 id 100 interface 2", "137.0201 S>C S. 5000 ack 1001 ttl 64 id 0 interface 2",           \
        "137.0601 C>S . 1001 ack 5001 ttl 60 id 101 interface 2",                                                      \
        "137.061 C>S P. 1001 ack 5001 len 30 ttl 60 id 102 interface 2",                                               \
        "137.062 S>C P. 5001 ack 1031 len 40 ttl 64 id 900 interface 2",                                               \
        "137.1021 C>S . 1031 ack 5041 ttl 60 id 103 interface 2"

static void test_earlier_than_own(void)
{
    /* The reset at the client's point came before the server can have sent its own, which arrives later. */
    script_check("#1 * 95-99 by middlebox pattern both_ends missing 2; #2 segment_after_reset by server", AT_CLIENT,
                 "0.083 S>C R 5041 ttl 255 interface 1", "0.1223 S>C R 5041 ttl 60 interface 1", AT_SERVER,
                 "137.083 C>S R 1031 ttl 255 interface 2", "137.1022 S>C R 5041 ttl 64 interface 2");
    /* In time: it is the server's. */
    script_check("#1 no_connection by server never injected seen 1; #2 no_connection by server", AT_CLIENT,
                 "1 C>S P. 1031 ack 5041 len 9 ttl 64 id 104 interface 1", "1.041 S>C R 5041 ttl 60 interface 1",
                 AT_SERVER, "138.02 C>S P. 1031 ack 5041 len 9 ttl 60 id 104 interface 2",
                 "138.0201 S>C R 5041 ttl 64 interface 2");
}

static void test_swallowed(void)
{
    /* It acknowledges data that never came to the server's point, which records on. */
#define SWALLOWED "0.1 C>S P. 1031 ack 5041 len 75 ttl 64 id 104 interface 1"
#define RECORDS_ON_CLIENT                                                                                              \
    "9.000 B>S S 70000 ttl 64 id 200 interface 1", "9.040 S>B S. 90000 ack 70001 ttl 60 id 0 interface 1"
#define RECORDS_ON_SERVER                                                                                              \
    "146.020 B>S S 70000 ttl 60 id 200 interface 2", "146.0201 S>B S. 90000 ack 70001 ttl 64 id 0 interface 2"
    script_check("injected 95-99 by middlebox missing 2", AT_CLIENT, SWALLOWED,
                 "0.12 S>C R. 5041 ack 1106 ttl 60 id 901 interface 1", RECORDS_ON_CLIENT, AT_SERVER,
                 RECORDS_ON_SERVER);
    /* It acknowledges only what had come. */
    script_check("* never injected", AT_CLIENT, SWALLOWED, "0.13 S>C R. 5041 ack 1031 ttl 60 id 901 interface 1",
                 RECORDS_ON_CLIENT, AT_SERVER, RECORDS_ON_SERVER);
    /* The data came; only the reset was lost there. */
    script_check("* never injected", AT_CLIENT, SWALLOWED, "0.15 S>C R. 5041 ack 1106 ttl 60 id 901 interface 1",
                 RECORDS_ON_CLIENT, AT_SERVER, "137.12 C>S P. 1031 ack 5041 len 75 ttl 60 id 104 interface 2",
                 RECORDS_ON_SERVER);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/maker/copied-id", test_copied_id},
        {"/maker/copied-id-not", test_copied_id_not},
        {"/maker/goes-on-at-seq", test_goes_on_at_seq},
        {"/maker/overtook", test_overtook},
        {"/maker/goes-on-at-seq-uncounted", test_goes_on_at_seq_uncounted},
        {"/maker/out-of-count", test_out_of_count},
        {"/maker/midstream-train", test_midstream_train},
        {"/maker/midstream-goes-on", test_midstream_goes_on},
        {"/maker/hurried", test_hurried},
        {"/maker/hurried-unstamped", test_hurried_unstamped},
        {"/maker/page", test_page},
        {"/maker/page-perhaps", test_page_perhaps},
        {"/maker/page-in-time", test_page_in_time},
        {"/maker/earlier-than-own", test_earlier_than_own},
        {"/maker/swallowed", test_swallowed},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
