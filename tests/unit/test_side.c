/* test_side.c
 * Tests of what is kept of one direction: copies, runs of retransmissions, round trips, windows, distances.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define DATA(time, words) time " C>S P. 1101 ack 5201 len 40 ttl 128 " words

static void test_constant_id(void)
{
    /* A stack that never counts its ids: equal ids do not make copies of a segment sent a second later. */
    script_check("retransmission_timeout 85-95 retx 5", "0 C>S S 1000 id 7 ttl 128", "0.02 S>C S. 5000 ack 1001",
                 "0.03 C>S . 1001 ack 5001 id 7 ttl 128", "1 C>S P. 1001 ack 5001 len 40 id 7 ttl 128",
                 "2 C>S P. 1001 ack 5001 len 40 id 7 ttl 128", "3 C>S P. 1001 ack 5001 len 40 id 7 ttl 128",
                 "4 C>S P. 1001 ack 5001 len 40 id 7 ttl 128", "5 C>S P. 1001 ack 5001 len 40 id 7 ttl 128",
                 "6 C>S P. 1001 ack 5001 len 40 id 7 ttl 128", "7 C>S R. 1041 ack 5001 id 7 ttl 128");
}

static void test_late_copy(void)
{
    /* A file merged from two captures whose clocks differ by two seconds: equal ids of a counter are copies. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, DATA("1.0", "id 301"), DATA("1.3", "id 302"),
                 DATA("1.9", "id 303"), DATA("3.0", "id 301"), DATA("3.3", "id 302"), DATA("3.9", "id 303"),
                 "5.1 C>S R. 1141 ack 5201 ttl 128 id 304");
    /* Without ids another link tells copies apart from retransmissions, within milliseconds only. */
    script_check("* never retransmission_timeout", SCRIPT_TALK, DATA("1.0", "link 5"), DATA("1.01", "link 6"),
                 DATA("1.3", "link 5"), DATA("1.31", "link 6"), DATA("1.9", "link 5"), DATA("1.91", "link 6"),
                 "3.1 C>S R. 1141 ack 5201 ttl 128");
    script_check("retransmission_timeout retx 5", SCRIPT_TALK, DATA("1", "link 5"), DATA("2", "link 6"),
                 DATA("3", "link 5"), DATA("4", "link 6"), DATA("5", "link 5"), DATA("6", "link 6"),
                 "7 C>S R. 1141 ack 5201 ttl 128");
    /* On the same link ten milliseconds apart it was sent twice. */
    script_check("retransmission_timeout retx 3", SCRIPT_TALK, DATA("1.00", "link 5"), DATA("1.01", "link 5"),
                 DATA("1.02", "link 5"), DATA("1.03", "link 5"), "1.04 C>S R. 1141 ack 5201 ttl 128");
}

static void test_run_moves(void)
{
    /* The first of two segments is acknowledged; the second had been sent once before its copies. */
    script_check("retransmission_timeout retx 5", SCRIPT_TALK, DATA("1.0", "id 301"),
                 "1.01 C>S P. 1141 ack 5201 len 40 id 302", "1.03 S>C . 5201 ack 1141",
                 "1.3 C>S P. 1141 ack 5201 len 40 id 303", "1.9 C>S P. 1141 ack 5201 len 40 id 304",
                 "3.1 C>S P. 1141 ack 5201 len 40 id 305", "5.5 C>S P. 1141 ack 5201 len 40 id 306",
                 "10.3 C>S P. 1141 ack 5201 len 40 id 307", "19.9 C>S R. 1181 ack 5201 ttl 128 id 308");
    /* Copies that were acknowledged do not count for the segment after them. */
    script_check("* not retransmission_timeout", SCRIPT_TALK, DATA("1.0", "id 301"), DATA("1.3", "id 302"),
                 DATA("1.9", "id 303"), DATA("3.1", "id 304"), DATA("5.5", "id 305"), "5.6 S>C . 5201 ack 1141",
                 "6 C>S P. 1141 ack 5201 len 40 id 306", "6.3 C>S P. 1141 ack 5201 len 40 id 307",
                 "6.9 C>S R. 1181 ack 5201 ttl 128 id 308");
}

static void test_round_trip(void)
{
    /* A satellite: the oldest of two unanswered segments is still the one that is answered after 0.9 s. */
    script_check("no_connection trigger 7", "0 C>S S 1000", "0.6 S>C S. 5000 ack 1001", "0.601 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.6 S>C P. 5001 ack 1011 len 20", "1.601 C>S . 1011 ack 5021",
                 "5 C>S P. 1011 ack 5021 len 10", "5.5 C>S P. 1021 ack 5021 len 10", "5.9 S>C R 5021");
    /* On a short path only the later one can be. */
    script_check("no_connection trigger 9", SCRIPT_TALK, "5 C>S P. 1101 ack 5201 len 10",
                 "5.88 C>S P. 1111 ack 5201 len 10", "5.9 S>C R 5201");
}

static void test_window(void)
{
    /* 502 shifted by 7 is 64256: the window scale counts when both SYNs bear it. */
    script_check("* valid in_window", SCRIPT_TALK, "4 S>C R 69201");
    script_check("* valid outside", SCRIPT_TALK, "4 S>C R 69501");
    script_check("* valid outside", "0 C>S S 1000 ws 7", "0.02 S>C S. 5000 ack 1001",
                 "0.03 C>S . 1001 ack 5001 win 502",
                 "4 S>C R 7001");
    script_check("* valid in_window", "0 C>S S 1000 ws 7", "0.02 S>C S. 5000 ack 1001",
                 "0.03 C>S . 1001 ack 5001 win 502",
                 "4 S>C R 5400");
    script_check("* valid unknown", "0 C>S . 1001 ack 5001 nowin", "4 S>C R 5400");
}

static void test_distance_range(void)
{
    /* A route that changes by one hop still has a usual distance; one that changes more has none. */
    script_check("injected by middlebox", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 5 ttl 53 id 203",
                 "1.01 C>S . 1101 ack 5206", "2 S>C R. 5206 ack 1101 ttl 60");
    script_check("app_abort delta none", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 5 ttl 52 id 203",
                 "1.01 C>S . 1101 ack 5206", "2 S>C R. 5206 ack 1101 ttl 60");
    script_check("injected by middlebox", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 5 ttl 55 id 203",
                 "1.01 C>S . 1101 ack 5206", "2 S>C R. 5206 ack 1101 ttl 60");
}

static void test_fin_number(void)
{
    /* A reset at the number of the own FIN is still the sender's own. */
    script_check("app_abort by client", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 id 301",
                 "1.002 C>S R. 1101 ack 5201 id 302");
    /* A FIN and its data repeated count as one segment. */
    script_check("retransmission_timeout retx 5", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 id 301",
                 "2 C>S F. 1101 ack 5201 id 302",
                 "3 C>S F. 1101 ack 5201 id 303", "4 C>S F. 1101 ack 5201 id 304", "5 C>S F. 1101 ack 5201 id 305",
                 "6 C>S F. 1101 ack 5201 id 306", "7 C>S R. 1102 ack 5201 ttl 128 id 307");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/side/constant_id", test_constant_id },
        { "/side/late_copy", test_late_copy },
        { "/side/run_moves", test_run_moves },
        { "/side/round_trip", test_round_trip },
        { "/side/window", test_window },
        { "/side/distance_range", test_distance_range },
        { "/side/fin_number", test_fin_number },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
