/* testified.h
 * What logs say about the connections of a problem.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TESTIFIED_H
#define RST_TESTIFIED_H

#include "problems/problem.h"

/* "fw1.log line 4711 (rule 'block web'), and lines about 3 more of these connections". False if there is none. */
bool rst_testified(const rst_problems_t *problems, const rst_problem_t *problem, GString *text);

#endif
