/* test_judged.c
 * Cases that independent judges found decided against the mechanism: each with a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* SYN-ACK after a second, as when a radio has to wake up first. */
#define SLOW(t, port, u) t " C:" port ">S S 1000", u " S>C:" port " S. 5000 ack 1001 ttl 54",                       \
    u " C:" port ">S . 1001 ack 5001"
#define ANSWERED(port, u, v) u " C:" port ">S P. 1001 ack 5001 len 10", v " S>C:" port " P. 5001 ack 1011 len 10 ttl 54"

static void test_slow_handshakes(void)
{
    /* Its data are acknowledged within 60 ms: the refusal after 60 ms is no sooner than this host answers. */
    script_check("closed_port 80-90 by server not firewall_reject", SLOW("0", "1", "1"), ANSWERED("1", "1.1", "1.16"),
                 SLOW("2", "2", "3"), ANSWERED("2", "3.1", "3.16"), SLOW("4", "3", "5"), ANSWERED("3", "5.1", "5.16"),
                 "8 C:4>S S 1000", "8.06 S>C:4 R. =0 ack 1001 ttl 54");
    script_check("firewall_reject by middlebox", SLOW("0", "1", "1"), SLOW("2", "2", "3"), SLOW("4", "3", "5"),
                 "8 C:4>S S 1000", "8.06 S>C:4 R. =0 ack 1001 ttl 54");
}

static void test_initial_ttl_60(void)
{
    /* Nine hops from 64 or five from 60; five from 255. */
    script_check("app_abort by server", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 55", "0.021 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 10 ttl 55", "1.03 C>S . 1011 ack 5011",
                 "3 S>C R. 5011 ack 1011 ttl 250");
    script_check("injected by middlebox", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 55", "0.021 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 10 ttl 55", "1.03 C>S . 1011 ack 5011",
                 "3 S>C R. 5011 ack 1011 ttl 59");
    /* A window scale: no such old system. */
    script_check("injected by middlebox", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ws 7 ttl 55",
                 "0.021 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 10 ttl 55",
                 "1.03 C>S . 1011 ack 5011", "3 S>C R. 5011 ack 1011 ttl 250");
}

#define REQUESTED "0 C>S S 1000 ttl 64 ts 1:0", "0.02 S>C S. 5000 ack 1001 ttl 54 ts 50:1",                          \
    "0.021 C>S . 1001 ack 5001 ttl 64 ts 2:50",                 \
    "0.03 C>S P. 1001 ack 5001 len 16 ttl 64 ts 3:50 hex 474554202f20485454502f312e31"

static void test_own_filter(void)
{
    /* The first request is reset from the server's distance, after its time; a packet that was sent later follows. */
    script_check("policy_reset 45-55 by unknown alt session_failover", REQUESTED, "0.05 S>C R 5001 ttl 54",
                 "0.5 S>C F. 5001 ack 1001 ttl 54 ts 90:1");
    script_check("policy_reset by middlebox", REQUESTED, "0.05 S>C R 5001 ttl 58",
                 "0.5 S>C F. 5001 ack 1001 ttl 54 ts 90:1");
    /* Captured at the server: nobody else sends from there. */
    script_check("policy_reset 45-55 by server alt session_failover", "0 C>S S 1000 ttl 54 ts 1:0",
                 "0.001 S>C S. 5000 ack 1001 ttl 64 ts 50:1", "0.021 C>S . 1001 ack 5001 ttl 54 ts 2:50",
                 "0.03 C>S P. 1001 ack 5001 len 16 ttl 54 ts 3:50 hex 474554202f20485454502f312e31",
                 "0.032 S>C R 5001 ttl 64", "0.5 S>C F. 5001 ack 1001 ttl 64 ts 90:1");
}

static void test_unanswered_request(void)
{
    script_check("app_timeout 45-55 by client alt app_abort", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100 id 104",
                 "1.02 S>C . 5201 ack 1201 id 301", "11.02 C>S R. 1201 ack 5201 id 105");
    /* It has its answer. */
    script_check("app_abort by client", SCRIPT_TALK, "3.2 C>S R. 1101 ack 5201 id 105");
    /* Reports, none of which is answered: nobody waited. */
    script_check("app_abort by client not app_timeout", SCRIPT_OPEN, "1 C>S P. 1001 ack 5001 len 100 id 104",
                 "1.02 S>C . 5001 ack 1101 id 301", "2 C>S P. 1101 ack 5001 len 100 id 105",
                 "2.02 S>C . 5001 ack 1201 id 302", "11.3 C>S R. 1201 ack 5001 id 106");
}

#define BULK "1.001 S>C . 5201 ack 1101 len 1400", "1.002 S>C . 6601 ack 1101 len 1400",                              \
    "1.003 S>C . 8001 ack 1101 len 1400", "1.004 S>C . 9401 ack 1101 len 1400", "1.005 S>C . 10801 ack 1101 len 1400", \
    "1.006 S>C . 12201 ack 1101 len 1400", "1.007 C>S . 1101 ack 13601"

static void test_canceled_afterward(void)
{
    script_check("transfer_cancelled 65-75 by client", SCRIPT_TALK, BULK, "1.008 C>S R. 1101 ack 13601",
                 "1.009 S>C . 13601 ack 1101 len 1400", "1.01 S>C . 15001 ack 1101 len 1400");
    script_check("app_abort by client alt transfer_cancelled", SCRIPT_TALK, BULK, "1.008 C>S R. 1101 ack 13601");
}

static void test_not_received(void)
{
    /* Five copies of nine bytes that never arrived are nine bytes, and no unread data. */
    script_check("app_abort by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 9 id 104",
                 "1.3 C>S P. 1101 ack 5201 len 9 id 105", "1.9 C>S P. 1101 ack 5201 len 9 id 106",
                 "3.1 C>S P. 1101 ack 5201 len 9 id 107", "9 S>C R. 5201 ack 1101 id 301");
    script_check("unread_data by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 9 id 104",
                 "1.02 S>C R. 5201 ack 1110 id 301");
}

static void test_fatal_alert(void)
{
    /* The first bytes after the ClientHello are an alert: TLS, and the reason. */
    script_check("app_error 75-80 by client", SCRIPT_OPEN, "0.03 C>S P. 1001 ack 5001 len 200 hex 160301020001000001fc",
                 "0.05 S>C P. 5001 ack 1201 len 7 hex 15030300020228", "0.051 C>S R. 1201 ack 5008");
}

#define VISIT(t, port, u) t " B:" port ">S S 1000", u " S>B:" port " S. 5000 ack 1001 ttl 54",                       \
    u " B:" port ">S . 1001 ack 5001"
#define REFUSED(t, port, u) t " C:" port ">S S 1000", u " S>C:" port " R. =0 ack 1001 ttl 54 id 0 df"

static void test_refused_meanwhile(void)
{
    /* One connection at a time. */
    script_check("closed_port 50-60 by server alt resource_exhaustion", VISIT("0", "1", "0.02"),
                 "1 B:1>S P. 1001 ack 5001 len 10", REFUSED("5", "7", "5.02"), "9 B:1>S P. 1011 ack 5001 len 10");
    script_check("closed_port 80-90 by server not resource_exhaustion", VISIT("0", "1", "0.02"),
                 "1 B:1>S P. 1001 ack 5001 len 10", REFUSED("5", "7", "5.02"));
    /* Every second one is refused. */
    script_check("#1 resource_exhaustion 45-49 alt closed_port alt no_backend", VISIT("0", "1", "0.02"),
                 REFUSED("1", "7", "1.02"), VISIT("2", "2", "2.02"), REFUSED("3", "8", "3.02"), VISIT("4", "3", "4.02"));
}

static void test_answered_syn(void)
{
    /* A device accepts and resets; the data come from two hops behind it. */
    script_check("device_idle_timeout 55-65 by middlebox alt app_timeout", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 63",
                 "0.021 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 10 ttl 61",
                 "1.03 C>S . 1011 ack 5011", "301.03 S>C R. 5011 ack 1011 ttl 63");
    script_check("app_timeout by server", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 63", "0.021 C>S . 1001 ack 5001",
                 "1 C>S P. 1001 ack 5001 len 10", "1.02 S>C P. 5001 ack 1011 len 10 ttl 63", "1.03 C>S . 1011 ack 5011",
                 "301.03 S>C R. 5011 ack 1011 ttl 63");
}

static void test_overtaken_answer(void)
{
    /* State lost in the middle of a download: the reset answers an ACK that the data on the way have overtaken. */
    script_check("no_connection 40-49 by server trigger 9", SCRIPT_TALK, "1 S>C . 5201 ack 1101 len 1000 ttl 54",
                 "1.001 C>S . 1101 ack 6201", "1.01 S>C . 6201 ack 1101 len 1000 ttl 54", "1.021 S>C R 6201 ttl 54");
    script_check("* not no_connection", SCRIPT_TALK, "1 S>C . 5201 ack 1101 len 1000 ttl 54",
                 "1.01 S>C . 6201 ack 1101 len 1000 ttl 54", "1.021 S>C R. 5701 ack 1101 ttl 54");
}

static void test_nearer_without_handshake(void)
{
    /* The round trip is not known: nobody is accused. */
    script_check("no_connection 40-49 by server alt policy_reset", "0 S>C . 5001 ack 1001 len 10 ttl 52",
                 "0.001 C>S . 1001 ack 5011", "0.1 S>C . 5011 ack 1001 len 10 ttl 52", "0.101 C>S . 1001 ack 5021",
                 "0.2 C>S P. 1001 ack 5021 len 100", "0.214 S>C R 5021 ttl 55");
    /* Without a clock neither. */
    script_check("injected 40-49 by unknown", "1 C>S S 1000 ttl 64", "1 S>C S. 5000 ack 1001 ttl 54",
                 "1 C>S P. 1001 ack 5001 len 10 ttl 64", "1 S>C P. 5001 ack 1011 len 10 ttl 54",
                 "1 C>S . 1011 ack 5011 ttl 64", "1 S>C R. 5011 ack 1011 ttl 57");
}

static void test_few_die_together(void)
{
    /* Two resets and a FIN of one port in the same moment, and the port is gone: the process ended. */
#define GREETED(port) "0 C:" port ">S S 1000", "0.01 S>C:" port " S. 5000 ack 1001", "0.02 C:" port ">S . 1001 ack 5001", \
    "1 S>C:" port " P. 5001 ack 1001 len 10", "1.01 C:" port ">S P. 1001 ack 5011 len 10"
    script_check("#2 process_exit 65-75 by server alt app_abort", GREETED("1"), GREETED("2"), GREETED("3"),
                 "2 S>C:1 F. 5011 ack 1011", "2.0001 S>C:2 R. 5011 ack 1011", "2.0002 S>C:3 R. 5011 ack 1011",
                 "3 C:4>S S 1000", "3.01 S>C:4 R. =0 ack 1001");
    script_check("#2 * not process_exit", GREETED("1"), GREETED("2"), GREETED("3"), "2 S>C:1 F. 5011 ack 1011",
                 "2.0001 S>C:2 R. 5011 ack 1011", "2.0002 S>C:3 R. 5011 ack 1011", "3 C:4>S S 1000",
                 "3.01 S>C:4 S. 5000 ack 1001");
}

/* Only SYN, FIN and RST were recorded: what answered rising ACKs looks like guesses. */
static void test_flags_only(void)
{
    script_check("#1 * not injected", SCRIPT_SYN, SCRIPT_SYN_ACK, "9 S>C R 7897", "9.001 S>C R 10793", "9.002 S>C R 13689");
    script_check("#1 injected by middlebox", SCRIPT_TALK, "9 S>C R 7897", "9.001 S>C R 10793", "9.002 S>C R 13689");
    /* The numbers tell that data are missing: no claim on silence. */
    script_check("app_abort 40-50 not app_timeout", SCRIPT_SYN, SCRIPT_SYN_ACK, "30.02 C>S R. 1001 ack 9001");
    script_check("app_timeout", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 5001", "30.021 C>S R. 1001 ack 5001");
    /* Bare, at the own FIN: an answer. */
    script_check("data_after_close 40-49 by client tells Perhaps", SCRIPT_TALK, "1 C>S F. 1101 ack 5201", "1.5 C>S R 1102");
    script_check("* not data_after_close", SCRIPT_TALK, "1 C>S F. 1101 ack 5201", "1.5 C>S R. 1102 ack 5201");
}

static void test_synack_first(void)
{
    /* Two clocks: the SYN-ACK stands before its SYN. What is reset much later belongs to the same connection. */
    script_check("* never half_open_discovery", "0 S>C S. 5000 ack 1001", "0.02 C>S S 1000", "0.021 C>S . 1001 ack 5001",
                 "1 S>C P. 5001 ack 1001 len 100", "1.02 C>S . 1001 ack 5101", "40 S>C P. 5101 ack 1001 len 100",
                 "40.02 C>S R 1001");
    script_check("half_open_discovery by client", "0 C>S S 1000", "0.02 S>C . 5000 ack 777", "0.021 C>S R 777");
}

static void test_lost_reply(void)
{
    /* The capture lacks what the client sent: no word on what it owes. */
    script_check("unread_data 40-49 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5227 len 100", "1.0005 S>C R. 5227 ack 1201");
    script_check("unread_data 55-65 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100", "1.0005 S>C R. 5201 ack 1201");
}

static void test_one_interval(void)
{
    /* A restart of 1.5 s, which resets what was open: three refusals, one answer. */
#define TRY(t, port, u) t " C:" port ">S S 1000 id 7", u " S>C:" port " R. =0 ack 1001 id 9"
#define TAKEN(t, port, u)                                                                                              \
    t " C:" port ">S S 1000 id 7", u " S>C:" port " S. 5000 ack 1001 id 9", u "1 C:" port ">S . 1001 ack 5001"
    script_check("#3 closed_port 80-90", TAKEN("1", "1", "1.01"), "1.1 S>C:1 R. 5001 ack 1001 id 10",
                 TRY("1.2", "2", "1.21"), TRY("1.7", "3", "1.71"), TRY("2.2", "4", "2.21"), TAKEN("2.6", "5", "2.61"));
    /* Without that, a full backlog is likelier, but no more. */
    script_check("#1 resource_exhaustion 55-65; #2 resource_exhaustion 55-65; #3 resource_exhaustion 55-65",
                 TAKEN("1", "1", "1.01"), TRY("1.2", "2", "1.21"), TRY("1.7", "3", "1.71"), TRY("2.2", "4", "2.21"),
                 TAKEN("2.6", "5", "2.61"));
    script_check("#1 resource_exhaustion 70-80", TAKEN("1", "1", "1.01"), TRY("1.2", "2", "1.21"),
                 TAKEN("1.6", "5", "1.61"));
}

static void test_reset_in_syn_sent(void)
{
    script_check("blind_reset 75-85", "0 C>S S 1000", "0.01 S>C R 0", "0.02 S>C S. 5000 ack 1001",
                 "0.021 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 10");
    script_check("firewall_reject", "0 C>S S 1000", "0.01 S>C R. =0 ack 1001", "0.02 S>C S. 5000 ack 1001");
}

static void test_half_closed_device(void)
{
    script_check("device_idle_timeout 70-95 by middlebox", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54",
                 "1.02 C>S . 1101 ack 5202 ttl 64", "661 C>S P. 1101 ack 5202 len 10 ttl 64", "661.001 S>C R 5202 ttl 58");
    /* From the host's own distance its own timer did it. */
    script_check("fin_wait_timeout by server", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54",
                 "1.02 C>S . 1101 ack 5202 ttl 64", "661 C>S P. 1101 ack 5202 len 10 ttl 64", "661.02 S>C R 5202 ttl 54");
}

static void test_one_way_other_host(void)
{
    /* The client's packets are missing: a second host of the address may have answered one of them. */
    script_check("injected 40-49", "0 S>C S. 5000 ack 1001 ttl 54 id 1", "0.1 S>C P. 5001 ack 1101 len 50 ttl 54 id 2",
                 "1 S>C R 5051 ttl 54 id 900", "1.1 S>C P. 5051 ack 1201 len 50 ttl 54 id 3");
    /* With an ACK it answers nothing. */
    script_check("injected 70-80 by middlebox", "0 S>C S. 5000 ack 1001 ttl 54 id 1",
                 "0.1 S>C P. 5001 ack 1101 len 50 ttl 54 id 2", "1 S>C R. 5051 ack 1201 ttl 54 id 900",
                 "1.1 S>C P. 5051 ack 1201 len 50 ttl 54 id 3");
}

static void test_role_by_request(void)
{
    /* Begun late: the request shows who is the client, not the port. */
    script_check("* by client", "0 S:90>C:80 . 1 ack 5001", "1 S:90>C:80 P. 1001 ack 5001 len 16 hex 474554202f20485454502f312e31",
                 "1.1 C:80>S:90 P. 5001 ack 1017 len 100", "1.2 S:90>C:80 R. 1017 ack 5101");
}

/* Both ends captured into one file: three packets come again from ten hops off. Distances mean nothing then. */
#define AGAIN(t, words) t " S>C " words " ttl 54", "+0.3 S>C " words " ttl 64"
static void test_mixed_points(void)
{
    script_check("* not injected by server", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 54 id 200",
                 "0.021 C>S . 1001 ack 5001 ttl 64 id 101", AGAIN("1", "P. 5001 ack 1001 len 10 id 201"),
                 AGAIN("2", "P. 5011 ack 1001 len 10 id 202"), AGAIN("3", "P. 5021 ack 1001 len 10 id 203"),
                 "4 C>S . 1001 ack 5031 ttl 64 id 102", "5 S>C R. 5031 ack 1001 ttl 64 id 204");
    script_check("injected by middlebox", SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 54 id 200",
                 "0.021 C>S . 1001 ack 5001 ttl 64 id 101", "1 S>C P. 5001 ack 1001 len 10 id 201 ttl 54",
                 "2 S>C P. 5011 ack 1001 len 10 id 202 ttl 54", "4 C>S . 1001 ack 5021 ttl 64 id 102",
                 "5 S>C R. 5021 ack 1001 ttl 64 id 1204");
}

static void test_device_cleans_up(void)
{
    /* The server had reset it; what was under way is answered from nearer. */
    script_check("#2 segment_after_reset", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 10 ttl 64",
                 "1.0001 S>C R. 5201 ack 1101 ttl 54", "1.001 S>C R 5201 ttl 56");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/judged/slow_handshakes", test_slow_handshakes },
        { "/judged/initial_ttl_60", test_initial_ttl_60 },
        { "/judged/own_filter", test_own_filter },
        { "/judged/unanswered_request", test_unanswered_request },
        { "/judged/canceled_afterward", test_canceled_afterward },
        { "/judged/not_received", test_not_received },
        { "/judged/fatal_alert", test_fatal_alert },
        { "/judged/refused_meanwhile", test_refused_meanwhile },
        { "/judged/answered_syn", test_answered_syn },
        { "/judged/overtaken_answer", test_overtaken_answer },
        { "/judged/nearer_without_handshake", test_nearer_without_handshake },
        { "/judged/few_die_together", test_few_die_together },
        { "/judged/flags_only", test_flags_only },
        { "/judged/synack_first", test_synack_first },
        { "/judged/lost_reply", test_lost_reply },
        { "/judged/one_interval", test_one_interval },
        { "/judged/reset_in_syn_sent", test_reset_in_syn_sent },
        { "/judged/half_closed_device", test_half_closed_device },
        { "/judged/one_way_other_host", test_one_way_other_host },
        { "/judged/role_by_request", test_role_by_request },
        { "/judged/mixed_points", test_mixed_points },
        { "/judged/device_cleans_up", test_device_cleans_up },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
