/* report.c
 * Problems for people, as plain text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/report.h"

#include "problems/stories.h"

void rst_report_write(const rst_problems_t *problems, GString *out)
{
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->hits)
            g_string_append_printf(out, "%u. %s\n   %s, %u%%, %s; example: frame %u\n   Filter: %s\n", problem->number,
                                   problem->title, rst_token_name(problem->token), problem->confidence,
                                   rst_sender_name((rst_sender_t)problem->culprit),
                                   rst_incident_at(problems->census, problem->example)->frame, problem->filter);
    }
}
