/* test_silence.c
 * Tests of what a reset answers after a long silence, or out of view.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* Two hours without a packet, then a keepalive probe of one byte. */
#define PROBED "7201 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 110 df"
#define NEXT_REQUEST "7201 C>S P. 1101 ack 5201 len 50 win 502 ttl 64 id 110 df"

/* The answer bears an ACK, at the end of the probe, or at its SEQ. */
static void test_answer_with_ack(void)
{
    script_check("no_connection 60-68 by server trigger 8 idle 7200 alt device_idle_timeout tells keepalive", SCRIPT_TALK,
                 PROBED, "7201.02 S>C R. 5201 ack 1101 ttl 54");
    script_check("no_connection 60-68 by server trigger 8 idle 7200", SCRIPT_TALK, PROBED,
                 "7201.02 S>C R. 5201 ack 1100 ttl 54");
    script_check("no_connection 60-68 by server trigger 8 idle 7200", SCRIPT_TALK,
                 "7201 C>S . 1100 ack 5201 win 502 ttl 64 id 110 df", "7201.02 S>C R. 5201 ack 1100 ttl 54");
    script_check("no_connection 46-54 by server trigger 8 idle 7200 alt device_idle_timeout", SCRIPT_TALK, NEXT_REQUEST,
                 "7201.02 S>C R. 5201 ack 1151 ttl 54");
    /* Before the client has sent a byte: that is no third step of a handshake. */
    script_check("no_connection 60-68 by server trigger 4", SCRIPT_OPEN,
                 "7201 C>S . 1000 ack 5001 win 502 ttl 64 id 110 df", "7201.02 S>C R. 5001 ack 1001 ttl 54");
    script_check("no_connection 60-68 by server trigger 4", SCRIPT_OPEN,
                 "7201 C>S . 1000 ack 5001 win 502 ttl 64 id 110 df", "7201.02 S>C R 5001 ttl 54 id 0 df");
    /* If nothing precedes it, the probe cannot be told from data. */
    script_check("app_abort 40-49 by server", "0 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 110",
                 "0.0021 S>C R. 5201 ack 1100 win 501 ttl 54 id 7");
    script_check("unread_data by server", "0 C>S . 1100 ack 5201 len 2 win 502 ttl 64 id 110",
                 "0.0021 S>C R. 5201 ack 1100 win 501 ttl 54 id 7");
    /* From elsewhere: a device. */
    script_check("device_idle_timeout 56-64 by middlebox trigger 8 idle 7200", SCRIPT_TALK, PROBED,
                 "7201.02 S>C R. 5201 ack 1101 ttl 60");
    /* The same with a capture that begins late. */
    script_check("no_connection by server trigger 2 idle 7195", "5 S>C . 5201 ack 1101 win 501 ttl 54 id 300 df",
                 "7200 C>S . 1100 ack 5201 win 502 ttl 64 id 110 df", "7200.02 S>C R. 5201 ack 1101 ttl 54");
}

/* Nothing but the SYN-ACK is known of the server: two signs are needed. */
static void test_answered_by_device(void)
{
#define IDLE_FROM_START SCRIPT_OPEN, "7201 C>S . 1000 ack 5001 win 997 ttl 64 id 110 df"
    script_check("device_idle_timeout 57-63 by middlebox trigger 4 idle 7200", IDLE_FROM_START,
                 "7201.004 S>C R. 5001 ack 1000 win 997 ttl 54");
    script_check("device_idle_timeout 57-63 by middlebox trigger 4 idle 7200", IDLE_FROM_START,
                 "7201.02 S>C R. 5001 ack 1001 win 997 ttl 57");
    script_check("device_idle_timeout 68-76 by middlebox trigger 4 idle 7200 tells probably", IDLE_FROM_START,
                 "7201.004 S>C R 5001 win 997 ttl 57");
    /* One sign alone: the same window, another TTL, sooner; and another initial TTL is no sign. */
    script_check("no_connection by server trigger 4", IDLE_FROM_START, "7201.02 S>C R. 5001 ack 1001 win 997 ttl 54");
    script_check("no_connection by server trigger 4", IDLE_FROM_START, "7201.02 S>C R. 5001 ack 1001 ttl 57");
    script_check("no_connection by server trigger 4", IDLE_FROM_START, "7201.004 S>C R. 5001 ack 1001 ttl 54");
    script_check("no_connection by server trigger 4", IDLE_FROM_START, "7201.02 S>C R. 5001 ack 1001 win 997 ttl 245");
    /* Just within and just beyond the limits. */
    script_check("device_idle_timeout 57-63 by middlebox", IDLE_FROM_START, "7201.01 S>C R. 5001 ack 1001 ttl 56");
    script_check("no_connection by server", IDLE_FROM_START, "7201.0101 S>C R. 5001 ack 1001 ttl 56");
    script_check("no_connection by server", IDLE_FROM_START, "7201.01 S>C R. 5001 ack 1001 ttl 55");
    /* Not after a silence. */
    script_check("* not device_idle_timeout", SCRIPT_OPEN, "20 C>S . 1000 ack 5001 win 997 ttl 64 id 110 df",
                 "20.004 S>C R 5001 win 997 ttl 57");
#undef IDLE_FROM_START
}

/* Probes that nobody answers do not end the silence. */
static void test_answer_to_later_probe(void)
{
    script_check("no_connection 60-68 by server trigger 10 idle 7350", SCRIPT_TALK, PROBED,
                 "7276 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 111 df",
                 "7351 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 112 df", "7351.02 S>C R 5201 ttl 54 id 0 df");
    script_check("device_idle_timeout 56-64 by middlebox trigger 9 idle 7275 tells unanswered", SCRIPT_TALK, PROBED,
                 "7276 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 111 df", "7276.02 S>C R. 5201 ack 1101 ttl 60");
    /* This one was answered. */
    script_check("no_connection 60-68 by server trigger 10 idle 75", SCRIPT_TALK, PROBED,
                 "7201.02 S>C . 5201 ack 1101 win 501 ttl 54 id 301 df",
                 "7276.02 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 111 df", "7276.04 S>C R 5201 ttl 54 id 0 df");
}

/* What only looks like such an answer. */
static void test_answer_with_ack_not(void)
{
    /* The stack still knows the timestamp of the connection. */
    script_check("* not no_connection not device_idle_timeout", SCRIPT_SYN " ts 100:0", SCRIPT_SYN_ACK " ts 900:100",
                 "0.021 C>S . 1001 ack 5001 ts 101:900", "0.030 C>S P. 1001 ack 5001 len 100 ts 102:900",
                 "0.050 S>C P. 5001 ack 1101 len 200 ts 930:102", "0.051 C>S . 1101 ack 5201 ts 123:930",
                 "7201 C>S P. 1101 ack 5201 len 50 ts 7201000:930", "7201.02 S>C R. 5201 ack 1151 ts 7201900:7201000");
    /* Or its window. */
    script_check("unread_data by server trigger 0", SCRIPT_TALK, NEXT_REQUEST, "7201.02 S>C R. 5201 ack 1151 win 501 ttl 54");
    script_check("no_connection by server trigger 8", SCRIPT_TALK, NEXT_REQUEST,
                 "7201.02 S>C R. 5201 ack 1151 win 502 ttl 54");
    script_check("no_connection by server trigger 8", SCRIPT_TALK, PROBED, "7201.02 S>C R. 5201 ack 1101 win 501 ttl 54");
    /* No silence, another ACK, another SEQ, long after the probe, and without the options. */
    script_check("* trigger 0", SCRIPT_TALK, "29 C>S P. 1101 ack 5201 len 50 ttl 64 id 110 df",
                 "29.02 S>C R. 5201 ack 1151 ttl 54");
    script_check("* trigger 0", SCRIPT_TALK, NEXT_REQUEST, "7201.02 S>C R. 5201 ack 1101 ttl 54");
    script_check("* trigger 0", SCRIPT_TALK, NEXT_REQUEST, "7201.02 S>C R. 5211 ack 1151 ttl 54");
    script_check("* trigger 0", SCRIPT_TALK, PROBED, "7203 S>C R. 5201 ack 1101 ttl 54");
    script_check("* trigger 0", SCRIPT_TALK, PROBED, "7201.02 S>C R. 5201 ack 1101 ttl 54 noopt");
    /* The server had answered already. */
    script_check("* trigger 0", SCRIPT_TALK, NEXT_REQUEST, "7201.02 S>C . 5201 ack 1151 win 501 ttl 54 id 301 df",
                 "7201.03 S>C R. 5201 ack 1151 ttl 54 id 302");
    /* Or closed. */
    script_check("* trigger 0", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54 id 300 df",
                 "1.1 C>S . 1101 ack 5202 ttl 64 id 109 df", "7201 C>S . 1101 ack 5201 ttl 64 id 110 df",
                 "7201.02 S>C R. 5201 ack 1101 ttl 54");
}

/* Whoever ends the connection after 90 s would have ended it before. */
static void test_survived(void)
{
#define SILENT_TWICE(seconds)                                                                                          \
    SCRIPT_TALK, "100 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 110 df",                                             \
        "100.02 S>C . 5201 ack 1101 win 501 ttl 54 id 301 df", seconds " S>C R. 5201 ack 1101 ttl 60 id 7"
    script_check("* never device_idle_timeout", SILENT_TWICE("190"));
    script_check("* never device_idle_timeout", SILENT_TWICE("199.9"));
    script_check("device_idle_timeout 56-64 by middlebox", SILENT_TWICE("200.1"));
    /* The first silence may have been the end of it: nobody answered. */
    script_check("device_idle_timeout by middlebox", SCRIPT_TALK, "100 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 110 df",
                 "190 S>C R. 5201 ack 1101 ttl 60 id 7");
    /* A bare answer that comes after less than was survived before. */
    script_check("no_connection by server", SCRIPT_TALK,
                 "100 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 110 df",
                 "100.02 S>C . 5201 ack 1101 win 501 ttl 54 id 301 df",
                 "190 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 111 df", "190.02 S>C R 5201 ttl 54 id 0 df");
#undef SILENT_TWICE
}

/* Large segments are never acknowledged, small ones are. */
static void test_sizes(void)
{
#define BIG_TWICE                                                                                                      \
    "1.0 S>C . 5201 ack 1101 len 1460 ttl 118 id 301", "1.3 S>C . 5201 ack 1101 len 1460 ttl 118 id 302",              \
        "1.9 S>C . 5201 ack 1101 len 1460 ttl 118 id 303", "3.1 S>C . 5201 ack 1101 len 1460 ttl 118 id 304"
    script_check("retransmission_timeout by server shows 1460 shows 200", SCRIPT_TALK, BIG_TWICE,
                 "5.5 S>C R. 6661 ack 1101 ttl 118 id 305");
    script_check("app_abort by server shows 1460", SCRIPT_TALK, BIG_TWICE,
                 "3.3 C>S . 1101 ack 5201 win 502 ttl 64 id 110", "4 S>C R. 6661 ack 1101 ttl 118 id 305");
    /* The sender tries smaller ones, which arrive. */
    script_check("app_abort by server shows 536", SCRIPT_TALK, BIG_TWICE,
                 "5.5 S>C . 5201 ack 1101 len 536 ttl 118 id 305", "5.52 C>S . 1101 ack 5737 win 502 ttl 64 id 110",
                 "6.5 S>C R. 6661 ack 1101 ttl 118 id 306");
    script_check("app_abort by client shows 536", SCRIPT_TALK, BIG_TWICE,
                 "5.5 S>C . 5201 ack 1101 len 536 ttl 118 id 305", "5.52 C>S . 1101 ack 5737 win 502 ttl 64 id 110",
                 "9 C>S R. 1101 ack 5737 ttl 64 id 111");
    /* One as large had been acknowledged, nothing smaller had, and only one copy more. */
    script_check("retransmission_timeout by server hides MTU", SCRIPT_TALK,
                 "0.5 S>C . 5201 ack 1101 len 1448 ttl 118 id 300", "0.6 C>S . 1101 ack 6649 win 502 ttl 64 id 109",
                 "1.0 S>C . 6649 ack 1101 len 1460 ttl 118 id 301", "1.3 S>C . 6649 ack 1101 len 1460 ttl 118 id 302",
                 "1.9 S>C . 6649 ack 1101 len 1460 ttl 118 id 303", "3.1 S>C . 6649 ack 1101 len 1460 ttl 118 id 304",
                 "5.5 S>C R. 8109 ack 1101 ttl 118 id 305");
    script_check("retransmission_timeout by client hides MTU", SCRIPT_OPEN,
                 "1.0 C>S P. 1001 ack 5001 len 1460 ttl 128 id 301", "1.3 C>S P. 1001 ack 5001 len 1460 ttl 128 id 302",
                 "1.9 C>S P. 1001 ack 5001 len 1460 ttl 128 id 303", "3.1 C>S P. 1001 ack 5001 len 1460 ttl 128 id 304",
                 "5.5 C>S R. 2461 ack 5001 ttl 128 id 307");
    script_check("app_abort by server hides MTU", SCRIPT_TALK, "1.0 S>C . 5201 ack 1101 len 1460 ttl 118 id 301",
                 "1.3 S>C . 5201 ack 1101 len 536 ttl 118 id 302", "1.32 C>S . 1101 ack 6661 win 502 ttl 64 id 110",
                 "6.5 S>C R. 6661 ack 1101 ttl 118 id 306");
#undef BIG_TWICE
}

/* The latest ACK states a SND.NXT below what had been sent: a retransmission has set it back. */
static void test_stated_nxt(void)
{
#define BEHIND_A_HOLE                                                                                                  \
    SCRIPT_REQUEST, "0.060 S>C P. 6461 ack 1101 len 290 win 501 ttl 54 id 202 df",                                     \
        "0.061 C>S . 1101 ack 5001 win 502 ttl 64 id 103 df", "9 C>S F. 1101 ack 5001 win 502 ttl 64 id 104 df"
    script_check("app_abort by server", BEHIND_A_HOLE, "9.02 S>C . 6461 ack 1102 win 501 ttl 54 id 203 df",
                 "9.021 S>C R. 6461 ack 1102 ttl 54 id 204 df");
    script_check("undetermined", BEHIND_A_HOLE, "9.02 S>C . 6751 ack 1102 win 501 ttl 54 id 203 df",
                 "9.021 S>C R. 6461 ack 1102 ttl 54 id 204 df");
#undef BEHIND_A_HOLE
}

/* What a bare reset answers is not in view. */
static void test_bare_one_way(void)
{
#define SERVER_ALONE                                                                                                   \
    "0 S>C S. 5000 ack 1001 ts 1:2 ttl 64 id 0 df", "0.03 S>C . 5001 ack 1003 ts 31:9 ttl 64 id 70 df",                \
        "0.0301 S>C P. 5001 ack 1003 len 18 ts 31:9 ttl 64 id 71 df"
    script_check("no_connection 45-49 by server serious tells perhaps", SERVER_ALONE, "0.52 S>C R 5019 ttl 64 id 0 df");
    /* An abort, a FIN before, the other direction in view, and a sender that goes on. */
    script_check("* not no_connection", SERVER_ALONE, "0.52 S>C R. 5019 ack 1003 ts 521:9 ttl 64 id 72 df");
    script_check("* not no_connection", SERVER_ALONE, "0.04 S>C F. 5019 ack 1003 ts 41:9 ttl 64 id 72 df",
                 "0.52 S>C R 5020 ttl 64 id 0 df");
    script_check("* not no_connection", SERVER_ALONE, "0.04 C>S . 1003 ack 5019 ts 12:31 ttl 50 id 5 df",
                 "9.52 S>C R 5019 ttl 64 id 0 df");
    script_check("* not no_connection", SERVER_ALONE, "0.52 S>C R 5019 ttl 64 id 0 df",
                 "0.6 S>C P. 5019 ack 1003 len 18 ts 600:9 ttl 64 id 72 df",
                 "0.7 S>C P. 5037 ack 1003 len 18 ts 700:9 ttl 64 id 73 df");
#undef SERVER_ALONE
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/silence/answer_with_ack", test_answer_with_ack },
        { "/silence/answered_by_device", test_answered_by_device },
        { "/silence/answer_to_later_probe", test_answer_to_later_probe },
        { "/silence/answer_with_ack_not", test_answer_with_ack_not },
        { "/silence/survived", test_survived },
        { "/silence/sizes", test_sizes },
        { "/silence/stated_nxt", test_stated_nxt },
        { "/silence/bare_one_way", test_bare_one_way },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
