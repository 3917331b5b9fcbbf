/* accept.c
 * Rules for a server whose kernel had accepted a connection that its application never received: the listening socket
 * was closed, or its accept queue was full.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/accept.h"

#include "rules/explain.h"
#include "rules/predicates.h"
#include "rules/refusal.h"

#define STOPPED_WITHIN (10 * RST_SECOND) /* a refusal that comes later may be due to another stop */

static const rst_service_run_t *next_run(const rst_view_t *view, bool accepts)
{
    return view->service.service ? rst_service_after(view->service.service, accepts, view->reset->at) : NULL;
}

/* Refusals begin soon after the reset, with no acceptance in between: the listener is gone. */
static bool listener_gone(const rst_view_t *view)
{
    const rst_service_run_t *refused = rst_refusals_soon_after(view, view->reset->at, STOPPED_WITHIN);
    const rst_service_run_t *accepted = next_run(view, true);

    return refused && (!accepted || accepted->first.pass_index > refused->first.pass_index);
}

/* The connection is open, but nothing came from the application. */
static bool was_not_served(const rst_view_t *view)
{
    return rst_is_abort(view) && !rst_from_client(view) && !view->own->bytes && !rst_has_fin(view->own) &&
           !rst_has_fin(view->peer) && (view->own->known & RST_DIRECTION_SYNACK) &&
           !view->reset->own_last.at.pass_index && rst_was_open(view);
}

/* The kernel resets all connections that were never accepted; a process that ends sends a FIN if no data is unread. */
static bool others_were_closed(const rst_view_t *view)
{
    return view->reset->burst && view->reset->burst->closes;
}

/* Several connections on this port end at the same moment. */
static bool several_end(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    return burst && burst->connections >= 2 && burst->port == view->reset->story->port[view->reset->from] &&
           !rst_clock_stands(view) && !rst_burst_hearsay(view, 2);
}

static unsigned match_listener(const rst_view_t *view)
{
    if (!was_not_served(view) || others_were_closed(view) || !listener_gone(view))
        return 0;
    if (!view->peer->bytes)
        return 86;
    return several_end(view) ? 84 : 60;
}

static unsigned match_unserved_together(const rst_view_t *view)
{
    return was_not_served(view) && !others_were_closed(view) && !listener_gone(view) && !view->peer->bytes &&
                   several_end(view)
               ? 55
               : 0;
}

static unsigned match_unserved(const rst_view_t *view)
{
    if (!was_not_served(view))
        return 0;
    if (others_were_closed(view))
        return 30;
    return !listener_gone(view) && !view->peer->bytes && !several_end(view) ? 30 : 0;
}

static void explain_unserved(const rst_view_t *view, const char *then)
{
    rst_summary(
        view,
        "The listening socket of %s was %sclosed while connections were waiting: this one was open but was never "
        "served%s",
        rst_who_own(view), rst_probably(view), then);
    rst_evidence_add(view, view->own->syn.pass_index,
                     "Accepted by the kernel here, but no data from the application followed");
}

static void explain_burst(const rst_view_t *view)
{
    const rst_burst_t *burst = view->reset->burst;

    if (burst && burst->connections > 1)
        rst_evidence_add(view, view->reset->at.pass_index, "%u connections of this host were reset at the same moment",
                         burst->connections);
}

static void explain_listener(const rst_view_t *view)
{
    explain_unserved(view, ", and new SYNs are refused from then on");
    rst_evidence_add(view, next_run(view, false)->first.pass_index, "From here on the port refuses connections");
    explain_burst(view);
}

static void explain_unserved_together(const rst_view_t *view)
{
    explain_unserved(view, "");
    explain_burst(view);
}

/* The service accepted another connection later, before any refusal: it was not stopped here. */
static bool serves_on(const rst_view_t *view)
{
    const rst_service_run_t *accepted = next_run(view, true);
    const rst_service_run_t *refused = next_run(view, false);

    return accepted && (!refused || accepted->first.pass_index <= view->reset->at.pass_index ||
                        accepted->first.pass_index < refused->first.pass_index);
}

/* The accept queue is full when the third segment arrives: Linux with tcp_abort_on_overflow, and other systems. */
static bool resets_third_segment(const rst_view_t *view)
{
    if (!rst_is_answer(view) || !(view->own->known & RST_DIRECTION_SYNACK) || view->own->bytes ||
        view->reset->own_last.at.pass_index)
        return false;
    if (view->own->pure_acks || rst_has_fin(view->own) || view->trigger->space || view->trigger->keepalive ||
        view->trigger->ack != view->own->isn + 1)
        return false;
    return rst_within(view, rst_elapsed(view->own->syn, view->reset->at), RST_SECOND) || view->own->synacks == 1;
}

static unsigned match_overflow(const rst_view_t *view)
{
    return resets_third_segment(view) && serves_on(view) ? 75 : 0;
}

/* Nothing shows that the service carries on, so it may just as well have been stopped at that moment. */
static unsigned match_overflow_or_stop(const rst_view_t *view)
{
    return resets_third_segment(view) && !serves_on(view) ? 60 : 0;
}

static void explain_third_segment(const rst_view_t *view, const char *then)
{
    rst_summary(view, "%s reset the connection at the last step of the handshake (%s): its accept queue was %sfull%s",
                rst_who_own(view), rst_where(view, view->trigger->moment.pass_index), rst_probably(view), then);
    rst_evidence_add(view, view->trigger->moment.pass_index, "The correct final ACK, answered with a reset");
}

static void explain_overflow(const rst_view_t *view)
{
    explain_third_segment(view, ". It accepted other connections later");
}

static void explain_overflow_or_stop(const rst_view_t *view)
{
    explain_third_segment(view, ", or the service was stopped at that moment");
}

const rst_rule_t rst_rules_accept[] = {
    {"listener_gone",
     RST_CAUSE_LISTENER_CLOSED,
     match_listener,
     explain_listener,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 10}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"unserved_together",
     RST_CAUSE_LISTENER_CLOSED,
     match_unserved_together,
     explain_unserved_together,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{RST_CAUSE_APP_ABORT, 10}, {RST_CAUSE_UNREAD_DATA, 5}}},
    {"unserved",
     RST_CAUSE_LISTENER_CLOSED,
     match_unserved,
     NULL,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_SERVICE,
     {{0, 0}}},
    {"accept_queue_full",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_overflow,
     explain_overflow,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_LISTENER_CLOSED, 15},
      {RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_NO_CONNECTION, 8},
      {RST_CAUSE_POLICY_RESET, 5}}},
    {"queue_full_or_stopped",
     RST_CAUSE_RESOURCE_EXHAUSTION,
     match_overflow_or_stop,
     explain_overflow_or_stop,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_DISTANCE | RST_NEEDS_SERVICE,
     {{RST_CAUSE_LISTENER_CLOSED, 15},
      {RST_CAUSE_SESSION_FAILOVER, 8},
      {RST_CAUSE_NO_CONNECTION, 8},
      {RST_CAUSE_POLICY_RESET, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
