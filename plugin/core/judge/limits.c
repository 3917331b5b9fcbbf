/* limits.c
 * The limits of a rule's answer, one function each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/limits.h"

#include "judge/honest.h"
#include "judge/unkept.h"
#include "judge/unseen.h"
#include "points/interfaces.h"
#include "rules/predicates.h"
#include "rules/refusal.h"

#define ACCUSES_NOBODY 30 /* distance and timing prove nothing: two places on one interface, or most was dropped */
#define IN_FIRST_PASS 69  /* before anything that comes later could be ruled out */

bool rst_rule_accuses(const rst_rule_t *rule)
{
    return (rule->flags & RST_RULE_MIDDLEBOX) || rst_cause_is(rule->cause, RST_TRAITS_ACCUSING);
}

static unsigned from_host_most(const rst_view_t *view, const rst_rule_t *rule)
{
    return view->from_host && (rule->flags & RST_RULE_MIDDLEBOX) ? 0 : RST_HONEST_ALWAYS;
}

static unsigned merged_most(const rst_view_t *view, const rst_rule_t *rule)
{
    return view->reset->story->merged_places && rst_rule_accuses(rule) ? ACCUSES_NOBODY : RST_HONEST_ALWAYS;
}

static unsigned history_most(const rst_view_t *view, const rst_rule_t *rule)
{
    return (rule->flags & RST_RULE_HISTORY) && !rst_has_history(view) ? RST_WITHOUT_HISTORY : RST_HONEST_ALWAYS;
}

/* Something of these addresses and ports was dropped to save memory (ghosts.h). A connection that shows its own SYN
 * lacks only what came before that. Of any other, nobody knows what it was: only copies in the capture can be told. */
static unsigned dropped_most(const rst_view_t *view, const rst_rule_t *rule)
{
    if (!view->reset->dropped || rst_cause_info(rule->cause)->category == RST_CATEGORY_ARTEFACT)
        return RST_HONEST_ALWAYS;
    if (!view->reset->opened)
        return 0;
    return rst_rule_accuses(rule) ? ACCUSES_NOBODY : RST_WITHOUT_HISTORY;
}

static unsigned unkept_most(const rst_view_t *view, const rst_rule_t *rule)
{
    if (!view->unkept || !rst_unkept_by(view, rule, rst_rule_accuses(rule)))
        return RST_HONEST_ALWAYS;
    return rst_rule_accuses(rule) ? RST_UNKEPT_MOST_ACCUSING : RST_UNKEPT_MOST;
}

static unsigned unseen_most(const rst_view_t *view, const rst_rule_t *rule)
{
    if (!(rule->flags & RST_NEEDS_PACKETS) || !rst_unseen_by(view, rule))
        return RST_HONEST_ALWAYS;
    /* What comes from elsewhere does so after any silence. */
    return rst_rule_accuses(rule) && !(rule->flags & (RST_RULE_BY_DISTANCE | RST_RULE_BY_BOTH))
               ? RST_UNSEEN_MOST_ACCUSING
               : RST_UNSEEN_MOST;
}

/* By elimination: its apparent sender may go on, the other side may be reset too, the port may refuse from then on. A
 * port that was open may be so again, with a full backlog in between, and the program behind a scanner's SYN may go on.
 * By numbers that do not match: another capture point may show that they were changed on the way. */
static bool is_provisional(const rst_view_t *view, const rst_rule_t *rule)
{
    return (rule->flags & RST_RULE_BY_ELIMINATION) || rule->cause == RST_CAUSE_HALF_OPEN_SCAN ||
           (rule->cause == RST_CAUSE_CLOSED_PORT && !rst_is_no(rst_served_before(view))) ||
           (view->points->interfaces > 1 &&
            (rule->cause == RST_CAUSE_HANDSHAKE_BAD_ACK || rst_cause_is(rule->cause, RST_TRAIT_BY_TIMESTAMP)));
}

static unsigned reading_most(const rst_view_t *view, const rst_rule_t *rule)
{
    return view->file->reading && is_provisional(view, rule) ? IN_FIRST_PASS : RST_HONEST_ALWAYS;
}

static const struct {
    rst_limit_t limit;
    unsigned (*most)(const rst_view_t *view, const rst_rule_t *rule);
} limits[] = {
    {RST_LIMIT_FROM_HOST, from_host_most}, {RST_LIMIT_MERGED, merged_most},     {RST_LIMIT_HISTORY, history_most},
    {RST_LIMIT_DROPPED, dropped_most},     {RST_LIMIT_HONEST, rst_honest_most}, {RST_LIMIT_UNKEPT, unkept_most},
    {RST_LIMIT_UNSEEN, unseen_most},       {RST_LIMIT_READING, reading_most},
};

unsigned rst_limited(const rst_view_t *view, const rst_rule_t *rule, unsigned said, rst_limit_t *limit)
{
    *limit = RST_LIMIT_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        unsigned most = limits[i].most(view, rule);

        if (said > most) {
            *limit = limits[i].limit;
            said = most;
        }
    }
    return said;
}
