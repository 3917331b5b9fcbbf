/* test_unkept.c
 * Tests of what is not known because the tables had no room for it: the confidence falls, and the verdict says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/judge.h"
#include "judge/unkept.h"
#include "script.h"

/* Each row says what it takes for absent, or that it takes nothing for absent. */
static void test_declared(void)
{
    rst_judge_t *judge = g_new0(rst_judge_t, 1);
    unsigned rows = 0;

    rst_judge_open(judge, NULL, NULL);
    for (unsigned form = 0; form < RST_FORM_COUNT; form++) {
        for (const rst_rule_t **rule = judge->rules[form][false]; *rule; rule++, rows++) {
            bool nothing = ((*rule)->flags & RST_NEEDS_NOTHING) != 0;

            if (nothing == (((*rule)->flags & RST_NEEDS_ALL) != 0))
                g_error("%s does not say what it takes for absent", (*rule)->name);
        }
    }
    g_assert_cmpuint(rows, >, 100);
    g_free(judge);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/unkept/declared", test_declared},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
