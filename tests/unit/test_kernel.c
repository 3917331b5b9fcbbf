/* test_kernel.c
 * Tests of joining a kernel's trace to resets: what it settles, clocks that differ, events that are missing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-kernel.h"

#define ABORT "+0.048 S>C:%u R. 5201 ack 1101 win 501 ttl 54" /* 0.100 after the SYN */

/* One connection that the server aborts, and what its kernel says. */
static void test_one(void)
{
    static const struct {
        const char *rest, *expected;
    } cases[] = {
        {"state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE", "unread_data 90-97 by server source kernel"},
        {"state=TCP_CLOSE reason=TCP_STATE", "app_abort 80-97 by server source kernel never unread_data"},
        {"state=TCP_ESTABLISHED reason=TCP_STATE", "admin_kill 85-97 by server source kernel never app_abort"},
        {"state=TCP_FIN_WAIT2 reason=TCP_STATE", "fin_wait_timeout 80-97 source kernel"},
        {"state=TCP_CLOSE reason=TCP_KEEPALIVE_TIMEOUT", "keepalive_timeout 90-97 source kernel"},
        {"state=TCP_CLOSE reason=TCP_ABORT_ON_MEMORY", "resource_exhaustion 90-97 source kernel"},
        /* What the kernel does not name leaves the history as it is. */
        {"state=TCP_CLOSE reason=NOT_SPECIFIED", "app_abort 50-75 by server source kernel"},
        {"state=TCP_CLOSE reason=SOMETHING_NEW", "app_abort 50-75 by server source kernel"},
        /* An answer is not an abort. */
        {"state=UNKNOWN reason=NO_SOCKET answer", "app_abort 50-75 by server source none"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        setup_t setup;

        setup_open(&setup, 12345);
        setup_talk(&setup, 0, 40000, ABORT);
        setup_event(&setup, 0.09, SERVER ":80", CLIENT ":40000", cases[i].rest);
        setup_play(&setup);
        g_test_message("%s", cases[i].rest);
        EXPECT(&setup, cases[i].expected);
        setup_close(&setup);
    }
}

static void test_process(void)
{
    setup_t setup;

    setup_open(&setup, 0);
    setup_talk(&setup, 0, 40000, ABORT);
    setup_event(&setup, 0.09, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
    setup_receipt(&setup, 0.1, "40000", "80");
    setup_play(&setup);
    EXPECT(&setup, "unread_data source kernel accepted yes");
    g_assert_nonnull(strstr(script_describe(setup.run, 0), "in process nginx (812)"));
    setup_close(&setup);
}

/* Many connections, each with another reason. Clocks hours apart, events out of order, and some of them missing. */
static void many(double shift, unsigned keep_percent)
{
    static const char *const rest[] = {
        "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE",
        "state=TCP_CLOSE reason=TCP_STATE",
        "state=TCP_ESTABLISHED reason=TCP_STATE",
        "state=TCP_CLOSE reason=TCP_KEEPALIVE_TIMEOUT",
    };
    static const char *const expected[] = {"unread_data", "app_abort", "admin_kill", "keepalive_timeout"};
    GRand *rand = g_rand_new_with_seed(keep_percent);
    bool kept[60];
    setup_t setup;

    setup_open(&setup, shift);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++) {
        char *peer = g_strdup_printf(CLIENT ":%u", 40000 + i % 20);

        kept[i] = (unsigned)g_rand_int_range(rand, 0, 100) < keep_percent;
        setup_talk(&setup, i * 1.7, 40000 + i % 20, ABORT);
        if (kept[i])
            setup_event(&setup, i * 1.7 + 0.09 + i * 0.00001, SERVER ":80", peer, rest[i % 4]);
        g_free(peer);
    }
    setup_play(&setup);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++) {
        char *expectation = kept[i] ? g_strdup_printf("#%u %s source kernel", i + 1, expected[i % 4])
                                    : g_strdup_printf("#%u * source none", i + 1);

        EXPECT(&setup, expectation);
        g_free(expectation);
    }
    setup_close(&setup);
    g_rand_free(rand);
}

static void test_many(void)
{
    many(0, 100);
    many(100, 100);
    many(7 * 3600.0 + 0.25, 100);
    many(1e6, 50);
    many(123, 30);
}

/* Ten closed ports in a row; one of the refusals is not in the trace. */
static void refusals(setup_t *setup, unsigned missing, const char *ttl)
{
    setup_open(setup, 3600);
    setup_talk(setup, 0, 39999, NULL);
    setup_talk(setup, 0.3, 39998, NULL);
    for (unsigned i = 0; i < 11; i++) {
        char *from = g_strdup_printf(SERVER ":%u", 9000 + i);

        setup_line(setup, "%u.000 C:40000>S:%u S 1000 mss 1460 sack ws 7 ttl 64 df", i + 1, 9000 + i);
        setup_line(setup, "+0.020 S:%u>C:40000 R. =0 ack 1001 win 0 ttl %s df", 9000 + i, i == 5 ? ttl : "54");
        if (i != missing)
            setup_event(setup, i + 1.01, from, CLIENT ":40000", "state=UNKNOWN reason=NO_SOCKET answer");
        g_free(from);
    }
}

static void test_absent(void)
{
    setup_t setup;

    /* Nothing is missing. */
    refusals(&setup, 99, "54");
    setup_play(&setup);
    EXPECT(&setup, "#6 closed_port 90-97 source kernel never firewall_reject plain");
    setup_close(&setup);
    /* As far as the host: its own packet filter. */
    refusals(&setup, 5, "54");
    setup_play(&setup);
    EXPECT(&setup, "#6 firewall_reject 80-90 by server source none alt closed_port pattern absent_in_kernel_trace");
    EXPECT(&setup, "#5 closed_port 90-97 source kernel");
    setup_close(&setup);
    /* Nearer: a device. */
    refusals(&setup, 5, "62");
    setup_play(&setup);
    EXPECT(&setup, "#6 firewall_reject 75-97 by middlebox pattern absent_in_kernel_trace");
    setup_close(&setup);
    /* At the edge of what the trace covers, nothing follows. */
    refusals(&setup, 1, "54");
    setup_play(&setup);
    EXPECT(&setup, "#2 closed_port source none plain");
    setup_close(&setup);
    /* Nor when the recorder lost events. */
    refusals(&setup, 5, "54");
    g_string_append(setup.trace, "CPU:0 [LOST 1 EVENTS]\n");
    setup_play(&setup);
    EXPECT(&setup, "#6 closed_port source none plain");
    setup_close(&setup);
    /* Nor when a reset to this peer left from another end: address translation on the host. */
    refusals(&setup, 5, "54");
    setup_event(&setup, 6.01, "172.17.0.2:80", CLIENT ":40000", "state=UNKNOWN reason=NO_SOCKET answer");
    setup_play(&setup);
    EXPECT(&setup, "#6 closed_port source none plain");
    setup_close(&setup);
}

/* A trace of something else changes nothing, and says so. */
static void test_unrelated(void)
{
    setup_t setup;
    const char *note;
    bool fits = true;

    setup_open(&setup, 0);
    setup_talk(&setup, 0, 40000, ABORT);
    setup_event(&setup, 0.09, SERVER ":80", CLIENT ":40001", "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
    setup_play(&setup);
    EXPECT(&setup, "app_abort 50-75 source none plain");
    note = rst_engine_trace_note(setup.run->engine, &setup.run->answers.memory, &fits);
    g_assert_false(fits);
    g_assert_nonnull(strstr(note, "none of its 1 events"));
    setup_close(&setup);
}

/* The same port again and again: without any other hint nobody knows which of the events it was. */
static void test_ambiguous(void)
{
    setup_t setup;

    setup_open(&setup, 0);
    setup_talk(&setup, 0, 40000, ABORT);
    for (unsigned i = 0; i < 5; i++)
        setup_event(&setup, 100.0 * i, SERVER ":80", CLIENT ":40000",
                    i % 2 ? "state=TCP_CLOSE reason=TCP_STATE" : "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
    setup_play(&setup);
    EXPECT(&setup, "app_abort 50-75 source none");
    setup_close(&setup);
}

/* A clock that runs 50 ppm too fast for a day. */
static void test_drift(void)
{
    setup_t setup;

    setup_open(&setup, 777);
    for (unsigned i = 0; i < 200; i++) {
        char *peer = g_strdup_printf(CLIENT ":%u", 40000 + i);

        setup_talk(&setup, i * 432.0, 40000 + i, ABORT);
        setup_event(&setup, (i * 432.0 + 0.09) * 1.00005, SERVER ":80", peer, "state=TCP_ESTABLISHED reason=TCP_STATE");
        g_free(peer);
    }
    setup_play(&setup);
    EXPECT(&setup, "#1 admin_kill source kernel; #100 admin_kill source kernel; #200 admin_kill source kernel");
    setup_close(&setup);
}

/* A listening socket's event names no peer. */
static void test_listener(void)
{
    setup_t setup;

    setup_open(&setup, 50);
    setup_talk(&setup, 0, 40000, ABORT);
    setup_event(&setup, 0.09, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_STATE");
    setup_line(&setup, "2.000 C:40001>S . 7000 ack 9000 win 500 ttl 64");
    setup_line(&setup, "+0.020 S>C:40001 R =9000 win 0 ttl 54");
    setup_event(&setup, 2.01, "0.0.0.0:80", "0.0.0.0:0", "state=TCP_LISTEN reason=TCP_FLAGS answer");
    setup_play(&setup);
    EXPECT(&setup, "#2 * source kernel by server");
    setup_close(&setup);
}

/* Resets of one connection so close together that only their order tells the events apart. */
static void train(setup_t *setup, unsigned resets, unsigned events)
{
    setup_open(setup, 1000);
    for (unsigned i = 0; i < 8; i++) {
        char *peer = g_strdup_printf(CLIENT ":%u", 41000 + i);

        setup_talk(setup, i, 41000 + i, ABORT);
        setup_event(setup, i + 0.09, SERVER ":80", peer, "state=TCP_ESTABLISHED reason=TCP_STATE");
        g_free(peer);
    }
    setup_talk(setup, 20, 40000, NULL);
    for (unsigned i = 0; i < resets; i++)
        setup_line(setup, "%.6f S>C:40000 R 5201 win 0 ttl 54", 20.2 + i * 0.0001);
    /* As the CPUs' buffers are printed: not in the order of time. */
    for (unsigned i = 0; i < events; i++)
        setup_event(setup, 20.19 + (i ^ 1) * 0.0001, SERVER ":80", CLIENT ":40000",
                    "state=UNKNOWN reason=NO_SOCKET answer");
}

static void test_train(void)
{
    static const struct {
        unsigned resets, events;
        const char *expected;
    } cases[] = {
        {6, 6, "#9 * source kernel; #12 * source kernel; #14 * source kernel"},
        {6, 5, "#9 * source none; #14 * source none"}, /* nobody knows which is missing */
        {6, 300, "#9 * source none"},
        {300, 300, "#9 * source none; #308 * source none"}, /* too many to look through */
        {150, 150, "#9 * source kernel; #158 * source kernel"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        setup_t setup;

        train(&setup, cases[i].resets, cases[i].events);
        setup_play(&setup);
        g_test_message("%u resets, %u events", cases[i].resets, cases[i].events);
        EXPECT(&setup, cases[i].expected);
        setup_close(&setup);
    }
}

/* Eight connections that tell the clock, and one whose reset may be any of two events. */
static void two_events(setup_t *setup, double first, double second)
{
    train(setup, 0, 0);
    setup_line(setup, "20.100 S>C:40000 R. 5201 ack 1101 win 501 ttl 54");
    setup_event(setup, 20.09 + first, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
    setup_event(setup, 20.09 + second, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_KEEPALIVE_TIMEOUT");
    setup_play(setup);
}

static void test_nearest(void)
{
    setup_t setup;

    /* One of them is much nearer. */
    two_events(&setup, 0.0001, 0.0015);
    EXPECT(&setup, "#9 unread_data source kernel");
    setup_close(&setup);
    two_events(&setup, -0.0018, 0.0002);
    EXPECT(&setup, "#9 keepalive_timeout source kernel");
    setup_close(&setup);
    /* Both could be it. */
    two_events(&setup, 0.0010, -0.0012);
    EXPECT(&setup, "#9 app_abort source none");
    setup_close(&setup);
    /* An event of the wrong shape at that time proves nothing, not even that the kernel knows of no reset. */
    refusals(&setup, 5, "54");
    setup_event(&setup, 6.01, SERVER ":9005", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_STATE");
    setup_play(&setup);
    EXPECT(&setup, "#6 closed_port source none plain");
    setup_close(&setup);
}

/* Two resets of different clients, one event of the listening socket, which names neither. */
static void test_shared_listener(void)
{
    setup_t setup;

    train(&setup, 0, 0);
    setup_line(&setup, "22.000 C:40011>S . 7000 ack 9000 win 500 ttl 64");
    setup_line(&setup, "22.000 C:40012>S . 8000 ack 9500 win 500 ttl 64");
    setup_line(&setup, "22.020 S>C:40011 R =9000 win 0 ttl 54");
    setup_line(&setup, "22.020 S>C:40012 R =9500 win 0 ttl 54");
    setup_event(&setup, 22.01, "0.0.0.0:80", "0.0.0.0:0", "state=TCP_LISTEN reason=TCP_FLAGS answer");
    setup_play(&setup);
    EXPECT(&setup, "#9 * source none; #10 * source none");
    setup_close(&setup);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/kernel/one", test_one},
        {"/kernel/process", test_process},
        {"/kernel/many", test_many},
        {"/kernel/absent", test_absent},
        {"/kernel/unrelated", test_unrelated},
        {"/kernel/ambiguous", test_ambiguous},
        {"/kernel/drift", test_drift},
        {"/kernel/listener", test_listener},
        {"/kernel/train", test_train},
        {"/kernel/nearest", test_nearest},
        {"/kernel/shared_listener", test_shared_listener},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
