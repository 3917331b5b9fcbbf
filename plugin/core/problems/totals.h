/* totals.h
 * How many connections a problem hit, and of how many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TOTALS_H
#define RST_TOTALS_H

#include "problems/problem.h"

/* Call when each incident has its problem: puts the incidents in the order of problems and counts. */
void rst_totals_count(rst_problems_t *problems);

#endif
