/* probe.c
 * Rules for clients that only check whether a service is there: port scans and health checks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/probe.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "track/syn_origin.h"

#define PERIODS_MIN 3
#define PERIOD_SHORTEST (100 * RST_MILLISECOND) /* no monitor asks more often than ten times a second */
#define TIME_TO_LEAVE (20 * RST_MILLISECOND)
#define AT_HOME 75     /* the SYNs may be somebody else's: spoofed, or an idle scan that uses this host */
#define MANY_TARGETS 4 /* times the breadth of a scan: nobody abandons that many attempts */

/* Targets around this moment that the client left without sending data, and with_refused also those that refused it. */
static unsigned breadth_of(const rst_view_t *view, bool with_refused)
{
    const rst_host_t *client = view->host[view->reset->client].host;
    unsigned sum;

    if (!client)
        return 0;
    sum = rst_host_breadth(view->prefs, client, true, view->reset->at);
    return with_refused ? sum + rst_host_breadth(view->prefs, client, false, view->reset->at) : sum;
}

static void explain_odd_syn(const rst_view_t *view)
{
    if (rst_syn_is_odd(view->own))
        rst_evidence_add(view, view->own->syn.pass_index,
                         "SYN with window %u and no option except MSS: made by a scanner", view->own->syn_window);
}

/* The SYN has the options of an ordinary stack, and as far as the clock shows, there was time to close the socket
 * before the SYN-ACK came: a user who leaves a page or ends a program abandons several attempts at once. */
static bool may_have_left(const rst_view_t *view)
{
    return rst_answers_syn_ack(view) && (view->own->known & (RST_DIRECTION_TIMESTAMPS | RST_DIRECTION_WSCALE)) &&
           !rst_within(view, rst_waited(view), TIME_TO_LEAVE);
}

/* The SYN and the kernel's answer to the SYN-ACK do not come from one stack: other distances, or a TTL that no stack
 * starts from. */
static bool has_two_makers(const rst_view_t *view)
{
    uint8_t syn = view->own->syn_ttl;
    uint8_t reset = (view->reset->known & RST_HAS_IP) ? view->reset->ttl : 0;

    return syn && reset && rst_hops(reset) != RST_HOPS_ABSURD &&
           ABS(rst_hops(syn) - rst_hops(reset)) >= (int)view->prefs->hop_delta;
}

/* How likely the number of targets alone makes a port scan. */
static unsigned scan_confidence(const rst_view_t *view, unsigned alone)
{
    unsigned breadth = breadth_of(view, false);

    if (breadth >= view->prefs->scan_ports)
        return view->reset->at_home ? MIN(alone, AT_HOME) : alone;
    return breadth && breadth_of(view, true) >= view->prefs->scan_ports ? 75 : 0;
}

static bool abandons_many(const rst_view_t *view)
{
    return may_have_left(view) && breadth_of(view, false) < MANY_TARGETS * view->prefs->scan_ports;
}

static unsigned match_scan(const rst_view_t *view)
{
    return rst_answers_syn_ack(view) && rst_client_leaves(view) && !abandons_many(view) ? scan_confidence(view, 92) : 0;
}

static unsigned match_connect_scan(const rst_view_t *view)
{
    return !rst_answers_syn_ack(view) && rst_client_leaves(view) ? scan_confidence(view, 80) : 0;
}

static unsigned match_scanner_syn(const rst_view_t *view)
{
    if (!rst_syn_is_odd(view->own) || !rst_answers_syn_ack(view) || !rst_client_leaves(view) || abandons_many(view) ||
        scan_confidence(view, 92))
        return 0;
    return view->reset->at_home ? AT_HOME : 80;
}

/* A program with a raw socket made the SYN (TCP traceroute, packet generators, user-space stacks), and the kernel knows
 * nothing of it. Who repeats the SYN has not seen the answer: then the reset is not the client's. */
static unsigned match_own_stack(const rst_view_t *view)
{
    return rst_answers_syn_ack(view) && rst_client_leaves(view) && has_two_makers(view) && !rst_syn_is_odd(view->own) &&
                   !scan_confidence(view, 92) && !view->reset->after.syn_again && view->own->segments == 1
               ? 62
               : 0;
}

static void explain_own_stack(const rst_view_t *view)
{
    rst_summary(view,
                "The kernel of %s probably does not know this connection: the SYN in %s does not come from the stack "
                "that reset the SYN-ACK, but from a program with a raw socket or its own stack, such as a TCP "
                "traceroute, or from another host in its name",
                rst_who_own(view), rst_where(view, view->own->syn.pass_index));
    rst_evidence_add(view, view->own->syn.pass_index, "SYN with TTL %u", view->own->syn_ttl);
    rst_evidence_add(view, view->reset->at.pass_index, "Reset with TTL %u", view->reset->ttl);
    rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK that was reset");
}

static unsigned match_perhaps_scan(const rst_view_t *view)
{
    return rst_client_leaves(view) && abandons_many(view) && breadth_of(view, false) >= view->prefs->scan_ports ? 40
                                                                                                                : 0;
}

static void explain_probe(const rst_view_t *view, const char *how)
{
    unsigned breadth = breadth_of(view, true);

    rst_summary(
        view,
        "Port probe: %s %s and reset the connection at once without sending data. %u other targets got no data from it "
        "either",
        rst_who_own(view), how, breadth - 1);
    rst_evidence_add(view, view->own->syn.pass_index,
                     "%u targets of this source within about %u s refused it or got no data", breadth,
                     view->prefs->scan_s);
    explain_odd_syn(view);
}

static void explain_scan(const rst_view_t *view)
{
    explain_probe(view, "waited only for the SYN-ACK");
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN-ACK shows that the port is open");
}

static void explain_connect_scan(const rst_view_t *view)
{
    explain_probe(view, "completed the handshake");
}

static void explain_scanner_syn(const rst_view_t *view)
{
    rst_summary(view,
                "Port probe: %s waited only for the SYN-ACK and reset the connection at once without sending data",
                rst_who_own(view));
    explain_odd_syn(view);
    rst_evidence_add(view, view->trigger->moment.pass_index, "The SYN-ACK shows that the port is open");
}

static unsigned match_resets_refusal(const rst_view_t *view)
{
    return rst_is_abort(view) && rst_resets_refusal(view) ? 80 : 0;
}

static void explain_resets_refusal(const rst_view_t *view)
{
    uint32_t refusal = view->reset->peer_last.at.pass_index;

    rst_summary(view,
                "Port probe: %s sent a SYN without the options of any ordinary system and reset the refusal in %s, "
                "which no TCP stack does. A scanner resets whatever answers it",
                rst_who_own(view), rst_where(view, refusal));
    rst_evidence_add(view, refusal, "The refusal that this reset answers");
    if (rst_syn_is_odd(view->own))
        explain_odd_syn(view);
    else
        rst_evidence_add(view, view->own->syn.pass_index, "SYN with no option except MSS");
    if ((view->reset->known & RST_HAS_WINDOW) && view->reset->window)
        rst_evidence_add(view, view->reset->at.pass_index, "Window %u in a reset without ACK", view->reset->window);
}

static bool has_period(const rst_habit_t *habit)
{
    return habit && habit->count > PERIODS_MIN && habit->period_min >= PERIOD_SHORTEST &&
           rst_time_sub(habit->period_max, habit->period_min) <= habit->period_min / 5;
}

static unsigned match_health(const rst_view_t *view)
{
    return rst_client_leaves(view) && has_period(view->reset->habit) ? 88 : 0;
}

static unsigned match_perhaps_health(const rst_view_t *view)
{
    return rst_client_leaves(view) && !has_period(view->reset->habit) ? 15 : 0;
}

static void explain_health(const rst_view_t *view)
{
    const rst_habit_t *habit = view->reset->habit;

    rst_summary(view,
                "%shealth check: %s opens a connection to this service every %s and resets it without sending data (%u "
                "times in a row)",
                rst_probably(view), rst_who_own(view),
                rst_span(view, rst_time_add(habit->period_min, habit->period_max) / 2), habit->count);
    rst_evidence_add(view, view->own->syn.pass_index, "The period varies between %s and %s",
                     rst_span(view, habit->period_min), rst_span(view, habit->period_max));
}

const rst_rule_t rst_rules_probe[] = {
    {"periodic_probe",
     RST_CAUSE_HEALTH_CHECK,
     match_health,
     explain_health,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_BENIGN | RST_NEEDS_DISTANCE | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_HALF_OPEN_SCAN, 8}}},
    {"probe_without_period",
     RST_CAUSE_HEALTH_CHECK,
     match_perhaps_health,
     NULL,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_DISTANCE | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{0, 0}}},
    {"scan_breadth",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_scan,
     explain_scan,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_UNKNOWN_TO_KERNEL, 6}, {RST_CAUSE_CONNECT_ABORTED, 3}}},
    {"connect_scan_breadth",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_connect_scan,
     explain_connect_scan,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_UNKNOWN_TO_KERNEL, 6}, {RST_CAUSE_CONNECT_ABORTED, 3}}},
    {"scanner_syn",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_scanner_syn,
     explain_scanner_syn,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_UNKNOWN_TO_KERNEL, 6}, {RST_CAUSE_CONNECT_ABORTED, 3}}},
    {"syn_of_program",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_own_stack,
     explain_own_stack,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{RST_CAUSE_HALF_OPEN_SCAN, 15}, {RST_CAUSE_UNSOLICITED_SYNACK, 10}, {RST_CAUSE_CONNECT_ABORTED, 5}}},
    {"refusal_reset",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_resets_refusal,
     explain_resets_refusal,
     RST_IF_ABORT,
     RST_RULE_FIRST | RST_NEEDS_NOTHING,
     {{RST_CAUSE_UNKNOWN_TO_KERNEL, 10}, {RST_CAUSE_SEGMENT_AFTER_RESET, 5}}},
    {"several_given_up",
     RST_CAUSE_HALF_OPEN_SCAN,
     match_perhaps_scan,
     NULL,
     RST_IF_ANSWER,
     RST_RULE_FIRST | RST_RULE_ALTERNATIVE | RST_NEEDS_HOST | RST_NEEDS_VISITS | RST_NEEDS_ATTEMPTS,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
