/* explain.h
 * Writing texts into a verdict. Without view->texts, none are made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_EXPLAIN_H
#define RST_EXPLAIN_H

#include "base/text.h"
#include "rules/rule.h"

void rst_summary(const rst_view_t *view, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rst_evidence_add(const rst_view_t *view, uint32_t pass_index, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* The same for a text that begins with a name, which stays as it is. */
void rst_evidence_quote(const rst_view_t *view, uint32_t pass_index, const char *text);
const char *rst_who(const rst_view_t *view, unsigned side); /* "the server 10.0.0.2:80" */
const char *rst_who_own(const rst_view_t *view);
const char *rst_who_peer(const rst_view_t *view);
const char *rst_where(const rst_view_t *view, uint32_t pass_index); /* "frame 12", or "an earlier frame" */
const char *rst_span(const rst_view_t *view, int64_t ns);           /* "31 s" */
const char *rst_shape(const rst_view_t *view);                      /* "RST,ACK" or "RST" */
void rst_explain_distance(const rst_view_t *view);                  /* adds evidence on the hop distance, if known */
void rst_explain_history(const rst_view_t *view);                   /* adds evidence on what is missing, if anything */
/* For an inference: "", "probably " below RST_SURE, "perhaps " below RST_LIKELY. What the packets show is said without.
 * With rst_hedge, which returns likely, or unsure below RST_LIKELY, this is all wording that depends on the confidence.
 */
const char *rst_probably(const rst_view_t *view);
const char *rst_hedge(const rst_view_t *view, const char *likely, const char *unsure);
void rst_pattern_add(const rst_view_t *view, const char *pattern);

#endif
