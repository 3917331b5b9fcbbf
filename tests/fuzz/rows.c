/* rows.c
 * Implementation of what the rows allow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rows.h"

#include "audit.h"
#include "judge/judge.h"

typedef struct allowed {
    bool rule, middlebox, harmless;
} allowed_t;

static void collect(allowed_t *allowed)
{
    static rst_chosen_t chosen;
    rst_judge_t judge;

    rst_judge_open(&judge, &chosen, NULL, NULL);
    for (unsigned list = 0; list < 2 * RST_FORM_COUNT; list++) {
        for (const rst_rule_t *const *rule = rst_judge_rules(&judge, (rst_form_t)(list / 2), list & 1); *rule; rule++) {
            allowed[(*rule)->cause].rule = true;
            allowed[(*rule)->cause].middlebox |= ((*rule)->flags & RST_RULE_MIDDLEBOX) != 0;
            allowed[(*rule)->cause].harmless |= ((*rule)->flags & RST_RULE_BENIGN) != 0;
        }
    }
}

void rows_audit(const rst_verdict_t *verdict, const scene_t *scene)
{
    static allowed_t allowed[RST_CAUSE_COUNT];
    static bool collected;
    const allowed_t *row = &allowed[verdict->cause];
    bool artefact = rst_cause_info(verdict->cause)->category == RST_CATEGORY_ARTEFACT; /* as its original says */

    if (!collected)
        collect(allowed);
    collected = true;
    if (scene->several || scene->traced || verdict->declared.source || artefact)
        return;
    REQUIRE(row->rule || verdict->cause == RST_CAUSE_UNDETERMINED);
    REQUIRE(verdict->sender != RST_SENDER_MIDDLEBOX || row->middlebox ||
            rst_cause_is(verdict->cause, RST_TRAIT_FROM_ANYWHERE));
    REQUIRE(verdict->sender != RST_SENDER_MIDDLEBOX || verdict->confidence >= RST_LIKELY || !row->middlebox);
    REQUIRE(!verdict->benign || row->harmless);
}
