/* words.h
 * What is said of a problem. words.def is the table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WORDS_H
#define RST_WORDS_H

#include "problems/problem.h"

/* The caller frees these with g_free(); settle may be NULL. */
char *rst_words_title(const rst_problems_t *problems, const rst_problem_t *problem);
char *rst_words_settle(const rst_problems_t *problems, const rst_problem_t *problem);

/* "1 reset", "2 resets", ... */
void rst_words_count(uint64_t count, const char *one, GString *out);

/* In UTC, as g_date_time_format() does. */
void rst_words_time(int64_t ns, const char *format, GString *out);

#endif
