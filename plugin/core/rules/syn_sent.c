/* syn_sent.c
 * Rules for a SYN-ACK that is reset although its client goes on waiting for one: it repeats the same SYN.
 *
 * A program that gives up closes its socket, and the next attempt takes another initial sequence number (RFC 9293,
 * section 3.4.1). The same SYN again means that the client is still in SYN-SENT. There, a SYN-ACK is reset only if it
 * acknowledges something else than the SYN, and the client goes on waiting (RFC 9293, section 3.10.7.3). Linux rejects
 * a wrong timestamp echo in the same way, and after a wrong ACK repeats the SYN at once instead of a second later
 * (tcp_rcv_synsent_state_process() in tcp_input.c, TCP_TIMEOUT_MIN), as does lwIP (tcp_process() in tcp_in.c). So if
 * the SYN-ACK is right where it was captured, then it was changed on the way to the client, or it never got there:
 * routed to somebody else, or not translated back by the host that had translated the SYN, which then reset it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/syn_sent.h"

#include "rules/attempt.h"
#include "rules/explain.h"
#include "rules/predicates.h"

#define AT_ONCE (200 * RST_MILLISECOND) /* no first SYN timeout is as short as this */
#define UNSEEN 48                       /* percent without the SYN-ACK: says "perhaps" */

typedef enum maker {
    MAKER_CLIENT,      /* nothing contradicts the client */
    MAKER_OTHER_TTL,   /* from its distance, but with another initial TTL */
    MAKER_OTHER_STACK, /* and from another counter of IP IDs too */
    MAKER_IN_FRONT,    /* one hop nearer */
    MAKER_ELSEWHERE
} maker_t;

/* The IP IDs of the SYNs come from a counter, and that of the reset does not. */
static bool has_other_counter(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;
    uint16_t step = (uint16_t)(view->reset->ip_id - own->ip_id);

    return (own->known & RST_DIRECTION_IP_ID) && own->ip_id && view->reset->ip_id && view->reset->ip_id != own->ip_id &&
           step > RST_ID_STEP_MAX && (uint16_t)-step > RST_ID_STEP_MAX;
}

static maker_t maker_of(const rst_view_t *view)
{
    uint8_t syn = view->own->syn_ttl;
    uint8_t here = view->reset->ttl;
    int delta = rst_hops(here) - rst_hops(syn);

    if (!syn || !here || syn <= RST_TTL_LOW || here <= RST_TTL_LOW || syn == here)
        return MAKER_CLIENT;
    if (delta)
        return delta == -1 ? MAKER_IN_FRONT : MAKER_ELSEWHERE;
    return has_other_counter(view) ? MAKER_OTHER_STACK : MAKER_OTHER_TTL;
}

/* After this reset, or after the one before it. */
static rst_moment_t syn_again(const rst_view_t *view)
{
    return view->reset->after.same_syn.pass_index ? view->reset->after.same_syn : view->own->last;
}

/* Between the client and the capture point nothing had time to change the SYN-ACK: the reset follows sooner than the
 * SYN-ACK followed the SYN. */
static bool is_near_client(const rst_view_t *view)
{
    int64_t answer = rst_delay(view);
    int64_t wait = view->trigger ? rst_elapsed(view->own->last, view->trigger->moment) : RST_TIME_NONE;

    return answer != RST_TIME_NONE && wait != RST_TIME_NONE && answer < wait;
}

static int64_t first_pause(const rst_view_t *view)
{
    const rst_moment_t kept = view->own->syn_kept;

    return rst_elapsed(view->own->syn, kept.pass_index ? kept : view->reset->after.same_syn);
}

static bool comes_at_once(const rst_view_t *view)
{
    return rst_within(view, first_pause(view), AT_ONCE);
}

/* A program with a raw socket repeats its SYN without options, and the kernel that does not know of it resets each
 * SYN-ACK. */
static bool may_be_raw(const rst_view_t *view)
{
    return view->own->syn_bare && !comes_at_once(view);
}

static unsigned made_by(const rst_view_t *view, maker_t maker, unsigned confidence)
{
    return rst_keeps_asking(view) && !may_be_raw(view) && maker_of(view) == maker ? confidence : 0;
}

static unsigned match_elsewhere(const rst_view_t *view)
{
    return made_by(view, MAKER_ELSEWHERE, 70);
}

static unsigned match_in_front(const rst_view_t *view)
{
    return made_by(view, MAKER_IN_FRONT, 62);
}

static unsigned match_other_stack(const rst_view_t *view)
{
    return made_by(view, MAKER_OTHER_STACK, 62);
}

static unsigned match_other_ttl(const rst_view_t *view)
{
    return made_by(view, MAKER_OTHER_TTL, 52);
}

static unsigned match_altered(const rst_view_t *view)
{
    if (is_near_client(view))
        return 0;
    if (comes_at_once(view))
        return made_by(view, MAKER_CLIENT, 68);
    /* Without its SYN-ACK, nobody knows what that said. */
    return made_by(view, MAKER_CLIENT, view->trigger ? 58 : UNSEEN);
}

static unsigned match_kernel(const rst_view_t *view)
{
    if (!rst_keeps_asking(view))
        return 0;
    if (may_be_raw(view))
        return 55;
    return maker_of(view) == MAKER_CLIENT && is_near_client(view) ? 48 : 0;
}

static const char *answered(const rst_view_t *view)
{
    return view->trigger
               ? rst_text(view->memory, "the SYN-ACK in %s", rst_where(view, view->trigger->moment.pass_index))
               : "a SYN-ACK";
}

static void add_syns(const rst_view_t *view)
{
    if (view->own->syn_ttl)
        rst_evidence_add(view, view->own->syn.pass_index, "The SYN, with SEQ %u and TTL %u", view->own->isn,
                         view->own->syn_ttl);
    else
        rst_evidence_add(view, view->own->syn.pass_index, "The SYN");
    if (view->trigger)
        rst_evidence_add(view, view->trigger->moment.pass_index, "SYN-ACK that acknowledges this SYN");
    rst_evidence_add(view, syn_again(view).pass_index,
                     "The same SYN again, after such a reset: the client goes on waiting");
}

static void write_misrouted(const rst_view_t *view, const char *why)
{
    rst_summary(view,
                "Probably misrouted: %s reached a host that knows nothing of this connection and reset it (%s), while "
                "%s goes on waiting and repeats its SYN (%s). Look for a different way back",
                answered(view), why, rst_who_own(view), rst_where(view, syn_again(view).pass_index));
    add_syns(view);
}

static void explain_elsewhere(const rst_view_t *view)
{
    int delta = rst_hops(view->reset->ttl) - rst_hops(view->own->syn_ttl);

    write_misrouted(view, rst_text(view->memory, "TTL %u, %d hop%s %s than the SYN", view->reset->ttl, ABS(delta),
                                   ABS(delta) == 1 ? "" : "s", delta < 0 ? "nearer" : "farther"));
}

static void explain_other_stack(const rst_view_t *view)
{
    write_misrouted(view, rst_text(view->memory, "TTL %u and IP ID %u, the SYN has %u and %u", view->reset->ttl,
                                   view->reset->ip_id, view->own->syn_ttl, view->own->ip_id));
}

static void explain_other_ttl(const rst_view_t *view)
{
    write_misrouted(view, rst_text(view->memory, "TTL %u, the SYN has %u", view->reset->ttl, view->own->syn_ttl));
}

static void explain_in_front(const rst_view_t *view)
{
    rst_summary(view,
                "Probably not translated back: %s met a host one hop in front of %s, which knows nothing of this "
                "connection and reset it, while the client goes on waiting and repeats its SYN (%s)",
                answered(view), rst_who_own(view), rst_where(view, syn_again(view).pass_index));
    add_syns(view);
}

static void explain_altered(const rst_view_t *view)
{
    rst_summary(view,
                "%s changed on the way: %s rejected %s but did not give up, because it repeats the same SYN (%s). "
                "So the SYN-ACK %sreached it with another acknowledgment number or timestamp: capture there too",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view), answered(view),
                rst_where(view, syn_again(view).pass_index), rst_probably(view));
    add_syns(view);
    if (comes_at_once(view))
        rst_evidence_add(view, view->own->syn.pass_index,
                         "Repeated after %s, sooner than any timeout: Linux and lwIP do that after a wrong ACK",
                         rst_span(view, first_pause(view)));
}

static void explain_kernel(const rst_view_t *view)
{
    rst_summary(view,
                "%s the kernel of %s does not know this connection: it reset %s, but the same SYN comes again (%s), as "
                "from a raw socket, a user-space stack or a container",
                rst_hedge(view, "Probably", "Perhaps"), rst_who_own(view), answered(view),
                rst_where(view, syn_again(view).pass_index));
    add_syns(view);
}

const rst_rule_t rst_rules_syn_sent[] = {
    {"synack_elsewhere",
     RST_CAUSE_SESSION_FAILOVER,
     match_elsewhere,
     explain_elsewhere,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_NAT_LEAK, 12}, {RST_CAUSE_INJECTED, 6}, {RST_CAUSE_HANDSHAKE_BAD_ACK, 5}}},
    {"synack_in_front",
     RST_CAUSE_NAT_LEAK,
     match_in_front,
     explain_in_front,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_SESSION_FAILOVER, 15}, {RST_CAUSE_HANDSHAKE_BAD_ACK, 8}, {RST_CAUSE_INJECTED, 5}}},
    {"synack_other_stack",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_stack,
     explain_other_stack,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_NAT_LEAK, 12}, {RST_CAUSE_HANDSHAKE_BAD_ACK, 8}, {RST_CAUSE_INJECTED, 5}}},
    {"synack_other_ttl",
     RST_CAUSE_SESSION_FAILOVER,
     match_other_ttl,
     explain_other_ttl,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_RULE_MIDDLEBOX | RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HANDSHAKE_BAD_ACK, 18}, {RST_CAUSE_NAT_LEAK, 12}, {RST_CAUSE_INJECTED, 5}}},
    {"synack_altered",
     RST_CAUSE_HANDSHAKE_BAD_ACK,
     match_altered,
     explain_altered,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HEADER_REWRITTEN, 15}, {RST_CAUSE_PAWS_REJECT, 8}, {RST_CAUSE_NAT_LEAK, 6}}},
    {"synack_not_kernels",
     RST_CAUSE_UNKNOWN_TO_KERNEL,
     match_kernel,
     explain_kernel,
     RST_IF_ANSWER | RST_IF_ABORT,
     RST_NEEDS_DISTANCE,
     {{RST_CAUSE_HANDSHAKE_BAD_ACK, 15}, {RST_CAUSE_NAT_LEAK, 12}, {RST_CAUSE_HALF_OPEN_SCAN, 5}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
