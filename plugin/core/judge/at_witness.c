/* at_witness.c
 * Anybody can write a log, and a device may be wrong. A line counts as far as it is joined beyond doubt and the packets
 * do not contradict it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/at_witness.h"

#include "judge/alternatives.h"
#include "judge/quotes.h"
#include "logs/reader.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define BY_ITSELF 95    /* the device tells that very packet */
#define BY_SESSION 92   /* or how the session ended */
#define BY_DROP 85      /* it dropped what the reset answers; whether it answers is up to its configuration */
#define CONFLICT_MIN 85 /* a history this sure */
#define SUPPORTED 90    /* what a line that names no cause can add up to */

typedef enum weight {
    WEIGHT_NONE,
    WEIGHT_SAW,      /* the reset passed */
    WEIGHT_NO_STATE, /* the device knew no such connection */
    WEIGHT_SETTLES
} weight_t;

typedef struct claim {
    weight_t weight;
    rst_cause_t cause;
    unsigned confidence;
    bool on_path; /* a device or packet filter sent the reset */
} claim_t;

static bool is_refusal(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_REFUSAL;
}

static bool is_trigger(const rst_view_t *view, const rst_testimony_t *testimony)
{
    return testimony->sight && view->trigger && testimony->sight == view->trigger->moment.pass_index;
}

/* Of several resets of a connection, a line about its end means that which it was joined with, or else the first. */
static bool is_meant(const rst_view_t *view, const rst_testimony_t *testimony)
{
    if (testimony->sight && (testimony->flags & RST_FLAG_RST))
        return testimony->itself;
    return view->reset->ordinal == 1;
}

static claim_t by_device(const rst_view_t *view, const rst_testimony_t *testimony)
{
    rst_cause_t cause = is_refusal(view) ? RST_CAUSE_FIREWALL_REJECT : RST_CAUSE_POLICY_RESET;

    if (!is_meant(view, testimony))
        return (claim_t){.weight = WEIGHT_NONE};
    return (claim_t){WEIGHT_SETTLES, cause, testimony->itself || is_trigger(view, testimony) ? BY_ITSELF : BY_SESSION,
                     true};
}

/* The timer can only have ended what was idle by then, and the reset comes when somebody goes on, or at once. */
static claim_t by_idle(const rst_view_t *view, const rst_testimony_t *testimony)
{
    const rst_kept_t *kept = testimony->kept;
    int64_t slack = rst_time_add(RST_SECOND, kept->error == RST_TIME_NONE ? 0 : kept->error);
    bool before = testimony->time != RST_TIME_NONE && view->reset->at.time != RST_TIME_NONE &&
                  rst_time_sub(testimony->time, slack) <= view->reset->at.time;
    bool silent = view->verdict->idle != RST_DURATION_NONE &&
                  (!kept->idle || rst_time_add(view->verdict->idle, slack) >= kept->idle);

    if (!before || !silent)
        return (claim_t){.weight = WEIGHT_NO_STATE};
    return (claim_t){WEIGHT_SETTLES, RST_CAUSE_DEVICE_IDLE_TIMEOUT, BY_SESSION, true};
}

/* A cause that the format states; only some say that a device sent the reset. */
static claim_t by_cause(const rst_view_t *view, const rst_testimony_t *testimony)
{
    rst_cause_t cause = testimony->kept->cause;

    if (!testimony->kept->acted || cause == RST_CAUSE_UNDETERMINED || !is_meant(view, testimony))
        return (claim_t){.weight = WEIGHT_NONE};
    return (claim_t){WEIGHT_SETTLES, cause, BY_SESSION, rst_cause_is(cause, RST_TRAIT_SENT_ON_PATH)};
}

/* What it dropped is the SYN that the reset answers. */
static claim_t by_drop(const rst_view_t *view, const rst_testimony_t *testimony)
{
    if (!is_refusal(view) || !is_trigger(view, testimony))
        return (claim_t){.weight = testimony->kept->no_state ? WEIGHT_NO_STATE : WEIGHT_NONE};
    return (claim_t){WEIGHT_SETTLES, RST_CAUSE_FIREWALL_REJECT, BY_DROP, true};
}

static claim_t claim_of(const rst_view_t *view, const rst_testimony_t *testimony)
{
    const rst_kept_t *kept = testimony->kept;

    if (kept->state != RST_KEPT_JOINED)
        return (claim_t){.weight = WEIGHT_NONE};
    switch (kept->meaning) {
    case RST_MEANING_RESET_BY_DEVICE:
        return by_device(view, testimony);
    case RST_MEANING_REJECTED:
        if (is_refusal(view) ? is_trigger(view, testimony) || !testimony->sight : testimony->itself || !kept->packet)
            return by_device(view, testimony);
        return (claim_t){.weight = WEIGHT_NONE};
    case RST_MEANING_IDLE:
        return by_idle(view, testimony);
    case RST_MEANING_CAUSE:
        return by_cause(view, testimony);
    case RST_MEANING_NO_LISTENER:
        if (is_refusal(view))
            return (claim_t){WEIGHT_SETTLES, RST_CAUSE_CLOSED_PORT, BY_SESSION, false};
        return (claim_t){.weight = WEIGHT_NONE};
    case RST_MEANING_DROPPED:
        return by_drop(view, testimony);
    case RST_MEANING_RESET_BY_SRC:
    case RST_MEANING_RESET_BY_DST:
        return (claim_t){.weight = WEIGHT_SAW};
    default:
        return (claim_t){.weight = kept->no_state ? WEIGHT_NO_STATE : testimony->itself ? WEIGHT_SAW : WEIGHT_NONE};
    }
}

static rst_sender_t apparent_sender(const rst_view_t *view)
{
    return rst_from_client(view) ? RST_SENDER_CLIENT : RST_SENDER_SERVER;
}

/* Logs of packet filters may be those of the host itself; then the distance decides. */
static bool may_be_of_host(const rst_kept_t *kept)
{
    static const char *const tokens[] = {"netfilter", "nft_trace", "kernel_drop", "windows_event", "pfirewall"};
    const char *token = rst_reader((rst_reader_id_t)kept->reader)->token;

    for (unsigned i = 0; i < G_N_ELEMENTS(tokens); i++) {
        if (strcmp(token, tokens[i]) == 0)
            return true;
    }
    return false;
}

static rst_sender_t sender_of(const rst_view_t *view, const rst_kept_t *kept, const claim_t *claim)
{
    int8_t delta = rst_hop_delta(view);

    if (!claim->on_path)
        return apparent_sender(view);
    if (!may_be_of_host(kept))
        return RST_SENDER_MIDDLEBOX;
    if (delta == RST_HOPS_NONE || delta > 0)
        return RST_SENDER_UNKNOWN;
    return delta < 0 ? RST_SENDER_MIDDLEBOX : apparent_sender(view);
}

/* Do the packets show that the host itself sent the reset? Its kernel, a capture near it, or what only the host knows:
 * no device makes up a fitting timestamp, or the next IP ID at the same distance. */
static bool is_hosts_own(const rst_view_t *view)
{
    const rst_declared_t *declared = &view->verdict->declared;

    return view->from_host || (declared->source && strcmp(declared->source, "kernel") == 0) ||
           ((view->reset->known & RST_HAS_OPTIONS) && rst_looks_genuine(view));
}

static void declare(const rst_view_t *view, const rst_testimony_t *testimony, bool leads)
{
    rst_declared_t *declared = &view->verdict->declared;
    const rst_kept_t *kept = testimony->kept;

    if (declared->source && !leads)
        return;
    memset(declared, 0, sizeof *declared);
    declared->source = rst_reader((rst_reader_id_t)kept->reader)->token;
    declared->text = view->texts ? rst_quotes_words(kept, view->memory) : NULL;
    declared->from_wire = true;
    view->verdict->stated = leads;
}

static const char *deed(const rst_testimony_t *testimony, const claim_t *claim)
{
    if (testimony->kept->meaning == RST_MEANING_DROPPED)
        return "it dropped the SYN that the reset answers";
    if (claim->cause == RST_CAUSE_CLOSED_PORT)
        return "nobody listens there";
    if (claim->cause == RST_CAUSE_DEVICE_IDLE_TIMEOUT)
        return "its timer had ended the idle session";
    return claim->on_path ? "it refused or reset the connection itself" : rst_cause_info(claim->cause)->label;
}

/* What the history said stays as an alternative. */
static void take_over(const rst_view_t *view, const claim_t *claim, rst_sender_t sender)
{
    rst_verdict_t *verdict = view->verdict;
    rst_cause_t history = verdict->cause;
    unsigned before = verdict->confidence;
    unsigned left;

    verdict->cause = claim->cause;
    verdict->sender = sender;
    verdict->benign = false;
    verdict->alternatives = 0;
    verdict->confidence = (uint8_t)(history == claim->cause ? MAX(before, claim->confidence) : claim->confidence);
    left = 100u - verdict->confidence;
    if (history != claim->cause && history != RST_CAUSE_UNDETERMINED)
        rst_alternative_add(verdict, history, left / 2, &left);
}

/* Packets that look like those of a device cannot speak against one; others, of a history that is sure, can. */
static bool speaks_against(const rst_verdict_t *verdict)
{
    rst_category_t category = rst_cause_info(verdict->cause)->category;

    return verdict->confidence >= CONFLICT_MIN && category != RST_CATEGORY_REFUSED &&
           category != RST_CATEGORY_NETWORK && verdict->cause != RST_CAUSE_APP_ABORT;
}

static void settle(const rst_view_t *view, const rst_testimony_t *testimony, const claim_t *claim)
{
    const char *before = view->verdict->summary;
    bool same = view->verdict->cause == claim->cause;
    bool conflict = view->verdict->conflict || (!same && speaks_against(view->verdict));

    take_over(view, claim, sender_of(view, testimony->kept, claim));
    declare(view, testimony, true);
    view->verdict->conflict = conflict;
    if (view->texts && same)
        rst_summary(view, "%s. A log says the same (%s): %s%s", before, rst_quotes_place(testimony, view->memory),
                    deed(testimony, claim), rst_quotes_rule(testimony->kept, view->memory));
    else
        rst_summary(view, "A log says why (%s): %s%s", rst_quotes_place(testimony, view->memory),
                    deed(testimony, claim), rst_quotes_rule(testimony->kept, view->memory));
}

static void contradict(const rst_view_t *view, const rst_testimony_t *testimony, const char *what)
{
    view->verdict->conflict = true;
    declare(view, testimony, false);
    rst_evidence_add(view, view->reset->at.pass_index, "A log contradicts the packets (%s): %s",
                     rst_quotes_place(testimony, view->memory), what);
}

/* The verdict has a cause that a device without state explains. */
static void support_lost_state(const rst_view_t *view)
{
    rst_verdict_t *verdict = view->verdict;

    if (verdict->cause != RST_CAUSE_DEVICE_IDLE_TIMEOUT && verdict->cause != RST_CAUSE_SESSION_FAILOVER)
        return;
    if (verdict->confidence < SUPPORTED) {
        unsigned more = (SUPPORTED - verdict->confidence) / 2u;

        verdict->confidence = (uint8_t)(verdict->confidence + MIN(more, rst_not_shared(verdict)));
    }
}

/* A host may well have no listener; but it is not the host that answered. */
static bool is_anothers(const rst_view_t *view, const claim_t *claim)
{
    return claim->cause == RST_CAUSE_CLOSED_PORT && view->verdict->sender == RST_SENDER_MIDDLEBOX &&
           view->verdict->confidence >= CONFLICT_MIN;
}

/* The host itself sent the reset. That a timer had ended the session by then does not deny it. */
static void defend_host(const rst_view_t *view, const rst_testimony_t *testimony)
{
    if (testimony->kept->meaning == RST_MEANING_DROPPED)
        contradict(view, testimony, "it dropped the SYN, which the host itself answered");
    else if (testimony->kept->meaning != RST_MEANING_IDLE)
        contradict(view, testimony, "it claims the reset, which the host itself sent");
}

static void weigh(const rst_view_t *view, const rst_testimony_t *testimony, const claim_t *claim)
{
    if (claim->weight == WEIGHT_SETTLES && claim->on_path && is_hosts_own(view))
        defend_host(view, testimony);
    else if (claim->weight == WEIGHT_SETTLES && is_anothers(view, claim))
        contradict(view, testimony, "it says that nobody listens there, but the reset is not from that host");
    else if (claim->weight == WEIGHT_SETTLES)
        settle(view, testimony, claim);
    else if (claim->weight == WEIGHT_NO_STATE)
        support_lost_state(view);
    if (claim->weight == WEIGHT_SAW && testimony->unseen && view->reset->own_ordinal == 1)
        contradict(view, testimony, "it names the other side, of which the capture has no reset");
}

static void show(const rst_view_t *view, const rst_testimony_t *testimony, unsigned count)
{
    rst_witness_line_t *line =
        view->texts ? view->memory->alloc(view->memory->scope, sizeof *line * MIN(count, RST_WITNESS_LINES_MAX)) : NULL;

    view->verdict->witness = line;
    view->verdict->witnesses = (uint8_t)(line ? MIN(count, RST_WITNESS_LINES_MAX) : 0);
    for (unsigned i = 0; i < MIN(count, RST_WITNESS_LINES_MAX); i++) {
        if (line)
            line[i] = rst_quotes_line(&testimony[i], view->memory);
        rst_evidence_quote(view, testimony[i].sight ? testimony[i].sight : view->reset->at.pass_index,
                           line ? rst_quotes_evidence(&testimony[i], view->memory) : "");
    }
}

/* The surest claim; two that differ, equally sure, settle nothing. */
static int strongest(const rst_view_t *view, const rst_testimony_t *testimony, unsigned count, claim_t *best)
{
    int at = -1;
    bool disputed = false;

    for (unsigned i = 0; i < count; i++) {
        claim_t claim = claim_of(view, &testimony[i]);

        if (at >= 0 && claim.weight == WEIGHT_SETTLES && best->weight == WEIGHT_SETTLES && claim.cause != best->cause &&
            claim.confidence == best->confidence)
            disputed = true;
        if (at < 0 || claim.weight > best->weight ||
            (claim.weight == best->weight && claim.confidence > best->confidence)) {
            *best = claim;
            at = (int)i;
            disputed = false;
        }
    }
    return disputed ? -1 : at;
}

void rst_at_witness_apply(const rst_view_t *view, const rst_witnesses_t *witnesses)
{
    const rst_reset_t *reset = view->reset;
    rst_testimony_t testimony[RST_TESTIMONIES_MAX];
    rst_asked_t asked = {.address = reset->story->address,
                         .port = reset->story->port,
                         .from = reset->from,
                         .first = reset->at.pass_index,
                         .last = reset->at.pass_index,
                         .time = reset->at.time};
    claim_t claim = {.weight = WEIGHT_NONE};
    unsigned count;
    int at;

    if (!witnesses || !reset->at.pass_index)
        return;
    count = rst_witnesses_about(witnesses, &asked, testimony);
    if (!count)
        return;
    at = strongest(view, testimony, count, &claim);
    if (at >= 0 && rst_cause_info(view->verdict->cause)->category != RST_CATEGORY_ARTEFACT)
        weigh(view, &testimony[at], &claim);
    show(view, testimony, count);
}
