/* todo.h
 * What to do about a problem: the advice for its example, with the times of all of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TODO_H
#define RST_TODO_H

#include "problems/problem.h"

/* Sets meaning and steps of the problem; they live as long as the problems. */
void rst_todo_set(rst_problems_t *problems, rst_problem_t *problem);

#endif
