/* testified.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/testified.h"

bool rst_testified(const rst_problems_t *problems, const rst_problem_t *problem, GString *text)
{
    const char *shown = rst_incident_at(problems->census, problem->example)->witness;
    uint32_t count = 0;

    for (uint32_t k = 0; k < problem->hits; k++) {
        const char *witness = rst_incident_at(problems->census, problems->order[problem->start + k])->witness;

        count += witness != NULL;
        shown = shown ? shown : witness;
    }
    if (!shown)
        return false;
    g_string_assign(text, shown);
    if (count > 1)
        g_string_append_printf(text, ", and lines about %u more of these connections", count - 1);
    return true;
}
