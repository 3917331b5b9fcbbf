/* test_regressions.c
 * Cases that the core once decided against the mechanism, found by the random captures and by reading.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* an app_abort verdict without any evidence line (no data in either direction). */
static void test_f1_evidence(void)
{
    static const char *const lines[] = { SCRIPT_SYN, SCRIPT_SYN_ACK, "0.021 C>S . 1001 ack 5001",
                                         "0.2 S>C R. 5001 ack 1001", NULL };
    script_run_t *run = g_new(script_run_t, 1);
    rst_verdict_t verdict;

    script_open(run, &script_variants[0], lines);
    rst_engine_classify(run->engine, run->reset[0], &run->answers.memory, true, &verdict);
    g_assert_cmpuint(verdict.evidences, >, 0);
    script_close(run);
    g_free(run);
}

/* an unknown window counts as zero. */
static void test_f3_unknown_window(void)
{
    script_check("undetermined", "1 S>C R. =0 ack 1051 nowin");
}

/* SYN-ACK with a new ISN on addresses and ports that were reset; its SYN is missing. A new connection. */
static void test_f6_synack_reuse(void)
{
    script_check("#2 app_abort ordinal 1", SCRIPT_TALK, "1 C>S R. 1101 ack 5201", "9 S>C S. 905000 ack 901001",
                 "9.01 C>S . 901001 ack 905001", "9.02 C>S P. 901001 ack 905001 len 10",
                 "9.03 S>C P. 905001 ack 901011 len 10", "9.04 C>S . 901011 ack 905011", "13 C>S R. 901011 ack 905011");
}

/* the sender had itself given up silently; the trigger's own ACK must not count as a sign of life. */
static void test_f7_gave_up(void)
{
    script_check("no_connection 75-85 by server retx 5", SCRIPT_TALK, "1.0 S>C P. 5201 ack 1101 len 40 id 301",
                 "1.3 S>C P. 5201 ack 1101 len 40 id 302", "1.9 S>C P. 5201 ack 1101 len 40 id 303",
                 "3.1 S>C P. 5201 ack 1101 len 40 id 304", "5.5 S>C P. 5201 ack 1101 len 40 id 305",
                 "10.3 S>C P. 5201 ack 1101 len 40 id 306", "900 C>S P. 1101 ack 5201 len 5", "900.02 S>C R 5201 id 0");
}

static void check_none(const char *const *lines)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);
        rst_finding_t finding;

        script_open(run, &script_variants[i], lines);
        for (uint32_t at = 1; at <= run->frame; at++)
            g_assert_false(rst_engine_finding(run->engine, at, &run->answers.memory, &finding));
        script_close(run);
        g_free(run);
    }
}

/* a SYN that was accepted at last was not "never answered". */
static void test_f9_finding_a(void)
{
    static const char *const lines[] = { "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3",
                                         "3.1 S>C S. 5000 ack 1001", "3.2 C>S . 1001 ack 5001", "90 none", NULL };
    check_none(lines);
}

static void test_f9_finding_b(void)
{
    static const char *const lines[] = { "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "2.5 S>C S. 5000 ack 1001",
                                         "2.6 C>S . 1001 ack 5001", "90 none", NULL };
    check_none(lines);
}

/* what was known of the reset had to go: nothing is known of it, which does not make its header impossible. */
static void test_f10_full(void)
{
    static const char *const lines[] = { NULL };

    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);

        script_open(run, &script_variants[i], lines);
        rst_engine_limit(run->engine, 1000);
        run->lossy = true; /* the case that stands for what had to go has no frame number */
        script_feed(run, "0 C:1>S P. 1001 ack 5001 len 10");
        script_feed(run, "0.01 S>C:1 R 5001");
        script_feed(run, "0.02 C:2>S P. 1001 ack 5001 len 10");
        script_feed(run, "0.03 C:3>S P. 1001 ack 5001 len 10");
        script_expect(run, __FILE__, __LINE__, "#1 undetermined trigger 0");
        script_close(run);
        g_free(run);
    }
}

/* own_account() subtracts x->nxt although RST_DIRECTION_NXT is not set: the verdict depends on the absolute number. */
static void test_f11_unknown_nxt(void)
{
    script_check("undetermined", "0 S>C . 5000 ack 961", "31 C>S R. 1062 ack 5000");
}

/* Once the answer depended on the order of the addresses: the old connection was open, by its own SYN-ACK and ACK. */
static void test_f12_address_order(void)
{
    script_check("half_open_discovery", "1 S>C . 5001 ack 1062", "1.1 S>C S. 5201 ack 90001061",
                 "2 C>S S. 1061 ack 5202", "3 C>S S 1062", "4 S>C R. 5001 ack 1063");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/f1", test_f1_evidence }, { "/f3", test_f3_unknown_window }, { "/f6", test_f6_synack_reuse },
        { "/f7", test_f7_gave_up },  { "/f9a", test_f9_finding_a },     { "/f9b", test_f9_finding_b },
        { "/f10", test_f10_full },   { "/f11", test_f11_unknown_nxt },  { "/f12", test_f12_address_order },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
