/* unkept.c
 * Finding out and saying what was not kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/unkept.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

static bool lacks_host(rst_host_found_t found, rst_moment_t at)
{
    return found.found == RST_FOUND ? !rst_host_is_complete(found.host, at) : found.found == RST_NOT_KEPT;
}

static bool lacks_service(rst_service_found_t found, rst_moment_t at)
{
    return found.found == RST_FOUND ? !rst_service_is_complete(found.service, at) : found.found == RST_NOT_KEPT;
}

uint32_t rst_unkept_of(const rst_reset_t *reset, const rst_host_found_t *host, const rst_service_found_t *service)
{
    uint32_t unkept = 0;

    if (lacks_host(host[reset->from], reset->at))
        unkept |= RST_NEEDS_HOST;
    if (lacks_host(host[reset->client], reset->at))
        unkept |= RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS;
    if (lacks_service(*service, reset->at))
        unkept |= RST_NEEDS_SERVICE | RST_NEEDS_VISITS;
    if (reset->visits_unkept)
        unkept |= RST_NEEDS_VISITS;
    if (reset->attempts_unkept)
        unkept |= RST_NEEDS_ATTEMPTS;
    return unkept;
}

/* A connection that shows itself how far away its sender is needs no other one for that. But others may show that the
 * sender has several distances, which clears whoever is accused because of one. */
static bool needs_distance(const rst_view_t *view, bool accusation)
{
    return accusation || !rst_shows_own_hops(view);
}

static bool needs_visits(const rst_view_t *view)
{
    return rst_from_client(view) && rst_is_empty(view);
}

/* Only with SMB does another attempt explain a refusal. */
static bool needs_attempts(const rst_view_t *view)
{
    return rst_is_refusal(view) ? rst_is_smb_port(view) : needs_visits(view);
}

uint32_t rst_unkept_by(const rst_view_t *view, const rst_rule_t *rule, bool accusation)
{
    uint32_t unkept = rule->flags & view->unkept;

    if ((unkept & RST_NEEDS_DISTANCE) && !needs_distance(view, accusation))
        unkept &= ~(uint32_t)RST_NEEDS_DISTANCE;
    if ((unkept & RST_NEEDS_SERVICE) && rst_from_client(view))
        unkept &= ~(uint32_t)RST_NEEDS_SERVICE;
    if ((unkept & RST_NEEDS_VISITS) && !needs_visits(view))
        unkept &= ~(uint32_t)RST_NEEDS_VISITS;
    if ((unkept & RST_NEEDS_ATTEMPTS) && !needs_attempts(view))
        unkept &= ~(uint32_t)RST_NEEDS_ATTEMPTS;
    return unkept;
}

void rst_unkept_tell(const rst_view_t *view, uint32_t unkept)
{
    static const struct {
        uint32_t what;
        const char *text;
    } parts[] = {
        {RST_NEEDS_DISTANCE, "from what distance they came"},
        {RST_NEEDS_ENDINGS, "how they ended"},
        {RST_NEEDS_SERVICE, "when the service accepted or refused them"},
        {RST_NEEDS_VISITS, "whether the client comes at regular intervals"},
        {RST_NEEDS_ATTEMPTS, "what else the client tried at that moment"},
    };
    const char *list = NULL;

    if (!unkept)
        return;
    for (size_t i = 0; view->texts && i < G_N_ELEMENTS(parts); i++) {
        if (unkept & parts[i].what)
            list = list ? rst_text(view->memory, "%s, %s", list, parts[i].text) : parts[i].text;
    }
    rst_evidence_add(view, view->reset->at.pass_index,
                     "Other connections of these hosts were dropped to save memory, so it is not known %s",
                     list ? list : "");
}
