/* test_filtered.c
 * Tests with captures that hold only some of the packets: SYN, FIN and resets, one direction, or two files merged from
 * two clocks. What is missing proves nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* tcpdump 'tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0': the handshake lacks its third segment. */
#define OPENED "0 C>S S 1000 ttl 64 id 1", "0.02 S>C S. 5000 ack 1001 ttl 54 id 0"

static void test_rising(void)
{
    /* 0.100 S > C: Flags [R], seq 5001+12996, win 0: each answers an ACK of a download that the filter dropped, and
     * the ACKs rise by two segments. */
    script_check("#1 no_connection 40-45 by server innocent alt session_failover never injected; "
                 "#2 segment_after_reset 40-45 never injected; #3 segment_after_reset 40-45",
                 OPENED, "0.1 S>C R 17997 ttl 54 id 0", "0.1002 S>C R 20893 ttl 54 id 0",
                 "0.1004 S>C R 23789 ttl 54 id 0");
    /* One direction of the same. */
    script_check("#1 * never injected; #2 * never injected; #3 * never injected", "0.02 S>C S. 5000 ack 1001 ttl 54",
                 "0.05 S>C . 5001 ack 1101 len 1448 ttl 54", "0.1 S>C R 17997 ttl 54", "0.1002 S>C R 20893 ttl 54",
                 "0.1004 S>C R 23789 ttl 54");
    /* 2.000 S > C: Flags [R.], seq 5201; the ACKs of the client are in the capture, and none asks for these. */
    script_check("#1 injected 80-90 by middlebox", SCRIPT_TALK, "2 S>C R 5201 win 5", "2.0002 S>C R 8097 win 5",
                 "2.0004 S>C R 10993 win 5");
    /* One exchanged segment of either side is enough to show that the filter lets such pass. */
    script_check("#1 injected 80-90 by middlebox", OPENED, "0.021 C>S . 1001 ack 5001", "2 S>C R 5001 win 5",
                 "2.0002 S>C R 7897 win 5");
}

static void test_bare(void)
{
    /* 400 S > C: Flags [R], seq 9501, win 0: bare, so it answers something. */
    script_check("no_connection 40-45 by server alt device_idle_timeout", OPENED, "400 S>C R 9501 ttl 54 id 0");
    /* At the next number of the file, too: an abort bears an ACK. */
    script_check("no_connection 40-45 by server alt app_abort", OPENED, "0.3 S>C R 5001 ttl 54 id 0");
    /* 1.024 S > C: Flags [R], seq 9602 after Flags [F.], seq 9600. */
    script_check("data_after_close 40-45 by server alt app_abort", OPENED, "1 S>C F. 9600 ack 1101 ttl 54",
                 "1.024 S>C R 9601 ttl 54 id 0");
    /* With an ACK it is an abort, and the numbers say that no data went. */
    script_check("app_abort 60-80 by server", OPENED, "1 S>C R. 5001 ack 1001 ttl 54");
    /* 3.000 S > C: Flags [R], seq 5001: what looks like a window probe tells no number to compare it with. */
    script_check("* never no_connection", "0 C>S S 1000", "1 C>S F 1001 win 0", "2 S>C none =0 len 1", "3 S>C R 5001");
    /* Both FINs: nothing is left to be lost. */
    script_check("close_race by client benign", OPENED, "1 S>C F. 9600 ack 1101", "1.01 C>S F. 1101 ack 9601",
                 "1.02 C>S R 1102");
    /* The capture shows the exchange: nothing is hidden. */
    script_check("* not no_connection", SCRIPT_TALK, "3 S>C R 5201 ttl 54 id 0");
}

/* Three handshakes, two of which the FIN of the client shows to have been completed: the distance of the server is known.
 */
#define OPENED_TWICE_MORE OPENED, "0.1 C:2>S S 1000 ttl 64 id 2", "0.12 S>C:2 S. 5000 ack 1001 ttl 54 id 0",            \
    "0.13 C:2>S F. 1401 ack 5901 ttl 64", "0.2 C:3>S S 1000 ttl 64 id 3", "0.22 S>C:3 S. 5000 ack 1001 ttl 54 id 0",    \
    "0.23 C:3>S F. 1401 ack 5901 ttl 64"

static void test_routes(void)
{
    /* 6.127 S > C: Flags [R.], ttl 52: two hops farther than the SYN-ACKs, and nothing else of the server is there. */
    script_check("injected 40-49 by unknown", OPENED_TWICE_MORE, "6.127 S>C R. 9824 ack 1369 ttl 52 id 9");
    script_check("injected 40-49 by unknown", OPENED_TWICE_MORE, "6.127 S>C R. 9824 ack 1369 ttl 56 id 9");
    /* Other packets of the connection came from one place. */
    script_check("injected 60-80 by middlebox", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 52 id 9");
    /* No route is so much longer. */
    script_check("injected 60-80 by middlebox", OPENED_TWICE_MORE, "6.127 S>C R. 9824 ack 1369 ttl 41 id 9");
}

static void test_two_clocks(void)
{
    /* 0.000 S > C: Flags [S.], ack 1001, then 0.040 C > S: Flags [S], seq 1000: the server's clock is 40 ms early. */
    script_check("no_connection by client never half_open_discovery", "0 S>C S. 5000 ack 1001", "0.04 C>S S 1000",
                 "0.06 S>C P. 5001 ack 1079 len 300", "0.1 C>S . 1001 ack 5001", "0.12 C>S P. 1001 ack 5001 len 78",
                 "0.14 C>S . 1079 ack 5301", "40 S>C P. 5301 ack 1079 len 55", "40.3 C>S R 1079");
    /* A SYN with another number than the SYN-ACK acknowledged opens another connection, which the server does not take.
     */
    script_check("half_open_discovery by client", "0 S>C S. 5000 ack 1001", "0.04 C>S S 700000",
                 "0.06 S>C . 5001 ack 1001", "0.061 C>S R 1001");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/filtered/rising", test_rising },
        { "/filtered/bare", test_bare },
        { "/filtered/routes", test_routes },
        { "/filtered/two_clocks", test_two_clocks },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
