/* judge.c
 * Reaching a verdict: asks the rules in order, distributes the confidence, adds what was measured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/judge.h"

#include <assert.h>

#include "answer/foreign.h"
#include "declared/declared.h"
#include "judge/alternatives.h"
#include "judge/at_kernel.h"
#include "judge/at_points.h"
#include "judge/at_witness.h"
#include "judge/limits.h"
#include "judge/measure.h"
#include "judge/patterns.h"
#include "judge/rewritten_between.h"
#include "judge/statement.h"
#include "judge/strangers.h"
#include "judge/unkept.h"
#include "judge/unseen.h"
#include "judge/view.h"
#include "judge/why.h"
#include "rules/accept.h"
#include "rules/active.h"
#include "rules/artefact.h"
#include "rules/both_closed.h"
#include "rules/device.h"
#include "rules/distance.h"
#include "rules/elimination.h"
#include "rules/explain.h"
#include "rules/given_up.h"
#include "rules/guess.h"
#include "rules/handshake.h"
#include "rules/mismatch.h"
#include "rules/nat.h"
#include "rules/network.h"
#include "rules/no_connection.h"
#include "rules/policy.h"
#include "rules/predicates.h"
#include "rules/probe.h"
#include "rules/reactive.h"
#include "rules/refusal.h"
#include "rules/refused.h"
#include "rules/rejected.h"
#include "rules/repeat.h"
#include "rules/reuse.h"
#include "rules/rewritten.h"
#include "rules/sizes.h"
#include "rules/subflow.h"
#include "rules/syn_sent.h"
#include "rules/timer.h"
#include "rules/unwanted_data.h"

#define UNDETERMINED_SHARE 20
#define SENT_AGAIN_DOUBT 20 /* a network may double a single packet */

static const rst_rule_t *const groups[] = {
    rst_rules_artefact,    rst_rules_guess,    rst_rules_nat,           rst_rules_both_closed, rst_rules_policy,
    rst_rules_network,     rst_rules_device,   rst_rules_distance,      rst_rules_rewritten,   rst_rules_repeat,
    rst_rules_mismatch,    rst_rules_syn_sent, rst_rules_handshake,     rst_rules_probe,       rst_rules_given_up,
    rst_rules_accept,      rst_rules_reuse,    rst_rules_rejected,      rst_rules_refused,     rst_rules_subflow,
    rst_rules_timer,       rst_rules_reactive, rst_rules_no_connection, rst_rules_active,      rst_rules_unwanted_data,
    rst_rules_elimination,
};

static bool may_apply(const rst_rule_t *rule, unsigned form, bool again)
{
    return (rule->forms >> form & 1) && !(rule->flags & (again ? RST_RULE_FIRST : RST_RULE_AGAIN));
}

/* Lists the rules to ask, so that in a scan or a storm of resets three quarters of the rows are never touched. */
static void choose(const rst_rule_t **chosen, unsigned form, bool again)
{
    unsigned count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        for (const rst_rule_t *rule = groups[i]; rule->match; rule++) {
            if (!may_apply(rule, form, again))
                continue;
            g_assert(count + 1 < RST_CHOSEN_MAX);
            assert(!rule->explain == ((rule->flags & RST_RULE_ALTERNATIVE) != 0));
            assert(!(rule->flags & RST_NEEDS_NOTHING) == ((rule->flags & RST_NEEDS_ALL) != 0));
            chosen[count++] = rule;
        }
    }
    chosen[count] = NULL;
}

void rst_judge_open(rst_judge_t *judge, rst_chosen_t *chosen, const rst_file_t *file, const rst_points_t *points)
{
    judge->file = file;
    judge->points = points;
    judge->chosen = chosen;
}

static bool is_again(const rst_view_t *view)
{
    return view->reset->own_last.at.pass_index != 0;
}

const rst_rule_t *const *rst_judge_rules(const rst_judge_t *judge, rst_form_t form, bool again)
{
    const rst_rule_t **rules = judge->chosen->rules[form][again];

    if (!rules[0])
        choose(rules, form, again);
    return rules;
}

/* Whoever sent a reset that does not fit its sender knows nothing of the connection: neither a host nor a device that
 * follows it. */
static bool may_explain_stray(const rst_rule_t *rule)
{
    return rst_cause_is(rule->cause, RST_TRAIT_FORGED) || rule->cause == RST_CAUSE_BLIND_RESET ||
           rst_cause_info(rule->cause)->category == RST_CATEGORY_ARTEFACT;
}

#ifndef NDEBUG
#ifndef RST_DECLINE_SHARE
#define RST_DECLINE_SHARE 1 /* fuzzers check one verdict in so many: this costs more than all the rest of it */
#endif

/* For an assertion: every rule that was not asked would have declined. */
static bool others_decline(const rst_view_t *view)
{
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        for (const rst_rule_t *rule = groups[i]; rule->match; rule++) {
            if (!may_apply(rule, view->reset->form, is_again(view)) && rule->match(view))
                return false;
        }
    }
    return true;
}
#endif

/* Called for each rule that matched. */
static void weigh(const rst_view_t *view, const rst_rule_t *rule, unsigned said, rst_outcome_t *outcome)
{
    rst_limit_t limit;
    unsigned confidence = rst_limited(view, rule, said, &limit);
    bool leads = !outcome->primary && confidence >= RST_LEADS;

    assert(!(rule->flags & RST_RULE_ALTERNATIVE) || said < RST_LEADS);
    rst_why_rule(view, rule, said, confidence, limit, leads);
    if (leads) {
        outcome->primary = rule;
        outcome->confidence = confidence;
        outcome->said = said;
        outcome->honest = limit == RST_LIMIT_HONEST;
        outcome->reading = limit == RST_LIMIT_READING;
    } else if (confidence) {
        rst_outcome_note(outcome, rule->cause, confidence);
    }
}

static void ask_all(const rst_judge_t *judge, const rst_view_t *view, rst_outcome_t *outcome)
{
    const rst_rule_t *const *chosen = rst_judge_rules(judge, (rst_form_t)view->reset->form, is_again(view));
    bool stray = rst_fit_by(view->reset->clues) == RST_FOREIGN;

    assert((view->reset->seq ^ view->reset->at.pass_index) % RST_DECLINE_SHARE || others_decline(view));
    outcome->primary = NULL;
    outcome->confidence = 0;
    outcome->said = 0;
    outcome->honest = false;
    outcome->reading = false;
    outcome->others = 0;
    for (; *chosen; chosen++) {
        unsigned said = stray && !may_explain_stray(*chosen) ? 0 : (*chosen)->match(view);

        if (said)
            weigh(view, *chosen, said, outcome);
        else if (view->why)
            rst_why_rule(view, *chosen, 0, 0, RST_LIMIT_NONE, false);
    }
    rst_why_declined(view);
}

static bool is_beginning_dropped(const rst_reset_t *reset)
{
    return reset->dropped && !reset->opened;
}

static void explain_undetermined(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const char *why = is_beginning_dropped(reset) ? "what the connection did before was dropped to save memory"
                      : !view->own->segments && !view->peer->segments
                          ? "the capture shows no other packet of this connection"
                      : !view->own->segments          ? "the capture shows nothing but resets from its side"
                      : reset->form == RST_FORM_AHEAD ? "its sequence number is ahead of everything this side sent"
                      : reset->form == RST_FORM_BELOW ? "its sequence number lies below what this side had sent"
                                                      : "the capture shows too little of this connection";

    if (!reset->at.pass_index) {
        rst_summary(view,
                    "Cannot tell: what was known of this reset was dropped to save memory. Allow more memory in the "
                    "preferences");
        return;
    }
    rst_summary(view, "Cannot tell: %s. Capture the whole connection, at both ends if possible", why);
    rst_evidence_add(view, reset->at.pass_index,
                     (reset->known & RST_HAS_WINDOW) ? "%s at SEQ %u, window %u" : "%s at SEQ %u", rst_shape(view),
                     reset->seq, reset->window);
    rst_explain_sizes(view);
    if (!is_beginning_dropped(reset))
        rst_explain_history(view);
    rst_explain_distance(view);
}

static rst_sender_t sender_of(const rst_view_t *view, const rst_rule_t *rule)
{
    const rst_reset_t *reset = view->reset;

    if (!reset->at.pass_index)
        return RST_SENDER_UNKNOWN;
    if (rule && (rule->flags & RST_RULE_MIDDLEBOX))
        return view->verdict->confidence >= RST_LIKELY ? RST_SENDER_MIDDLEBOX : RST_SENDER_UNKNOWN;
    if (!rule && rst_hop_jump(view))
        return RST_SENDER_UNKNOWN;
    if (rst_fit_by(reset->clues) == RST_FOREIGN || (rule && (rule->flags & RST_RULE_SENDER_UNKNOWN)) ||
        (rule && rst_cause_is(rule->cause, RST_TRAIT_FROM_NOBODY)))
        return RST_SENDER_UNKNOWN;
    if (rule && rst_cause_is(rule->cause, RST_TRAIT_FROM_ANYWHERE) && rst_hop_jump(view))
        return RST_SENDER_MIDDLEBOX;
    /* Nobody knows who guesses, unless the packet bears what only the host knows. */
    if (rule && rule->cause == RST_CAUSE_BLIND_RESET && !rst_looks_genuine(view))
        return RST_SENDER_UNKNOWN;
    if (!reset->role_known && reset->story->port[0] == reset->story->port[1])
        return RST_SENDER_UNKNOWN;
    return rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;
}

static void conclude(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    rst_verdict_t *verdict = view->verdict;
    const rst_rule_t *rule = outcome->primary;

    verdict->cause = rule ? rule->cause : RST_CAUSE_UNDETERMINED;
    verdict->confidence = (uint8_t)(rule ? outcome->confidence : UNDETERMINED_SHARE);
    verdict->said = (uint8_t)(rule ? outcome->said : UNDETERMINED_SHARE);
    verdict->benign = rule && (rule->flags & RST_RULE_BENIGN);
    verdict->sender = sender_of(view, rule);
    if (rule && (rule->flags & RST_RULE_DUPLICATE))
        verdict->trigger = rst_frames_number(&view->file->frames, view->reset->late_duplicate.pass_index);
    if (rule) {
        rst_measure_counts(view, rule);
        rule->explain(view);
    } else {
        explain_undetermined(view);
    }
    rst_statement_suggest(view, outcome, statement);
    if (view->reset->dropped)
        rst_evidence_add(view, view->reset->dropped,
                         "What was known of these addresses and ports up to here was dropped to save memory");
    if (view->reset->from_closed_summary)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "The connection had closed long before: only a summary of its packets was kept");
    if (rule)
        rst_unkept_tell(view, rst_unkept_by(view, rule, rst_rule_accuses(rule)));
    if (rule)
        rst_unseen_tell(view, rst_unseen_by(view, rule));
    if (outcome->reading)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "What comes later in the capture is not known yet and may still explain the reset");
    if (view->reset->story->merged_places)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "The file shows this connection from two places on one interface: distance and time prove "
                         "nothing. Merge with mergecap -I none");
    rst_share_rest(view, outcome);
}

/* A copy has the verdict on its original as an alternative. */
static void apply_original(const rst_judge_t *judge, const rst_view_t *view)
{
    const rst_reset_t *original = view->reset->original;
    rst_verdict_t verdict;
    unsigned left = 100u - view->verdict->confidence;

    if (!original)
        return;
    rst_judge_verdict(judge, original, view->memory, false, &verdict);
    view->verdict->alternatives = 0;
    view->verdict->sender = verdict.sender;
    rst_alternative_add(view->verdict, verdict.cause, left, &left);
}

/* The verdict from one capture point alone. Returns whether an honest maximum holds it down. */
static bool classify_here(const rst_judge_t *judge, const rst_view_t *view)
{
    rst_statement_t statement = rst_declared_read(view->reset, view->prefs, view->memory, view->texts);
    rst_outcome_t outcome;

    memset(view->verdict, 0, sizeof *view->verdict);
    view->verdict->summary = "";
    rst_measure(view);
    rst_why_begin(view, rst_has_history(view));
    ask_all(judge, view, &outcome);
    conclude(view, &outcome, &statement);
    rst_why_step(view, "by the rules:");
    rst_statement_apply(view, &outcome, &statement);
    rst_why_step(view, "by its own statement:");
    rst_at_kernel_apply(view, judge->join);
    rst_why_step(view, "by its kernel:");
    apply_original(judge, view);
    rst_why_step(view, "as a copy:");
    return outcome.honest && view->verdict->cause == outcome.primary->cause &&
           view->verdict->confidence == outcome.confidence;
}

static rst_view_t view_of(const rst_judge_t *judge, const rst_reset_t *reset, const rst_compare_t *compare,
                          const rst_memory_t *memory, bool texts, rst_verdict_t *verdict, rst_why_t *why)
{
    rst_view_t view = rst_view_of(judge->file, judge->points, reset);

    view.memory = memory;
    view.from_host = compare->from_host;
    view.texts = texts;
    view.verdict = verdict;
    view.why = why;
    return view;
}

static void classify_all(const rst_judge_t *judge, const rst_reset_t *reset, const rst_compare_t *compare,
                         const rst_memory_t *memory, bool texts, rst_verdict_t *verdict, rst_why_t *why)
{
    rst_view_t view = view_of(judge, reset, compare, memory, texts, verdict, why);

    bool limited = classify_here(judge, &view);
    unsigned confidence = verdict->confidence;

    rst_at_points_apply(&view, compare);
    rst_why_step(&view, "by other capture points:");
    /* Not where another point or a kernel has decided. */
    if (limited && verdict->confidence == confidence)
        rst_evidence_add(&view, reset->at.pass_index,
                         "No surer than this, because something forged could look the same: a capture at %s would "
                         "decide",
                         rst_who_own(&view));
    rst_at_witness_apply(&view, judge->witnesses);
    rst_why_step(&view, "by other witnesses:");
    rst_strangers_name(&view);
    rst_pattern_label(&view);
    rst_why_end(&view);
}

/* Its sender sent it more than once: what made the first made this one. */
static void tell_sent_again(const rst_judge_t *judge, const rst_reset_t *reset, const rst_compare_t *compare,
                            const rst_memory_t *memory, bool texts, rst_verdict_t *verdict)
{
    rst_view_t view = view_of(judge, reset, compare, memory, texts, verdict, NULL);
    const rst_moment_t first = reset->original->at;
    const rst_verdict_t told = *verdict;
    unsigned left = 100u - verdict->confidence;

    rst_summary(&view, "The same reset as in %s, sent again %s later. %s", rst_where(&view, first.pass_index),
                rst_span(&view, rst_elapsed(first, reset->at)), verdict->summary);
    rst_evidence_add(&view, first.pass_index,
                     "Same numbers, flags and window. No other packet of the connection is in the capture twice");
    verdict->alternatives = 0;
    rst_alternative_add(verdict, RST_CAUSE_DUPLICATE, MIN(SENT_AGAIN_DOUBT, left / 2), &left);
    for (unsigned i = 0; i < told.alternatives; i++)
        rst_alternative_add(verdict, told.alternative[i].cause, told.alternative[i].confidence, &left);
}

/* The copy of the reset at the point that explains it best; of equals, the one nearest to the sender. */
static const rst_reset_t *find_leader(const rst_judge_t *judge, const rst_reset_t *reset, const rst_compare_t *compare,
                                      const rst_memory_t *memory)
{
    const rst_reset_t *copy[RST_AT_POINTS_MAX];
    unsigned copies = rst_compare_copies(judge->points, reset, compare, copy);
    const rst_reset_t *leader = copy[0];
    unsigned best = 0;

    for (unsigned i = 0; copies > 1 && i < copies; i++) {
        rst_verdict_t verdict;
        rst_view_t view = view_of(judge, copy[i], compare, memory, false, &verdict, NULL);

        classify_here(judge, &view);
        if (rst_rewritten_between_apply(&view))
            return copy[i];
        if (verdict.cause == RST_CAUSE_UNDETERMINED || verdict.said <= best)
            continue;
        best = verdict.said;
        leader = copy[i];
    }
    return leader;
}

static void judge_reset(const rst_judge_t *judge, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                        rst_verdict_t *verdict, rst_why_t *why)
{
    const rst_reset_t *leader;
    rst_compare_t compare;
    rst_verdict_t own;
    bool follows;

    rst_compare(judge->points, reset, &compare);
    follows = compare.nearest != NULL;
    leader = find_leader(judge, reset->sent_again ? reset->original : reset, &compare, memory);
    if (leader == reset) {
        classify_all(judge, reset, &compare, memory, texts, verdict, why);
        verdict->first = verdict->first && !follows;
        return;
    }
    /* One event at two points has one explanation, but each point has its own measurements. */
    classify_all(judge, reset, &compare, memory, false, &own, NULL);
    rst_compare(judge->points, leader, &compare);
    classify_all(judge, leader, &compare, memory, texts, verdict, why);
    verdict->first = own.first && !follows;
    verdict->ordinal = own.ordinal;
    verdict->phase = own.phase;
    verdict->idle = own.idle;
    verdict->delay = own.delay;
    verdict->hop_delta = own.hop_delta;
    verdict->capture_side = own.capture_side;
    verdict->validity = own.validity;
    verdict->accepted = own.accepted;
    if (reset->sent_again)
        tell_sent_again(judge, reset, &compare, memory, texts, verdict);
}

void rst_judge_verdict(const rst_judge_t *judge, const rst_reset_t *reset, const rst_memory_t *memory, bool texts,
                       rst_verdict_t *verdict)
{
    judge_reset(judge, reset, memory, texts, verdict, NULL);
}

const char *rst_judge_explain(const rst_judge_t *judge, const rst_reset_t *reset, const rst_memory_t *memory)
{
    rst_verdict_t verdict;
    rst_why_t why;

    rst_why_open(&why);
    judge_reset(judge, reset, memory, false, &verdict, &why);
    return rst_why_close(&why, memory);
}
