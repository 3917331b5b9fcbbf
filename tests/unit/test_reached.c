/* test_reached.c
 * Tests of kept verdicts: they are what the rules would say, and nothing that may change a verdict leaves one behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/state.h"
#include "script.h"

#define PLENTY (1u << 20)

static const char *const story[] = {"+0.5 C>S S 960 mss 1460",
                                    "+0.02 S>C S. 5000 ack 961 mss 1460",
                                    "+0.02 C>S . 961 ack 5001",
                                    "+0.1 C>S P. 961 ack 5001 len 100",
                                    "+0.1 S>C P. 5001 ack 1061 len 200",
                                    "+0.1 S>C R. 5201 ack 1061",
                                    "+0.1 A>D S 100",
                                    "+0.01 D>A R. 0 ack 101 data 'go away'",
                                    NULL};

static void assert_lists(const rst_verdict_t *a, const rst_verdict_t *b)
{
    g_assert_cmpuint(a->alternatives, ==, b->alternatives);
    for (unsigned i = 0; i < a->alternatives; i++) {
        g_assert_cmpuint(a->alternative[i].cause, ==, b->alternative[i].cause);
        g_assert_cmpuint(a->alternative[i].confidence, ==, b->alternative[i].confidence);
    }
    g_assert_cmpuint(a->evidences, ==, b->evidences);
    for (unsigned i = 0; i < a->evidences; i++)
        g_assert_cmpuint(a->evidence[i].frame, ==, b->evidence[i].frame);
    g_assert_cmpuint(a->patterns, ==, b->patterns);
    for (unsigned i = 0; i < a->patterns; i++)
        g_assert_cmpstr(a->pattern[i], ==, b->pattern[i]);
    g_assert_cmpuint(a->foreigns, ==, b->foreigns);
    for (unsigned i = 0; i < a->foreigns; i++)
        g_assert_cmpuint(a->foreign[i], ==, b->foreign[i]);
}

static void assert_same(const rst_verdict_t *a, const rst_verdict_t *b)
{
    g_assert_cmpuint(a->cause, ==, b->cause);
    g_assert_cmpuint(a->confidence, ==, b->confidence);
    g_assert_cmpuint(a->said, ==, b->said);
    g_assert_cmpuint(a->benign, ==, b->benign);
    g_assert_cmpuint(a->conflict, ==, b->conflict);
    g_assert_cmpuint(a->stated, ==, b->stated);
    g_assert_cmpuint(a->first, ==, b->first);
    g_assert_cmpuint(a->sender, ==, b->sender);
    g_assert_cmpuint(a->phase, ==, b->phase);
    g_assert_cmpuint(a->validity, ==, b->validity);
    g_assert_cmpuint(a->accepted, ==, b->accepted);
    g_assert_cmpuint(a->capture_side, ==, b->capture_side);
    g_assert_cmpuint(a->ordinal, ==, b->ordinal);
    g_assert_cmpuint(a->retransmissions, ==, b->retransmissions);
    g_assert_cmpuint(a->probes, ==, b->probes);
    g_assert_cmpuint(a->trigger, ==, b->trigger);
    g_assert_cmpuint(a->contradicted_by, ==, b->contradicted_by);
    g_assert_cmpint(a->idle, ==, b->idle);
    g_assert_cmpint(a->delay, ==, b->delay);
    g_assert_cmpint(a->hop_delta, ==, b->hop_delta);
    g_assert_cmpstr(a->declared.source, ==, b->declared.source);
    g_assert_cmpstr(a->declared.text, ==, b->declared.text);
    g_assert_cmpuint(a->declared.code, ==, b->declared.code);
    g_assert_cmpuint(a->declared.has_code, ==, b->declared.has_code);
    g_assert_cmpuint(a->declared.from_wire, ==, b->declared.from_wire);
    assert_lists(a, b);
}

/* Everything at its largest, and all of it different. */
static rst_verdict_t large(void)
{
    static const char *const patterns[RST_PATTERNS_MAX] = {"one", "two", "three", "four"};
    rst_verdict_t verdict = {.cause = RST_CAUSE_COUNT - 1,
                             .confidence = 100,
                             .said = 99,
                             .alternatives = RST_ALTERNATIVES_MAX,
                             .evidences = RST_EVIDENCE_MAX,
                             .patterns = RST_PATTERNS_MAX,
                             .foreigns = RST_FOREIGN_NAMED_MAX,
                             .benign = true,
                             .conflict = true,
                             .stated = true,
                             .first = true,
                             .sender = RST_SENDER_COUNT - 1,
                             .phase = RST_PHASE_COUNT - 1,
                             .validity = RST_VALIDITY_COUNT - 1,
                             .accepted = RST_YES,
                             .capture_side = RST_CAPTURE_SIDE_COUNT - 1,
                             .ordinal = UINT16_MAX,
                             .retransmissions = UINT16_MAX - 1,
                             .probes = UINT16_MAX - 2,
                             .trigger = UINT32_MAX,
                             .contradicted_by = UINT32_MAX - 1,
                             .idle = INT64_MAX,
                             .delay = -INT64_MAX,
                             .hop_delta = RST_HOPS_NONE,
                             .declared = {"source", "text", UINT32_MAX, true, true}};

    for (unsigned i = 0; i < RST_ALTERNATIVES_MAX; i++)
        verdict.alternative[i] = (rst_alternative_t){(rst_cause_t)(RST_CAUSE_COUNT - 1 - i), (uint8_t)(100 - i)};
    for (unsigned i = 0; i < RST_EVIDENCE_MAX; i++)
        verdict.evidence[i].frame = i % 2 ? UINT32_MAX - i : i;
    for (unsigned i = 0; i < RST_PATTERNS_MAX; i++)
        verdict.pattern[i] = patterns[i];
    for (unsigned i = 0; i < RST_FOREIGN_NAMED_MAX; i++)
        verdict.foreign[i] = i % 2 ? i : UINT32_MAX;
    return verdict;
}

static void test_round_trip(void)
{
    const rst_verdict_t small = {.idle = RST_DURATION_NONE, .delay = RST_DURATION_NONE, .hop_delta = -3};
    const rst_verdict_t most = large();
    rst_reached_t *kept = rst_reached_new();
    rst_verdict_t found;

    g_assert_false(rst_reached_any(kept));
    rst_reached_note(kept, 7, &most, PLENTY);
    g_assert_true(rst_reached_any(kept));
    rst_reached_note(kept, 2, &small, PLENTY);
    rst_reached_note(kept, 2, &most, PLENTY); /* the first one stays */
    g_assert_false(rst_reached_read(kept, 1, &found));
    g_assert_false(rst_reached_read(kept, 3, &found));
    g_assert_false(rst_reached_read(kept, 8, &found));
    g_assert_true(rst_reached_read(kept, 2, &found));
    assert_same(&found, &small);
    g_assert_cmpstr(found.summary, ==, "");
    g_assert_true(rst_reached_read(kept, 7, &found));
    assert_same(&found, &most);
    g_assert_cmpstr(found.evidence[0].text, ==, "");
    rst_reached_drop(kept);
    g_assert_false(rst_reached_any(kept));
    g_assert_false(rst_reached_read(kept, 7, &found));
    rst_reached_free(kept);
}

/* Values at which a number takes another byte, and zero, which has no sign. */
static void test_sizes_of_numbers(void)
{
    static const uint16_t values[] = {0, 1, 63, 64, 127, 128, 129, 16383, 16384};

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        const rst_verdict_t verdict = {
            .ordinal = values[i], .retransmissions = values[i], .idle = values[i], .delay = -(int64_t)values[i]};
        rst_reached_t *kept = rst_reached_new();
        rst_verdict_t found;

        rst_reached_note(kept, 1, &verdict, PLENTY);
        g_assert_true(rst_reached_read(kept, 1, &found));
        assert_same(&found, &verdict);
        rst_reached_free(kept);
    }
}

/* What does not fit is not kept, whether verdicts or ids take the room. */
static void test_bound(void)
{
    const rst_verdict_t most = large();
    rst_reached_t *kept = rst_reached_new();
    rst_verdict_t found;
    uint32_t id = 1;

    rst_reached_note(kept, PLENTY, &most, PLENTY);
    g_assert_false(rst_reached_any(kept));
    for (; id < PLENTY; id++) {
        rst_reached_note(kept, id, &most, 100000);
        if (!rst_reached_read(kept, id, &found))
            break;
    }
    g_assert_cmpuint(id, >, 100);
    g_assert_cmpuint(2 * (kept->bytes->len + kept->places->len * sizeof(uint32_t)), <=, 100000);
    g_assert_true(rst_reached_read(kept, id - 1, &found));
    assert_same(&found, &most);
    rst_reached_free(kept);
}

static rst_verdict_t ask(script_run_t *run, unsigned number, bool texts)
{
    rst_verdict_t verdict;

    rst_engine_classify(run->engine, rst_engine_reset(run->engine, run->id[number]), &run->answers.memory, texts,
                        &verdict);
    return verdict;
}

/* Judged once more, whatever is kept. */
static rst_verdict_t judged(script_run_t *run, unsigned number)
{
    rst_verdict_t verdict;

    rst_judge_verdict(&run->engine->judge, rst_engine_reset(run->engine, run->id[number]), &run->answers.memory, false,
                      &verdict);
    return verdict;
}

static bool is_kept(const script_run_t *run, unsigned number)
{
    rst_verdict_t verdict;

    return rst_reached_read(run->engine->reached, run->id[number], &verdict);
}

static script_run_t *begin(const char *const *lines)
{
    script_run_t *run = g_new0(script_run_t, 1);

    script_open(run, &script_variants[0], lines);
    g_assert_cmpuint(run->resets, ==, 2);
    return run;
}

static void end(script_run_t *run)
{
    script_close(run);
    g_free(run);
}

/* A verdict of the first pass is provisional. */
static void test_first_pass(void)
{
    script_run_t *run = begin(story);

    g_assert_true(run->engine->file.reading);
    ask(run, 0, false);
    ask(run, 0, true);
    g_assert_false(rst_reached_any(run->engine->reached));
    rst_engine_finish_pass(run->engine);
    ask(run, 0, false);
    g_assert_true(is_kept(run, 0));
    g_assert_false(is_kept(run, 1));
    end(run);
}

/* With sentences or without, it is what the rules say; what comes from the wire is not kept. */
static void test_same(void)
{
    for (int texts = 0; texts < 2; texts++) {
        script_run_t *run = begin(story);
        rst_verdict_t expected, found;

        rst_engine_finish_pass(run->engine);
        for (unsigned i = 0; i < 2; i++) {
            expected = judged(run, i);
            ask(run, i, texts);
            g_assert_true(is_kept(run, i) == (i == 0 || !texts));
            found = ask(run, i, false);
            assert_same(&found, &expected);
        }
        found = ask(run, 0, true);
        g_assert_cmpstr(found.summary, !=, "");
        g_assert_cmpstr(found.evidence[0].text, !=, "");
        found = ask(run, 1, true);
        g_assert_nonnull(strstr(found.declared.text, "go away"));
        end(run);
    }
}

static void feed_segment(script_run_t *run)
{
    script_feed(run, "+0.1 S>C P. 5201 ack 1061 len 50"); /* its sender carries on */
}

static void feed_icmp(script_run_t *run)
{
    script_feed(run, "+0.1 A>D icmp 3 3");
}

static void feed_other(script_run_t *run)
{
    script_feed(run, "+0.1 none");
}

/* A live capture goes on, or a witness comes: what was kept is gone, and the next answer knows of it. */
static void test_goes_on(void)
{
    static void (*const go_on[])(script_run_t *) = {feed_segment, feed_icmp, feed_other};

    for (size_t i = 0; i < G_N_ELEMENTS(go_on); i++) {
        script_run_t *run = begin(story);
        script_run_t *fresh = begin(story);
        rst_verdict_t expected, found;

        rst_engine_finish_pass(run->engine);
        ask(run, 0, false);
        ask(run, 1, false);
        go_on[i](run);
        go_on[i](fresh);
        g_assert_false(rst_reached_any(run->engine->reached));
        ask(run, 0, false);
        g_assert_false(rst_reached_any(run->engine->reached));
        rst_engine_finish_pass(run->engine);
        rst_engine_finish_pass(fresh->engine);
        expected = ask(fresh, 0, false);
        found = ask(run, 0, false);
        assert_same(&found, &expected);
        g_assert_true(go_on[i] != feed_segment || found.contradicted_by);
        end(run);
        end(fresh);
    }
}

static void test_witness(void)
{
    script_run_t *run = begin(story);

    rst_engine_finish_pass(run->engine);
    ask(run, 0, false);
    g_assert_true(is_kept(run, 0));
    rst_engine_take_trace(run->engine, rst_trace_new());
    g_assert_false(rst_reached_any(run->engine->reached));
    end(run);
}

/* What stands for a record that had to go has no verdict of its own, and does not get that of another. */
static void test_dropped(void)
{
    script_run_t *run = begin(story);
    rst_verdict_t found;

    rst_engine_finish_pass(run->engine);
    ask(run, 0, false);
    rst_engine_limit(run->engine, 1);
    script_feed(run, "+1 B>E S 1");
    g_assert_true(rst_engine_reset(run->engine, run->id[0]) == &run->engine->orphan);
    rst_engine_limit(run->engine, PLENTY);
    rst_engine_finish_pass(run->engine);
    found = ask(run, 0, false);
    g_assert_cmpuint(found.evidences, <=, 1);
    g_assert_cmpuint(found.confidence, <=, 69);
    g_assert_false(rst_reached_any(run->engine->reached));
    end(run);
}

/* Where the memory is used up, nothing is kept, and the answers are the same. */
static void test_no_room(void)
{
    script_run_t *run = begin(story);
    rst_verdict_t expected, found;

    rst_engine_finish_pass(run->engine);
    expected = ask(run, 0, false);
    rst_reached_drop(run->engine->reached);
    rst_engine_limit(run->engine, 1);
    found = ask(run, 0, false);
    assert_same(&found, &expected);
    g_assert_false(rst_reached_any(run->engine->reached));
    end(run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reached/round_trip", test_round_trip);
    g_test_add_func("/reached/sizes_of_numbers", test_sizes_of_numbers);
    g_test_add_func("/reached/bound", test_bound);
    g_test_add_func("/reached/first_pass", test_first_pass);
    g_test_add_func("/reached/same", test_same);
    g_test_add_func("/reached/goes_on", test_goes_on);
    g_test_add_func("/reached/witness", test_witness);
    g_test_add_func("/reached/dropped", test_dropped);
    g_test_add_func("/reached/no_room", test_no_room);
    return g_test_run();
}
