/* test_strangers.c
 * Tests of the foreign packets that a verdict names, and of what it says about them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* The text of the evidence in a frame that says so of it, or NULL. */
static const char *evidence_in(const rst_verdict_t *verdict, uint32_t frame)
{
    for (unsigned i = 0; i < verdict->evidences; i++) {
        if (verdict->evidence[i].frame == frame && strstr(verdict->evidence[i].text, "ears the address of the "))
            return verdict->evidence[i].text;
    }
    return NULL;
}

/* What the verdict on the last reset names: frames in the order in which it names them, and the end of each text. */
typedef struct named {
    uint32_t frame;
    const char *beginning, *end;
} named_t;

static void check(const named_t *expected, unsigned count, const char *const *lines)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);
        rst_verdict_t verdict;

        script_open(run, &script_variants[i], lines);
        g_assert_cmpuint(run->resets, >, 0);
        rst_engine_classify(run->engine, run->reset[run->resets - 1], &run->answers.memory, true, &verdict);
        g_assert_cmpuint(verdict.foreigns, ==, count);
        for (unsigned n = 0; n < count; n++) {
            const char *text = evidence_in(&verdict, expected[n].frame);

            g_assert_cmpuint(verdict.foreign[n], ==, expected[n].frame);
            g_assert_nonnull(text);
            g_assert_true(g_str_has_prefix(text, expected[n].beginning));
            g_assert_true(g_str_has_suffix(text, expected[n].end));
        }
        script_close(run);
        g_free(run);
    }
}

#define CHECK(expected, ...) check(expected, G_N_ELEMENTS(expected), (const char *const[]){__VA_ARGS__, NULL})

#define SERVER "Bears the address of the server "
#define CLIENT "Bears the address of the client "
#define NOTHING "does not fit it, so it proves nothing: "
#define NUMBERS NOTHING "sequence number and acknowledgment number"
#define ALL NOTHING "sequence number, acknowledgment number and hop distance"
#define TALK                                                                                                           \
    "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 54", "0.021 C>S . 1001 ack 5001 ttl 64",                     \
        "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",                        \
        "0.051 C>S . 1101 ack 5201 ttl 64"
#define ABORT "2 S>C R. 5201 ack 1101 ttl 54"

/* The first one after the reset, if it bears the sender's address. */
static void test_after(void)
{
    static const named_t expected[] = {{8, SERVER, ALL}};

    CHECK(expected, TALK, ABORT, "2.04 C>S P. 900001101 ack 700005201 len 50 ttl 40 rejected",
          "2.04 S>C P. 900005201 ack 700001101 len 50 ttl 40", "2.08 S>C P. 905005201 ack 700001101 len 50 ttl 54");
}

/* The latest one of either side before it. */
static void test_before(void)
{
    static const named_t expected[] = {{8, SERVER, NUMBERS}, {9, CLIENT, ALL}};

    CHECK(expected, TALK, "1 S>C P. 800005201 ack 700001101 len 50 ttl 54",
          "1.1 S>C P. 900005201 ack 700001101 len 50 ttl 54", "1.2 C>S P. 900001101 ack 700005201 len 50 ttl 40",
          ABORT);
}

/* Resets: only their numbers are asked. */
static void test_resets(void)
{
    static const named_t own[] = {{7, SERVER, NOTHING "sequence number"}};
    static const named_t peer[] = {{7, CLIENT, NOTHING "sequence number"}};

    CHECK(own, TALK, "1 S>C R 900005201 ttl 40", ABORT);
    CHECK(peer, TALK, "1 C>S R 900001101 ttl 40", ABORT);
}

/* What a reset answers is named as that. */
static void test_answered(void)
{
    static const named_t expected[] = {{7, "The reset answers this packet",
                                        "does not fit it: sequence number, acknowledgment number and hop distance"}};

    CHECK(expected, TALK, "2 C>S P. 900001101 ack 700005201 len 50 ttl 40", "2.02 S>C R 700005201 ttl 54");
}

/* What has no number, because a read filter rejected it, is not named. */
static void test_rejected(void)
{
    const char *const lines[] = {TALK, ABORT, "2.04 S>C P. 900005201 ack 700001101 len 50 ttl 40 rejected", "3 none",
                                 NULL};

    check(NULL, 0, lines);
}

static void test_none(void)
{
    const char *const lines[] = {TALK, ABORT, NULL};

    check(NULL, 0, lines);
}

/* Numbers that a device changed are what that verdict rests on: it does not say that they prove nothing. */
static void test_rewritten(void)
{
    check(NULL, 0,
          (const char *const[]){TALK, "1 C>S P. 900001101 ack 5201 len 50 ttl 64", "1.02 S>C . 5201 ack 1101 ttl 54",
                                "2 C>S P. 900001151 ack 5201 len 50 ttl 64", "2.02 S>C . 5201 ack 1101 ttl 54",
                                "3 S>C R. 5201 ack 1101 ttl 54", NULL});
}

static unsigned evidence_with(const rst_verdict_t *verdict, const char *part)
{
    unsigned found = 0;

    for (unsigned i = 0; i < verdict->evidences; i++)
        found += strstr(verdict->evidence[i].text, part) != NULL;
    return found;
}

/* Does the verdict on the last reset say that a capture at the host would decide? */
static void check_maximum(unsigned confidence, unsigned expected, const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);
    rst_verdict_t verdict;

    script_open(run, &script_variants[0], lines);
    rst_engine_finish_pass(run->engine);
    rst_engine_classify(run->engine, run->reset[run->resets - 1], &run->answers.memory, true, &verdict);
    g_assert_cmpuint(verdict.confidence, ==, confidence);
    g_assert_cmpuint(evidence_with(&verdict, "No surer than this"), ==, expected);
    script_close(run);
    g_free(run);
}

/* At the maximum, and only there. */
static void test_maximum(void)
{
    check_maximum(60, 1, (const char *const[]){TALK, "2 S>C R. 5201 ack 1101 ttl 59", NULL});
    check_maximum(75, 0, (const char *const[]){TALK, ABORT, NULL});
    /* A statement gives another cause. */
    check_maximum(75, 0, (const char *const[]){TALK, "2 S>C R. 5201 ack 1101 ttl 54 hex 33aa000300000000", NULL});
}

/* Some devices refuse without acknowledging the SYN, and the sentence does not claim that they do. */
static void test_refusal(void)
{
    static const struct {
        const char *reset;
        bool expected;
    } cases[] = {{"0.02 S>C R. =0 ack 1001 ttl 54", true}, {"0.02 S>C R 70000000 ttl 54", false},
                 {"0.02 S>C R. 70000000 ack 1002 ttl 54", false}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        script_run_t *run = g_new(script_run_t, 1);
        rst_verdict_t verdict;

        script_open(run, &script_variants[0], (const char *const[]){"0 C>S S 1000 ttl 64", cases[i].reset, NULL});
        rst_engine_classify(run->engine, run->reset[0], &run->answers.memory, true, &verdict);
        g_assert_cmpint(verdict.cause, ==, RST_CAUSE_CLOSED_PORT);
        g_assert_cmpint(strstr(verdict.summary, "(ack = SYN+1)") != NULL, ==, cases[i].expected);
        script_close(run);
        g_free(run);
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/strangers/after", test_after},
        {"/strangers/before", test_before},
        {"/strangers/resets", test_resets},
        {"/strangers/answered", test_answered},
        {"/strangers/rejected", test_rejected},
        {"/strangers/none", test_none},
        {"/strangers/rewritten", test_rewritten}, {"/strangers/maximum", test_maximum},
        {"/strangers/refusal", test_refusal}, {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
