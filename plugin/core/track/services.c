/* services.c
 * The runs of acceptances and refusals of a service.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/services.h"

bool rst_moment_is_near(rst_moment_t first, rst_moment_t last, rst_moment_t at)
{
    bool set_back = last.time < first.time;
    int64_t before = rst_elapsed(set_back ? first : last, at);
    int64_t after = rst_elapsed(at, set_back ? last : first);

    return (before == RST_TIME_NONE || before <= RST_NEAR_BEFORE) &&
           (after == RST_TIME_NONE || after <= RST_NEAR_AFTER);
}

bool rst_lost_before(rst_moment_t lost, rst_moment_t at)
{
    int64_t elapsed = rst_elapsed(lost, at);

    return lost.pass_index &&
           (at.pass_index <= lost.pass_index || elapsed == RST_TIME_NONE || elapsed <= RST_NEAR_BEFORE);
}

bool rst_lost_since(rst_moment_t crowded, rst_moment_t at)
{
    int64_t until = rst_elapsed(at, crowded);

    return crowded.pass_index &&
           (crowded.pass_index <= at.pass_index || until == RST_TIME_NONE || until <= RST_NEAR_AFTER);
}

/* Nearly all services only ever refuse or only accept, so the first run is stored inline. */
static void add_run(const rst_memory_t *memory, rst_service_t *service)
{
    if (!service->runs) {
        service->run = &service->first_run;
    } else if (service->runs == 1) {
        service->room = 1;
        service->run = rst_grow(memory, NULL, sizeof *service->run, 0, &service->room, RST_SERVICE_RUNS_MAX);
        service->run[0] = service->first_run;
    }
    if (service->runs > 1 && service->runs == service->room)
        service->run =
            rst_grow(memory, service->run, sizeof *service->run, service->runs, &service->room, RST_SERVICE_RUNS_MAX);
    service->runs++;
}

/* Where a run would have to begin that holds this moment. */
static unsigned place_of(const rst_service_t *service, rst_moment_t at)
{
    unsigned place = service->runs;

    while (place > 0 && service->run[place - 1].first.pass_index > at.pass_index)
        place--;
    return place;
}

static void begin_run(const rst_memory_t *memory, rst_service_t *service, unsigned place, bool accepts, rst_moment_t at)
{
    rst_service_run_t *run;

    if (service->runs == RST_SERVICE_RUNS_MAX) {
        if (!service->crowded.pass_index)
            service->crowded = at;
        return;
    }
    add_run(memory, service);
    run = &service->run[place];
    memmove(run + 1, run, (service->runs - 1 - place) * sizeof *run);
    *run = (rst_service_run_t){accepts, false, at, at};
}

static void note(const rst_memory_t *memory, rst_service_t *service, bool accepts, rst_moment_t at)
{
    unsigned place = place_of(service, at);
    rst_service_run_t *before = place ? &service->run[place - 1] : NULL;
    rst_service_run_t *after = place != service->runs ? &service->run[place] : NULL;

    if (before && before->accepts == accepts)
        before->last = at.pass_index > before->last.pass_index ? at : before->last;
    else if (after && after->accepts == accepts)
        after->first = at;
    else
        begin_run(memory, service, place, accepts, at);
}

void rst_service_refuses(const rst_memory_t *memory, rst_service_t *service, rst_moment_t at)
{
    note(memory, service, false, at);
}

void rst_service_accepts(const rst_memory_t *memory, rst_service_t *service, rst_moment_t at, struct rst_host *client)
{
    if (!service->accepted)
        service->client = client;
    service->for_all = service->for_all || service->client != client;
    service->accepted = true;
    note(memory, service, true, at);
}

bool rst_service_is_complete(const rst_service_t *service, rst_moment_t at)
{
    return !rst_lost_since(service->crowded, at) && !service->lost.pass_index &&
           at.pass_index > service->untold.pass_index;
}

bool rst_service_is_hearsay(const rst_service_t *service, const struct rst_host *client)
{
    return service->accepted && !service->for_all && service->client != client;
}

void rst_service_serves(rst_service_t *service, rst_moment_t accepted)
{
    rst_service_run_t *run = &service->run[service->runs - 1];

    if (!run->accepts && accepted.pass_index < run->first.pass_index)
        run->served = true;
}

const rst_service_run_t *rst_service_before(const rst_service_t *service, bool accepts, rst_moment_t at)
{
    for (unsigned i = service->runs; i-- > 0;) {
        if (service->run[i].accepts == accepts && service->run[i].first.pass_index < at.pass_index)
            return &service->run[i];
    }
    return NULL;
}

const rst_service_run_t *rst_service_after(const rst_service_t *service, bool accepts, rst_moment_t at)
{
    for (unsigned i = 0; i < service->runs; i++) {
        if (service->run[i].accepts == accepts && service->run[i].last.pass_index > at.pass_index)
            return &service->run[i];
    }
    return NULL;
}

bool rst_service_accepted_since(const rst_service_t *service, rst_moment_t since)
{
    for (unsigned i = service->runs; i-- > 0;) {
        if (service->run[i].accepts)
            return service->run[i].last.pass_index >= since.pass_index;
    }
    return false;
}

bool rst_service_accepted_near(const rst_service_t *service, rst_moment_t at)
{
    for (unsigned i = 0; i < service->runs; i++) {
        if (service->run[i].accepts && rst_moment_is_near(service->run[i].first, service->run[i].last, at))
            return true;
    }
    return false;
}
