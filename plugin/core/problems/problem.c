/* problem.c
 * Making problems.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/problem.h"

uint32_t rst_problem_new(rst_problems_t *problems, rst_binding_t binding, rst_scope_t scope)
{
    const rst_problem_t problem = {.binding = (uint8_t)binding,
                                   .scope = (uint8_t)scope,
                                   .token = RST_TOKEN_COUNT,
                                   .timer = RST_TIME_NONE,
                                   .spread = RST_TIME_NONE};

    g_array_append_val(problems->problem, problem);
    return problems->problem->len;
}
