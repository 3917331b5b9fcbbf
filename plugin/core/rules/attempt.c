/* attempt.c
 * Questions about a connection attempt that its client abandoned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/attempt.h"

#include "base/seq.h"
#include "rules/predicates.h"
#include "track/syn_origin.h"

#define UNASKED_MIN 3      /* so many SYNs can hardly all have been sent before the capture began */
#define UNSEEN_MAX 1048576 /* data that a capture loses at a stretch; an older connection was at some other number */

bool rst_acks_wrong_number(const rst_view_t *view)
{
    return rst_is_answer(view) && view->trigger && (view->own->known & RST_DIRECTION_SYN) && !view->own->bytes &&
           view->trigger->ack != view->own->isn + 1;
}

bool rst_acks_unseen(const rst_view_t *view)
{
    return view->trigger && (view->own->known & RST_DIRECTION_SYN) &&
           rst_seq_ahead(view->trigger->ack, view->own->isn + 2) < UNSEEN_MAX;
}

static bool resets_again(const rst_view_t *view)
{
    return rst_from_client(view) && rst_answers_syn_ack(view) && rst_is_empty(view) &&
           view->reset->own_last.at.pass_index;
}

bool rst_answers_second_host(const rst_view_t *view)
{
    const rst_direction_t *own = view->own;

    return resets_again(view) && (own->known & RST_DIRECTION_SYN) && own->nxt == own->isn + 1 && !own->pure_acks &&
           own->last.pass_index < view->reset->own_first.at.pass_index && view->trigger->seq != view->peer->first_isn;
}

bool rst_goes_on_all_the_same(const rst_view_t *view)
{
    return resets_again(view) && view->own->pure_acks &&
           view->own->last.pass_index > view->reset->own_first.at.pass_index;
}

/* The SYN-ACK may be missing from the capture. Scanners repeat their SYN whatever the answer, and so does somebody who
 * uses the address of another host. */
bool rst_keeps_asking(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_direction_t *own = view->own;

    if (!rst_from_client(view) || !(own->known & RST_DIRECTION_SYN) || (reset->flags & RST_FLAG_ACK) ||
        reset->seq != own->isn + 1 || own->nxt != own->isn + 1 || own->pure_acks || !rst_is_empty(view))
        return false;
    if (!rst_answers_syn_ack(view) && view->peer->segments)
        return false;
    return (reset->after.same_syn.pass_index || own->syn_kept.pass_index) && !rst_syn_is_odd(own) &&
           !reset->asked_elsewhere && !reset->at_home;
}

/* The client resets a connection without data, either in answer to the SYN-ACK or after a complete handshake. */
bool rst_client_leaves(const rst_view_t *view)
{
    if (!rst_from_client(view) || !rst_is_empty(view) || view->reset->own_last.at.pass_index || rst_keeps_asking(view))
        return false;
    if (rst_answers_syn_ack(view))
        return true;
    /* If the client closes with SO_LINGER 0 before its delayed third ACK goes out, the reset is the first segment to
     * acknowledge. */
    return rst_is_abort(view) && (rst_was_open(view) || (view->peer->known & RST_DIRECTION_SYNACK));
}

/* No ordinary system sends such a SYN, or a reset like that. */
static bool is_made(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return rst_syn_is_odd(view->own) ||
           (view->own->syn_bare && (reset->known & RST_HAS_WINDOW) && reset->window && !(reset->flags & RST_FLAG_ACK));
}

/* A stack takes the refusal and is silent (RFC 9293, section 3.10.7.3): the program that made the SYN made this, too. A
 * NAT device that answers every reset acknowledges it instead. */
bool rst_resets_refusal(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const unsigned flags = RST_FLAG_RST | RST_FLAG_ACK;

    return rst_from_client(view) && !(reset->flags & RST_FLAG_ACK) && !reset->own_last.at.pass_index && is_made(view) &&
           view->own->segments && !view->peer->segments && (reset->peer_last.flags & flags) == flags &&
           reset->seq == reset->peer_last.ack && reset->seq == view->own->isn + 1;
}

/* Both SYNs were in flight at the same time: when the client sent this one, the answer to its other one had not reached
 * it. Far from the client, that answer may pass the capture point before. */
bool rst_sibling_was_open(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;
    rst_moment_t mine = view->reset->direction[view->reset->client].syn;

    if (!sibling->answered.pass_index || sibling->answered.pass_index > mine.pass_index)
        return true;
    return sibling->way != RST_TIME_NONE && rst_within(view, rst_elapsed(sibling->answered, mine), sibling->way);
}

const char *rst_sibling_text(const rst_view_t *view)
{
    const rst_attempt_t *sibling = view->reset->sibling;

    return view->texts ? rst_endpoint_text(view->memory, &sibling->server, sibling->port) : "";
}

bool rst_is_smb_port(const rst_view_t *view)
{
    uint16_t port = view->reset->story->port[1 - view->reset->client];

    return port == 139 || port == 445;
}

/* At the server the SYN-ACK passes right after the SYN, but reaches the client only shortly before the reset is sent:
 * so until the reset, which is the same wherever the capture was made. */
int64_t rst_waited(const rst_view_t *view)
{
    return rst_since(view, view->own->syn);
}

/* Right at the start of the capture, the SYN may merely have been missed. */
bool rst_syn_was_missed(const rst_view_t *view)
{
    const rst_host_period_t *host = &view->own_host;

    return rst_answers_syn_ack(view) && !view->own->segments && view->reset->at_start && host->unasked < UNASKED_MIN;
}
