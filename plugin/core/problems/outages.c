/* outages.c
 * Each family with what may bind it, in the order in which equal explanations are preferred.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/outages.h"

#include "problems/bind.h"
#include "problems/stories.h"

static const rst_choice_t by_service[] = {
    {RST_SCOPE_SERVICE, RST_BINDING_SERVICE, 0, 0, 0},
    {RST_SCOPE_NAME, RST_BINDING_NAME, 1, 1, 0},
};
/* A client that gets through to hardly anybody, or a server many of whose ports refuse, each tried once or twice. */
static const rst_choice_t by_opening[] = {
    {RST_SCOPE_SERVICE, RST_BINDING_SERVICE, 0, 0, 0},
    {RST_SCOPE_CLIENT, RST_BINDING_CLIENT, 1, 6, 2},
    {RST_SCOPE_SERVER, RST_BINDING_HOST, 2, 6, 2},
};
static const rst_choice_t by_program[] = {
    {RST_SCOPE_SERVICE, RST_BINDING_SERVICE, 0, 0, 0},
    {RST_SCOPE_CLIENT, RST_BINDING_CLIENT, 1, 2, 0},
};
static const rst_choice_t by_path[] = {
    {RST_SCOPE_SERVICE, RST_BINDING_SERVICE, 0, 0, 0},
    {RST_SCOPE_SERVER, RST_BINDING_HOST, 1, 2, 0},
    {RST_SCOPE_NET, RST_BINDING_PATH, 2, 1, 0},
    {RST_SCOPE_CLIENT, RST_BINDING_CLIENT, 1, 2, 0},
};
static const rst_choice_t by_client[] = {{RST_SCOPE_CLIENT, RST_BINDING_CLIENT, 0, 0, 0}};
static const rst_choice_t by_server[] = {
    {RST_SCOPE_SERVICE, RST_BINDING_SERVICE, 0, 0, 0},
    {RST_SCOPE_SERVER, RST_BINDING_HOST, 1, 2, 0},
    {RST_SCOPE_CLIENT, RST_BINDING_CLIENT, 1, 4, 2},
};

typedef struct kind {
    rst_family_t family;
    int sender; /* rst_sender_t, -1 = whoever it is */
    const rst_choice_t *choice;
    unsigned choices;
} kind_t;

#define BY(choice) choice, G_N_ELEMENTS(choice)

static const kind_t kinds[] = {
    {RST_FAMILY_ABORT, RST_SENDER_SERVER, BY(by_service)},
    {RST_FAMILY_ABORT, RST_SENDER_CLIENT, BY(by_program)},
    {RST_FAMILY_ABORT, -1, BY(by_service)},
    {RST_FAMILY_CLOSE, RST_SENDER_SERVER, BY(by_service)},
    {RST_FAMILY_CLOSE, RST_SENDER_CLIENT, BY(by_program)},
    {RST_FAMILY_CLOSE, -1, BY(by_service)},
    {RST_FAMILY_TIMER, RST_SENDER_SERVER, BY(by_service)},
    {RST_FAMILY_TIMER, -1, BY(by_service)},
    {RST_FAMILY_STALL, -1, BY(by_service)},
    {RST_FAMILY_DECLARED, -1, BY(by_service)},
    {RST_FAMILY_LOST, -1, BY(by_path)},
    {RST_FAMILY_STATE, RST_SENDER_CLIENT, BY(by_client)},
    {RST_FAMILY_STATE, -1, BY(by_server)},
    {RST_FAMILY_STRAY, -1, BY(by_client)},
};

static bool is_of_kind(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    const kind_t *kind = what;

    (void)census;
    return !incident->problem && rst_story_info(incident->token)->family == kind->family &&
           (kind->sender < 0 || incident->sender == kind->sender);
}

static bool is_of_service(const rst_census_t *census, const rst_incident_t *incident, const void *what)
{
    unsigned family = rst_story_info(incident->token)->family;

    (void)census;
    (void)what;
    return !incident->problem && (family == RST_FAMILY_OPEN || family == RST_FAMILY_DIED || incident->died);
}

void rst_outages_find(rst_problems_t *problems)
{
    rst_bind(problems, is_of_service, NULL, BY(by_opening));
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        rst_bind(problems, is_of_kind, &kinds[i], kinds[i].choice, kinds[i].choices);
}
