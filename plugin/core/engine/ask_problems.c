/* ask_problems.c
 * Problems, made when somebody asks for them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/ask_problems.h"

#include "engine/collect.h"
#include "engine/naming.h"
#include "problems/history.h"
#include "problems/json.h"
#include "problems/problems.h"
#include "problems/report.h"

static const rst_problems_t *problems_of(rst_engine_t *engine, const rst_memory_t *memory)
{
    engine->asked = true;
    if (!engine->problems)
        engine->problems = rst_problems_new(rst_collect(engine, memory));
    return engine->problems;
}

char *rst_engine_problems(rst_engine_t *engine, const rst_extent_t *extent, const rst_memory_t *memory)
{
    const rst_problems_t *problems = problems_of(engine, memory);
    GString *out = g_string_new(NULL);

    if (extent->json)
        rst_json_write(problems, extent, out);
    else
        rst_report_write(problems, extent->problems, out);
    return g_string_free(out, FALSE);
}

/* Numbers go to those that hit something, which come first. */
uint32_t rst_engine_problems_known(rst_engine_t *engine, const rst_memory_t *memory)
{
    const rst_problems_t *problems = problems_of(engine, memory);
    uint32_t known = 0;

    for (uint32_t i = 0; i < problems->problem->len; i++)
        known += rst_problem_at(problems, i)->number != 0;
    return known;
}

static const rst_problem_t *numbered(const rst_problems_t *problems, uint32_t number)
{
    for (uint32_t i = 0; i < problems->problem->len; i++) {
        const rst_problem_t *problem = rst_problem_at(problems, problems->by_number[i]);

        if (problem->number == number)
            return problem;
    }
    return NULL;
}

const char *rst_engine_problem_line(const rst_engine_t *engine, uint32_t number, uint32_t *hits)
{
    const rst_problem_t *problem = numbered(engine->problems, number);

    *hits = problem ? problem->hits : 0;
    return problem ? problem->title : "";
}

uint32_t rst_engine_problem_example(const rst_engine_t *engine, uint32_t number, rst_severity_t *severity)
{
    const rst_problem_t *problem = numbered(engine->problems, number);

    if (!problem)
        return 0;
    *severity = (rst_severity_t)problem->severity;
    return rst_incident_at(engine->problems->census, problem->example)->frame;
}

/* incident may be NULL. */
static uint32_t answer(const rst_problems_t *problems, const rst_incident_t *incident, const char **title)
{
    const rst_problem_t *problem;

    *title = NULL;
    if (!incident || !rst_incident_is_listed(incident))
        return 0;
    problem = rst_problem_at(problems, incident->problem - 1);
    *title = problem->title;
    return problem->number;
}

/* Later resets of a connection belong to what its first one is. */
static const rst_incident_t *incident_of(const rst_problems_t *problems, const rst_reset_t *reset)
{
    const rst_reset_t *first = reset->story->first ? reset->story->first : reset;

    return rst_census_find(problems->census, first->at.pass_index);
}

/* engine->findings has been made. */
static const rst_incident_t *incident_at(const rst_engine_t *engine, const rst_problems_t *problems, uint32_t frame)
{
    const rst_failure_t *failure = g_hash_table_lookup(engine->findings, GUINT_TO_POINTER(frame));

    return failure ? rst_census_find(problems->census, failure->last.pass_index) : NULL;
}

uint32_t rst_engine_problem_of(rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory,
                               const char **title)
{
    const rst_problems_t *problems = problems_of(engine, memory);

    return answer(problems, incident_of(problems, reset), title);
}

uint32_t rst_engine_problem_at(rst_engine_t *engine, uint32_t frame, const rst_memory_t *memory, const char **title)
{
    const rst_problems_t *problems = problems_of(engine, memory);

    *title = NULL;
    return engine->findings ? answer(problems, incident_at(engine, problems, frame), title) : 0;
}

/* incident may be NULL. */
static bool tell_history(rst_engine_t *engine, const rst_problems_t *problems, const rst_incident_t *incident,
                         const char *service, const rst_memory_t *memory, rst_service_history_t *found)
{
    if (!engine->history)
        engine->history = rst_history_new(problems);
    if (!incident || !rst_history_find(engine->history, incident, found))
        return false;
    found->last_frame = rst_frames_number(&engine->file.frames, found->last.pass_index);
    found->next_frame = rst_frames_number(&engine->file.frames, found->next.pass_index);
    found->text = rst_history_text(engine->history, incident, found, service, memory);
    return true;
}

bool rst_engine_history_of(rst_engine_t *engine, const rst_reset_t *reset, const rst_memory_t *memory,
                           rst_service_history_t *found)
{
    const rst_problems_t *problems = problems_of(engine, memory);
    const char *server = rst_reset_server(reset, memory);
    const char *service =
        rst_service_name_write(server, server, rst_engine_service_name(engine, reset, memory).label, memory);

    return tell_history(engine, problems, incident_of(problems, reset), service, memory, found);
}

bool rst_engine_history_at(rst_engine_t *engine, uint32_t frame, const rst_finding_t *finding,
                           const rst_memory_t *memory, rst_service_history_t *found)
{
    const rst_problems_t *problems = problems_of(engine, memory);
    const char *service = rst_service_name_write(finding->acceptor, finding->acceptor, finding->service.label, memory);

    return engine->findings &&
           tell_history(engine, problems, incident_at(engine, problems, frame), service, memory, found);
}
