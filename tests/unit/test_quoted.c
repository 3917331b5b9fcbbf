/* test_quoted.c
 * Tests of statements that the packets contradict: they are quoted, and the history leads. And of what one may believe
 * of a packet that contradicts nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define F5(text) "data 'BIG-IP: [0x11c5672:3045] " text "'"
#define EXPIRED F5("Flow expired (sweeper)")
#define QUOTED " source f5 says Flow"

/* The server's own reset, and the client's. */
#define BY_SERVER(words) "4 S>C R. 5201 ack 1101 ttl 54 id 203 " words
#define BY_CLIENT(words) "4 C>S R. 1101 ack 5201 ttl 64 id 104 " words

static void test_of_server(void)
{
    /* Nothing contradicts: the BIG-IP may be that very address. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED " alt app_abort", SCRIPT_TALK, BY_SERVER(EXPIRED));
    /* Nothing is known of its distance, id or time stamp. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 noopt " EXPIRED);
    /* Devices start from 255, hosts from 64: the same distance. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 245 " EXPIRED);
    /* One hop is a route. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 55 " EXPIRED);
    /* A refusal, a lone reset. */
    script_check("firewall_reject 95-95 by middlebox source f5", "0 C>S S 1000 ttl 64",
                 "0.02 S>C R. =0 ack 1001 ttl 54 " F5("Port denied"));
    script_check("proxied 95-95 by middlebox source f5",
                 "0 S>C R. 5000 ack 1000 ttl 250 " F5("{peer} TCP RST from remote system"));
    /* One direction only. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "0 S>C P. 5001 ack 1101 len 20 ttl 54",
                 "0.1 S>C P. 5021 ack 1101 len 20 ttl 54", "0.2 S>C . 5041 ack 1101 ttl 54",
                 "4 S>C R. 5041 ack 1101 ttl 54 " EXPIRED);
}

static void test_numbers(void)
{
    /* Far outside the window: whatever it says, it ends nothing. */
    script_check("injected 50-99 by middlebox" QUOTED " never device_idle_timeout", SCRIPT_TALK,
                 "4 S>C R. 900005201 ack 1101 ttl 40 " EXPIRED);
    script_check("blind_reset" QUOTED " never device_idle_timeout", SCRIPT_TALK,
                 "4 S>C R. 900005201 ack 1101 ttl 40 " EXPIRED, "4.02 C>S . 1101 ack 5201 ttl 64",
                 "6 C>S P. 1101 ack 5201 len 10 ttl 64", "6.02 S>C . 5201 ack 1111 ttl 54");
    /* A capture filter hides what was sent: the number alone tells nothing, nor does a distance seen once. */
#define FILTERED(number, ttl, words) "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 54", \
                                     "9 S>C R. " number " ack 1101 ttl " ttl " " words
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, FILTERED("70536", "54", EXPIRED));
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, FILTERED("70537", "55", EXPIRED));
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, FILTERED("70536", "52", EXPIRED));
    script_check("* never device_idle_timeout" QUOTED, FILTERED("70537", "52", EXPIRED));
    script_check("* never device_idle_timeout" QUOTED, FILTERED("70537", "56", EXPIRED));
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001",
                 "9 S>C R. 70537 ack 1101 ttl 52 " EXPIRED);
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "0 C>S S 1000 ttl 64",
                 "0.02 S>C S. 5000 ack 1001 ttl 54", "9 S>C R. 70537 ack 1101 " EXPIRED);
#undef FILTERED
    /* In the window, but not exact: devices do that. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5261 ack 1101 ttl 54 " EXPIRED);
    /* A SYN is refused by its number only. */
    script_check("closed_port source f5", "0 C>S S 1000 ttl 64",
                 "0.02 S>C R. =0 ack 7777 ttl 54 " F5("Port denied"));
    /* A code of NetScaler. */
    script_check("* never device_idle_timeout source netscaler code 9300", "0.00 C>S S 1000 mss 1460 ttl 64",
                 "0.02 S>C S. 5000 ack 1001 mss 1460 win 8190 ttl 55", "0.021 C>S . 1001 ack 5001 ttl 64",
                 "0.03 C>S P. 1001 ack 5001 len 100 ttl 64",
                 "0.05 S>C P. 5001 ack 1101 len 200 win 9000 ttl 55", "0.051 C>S . 1101 ack 5201 ttl 64",
                 "2 S>C R. 900005201 ack 1101 win 9300 ttl 55");
}

static void test_goes_on(void)
{
    script_check("injected 45-49 by unknown contradicted 9" QUOTED, SCRIPT_TALK, BY_SERVER(EXPIRED),
                 "5 S>C P. 5201 ack 1101 len 10 ttl 54 id 204", "5.001 C>S . 1101 ack 5211 ttl 64");
    /* Sent before, only slower than the reset. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5211 ack 1101 ttl 54 id 204 " EXPIRED, "4.02 S>C P. 5201 ack 1101 len 10 ttl 54 id 203");
    /* The receiver does not mind it. */
    script_check("* accepted no never device_idle_timeout" QUOTED, SCRIPT_TALK, BY_SERVER(EXPIRED),
                 "5 C>S P. 1101 ack 5201 len 10 ttl 64", "7 C>S P. 1111 ack 5201 len 10 ttl 64",
                 "9 C>S P. 1121 ack 5201 len 10 ttl 64");
    /* What was under way when the reset came is no sign of life. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK, BY_SERVER(EXPIRED),
                 "4.01 C>S P. 1101 ack 5201 len 10 ttl 64", "4.011 C>S P. 1111 ack 5201 len 10 ttl 64");
    /* Refused, then accepted without another SYN. */
    script_check("* never device_idle_timeout" QUOTED, "0 C>S S 1000 ttl 64",
                 "0.02 S>C R. =0 ack 1001 ttl 54 " EXPIRED, "0.03 S>C S. 5000 ack 1001 ttl 54",
                 "0.031 C>S . 1001 ack 5001 ttl 64");
    /* Refused, and later accepted. */
    script_check("#1 firewall_reject 95-95 source f5", "0 C>S S 1000 ttl 64",
                 "0.02 S>C R. =0 ack 1001 ttl 54 " F5("Port denied"), "1 C>S S 1000 ttl 64",
                 "1.02 S>C S. 5000 ack 1001 ttl 54", "1.021 C>S . 1001 ack 5001 ttl 64");
}

static void test_distance(void)
{
    /* From elsewhere: somebody sent it, and may even have told the truth. */
    script_check("injected 55-65 by middlebox alt device_idle_timeout" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 59 " EXPIRED);
    script_check("injected 55-65 by middlebox alt no_backend source f5", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 59 " F5("No pool member available"));
    /* 60 is where only old hosts start: for a device it is another distance, though not proof that it was forged. */
    script_check("app_abort by server alt device_idle_timeout innocent" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 50 " EXPIRED);
    script_check("app_abort by server alt device_idle_timeout innocent" QUOTED, "pref hop_delta 3", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 51 " EXPIRED);
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "pref hop_delta 4", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 51 " EXPIRED);
    /* An artefact states nothing, wherever it comes from. */
    script_check("malformed never device_idle_timeout source none", SCRIPT_TALK,
                 "4 S>C RS. 5201 ack 1101 ttl 59 " EXPIRED);
    /* A TTL that no stack explains says nothing. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 20 " EXPIRED);
    /* Behind the packet, the text is the capturing BIG-IP's own, which passes on what a host far behind it sends. */
    script_check("device_idle_timeout 98-98 by middlebox source f5", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 255 f5 'Flow expired (sweeper)'");
    /* But not where the host goes on. */
    script_check("injected 75-98 by middlebox source f5", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 255 f5 'Flow expired (sweeper)'", "5 S>C P. 5201 ack 1101 len 10 ttl 54",
                 "5.001 C>S . 1101 ack 5211 ttl 64");
    /* A distance seen once is none. */
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "0 C>S S 1000 ttl 64",
                 "0.02 S>C S. 5000 ack 1001 ttl 54", "0.021 C>S . 1001 ack 5001 ttl 64",
                 "9 S>C R. 5001 ack 1001 ttl 59 " EXPIRED);
    /* A NetScaler that the user names may be anywhere. */
    script_check("device_idle_timeout 92-92 by middlebox source netscaler", "pref netscaler S", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 59");
}

static void test_history(void)
{
    /* Both ends are reset at once: perhaps a device did that, and it is the one that says so. */
    script_check("#1 no_backend 95-95 by middlebox alt injected source f5", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 54 " F5("No pool member available"), "4.0001 C>S R. 1101 ack 5201 ttl 64");
    /* A signature that was never negotiated: the receiver ignores such a reset. */
    script_check("blind_reset alt no_backend source f5", SCRIPT_TALK, BY_SERVER("md5 " F5("No pool member available")),
                 "4.03 C>S P. 1101 ack 5201 len 10 ttl 64", "4.04 C>S P. 1111 ack 5201 len 10 ttl 64");
    /* A train of guesses. */
    script_check("#1 injected alt device_idle_timeout" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 54 " EXPIRED, "4.001 S>C R. 6661 ack 1101 ttl 54",
                 "4.002 S>C R. 9581 ack 1101 ttl 54");
    script_check("#1 injected by middlebox never device_idle_timeout" QUOTED, SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 54 " EXPIRED, "4.001 S>C R. 6661 ack 1101 ttl 54",
                 "4.002 S>C R. 9581 ack 1101 ttl 54", "5 S>C P. 5201 ack 1101 len 10 ttl 54",
                 "5.001 C>S . 1101 ack 5211 ttl 64");
    /* The history contradicts the reason, not the sender. */
    script_check("closed_port 75-75 by client conflict alt zero_window_timeout source f5", SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 len 400 ttl 64 id 104", "1.02 S>C . 5201 ack 1501 win 0 ttl 54",
                 "2 C>S . 1500 ack 5201 ttl 64", "4 C>S . 1500 ack 5201 ttl 64", "8 C>S . 1500 ack 5201 ttl 64",
                 "16 C>S . 1500 ack 5201 ttl 64", "32 C>S . 1500 ack 5201 ttl 64",
                 "64 C>S R. 1501 ack 5201 ttl 64 " F5("No local listener"));
    /* The packets say the same as the statement, and are surer. */
    script_check("retransmission_timeout 92-92 by client source f5 agreed", SCRIPT_TALK,
                 "1.0 C>S P. 1101 ack 5201 len 40 id 301 ttl 64", "1.3 C>S P. 1101 ack 5201 len 40 id 302 ttl 64",
                 "1.9 C>S P. 1101 ack 5201 len 40 id 303 ttl 64", "3.1 C>S P. 1101 ack 5201 len 40 id 304 ttl 64",
                 "5.5 C>S P. 1101 ack 5201 len 40 id 305 ttl 64", "10.3 C>S P. 1101 ack 5201 len 40 id 306 ttl 64",
                 "19.9 C>S R. 1141 ack 5201 ttl 64 id 307 " F5("TCP retransmit timeout"));
}

/* Windows: no time stamps, nothing known of ids. */
#define SCRIPT_IDLE                                                                                                    \
    "0.000 C>S S 1000 mss 1460 ttl 64", "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 54",                                  \
        "0.021 C>S . 1001 ack 5001 ttl 64", "0.030 C>S P. 1001 ack 5001 len 100 ttl 64",                               \
        "0.060 S>C P. 5001 ack 1101 len 200 ttl 54", "0.061 C>S . 1101 ack 5201 ttl 64"

static void test_of_client(void)
{
    /* What looks like the client's own packet accuses nobody by its words. */
    script_check("declared 75-75 by client alt device_idle_timeout alt app_abort innocent" QUOTED, SCRIPT_TALK,
                 BY_CLIENT(EXPIRED));
    script_check("declared 75-75 by client alt proxied innocent source f5", SCRIPT_TALK,
                 BY_CLIENT(F5("TCP RST from remote system")));
    script_check("no_backend 75-75 by client innocent source f5", SCRIPT_TALK,
                 BY_CLIENT(F5("No pool member available")));
    script_check("declared 75-75 by client alt policy_reset innocent source rst_diag code 9", SCRIPT_TALK,
                 BY_CLIENT("hex 33aa000900000000"));
    script_check("data_after_close 75-75 by client source rst_diag code 3", SCRIPT_TALK,
                 BY_CLIENT("hex 33aa000300000000"));
    /* The packets accuse, as much as they do without the words. */
    script_check("#1 device_idle_timeout 49-49 by unknown" QUOTED, SCRIPT_IDLE,
                 "300.061 C>S R. 1101 ack 5201 ttl 64 " EXPIRED, "300.0611 S>C R. 5201 ack 1101 ttl 54");
    script_check("#1 device_idle_timeout 95-95 by middlebox" QUOTED, SCRIPT_IDLE,
                 "300.061 S>C R. 5201 ack 1101 ttl 54 " EXPIRED, "300.0611 C>S R. 1101 ack 5201 ttl 64");
    script_check("no_connection 75-75 by client source f5 says No", SCRIPT_TALK,
                 "2 S>C P. 5201 ack 1101 len 50 ttl 54 id 203",
                 "2.001 C>S R 1101 ttl 64 id 104 " F5("No flow found for ACK"));
    /* Its distance is not known. */
    script_check("declared 60-60 by client alt device_idle_timeout innocent" QUOTED, SCRIPT_TALK,
                 "4 C>S R. 1101 ack 5201 " EXPIRED);
    script_check("declared 60-60 by client innocent" QUOTED, SCRIPT_TALK, "4 C>S R. 1101 ack 5201 ttl 63 " EXPIRED);
    /* The client's SYN is missing, or all of its packets. */
    script_check("declared 60-60 by client innocent" QUOTED, "0 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.01 C>S . 1101 ack 5201 ttl 64", "4 C>S R. 1101 ack 5201 ttl 64 " EXPIRED);
    script_check("device_idle_timeout 95-95 by middlebox" QUOTED, "0 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "4 C>S R. 1101 ack 5201 ttl 64 " EXPIRED);
    /* Text in a trailer, and a NetScaler at the SYN's distance. */
    script_check("device_idle_timeout 98-98 by middlebox source f5", SCRIPT_TALK,
                 BY_CLIENT("f5 'Flow expired (sweeper)'"));
#define CLIENT_PROXY                                                                                                   \
    "0.00 C>S S 1000 mss 1460 ws 7 ttl 245", "0.02 S>C S. 5000 ack 1001 mss 1460 ws 4 win 8190 ttl 64",                \
        "0.021 C>S . 1001 ack 5001 ttl 245", "0.03 C>S P. 1001 ack 5001 len 100 ttl 55",                               \
        "0.05 S>C P. 5001 ack 1101 len 200 win 928 ttl 64", "0.051 C>S . 1101 ack 5201 ttl 55"
    script_check("device_idle_timeout 92-92 by middlebox source netscaler", CLIENT_PROXY,
                 "2 C>S R. 1101 ack 5201 win 9300 ttl 245");
#undef CLIENT_PROXY
    /* Without that only the window tells. */
    script_check("declared 75-75 by client alt device_idle_timeout innocent source netscaler code 9300",
                 "0.00 C>S S 1000 mss 1460 ttl 64 win 9000", "0.02 S>C S. 5000 ack 1001 mss 1460 ttl 55",
                 "0.021 C>S . 1001 ack 5001 ttl 64 win 9000", "0.03 C>S P. 1001 ack 5001 len 100 ttl 64 win 9000",
                 "0.05 S>C P. 5001 ack 1101 len 200 ttl 55", "0.051 C>S . 1101 ack 5201 ttl 64 win 9000",
                 "2 C>S R. 1101 ack 5201 win 9300 ttl 64");
    /* Plain text and MPTCP's own reasons name no device. */
    script_check("declared 70-70 by client source text", SCRIPT_TALK, BY_CLIENT("data 'Go away'"));
    script_check("mptcp_subflow_reset 97-97 by client", SCRIPT_MPTCP_TALK, BY_CLIENT("tcprst 2:0"));
}

/* RFC 8684, section 3.1. */
static void test_not_negotiated(void)
{
    static const char *const options[] = { "fastclose", "tcprst 1:0" };

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        char *line = g_strdup_printf("4 S>C R. 5201 ack 1101 ttl 54 id 203 %s", options[i]);
        const char *never = i == 0 ? "app_abort 70-80 by server never mptcp_fastclose source mptcp_option"
                                   : "app_abort 70-80 by server never mptcp_subflow_reset source mptcp_option";

        script_check(never, SCRIPT_TALK, line);
        /* One SYN of the two. */
        script_check(never, SCRIPT_SYN " mpopen", SCRIPT_SYN_ACK, SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED, line);
        script_check(never, SCRIPT_SYN, SCRIPT_SYN_ACK " mpopen", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED, line);
        /* Another MPTCP option asks for nothing, nor do options later on. */
        script_check(never, SCRIPT_SYN " mptcp", SCRIPT_SYN_ACK " mptcp", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED,
                     line);
        script_check(never, SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 10 ttl 64 mptcp",
                     "1.02 S>C . 5201 ack 1111 ttl 54 mptcp", "1.03 C>S . 1111 ack 5201 ttl 64 mptcp", line);
        /* The SYN repeated without MPTCP, and accepted so. */
        script_check(never, "0 C>S S 1000 mss 1460 sack ws 7 ttl 64 id 100 df mpopen",
                     "1 C>S S 1000 mss 1460 sack ws 7 ttl 64 id 101 df",
                     "1.02 S>C S. 5000 ack 1001 mss 1460 sack ws 7 ttl 54 id 0 df", "1.021 C>S . 1001 ack 5001 ttl 64",
                     "1.03 C>S P. 1001 ack 5001 len 100 ttl 64", "1.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                     "1.051 C>S . 1101 ack 5201 ttl 64", line);
        g_free(line);
    }
    /* Announced on a segment before. */
    script_check("app_abort 70-80 by client never mptcp_fastclose source mptcp_option", SCRIPT_TALK,
                 "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose", "4 C>S R. 1101 ack 5201 ttl 64 id 105");
    /* By the other side. */
    script_check("app_abort 70-80 by server never mptcp_fastclose source none", SCRIPT_TALK,
                 "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose", "4 S>C R. 5201 ack 1101 ttl 54 id 203");
}

/* Without other traffic, in which a port that refused may accept again: then the evidence tells that too. */
static void check_alone(const char *expected, const char *first, const char *second)
{
    const char *const lines[] = { first, second, NULL };

    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);

        script_open(run, &script_variants[i], lines);
        script_expect(run, __FILE__, __LINE__, expected);
        script_close(run);
        g_free(run);
    }
}

#define FAST_CLOSE "4 S>C R. 5201 ack 1101 ttl 54 id 203 fastclose"

static void test_negotiated(void)
{
    script_check("mptcp_fastclose 97-97 by server agreed", SCRIPT_MPTCP_TALK, FAST_CLOSE);
    /* The SYN repeated without MPTCP, but accepted with it. */
    script_check("mptcp_fastclose 97-97 by server", SCRIPT_SYN " mpopen",
                 "0.010 C>S S 1000 mss 1460 sack ws 7 ttl 64 id 99 df", SCRIPT_SYN_ACK " mpopen", SCRIPT_OPENED,
                 SCRIPT_ASKED, SCRIPT_ANSWERED, FAST_CLOSE);
    /* One direction, with its SYN. */
    script_check("mptcp_fastclose 97-97 by server", SCRIPT_SYN_ACK " mpopen",
                 "0.060 S>C P. 5001 ack 1101 len 200 win 501 ttl 54 id 202 df", FAST_CLOSE);
    /* A join that is refused. */
    check_alone("mptcp_subflow_reset 97-97 by server", "0 C>S S 1000 ttl 64 mpopen",
                "0.02 S>C R. =0 ack 1001 ttl 54 tcprst 3:0");
    script_check("* by server never mptcp_subflow_reset", "0 C>S S 1000 ttl 64",
                 "0.02 S>C R. =0 ack 1001 ttl 54 tcprst 3:0");
    /* No SYN was captured: options on both sides. */
    script_check("mptcp_fastclose 97-97 by server", "0 C>S P. 1001 ack 5001 len 100 ttl 64 mptcp",
                 "0.05 S>C P. 5001 ack 1101 len 200 ttl 54 mptcp", "0.06 C>S . 1101 ack 5201 ttl 64 mptcp", FAST_CLOSE);
    /* The SYNs were captured, their options not. */
    script_check("mptcp_fastclose 97-97 by server", SCRIPT_SYN " more", SCRIPT_SYN_ACK " more",
                 "0.021 C>S . 1001 ack 5001 ttl 64 mptcp", "0.030 C>S P. 1001 ack 5001 len 100 ttl 64 mptcp",
                 "0.060 S>C P. 5001 ack 1101 len 200 ttl 54 mptcp", "0.061 C>S . 1101 ack 5201 ttl 64 mptcp",
                 FAST_CLOSE);
    /* The packets contradict it. */
    script_check("injected 45-49 by unknown never mptcp_fastclose source mptcp_option", SCRIPT_MPTCP_TALK, FAST_CLOSE,
                 "5 S>C P. 5201 ack 1101 len 10 ttl 54 id 204", "5.001 C>S . 1101 ack 5211 ttl 64");
    script_check("injected by middlebox alt mptcp_fastclose source mptcp_option", SCRIPT_MPTCP_TALK,
                 "4 S>C R. 5201 ack 1101 ttl 59 fastclose");
    script_check("* never mptcp_fastclose source mptcp_option", SCRIPT_MPTCP_TALK,
                 "4 S>C R. 900005201 ack 1101 ttl 54 fastclose");
}

static void test_maybe_negotiated(void)
{
    /* Options cut off are unknown, not missing: it may be true, but does not lead. */
    script_check("app_abort 70-80 by server alt mptcp_fastclose source mptcp_option", SCRIPT_SYN " more",
                 SCRIPT_SYN_ACK " more", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED, FAST_CLOSE);
    script_check("app_abort 70-80 by server alt mptcp_fastclose source mptcp_option", SCRIPT_SYN " more",
                 SCRIPT_SYN_ACK " mpopen", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED, FAST_CLOSE);
    /* No SYN, and no option on one side or both. */
    script_check("app_abort 40-50 by server alt mptcp_fastclose source mptcp_option",
                 "0 C>S P. 1001 ack 5001 len 100 ttl 64 mptcp", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.06 C>S . 1101 ack 5201 ttl 64 mptcp", FAST_CLOSE);
    script_check("app_abort 40-50 by server alt mptcp_fastclose source mptcp_option",
                 "0 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.06 C>S . 1101 ack 5201 ttl 64", FAST_CLOSE);
    script_check("app_abort 40-50 by server alt mptcp_fastclose source mptcp_option",
                 "0 S>C P. 5001 ack 1101 len 100 ttl 54", "0.05 S>C P. 5101 ack 1101 len 100 ttl 54", FAST_CLOSE);
    script_check("app_abort 40-50 by client alt mptcp_fastclose source mptcp_option",
                 "0 C>S P. 1001 ack 5201 len 50 ttl 64", "0.05 C>S P. 1051 ack 5201 len 50 ttl 64",
                 "4 C>S R. 1101 ack 5201 ttl 64 fastclose");
    /* The packets contradict it. */
    script_check("injected 45-49 by unknown never mptcp_fastclose source mptcp_option", SCRIPT_SYN " more",
                 SCRIPT_SYN_ACK " more", SCRIPT_OPENED, SCRIPT_ASKED, SCRIPT_ANSWERED, FAST_CLOSE,
                 "5 S>C P. 5201 ack 1101 len 10 ttl 54 id 204", "5.001 C>S . 1101 ack 5211 ttl 64");
    /* The reset is all there is. */
    script_check("mptcp_fastclose 49-49 by server source mptcp_option", FAST_CLOSE);
    script_check("mptcp_subflow_reset 49-49 by server code 1", "4 S>C R. 5201 ack 1101 ttl 54 tcprst 1:0");
}

/* Capture points 1 and 2 at the ends, with a clock 50 s ahead at the second. */
#define NEAR(line) line " interface 1"
#define FAR(line) line " interface 2"
#define AT_CLIENT                                                                                                      \
    NEAR("0.000 C>S S 1000 mss 1460 ttl 64"), NEAR("0.020 S>C S. 5000 ack 1001 mss 1460 ttl 61"),                      \
        NEAR("0.021 C>S . 1001 ack 5001 ttl 64"), NEAR("0.030 C>S P. 1001 ack 5001 len 100 ttl 64"),                   \
        NEAR("0.060 S>C P. 5001 ack 1101 len 200 ttl 61"), NEAR("0.061 C>S . 1101 ack 5201 ttl 64")
#define AT_SERVER                                                                                                      \
    FAR("50.010 C>S S 1000 mss 1460 ttl 61"), FAR("50.011 S>C S. 5000 ack 1001 mss 1460 ttl 64"),                      \
        FAR("50.031 C>S . 1001 ack 5001 ttl 61"), FAR("50.040 C>S P. 1001 ack 5001 len 100 ttl 61"),                   \
        FAR("50.050 S>C P. 5001 ack 1101 len 200 ttl 64"), FAR("50.071 C>S . 1101 ack 5201 ttl 61")

static void test_two_points(void)
{
    /* Seen at the host too: its words are no truer for that. */
    script_check("#1 data_after_close 75-75 by server source rst_diag seen 2", AT_CLIENT,
                 NEAR("4.01 S>C R. 5201 ack 1101 ttl 61 hex 33aa000300000000"), AT_SERVER,
                 FAR("54.00 S>C R. 5201 ack 1101 ttl 64 hex 33aa000300000000"));
    script_check("#1 app_abort by server innocent source mptcp_option seen 2", AT_CLIENT,
                 NEAR("4.01 S>C R. 5201 ack 1101 ttl 61 fastclose"), AT_SERVER,
                 FAR("54.00 S>C R. 5201 ack 1101 ttl 64 fastclose"));
    /* Missing there: who writes F5's words in between is a device, whoever writes others forges. */
    script_check("#1 proxied 97-98 by middlebox source f5 missing 2", AT_CLIENT,
                 NEAR("4.01 S>C R. 5201 ack 1101 ttl 61 " F5("TCP RST from remote system")), AT_SERVER,
                 FAR("60 S>C P. 5201 ack 1101 len 10 ttl 64"));
    script_check("#1 injected 95-98 by middlebox never mptcp_fastclose source mptcp_option missing 2", AT_CLIENT,
                 NEAR("4.01 S>C R. 5201 ack 1101 ttl 61 fastclose"), AT_SERVER,
                 FAR("60 S>C P. 5201 ack 1101 len 10 ttl 64"));
    /* The host is seen to go on. */
    script_check("#1 injected 95-98 by middlebox source f5 missing 2", AT_CLIENT,
                 NEAR("4.01 S>C R. 5201 ack 1101 ttl 61 " F5("TCP RST from remote system")),
                 NEAR("10.01 S>C P. 5201 ack 1101 len 10 ttl 61"), AT_SERVER,
                 FAR("60 S>C P. 5201 ack 1101 len 10 ttl 64"));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/quoted/of_server", test_of_server },
        { "/quoted/numbers", test_numbers },
        { "/quoted/goes_on", test_goes_on },
        { "/quoted/distance", test_distance },
        { "/quoted/history", test_history },
        { "/quoted/of_client", test_of_client },
        { "/quoted/not_negotiated", test_not_negotiated },
        { "/quoted/negotiated", test_negotiated },
        { "/quoted/maybe_negotiated", test_maybe_negotiated },
        { "/quoted/two_points", test_two_points },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
