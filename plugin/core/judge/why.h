/* why.h
 * The way to a verdict, for whoever doubts it: the rules that were asked, what each answered, what limited it, who led,
 * and what changed the verdict afterwards. Nothing is kept unless somebody asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WHY_H
#define RST_WHY_H

#include "rules/rule.h"

typedef struct rst_why {
    GString *text;
    GString *declined;   /* names of the rules that said no */
    rst_verdict_t known; /* as of the latest step */
} rst_why_t;

/* What limited a rule's answer. */
typedef enum rst_limit {
    RST_LIMIT_NONE,
    RST_LIMIT_MERGED,   /* the file shows the connection from two places on one interface */
    RST_LIMIT_HISTORY,  /* packets of the connection are missing */
    RST_LIMIT_FROM_HOST /* another capture point shows that the host itself sent it: the answer does not count */
} rst_limit_t;

void rst_why_open(rst_why_t *why);

/* The whole text in memory, one line per step. Ends the use of why. */
const char *rst_why_close(rst_why_t *why, const rst_memory_t *memory);

/* All following do nothing where view->why is NULL. */

/* A reset is looked at: where it is the copy at another capture point, that one's verdict counts for both. */
void rst_why_begin(const rst_view_t *view, bool complete);

/* A rule answered said percent, of which counted are left. */
void rst_why_rule(const rst_view_t *view, const rst_rule_t *rule, unsigned said, unsigned counted, rst_limit_t limit,
                  bool leads);

/* All rules were asked: those that said no, by name. Rules that are not named at all are for other forms of reset. */
void rst_why_declined(const rst_view_t *view);

/* One more step is done: says what it changed, if anything. */
void rst_why_step(const rst_view_t *view, const char *step);

/* The answer. */
void rst_why_end(const rst_view_t *view);

#endif
