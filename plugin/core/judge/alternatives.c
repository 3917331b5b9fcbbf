/* alternatives.c
 * What else a reset may have been.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/alternatives.h"

#include "rules/predicates.h"

void rst_outcome_note(rst_outcome_t *outcome, rst_cause_t cause, unsigned confidence)
{
    unsigned i = 0;

    while (i < outcome->others && outcome->other[i].cause != cause)
        i++;
    if (i == RST_OTHERS_MAX)
        return;
    if (i == outcome->others)
        outcome->other[outcome->others++] = (rst_alternative_t){cause, 0};
    if (confidence > outcome->other[i].confidence)
        outcome->other[i].confidence = (uint8_t)confidence;
}

void rst_alternative_add(rst_verdict_t *verdict, rst_cause_t cause, unsigned confidence, unsigned *left)
{
    unsigned at;

    if (confidence > *left)
        confidence = *left;
    if (!confidence || cause == verdict->cause || verdict->alternatives == RST_ALTERNATIVES_MAX)
        return;
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        if (verdict->alternative[i].cause == cause)
            return;
    }
    for (at = verdict->alternatives; at > 0 && verdict->alternative[at - 1].confidence < confidence; at--)
        verdict->alternative[at] = verdict->alternative[at - 1];
    verdict->alternative[at] = (rst_alternative_t){cause, (uint8_t)confidence};
    verdict->alternatives++;
    *left -= confidence;
}

unsigned rst_not_shared(const rst_verdict_t *verdict)
{
    unsigned left = 100u - verdict->confidence;

    for (unsigned i = 0; i < verdict->alternatives; i++)
        left -= verdict->alternative[i].confidence;
    return left;
}

/* If nothing was received, nothing can be unread. */
static bool is_excluded(const rst_view_t *view, rst_cause_t cause)
{
    return rst_cause_is(cause, RST_TRAIT_TAKES_DATA) && rst_has_history(view) && !view->peer->bytes;
}

static bool is_listed(const rst_verdict_t *verdict, rst_cause_t cause)
{
    for (unsigned i = 0; i < verdict->alternatives; i++) {
        if (verdict->alternative[i].cause == cause)
            return true;
    }
    return cause == verdict->cause;
}

/* Among causes that the verdict does not name yet; of equals, the first in the list of causes. NULL = none. */
static const rst_alternative_t *surest_other(const rst_verdict_t *verdict, const rst_outcome_t *outcome)
{
    const rst_alternative_t *best = NULL;

    for (unsigned i = 0; i < outcome->others; i++) {
        const rst_alternative_t *other = &outcome->other[i];

        if (best && (other->confidence < best->confidence ||
                     (other->confidence == best->confidence && other->cause > best->cause)))
            continue;
        if (!is_listed(verdict, other->cause))
            best = other;
    }
    return best;
}

void rst_share_rest(const rst_view_t *view, const rst_outcome_t *outcome)
{
    rst_verdict_t *verdict = view->verdict;
    unsigned left = rst_not_shared(verdict);

    for (unsigned rounds = 0; rounds < 3; rounds++) {
        const rst_alternative_t *best = surest_other(verdict, outcome);

        if (!best)
            break;
        rst_alternative_add(verdict, best->cause, best->confidence < left / 2 ? best->confidence : left / 2, &left);
    }
    if (!outcome->primary)
        return;
    for (unsigned i = 0; i < RST_ALIKE_MAX && outcome->primary->alike[i].confidence; i++) {
        const rst_alternative_t *alike = &outcome->primary->alike[i];

        if (!is_excluded(view, alike->cause))
            rst_alternative_add(verdict, alike->cause, alike->confidence, &left);
    }
}
