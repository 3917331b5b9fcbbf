/* test_logs.c
 * When logs are read again while packets keep coming, and a kernel's events that stand in them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-kernel.h"

#include "engine/logs.h"

#define ABORT "+0.048 S>C:%u R. 5201 ack 1101 win 501 ttl 54" /* 0.100 after the SYN */

static bool wants(bool joined, uint32_t known, uint32_t now)
{
    rst_engine_t *engine = g_new0(rst_engine_t, 1);
    rst_witnesses_t witnesses = {.joined = joined, .connections = known};
    bool result;

    witnesses.lives.connections = now;
    engine->judge.witnesses = &witnesses;
    result = rst_engine_wants_logs(engine);
    g_free(engine);
    return result;
}

/* Once at the end of a capture; of one that goes on, when more than 64 connections are new, and more than half as many
 * as were known: so all reading together costs no more than some times the last one. */
static void test_again(void)
{
    g_assert_true(wants(false, 0, 0));
    g_assert_false(wants(true, 0, 64));
    g_assert_true(wants(true, 0, 65));
    g_assert_false(wants(true, 100, 164));
    g_assert_true(wants(true, 100, 165));
    g_assert_false(wants(true, 1000, 1500));
    g_assert_true(wants(true, 1000, 1501));
}

static void test_none(void)
{
    rst_engine_t *engine = g_new0(rst_engine_t, 1);

    g_assert_false(rst_engine_wants_logs(engine));
    g_free(engine);
}

/* Reads a log with the kernel's events about some of the two connections. */
static void read_log(setup_t *setup, bool first, bool second)
{
    g_string_assign(setup->trace, "# tracer: nop\n");
    if (first)
        setup_event(setup, 0.09, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
    if (second)
        setup_event(setup, 10.09, SERVER ":80", CLIENT ":40001", "state=TCP_CLOSE reason=TCP_KEEPALIVE_TIMEOUT");
    rst_engine_logs_begin(setup->run->engine);
    rst_engine_log_begin(setup->run->engine, "a.log", NULL);
    rst_engine_log_feed(setup->run->engine, setup->trace->str, setup->trace->len);
    rst_engine_log_end(setup->run->engine);
    rst_engine_logs_end(setup->run->engine);
}

static bool is_of_kernel(setup_t *setup, unsigned reset)
{
    const char *source;
    rst_verdict_t verdict;

    rst_engine_classify(setup->run->engine, rst_engine_reset(setup->run->engine, setup->run->id[reset]),
                        &setup->run->answers.memory, true, &verdict);
    source = verdict.declared.source;
    return source && strcmp(source, "kernel") == 0;
}

/* There is no trace of its own, or one about the first connection; the log tells of the rest. Each time the logs are
 * read again, only what they say now counts, and the trace always does. */
static void test_kernel(void)
{
    static const char *const none[] = {NULL};

    for (unsigned own = 0; own <= 1; own++) {
        setup_t setup;

        setup_open(&setup, 0);
        setup_talk(&setup, 0, 40000, ABORT);
        setup_talk(&setup, 10, 40001, ABORT);
        script_open(setup.run, &script_variants[0], none);
        if (own) {
            rst_trace_t *trace = rst_trace_new();

            setup_event(&setup, 0.09, SERVER ":80", CLIENT ":40000", "state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE");
            rst_trace_feed(trace, setup.trace->str, setup.trace->len);
            rst_trace_end(trace);
            rst_engine_take_trace(setup.run->engine, trace);
        }
        rst_engine_await_logs(setup.run->engine, false);
        for (guint i = 0; i < setup.lines->len; i++)
            script_feed(setup.run, g_ptr_array_index(setup.lines, i));
        rst_engine_finish_pass(setup.run->engine);
        g_assert_cmpint(is_of_kernel(&setup, 0), ==, own);
        g_assert_false(is_of_kernel(&setup, 1));
        read_log(&setup, false, true);
        g_assert_cmpint(is_of_kernel(&setup, 0), ==, own);
        g_assert_true(is_of_kernel(&setup, 1));
        read_log(&setup, !own, true); /* once more: nothing is counted twice, which would make it ambiguous */
        g_assert_true(is_of_kernel(&setup, 0));
        g_assert_true(is_of_kernel(&setup, 1));
        read_log(&setup, true, true); /* what the trace tells of, too, is one event */
        g_assert_true(is_of_kernel(&setup, 0));
        g_assert_true(is_of_kernel(&setup, 1));
        if (!own) {
            read_log(&setup, true, false);
            g_assert_true(is_of_kernel(&setup, 0));
            g_assert_false(is_of_kernel(&setup, 1));
        }
        setup_close(&setup);
    }
}

/* A capture that has each packet twice: each reset was sent once, and the second copy is no other one. One that is
 * there twice among packets that are not was sent again. */
static void test_copy(void)
{
    static const char *const none[] = {NULL};
    static const char *const lines[] = {"S 1000 mss 1460 ttl 64 id 1", "S. 5000 ack 1001 mss 1460 ttl 54 id 2",
                                        ". 1001 ack 5001 ttl 64 id 3", "P. 1001 ack 5001 len 100 ttl 64 id 4",
                                        ". 5001 ack 1101 ttl 54 id 5", "R. 5001 ack 1101 win 501 ttl 54 id 6"};

    for (unsigned doubled = 0; doubled <= 1; doubled++) {
        setup_t setup;

        setup_open(&setup, 0);
        for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
            const char *way = i == 1 || i >= 4 ? "S>C" : "C>S";

            setup_line(&setup, "%.3f %s %s", i * 0.018, way, lines[i]);
            if (doubled || i + 1 == G_N_ELEMENTS(lines))
                setup_line(&setup, "+0.00002 %s %s", way, lines[i]);
        }
        script_open(setup.run, &script_variants[0], none);
        rst_engine_await_logs(setup.run->engine, false);
        for (guint i = 0; i < setup.lines->len; i++)
            script_feed(setup.run, g_ptr_array_index(setup.lines, i));
        rst_engine_finish_pass(setup.run->engine);
        read_log(&setup, true, false);
        g_assert_cmpuint(rst_roll_count(&setup.run->engine->roll), ==, 2);
        g_assert_cmpuint(rst_join_sum(setup.run->engine->judge.join).resets, ==, doubled ? 1 : 2);
        setup_close(&setup);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logs/again", test_again);
    g_test_add_func("/logs/none", test_none);
    g_test_add_func("/logs/kernel", test_kernel);
    g_test_add_func("/logs/copy", test_copy);
    return g_test_run();
}
