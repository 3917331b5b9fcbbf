/* syn_options.c
 * Implementation for SYNs with special options.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/syn_options.h"

#define WAITING_MAX 64 /* refusals that one later segment is noted for: whoever floods a service costs no more */

/* ECN travels in the flags, all else in options: who objects to one need not object to the other. */
static unsigned kind_of(const rst_direction_t *client)
{
    return (client->syn_flags & (RST_FLAG_ECE | RST_FLAG_CWR)) ? 0 : 1;
}

static void note_first(rst_moment_t *place, rst_moment_t at)
{
    if (!place->pass_index)
        *place = at;
}

/* Calls note for the latest refusals of SYNs with special options that a later moment still says something about. */
static void tell_waiting(rst_service_t *service, rst_moment_t at,
                         void (*note)(rst_reset_t *reset, rst_moment_t at, unsigned kind), unsigned kind)
{
    rst_reset_t *reset = service->options_refused;
    unsigned count = 0;

    for (; reset && count < WAITING_MAX; reset = reset->waiting, count++) {
        if (!rst_moment_is_near(at, at, reset->at))
            return;
        note(reset, at, kind);
    }
    if (reset && rst_moment_is_near(at, at, reset->at))
        service->untold = reset->at;
}

static void note_plain_accept(rst_reset_t *reset, rst_moment_t at, unsigned kind)
{
    (void)kind;
    note_first(&reset->plain_after, at);
}

static void note_plain_refusal(rst_reset_t *reset, rst_moment_t at, unsigned kind)
{
    (void)kind;
    note_first(&reset->plain_refused[1], at);
}

static void note_options_accept(rst_reset_t *reset, rst_moment_t at, unsigned kind)
{
    if (kind_of(&reset->direction[reset->client]) == kind)
        note_first(&reset->options_after, at);
}

void rst_syn_options_refused(rst_service_t *service, rst_reset_t *reset)
{
    const rst_direction_t *client = &reset->direction[reset->client];

    if (!client->syn_options) {
        service->plain_refusal = reset->at;
        tell_waiting(service, reset->at, note_plain_refusal, 0);
        return;
    }
    reset->plain_before = service->plain_accept;
    reset->plain_refused[0] = service->plain_refusal;
    reset->options_before = service->options_accept[kind_of(client)];
    reset->waiting = service->options_refused;
    if (reset->waiting)
        reset->waiting->waiting_before = reset;
    service->options_refused = reset;
}

void rst_syn_options_accepted(rst_service_t *service, const rst_direction_t *client, rst_moment_t accepted)
{
    unsigned kind = kind_of(client);

    if (!client->syn_options) {
        service->plain_accept = accepted;
        tell_waiting(service, accepted, note_plain_accept, 0);
        return;
    }
    service->options_accept[kind] = accepted;
    tell_waiting(service, accepted, note_options_accept, kind);
}
