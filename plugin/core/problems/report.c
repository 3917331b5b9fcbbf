/* report.c
 * The problems first, then what needs nobody, then what could not be told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/report.h"

#include "problems/quality.h"
#include "problems/stories.h"
#include "problems/testified.h"
#include "problems/words.h"

static const char *culprit_text(unsigned culprit)
{
    static const char *const texts[RST_SENDER_COUNT] = {"not known yet", "the client", "the server",
                                                        "something on the path"};

    return texts[culprit];
}

/* Commands stand alone in their lines. */
static void write_steps(const rst_problem_t *problem, GString *out)
{
    char **command = problem->commands;

    for (char **step = problem->advice; *step; step++) {
        bool runs = *command && g_str_equal(*step, *command);

        g_string_append_printf(out, runs ? "       %s\n" : "   - %s\n", *step);
        command += runs;
    }
}

static void write_problem(const rst_problems_t *problems, const rst_problem_t *problem, GString *out)
{
    GString *witness = g_string_new(NULL);

    g_string_append_printf(out, "%u. %s\n", problem->number, problem->title);
    g_string_append_printf(out, "   Cause: %s, %u%% sure; where to fix it: %s\n", rst_token_name(problem->token),
                           problem->confidence, culprit_text(problem->culprit));
    write_steps(problem, out);
    if (rst_testified(problems, problem, witness))
        g_string_append_printf(out, "   In the logs: %s\n", witness->str);
    g_string_free(witness, TRUE);
    if (problem->settle)
        g_string_append_printf(out, "   To be sure: %s\n", problem->settle);
    g_string_append_printf(out, "   Best example: frame %u; all its packets: %s\n\n",
                           rst_incident_at(problems->census, problem->example)->frame, problem->filter);
}

static void write_benign(const rst_problems_t *problems, GString *out)
{
    uint64_t all = 0;
    const char *between = " (";

    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++)
        all += problems->benign[i];
    if (!all)
        return;
    g_string_append(out, "Harmless: ");
    rst_words_count(all, "reset", out);
    for (unsigned i = 0; i < RST_CAUSE_COUNT; i++) {
        if (!problems->benign[i])
            continue;
        g_string_append_printf(out, "%s%s %u", between, rst_cause_info((rst_cause_t)i)->token, problems->benign[i]);
        between = ", ";
    }
    g_string_append(out, ").\n");
}

static void write_more(uint32_t count, GString *out)
{
    g_string_append(out, "And ");
    rst_words_count(count, "more problem", out);
    g_string_append(out, ".\n");
}

static void write_noise(const rst_problems_t *problems, GString *out)
{
    g_string_append(out, "Background noise: ");
    rst_words_count(problems->noise, "connection", out);
    g_string_append(out, " of ");
    rst_words_count(problems->strangers, "stranger", out);
    g_string_append(out, ".\n");
}

void rst_report_write(const rst_problems_t *problems, uint32_t most, GString *out)
{
    const rst_census_t *census = problems->census;
    uint32_t count = 0;

    rst_quality_write(census, out);
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (!problem->hits)
            continue;
        if (count++ < most)
            write_problem(problems, problem, out);
    }
    if (count > most)
        write_more(count - most, out);
    if (!count)
        g_string_append_printf(out, "No problem found in %u frames and %u connections.\n", census->frames,
                               census->flows->len);
    write_benign(problems, out);
    if (problems->noise)
        write_noise(problems, out);
    if (problems->undetermined->len)
        g_string_append_printf(out, "Cannot be told from this capture: %u.\n", problems->undetermined->len);
    if (census->followers)
        g_string_append_printf(out, "Not counted, because they follow others or are copies: %u.\n", census->followers);
}
