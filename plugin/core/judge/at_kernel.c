/* at_kernel.c
 * What a kernel's trace means for a verdict: its reason decides between causes that look the same on the wire; a reset
 * that the kernel did not report was not sent by its TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/at_kernel.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#include "trace/join.h"

#define SURE_MAX 97     /* clocks, addresses and ports may still mislead */
#define CONFLICT_MIN 85 /* a history this sure conflicts with a kernel that does not confirm it */
#define PATTERN "absent_in_kernel_trace"

typedef struct rst_reason_row {
    rst_cause_t cause; /* UNDETERMINED = the reason alone does not tell */
    uint8_t sure;
    const char *meaning;
    rst_kernel_path_t path;
} rst_reason_row_t;

static const rst_reason_row_t rows[RST_REASON_COUNT] = {
#define RST_REASON(value, name, cause, sure, meaning, path) {RST_CAUSE_##cause, sure, meaning, RST_KERNEL_PATH_##path},
#include "trace/kernel_reasons.def"
#undef RST_REASON
    {RST_CAUSE_UNDETERMINED, 20, "a reason of a later kernel", RST_KERNEL_PATH_ANY},
};

/* tcp_disconnect() and close() set TCP_CLOSE before they send; tcp_abort() (`ss -K`, SOCK_DESTROY) and the timer of an
 * orphan in FIN-WAIT-2 send while the socket is still in its old state. */
static const rst_reason_row_t killed = {RST_CAUSE_ADMIN_KILL, 92, "the socket was destroyed from outside (ss -K)",
                                        RST_KERNEL_PATH_DESTROY};
static const rst_reason_row_t expired = {RST_CAUSE_FIN_WAIT_TIMEOUT, 85, "FIN-WAIT-2 expired, or ss -K",
                                         RST_KERNEL_PATH_FIN_WAIT};

static rst_reason_row_t reason_row(const rst_view_t *view, const rst_event_t *event)
{
    rst_reason_row_t row = rows[event->reason];

    if (event->reason == RST_REASON_TCP_STATE && event->active && event->state == RST_STATE_FIN_WAIT2)
        return expired;
    if (event->reason == RST_REASON_TCP_STATE && event->active && event->state != RST_STATE_UNKNOWN &&
        event->state != RST_STATE_CLOSE)
        return killed;
    if (event->reason == RST_REASON_NO_SOCKET && view->reset->form == RST_FORM_REFUSAL) {
        row.cause = RST_CAUSE_CLOSED_PORT;
        row.sure = 95;
        row.meaning = "no socket for this SYN";
    }
    return row;
}

static bool is_artefact(rst_cause_t cause)
{
    return rst_cause_info(cause)->category == RST_CATEGORY_ARTEFACT;
}

static unsigned sum_of(const rst_verdict_t *verdict)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < verdict->alternatives; i++)
        sum += verdict->alternative[i].confidence;
    return sum;
}

/* Removes the alternatives that the reason excludes, and leading itself. Returns their total confidence. */
static unsigned drop_excluded(rst_verdict_t *verdict, const rst_reason_row_t *row, rst_cause_t leading)
{
    unsigned kept = 0;
    unsigned before = sum_of(verdict);

    for (unsigned i = 0; i < verdict->alternatives; i++) {
        if (rst_cause_has_path(verdict->alternative[i].cause, row->path) && verdict->alternative[i].cause != leading)
            verdict->alternative[kept++] = verdict->alternative[i];
    }
    verdict->alternatives = (uint8_t)kept;
    return before - sum_of(verdict);
}

/* Limits the alternatives to what the verdict leaves of 100 percent. */
static void shrink_alternatives(rst_verdict_t *verdict)
{
    unsigned left = 100u - verdict->confidence;
    unsigned sum = sum_of(verdict);
    unsigned kept = 0;

    for (unsigned i = 0; i < verdict->alternatives; i++) {
        rst_alternative_t other = verdict->alternative[i];

        if (sum > left)
            other.confidence = (uint8_t)(other.confidence * left / sum);
        if (other.confidence)
            verdict->alternative[kept++] = other;
    }
    verdict->alternatives = (uint8_t)kept;
}

/* Inserts an alternative by confidence, with at most what is left. */
static void add_alternative(rst_verdict_t *verdict, rst_cause_t cause, unsigned confidence)
{
    unsigned left = 100u - verdict->confidence - sum_of(verdict);
    unsigned at;

    confidence = MIN(confidence, left);
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        if (verdict->alternative[i].cause == cause)
            return;
    }
    if (!confidence || cause == verdict->cause || verdict->alternatives == RST_ALTERNATIVES_MAX)
        return;
    for (at = verdict->alternatives++; at > 0 && verdict->alternative[at - 1].confidence < confidence; at--)
        verdict->alternative[at] = verdict->alternative[at - 1];
    verdict->alternative[at] = (rst_alternative_t){cause, (uint8_t)confidence};
}

static rst_sender_t apparent_sender(const rst_view_t *view)
{
    return rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;
}

/* Only if a task's own call ended the connection; otherwise the traced task just happened to be running. */
static const char *process_of(const rst_view_t *view, const rst_event_t *event)
{
    const char *name;

    if (!view->texts || !event->process || !event->active || event->reason == RST_REASON_TCP_KEEPALIVE_TIMEOUT ||
        event->state == RST_STATE_FIN_WAIT2)
        return "";
    name = rst_escaped_text(view->memory, (const uint8_t *)event->process, strlen(event->process));
    return rst_text(view->memory, ", in process %s (%u)", name, event->pid);
}

static const char *name_of(const rst_view_t *view, const rst_event_t *event)
{
    const char *name = rst_reason_name(event);

    return view->texts ? rst_escaped_text(view->memory, (const uint8_t *)name, strlen(name)) : name;
}

static void declare(const rst_view_t *view, const rst_event_t *event)
{
    rst_declared_t *declared = &view->verdict->declared;
    /* What the kernel put into an MPTCP option says more than its name for the reason. */
    bool kept = view->verdict->stated && strcmp(declared->source, "mptcp_option") == 0;

    view->verdict->stated = true;
    if (kept)
        return;
    memset(declared, 0, sizeof *declared);
    declared->source = "kernel";
    declared->text = name_of(view, event);
}

static void explain_reason(const rst_view_t *view, const rst_event_t *event, const rst_reason_row_t *row, bool kept)
{
    const char *process = process_of(view, event);
    const char *before = view->verdict->summary;

    if (view->texts && kept)
        rst_summary(view, "%s. Its kernel says %s: %s%s", before, name_of(view, event), row->meaning, process);
    else
        rst_summary(view, "The kernel of %s says why it sent this reset: %s (%s)%s", rst_who_own(view),
                    name_of(view, event), row->meaning, process);
    rst_evidence_add(view, view->reset->at.pass_index, "The sender's own kernel reports this reset: %s%s",
                     name_of(view, event), process);
}

/* If the reason says something, it leads; if the history agrees, it refines the reason. */
static void apply_reason(const rst_view_t *view, const rst_event_t *event)
{
    rst_reason_row_t row = reason_row(view, event);
    rst_verdict_t *verdict = view->verdict;
    bool silent = row.cause == RST_CAUSE_UNDETERMINED;
    /* Even a reason without a name says that the host's own TCP sent the reset. */
    bool possible = rst_cause_has_path(verdict->cause, row.path) &&
                    !(rst_cause_info(verdict->cause)->traits & RST_TRAIT_SENT_ON_PATH);
    bool kept = verdict->cause == RST_CAUSE_UNDETERMINED ? silent : possible;
    unsigned history = verdict->confidence;
    unsigned dropped;

    declare(view, event);
    if (is_artefact(verdict->cause))
        return;
    verdict->sender = apparent_sender(view);
    verdict->conflict = !kept && history >= CONFLICT_MIN;
    dropped = drop_excluded(verdict, &row, kept ? verdict->cause : row.cause);
    if (kept && !silent) {
        unsigned share = dropped < 100 ? history * 100u / (100u - dropped) : SURE_MAX;

        if (verdict->cause == row.cause && share < row.sure)
            share = row.sure;
        verdict->confidence = (uint8_t)MAX(MIN(share, SURE_MAX), history);
    } else if (!kept) {
        verdict->cause = row.cause;
        verdict->confidence = row.sure;
        verdict->benign = false;
    }
    shrink_alternatives(verdict);
    if (!silent && verdict->cause != row.cause)
        add_alternative(verdict, row.cause, 100u - verdict->confidence);
    explain_reason(view, event, &row, kept);
}

/* Makes this cause the verdict; what the history said remains as an alternative. */
static void take_over(const rst_view_t *view, rst_cause_t cause, unsigned confidence, rst_sender_t sender)
{
    rst_verdict_t *verdict = view->verdict;
    rst_cause_t history = verdict->cause;

    verdict->alternatives = 0;
    verdict->cause = cause;
    verdict->confidence = (uint8_t)confidence;
    verdict->sender = sender;
    verdict->benign = false;
    if (history != RST_CAUSE_UNDETERMINED)
        add_alternative(verdict, history, (100u - confidence) / 2);
}

/* The kernel's TCP did not send it. If it came from nearer than the host, a device did; from as far as the
 * host, most likely its own packet filter. If from farther or unknown, perhaps a guest behind the host did, so
 * nobody is accused. */
static void apply_absence(const rst_view_t *view, unsigned around)
{
    rst_verdict_t *verdict = view->verdict;
    bool refusal = view->reset->form == RST_FORM_REFUSAL;
    int8_t delta = rst_hop_delta(view);

    if (is_artefact(verdict->cause) || verdict->stated)
        return;
    rst_evidence_add(view, view->reset->at.pass_index,
                     "The kernel of %s reports no such reset, but all %u of its resets just before and after",
                     rst_who_own(view), around);
    rst_pattern_add(view, PATTERN);
    if (rst_cause_is(verdict->cause, RST_TRAITS_ACCUSING)) {
        verdict->confidence = (uint8_t)(verdict->confidence + (SURE_MAX - MIN(SURE_MAX, verdict->confidence)) * 2 / 3);
        shrink_alternatives(verdict);
        return;
    }
    if (delta == RST_HOPS_NONE || delta > 0) {
        verdict->confidence /= 2;
        verdict->sender = RST_SENDER_UNKNOWN;
        add_alternative(verdict, refusal ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_INJECTED, verdict->confidence);
        return;
    }
    if (delta < 0)
        take_over(view, refusal ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_INJECTED, 85, RST_SENDER_MIDDLEBOX);
    else
        take_over(view, refusal ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_POLICY_RESET, refusal ? 85 : 70,
                  apparent_sender(view));
    rst_summary(view, "Not sent by the TCP of %s, whose kernel reports no such reset: %s", rst_who_own(view),
                delta < 0 ? "it came from nearer than the host" : "most likely a packet filter on that host");
}

void rst_at_kernel_apply(const rst_view_t *view, rst_join_t *join)
{
    rst_kernel_report_t report;

    /* During the first pass, a reset is classified as soon as it comes, before later resets can be joined. */
    if (!join || !rst_join_report(join, view->reset, view->reset->at.pass_index != view->file->now.pass_index, &report))
        return;
    if (report.sent)
        apply_reason(view, report.sent);
    else if (report.absent)
        apply_absence(view, report.neighbors);
    if (!report.received)
        return;
    view->verdict->accepted = RST_YES;
    rst_evidence_add(view, view->reset->at.pass_index, "The kernel of %s reports that it took this reset",
                     rst_who_peer(view));
}

static const char *offset_text(const rst_memory_t *memory, int64_t offset)
{
    if (offset == RST_TIME_NONE)
        return "";
    return rst_text(memory, ", clocks differ by %s", rst_duration_text(memory, rst_time_abs(offset)));
}

static const char *limits_text(const rst_trace_t *trace)
{
    if (trace->full)
        return ". The trace is too long, its end was not read";
    return trace->lost ? ". The recorder lost events, so a missing one means nothing" : "";
}

const char *rst_at_kernel_note(rst_join_t *join, const rst_memory_t *memory, bool *fits)
{
    rst_join_sum_t sum;

    if (!join)
        return NULL;
    sum = rst_join_sum(join);
    *fits = sum.matched > 0;
    if (sum.matched)
        return rst_text(memory, "Kernel trace: %u of %u resets found among %u events%s%s", sum.matched, sum.resets,
                        sum.sent, offset_text(memory, sum.offset), limits_text(sum.trace));
    return rst_text(memory,
                    "Kernel trace: none of its %u events belongs to a reset of this capture (another host, another "
                    "time, or translated addresses)%s",
                    sum.sent + sum.received, limits_text(sum.trace));
}
