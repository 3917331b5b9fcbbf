/* patterns.c
 * Labels for known shapes of resets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/patterns.h"

#include "base/seq.h"
#include "rules/explain.h"
#include "rules/predicates.h"
#include "track/connection.h"

#define SIGNATURE_PACKETS 10 /* the study looks at the first ten packets of a client */
#define SANDVINE_STEP 12503  /* distance of the second reset from Sandvine devices (Weaver et al., 2009) */

/* The study sees packets that reach the server, so only the client's count: its SYN, its ACKs, its data. */
static rst_stage_t stage_of(const rst_reset_t *reset)
{
    const rst_direction_t *client = &reset->direction[reset->from];

    if (reset->from != reset->client || !(client->known & RST_DIRECTION_SYN) || (client->known & RST_DIRECTION_FIN) ||
        client->segments >= SIGNATURE_PACKETS || client->gaps)
        return RST_STAGE_NONE;
    if (client->data_segments)
        return client->data_segments == 1 ? RST_STAGE_POST_PSH : RST_STAGE_LATER;
    return client->pure_acks ? RST_STAGE_POST_ACK : RST_STAGE_POST_SYN;
}

static void count_bare(rst_tally_t *tally, uint32_t ack)
{
    if (!tally->bare)
        tally->ack = ack;
    tally->ack_differs = tally->ack_differs || ack != tally->ack;
    if (ack)
        tally->ack_other = true;
    else
        tally->ack_zero = true;
    if (tally->bare < UINT16_MAX)
        tally->bare++;
}

void rst_pattern_count(rst_reset_t *reset, const rst_reset_t *previous, const rst_memory_t *memory)
{
    reset->tally = previous ? previous->tally : NULL;
    if (!reset->tally) {
        reset->tally = rst_alloc0(memory, sizeof *reset->tally);
        rst_conn_own(reset->conn, reset->tally, sizeof *reset->tally, memory);
        reset->tally->stage = stage_of(reset);
    }
    if (!(reset->flags & RST_FLAG_ACK))
        count_bare(reset->tally, reset->ack);
    else if (reset->tally->with_ack < UINT16_MAX)
        reset->tally->with_ack++;
}

/* After the first data, the study distinguishes more resets than elsewhere. */
static const char *after_data(const rst_tally_t *tally)
{
    if (tally->bare && tally->with_ack)
        return "psh_rst_rstack";
    if (!tally->bare)
        return tally->with_ack > 1 ? "psh_rstack_rstack" : "psh_rstack";
    if (tally->bare == 1)
        return "psh_rst";
    if (tally->ack_zero && tally->ack_other)
        return "psh_rst_rst0";
    return tally->ack_differs ? "psh_rst_ne_rst" : "psh_rst_eq_rst";
}

/* NULL where the study defines no signature: a mixture of both kinds after the handshake, or a late reset. */
static const char *signature(const rst_tally_t *tally)
{
    bool mixed = tally->bare && tally->with_ack;

    switch (tally->stage) {
    case RST_STAGE_POST_SYN:
        return mixed ? "syn_rst_rstack" : tally->bare ? "syn_rst" : "syn_rstack";
    case RST_STAGE_POST_ACK:
        if (mixed)
            return NULL;
        if (tally->bare)
            return tally->bare > 1 ? "ack_rst_rst" : "ack_rst";
        return tally->with_ack > 1 ? "ack_rstack_rstack" : "ack_rstack";
    case RST_STAGE_POST_PSH:
        return after_data(tally);
    case RST_STAGE_LATER:
        return mixed ? NULL : tally->bare ? "data_rst" : "data_rstack";
    default:
        return NULL;
    }
}

static void label_once(const rst_view_t *view, const char *label)
{
    for (unsigned i = 0; i < view->verdict->patterns; i++) {
        if (strcmp(view->verdict->pattern[i], label) == 0)
            return;
    }
    rst_pattern_add(view, label);
}

static bool is_forged(const rst_verdict_t *verdict)
{
    return rst_cause_is(verdict->cause, RST_TRAIT_FORGED);
}

/* The two generators of the Great Firewall as described in the literature: a bare reset with a window and without DF,
 * or three RST,ACK at SEQ, SEQ+1460 and SEQ+4380. Old stacks send the first kind too, so only a forged reset gets the
 * label; other devices copy the window of the segment that they answer. */
static void label_gfw(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_aftermath_t *after = &reset->after;

    if (!is_forged(view->verdict))
        return;
    if ((reset->flags & RST_FLAG_ACK) && after->train >= 2 && after->train_step[0] == 1460 &&
        after->train_step[1] == 4380)
        label_once(view, "gfw_type2");
    else if (!(reset->flags & RST_FLAG_ACK) && reset->window && (reset->known & RST_HAS_IP_ID) && !reset->df &&
             reset->window != view->peer->raw_window && view->verdict->sender == RST_SENDER_MIDDLEBOX)
        label_once(view, "gfw_type1");
}

/* Some devices build the reset from the packet that they answer: it has the packet's window, or its IP ID plus one. A
 * host has its own window and counter. */
static bool is_mirrored(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    bool id = (reset->known & RST_HAS_IP_ID) && (view->peer->known & RST_DIRECTION_IP_ID) && reset->ip_id;

    if (view->verdict->sender != RST_SENDER_MIDDLEBOX)
        return false;
    if (id && reset->ip_id == (uint16_t)(view->peer->ip_id + 1))
        return true;
    return reset->window && reset->window == view->peer->raw_window && reset->window != view->own->raw_window;
}

static bool is_sandvine(const rst_reset_t *reset)
{
    if (reset->after.train && reset->after.train_step[0] == SANDVINE_STEP)
        return true;
    return reset->own_last.at.pass_index && reset->form == RST_FORM_AHEAD &&
           rst_seq_ahead(reset->seq, reset->own_last.seq) == SANDVINE_STEP;
}

void rst_pattern_label(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const char *stage;

    if (!reset->tally)
        return;
    label_gfw(view);
    if (is_forged(view->verdict) && is_sandvine(reset))
        label_once(view, "sandvine");
    if (is_forged(view->verdict) && is_mirrored(view))
        label_once(view, "mirrored");
    stage = signature(reset->tally);
    if (stage)
        label_once(view, stage);
}
