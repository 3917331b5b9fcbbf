/* test_at_witness.c
 * What a log does to a verdict: it settles, supports, is contradicted, or changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-kernel.h"

static void play(setup_t *setup, const char *log)
{
    static const char *const none[] = {NULL};

    script_open(setup->run, &script_variants[0], none);
    rst_engine_await_logs(setup->run->engine, false);
    for (guint i = 0; i < setup->lines->len; i++)
        script_feed(setup->run, g_ptr_array_index(setup->lines, i));
    rst_engine_finish_pass(setup->run->engine);
    rst_engine_logs_begin(setup->run->engine);
    rst_engine_log_begin(setup->run->engine, "a.log", NULL);
    rst_engine_log_feed(setup->run->engine, log, strlen(log));
    rst_engine_log_end(setup->run->engine);
    rst_engine_logs_end(setup->run->engine);
    for (unsigned i = 0; i < setup->run->resets; i++)
        script_audit(setup->run, i);
}

/* The lines of a capture, the log beside it, and the verdict on the last reset. */
static void check(const char *expected, const char *log, const char *const *lines)
{
    setup_t setup;

    setup_open(&setup, 0);
    for (; *lines; lines++)
        setup_line(&setup, "%s", *lines);
    play(&setup, log);
    g_test_message("%s", log);
    EXPECT(&setup, expected);
    setup_close(&setup);
}

#define CHECK(expected, log, ...) check((expected), (log), (const char *const[]){__VA_ARGS__, NULL})

#define OPENING                                                                                                        \
    "1.000 C>S S 100 mss 1460 ttl 64 id 11", "1.010 S>C S. 500 ack 101 mss 1460 ttl 54",                               \
        "1.010 C>S . 101 ack 501 ttl 64"
#define REQUEST "1.020 C>S P. 101 ack 501 len 100 ttl 64", "1.030 S>C P. 501 ack 201 len 300 ttl 54"
#define ANSWERED "1.031 C>S . 201 ack 801 ttl 64"

/* Juniper's words, with the times of the capture (1970). */
#define SRX(second, reason)                                                                                            \
    "<14>1 1970-01-01T00:" second "Z fw RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.1 reason=\"" reason        \
    "\" source-address=\"" CLIENT "\" source-port=\"40000\" destination-address=\"" SERVER                             \
    "\" destination-port=\"80\" protocol-id=\"6\" packets-from-client=\"3\" packets-from-server=\"2\" "                \
    "elapsed-time=\"30\"]\n"
#define NETFILTER(prefix, second, id)                                                                                  \
    "1970-01-01T00:00:" second "Z host kernel: " prefix " IN=eth0 OUT= SRC=" CLIENT " DST=" SERVER                     \
    " LEN=60 TTL=63 ID=" id " PROTO=TCP SPT=40000 DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0\n"

#define REFUSED "1.000 C>S S 100 mss 1460 ttl 64 id 11", "1.010 S>C R. 0 ack 101 win 0 ttl 54"

static void test_refusal(void)
{
    CHECK("closed_port 50-89 by server source none", "nothing\n", REFUSED);
    CHECK("firewall_reject 95-95 source netfilter tells refused shows a.log",
          NETFILTER("FW-REJECT:", "01.000000", "11"), REFUSED);
    /* Whether a dropped SYN is answered is up to the device. */
    CHECK("firewall_reject 85-85 source netfilter tells a.log", NETFILTER("FW-DROP:", "01.000000", "11"), REFUSED);
    /* It let the SYN pass. */
    CHECK("closed_port 50-89 by server source none shows a.log", NETFILTER("FW-ACCEPT:", "01.000000", "11"), REFUSED);
}

#define PAUSED OPENING, REQUEST, ANSWERED, "61.000 C>S P. 201 ack 801 len 50 ttl 64", "61.001 S>C R 801 win 0 ttl 60"

static void test_idle(void)
{
    CHECK("device_idle_timeout 92-99 source juniper_srx", SRX("00:31.030000", "idle Timeout"), PAUSED);
    /* After the reset, a timer has ended nothing that mattered. */
    CHECK("* source none", SRX("01:30.000000", "idle Timeout"), PAUSED);
}

#define ABORTED OPENING, REQUEST, ANSWERED, "1.500 S>C R. 801 ack 201 win 501 ttl 54"

static void test_session(void)
{
    CHECK("policy_reset 92-92 by middlebox source juniper_srx alt app_abort",
          SRX("00:01.500000", "application failure or action"), ABORTED);
    /* It saw the reset of that side pass. */
    CHECK("app_abort by server agreed shows a.log", SRX("00:01.500000", "TCP SERVER RST"), ABORTED);
}

/* Timestamps that fit are what only the host can write. */
static void test_of_host(void)
{
    CHECK("app_abort by server conflict shows contradicts", SRX("00:01.500000", "application failure or action"),
          "1.000 C>S S 100 mss 1460 ttl 64 ts 10:0", "1.010 S>C S. 500 ack 101 mss 1460 ttl 54 ts 900:10",
          "1.010 C>S . 101 ack 501 ttl 64 ts 11:900", "1.020 C>S P. 101 ack 501 len 100 ttl 64 ts 12:900",
          "1.030 S>C P. 501 ack 201 len 300 ttl 54 ts 920:12", "1.031 C>S . 201 ack 801 ttl 64 ts 13:920",
          "1.500 S>C R. 801 ack 201 win 501 ttl 54 ts 1390:13");
}

/* Two that differ and are equally sure settle nothing. */
static void test_disputed(void)
{
    CHECK("app_abort by server source none",
          SRX("00:01.500000", "application failure or action") SRX("00:01.500000", "policy delete"), ABORTED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/at_witness/refusal", test_refusal);
    g_test_add_func("/at_witness/idle", test_idle);
    g_test_add_func("/at_witness/session", test_session);
    g_test_add_func("/at_witness/of-host", test_of_host);
    g_test_add_func("/at_witness/disputed", test_disputed);
    return g_test_run();
}
