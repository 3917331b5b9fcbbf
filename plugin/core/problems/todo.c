/* todo.c
 * From problems to scenes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/todo.h"

#include "advice/advice.h"

/* The memory of one telling. */
static void *block_alloc(void *scope, size_t size)
{
    void *block = g_malloc(size);

    g_ptr_array_add(scope, block);
    return block;
}

/* A device has no address of its own: its resets bear that of a host, mostly the server's. */
static unsigned side_of(const rst_incident_t *incident)
{
    return incident->sender == RST_SENDER_CLIENT ? RST_SCENE_CLIENT : RST_SCENE_SERVER;
}

/* Where a scanner is the problem, no single refusal is. */
static rst_token_t token_of(const rst_problem_t *problem)
{
    return problem->binding == RST_BINDING_SCAN ? (rst_token_t)RST_CAUSE_HALF_OPEN_SCAN : problem->token;
}

static rst_scene_t scene_of(const rst_problems_t *problems, const rst_problem_t *problem)
{
    const rst_incident_t *incident = rst_incident_at(problems->census, problem->example);
    const rst_flow_t *flow = rst_incident_flow(problems->census, incident);

    rst_scene_t scene = {
        .token = token_of(problem),
        .known = true,
        .confidence = problem->confidence,
        .from = (uint8_t)side_of(incident),
        .system = {flow->system & 7, flow->system >> 3 & 7},
        .address = {*rst_address_at(problems->census, flow->client), *rst_address_at(problems->census, flow->server)},
        .port = {flow->client_port, flow->port},
        .began = problem->first,
        .ended = problem->last,
        .silence = problem->timer == RST_TIME_NONE ? incident->silence : problem->timer};

    /* What the reset looks like says something of a host only as long as the problem takes it for that host's. */
    if (!scene.system[scene.from] && problem->culprit == incident->sender)
        scene.system[scene.from] = incident->system;
    return scene;
}

static char **texts_of(const rst_advice_t *advice, bool commands)
{
    GPtrArray *texts = g_ptr_array_new();

    for (unsigned i = 0; i < advice->steps; i++) {
        if (!commands || advice->step[i].command)
            g_ptr_array_add(texts, g_strdup(advice->step[i].text));
    }
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(texts, FALSE);
}

static char **keep(rst_problems_t *problems, char **texts)
{
    g_ptr_array_add(problems->steps, texts);
    return texts;
}

void rst_todo_set(rst_problems_t *problems, rst_problem_t *problem)
{
    const rst_scene_t scene = scene_of(problems, problem);
    GPtrArray *blocks = g_ptr_array_new_with_free_func(g_free);
    const rst_memory_t memory = {block_alloc, NULL, blocks};
    rst_advice_t advice;

    rst_advice_tell(&scene, &memory, &advice);
    problem->meaning = g_string_chunk_insert(problems->texts, advice.meaning);
    problem->advice = keep(problems, texts_of(&advice, false));
    problem->commands = keep(problems, texts_of(&advice, true));
    g_ptr_array_unref(blocks);
}
