/* test_reactive.c
 * Tests of the rules for resets that answer a segment of an open or closing connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define CLIENT_CLOSES SCRIPT_TALK, "1 C>S F. 1101 ack 5201 win 502 ttl 64 id 104 df",                                  \
    "1.02 S>C . 5201 ack 1102 win 501 ttl 54"

static void test_no_connection(void)
{
    script_check("no_connection 59-69 by server trigger 8 phase established serious alt device_idle_timeout",
                 SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 50", "2.02 S>C R 5201 ttl 54 id 0");
    /* After a long silence it is still the host's answer; a device stays an alternative. */
    script_check("no_connection 59-69 by server alt device_idle_timeout idle 7999", SCRIPT_TALK,
                 "8000 C>S P. 1101 ack 5201 len 50", "8000.02 S>C R 5201 ttl 54 id 0");
    /* A keepalive probe meets nothing. */
    script_check("no_connection by server trigger 8 not keepalive_timeout", SCRIPT_TALK, "7200 C>S . 1100 ack 5201",
                 "7200.02 S>C R 5201 ttl 54 id 0");
    /* The start is not in the capture; nothing but numbers is known. */
    script_check("no_connection 45-60 by server trigger 1 not device_idle_timeout",
                 "5 C>S P. 1101 ack 5201 len 50 nowin noopt",
                 "5.02 S>C R 5201 nowin noopt");
    script_check("no_connection 60-70 by server", "0 A>D S 1", "6 none", "9 C>S P. 1101 ack 5201 len 50",
                 "9.02 S>C R 5201");
    /* No timestamps. */
    script_check("no_connection by server trigger 1", "- C>S P. 1101 ack 5201 len 50", "- S>C R 5201");
    /* A satellite takes longer than the trigger window; the latest segment may always be the trigger. */
    script_check("no_connection by server trigger 8", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 50", "2.9 S>C R 5201");
}

/* The capture begins with several ACKs under way to a host that has nothing: it answers one after the other. */
static void test_no_connection_under_way(void)
{
    script_check("#1 no_connection 45-64 by server trigger 1; #2 segment_after_reset 55-65 trigger 2; "
                 "#3 segment_after_reset trigger 3",
                 "0 C>S . 1001 ack 5001 ttl 64 id 100", "0.00002 C>S . 1001 ack 6001 ttl 64 id 101",
                 "0.00004 C>S . 1001 ack 7001 ttl 64 id 102", "0.3 S>C R 5001 ttl 54 id 0",
                 "0.30002 S>C R 6001 ttl 54 id 0", "0.30004 S>C R 7001 ttl 54 id 0");
    /* Numbers that no segment asks for. */
    script_check("* trigger 0 not no_connection", "0 C>S . 1001 ack 5001 ttl 64 id 100",
                 "0.00002 C>S . 1001 ack 6001 ttl 64 id 101", "0.09 S>C R 5501 ttl 54 id 0");
    /* Too long ago. */
    script_check("* trigger 0", "0 C>S . 1001 ack 5001 ttl 64 id 100", "0.00002 C>S . 1001 ack 6001 ttl 64 id 101",
                 "1.1 S>C R 5001 ttl 54 id 0");
}

static void test_no_connection_storm(void)
{
    /* Segments on the way are answered one by one, oldest first. The followers are no new events. */
    script_check("#1 no_connection trigger 8 first; #2 segment_after_reset trigger 9 follower; #3 segment_after_reset "
                 "trigger 10",
                 SCRIPT_TALK, "2 C>S . 1101 ack 5201 len 1000", "2.001 C>S . 2101 ack 5201 len 1000",
                 "2.002 C>S P. 3101 ack 5201 len 1000", "2.02 S>C R 5201 id 0", "2.0201 S>C R 5201 id 0",
                 "2.0202 S>C R 5201 id 0");
}

static void test_no_connection_not(void)
{
    /* Y's data was acknowledged: a live connection; then an exact bare reset out of nothing answers no segment. */
    script_check("* not no_connection trigger 0", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 50",
                 "2.02 S>C . 5201 ack 1151",
                 "9 S>C R. 5201 ack 1151");
    /* The ACK number of the segment does not fit the reset. */
    script_check("* not no_connection trigger 0", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 50", "2.02 S>C R 5999");
    /* It had closed before. */
    script_check("* not no_connection", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 len 50", "2.001 C>S R 1102");
}

static void test_data_after_close(void)
{
    script_check("data_after_close 80-92 by client trigger 10 phase closing serious alt close_race", CLIENT_CLOSES,
                 "2 S>C P. 5201 ack 1102 len 50", "2.001 C>S R 1102 ttl 64 id 0 df");
    /* Windows acknowledges the data in the reset. */
    script_check("data_after_close by client trigger 10", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 len 50",
                 "2.001 C>S R. 1102 ack 5251 ttl 128 id 9");
    /* The FIN itself had not arrived when the data was sent. */
    script_check("data_after_close by client trigger 9", SCRIPT_TALK, "1 C>S F. 1101 ack 5201",
                 "1.01 S>C P. 5201 ack 1101 len 50", "1.011 C>S R 1101");
    /* A FIN behind missing data. */
    script_check("data_after_close 60-80 by client", CLIENT_CLOSES, "2 S>C F. 5300 ack 1102", "2.001 C>S R 1102");
    /* Only the closing side is in the capture: the data is not. */
    script_check("data_after_close 45-60 by client trigger 0", "0 C>S . 1101 ack 5201", "1 C>S F. 1101 ack 5201",
                 "2 C>S R 1102");
}

static void test_closing_message(void)
{
    /* TLS says good-bye after the FIN: nothing was lost. */
    script_check("close_race 75-90 benign alt data_after_close", CLIENT_CLOSES,
                 "2 S>C P. 5201 ack 1102 len 24 hex 1703030013aabbccddeeff00112233445566778899aabbcc",
                 "2.001 C>S R 1102");
    script_check("close_race benign", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 hex 15030300020100",
                 "2.001 C>S R 1102");
    script_check("close_race benign", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 data '221 bye'", "2.001 C>S R 1102");
    /* The same with an ACK. */
    script_check("close_race benign by client", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 data '221 bye'",
                 "2.001 C>S R. 1102 ack 5208");
    /* A data record of another length is data. */
    script_check("data_after_close serious", CLIENT_CLOSES,
                 "2 S>C P. 5201 ack 1102 len 25 hex 1703030014aabbccddeeff00112233445566778899aabbcc",
                 "2.001 C>S R 1102");
    /* So is what is missing before the closing message, and a fatal alert says that something failed. */
    script_check("data_after_close serious", CLIENT_CLOSES, "2 S>C P. 5301 ack 1102 data '221 bye'",
                 "2.001 C>S R 1102");
    script_check("data_after_close serious", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 hex 15030300020228",
                 "2.001 C>S R 1102");
    /* The side that resets had failed itself. */
    script_check("data_after_close serious", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 hex 15030300020230",
                 "1.0001 C>S F. 1108 ack 5201", "1.02 S>C . 5201 ack 1109",
                 "1.021 S>C P. 5201 ack 1109 hex 15030300020100", "1.022 C>S R 1109");
    /* A session in the connection ends (MARS). */
    script_check("data_after_close 75-90 benign alt close_race", CLIENT_CLOSES,
                 "2 S>C P. 5201 ack 1102 hex 53040000100000000400000008000000", "2.001 C>S R 1102");
}

static void test_error_before(void)
{
    /* The server says what is wrong with the request, closes, and the rest of the request comes in. */
    script_check("data_after_close 88-96 by server alt app_error", SCRIPT_OPEN,
                 "1 C>S P. 1001 ack 5001 data 'POST / HTTP/1.1'",
                 "1.02 S>C P. 5001 ack 1016 data 'HTTP/1.1 413 Content Too Large'",
                 "1.021 S>C F. 5031 ack 1016", "1.03 C>S P. 1016 ack 5001 len 900", "1.05 S>C R 5001");
    /* All is well, says the server. */
    script_check("* never app_error", SCRIPT_OPEN, "1 C>S P. 1001 ack 5001 data 'POST / HTTP/1.1'",
                 "1.02 S>C P. 5001 ack 1016 data 'HTTP/1.1 200 OK and so on......'",
                 "1.021 S>C F. 5031 ack 1016", "1.03 C>S P. 1016 ack 5001 len 900", "1.05 S>C R 5001");
}

static void test_canceled(void)
{
    /* The reader closes in the middle of a download. */
    script_check("transfer_cancelled 81-91 by client alt data_after_close", SCRIPT_TALK,
                 "0.1 S>C . 5201 ack 1101 len 10000",
                 "0.101 C>S . 1101 ack 15201", "0.11 S>C . 15201 ack 1101 len 1460",
                 "0.111 S>C . 16661 ack 1101 len 1460",
                 "0.112 C>S F. 1101 ack 15201", "0.12 S>C . 18121 ack 1101 len 1460", "0.121 C>S R 1101");
    /* A short answer is none. */
    script_check("data_after_close", SCRIPT_TALK, "0.112 C>S F. 1101 ack 5201", "0.12 S>C . 5201 ack 1101 len 1460",
                 "0.121 C>S R 1101");
    script_check("transfer_cancelled", "pref cancel_bytes 100", SCRIPT_TALK, "0.112 C>S F. 1101 ack 5201",
                 "0.12 S>C . 5201 ack 1101 len 1460", "0.1201 S>C . 6661 ack 1101 len 1460", "0.121 C>S R 1101");
    /* Much was sent, but nothing of it arrived. */
    script_check("data_after_close", SCRIPT_TALK, "0.1 S>C . 5201 ack 1101 len 10000", "0.112 C>S F. 1101 ack 5201",
                 "0.2 S>C . 15201 ack 1101 len 1460", "0.201 C>S R 1101");
}

static void test_assassination(void)
{
    /* An old duplicate reaches TIME-WAIT, its ACK meets the closed side (RFC 1337). */
    script_check("time_wait_assassination 75-90 by server trigger 13 alt close_race", CLIENT_CLOSES,
                 "1.1 S>C F. 5201 ack 1102", "1.101 C>S . 1102 ack 5202", "9 S>C P. 5001 ack 1101 len 200 id 202",
                 "9.001 C>S . 1102 ack 5202 id 9", "9.02 S>C R 5202");
    /* Without the duplicate the last ACK met a socket that was gone. */
    script_check("close_race by server not time_wait_assassination", CLIENT_CLOSES, "1.1 S>C F. 5201 ack 1102",
                 "1.101 C>S . 1102 ack 5202", "1.12 S>C R 5202");
}

static void test_close_race(void)
{
    script_check("close_race 80-95 by server benign trigger 11 phase closed", CLIENT_CLOSES, "1.1 S>C F. 5201 ack 1102",
                 "1.101 C>S . 1102 ack 5202", "1.12 S>C R 5202");
    /* One FIN; the trigger brings nothing. */
    script_check("close_race 45-60 by client benign trigger 10", SCRIPT_TALK, "1 C>S F. 1101 ack 5201",
                 "1.02 S>C . 5201 ack 1101 win 900",
                 "1.03 S>C . 5201 ack 1102", "1.031 C>S R 1102");
    /* With data it is no race of closes. */
    script_check("* not close_race", CLIENT_CLOSES, "2 S>C P. 5201 ack 1102 len 50", "2.001 C>S R 1102");
}

static void test_late_trigger(void)
{
    /* A capture of two queues: the segment that was answered is stored after the reset, with an earlier time. */
    script_check("no_connection by server trigger 9", SCRIPT_TALK, "2 S>C R 5201",
                 "1.9999 C>S P. 1101 ack 5201 len 50");
    script_check("no_connection by server trigger 8", SCRIPT_OPEN, "0.030 C>S P. 1001 ack 5001 len 100",
                 "0.060 S>C P. 5001 ack 1101 len 200", "0.061 C>S . 1101 ack 5201", "2 S>C R 5201",
                 "2 C>S P. 1101 ack 5201 len 50");
    /* By its time it crossed the reset. */
    script_check("* trigger 0 not no_connection", SCRIPT_TALK, "2 S>C R 5201", "2.0001 C>S P. 1101 ack 5201 len 50");
    script_check("* trigger 0 not no_connection", SCRIPT_TALK, "2 S>C R 5201", "2.5 C>S P. 1101 ack 5201 len 50");
}

static void test_absurd(void)
{
    script_check("* trigger 0", SCRIPT_TALK, "2 S>C R =4294967295 ack =4294967295 win 65535");
    script_check("* by server", SCRIPT_TALK, "2 C>S P. 1101 ack 5201 len 4294967295", "2.02 S>C R 5201");
    script_check("* by server", "2 C>S P. =0 ack =0 len 1", "2.02 S>C R =0");
    script_check("* by server", "7000000000 C>S P. 1101 ack 5201 len 9", "0 S>C R 5201");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/reactive/no_connection", test_no_connection },
        { "/reactive/no_connection_under_way", test_no_connection_under_way },
        { "/reactive/no_connection_storm", test_no_connection_storm },
        { "/reactive/no_connection_not", test_no_connection_not },
        { "/reactive/data_after_close", test_data_after_close },
        { "/reactive/closing_message", test_closing_message },
        { "/reactive/error_before", test_error_before },
        { "/reactive/canceled", test_canceled },
        { "/reactive/assassination", test_assassination },
        { "/reactive/close_race", test_close_race },
        { "/reactive/late_trigger", test_late_trigger },
        { "/reactive/absurd", test_absurd },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
