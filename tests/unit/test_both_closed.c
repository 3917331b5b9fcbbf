/* test_both_closed.c
 * Tests of resets from elsewhere after both ends have closed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define CLOSED                                                                                                         \
    SCRIPT_TALK, "1 S>C F. 5201 ack 1101 win 501 ttl 54 id 203 df",                                                    \
        "1.001 C>S F. 1101 ack 5202 win 502 ttl 64 id 104 df", "1.021 S>C . 5202 ack 1102 win 501 ttl 54 id 204 df"

static void test_clean_up(void)
{
    script_check("close_race 50-65 by middlebox benign alt injected", CLOSED, "17 S>C R. 5202 ack 1102 ttl 255 id 7");
    /* Bare, or to both hosts: the same story. */
    script_check("close_race 50-65 by middlebox benign", CLOSED, "17 S>C R 5202 ttl 255 id 7");
    script_check("#1 close_race by middlebox benign; #2 close_race by client benign", CLOSED,
                 "17 S>C R. 5202 ack 1102 ttl 250 id 7", "17.0001 C>S R. 1102 ack 5202 ttl 64 id 8");
    /* The FINs crossed, and nobody has acknowledged them. */
    script_check("close_race 50-65 by middlebox benign", SCRIPT_TALK,
                 "1 S>C F. 5201 ack 1101 win 501 ttl 54 id 203 df",
                 "1.001 C>S F. 1101 ack 5201 win 502 ttl 64 id 104 df", "17 S>C R. 5202 ack 1102 ttl 250 id 7");
    /* Once more. */
    script_check("#1 close_race by middlebox benign; #2 segment_after_reset by middlebox benign not injected", CLOSED,
                 "17 S>C R. 5202 ack 1102 ttl 250 id 7", "18 S>C R. 5202 ack 1102 ttl 250 id 19");
    /* It answers the last ACK. */
    script_check("* by middlebox benign not injected", CLOSED, "1.022 C>S . 1102 ack 5202 ttl 64 id 105",
                 "1.03 S>C R 5202 ttl 250 id 7");
}

static void test_clean_up_not(void)
{
    /* From the host itself. */
    script_check("close_race 80-90 by server benign", CLOSED, "1.3 S>C R. 5202 ack 1102 ttl 54 id 205");
    /* Only one side had closed: the connection was alive. */
    script_check("injected by middlebox serious", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 win 501 ttl 54 id 203 df",
                 "1.001 C>S . 1101 ack 5202 win 502 ttl 64 id 104 df", "17 S>C R. 5202 ack 1101 ttl 250 id 7");
    /* Data before a FIN are still missing. */
    script_check("* not close_race", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 50 win 501 ttl 54 id 203 df",
                 "1.0001 S>C F. 5251 ack 1101 win 501 ttl 54 id 204 df",
                 "1.001 C>S F. 1101 ack 5201 win 502 ttl 64 id 104 df", "17 S>C R. 5252 ack 1102 ttl 250 id 7");
    /* The client still sends what the FIN of the server did not wait for. */
    script_check("* serious", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 win 501 ttl 54 id 203 df",
                 "1.001 C>S P. 1101 ack 5202 len 900 ttl 64 id 104 df", "1.0011 C>S F. 2001 ack 5202 ttl 64 id 105 df",
                 "1.03 S>C R. 5202 ack 1101 ttl 250 id 7");
    /* One hop is no other place, and the timestamp of the connection is its host's. */
    script_check("close_race by server benign", CLOSED, "17 S>C R. 5202 ack 1102 ttl 53 id 205");
#define STAMPED                                                                                                        \
    "0.00 C>S S 1000 ts 100:0 ttl 64 id 100 df", "0.02 S>C S. 5000 ack 1001 ts 900:100 ttl 54 id 0 df",                \
        "0.021 C>S . 1001 ack 5001 ts 120:900 ttl 64 id 101 df",                                                       \
        "0.03 C>S P. 1001 ack 5001 len 100 ts 130:900 ttl 64 id 102 df",                                               \
        "0.05 S>C P. 5001 ack 1101 len 200 ts 930:130 ttl 54 id 7001 df",                                              \
        "1 S>C F. 5201 ack 1101 ts 1900:130 ttl 54 id 7002 df",                                                        \
        "1.001 C>S F. 1101 ack 5202 ts 1130:1900 ttl 64 id 104 df",                                                    \
        "1.021 S>C . 5202 ack 1102 ts 1930:1130 ttl 54 id 7003 df"
    script_check("close_race by server benign", STAMPED, "17 S>C R. 5202 ack 1102 ts 17930:1130 ttl 250 id 7004 df");
}

/* The client had reset the connection itself, and seconds later a device tells it so. */
static void test_after_reset(void)
{
    script_check("#1 app_abort by client; #2 segment_after_reset 50-65 by middlebox benign not injected", SCRIPT_TALK,
                 "1 C>S R. 1101 ack 5201 ttl 64 id 104", "19 S>C R. 5201 ack 1101 ttl 250 id 7");
    /* At once: somebody ends both sides. Not exact: it ended nothing. From elsewhere too: both are a device's. */
    script_check("#2 * not segment_after_reset", SCRIPT_TALK, "1 C>S R. 1101 ack 5201 ttl 64 id 104",
                 "1.001 S>C R. 5201 ack 1101 ttl 250 id 7");
    script_check("#2 * not segment_after_reset", SCRIPT_TALK, "1 C>S R. 1150 ack 5201 ttl 64 id 104",
                 "19 S>C R. 5201 ack 1101 ttl 250 id 7");
    script_check("#2 * by middlebox not segment_after_reset", SCRIPT_TALK, "1 C>S R. 1101 ack 5201 ttl 48 id 6",
                 "19 S>C R. 5201 ack 1101 ttl 250 id 7");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/both_closed/clean_up", test_clean_up},
        {"/both_closed/clean_up_not", test_clean_up_not},
        {"/both_closed/after_reset", test_after_reset},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
