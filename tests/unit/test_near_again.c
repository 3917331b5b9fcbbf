/* test_near_again.c
 * Near misses of foreign packets: clocks of all kinds, long silence, and ports that are used again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "near.h"

#define TALK_ON                                                                                                        \
    NEAR_ASKED("1.0", "1101", "5201", "1111", "5221", "", ""),                                                         \
        NEAR_ASKED("40.0", "1111", "5221", "1121", "5241", "", "")
#define ABORT_AT(time) time " C>S R. 1121 ack 5241"

/* Ticks of a microsecond to a second (RFC 7323, section 5.4), and clocks that wrap around. */
static void test_clocks(void)
{
    static const double rates[] = {1, 10, 100, 250, 1000, 1000000};

    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        script_dress_t dress = script_linux;

        dress.client.clock_hz = rates[i];
        dress.server.clock_hz = rates[G_N_ELEMENTS(rates) - 1 - i];
        script_check_dressed(&dress, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK, TALK_ON, ABORT_AT("45"));
        dress.client.clock_base = UINT32_MAX - 1010; /* wraps during the connection */
        dress.server.clock_base = 0x7fffffff - 1010;
        script_check_dressed(&dress, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK, TALK_ON, ABORT_AT("45"));
    }
}

/* Hours and days without a packet. */
static void test_silence(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         NEAR_ASKED("7201.0", "1101", "5201", "1111", "5221", "", ""),
                         NEAR_ASKED("14500.0", "1111", "5221", "1121", "5241", "", ""), ABORT_AT("14501"));
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         NEAR_ASKED("259200.0", "1101", "5201", "1111", "5221", "", ""),
                         NEAR_ASKED("600000.0", "1111", "5221", "1121", "5241", "", ""), ABORT_AT("600001"));
    script_check_dressed(&script_windows, "app_timeout by server; foreign 0; doubtful 0", NEAR_TALK,
                         NEAR_ASKED("7201.0", "1101", "5201", "1111", "5221", "", ""), "14400 S>C R. 5221 ack 1111");
    /* The route changed in the meantime. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-4", NEAR_TALK,
                         NEAR_ASKED("7201.0", "1101", "5201", "1111", "5221", "", " ttl -4"),
                         NEAR_ASKED("7202.0", "1111", "5221", "1121", "5241", "", " ttl -4"), ABORT_AT("7203"));
}

/* Both ends open at once (RFC 9293, section 3.5). */
static void test_simultaneous_open(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.0001 S>C S 5000", "0.02 C>S S. 1000 ack 5001", "0.0201 S>C S. 5000 ack 1001",
                         "0.04 C>S . 1001 ack 5001", "0.0401 S>C . 5001 ack 1001", "1 C>S P. 1001 ack 5001 len 100",
                         "1.02 S>C . 5001 ack 1101", "2 C>S R. 1101 ack 5001");
}

#define CLOSED NEAR_TALK, "1 C>S F. 1101 ack 5201", "1.02 S>C F. 5201 ack 1102", "1.021 C>S . 1102 ack 5202"
/* Request and answer at "t", with one digit after the point, of a connection at these numbers. */
#define AGAIN(t, isn, first, next, server_isn, server_first, server_next)                                              \
    t "0 C>S S " isn, t "2 S>C S. " server_isn " ack " first, t "21 C>S . " first " ack " server_first,                \
        t "3 C>S P. " first " ack " server_first " len 100", t "6 S>C P. " server_first " ack " next " len 200",       \
        t "61 C>S . " next " ack " server_next

static void test_ports_again(void)
{
    /* During TIME-WAIT, and long after. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", CLOSED,
                         AGAIN("2.0", "70001000", "70001001", "70001101", "90005000", "90005001", "90005201"),
                         "5 C>S R. 70001101 ack 90005201");
    script_check_dressed(
        &script_windows, "app_abort by client; foreign 0; doubtful 0", CLOSED,
        AGAIN("600.0", "3000001000", "3000001001", "3000001101", "2000005000", "2000005001", "2000005201"),
        "605 C>S R. 3000001101 ack 2000005201");
    /* After a reset, at once. */
    script_check_dressed(&script_linux, "#2 app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 C>S R. 1101 ack 5201",
                         AGAIN("1.1", "70001000", "70001001", "70001101", "90005000", "90005001", "90005201"),
                         "5 C>S R. 70001101 ack 90005201");
    /* A host that restarted: the old connection ended without a word, 300 s ago. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         AGAIN("300.0", "70001000", "70001001", "70001101", "90005000", "90005001", "90005201"),
                         "305 C>S R. 70001101 ack 90005201");
    /* Behind a NAT another host got the port: another distance and clock. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-7", CLOSED,
                         "300 C>S S 70001000 ttl -3 ts 990000000:0", "300.02 S>C S. 90005000 ack 70001001",
                         "300.021 C>S . 70001001 ack 90005001 ttl -3 ts 990000021:2000",
                         "300.03 C>S P. 70001001 ack 90005001 len 100 ttl -3 ts 990000030:2000",
                         "300.06 S>C P. 90005001 ack 70001101 len 200",
                         "300.061 C>S . 70001101 ack 90005201 ttl -3 ts 990000061:2000",
                         "305 C>S R. 70001101 ack 90005201 ttl -3 ts 990005000:2000");
}

/* Only what one side sends is in the capture. */
static void test_ports_again_one_way(void)
{
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0-1", "0.02 S>C S. 5000 ack 1001",
                         "0.05 S>C . 5001 ack 1101", "0.06 S>C P. 5001 ack 1101 len 200", "1.02 S>C F. 5201 ack 1102",
                         "600.02 S>C S. 90005000 ack 70001001", "600.05 S>C . 90005001 ack 70001101",
                         "600.06 S>C P. 90005001 ack 70001101 len 200", "605 S>C R. 90005201 ack 70001101");
    script_check_dressed(&script_windows, "app_abort by client; foreign 0; doubtful 0-1", "0 C>S S 1000",
                         "0.021 C>S . 1001 ack 5001", "0.03 C>S P. 1001 ack 5001 len 100", "0.061 C>S . 1101 ack 5201",
                         "1 C>S F. 1101 ack 5201", "1.021 C>S . 1102 ack 5202", "600 C>S S 70001000",
                         "600.021 C>S . 70001001 ack 90005001", "600.03 C>S P. 70001001 ack 90005001 len 100",
                         "600.061 C>S . 70001101 ack 90005201", "605 C>S R. 70001101 ack 90005201");
    /* The second connection was going on when the capture began to show this side again. */
    script_check_dressed(&script_linux, "* innocent by server; foreign 0-3; doubtful 0-3", NEAR_TALK,
                         "900.02 S>C . 90005001 ack 70001101 len 100", "900.05 S>C P. 90005101 ack 70001201 len 100",
                         "901.06 S>C P. 90005201 ack 70001301 len 100", "902.06 S>C P. 90005301 ack 70001401 len 100",
                         "902.1 S>C P. 90005401 ack 70001501 len 100", "902.2 S>C P. 90005501 ack 70001601 len 100",
                         "905 S>C R. 90005601 ack 70001601");
}

/* A server that still has the old connection answers the SYN with what it expects (RFC 9293, section 3.5.1). */
static void test_half_open(void)
{
    script_check_dressed(&script_linux, "#1 half_open_discovery by client; foreign 0; doubtful 0", NEAR_TALK,
                         "300 C>S S 70001000", "300.02 S>C . 5201 ack 1101", "300.0201 C>S R 1101",
                         "301 C>S S 70001000", "301.02 S>C S. 90005000 ack 70001001",
                         "301.021 C>S . 70001001 ack 90005001");
    /* It answers in vain, and the client asks again and again. */
    script_check_dressed(&script_linux, "#1 half_open_discovery by client; foreign 0; doubtful 0", NEAR_TALK,
                         "300 C>S S 70001000", "300.02 S>C . 5201 ack 1101", "301 C>S S 70001000",
                         "301.02 S>C . 5201 ack 1101", "303 C>S S 70001000", "303.02 S>C . 5201 ack 1101",
                         "303.0201 C>S R 1101");
    /* It has forgotten it and accepts. */
    script_check_dressed(&script_windows, "#1 app_abort by server; foreign 0; doubtful 0", NEAR_TALK,
                         AGAIN("300.0", "70001000", "70001001", "70001101", "90005000", "90005001", "90005201"),
                         "305 S>C R. 90005201 ack 70001101");
}

/* Attempts that nobody answers, each with numbers of its own or with the same. */
static void test_attempts(void)
{
    script_check_dressed(&script_linux, "closed_port by server; foreign 0; doubtful 0", "0 C>S S 1000", "1 C>S S 1000",
                         "3 C>S S 1000", "7 C>S S 1000", "7.02 S>C R. =0 ack 1001");
    script_check_dressed(&script_windows, "closed_port by server; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.02 S>C R. =0 ack 1001", "0.5 C>S S 1000", "0.52 S>C R. =0 ack 1001", "1 C>S S 1000",
                         "1.02 S>C R. =0 ack 1001");
    script_check_dressed(&script_linux, "closed_port by server; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.02 S>C R. =0 ack 1001", "5 C>S S 80001000", "5.02 S>C R. =0 ack 80001001",
                         "10 C>S S 3000001000", "10.02 S>C R. =0 ack 3000001001");
    /* SYN-ACKs sent again: the third ACK was lost. */
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.02 S>C S. 5000 ack 1001", "1.02 S>C S. 5000 ack 1001", "1.021 C>S . 1001 ack 5001",
                         "3.02 S>C S. 5000 ack 1001", "3.021 C>S . 1001 ack 5001", "5 S>C R. 5001 ack 1001");
}

#define SUMMED(line) line " goodsum"
#define UNSUMMED(line) line " badsum"

/* A capture at the sender shows what the card has yet to compute; what arrives is right. */
static void test_checksums(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", UNSUMMED("0 C>S S 1000"),
                         SUMMED("0.02 S>C S. 5000 ack 1001"), UNSUMMED("0.021 C>S . 1001 ack 5001"),
                         UNSUMMED("0.03 C>S P. 1001 ack 5001 len 100"), SUMMED("0.06 S>C P. 5001 ack 1101 len 200"),
                         UNSUMMED("0.061 C>S . 1101 ack 5201"), UNSUMMED("1 C>S P. 1101 ack 5201 len 10"),
                         SUMMED("1.02 S>C P. 5201 ack 1111 len 10"), UNSUMMED("1.021 C>S . 1111 ack 5211"),
                         UNSUMMED("4 C>S R. 1111 ack 5211"));
    /* Only full segments are left to the card. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-3", SUMMED("0 C>S S 1000"),
                         SUMMED("0.02 S>C S. 5000 ack 1001"), SUMMED("0.021 C>S . 1001 ack 5001"),
                         UNSUMMED("0.03 C>S . 1001 ack 5001 len 1460"), UNSUMMED("0.0301 C>S . 2461 ack 5001 len 1460"),
                         UNSUMMED("0.0302 C>S P. 3921 ack 5001 len 1460"), SUMMED("0.06 S>C . 5001 ack 5381"),
                         SUMMED("0.08 S>C P. 5001 ack 5381 len 200"), SUMMED("0.081 C>S . 5381 ack 5201"),
                         SUMMED("4 C>S R. 5381 ack 5201"));
    /* Damaged on the way, and sent again. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0-1", SUMMED("0 C>S S 1000"),
                         SUMMED("0.02 S>C S. 5000 ack 1001"), SUMMED("0.021 C>S . 1001 ack 5001"),
                         SUMMED("0.03 C>S P. 1001 ack 5001 len 100"), UNSUMMED("0.06 S>C P. 5001 ack 1101 len 200"),
                         SUMMED("0.26 S>C P. 5001 ack 1101 len 200"), SUMMED("0.261 C>S . 1101 ack 5201"),
                         SUMMED("4 C>S R. 1101 ack 5201"));
}

/* Options come and go. */
static void test_options(void)
{
    script_check_dressed(&script_linux, "mptcp_fastclose by client; foreign 0; doubtful 0", "0 C>S S 1000 mpopen",
                         "0.02 S>C S. 5000 ack 1001 mpopen", "0.021 C>S . 1001 ack 5001 mptcp",
                         "0.03 C>S P. 1001 ack 5001 len 100 mptcp", "0.06 S>C P. 5001 ack 1101 len 200 mptcp",
                         "0.061 C>S . 1101 ack 5201", "4 C>S R. 1101 ack 5201 fastclose");
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000 mpopen",
                         "0.02 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5001", "0.03 C>S P. 1001 ack 5001 len 100",
                         "0.06 S>C P. 5001 ack 1101 len 200", "0.061 C>S . 1101 ack 5201", "4 C>S R. 1101 ack 5201");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/near/clocks", test_clocks},
        {"/near/silence", test_silence},
        {"/near/simultaneous_open", test_simultaneous_open},
        {"/near/ports_again", test_ports_again},
        {"/near/ports_again_one_way", test_ports_again_one_way},
        {"/near/half_open", test_half_open},
        {"/near/attempts", test_attempts},
        {"/near/checksums", test_checksums},
        {"/near/options", test_options},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
