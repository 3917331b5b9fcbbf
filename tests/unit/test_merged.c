/* test_merged.c
 * Tests of files that hold one connection from two places on one interface, as mergecap writes them without -I none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* SCRIPT_TALK seen ten hops on, 350 ms later by that clock. */
#define ELSEWHERE                                                                                                      \
    "2.350 C>S S 1000 win 64240 ttl 54 id 100 df", "2.360 S>C S. 5000 ack 1001 win 65160 ttl 64 id 0 df",              \
        "2.370 C>S . 1001 ack 5001 win 502 ttl 54 id 101 df",                                                          \
        "2.371 C>S P. 1001 ack 5001 len 100 win 502 ttl 54 id 102 df"

static void test_two_places(void)
{
    /* The reset of the other place is no second reset, however late it comes. */
    script_check("#1 app_abort by server; #2 duplicate not injected", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 ttl 54 id 300", ELSEWHERE, "4.350 S>C R. 5201 ack 1101 ttl 64 id 300");
    /* Nor does the host go on after its reset: this was sent before. */
    script_check("#1 app_abort by server not injected", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 300", ELSEWHERE,
                 "2.40 S>C P. 5001 ack 1101 len 200 win 501 ttl 64 id 202 df",
                 "4.350 S>C R. 5201 ack 1101 ttl 64 id 0");
    /* A refusal, both places. */
    script_check("#1 closed_port; #2 duplicate", "1 C>S S 1000 ttl 64 id 100 mss 1460",
                 "1.02 S>C R. =0 ack 1001 win 0 ttl 54 id 0", "1.35 C>S S 1000 ttl 54 id 100 mss 1460",
                 "1.36 S>C R. =0 ack 1001 win 0 ttl 64 id 0");
    /* What would accuse in a file of one place does not here. */
    script_check("* not injected", SCRIPT_TALK, ELSEWHERE, "4 S>C R. 5201 ack 1101 ttl 59 id 9000",
                 "4.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
}

static void test_one_place(void)
{
    /* Sent again: another IP ID. The accusation stands. */
    script_check("injected 95-100 by middlebox", SCRIPT_TALK, "1 C>S P. 1001 ack 5001 len 100 win 502 ttl 62 id 140 df",
                 "2 S>C R. 5201 ack 1101 ttl 59 id 9000", "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
    /* Before and after one router, by one mirror. */
    script_check("injected 95-100 by middlebox", SCRIPT_TALK,
                 "2.0 C>S P. 1101 ack 5201 len 60 win 502 ttl 64 id 150 df",
                 "2.001 C>S P. 1101 ack 5201 len 60 win 502 ttl 63 id 150 df",
                 "2.002 S>C R. 5201 ack 1161 ttl 59 id 9000", "2.05 S>C P. 5201 ack 1161 len 100 ttl 54 id 203");
    /* No IP IDs: nothing shows that it is the same packet. */
    script_check("#2 segment_after_reset not duplicate", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54 id 204",
                 "2.02 C>S P. 1101 ack 5201 len 10 id 104", "2.05 S>C R 5201 ttl 64 id 0");
}

static void test_hostile(void)
{
    /* A TTL that no stack starts from, or none. */
    script_check("injected by middlebox", SCRIPT_TALK, "1 C>S P. 1001 ack 5001 len 100 win 502 ttl 1 id 102 df",
                 "2 S>C R. 5201 ack 1101 ttl 59 id 9000", "2.05 S>C P. 5201 ack 1101 len 100 ttl 54 id 203");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/merged/two_places", test_two_places},
        {"/merged/one_place", test_one_place},
        {"/merged/hostile", test_hostile},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
