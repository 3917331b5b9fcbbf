/* questions.c
 * Asks the questions and checks the answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "questions.h"

/* The verdict in the first pass. Its memory is freed at once, because the engine must not keep any of it. */
static void ask_early(questions_t *questions, rst_reset_t *reset)
{
    scope_t scope;
    rst_verdict_t verdict;
    bool texts = questions->frame & 1;

    scope_open(&scope);
    rst_engine_classify(questions->engine, reset, &scope.memory, texts, &verdict);
    audit_verdict(&verdict, texts, questions->frame);
    scope_close(&scope);
    if (questions->resets < QUESTIONS_RESETS_MAX)
        questions->reset[questions->resets++] = rst_engine_reset_id(reset);
}

void questions_feed(questions_t *questions, const rst_segment_t *segment)
{
    rst_reset_t *reset = rst_engine_feed(questions->engine, segment);

    REQUIRE((reset != NULL) == ((segment->flags & RST_FLAG_RST) != 0));
    if (reset)
        ask_early(questions, reset);
}

static void ask_finally(questions_t *questions, const rst_reset_t *reset)
{
    scope_t scope;
    rst_verdict_t verdict, again;

    scope_open(&scope);
    rst_engine_classify(questions->engine, reset, &scope.memory, true, &verdict);
    audit_verdict(&verdict, true, questions->frame);
    rst_engine_classify(questions->engine, reset, &scope.memory, false, &again);
    audit_verdict(&again, false, questions->frame);
    audit_equal(&verdict, &again);
    audit_text(rst_reset_filter(reset, &scope.memory));
    audit_text(rst_reset_server(reset, &scope.memory));
    scope_close(&scope);
}

static void ask_about_frames(questions_t *questions)
{
    scope_t scope;

    scope_open(&scope);
    for (uint32_t frame = 1; frame <= questions->frame; frame++) {
        unsigned clues = rst_engine_foreign(questions->engine, frame);
        rst_finding_t finding;

        if (clues)
            audit_text(rst_foreign_text(clues, &scope.memory));
        REQUIRE(rst_engine_reset_in(questions->engine, frame, &scope.memory) <= questions->frame);
        if (rst_engine_finding(questions->engine, frame, &scope.memory, &finding))
            audit_finding(&finding);
    }
    scope_close(&scope);
}

void questions_end(questions_t *questions)
{
    rst_engine_finish_pass(questions->engine);
    for (unsigned i = 0; i < questions->resets; i++)
        ask_finally(questions, rst_engine_reset(questions->engine, questions->reset[i]));
    ask_about_frames(questions);
}
