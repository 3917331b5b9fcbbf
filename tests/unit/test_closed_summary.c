/* test_closed_summary.c
 * A connection that closed long ago and of which only a summary is left: late resets get the verdict that they would
 * get if everything had been kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include "engine/state.h"
#include "track/closed_summary.h"

#define CROWD (RST_ENDED_MAX + 400) /* closed connections that come after the one that is asked about */

/* One segment of a connection: sender and target with %u for the client's port, what follows. */
typedef struct step {
    bool from_client;
    const char *words;
} step_t;

/* Handshake, a request, an answer, both FINs. syn = more words for both SYNs. */
static void add_closed(GPtrArray *lines, double start, unsigned port, const char *syn)
{
    static const step_t steps[] = {
        {true, "S 1000 mss 1460 ws 7 sack id 11"},
        {false, "S. 5000 ack 1001 mss 1460 ws 7 sack id 0"},
        {true, ". 1001 ack 5001 id 12"},
        {true, "P. 1001 ack 5001 len 100 id 13"},
        {false, "P. 5001 ack 1101 len 200 id 301"},
        {true, "F. 1101 ack 5201 id 14"},
        {false, "F. 5201 ack 1102 id 302"},
        {true, ". 1102 ack 5202 id 15"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *client = g_strdup_printf("A:%u", port);
        const char *from = steps[i].from_client ? client : "S";
        const char *to = steps[i].from_client ? "S" : client;

        g_ptr_array_add(
            lines, g_strdup_printf("%.4f %s>%s %s %s", start + i * 0.0005, from, to, steps[i].words, i < 2 ? syn : ""));
    }
}

static void run_late(script_run_t *run, const script_variant_t *variant, bool crowd, const char *syn,
                     const char *const *late)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    add_closed(lines, 0.1, 40000, syn);
    for (unsigned i = 0; crowd && i < CROWD; i++)
        add_closed(lines, 1 + i * 0.01, 1024 + i, "");
    for (; *late; late++)
        g_ptr_array_add(lines, g_strdup(*late));
    g_ptr_array_add(lines, NULL);
    script_open(run, variant, (const char *const *)(void *)lines->pdata);
    g_ptr_array_free(lines, TRUE);
}

static bool tells_summary(const rst_verdict_t *verdict)
{
    for (unsigned i = 0; i < verdict->evidences; i++) {
        if (strstr(verdict->evidence[i].text, "only a summary"))
            return true;
    }
    return false;
}

/* rested = the last reset lies in the connection that rests, not in a new one. */
static void check(bool rested, const char *syn, const char *const *late)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *whole = g_new(script_run_t, 1);
        script_run_t *brief = g_new(script_run_t, 1);
        rst_verdict_t expected, found;

        run_late(whole, &script_variants[i], false, syn, late);
        run_late(brief, &script_variants[i], true, syn, late);
        g_assert_cmpuint(brief->resets, ==, whole->resets);
        for (unsigned n = 0; n < whole->resets; n++) {
            rst_engine_classify(whole->engine, whole->reset[n], &whole->answers.memory, true, &expected);
            rst_engine_classify(brief->engine, brief->reset[n], &brief->answers.memory, true, &found);
            g_assert_cmpstr(rst_cause_info(found.cause)->token, ==, rst_cause_info(expected.cause)->token);
            g_assert_cmpuint(found.confidence, ==, expected.confidence);
            g_assert_cmpuint(found.sender, ==, expected.sender);
            g_assert_cmpuint(found.phase, ==, expected.phase);
            g_assert_cmpuint(found.validity, ==, expected.validity);
            g_assert_cmpuint(found.ordinal, ==, expected.ordinal);
            g_assert_false(tells_summary(&expected));
            g_assert_true(tells_summary(&found) == rested);
        }
        script_close(whole);
        script_close(brief);
        g_free(whole);
        g_free(brief);
    }
}

#define CHECK(rested, ...) check(rested, "", (const char *const[]){__VA_ARGS__, NULL})

static void test_late_reset(void)
{
    CHECK(true, "60 S>A R. 5202 ack 1102 id 900");
    CHECK(true, "60 A>S R 1102 id 900");
}

static void test_straggler(void)
{
    CHECK(true, "60 A>S P. 1001 ack 5001 len 100 id 13", "60.001 S>A R 5001 id 0");
    CHECK(true, "60 A>S P. 1102 ack 5202 len 10 id 900", "60.001 S>A R 5202 id 0");
}

/* Whether MPTCP was negotiated, was not, or is unknown. */
static void test_mptcp(void)
{
    static const char *const syns[] = {"mpopen", "", "more"};

    for (size_t i = 0; i < G_N_ELEMENTS(syns); i++)
        check(true, syns[i], (const char *const[]){"60 S>A R. 5202 ack 1102 id 900 tcprst 1:0", NULL});
}

static void test_reuse(void)
{
    CHECK(false, "60 A>S S 901000 mss 1460 id 20", "60.01 S>A R. =0 ack 901001 id 0");
    CHECK(false, "60 A>S S 901000 mss 1460 id 20", "60.01 S>A S. 905000 ack 901001 mss 1460 id 0",
          "60.02 A>S . 901001 ack 905001 id 21", "60.03 A>S P. 901001 ack 905001 len 10 id 22",
          "60.04 S>A R. 905001 ack 901011 id 0");
}

/* Its memory is taken for the next one. */
static void test_memory(void)
{
    script_run_t *run = g_new(script_run_t, 1);
    unsigned complete;

    run_late(run, &script_variants[0], true, "", (const char *const[]){"60 A>S . 1102 ack 5202 id 16", NULL});
    complete = run->engine->keep.kind[RST_KIND_CONNS].queue[RST_VALUE_BOTH].count;
    g_assert_cmpuint(complete, <, RST_ENDED_MAX + 300);
    g_assert_cmpuint(complete, >=, RST_ENDED_MAX);
    script_close(run);
    g_free(run);
}

static void test_unfit(void)
{
    rst_direction_t sides[2] = {
        {.known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_FIN, .nxt = 10, .fin_seq = 10, .acked = 20},
        {.known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_FIN, .nxt = 20, .fin_seq = 20, .acked = 10}};
    rst_reset_t reset = {.id = 1};
    rst_conn_t conn = {.direction = sides};

    g_assert_true(rst_closed_summary_fits(&conn));
    sides[1].acked = 9;
    g_assert_false(rst_closed_summary_fits(&conn));
    sides[1].acked = 10;
    sides[0].retransmission.copies = 1;
    g_assert_false(rst_closed_summary_fits(&conn));
    sides[0].retransmission.copies = 0;
    conn.record = &reset;
    g_assert_false(rst_closed_summary_fits(&conn));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/closed_summary/late_reset", test_late_reset);
    g_test_add_func("/closed_summary/straggler", test_straggler);
    g_test_add_func("/closed_summary/mptcp", test_mptcp);
    g_test_add_func("/closed_summary/reuse", test_reuse);
    g_test_add_func("/closed_summary/memory", test_memory);
    g_test_add_func("/closed_summary/unfit", test_unfit);
    return g_test_run();
}
