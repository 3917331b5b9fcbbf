/* problems.h
 * From incidents to problems: what a person has to do something about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROBLEMS_H
#define RST_PROBLEMS_H

#include "problems/problem.h"

/* Takes ownership of the census, which must be sorted. */
rst_problems_t *rst_problems_new(rst_census_t *census);

/* NULL is allowed. */
void rst_problems_free(rst_problems_t *problems);

#endif
