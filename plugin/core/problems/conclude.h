/* conclude.h
 * What a problem is, once its incidents are known: cause, confidence, culprit, timer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CONCLUDE_H
#define RST_CONCLUDE_H

#include "problems/problem.h"

void rst_conclude(rst_problems_t *problems);

/* Its tokens, most frequent first; returns how many there are. count may be NULL. */
unsigned rst_conclude_tokens(const rst_problems_t *problems, const rst_problem_t *problem,
                             rst_token_t token[RST_TOKEN_COUNT], uint32_t count[RST_TOKEN_COUNT]);

#endif
