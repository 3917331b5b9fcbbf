/* why.h
 * How a verdict came about, for readers who doubt it: the rules that were asked, what each answered and what limited
 * it, which one led, and what changed the verdict afterward. Nothing is recorded unless somebody asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WHY_H
#define RST_WHY_H

#include "rules/rule.h"

typedef struct rst_why {
    GString *text;
    GString *declined;   /* names of the rules that declined */
    rst_verdict_t known; /* as of the latest step */
} rst_why_t;

/* What limited a rule's answer. */
typedef enum rst_limit {
    RST_LIMIT_NONE,
    RST_LIMIT_MERGED,   /* the file shows the connection from two places on one interface */
    RST_LIMIT_HISTORY,  /* packets of the connection are missing */
    RST_LIMIT_DROPPED,  /* what was known of its addresses and ports was dropped to save memory */
    RST_LIMIT_HONEST,   /* a perfect forgery would look the same (honest.h) */
    RST_LIMIT_UNSEEN,   /* packets of the connection are missing from the capture (unseen.h) */
    RST_LIMIT_UNKEPT,   /* what might speak against it was dropped to save memory (unkept.h) */
    RST_LIMIT_READING,  /* later packets, which may still explain the reset, have not been read */
    RST_LIMIT_FROM_HOST /* another capture point shows that the host itself sent the reset: the answer does not count */
} rst_limit_t;

void rst_why_open(rst_why_t *why);

/* Returns the whole text, allocated from memory, one line per step. why must not be used afterward. */
const char *rst_why_close(rst_why_t *why, const rst_memory_t *memory);

/* The following functions do nothing if view->why is NULL. */

/* Begins the explanation of a reset. Where a copy at another capture point leads, it begins again with that copy. */
void rst_why_begin(const rst_view_t *view, bool complete);

/* A rule answered said percent, of which counted remain. */
void rst_why_rule(const rst_view_t *view, const rst_rule_t *rule, unsigned said, unsigned counted, rst_limit_t limit,
                  bool leads);

/* All rules were asked: lists those that declined. Rules that are not listed at all are for other forms of reset. */
void rst_why_declined(const rst_view_t *view);

/* Another step is done: says what it changed, if anything. */
void rst_why_step(const rst_view_t *view, const char *step);

/* The final verdict. */
void rst_why_end(const rst_view_t *view);

#endif
