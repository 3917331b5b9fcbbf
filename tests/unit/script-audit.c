/* script-audit.c
 * Implementation for what must hold for every verdict, whatever the input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include "base/text.h"

/* Goes on after a failure: one run shows all of them. */
#define AUDIT(holds)                                                                                                   \
    do {                                                                                                               \
        if (!(holds))                                                                                                  \
            complain(#holds);                                                                                          \
    } while (0)

static const char *described; /* the verdict that is being audited, for messages */

static void complain(const char *claim)
{
    g_test_message("does not hold: %s\n    %s", claim, described);
    g_test_fail();
}

static const char *describe(const script_run_t *run, unsigned reset, const rst_memory_t *memory)
{
    GString *text = g_string_new(NULL);
    const char *copy;
    rst_verdict_t verdict;

    rst_engine_classify(run->engine, script_reset(run, reset), memory, true, &verdict);
    g_string_printf(text,
                    "#%u %s %u by %s, %s, %s, trigger %u, retx %u, probes %u, delta %d, contradicted %u, "
                    "early %s%s%s", reset + 1, rst_cause_info(verdict.cause)->token, verdict.confidence,
                    rst_sender_name(verdict.sender), rst_phase_name(verdict.phase),
                    rst_validity_name(verdict.validity), verdict.trigger, verdict.retransmissions, verdict.probes,
                    verdict.hop_delta, verdict.contradicted_by, rst_cause_info(run->provisional[reset])->token,
                    verdict.benign ? ", benign" : "", verdict.conflict ? ", conflict" : "");
    for (unsigned i = 0; i < verdict.alternatives; i++)
        g_string_append_printf(text, ", or %s %u", rst_cause_info(verdict.alternative[i].cause)->token,
                               verdict.alternative[i].confidence);
    g_string_append_printf(text, "\n    %s", verdict.summary);
    for (unsigned i = 0; i < verdict.evidences; i++)
        g_string_append_printf(text, "\n      %u: %s", verdict.evidence[i].frame, verdict.evidence[i].text);
    copy = memcpy(memory->alloc(memory->scope, text->len + 1), text->str, text->len + 1);
    g_string_free(text, TRUE);
    return copy;
}

const char *script_describe(script_run_t *run, unsigned reset)
{
    return describe(run, reset, &run->answers.memory);
}

/* All shares together are at most 100; no cause twice; the likeliest alternative first. */
static void audit_shares(const rst_verdict_t *verdict)
{
    unsigned sum = verdict->confidence;

    AUDIT(verdict->cause < RST_CAUSE_COUNT);
    AUDIT(verdict->confidence > 0);
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        const rst_alternative_t *alternative = &verdict->alternative[i];

        sum += alternative->confidence;
        AUDIT(alternative->confidence > 0);
        AUDIT(alternative->cause != verdict->cause);
        for (unsigned other = 0; other < i; other++) {
            AUDIT(verdict->alternative[other].cause != alternative->cause);
            AUDIT(verdict->alternative[other].confidence >= alternative->confidence);
        }
    }
    AUDIT(sum <= 100);
}

/* Exports split columns at tabs and lines at line ends. */
static void audit_text(const char *text)
{
    bool printable = text && *text;

    for (; text && *text; text++)
        printable = printable && *text >= 0x20 && *text < 0x7f;
    AUDIT(printable);
}

static void audit_texts(const script_run_t *run, const rst_verdict_t *verdict)
{
    audit_text(verdict->summary);
    AUDIT(!strstr(verdict->summary, "(null)"));
    AUDIT(verdict->evidences > 0);
    AUDIT(!strchr(verdict->summary, ';'));
    for (unsigned i = 0; i < verdict->evidences; i++) {
        audit_text(verdict->evidence[i].text);
        AUDIT(!strchr(verdict->evidence[i].text, ';'));
        AUDIT(verdict->evidence[i].frame > 0 || run->lossy);
        AUDIT(verdict->evidence[i].frame <= run->frame);
    }
    AUDIT(verdict->trigger <= run->frame);
    AUDIT(verdict->contradicted_by <= run->frame);
    if (verdict->declared.text)
        audit_text(verdict->declared.text);
}

/* Blaming a device in between needs a verdict, and no verdict must not look like one. */
static void audit_sender(const rst_verdict_t *verdict)
{
    if (verdict->sender == RST_SENDER_MIDDLEBOX)
        AUDIT(verdict->confidence >= 45);
    if (verdict->cause == RST_CAUSE_UNDETERMINED)
        AUDIT(verdict->confidence <= 20);
}

/* Asking again, or without texts, gives the same answer. */
static void audit_again(const script_run_t *run, const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    script_scope_t scope;
    rst_verdict_t again;

    script_scope_open(&scope);
    rst_engine_classify(run->engine, reset, &scope.memory, false, &again);
    AUDIT(again.cause == verdict->cause);
    AUDIT(again.confidence == verdict->confidence);
    AUDIT(again.sender == verdict->sender);
    AUDIT(again.alternatives == verdict->alternatives);
    AUDIT(again.evidences == verdict->evidences);
    for (unsigned i = 0; i < again.evidences; i++)
        AUDIT(again.evidence[i].frame == verdict->evidence[i].frame);
    AUDIT(again.benign == verdict->benign);
    AUDIT(again.conflict == verdict->conflict);
    AUDIT(g_strcmp0(again.declared.source, verdict->declared.source) == 0);
    script_scope_close(&scope);
}

void script_audit(const script_run_t *run, unsigned index)
{
    const rst_reset_t *reset = script_reset(run, index);
    script_scope_t scope;
    rst_verdict_t verdict;

    script_scope_open(&scope);
    described = describe(run, index, &scope.memory);
    rst_engine_classify(run->engine, reset, &scope.memory, true, &verdict);
    audit_shares(&verdict);
    audit_texts(run, &verdict);
    audit_sender(&verdict);
    audit_again(run, reset, &verdict);
    audit_text(rst_reset_filter(reset, &scope.memory));
    audit_text(rst_reset_server(reset, &scope.memory));
    script_scope_close(&scope);
}
