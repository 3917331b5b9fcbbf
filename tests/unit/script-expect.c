/* script-expect.c
 * Implementation for comparing verdicts with what is expected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SECOND INT64_C(1000000000)

typedef struct script_claim {
    script_run_t *run;
    unsigned reset;        /* index */
    rst_verdict_t verdict;
    const char *file;
    int line;
    const char *text;      /* of the claim */
} script_claim_t;

static void fail(const script_claim_t *claim, const char *what)
{
    g_test_message("%s:%d [%s] expected \"%s\": %s\n    got %s\n%s", claim->file, claim->line,
                   claim->run->variant->name, claim->text, what, script_describe(claim->run, claim->reset),
                   rst_engine_explain(claim->run->engine, script_reset(claim->run, claim->reset),
                                      &claim->run->answers.memory));
    g_test_fail();
}

static void demand(const script_claim_t *claim, bool holds, const char *what)
{
    if (!holds)
        fail(claim, what);
}

static rst_cause_t cause_of(const char *token)
{
    for (unsigned cause = 0; cause < RST_CAUSE_COUNT; cause++) {
        if (strcmp(rst_cause_info((rst_cause_t)cause)->token, token) == 0)
            return (rst_cause_t)cause;
    }
    g_error("no such cause: %s", token);
    return RST_CAUSE_COUNT;
}

static bool has_alternative(const rst_verdict_t *verdict, rst_cause_t cause)
{
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        if (verdict->alternative[i].cause == cause)
            return true;
    }
    return false;
}

static bool has_pattern(const rst_verdict_t *verdict, const char *pattern)
{
    for (unsigned i = 0; i < verdict->patterns; i++) {
        if (strcmp(verdict->pattern[i], pattern) == 0)
            return true;
    }
    return false;
}

static const char *truth_name(rst_truth_t truth)
{
    return truth == RST_YES ? "yes" : truth == RST_NO ? "no" : "unknown";
}

/* Does the verdict blame something between the hosts? */
static bool accuses(const rst_verdict_t *verdict)
{
    return verdict->sender == RST_SENDER_MIDDLEBOX || (rst_verdict_on_path(verdict) && verdict->confidence >= 50);
}

static bool word_alone(const script_claim_t *claim, const char *word)
{
    const rst_verdict_t *verdict = &claim->verdict;
    const struct {
        const char *word;
        bool holds;
    } words[] = {
        { "benign", verdict->benign },      { "serious", !verdict->benign },   { "conflict", verdict->conflict },
        { "agreed", !verdict->conflict },   { "first", verdict->first },       { "follower", !verdict->first },
        { "plain", verdict->patterns == 0 }, { "innocent", !accuses(verdict) },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(word, words[i].word) == 0) {
            demand(claim, words[i].holds, word);
            return true;
        }
    }
    return false;
}

static bool word_of_cause(const script_claim_t *claim, const char *word, const char *value)
{
    const rst_verdict_t *verdict = &claim->verdict;

    if (strcmp(word, "alt") == 0)
        demand(claim, has_alternative(verdict, cause_of(value)), "alternative missing");
    else if (strcmp(word, "not") == 0)
        demand(claim, verdict->cause != cause_of(value), "this verdict is wrong");
    else if (strcmp(word, "never") == 0)
        demand(claim, verdict->cause != cause_of(value) && !has_alternative(verdict, cause_of(value)),
               "neither verdict nor alternative may be this");
    else if (strcmp(word, "early") == 0)
        demand(claim, claim->run->provisional[claim->reset] == cause_of(value), "provisional verdict");
    else
        return false;
    return true;
}

static bool has_evidence(const rst_verdict_t *verdict, const char *text)
{
    for (unsigned i = 0; i < verdict->evidences; i++) {
        if (strstr(verdict->evidence[i].text, text))
            return true;
    }
    return false;
}

/* Texts of the verdict in which a word is to be found; "none" = there is no such text. */
static bool word_of_text(const script_claim_t *claim, const char *word, const char *value)
{
    const rst_verdict_t *verdict = &claim->verdict;
    const struct {
        const char *word, *text;
    } words[] = {
        { "tells", verdict->summary },
        { "says", verdict->declared.text },
        { "seen", verdict->points_seen },
        { "missing", verdict->points_missing },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(word, words[i].word) == 0) {
            demand(claim, words[i].text ? strstr(words[i].text, value) != NULL : strcmp(value, "none") == 0, word);
            return true;
        }
    }
    if (strcmp(word, "omits") == 0) {
        demand(claim, !strstr(verdict->summary, value), word);
        return true;
    }
    if (strcmp(word, "shows") != 0 && strcmp(word, "hides") != 0)
        return false;
    demand(claim, has_evidence(verdict, value) == (*word == 's'), word);
    return true;
}

static bool word_of_name(const script_claim_t *claim, const char *word, const char *value)
{
    const rst_verdict_t *verdict = &claim->verdict;
    const struct {
        const char *word, *name;
    } words[] = {
        { "by", rst_sender_name(verdict->sender) },
        { "phase", rst_phase_name(verdict->phase) },
        { "valid", rst_validity_name(verdict->validity) },
        { "accepted", truth_name(verdict->accepted) },
        { "capture", rst_capture_side_name(verdict->capture_side) },
        { "source", verdict->declared.source ? verdict->declared.source : "none" },
    };

    if (strcmp(word, "pattern") == 0) {
        demand(claim, has_pattern(verdict, value), "pattern missing");
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(word, words[i].word) == 0) {
            demand(claim, strcmp(value, words[i].name) == 0, word);
            return true;
        }
    }
    return false;
}

static bool word_of_number(const script_claim_t *claim, const char *word, const char *value)
{
    const rst_verdict_t *verdict = &claim->verdict;
    const struct {
        const char *word;
        int64_t number;
    } words[] = {
        { "trigger", verdict->trigger },  { "retx", verdict->retransmissions },
        { "probes", verdict->probes },    { "delta", verdict->hop_delta },
        { "ordinal", verdict->ordinal },  { "contradicted", verdict->contradicted_by },
        { "code", verdict->declared.has_code ? (int64_t)verdict->declared.code : -1 },
        { "sure_early", claim->run->sure_early[claim->reset] },
        { "second", verdict->alternatives ? verdict->alternative[0].confidence : -1 },
        { "idle", verdict->idle == RST_DURATION_NONE ? -1 : verdict->idle / SECOND },
    };
    int64_t wanted = strcmp(value, "none") == 0 ? (strcmp(word, "delta") == 0 ? RST_HOPS_NONE : -1)
                                                : g_ascii_strtoll(value, NULL, 10);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(word, words[i].word) == 0) {
            demand(claim, words[i].number == wanted, word);
            return true;
        }
    }
    return false;
}

static void check_share(const script_claim_t *claim, const char *text)
{
    unsigned low = 0, high = 0;

    if (sscanf(text, "%u-%u", &low, &high) != 2 || low > high)
        g_error("bad confidence: %s", text);
    demand(claim, claim->verdict.confidence >= low && claim->verdict.confidence <= high, "confidence");
}

static void check_words(const script_claim_t *claim, char **word)
{
    if (*word && g_ascii_isdigit(**word))
        check_share(claim, *word++);
    while (*word) {
        if (word_alone(claim, *word)) {
            word++;
            continue;
        }
        if (!word[1] || !(word_of_cause(claim, word[0], word[1]) || word_of_name(claim, word[0], word[1]) ||
                          word_of_text(claim, word[0], word[1]) ||
                          word_of_number(claim, word[0], word[1])))
            g_error("unknown expectation %s in %s", *word, claim->text);
        word += 2;
    }
}

/* The words of a frame's clues, in the order of their bits. */
static const char *const clue_names[] = {"seq", "ack", "hops", "ts", "sum", "far"};

static void fail_fit(const script_claim_t *claim, uint64_t found)
{
    GString *text = g_string_new(NULL);

    for (uint32_t frame = 1; frame <= claim->run->frame; frame++) {
        unsigned clues = rst_engine_foreign(claim->run->engine, frame);

        if (clues)
            g_string_append_printf(text, " frame %u:", frame);
        for (size_t i = 0; i < G_N_ELEMENTS(clue_names); i++) {
            if (clues & (1u << i))
                g_string_append_printf(text, " %s", clue_names[i]);
        }
    }
    g_test_message("%s:%d [%s] expected \"%s\", got %" PRIu64 "; foreign:%s", claim->file, claim->line,
                   claim->run->variant->name, claim->text, found, text->str);
    g_test_fail();
    g_string_free(text, TRUE);
}

static void check_count(const script_claim_t *claim, const char *wanted, uint64_t found)
{
    unsigned low = 0, high = 0;
    int read = wanted ? sscanf(wanted, "%u-%u", &low, &high) : 0;

    if (read < 1)
        g_error("bad count: %s", claim->text);
    if (found < low || found > (read == 2 ? high : low))
        fail_fit(claim, found);
}

/* At least these clues. */
static void check_clues(const script_claim_t *claim, char **word)
{
    unsigned clues = rst_engine_foreign(claim->run->engine, (uint32_t)atoi(word[0]));

    for (word++; *word; word++) {
        unsigned bit = 0;

        while (bit < G_N_ELEMENTS(clue_names) && strcmp(*word, clue_names[bit]) != 0)
            bit++;
        if (bit == G_N_ELEMENTS(clue_names))
            g_error("unknown clue %s in %s", *word, claim->text);
        if (!(clues & (1u << bit)))
            fail_fit(claim, 0);
    }
    if (!clues)
        fail_fit(claim, 0);
}

/* What is claimed of the segments, not of a reset. */
static bool check_fit(const script_claim_t *claim, char **word)
{
    rst_fit_counts_t counts = rst_engine_fit_counts(claim->run->engine);

    if (*word && strcmp(*word, "foreign") == 0)
        check_count(claim, word[1], counts.foreign);
    else if (*word && strcmp(*word, "doubtful") == 0)
        check_count(claim, word[1], counts.doubtful);
    else if (*word && strcmp(*word, "misfit") == 0 && word[1])
        check_clues(claim, word + 1);
    else
        return false;
    return true;
}

static void check_claim(script_claim_t *claim, char **word)
{
    script_run_t *run = claim->run;

    if (check_fit(claim, word))
        return;

    claim->reset = run->resets - 1;
    if (*word && **word == '#')
        claim->reset = (unsigned)atoi(*word++ + 1) - 1;
    if (claim->reset >= run->resets)
        g_error("%s: the script has %u resets", claim->text, run->resets);
    rst_engine_classify(run->engine, script_reset(run, claim->reset), &run->answers.memory, true, &claim->verdict);
    if (strcmp(*word, "*") != 0)
        demand(claim, claim->verdict.cause == cause_of(*word), "cause");
    check_words(claim, word + 1);
}

/* Words without the empty ones that double spaces give. */
static char **split_words(const char *text)
{
    char **word = g_strsplit_set(text, " ", -1);
    unsigned used = 0;

    for (unsigned i = 0; word[i]; i++) {
        if (*word[i])
            word[used++] = word[i];
        else
            g_free(word[i]);
    }
    word[used] = NULL;
    return word;
}

void script_expect(script_run_t *run, const char *file, int line, const char *expected)
{
    char **part = g_strsplit(expected, ";", -1);

    for (unsigned i = 0; part[i]; i++) {
        char **word = split_words(part[i]);
        script_claim_t claim = { .run = run, .file = file, .line = line, .text = part[i] };

        check_claim(&claim, word);
        g_strfreev(word);
    }
    g_strfreev(part);
}
