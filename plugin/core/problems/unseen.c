/* unseen.c
 * A client that sends data has been answered. Where the capture shows no answer, the server's packets take another way,
 * and silence of that server means nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/unseen.h"

#include "problems/stories.h"

#define LEADS 50 /* percent: below, it was only a guess */

typedef struct server {
    uint32_t seen, unseen; /* connections with and without its packets */
} server_t;

static bool is_silence(rst_token_t token)
{
    return token == RST_TOKEN_FINDING(RST_FINDING_SYN_TIMEOUT) ||
           token == RST_TOKEN_FINDING(RST_FINDING_SILENT_GIVE_UP);
}

/* A client's reset of which it is not known what it answers. */
static bool is_guess(const rst_census_t *census, const rst_incident_t *incident)
{
    return incident->sender == RST_SENDER_CLIENT && incident->confidence < LEADS &&
           rst_story_info(incident->token)->family == RST_FAMILY_ABORT &&
           !(rst_incident_flow(census, incident)->facts & RST_FLOW_ANSWERED);
}

void rst_unseen_set_aside(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    server_t *servers = g_new0(server_t, census->addresses->len + 1);
    uint32_t seen = 0, unseen = 0;

    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);

        if (flow->facts & RST_FLOW_ANSWERED) {
            servers[flow->server].seen++;
            seen++;
        } else if (flow->facts & RST_FLOW_CLIENT_DATA) {
            servers[flow->server].unseen++;
            unseen++;
        }
    }
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        rst_incident_t *incident = rst_incident_at(census, i);
        const server_t *server = &servers[rst_incident_flow(census, incident)->server];

        if (is_guess(census, incident))
            incident->problem = RST_PROBLEM_UNSEEN;
        if (incident->problem || !is_silence(incident->token) || incident->sender != RST_SENDER_CLIENT)
            continue;
        if (server->unseen > server->seen || (!server->seen && unseen > seen))
            incident->problem = RST_PROBLEM_UNSEEN;
    }
    g_free(servers);
}
