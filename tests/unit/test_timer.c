/* test_timer.c
 * Tests of the rules for connections that a timer ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* Windows client: TTL 128, no timestamps. Data at 1101 that nobody acknowledges, waits doubling from 0.3 s. */
#define DATA(time, id) time " C>S P. 1101 ack 5201 len 40 ttl 128 id " id
#define FIVE_COPIES DATA("1.0", "301"), DATA("1.3", "302"), DATA("1.9", "303"), DATA("3.1", "304"), DATA("5.5",        \
    "305"),                                                                                                            \
    DATA("10.3", "306")

/* The server's packets come from where Windows is. */
#define SCRIPT_OPEN_117                                                                                                \
    SCRIPT_SYN, "0.020 S>C S. 5000 ack 1001 mss 1460 sack ttl 117 id 200", SCRIPT_OPENED,                              \
        "0.030 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df",                                                 \
        "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 117 id 201", "0.061 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df"

static void test_retransmission(void)
{
    script_check("retransmission_timeout 85-95 by client retx 5 trigger 0 serious alt app_abort never injected",
                 SCRIPT_TALK, FIVE_COPIES, "19.9 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* The server gives up. */
    script_check("retransmission_timeout 85-95 by server retx 5", SCRIPT_TALK, "1.0 S>C P. 5201 ack 1101 len 40 id 301",
                 "1.3 S>C P. 5201 ack 1101 len 40 id 302", "1.9 S>C P. 5201 ack 1101 len 40 id 303",
                 "3.1 S>C P. 5201 ack 1101 len 40 id 304", "5.5 S>C P. 5201 ack 1101 len 40 id 305",
                 "10.3 S>C P. 5201 ack 1101 len 40 id 306", "19.9 S>C R. 5241 ack 1101 ttl 118 id 307");
    /* A capped timer: the last waits are equal. */
    script_check("retransmission_timeout 85-95 retx 5", SCRIPT_TALK, DATA("1", "301"), DATA("2", "302"), DATA("3",
                 "303"),
                 DATA("4", "304"), DATA("5", "305"), DATA("6", "306"), "7 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* Copies of other lengths are the same segment: only the start counts. */
    script_check("retransmission_timeout retx 5", SCRIPT_TALK, DATA("1.0", "301"),
                 "1.3 C>S P. 1101 ack 5201 len 20 ttl 128 id 302", "1.9 C>S P. 1101 ack 5201 len 40 ttl 128 id 303",
                 "3.1 C>S P. 1101 ack 5201 len 20 ttl 128 id 304", "5.5 C>S P. 1101 ack 5201 len 40 ttl 128 id 305",
                 "10.3 C>S P. 1101 ack 5201 len 20 ttl 128 id 306", "19.9 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* The start is not in the capture; no TTL, no id, no options. */
    script_check("retransmission_timeout 60-95 retx 5", "0 S>C . 5201 ack 1101", "1 C>S P. 1101 ack 5201 len 40",
                 "1.3 C>S P. 1101 ack 5201 len 40", "1.9 C>S P. 1101 ack 5201 len 40",
                 "3.1 C>S P. 1101 ack 5201 len 40",
                 "5.5 C>S P. 1101 ack 5201 len 40", "10.3 C>S P. 1101 ack 5201 len 40", "19.9 C>S R. 1141 ack 5201");
}

static void test_retransmission_fewer(void)
{
    script_check("retransmission_timeout 50-70 retx 4", SCRIPT_TALK, DATA("1.0", "301"), DATA("1.3", "302"),
                 DATA("1.9", "303"), DATA("3.1", "304"), DATA("5.5", "305"),
                 "10.3 C>S R. 1141 ack 5201 ttl 128 id 307");
    script_check("* not retransmission_timeout", SCRIPT_TALK, DATA("1.0", "301"), DATA("1.3", "302"),
                 DATA("1.9", "303"), "3.1 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* The threshold is a preference. */
    script_check("retransmission_timeout 85-95 retx 4", "pref retx_threshold 4", SCRIPT_TALK, DATA("1.0", "301"),
                 DATA("1.3", "302"), DATA("1.9", "303"), DATA("3.1", "304"), DATA("5.5", "305"),
                 "10.3 C>S R. 1141 ack 5201 ttl 128 id 307");
    script_check("* not retransmission_timeout", "pref retx_min_partial 5", SCRIPT_TALK, DATA("1.0", "301"),
                 DATA("1.3", "302"), DATA("1.9", "303"), DATA("3.1", "304"), DATA("5.5", "305"),
                 "10.3 C>S R. 1141 ack 5201 ttl 128 id 307");
}

static void test_retransmission_not(void)
{
    /* Six different segments, each sent once. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, "1.0 C>S P. 1101 ack 5201 len 40 id 301",
                 "1.3 C>S P. 1141 ack 5201 len 40 id 302", "1.9 C>S P. 1181 ack 5201 len 40 id 303",
                 "3.1 C>S P. 1221 ack 5201 len 40 id 304", "5.5 C>S P. 1261 ack 5201 len 40 id 305",
                 "10.3 C>S P. 1301 ack 5201 len 40 id 306", "19.9 C>S R. 1341 ack 5201 ttl 128 id 307");
    /* A late acknowledgment: not the cause. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, FIVE_COPIES, "12 S>C . 5201 ack 1141",
                 "19.9 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* The receiver resets, not the sender of the data. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, FIVE_COPIES, "19.9 S>C R. 5201 ack 1101 ttl 118 id 7");
    script_check("no_connection by server", SCRIPT_TALK, FIVE_COPIES, "10.32 S>C R 5201");
    /* Long before the next wait: the application gave up. */
    script_check("* not retransmission_timeout alt retransmission_timeout", SCRIPT_TALK, FIVE_COPIES,
                 "11 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* Long after it. */
    script_check("* not retransmission_timeout", SCRIPT_TALK, FIVE_COPIES, "300 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* The peer lives and asks for the segment. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, FIVE_COPIES, "12 S>C . 5201 ack 1101 win 500 id 900",
                 "19.9 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* Its program closes in the meantime: a FIN answers none of the copies. */
    script_check("retransmission_timeout by client", SCRIPT_TALK, FIVE_COPIES, "12 S>C F. 5201 ack 1101 id 900",
                 "19.9 C>S R. 1141 ack 5202 ttl 128 id 307");
    /* No timestamps at all. */
    script_check("* not retransmission_timeout", "- C>S S 1000", "- S>C S. 5000 ack 1001", "- C>S . 1001 ack 5001",
                 "- C>S P. 1001 ack 5001 len 9 id 1", "- C>S P. 1001 ack 5001 len 9 id 2",
                 "- C>S P. 1001 ack 5001 len 9 id 3", "- C>S P. 1001 ack 5001 len 9 id 4",
                 "- C>S P. 1001 ack 5001 len 9 id 5", "- C>S P. 1001 ack 5001 len 9 id 6", "- C>S R. 1010 ack 5001");
}

/* Where stacks reset although they had sent more: behind the segment that they repeated (Windows), or before it (BSD). */
static void test_retransmission_rewound(void)
{
#define THREE_SENT                                                                                                     \
    "1.0 S>C . 5201 ack 1101 len 1460 ttl 117 id 301", "1.0001 S>C . 6661 ack 1101 len 1460 ttl 117 id 302",            \
        "1.0002 S>C P. 8121 ack 1101 len 730 ttl 117 id 303", "1.3 S>C . 5201 ack 1101 len 1460 ttl 117 id 304",        \
        "1.9 S>C . 5201 ack 1101 len 1460 ttl 117 id 305", "3.1 S>C . 5201 ack 1101 len 1460 ttl 117 id 306",           \
        "5.5 S>C . 5201 ack 1101 len 1460 ttl 117 id 307", "10.3 S>C . 5201 ack 1101 len 1460 ttl 117 id 308"
    script_check("retransmission_timeout 88-96 by server retx 5 serious", SCRIPT_OPEN_117, THREE_SENT,
                 "19.9 S>C R. 6661 ack 1101 ttl 117 id 309");
    script_check("retransmission_timeout 88-96 by server retx 5", SCRIPT_OPEN_117, THREE_SENT,
                 "19.9 S>C R. 5201 ack 1101 ttl 117 id 309");
    /* The last copy was shorter than those before it: black hole detection (RFC 2923, section 2.1). */
    script_check("retransmission_timeout 88-96 by server retx 6", SCRIPT_OPEN_117, THREE_SENT,
                 "19.9 S>C . 5201 ack 1101 len 536 ttl 117 id 309", "39.1 S>C R. 5737 ack 1101 ttl 117 id 310");
    /* At another number, a bare one, sooner than the next copy was due, and after a late acknowledgment. */
    script_check("* not retransmission_timeout", SCRIPT_OPEN_117, THREE_SENT, "19.9 S>C R. 7000 ack 1101 ttl 117 id 309");
    script_check("* not retransmission_timeout", SCRIPT_OPEN_117, THREE_SENT, "19.9 S>C R 5201 ttl 117 id 309");
    script_check("* not retransmission_timeout", SCRIPT_OPEN_117, THREE_SENT, "12 S>C R. 5201 ack 1101 ttl 117 id 309");
    script_check("* never retransmission_timeout", SCRIPT_OPEN_117, THREE_SENT, "11 C>S . 1101 ack 6661",
                 "19.9 S>C R. 6661 ack 1101 ttl 117 id 309");
    /* About one wait, but not just when the copy was due. */
    script_check("retransmission_timeout 57-67 by server retx 5", SCRIPT_OPEN_117, THREE_SENT,
                 "18 S>C R. 6661 ack 1101 ttl 117 id 309");
    /* More had been acknowledged before, and the original has left the capture's memory. */
    script_check("retransmission_timeout 57-67 by server retx 3", SCRIPT_OPEN_117,
                 "1.0 S>C . 5201 ack 1101 len 1460 ttl 117 id 301", "1.0001 S>C . 6661 ack 1101 len 1460 ttl 117 id 302",
                 "1.0002 S>C P. 8121 ack 1101 len 730 ttl 117 id 303", "1.1 C>S . 1101 ack 6661 win 502 ttl 64 id 110 df",
                 "1.3 S>C . 6661 ack 1101 len 1460 ttl 117 id 304", "1.9 S>C . 6661 ack 1101 len 1460 ttl 117 id 305",
                 "3.1 S>C . 6661 ack 1101 len 1460 ttl 117 id 306", "5.5 S>C R. 8121 ack 1101 ttl 117 id 309");
#undef THREE_SENT
}

/* Only the sender's direction is in the capture: the time of the reset tells that no acknowledgment came. */
static void test_retransmission_one_way(void)
{
#define ANSWERS "0 S>C S. 5000 ack 1001 ttl 112 id 1", "0.05 S>C P. 5001 ack 1101 len 90 ttl 112 id 2"
#define SIX_COPIES                                                                                                     \
    "0.1 S>C P. 5091 ack 1101 len 700 ttl 112 id 3", "0.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 4",                  \
        "1.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 5", "3.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 6",              \
        "7.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 7", "15.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 8"
    script_check("retransmission_timeout 76-84 by server retx 5", ANSWERS, SIX_COPIES,
                 "31.6 S>C R. 5791 ack 1101 ttl 112 id 9");
    script_check("retransmission_timeout 76-84 by server retx 6", ANSWERS, SIX_COPIES,
                 "31.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 9", "63.6 S>C R. 5091 ack 1101 ttl 112 id 10");
    /* At the upper limit of the timer the waits do not grow any more. */
    script_check("retransmission_timeout 76-84 by server retx 6", ANSWERS, SIX_COPIES,
                 "23.6 S>C P. 5091 ack 1101 len 700 ttl 112 id 9", "31.6 S>C R. 5791 ack 1101 ttl 112 id 10");
    /* The capture begins late. */
    script_check("retransmission_timeout 57-67 by server retx 2", "0 S>C P. 5091 ack 1101 len 700 ttl 112 id 3",
                 "4.8 S>C P. 5091 ack 1101 len 700 ttl 112 id 4", "14.4 S>C P. 5091 ack 1101 len 700 ttl 112 id 5",
                 "33.6 S>C R. 5791 ack 1101 ttl 112 id 6");
    script_check("* not retransmission_timeout", "0 S>C P. 5091 ack 1101 len 700 ttl 112 id 3",
                 "4.8 S>C P. 5091 ack 1101 len 700 ttl 112 id 4", "14.4 S>C R. 5791 ack 1101 ttl 112 id 5");
    /* New data after the copies: an acknowledgment had come. */
    script_check("* not retransmission_timeout", ANSWERS, SIX_COPIES, "16 S>C P. 5791 ack 1101 len 50 ttl 112 id 9",
                 "31.6 S>C R. 5841 ack 1101 ttl 112 id 10");
    /* Not when the next copy was due. */
    script_check("* not retransmission_timeout", ANSWERS, SIX_COPIES, "29 S>C R. 5791 ack 1101 ttl 112 id 9");
    script_check("* not retransmission_timeout", ANSWERS, SIX_COPIES, "16 S>C R. 5791 ack 1101 ttl 112 id 9");
    /* A single byte at even intervals is a keepalive probe. */
    script_check("keepalive_timeout 76-84 by server probes 5", "0 S>C . 5090 ack 1101 len 1 ttl 112 id 3",
                 "9 S>C . 5090 ack 1101 len 1 ttl 112 id 4", "18 S>C . 5090 ack 1101 len 1 ttl 112 id 5",
                 "27 S>C . 5090 ack 1101 len 1 ttl 112 id 6", "36 S>C . 5090 ack 1101 len 1 ttl 112 id 7",
                 "45 S>C R. 5091 ack 1101 ttl 112 id 8");
#undef SIX_COPIES
#undef ANSWERS
}

/* A FIN is given up sooner than data. */
static void test_retransmission_fin(void)
{
#define BOTH_CLOSE                                                                                                     \
    SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 110 df", "1.02 S>C . 5201 ack 1102 win 501 ttl 54 id 301 df",        \
        "1.03 S>C F. 5201 ack 1102 win 501 ttl 54 id 302 df"
    script_check("retransmission_timeout 57-67 by server retx 2 serious alt close_race", BOTH_CLOSE,
                 "4.03 S>C F. 5201 ack 1102 ttl 54 id 303 df", "10.03 S>C F. 5201 ack 1102 ttl 54 id 304 df",
                 "21.9 S>C R. 5202 ack 1102 ttl 54 id 305 df");
    script_check("retransmission_timeout 57-67 by server retx 2", SCRIPT_TALK,
                 "1.03 S>C F. 5201 ack 1101 win 501 ttl 54 id 302 df", "4.03 S>C F. 5201 ack 1101 ttl 54 id 303 df",
                 "10.03 S>C F. 5201 ack 1101 ttl 54 id 304 df", "21.9 S>C R. 5202 ack 1101 ttl 54 id 305 df");
    /* Not when the next copy was due, only one copy, or acknowledged. */
    script_check("close_race by server benign", BOTH_CLOSE, "4.03 S>C F. 5201 ack 1102 ttl 54 id 303 df",
                 "10.03 S>C F. 5201 ack 1102 ttl 54 id 304 df", "17 S>C R. 5202 ack 1102 ttl 54 id 305 df");
    script_check("close_race by server benign", BOTH_CLOSE, "4.03 S>C F. 5201 ack 1102 ttl 54 id 303 df",
                 "10.03 S>C R. 5202 ack 1102 ttl 54 id 305 df");
    script_check("* never retransmission_timeout", BOTH_CLOSE, "4.03 S>C F. 5201 ack 1102 ttl 54 id 303 df",
                 "10.03 S>C F. 5201 ack 1102 ttl 54 id 304 df", "10.05 C>S . 1102 ack 5202 ttl 64 id 111 df",
                 "21.9 S>C R. 5202 ack 1102 ttl 54 id 305 df");
#undef BOTH_CLOSE
}

static void test_retransmission_copies(void)
{
    /* A mirror port shows every packet twice: one retransmission, not three. */
    script_check("* never retransmission_timeout retx 0", SCRIPT_TALK, DATA("1.0", "301"), DATA("1.00002", "301"),
                 DATA("1.3", "302"), DATA("1.30002", "302"), DATA("1.9", "303"), DATA("1.90002", "303"),
                 "3.1 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* Captured on both sides of a router. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, DATA("1.0", "301"),
                 "1.00002 C>S P. 1101 ack 5201 len 40 ttl 127 id 301", DATA("1.3", "302"),
                 "1.30002 C>S P. 1101 ack 5201 len 40 ttl 127 id 302", DATA("1.9", "303"),
                 "1.90002 C>S P. 1101 ack 5201 len 40 ttl 127 id 303", "3.1 C>S R. 1141 ack 5201 ttl 128 id 307");
    /* Real copies beside mirrored ones still count once each. */
    script_check("retransmission_timeout 85-95 retx 5", SCRIPT_TALK, FIVE_COPIES, DATA("10.30002", "306"),
                 "19.9 C>S R. 1141 ack 5201 ttl 128 id 307");
}

static void test_retransmission_linux(void)
{
    /* Linux gives up without a reset: one that comes at that moment is rather the application's. */
    script_check("* 45-60 alt app_abort", "0 C>S S 1000 ts 1:0 ttl 64", "0.02 S>C S. 5000 ack 1001 ts 9:1 ttl 54",
                 "0.03 C>S . 1001 ack 5001 ts 2:9 ttl 64", "1.0 C>S P. 1001 ack 5001 len 40 ts 10:9 ttl 64 id 1",
                 "1.3 C>S P. 1001 ack 5001 len 40 ts 13:9 ttl 64 id 2",
                 "1.9 C>S P. 1001 ack 5001 len 40 ts 19:9 ttl 64 id 3",
                 "3.1 C>S P. 1001 ack 5001 len 40 ts 31:9 ttl 64 id 4",
                 "5.5 C>S P. 1001 ack 5001 len 40 ts 55:9 ttl 64 id 5",
                 "10.3 C>S P. 1001 ack 5001 len 40 ts 103:9 ttl 64 id 6",
                 "19.9 C>S R. 1041 ack 5001 ts 199:9 ttl 64 id 7");
    /* Windows with timestamps does reset. */
    script_check("retransmission_timeout 85-95", "0 C>S S 1000 ts 1:0 ttl 128",
                 "0.02 S>C S. 5000 ack 1001 ts 9:1 ttl 54",
                 "0.03 C>S . 1001 ack 5001 ts 2:9 ttl 128", "1 C>S P. 1001 ack 5001 len 40 ts 10:9 ttl 128 id 1",
                 "2 C>S P. 1001 ack 5001 len 40 ts 13:9 ttl 128 id 2",
                 "3 C>S P. 1001 ack 5001 len 40 ts 19:9 ttl 128 id 3",
                 "4 C>S P. 1001 ack 5001 len 40 ts 31:9 ttl 128 id 4",
                 "5 C>S P. 1001 ack 5001 len 40 ts 55:9 ttl 128 id 5",
                 "6 C>S P. 1001 ack 5001 len 40 ts 60:9 ttl 128 id 6", "7 C>S R. 1041 ack 5001 ts 70:9 ttl 128 id 7");
    /* So does a stack whose reset bears no timestamp. */
    script_check("retransmission_timeout 85-95", SCRIPT_TALK, FIVE_COPIES, "19.9 C>S R. 1141 ack 5201 ttl 64 id 307");
}

static void test_retransmission_sacked(void)
{
    /* Later segments arrived (SACK would show it); the oldest one decides. */
    script_check("retransmission_timeout retx 5", SCRIPT_TALK, DATA("1.0", "301"),
                 "1.01 C>S P. 1141 ack 5201 len 40 id 310",
                 DATA("1.3", "302"), DATA("1.9", "303"), DATA("3.1", "304"), DATA("5.5", "305"), DATA("10.3", "306"),
                 "19.9 C>S R. 1181 ack 5201 ttl 128 id 307");
}

#define PROBE(time, id) time " C>S . 1100 ack 5201 ttl 128 id " id

static void test_keepalive(void)
{
    script_check("keepalive_timeout 90-100 by client probes 3 trigger 0 never injected never device_idle_timeout",
                 SCRIPT_TALK, PROBE("7200", "401"), PROBE("7201", "402"), PROBE("7202", "403"),
                 "7203 C>S R. 1101 ack 5201 ttl 128 id 404");
    /* Probes with one byte of garbage (old BSD). */
    script_check("keepalive_timeout probes 4", SCRIPT_TALK, "100 C>S . 1100 ack 5201 len 1 id 401",
                 "175 C>S . 1100 ack 5201 len 1 id 402", "250 C>S . 1100 ack 5201 len 1 id 403",
                 "325 C>S . 1100 ack 5201 len 1 id 404", "400 C>S R. 1101 ack 5201 id 405");
    /* Probes of a server, no id, no TTL. */
    script_check("keepalive_timeout by server probes 3", SCRIPT_TALK, "100 S>C . 5200 ack 1101",
                 "175 S>C . 5200 ack 1101",
                 "250 S>C . 5200 ack 1101", "325 S>C R. 5201 ack 1101");
    /* Two probes with exactly one more wait. */
    script_check("keepalive_timeout 65-80 probes 2", SCRIPT_TALK, PROBE("7200", "401"), PROBE("7201", "402"),
                 PROBE("7202", "403"), "7202.02 S>C . 5201 ack 1101 id 900", PROBE("7300", "404"), PROBE("7301", "405"),
                 "7302 C>S R. 1101 ack 5201 ttl 128 id 406");
    script_check("* not keepalive_timeout", SCRIPT_TALK, PROBE("7200", "401"), PROBE("7201", "402"),
                 "7209 C>S R. 1101 ack 5201 ttl 128 id 404");
}

static void test_keepalive_not(void)
{
    /* The last probe was answered. */
    script_check("* never keepalive_timeout", SCRIPT_TALK, PROBE("7200", "401"), PROBE("7201", "402"), PROBE("7202",
                 "403"),
                 "7202.02 S>C . 5201 ack 1101", "7203 C>S R. 1101 ack 5201 ttl 128 id 404");
    /* One probe, answered by a reset: the peer has no such connection. */
    script_check("no_connection by server", SCRIPT_TALK, PROBE("7200", "401"), "7200.02 S>C R 5201");
    /* One probe and a reset by the same side are not enough. */
    script_check("* not keepalive_timeout", SCRIPT_TALK, PROBE("7200", "401"), "7201 C>S R. 1101 ack 5201");
    /* Mirrored probes are one probe. */
    script_check("* not keepalive_timeout", SCRIPT_TALK, PROBE("7200", "401"), PROBE("7200.00001", "401"),
                 PROBE("7200.00002", "401"), "7201 C>S R. 1101 ack 5201 ttl 128 id 404");
    /* Irregular waits: less sure. */
    script_check("keepalive_timeout 50-70", SCRIPT_TALK, PROBE("100", "401"), PROBE("110", "402"), PROBE("175", "403"),
                 "180 C>S R. 1101 ack 5201 ttl 128 id 404");
}

/* The capture begins late: only their even spacing and the SEQ of the reset show that equal ACKs were probes. */
static void test_keepalive_late(void)
{
#define EQUAL_ACKS                                                                                                     \
    "0 C>S . 1100 ack 5201 win 502 ttl 64 id 1", "30 C>S . 1100 ack 5201 win 502 ttl 64 id 2",                         \
        "60 C>S . 1100 ack 5201 win 502 ttl 64 id 3"
    script_check("keepalive_timeout 76-84 by client probes 3", EQUAL_ACKS, "90 C>S R. 1101 ack 5201 win 502 ttl 64 id 4");
    script_check("keepalive_timeout 76-84 by client probes 4", EQUAL_ACKS, "90 C>S . 1100 ack 5201 win 502 ttl 64 id 4",
                 "121.4 C>S R. 1101 ack 5201 win 502 ttl 64 id 5");
    /* With a byte, as old BSD does it, and both directions. */
    script_check("keepalive_timeout 91-99 by client probes 3", "0 S>C . 5201 ack 1101 ttl 54 id 1",
                 "10 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 2", "40 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 3",
                 "70 C>S . 1100 ack 5201 len 1 win 502 ttl 64 id 4", "100 C>S R. 1101 ack 5201 win 502 ttl 64 id 5");
    /* Duplicate ACKs, at SND.NXT or not. */
    script_check("* never keepalive_timeout", "0 C>S . 1101 ack 5201 win 502 ttl 64 id 1",
                 "0.0003 C>S . 1101 ack 5201 win 502 ttl 64 id 2", "0.0006 C>S . 1101 ack 5201 win 502 ttl 64 id 3",
                 "0.02 C>S R. 1101 ack 5201 win 502 ttl 64 id 4");
    script_check("* never keepalive_timeout", "0 C>S . 1100 ack 5201 win 502 ttl 64 id 1",
                 "0.3 C>S . 1100 ack 5201 win 502 ttl 64 id 2", "0.6 C>S . 1100 ack 5201 win 502 ttl 64 id 3",
                 "0.9 C>S R. 1101 ack 5201 win 502 ttl 64 id 4");
    /* ACKs at SND.NXT, ACKs of new data, and a reset at another time. */
    script_check("* never keepalive_timeout", EQUAL_ACKS, "90 C>S R. 1100 ack 5201 win 502 ttl 64 id 4");
    script_check("* never keepalive_timeout", "0 C>S . 1100 ack 5201 win 502 ttl 64 id 1",
                 "30 C>S . 1100 ack 5301 win 502 ttl 64 id 2", "60 C>S . 1100 ack 5401 win 502 ttl 64 id 3",
                 "90 C>S R. 1101 ack 5401 win 502 ttl 64 id 4");
    script_check("* not keepalive_timeout alt keepalive_timeout", EQUAL_ACKS,
                 "75 C>S R. 1101 ack 5201 win 502 ttl 64 id 4");
#undef EQUAL_ACKS
}

static void test_zero_window(void)
{
    /* Byte by byte against a closed window. */
    script_check("zero_window_timeout 80-90 by client probes 5 alt app_abort", SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 len 400 id 301", "1.02 S>C . 5201 ack 1501 win 0",
                 "2 C>S . 1501 ack 5201 len 1 id 302", "2.02 S>C . 5201 ack 1501 win 0",
                 "4 C>S . 1501 ack 5201 len 1 id 303",
                 "4.02 S>C . 5201 ack 1501 win 0", "8 C>S . 1501 ack 5201 len 1 id 304",
                 "8.02 S>C . 5201 ack 1501 win 0",
                 "16 C>S . 1501 ack 5201 len 1 id 305", "16.02 S>C . 5201 ack 1501 win 0",
                 "32 C>S . 1501 ack 5201 len 1 id 306", "32.02 S>C . 5201 ack 1501 win 0",
                 "64 C>S R. 1501 ack 5201 id 307");
    /* A mirrored probe of one byte is one probe: it sends nothing new, though its number is the next. */
    script_check("* not zero_window_timeout", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1501 ack 5201 len 1 id 302",
                 "2.00001 C>S . 1501 ack 5201 len 1 id 302", "2.00002 C>S . 1501 ack 5201 len 1 id 302",
                 "2.02 S>C . 5201 ack 1501 win 0 id 9", "2.02001 S>C . 5201 ack 1501 win 0 id 9",
                 "4 C>S . 1501 ack 5201 len 1 id 303", "4.00001 C>S . 1501 ack 5201 len 1 id 303",
                 "4.02 S>C . 5201 ack 1501 win 0 id 10", "64 C>S R. 1501 ack 5201 id 307");
    /* Linux probes with the byte before, without data. */
    script_check("zero_window_timeout probes 5", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201 id 302", "4 C>S . 1500 ack 5201 id 303",
                 "8 C>S . 1500 ack 5201 id 304", "16 C>S . 1500 ack 5201 id 305", "32 C>S . 1500 ack 5201 id 306",
                 "64 C>S R. 1501 ack 5201 id 307");
}

static void test_zero_window_not(void)
{
    /* The window opened again. */
    script_check("* never zero_window_timeout", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201 id 302", "4 C>S . 1500 ack 5201 id 303",
                 "8 C>S . 1500 ack 5201 id 304", "16 C>S . 1500 ack 5201 id 305", "32 C>S . 1500 ack 5201 id 306",
                 "33 S>C . 5201 ack 1501 win 400", "64 C>S R. 1501 ack 5201 id 307");
    /* The side that closed its window resets: it did not read. */
    script_check("unread_data by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201 id 302", "4 C>S . 1500 ack 5201 id 303",
                 "8 C>S . 1500 ack 5201 id 304", "9 S>C R. 5201 ack 1501");
    /* Too few probes. */
    script_check("* not zero_window_timeout", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201 id 302", "4 C>S . 1500 ack 5201 id 303",
                 "8 C>S R. 1501 ack 5201 id 307");
    /* The window is not known. */
    script_check("* never zero_window_timeout", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 400 id 301",
                 "1.02 S>C . 5201 ack 1501 nowin", "2 C>S . 1501 ack 5201 len 1 id 302",
                 "4 C>S . 1501 ack 5201 len 1 id 303",
                 "8 C>S R. 1502 ack 5201 id 307");
}

#define HALF_CLOSED SCRIPT_TALK, "1 C>S F. 1101 ack 5201 id 301", "1.02 S>C . 5201 ack 1102"

static void test_fin_wait(void)
{
    /* Linux 60 s, Windows 120 s after the peer acknowledged the FIN. */
    script_check("fin_wait_timeout 80-90 by client alt app_timeout", HALF_CLOSED, "61.02 C>S R. 1102 ack 5201 id 302");
    script_check("fin_wait_timeout 80-90", HALF_CLOSED, "121.02 C>S R. 1102 ack 5201 id 302");
    script_check("fin_wait_timeout 50-75", HALF_CLOSED, "41 C>S R. 1102 ack 5201 id 302");
    /* The peer's FIN comes too late and finds nothing. */
    script_check("fin_wait_timeout 65-80 by client trigger 10", HALF_CLOSED, "90 S>C F. 5201 ack 1102",
                 "90.001 C>S R 1102");
    /* Data after more than the double time: the state was gone before. */
    script_check("fin_wait_timeout 55-80 by client alt data_after_close", HALF_CLOSED, "90 S>C P. 5201 ack 1102 len 50",
                 "90.001 C>S R 1102");
    script_check("data_after_close", HALF_CLOSED, "40 S>C P. 5201 ack 1102 len 50", "40.001 C>S R 1102");
}

static void test_fin_wait_not(void)
{
    /* At once: the application's own doing, or it answers late data. */
    script_check("* not fin_wait_timeout", HALF_CLOSED, "1.5 C>S R. 1102 ack 5201 id 302");
    script_check("data_after_close", HALF_CLOSED, "1.5 S>C P. 5201 ack 1102 len 50", "1.501 C>S R 1102");
    /* The FIN was never acknowledged: not FIN-WAIT-2. */
    script_check("* not fin_wait_timeout", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 id 301",
                 "61 C>S R. 1102 ack 5201 id 302");
    /* The peer closed as well. */
    script_check("close_race", HALF_CLOSED, "2 S>C F. 5201 ack 1102", "62 C>S R. 1102 ack 5202 id 302");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/timer/retransmission", test_retransmission },
        { "/timer/retransmission_fewer", test_retransmission_fewer },
        { "/timer/retransmission_not", test_retransmission_not },
        { "/timer/retransmission_rewound", test_retransmission_rewound },
        { "/timer/retransmission_one_way", test_retransmission_one_way },
        { "/timer/retransmission_fin", test_retransmission_fin },
        { "/timer/retransmission_copies", test_retransmission_copies },
        { "/timer/retransmission_linux", test_retransmission_linux },
        { "/timer/retransmission_sacked", test_retransmission_sacked },
        { "/timer/keepalive", test_keepalive },
        { "/timer/keepalive_not", test_keepalive_not },
        { "/timer/keepalive_late", test_keepalive_late },
        { "/timer/zero_window", test_zero_window },
        { "/timer/zero_window_not", test_zero_window_not },
        { "/timer/fin_wait", test_fin_wait },
        { "/timer/fin_wait_not", test_fin_wait_not },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
