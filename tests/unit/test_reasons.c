/* test_reasons.c
 * Tests of what a kernel's word does to histories of all kinds: it confirms, refines or overrules them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-kernel.h"

/* What the capture shows; the last reset is the one that the kernel speaks of. */
typedef enum history {
    HISTORY_ABORT,
    HISTORY_REFUSAL,
    HISTORY_ANSWER,
    HISTORY_CLOSED,
    HISTORY_KEEPALIVE,
    HISTORY_UNREAD,
    HISTORY_FIN_WAIT,
    HISTORY_DISTANT,
    HISTORY_LONE,
    HISTORY_COPY,
    HISTORY_MPTCP,
    HISTORY_COUNT
} history_t;

static const char *const histories[HISTORY_COUNT][6] = {
    [HISTORY_ABORT] = {"10.1 S>C R. 5201 ack 1101 win 501 ttl 54"},
    [HISTORY_REFUSAL] = {"10 C>S:81 S 1000 ttl 64", "10.1 S:81>C R. =0 ack 1001 ttl 54"},
    [HISTORY_ANSWER] = {"10.08 C>S P. 1101 ack 5201 len 50 ttl 64", "10.1 S>C R 5201 ttl 54"},
    [HISTORY_CLOSED] = {"9 S>C F. 5201 ack 1101 ttl 54", "9.02 C>S . 1101 ack 5202 ttl 64",
                        "10.08 C>S P. 1101 ack 5202 len 50 ttl 64", "10.1 S>C R 5202 ttl 54"},
    [HISTORY_KEEPALIVE] = {"7.1 S>C . 5200 ack 1101 ttl 54", "8.1 S>C . 5200 ack 1101 ttl 54",
                           "9.1 S>C . 5200 ack 1101 ttl 54", "10.1 S>C R. 5201 ack 1101 ttl 54"},
    [HISTORY_UNREAD] = {"10.06 C>S P. 1101 ack 5201 data 'GET / HTTP/1.1' ttl 64", "10.08 S>C . 5201 ack 1115 ttl 54",
                        "10.1 S>C R. 5201 ack 1115 ttl 54"},
    [HISTORY_FIN_WAIT] = {"10 S>C F. 5201 ack 1101 ttl 54", "10.02 C>S . 1101 ack 5202 ttl 64",
                          "70.1 S>C R. 5202 ack 1101 ttl 54"},
    [HISTORY_DISTANT] = {"10.1 S>C R. 5201 ack 1101 ttl 58"},
    [HISTORY_LONE] = {"10.1 S>C:7 R. 5201 ack 1101 ttl 54"},
    [HISTORY_COPY] = {"10.05 C>S . 1101 ack 5201 ttl 64 id 300", "10.0501 C>S . 1101 ack 5201 ttl 64 id 300", "10.1 S>C R. 5201 ack 1101 ttl 54", "10.1005 S>C R. 5201 ack 1101 ttl 54"},
    [HISTORY_MPTCP] = {"10.1 S>C R. 5201 ack 1101 ttl 54 tcprst 2:0"},
};

static void check(history_t history, const char *reason, const char *expected)
{
    setup_t setup;
    const char *from = history == HISTORY_REFUSAL ? SERVER ":81" : SERVER ":80";
    const char *to = history == HISTORY_LONE ? CLIENT ":7" : CLIENT ":40000";
    double time = history == HISTORY_FIN_WAIT ? 70.09 : 10.09;

    setup_open(&setup, 500);
    setup.syn_words = history == HISTORY_MPTCP ? "mpopen" : "";
    setup_talk(&setup, 0, 40000, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(histories[history]) && histories[history][i]; i++)
        setup_line(&setup, "%s", histories[history][i]);
    setup_event(&setup, time, from, to, reason);
    setup_play(&setup);
    g_test_message("history %u, %s", history, reason);
    EXPECT(&setup, expected);
    setup_close(&setup);
}

#define CLOSED(name) "state=TCP_CLOSE reason=" name
#define OPEN(name) "state=TCP_ESTABLISHED reason=" name
#define ANSWERS(name) "state=UNKNOWN reason=" name " answer"

static void test_reasons(void)
{
    static const struct {
        history_t history;
        const char *reason, *expected;
    } cases[] = {
        {HISTORY_ABORT, CLOSED("TCP_ABORT_ON_CLOSE"), "unread_data 94-96 by server agreed alt process_exit"},
        {HISTORY_ABORT, CLOSED("TCP_STATE"), "app_abort 87-89 by server agreed alt admin_kill alt process_exit"},
        {HISTORY_ABORT, OPEN("TCP_STATE"), "admin_kill 91-93 by server agreed"},
        {HISTORY_ABORT, CLOSED("TCP_KEEPALIVE_TIMEOUT"), "keepalive_timeout 96-98 by server agreed"},
        {HISTORY_ABORT, CLOSED("TCP_DISCONNECT_WITH_DATA"), "app_abort 96-98 by server agreed alt process_exit"},
        {HISTORY_ABORT, CLOSED("TCP_ABORT_ON_LINGER"), "app_abort 96-98 by server agreed"},
        {HISTORY_ABORT, CLOSED("NOT_SPECIFIED"),
         "app_abort 74-76 by server agreed alt unread_data alt admin_kill alt process_exit"},
        {HISTORY_ABORT, OPEN("TCP_ABORT_ON_MEMORY"), "resource_exhaustion 94-96 by server agreed"},
        {HISTORY_ABORT, "state=UNKNOWN reason=TCP_STATE",
         "app_abort 87-89 by server agreed alt admin_kill alt process_exit"},
        {HISTORY_ABORT, "state=TCP_FIN_WAIT2 reason=TCP_STATE",
         "fin_wait_timeout 84-86 by server agreed alt admin_kill"},
        {HISTORY_REFUSAL, ANSWERS("NO_SOCKET"), "closed_port 96-98 by server agreed"},
        {HISTORY_REFUSAL, ANSWERS("INVALID_SYN"), "resource_exhaustion 59-61 by server conflict"},
        {HISTORY_REFUSAL, ANSWERS("TCP_FLAGS"), "no_connection 79-81 by server conflict"},
        {HISTORY_REFUSAL, ANSWERS("TCP_STATE"), "app_abort 84-86 by server conflict alt no_backend"},
        {HISTORY_ANSWER, ANSWERS("NO_SOCKET"),
         "no_connection 84-86 by server agreed alt session_failover alt device_idle_timeout alt data_after_close"},
        {HISTORY_ANSWER, ANSWERS("TCP_ABORT_ON_DATA"), "data_after_close 91-93 by server agreed"},
        {HISTORY_ANSWER, ANSWERS("TCP_TIMEWAIT_SOCKET"), "data_after_close 89-91 by server agreed"},
        {HISTORY_ANSWER, ANSWERS("TCP_RFC7323_PAWS"), "paws_reject 94-96 by server agreed"},
        {HISTORY_ANSWER, ANSWERS("ERROR"),
         "no_connection 63-65 by server agreed alt session_failover alt policy_reset alt device_idle_timeout alt "
         "data_after_close"},
        {HISTORY_ANSWER, ANSWERS("TCP_STATE"), "app_abort 84-86 by server agreed"},
        {HISTORY_CLOSED, ANSWERS("NO_SOCKET"), "data_after_close 91-93 by server agreed alt close_race"},
        {HISTORY_CLOSED, ANSWERS("TCP_ABORT_ON_DATA"), "data_after_close 91-93 by server agreed alt close_race"},
        {HISTORY_CLOSED, ANSWERS("TCP_TIMEWAIT_SOCKET"), "data_after_close 91-93 by server agreed alt close_race"},
        {HISTORY_CLOSED, ANSWERS("TCP_OLD_ACK"), "handshake_bad_ack 84-86 by server conflict"},
        {HISTORY_KEEPALIVE, CLOSED("TCP_KEEPALIVE_TIMEOUT"), "keepalive_timeout 96-98 by server agreed"},
        {HISTORY_KEEPALIVE, CLOSED("TCP_STATE"), "app_abort 84-86 by server conflict alt app_timeout"},
        {HISTORY_KEEPALIVE, OPEN("TCP_STATE"), "admin_kill 91-93 by server conflict"},
        {HISTORY_KEEPALIVE, CLOSED("TCP_ABORT_ON_CLOSE"), "unread_data 94-96 by server conflict"},
        {HISTORY_KEEPALIVE, CLOSED("NOT_SPECIFIED"),
         "keepalive_timeout 94-96 by server agreed alt app_timeout alt app_abort"},
        {HISTORY_UNREAD, CLOSED("TCP_ABORT_ON_CLOSE"), "unread_data 94-96 by server agreed alt process_exit"},
        {HISTORY_UNREAD, CLOSED("TCP_STATE"), "app_abort 84-86 by server agreed alt process_exit alt admin_kill"},
        {HISTORY_UNREAD, OPEN("TCP_STATE"), "admin_kill 91-93 by server agreed"},
        {HISTORY_UNREAD, CLOSED("TCP_ABORT_ON_MEMORY"), "resource_exhaustion 94-96 by server agreed"},
        {HISTORY_FIN_WAIT, "state=TCP_FIN_WAIT2 reason=TCP_STATE", "fin_wait_timeout 96-98 by server agreed"},
        {HISTORY_FIN_WAIT, CLOSED("TCP_STATE"),
         "fin_wait_timeout 87-89 by server agreed alt app_abort alt app_timeout"},
        {HISTORY_FIN_WAIT, CLOSED("TCP_ABORT_ON_LINGER"), "fin_wait_timeout 92-94 by server agreed alt app_abort"},
        {HISTORY_FIN_WAIT, OPEN("TCP_STATE"), "admin_kill 91-93 by server conflict"},
        {HISTORY_DISTANT, CLOSED("TCP_STATE"), "app_abort 84-86 by server agreed"},
        {HISTORY_DISTANT, CLOSED("TCP_ABORT_ON_CLOSE"), "unread_data 94-96 by server agreed"},
        {HISTORY_DISTANT, CLOSED("NOT_SPECIFIED"), "undetermined 19-21 by server agreed never injected"},
        {HISTORY_LONE, CLOSED("TCP_STATE"), "app_abort 84-86 by server agreed"},
        {HISTORY_LONE, CLOSED("NOT_SPECIFIED"), "undetermined 19-21 by server agreed"},
        {HISTORY_LONE, CLOSED("TCP_ABORT_ON_CLOSE"), "unread_data 94-96 by server agreed"},
        {HISTORY_COPY, CLOSED("TCP_STATE"), "duplicate 84-86 by server agreed alt app_abort"},
        {HISTORY_MPTCP, CLOSED("MPTCP_RST_ERESOURCE"), "mptcp_subflow_reset 96-98 by server agreed"},
        {HISTORY_MPTCP, CLOSED("TCP_STATE"), "app_abort 84-86 by server conflict"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        check(cases[i].history, cases[i].reason, cases[i].expected);
}

/* Eleven resets, and the kernel knows ten of them. */
static void check_absent(bool refusal, const char *ttl, const char *expected)
{
    setup_t setup;

    setup_open(&setup, 3600);
    setup_talk(&setup, 0, 39999, NULL);
    setup_talk(&setup, 0.3, 39998, NULL);
    for (unsigned i = 0; i < 11; i++) {
        const char *hops = i == 5 ? ttl : "ttl 54";
        char *from = refusal ? g_strdup_printf(SERVER ":%u", 9000 + i) : g_strdup(SERVER ":80");
        char *to = g_strdup_printf(CLIENT ":%u", refusal ? 40000 : 41000 + i);

        if (refusal) {
            setup_line(&setup, "%u.000 C:40000>S:%u S 1000 mss 1460 ttl 64", i + 1, 9000 + i);
            setup_line(&setup, "+0.100 S:%u>C:40000 R. =0 ack 1001 %s", 9000 + i, hops);
        } else {
            setup_talk(&setup, i + 1, 41000 + i, NULL);
            setup_line(&setup, "+0.048 S>C:%u R. 5201 ack 1101 %s", 41000 + i, hops);
        }
        if (i != 5)
            setup_event(&setup, i + 1.09, from, to, refusal ? ANSWERS("NO_SOCKET") : CLOSED("TCP_STATE"));
        g_free(from);
        g_free(to);
    }
    setup_play(&setup);
    g_test_message("absent %d, %s", refusal, ttl);
    EXPECT(&setup, expected);
    setup_close(&setup);
}

static void test_absent(void)
{
    check_absent(true, "ttl 54", "#6 firewall_reject 84-86 by server alt closed_port");
    check_absent(true, "ttl 55", "#6 firewall_reject 84-86 by middlebox alt closed_port");
    check_absent(true, "ttl 58", "#6 firewall_reject 84-86 by middlebox alt closed_port");
    check_absent(true, "ttl 53", "#6 closed_port 42-44 by unknown alt firewall_reject alt no_backend");
    check_absent(true, "ttl 50", "#6 firewall_reject 84-86 by server alt closed_port");
    check_absent(true, "", "#6 closed_port 42-44 by unknown alt firewall_reject alt no_backend");
    check_absent(false, "ttl 54", "#6 policy_reset 69-71 by server alt app_abort");
    check_absent(false, "ttl 55", "#6 injected 84-86 by middlebox alt app_abort");
    check_absent(false, "ttl 58", "#6 injected 82-86 by middlebox alt app_abort alt policy_reset");
    check_absent(false, "ttl 53",
                 "#6 app_abort 36-38 by unknown alt injected alt unread_data alt admin_kill alt process_exit");
    check_absent(false, "ttl 50", "#6 policy_reset 69-71 by server alt app_abort");
    check_absent(false, "",
                 "#6 app_abort 36-38 by unknown alt injected alt unread_data alt admin_kill alt process_exit");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/reasons/all", test_reasons},
        {"/reasons/absent", test_absent},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
