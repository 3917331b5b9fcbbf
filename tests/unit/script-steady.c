/* script-steady.c
 * Implementation for comparing the verdicts of a script with those of the same script and other lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-excused.h"

#define SURE 50 /* percent: from here on a verdict claims something */

/* What is compared, for messages. */
typedef struct comparison {
    const char *file;
    int line;
    const char *expected;
    const char *added; /* what made the difference */
    unsigned reset;
} comparison_t;

static const script_variant_t *const variant = &script_variants[1];

static void feed_all(script_run_t *run, const GArray *segments)
{
    for (unsigned i = 0; segments && i < segments->len; i++)
        script_feed_segment(run, &g_array_index(segments, rst_segment_t, i));
    run->time = RST_TIME_NONE; /* where a script begins */
}

/* A frame outside of the script's own that the verdict names. */
static uint32_t foreign_frame(const rst_verdict_t *verdict, uint32_t first, uint32_t last)
{
    for (unsigned i = 0; i < verdict->evidences; i++) {
        uint32_t frame = verdict->evidence[i].frame;

        if (frame && (frame < first || frame > last))
            return frame;
    }
    return 0;
}

/* The final verdicts over at most so many lines, with traffic before and after; and how many segments are foreign. */
static GArray *outcomes(const char *const *lines, unsigned most, const GArray *before, const GArray *after,
                        uint64_t *foreign)
{
    GArray *found = g_array_new(FALSE, TRUE, sizeof(script_outcome_t));
    script_run_t *run = g_new(script_run_t, 1);
    uint32_t first, last;

    lines = script_begin(run, variant, lines);
    feed_all(run, before);
    first = run->frame + 1;
    for (unsigned i = 0; i < most && lines[i]; i++)
        script_feed(run, lines[i]);
    last = run->frame;
    feed_all(run, after);
    rst_engine_finish_pass(run->engine);
    for (unsigned i = 0; i < run->resets; i++) {
        rst_verdict_t verdict;
        script_outcome_t outcome;

        rst_engine_classify(run->engine, script_reset(run, i), &run->answers.memory, false, &verdict);
        outcome =
            (script_outcome_t){verdict.cause, verdict.sender, verdict.confidence, foreign_frame(&verdict, first, last)};
        g_array_append_val(found, outcome);
    }
    *foreign = rst_engine_fit_counts(run->engine).foreign;
    script_close(run);
    g_free(run);
    return found;
}

static const script_outcome_t *outcome_at(const GArray *found, unsigned reset)
{
    return &g_array_index(found, script_outcome_t, reset);
}

static bool claims(const script_outcome_t *outcome)
{
    return outcome->cause != RST_CAUSE_UNDETERMINED && outcome->confidence >= SURE;
}

static bool same_claim(const script_outcome_t *a, const script_outcome_t *b)
{
    return a->cause == b->cause && a->sender == b->sender;
}

static void report(const comparison_t *what, const char *kind, const script_outcome_t *before,
                   const script_outcome_t *after)
{
    g_test_message("%s: %s:%d %s \"%s\" #%u: %s %u by %s -> %s %u by %s, after %s", kind, what->file, what->line,
                   g_test_get_path(), what->expected, what->reset + 1, rst_cause_info(before->cause)->token,
                   before->confidence, rst_sender_name(before->sender), rst_cause_info(after->cause)->token,
                   after->confidence, rst_sender_name(after->sender), what->added);
}

static void judge(const comparison_t *what, const char *kind, bool excused, const script_outcome_t *before,
                  const script_outcome_t *after)
{
    if (excused)
        return;
    report(what, kind, before, after);
    g_test_fail();
}

static void judge_count(const comparison_t *what, uint64_t own, uint64_t all)
{
    g_test_message("FOREIGN SEGMENTS: %s:%d %s \"%s\": %u -> %u, after %s", what->file, what->line, g_test_get_path(),
                   what->expected, (unsigned)own, (unsigned)all, what->added);
    g_test_fail();
}

static void compare_foreign(comparison_t *what, script_foreign_t foreign, const GArray *before, const GArray *after)
{
    g_assert_cmpuint(before->len, ==, after->len);
    for (what->reset = 0; what->reset < before->len; what->reset++) {
        const script_outcome_t *alone = outcome_at(before, what->reset);
        const script_outcome_t *among = outcome_at(after, what->reset);

        if (!same_claim(alone, among))
            judge(what, "FOREIGN", script_foreign_is_excused(foreign, alone, among), alone, among);
        else if (among->foreign)
            judge(what, "EVIDENCE", script_evidence_is_excused(among), alone, among);
        else if (alone->confidence != among->confidence)
            report(what, "foreign, confidence", alone, among);
    }
}

void script_check_foreign(const char *file, int line, const char *expected, const char *const *lines)
{
    uint64_t own, all;
    GArray *alone = outcomes(lines, UINT_MAX, NULL, NULL, &own);
    script_shown_t shown;

    script_shown_read(&shown, variant, lines);
    for (unsigned foreign = 0; foreign < SCRIPT_FOREIGN_COUNT; foreign++) {
        comparison_t what = {file, line, expected, script_foreign_name(foreign), 0};
        GArray *added = script_foreign_make(&shown, variant, foreign);
        bool is_before = script_foreign_is_before(foreign);
        GArray *among = outcomes(lines, UINT_MAX, is_before ? added : NULL, is_before ? NULL : added, &all);

        compare_foreign(&what, foreign, alone, among);
        /* What is added is honest, and makes nothing of the script look less so. At several points, copies of it may come
         * in a wrong order. */
        if (all != own && shown.interfaces->len < 2)
            judge_count(&what, own, all);
        g_array_free(among, TRUE);
        g_array_free(added, TRUE);
    }
    script_shown_clear(&shown);
    g_array_free(alone, TRUE);
}

static bool quotes(const rst_icmp_t *icmp, const rst_segment_t *reset)
{
    rst_segment_t quoted = {.src = icmp->src, .dst = icmp->dst, .sport = icmp->sport, .dport = icmp->dport};

    return script_same_ends(&quoted, reset);
}

/* The line of a reset, by its number. */
static unsigned reset_line(const script_shown_t *shown, unsigned reset)
{
    unsigned at = 0;

    for (;; at++) {
        const script_line_t *line = &g_array_index(shown->lines, script_line_t, at);

        if (line->is_segment && (line->segment.flags & RST_FLAG_RST) && reset-- == 0)
            return at;
    }
}

static bool is_syn(const script_line_t *line, const rst_segment_t *own)
{
    return line->is_segment && (line->segment.flags & (RST_FLAG_SYN | RST_FLAG_ACK)) == RST_FLAG_SYN &&
           script_same_ends(&line->segment, own);
}

/* A SYN after the reset (line from) that repeats none of those before it: the ports are used again. */
static bool is_new_syn(const script_line_t *lines, unsigned from, unsigned at)
{
    if (at <= from || !is_syn(&lines[at], &lines[from].segment))
        return false;
    for (unsigned i = 0; i < from; i++) {
        if (is_syn(&lines[i], &lines[from].segment) && lines[i].segment.sport == lines[at].segment.sport &&
            lines[i].segment.seq == lines[at].segment.seq)
            return false;
    }
    return true;
}

/* Does the line belong to the connection of the reset, before its ports are used again, or is it an ICMP error about
 * it? */
static bool own_story(const script_shown_t *shown, unsigned reset, unsigned at)
{
    const script_line_t *lines = (const script_line_t *)(const void *)shown->lines->data;
    unsigned from = reset_line(shown, reset);

    if (lines[at].is_icmp)
        return quotes(&lines[at].icmp, &lines[from].segment);
    for (unsigned i = from; i <= at; i++) {
        if (is_new_syn(lines, from, i))
            return false;
    }
    return lines[at].is_segment && script_same_ends(&lines[at].segment, &lines[from].segment);
}

/* From the reset to a later line. */
static int64_t elapsed_to(const script_shown_t *shown, unsigned reset, unsigned at)
{
    const script_line_t *lines = (const script_line_t *)(const void *)shown->lines->data;
    int64_t from = lines[reset_line(shown, reset)].time;

    return from == RST_TIME_NONE || lines[at].time == RST_TIME_NONE ? RST_TIME_NONE : lines[at].time - from;
}

/* Verdicts over the first lines, and over one line more. */
static void compare_order(comparison_t *what, const script_shown_t *shown, unsigned at, const GArray *before,
                          const GArray *after)
{
    for (what->reset = 0; what->reset < before->len; what->reset++) {
        const script_outcome_t *earlier = outcome_at(before, what->reset);
        const script_outcome_t *later = outcome_at(after, what->reset);

        if (own_story(shown, what->reset, at))
            continue;
        if (!claims(earlier)) {
            if (later->sender == RST_SENDER_MIDDLEBOX && earlier->sender != RST_SENDER_MIDDLEBOX)
                judge(what, "ACCUSED", false, earlier, later);
            continue;
        }
        if (!same_claim(earlier, later) || !claims(later))
            judge(what, "ORDER", script_order_is_excused(earlier, later, elapsed_to(shown, what->reset, at)), earlier,
                  later);
        else if (earlier->confidence != later->confidence)
            report(what, "order, confidence", earlier, later);
    }
}

void script_check_order(const char *file, int line, const char *expected, const char *const *lines)
{
    GArray *before = NULL;
    script_shown_t shown;
    uint64_t foreign;

    script_shown_read(&shown, variant, lines);
    for (unsigned at = 0; at < shown.lines->len; at++) {
        comparison_t what = {file, line, expected, g_array_index(shown.lines, script_line_t, at).text, 0};
        GArray *after = outcomes(lines, at + 1, NULL, NULL, &foreign);

        if (before) {
            compare_order(&what, &shown, at, before, after);
            g_array_free(before, TRUE);
        }
        before = after;
    }
    if (before)
        g_array_free(before, TRUE);
    script_shown_clear(&shown);
}
