/* test_near_paths.c
 * Near misses of foreign packets: routes, devices and capture points that change what a host's packets look like.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "near.h"

#define ABORT_AT(time) time " C>S R. 1121 ack 5241"
#define FIRST(client, server) NEAR_ASKED("1.0", "1101", "5201", "1111", "5221", client, server)
#define SECOND(client, server) NEAR_ASKED("2.0", "1111", "5221", "1121", "5241", client, server)

static void test_steady(void)
{
    script_check_dressed(&script_linux, "app_abort 70-80 by client; foreign 0; doubtful 0", NEAR_TALK, FIRST("", ""),
                         SECOND("", ""), ABORT_AT("4"));
    script_check_dressed(&script_windows, "app_abort 70-80 by client; foreign 0; doubtful 0", NEAR_TALK, FIRST("", ""),
                         SECOND("", ""), ABORT_AT("4"));
}

/* For good: from then on the new distance is the one that is asked for. */
static void test_route_changes(void)
{
    script_check_dressed(&script_linux, "app_abort 70-80 by client; foreign 0; doubtful 0-4", NEAR_TALK,
                         FIRST("", " ttl -3"), SECOND("", " ttl -3"), ABORT_AT("4"));
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-8", NEAR_TALK,
                         FIRST(" ttl +2", " ttl +5"), SECOND(" ttl +2", " ttl +5"), ABORT_AT("4") " ttl +2");
    script_check_dressed(&script_windows, "app_abort by client; foreign 0; doubtful 0-8", NEAR_TALK,
                         FIRST(" ttl -6", ""), SECOND(" ttl -6", ""), ABORT_AT("4") " ttl -6");
    /* Several times, and back. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-8", NEAR_TALK, FIRST("", " ttl -3"),
                         SECOND("", " ttl +4"), NEAR_ASKED("3.0", "1121", "5241", "1131", "5261", "", " ttl -1"),
                         NEAR_ASKED("4.0", "1131", "5261", "1141", "5281", "", ""), "6 C>S R. 1141 ack 5281");
    /* Together with the last packet: the reset itself comes on the new route. */
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0-4", NEAR_TALK, FIRST("", ""),
                         SECOND("", " ttl -2"), "4 S>C R. 5241 ack 1121 ttl -2");
}

/* Each packet may take either path. */
static void test_load_sharing(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-8", "0 C>S S 1000",
                         "0.02 S>C S. 5000 ack 1001 ttl -2", "0.021 C>S . 1001 ack 5001",
                         "0.03 C>S P. 1001 ack 5001 len 100", "0.05 S>C . 5001 ack 1101",
                         "0.06 S>C P. 5001 ack 1101 len 200 ttl -2", "0.061 C>S . 1101 ack 5201",
                         "1.021 S>C P. 5201 ack 1101 len 20", "1.022 S>C P. 5221 ack 1101 len 20 ttl -2",
                         "1.023 S>C P. 5241 ack 1101 len 20", "1.024 S>C P. 5261 ack 1101 len 20 ttl -2",
                         "1.03 C>S . 1101 ack 5281", "4 C>S R. 1101 ack 5281");
    /* The answers settle on one path first, then a burst is spread over four. */
    script_check_dressed(&script_windows, "app_abort by server; foreign 0; doubtful 0-8", NEAR_TALK, FIRST("", ""),
                         "1.5 S>C . 5221 ack 1111 len 1460 ttl +1", "1.5001 S>C . 6681 ack 1111 len 1460 ttl -2",
                         "1.5002 S>C . 8141 ack 1111 len 1460", "1.5003 S>C . 9601 ack 1111 len 1460 ttl +3",
                         "1.5004 S>C . 11061 ack 1111 len 1460 ttl +1", "1.521 C>S . 1111 ack 12521",
                         "4 S>C R. 12521 ack 1111");
}

/* Load balancers and anti-flood devices answer SYNs themselves, with other headers than the host behind them. */
static void test_other_handshake(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-2", "0 C>S S 1000",
                         "0.02 S>C S. 5000 ack 1001 ttl 64", "0.021 C>S . 1001 ack 5001",
                         "0.03 C>S P. 1001 ack 5001 len 100", "0.05 S>C . 5001 ack 1101",
                         "0.06 S>C P. 5001 ack 1101 len 200", "0.061 C>S . 1101 ack 5201", FIRST("", ""),
                         SECOND("", ""), ABORT_AT("4"));
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0-2", "0 C>S S 1000",
                         "0.002 S>C S. 5000 ack 1001 ttl 253 plain nots", "0.0021 C>S . 1001 ack 5001 nots",
                         "0.003 C>S P. 1001 ack 5001 len 100 nots", "0.05 S>C . 5001 ack 1101 nots",
                         "0.06 S>C P. 5001 ack 1101 len 200 nots", "0.061 C>S . 1101 ack 5201 nots",
                         "4 S>C R. 5201 ack 1101 nots");
    /* SYN cookies of a device whose numbers are replaced later: the client sees only one numbering. The server's side
     * of the device is not in the capture. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-3", "0 C>S S 1000",
                         "0.002 S>C S. 90000 ack 1001 win 0 ttl 62", "0.0021 C>S . 1001 ack 90001",
                         "0.025 S>C . 90001 ack 1001", "0.03 C>S P. 1001 ack 90001 len 100",
                         "0.05 S>C . 90001 ack 1101", "0.06 S>C P. 90001 ack 1101 len 200",
                         "0.061 C>S . 1101 ack 90201", "4 C>S R. 1101 ack 90201");
    /* Distance and numbers of the host only after the redirect: the handshake on the near side is repeated. */
    script_check_dressed(&script_windows, "* innocent by client; foreign 0; doubtful 0-3", "0 C>S S 1000",
                         "0.002 S>C S. 90000 ack 77 ttl 60", "0.0021 C>S R 77", "1 C>S S 1000",
                         "1.02 S>C S. 5000 ack 1001", "1.021 C>S . 1001 ack 5001", "1.03 C>S P. 1001 ack 5001 len 100",
                         "1.06 S>C P. 5001 ack 1101 len 200", "1.061 C>S . 1101 ack 5201", "4 C>S R. 1101 ack 5201");
}

/* A host with another default for data, or for packets without a socket (Solaris, BSD, routers). */
static void test_other_ttl(void)
{
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0-2", "0 C>S S 1000",
                         "0.02 S>C S. 5000 ack 1001 ttl 245", "0.021 C>S . 1001 ack 5001",
                         "0.03 C>S P. 1001 ack 5001 len 100", "0.05 S>C . 5001 ack 1101",
                         "0.06 S>C P. 5001 ack 1101 len 200", "0.061 C>S . 1101 ack 5201", FIRST("", ""),
                         SECOND("", ""), "4 S>C R. 5241 ack 1121");
    script_check_dressed(&script_linux, "no_connection by server; foreign 0; doubtful 0-1", NEAR_TALK, FIRST("", ""),
                         "4 C>S P. 1111 ack 5221 len 10", "4.02 S>C R 5221 ttl 245");
}

/* A device takes the option away when the flow moves to its slow path, and gives it back. */
static void test_timestamps_stripped(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-9", NEAR_TALK,
                         FIRST(" nots", " nots"), SECOND(" nots", " nots"), ABORT_AT("4") " nots");
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-3", NEAR_TALK, FIRST("", " nots"),
                         SECOND("", ""), ABORT_AT("4"));
    /* It strips the answer to the SYN alone: neither side uses them, whatever the SYN said. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.02 S>C S. 5000 ack 1001 nots", "0.021 C>S . 1001 ack 5001 nots",
                         "0.03 C>S P. 1001 ack 5001 len 100 nots", "0.06 S>C P. 5001 ack 1101 len 200 nots",
                         "0.061 C>S . 1101 ack 5201 nots", "4 C>S R. 1101 ack 5201 nots");
}

#define TWICE(line, id, near, far) line " id " id " link 5 ttl " near, line " id " id " link 6 ttl " far

/* A mirror port before and behind a router. */
static void test_copies(void)
{
    script_check_dressed(
        &script_linux, "foreign 0; doubtful 0-6; #1 app_abort by client", TWICE("0 C>S S 1000", "1", "64", "63"),
        TWICE("0.02 S>C S. 5000 ack 1001", "51", "54", "55"), TWICE("0.021 C>S . 1001 ack 5001", "2", "64", "63"),
        TWICE("0.03 C>S P. 1001 ack 5001 len 100", "3", "64", "63"),
        TWICE("0.06 S>C P. 5001 ack 1101 len 200", "52", "54", "55"),
        TWICE("0.061 C>S . 1101 ack 5201", "4", "64", "63"), TWICE("1 S>C P. 5201 ack 1101 len 200", "53", "54", "55"),
        TWICE("1.001 C>S . 1101 ack 5401", "5", "64", "63"), TWICE("4 C>S R. 1101 ack 5401", "6", "64", "63"));
    /* Six hops apart, merged later, on the same link layer. */
    script_check_dressed(&script_linux, "foreign 0; doubtful 0-8; #1 app_abort by client", "0 C>S S 1000 id 1",
                         "0.006 C>S S 1000 id 1 ttl -6", "0.014 S>C S. 5000 ack 1001 id 51 ttl +6",
                         "0.02 S>C S. 5000 ack 1001 id 51", "0.021 C>S . 1001 ack 5001 id 2",
                         "0.027 C>S . 1001 ack 5001 id 2 ttl -6", "0.03 C>S P. 1001 ack 5001 len 100 id 3",
                         "0.036 C>S P. 1001 ack 5001 len 100 id 3 ttl -6",
                         "0.054 S>C P. 5001 ack 1101 len 200 id 52 ttl +6", "0.06 S>C P. 5001 ack 1101 len 200 id 52",
                         "0.061 C>S . 1101 ack 5201 id 4", "0.067 C>S . 1101 ack 5201 id 4 ttl -6",
                         "4 C>S R. 1101 ack 5201 id 5", "4.006 C>S R. 1101 ack 5201 id 5 ttl -6");
}

#define POINT(line, id, n) line " id " #id " interface " #n
#define AT_CLIENT(client, name)                                                                                        \
    POINT("0 " client ">" name " S 1000", 11, 1), POINT("0.02 " name ">" client " S. 5000 ack 1001", 61, 1),           \
        POINT("0.021 " client ">" name " . 1001 ack 5001", 12, 1),                                                     \
        POINT("0.03 " client ">" name " P. 1001 ack 5001 len 100", 13, 1),                                             \
        POINT("0.06 " name ">" client " P. 5001 ack 1101 len 200", 62, 1),                                             \
        POINT("0.061 " client ">" name " . 1101 ack 5201", 14, 1),                                                     \
        POINT("4 " client ">" name " R. 1101 ack 5201", 15, 1)
#define AT_SERVER(client, name)                                                                                        \
    POINT("137.009 " client ">" name " S 1000 ttl -10", 11, 2),                                                        \
        POINT("137.0092 " name ">" client " S. 5000 ack 1001 ttl +10", 61, 2),                                         \
        POINT("137.03 " client ">" name " . 1001 ack 5001 ttl -10", 12, 2),                                            \
        POINT("137.039 " client ">" name " P. 1001 ack 5001 len 100 ttl -10", 13, 2),                                  \
        POINT("137.049 " name ">" client " P. 5001 ack 1101 len 200 ttl +10", 62, 2),                                  \
        POINT("137.07 " client ">" name " . 1101 ack 5201 ttl -10", 14, 2),                                            \
        POINT("141.009 " client ">" name " R. 1101 ack 5201 ttl -10", 15, 2)

static void test_two_points(void)
{
    script_check_dressed(&script_windows, "#1 app_abort by client; #2 app_abort by client; foreign 0; doubtful 0",
                         AT_CLIENT("C", "S"), AT_SERVER("C", "S"));
    /* A NAT in between: other addresses, the same numbers. */
    script_check_dressed(&script_windows, "#1 app_abort by client; #2 app_abort by client; foreign 0; doubtful 0",
                         AT_CLIENT("C", "S"), AT_SERVER("B:50123", "S"));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/near/steady", test_steady},
        {"/near/route_changes", test_route_changes},
        {"/near/load_sharing", test_load_sharing},
        {"/near/other_handshake", test_other_handshake},
        {"/near/other_ttl", test_other_ttl},
        {"/near/timestamps_stripped", test_timestamps_stripped},
        {"/near/copies", test_copies},
        {"/near/two_points", test_two_points},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
