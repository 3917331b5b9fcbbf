/* statement.c
 * Implementation for weighing a statement.
 *
 * Anybody can write anything into a packet. A statement therefore counts only where the packet itself does: where its
 * numbers, its distance and what both sides do afterward leave no doubt that the side sent it whose address it bears.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/statement.h"

#include "answer/foreign.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define CONFLICT_MIN 85          /* a history this sure conflicts with a stated reason of another category */
#define OF_CLIENT_MAX 75         /* words of a device in a packet that comes from where the client is: only stated */
#define OF_CLIENT_ADDRESS_MAX 60 /* where it comes from is not known */
#define NEAR 65535               /* numbers no farther apart than this may belong together: a window without scaling */

/* Why a statement does not lead. */
typedef enum doubt {
    DOUBT_NONE,
    DOUBT_CHANCE, /* perhaps it is no statement */
    DOUBT_MEANS_NOTHING,
    DOUBT_UNSURE,
    DOUBT_NUMBERS,
    DOUBT_GOES_ON,
    DOUBT_NO_EFFECT,
    DOUBT_DISTANCE,
    DOUBT_HISTORY,
    DOUBT_COUNT
} doubt_t;

static const struct {
    const char *because; /* NULL: the statement says it itself, in why */
    bool possible;       /* it may still be true of whoever sent the reset */
} doubts[DOUBT_COUNT] = {
    [DOUBT_CHANCE] = {NULL, true},
    [DOUBT_MEANS_NOTHING] = {NULL, false},
    [DOUBT_UNSURE] = {NULL, true},
    [DOUBT_NUMBERS] = {"its numbers do not fit the connection", false},
    [DOUBT_GOES_ON] = {"the apparent sender goes on with the connection", false},
    [DOUBT_NO_EFFECT] = {"the connection goes on after it", false},
    [DOUBT_DISTANCE] = {"it does not come from as far away as the other packets of that side", true},
    [DOUBT_HISTORY] = {"the packets show that the apparent sender did not send it", true},
};

/* A stateless answer says nothing about a connection with which its sender goes on. */
static bool sender_goes_on(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    if (rst_is_refusal(view))
        return after->synack.pass_index != 0;
    return after->alive.pass_index && !rst_is_answer(view) && !rst_overtook_data(view);
}

/* Where the capture shows too little to settle numbers or distance, neither alone is a contradiction, but both are: a
 * filter on SYNs and resets hides what was sent in between, but moves nobody. */
static bool is_all_strange(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    int32_t ahead = rst_seq_diff(view->reset->seq, own->nxt);
    int hops = rst_hops(view->reset->ttl);
    int limit = (int)view->prefs->hop_delta;

    if (!(own->known & RST_DIRECTION_NXT) || !(own->known & RST_DIRECTION_HOPS) || !(view->reset->known & RST_HAS_IP))
        return false;
    return ABS((int64_t)ahead) > NEAR && (hops >= own->hop_max + limit || hops + limit <= own->hop_min);
}

static bool has_wrong_numbers(const rst_view_t *view)
{
    return is_all_strange(view) || view->verdict->validity == RST_VALIDITY_OUTSIDE ||
           rst_fit_by(view->reset->clues) == RST_FOREIGN;
}

/* The rules say that the address is not that of the sender; "perhaps" is no contradiction. */
static bool is_disowned(const rst_outcome_t *outcome)
{
    return outcome->primary && outcome->confidence >= RST_LIKELY &&
           (outcome->primary->cause == RST_CAUSE_INJECTED || outcome->primary->cause == RST_CAUSE_BLIND_RESET);
}

/* Does anything contradict that the side sent this packet whose address it bears? A device that is shown to be there
 * may well be at another distance than the host for which it speaks. */
static doubt_t doubt_about_packet(const rst_view_t *view, const rst_outcome_t *outcome, bool device_shown)
{
    if (has_wrong_numbers(view))
        return DOUBT_NUMBERS;
    if (sender_goes_on(view))
        return DOUBT_GOES_ON;
    if (view->verdict->accepted == RST_NO)
        return DOUBT_NO_EFFECT;
    if (device_shown)
        return DOUBT_NONE;
    if (rst_hop_apart(view))
        return DOUBT_DISTANCE;
    return is_disowned(outcome) ? DOUBT_HISTORY : DOUBT_NONE;
}

static doubt_t doubt_about(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    doubt_t doubt;

    if (statement->meaning == RST_MEANING_CHANCE)
        return DOUBT_CHANCE;
    if (statement->meaning == RST_MEANING_NONE)
        return DOUBT_MEANS_NOTHING;
    doubt = doubt_about_packet(view, outcome, statement->shown);
    return doubt == DOUBT_NONE && statement->meaning == RST_MEANING_UNSURE ? DOUBT_UNSURE : doubt;
}

/* An artefact of the capture states nothing. */
static bool is_stated(const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    return statement->declared.source &&
           !(outcome->primary && rst_cause_info(outcome->primary->cause)->category == RST_CATEGORY_ARTEFACT);
}

void rst_statement_suggest(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    unsigned left = rst_not_shared(view->verdict);

    if (is_stated(outcome, statement) && doubts[doubt_about(view, outcome, statement)].possible)
        rst_alternative_add(view->verdict, statement->cause, MIN(statement->confidence, left / 2), &left);
}

static const char *source_text(const rst_view_t *view, const rst_declared_t *declared)
{
    return view->texts && declared->has_code ? rst_text(view->memory, "%s code %u", declared->source, declared->code)
                                             : declared->source;
}

/* Quoted where it comes from the packet: nobody is to take it for our words. */
static const char *stated_text(const rst_view_t *view, const rst_declared_t *declared)
{
    char *quoted;
    const char *text;

    if (!declared->text)
        return "no text for it is known";
    if (!view->texts || !declared->from_wire)
        return declared->text;
    quoted = rst_quoted(declared->text);
    text = rst_text(view->memory, "%s", quoted);
    g_free(quoted);
    return text;
}

static void quote(const rst_view_t *view, const rst_statement_t *statement, doubt_t doubt)
{
    rst_evidence_add(view, view->reset->at.pass_index, "The reset states a reason (%s): %s. It does not count, as %s",
                     source_text(view, &statement->declared), stated_text(view, &statement->declared),
                     doubts[doubt].because ? doubts[doubt].because : statement->why);
}

static void explain_leading(const rst_view_t *view, const rst_statement_t *statement, bool nobody_else)
{
    rst_summary(view, "The reset itself states its reason (%s): %s%s", source_text(view, &statement->declared),
                stated_text(view, &statement->declared),
                view->verdict->conflict ? ", but the packets before it point elsewhere" : "");
    rst_evidence_add(view, view->reset->at.pass_index, "Stated by the sender and not verifiable from the packet alone");
    if (statement->why)
        rst_evidence_add(view, view->reset->at.pass_index, "%s", statement->why);
    if (nobody_else)
        rst_evidence_add(view, view->reset->at.pass_index,
                         "It comes as the client's own packet, and nothing but its words tells of a device");
}

static bool names_device(rst_cause_t cause)
{
    return rst_cause_is(cause, RST_TRAIT_SENT_BY_DEVICE | RST_TRAITS_ACCUSING);
}

/* Devices that end connections stand in front of servers. What looks like a client's own packet accuses nobody else by
 * words alone. */
static bool is_of_client(const rst_view_t *view, const rst_statement_t *statement)
{
    return rst_from_client(view) && view->own->segments && !statement->shown &&
           (statement->of_device || names_device(statement->cause));
}

/* The packets alone say the same. */
static bool is_confirmed(const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    return outcome->primary && outcome->primary->cause == statement->cause;
}

/* A client's words do not make an accusation surer than the packets do. */
static unsigned confidence_of(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    unsigned most = rst_hop_delta(view) == 0 ? OF_CLIENT_MAX : OF_CLIENT_ADDRESS_MAX;
    unsigned confidence = statement->confidence;

    if (is_of_client(view, statement))
        confidence = MIN(confidence, most);
    if (!is_confirmed(outcome, statement))
        return confidence;
    if (is_of_client(view, statement) && names_device(statement->cause))
        return outcome->confidence;
    return MAX(confidence, outcome->confidence);
}

static void lead(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    rst_verdict_t *verdict = view->verdict;
    rst_cause_t history = verdict->cause;
    bool of_client = is_of_client(view, statement);
    bool nobody_else = of_client && !is_confirmed(outcome, statement) && names_device(statement->cause);
    unsigned left;

    verdict->cause = nobody_else ? RST_CAUSE_DECLARED : statement->cause;
    verdict->confidence = (uint8_t)confidence_of(view, outcome, statement);
    verdict->stated = true;
    verdict->alternatives = 0;
    verdict->benign = false;
    if (!of_client && (statement->unique || rst_cause_is(verdict->cause, RST_TRAIT_SENT_BY_DEVICE)))
        verdict->sender = RST_SENDER_MIDDLEBOX;
    left = 100u - verdict->confidence;
    if (outcome->primary)
        rst_alternative_add(verdict, history, left / 2, &left);
    rst_alternative_add(verdict, nobody_else ? statement->cause : RST_CAUSE_DECLARED, left / 2, &left);
    explain_leading(view, statement, nobody_else);
}

/* Words without a known meaning do not make something else of a plain refusal. */
static bool only_adds_words(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    return rst_is_refusal(view) && outcome->primary && outcome->primary->cause == RST_CAUSE_CLOSED_PORT &&
           statement->cause == RST_CAUSE_DECLARED && !statement->declared.has_code;
}

void rst_statement_apply(const rst_view_t *view, const rst_outcome_t *outcome, const rst_statement_t *statement)
{
    rst_verdict_t *verdict = view->verdict;
    doubt_t doubt = doubt_about(view, outcome, statement);

    if (!is_stated(outcome, statement))
        return;
    if (doubt == DOUBT_CHANCE) {
        rst_evidence_add(view, view->reset->at.pass_index, "%s", statement->why);
        return;
    }
    verdict->declared = statement->declared;
    verdict->conflict = verdict->confidence >= CONFLICT_MIN && statement->cause != RST_CAUSE_DECLARED &&
                        rst_cause_info(verdict->cause)->category != rst_cause_info(statement->cause)->category;
    if (doubt == DOUBT_NONE && only_adds_words(view, outcome, statement))
        rst_evidence_add(view, view->reset->at.pass_index, "The refusal bears a text: %s",
                         stated_text(view, &statement->declared));
    else if (doubt == DOUBT_NONE)
        lead(view, outcome, statement);
    else
        quote(view, statement, doubt);
}
