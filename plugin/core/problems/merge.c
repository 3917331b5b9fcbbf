/* merge.c
 * A server that restarts, or goes, shows in several ways: what was sent to it is lost, nobody answers SYNs, and then it
 * knows none of its connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/merge.h"

#include <stdlib.h>

#include "problems/stories.h"

#define APART (30 * RST_SECOND) /* between the end of one part and the beginning of the next */

enum {                      /* what a problem consists of */
       PART_SILENT = 0x01,  /* SYNs without an answer */
       PART_REFUSED = 0x02, /* nobody listens */
       PART_DIED = 0x04,
       PART_LOST = 0x08,
       PART_FORGOTTEN = 0x10, /* the server does not know its connections */
       PART_OTHER = 0x20
};

/* What is known of a problem before it is counted. */
typedef struct part {
    uint32_t problem; /* index */
    uint32_t server;
    uint32_t incidents;
    unsigned kinds;
    int64_t first, last;
    int64_t fine; /* when the server answered first after it, RST_TIME_MAX = never */
    bool one_server;
    uint32_t into; /* index of the problem that it becomes part of + 1 */
} part_t;

static unsigned kind_of(const rst_incident_t *incident)
{
    switch (rst_story_info(incident->token)->family) {
    case RST_FAMILY_OPEN:
        return incident->token >= RST_CAUSE_COUNT || incident->token == RST_CAUSE_HANDSHAKE_TIMEOUT ? PART_SILENT
                                                                                                    : PART_REFUSED;
    case RST_FAMILY_DIED:
        return PART_DIED;
    case RST_FAMILY_LOST:
        return PART_LOST;
    case RST_FAMILY_STATE:
        return incident->token == RST_CAUSE_NO_CONNECTION && incident->sender == RST_SENDER_SERVER ? PART_FORGOTTEN
                                                                                                   : PART_OTHER;
    default:
        return PART_OTHER;
    }
}

static bool is_of_server(const rst_problem_t *problem)
{
    return problem->binding == RST_BINDING_SERVICE || problem->binding == RST_BINDING_HOST;
}

#define WAITING_MAX 16 /* parts of one server that wait for an answer of it */

/* The parts of a server after which it has not answered yet. */
typedef struct waiting {
    uint32_t part[WAITING_MAX];
    uint32_t count;
} waiting_t;

static void note_fine(part_t *parts, waiting_t *waiting, int64_t at)
{
    for (uint32_t i = 0; i < waiting->count;) {
        part_t *part = &parts[waiting->part[i]];

        if (at <= part->last) {
            i++;
            continue;
        }
        part->fine = at;
        waiting->part[i] = waiting->part[--waiting->count];
    }
}

/* For each part of a server, when a connection with that server went well again. */
static void find_answers(const rst_problems_t *problems, part_t *parts)
{
    const rst_census_t *census = problems->census;
    waiting_t **waiting = g_new0(waiting_t *, census->addresses->len + 1);

    for (uint32_t i = 0; i < problems->problem->len; i++) {
        waiting_t **of = &waiting[parts[i].server];

        parts[i].fine = RST_TIME_MAX;
        if (!parts[i].one_server || !parts[i].incidents)
            continue;
        if (!*of)
            *of = g_new0(waiting_t, 1);
        if ((*of)->count < WAITING_MAX)
            (*of)->part[(*of)->count++] = i;
        else
            parts[i].fine = parts[i].last;
    }
    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);

        if (waiting[flow->server] && !flow->incident && (flow->facts & RST_FLOW_ANSWERED))
            note_fine(parts, waiting[flow->server], flow->first);
    }
    for (uint32_t i = 0; i < census->addresses->len; i++)
        g_free(waiting[i]);
    g_free(waiting);
}

static part_t *look(const rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    part_t *parts = g_new0(part_t, problems->problem->len + 1);

    for (uint32_t i = 0; i < census->incidents->len; i++) {
        const rst_incident_t *incident = rst_incident_at(census, i);
        const rst_flow_t *flow = rst_incident_flow(census, incident);
        part_t *part;

        if (!rst_incident_is_listed(incident))
            continue;
        part = &parts[incident->problem - 1];
        if (!part->incidents++) {
            part->first = part->last = incident->at.time;
            part->server = flow->server;
            part->one_server = is_of_server(rst_problem_at(problems, incident->problem - 1));
        }
        part->one_server = part->one_server && flow->server == part->server;
        part->kinds |= kind_of(incident);
        part->first = MIN(part->first, MIN(flow->first, incident->at.time));
        part->last = MAX(part->last, incident->at.time);
    }
    for (uint32_t i = 0; i < problems->problem->len; i++)
        parts[i].problem = i;
    find_answers(problems, parts);
    return parts;
}

/* Soon, or before the server had answered anybody again. */
static bool follows(const part_t *before, const part_t *after)
{
    return after->first >= before->first &&
           (after->first <= rst_time_add(before->last, APART) || after->first <= before->fine);
}

/* Do these belong together, if they follow each other at one server? */
static bool is_one_story(const part_t *a, const part_t *b)
{
    unsigned both = a->kinds | b->kinds;
    unsigned gone = PART_LOST | PART_FORGOTTEN | PART_DIED;

    if ((both & PART_OTHER) || (!follows(a, b) && !follows(b, a)))
        return false;
    return (a->kinds & gone) && (b->kinds & (gone | PART_SILENT)) ? true
                                                                  : (b->kinds & gone) && (a->kinds & PART_SILENT);
}

static int compare_parts(const void *left, const void *right)
{
    const part_t *a = left;
    const part_t *b = right;

    if (a->one_server != b->one_server)
        return a->one_server ? -1 : 1;
    if (a->server != b->server)
        return a->server < b->server ? -1 : 1;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->problem < b->problem ? -1 : 1;
}

static void join(part_t *whole, part_t *part)
{
    part->into = whole->problem + 1;
    whole->kinds |= part->kinds;
    whole->incidents += part->incidents;
    whole->last = MAX(whole->last, part->last);
    whole->fine = part->fine;
}

void rst_merge(rst_problems_t *problems)
{
    const rst_census_t *census = problems->census;
    uint32_t count = problems->problem->len;
    part_t *parts = look(problems);
    uint32_t *into = g_new0(uint32_t, count + 1);
    uint32_t whole = 0;

    qsort(parts, count, sizeof parts[0], compare_parts);
    for (uint32_t i = 1; i < count && parts[i].one_server; i++) {
        if (parts[i].incidents && parts[whole].server == parts[i].server && parts[whole].incidents &&
            is_one_story(&parts[whole], &parts[i])) {
            join(&parts[whole], &parts[i]);
            into[parts[i].problem] = parts[i].into;
        } else {
            whole = i;
        }
    }
    for (uint32_t i = 0; i < census->incidents->len; i++) {
        rst_incident_t *incident = rst_incident_at(census, i);

        if (rst_incident_is_listed(incident) && into[incident->problem - 1])
            incident->problem = into[incident->problem - 1];
    }
    g_free(into);
    g_free(parts);
}
