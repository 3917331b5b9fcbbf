/* rule.h
 * The table of rules, and what a rule sees.
 *
 * A rule is a row: the cause, a predicate that says how sure it is (percent, 0 = does not apply), a teller that
 * writes the sentence and the evidence, the resets that it is asked about, and the look-alikes that the wire cannot
 * exclude. Order is from the specific
 * to the general; ordinary stack behaviour stands before any middlebox unless the evidence is strong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_H
#define RST_RULES_H

#include "base/seq.h"
#include "base/text.h"
#include "engine/state.h"

#define RST_WITHOUT_HISTORY 45 /* highest confidence of a rule whose absent fact may only be missing from the capture  \
                                */

typedef struct rst_view {
    const rst_engine_t *engine;
    const rst_prefs_t *prefs;
    const rst_reset_t *reset;
    const rst_direction_t *own;          /* the side that the reset comes from by its addresses */
    const rst_direction_t *peer;         /* the other side */
    const rst_recent_segment_t *trigger; /* NULL = the reset answers nothing that was captured */
    const rst_memory_t *memory;
    bool from_host; /* another capture point shows that the host itself sent it */
    bool texts;     /* summary and evidence texts are wanted */
    rst_verdict_t *verdict;
} rst_view_t;

enum {                            /* what a rule needs or says beside its cause */
       RST_RULE_HISTORY = 0x01,   /* builds on an absence: without complete history at most RST_WITHOUT_HISTORY */
       RST_RULE_MIDDLEBOX = 0x02, /* the sender is not the host whose address it bears */
       RST_RULE_BENIGN = 0x04,    /* nothing to fix */
       RST_RULE_FIRST = 0x08,     /* only for the first reset of its sender in the connection */
       RST_RULE_AGAIN = 0x10      /* only for a later one */
};

enum { /* forms of reset to which a rule may apply: the others need not ask it */
       RST_IF_UNKNOWN = 1u << RST_FORM_UNKNOWN,
       RST_IF_REFUSAL = 1u << RST_FORM_REFUSAL,
       RST_IF_ANSWER = 1u << RST_FORM_ANSWER,
       RST_IF_ABORT = 1u << RST_FORM_ABORT,
       RST_IF_AHEAD = 1u << RST_FORM_AHEAD,
       RST_IF_BELOW = 1u << RST_FORM_BELOW,
       RST_IF_NO_ANSWER = RST_IF_UNKNOWN | RST_IF_ABORT | RST_IF_AHEAD | RST_IF_BELOW,
       RST_IF_NO_REFUSAL = RST_IF_NO_ANSWER | RST_IF_ANSWER,
       RST_IF_ANY = RST_IF_NO_REFUSAL | RST_IF_REFUSAL
};

#define RST_ALIKE_MAX 4

typedef struct rst_rule {
    rst_cause_t cause;
    unsigned (*match)(const rst_view_t *view);
    void (*explain)(const rst_view_t *view);
    uint16_t forms;                         /* RST_IF_ */
    uint16_t flags;                         /* RST_RULE_ */
    rst_alternative_t alike[RST_ALIKE_MAX]; /* confidence 0 ends the list */
} rst_rule_t;

/* The groups, in the order in which rules.c joins them. Each ends with a row whose match is NULL. */
extern const rst_rule_t rst_rules_artefact[];
extern const rst_rule_t rst_rules_repeat[];
extern const rst_rule_t rst_rules_guess[];
extern const rst_rule_t rst_rules_network[];
extern const rst_rule_t rst_rules_rewritten[];
extern const rst_rule_t rst_rules_reuse[];
extern const rst_rule_t rst_rules_mismatch[];
extern const rst_rule_t rst_rules_handshake[];
extern const rst_rule_t rst_rules_refused[];
extern const rst_rule_t rst_rules_timer[];
extern const rst_rule_t rst_rules_reactive[];
extern const rst_rule_t rst_rules_active[];
extern const rst_rule_t rst_rules_elimination[];

/* facts.c: questions that several rules ask. */
bool rst_is_refusal(const rst_view_t *view);
bool rst_is_answer(const rst_view_t *view);
bool rst_answers_syn_ack(const rst_view_t *view);
bool rst_is_unseen_refusal(const rst_view_t *view); /* has the shape of one, but the SYN is not in the capture */
bool rst_is_abort(const rst_view_t *view);
bool rst_own_account(const rst_view_t *view); /* an abort at SND.NXT, or a little beyond it */
bool rst_from_client(const rst_view_t *view);
bool rst_has_fin(const rst_direction_t *side);
bool rst_has_history(const rst_view_t *view);      /* start seen, both directions seen, no hole */
bool rst_hides_data(const rst_view_t *view);       /* its numbers lie beyond what the capture shows of both sides */
bool rst_one_way(const rst_view_t *view);          /* the capture shows only the sender's direction */
bool rst_was_open(const rst_view_t *view);         /* the handshake was done, as far as the capture tells */
bool rst_is_empty(const rst_view_t *view);         /* no payload and no FIN in either direction */
bool rst_fins_done(const rst_view_t *view);        /* both FINs seen */
bool rst_loses_data(const rst_view_t *view);       /* the sender had unacknowledged payload outstanding */
uint32_t rst_in_flight(const rst_view_t *view);    /* bytes of the peer that the sender had not acknowledged before */
uint32_t rst_not_received(const rst_view_t *view); /* the same, counting the reset's own ACK */
bool rst_repeats_id(const rst_view_t *view);       /* IP id continues the sender's counter */

/* dt <= limit, as far as the clock of the capture can tell; false when it cannot. dt may be unknown. */
bool rst_within(const rst_view_t *view, int64_t dt, int64_t limit);
bool rst_clock_stands(const rst_view_t *view);                  /* all time stamps of the file are equal */
int64_t rst_idle(const rst_view_t *view);                       /* before the reset, RST_TIME_NONE unknown */
int64_t rst_delay(const rst_view_t *view);                      /* since the trigger, RST_TIME_NONE unknown */
int64_t rst_silence(const rst_view_t *view);                    /* before the trigger, or before the reset */
int64_t rst_since(const rst_view_t *view, rst_moment_t moment); /* from mark to the reset */

/* Hop distance of the reset minus the sender's usual one; RST_HOPS_NONE when the rules of comparison fail. */
int8_t rst_hop_delta(const rst_view_t *view);
bool rst_hop_jump(const rst_view_t *view);        /* strong */
bool rst_hop_step(const rst_view_t *view);        /* medium: one hop from where all others of its sender come */
bool rst_idle_is_round(const rst_view_t *view);   /* the silence is a usual time limit */
bool rst_idle_is_habit(const rst_view_t *view);   /* this host resets several connections after the same silence */
bool rst_maybe_both_ends(const rst_view_t *view); /* the clock does not tell whether both were reset at once */
bool rst_is_unprovoked(const rst_view_t *view);   /* bare, and answers nothing: no stack aborts like that */
bool rst_ends_bulk(const rst_view_t *view);     /* the client aborts right behind a long answer: done, or tired of it */
bool rst_overtook_data(const rst_view_t *view); /* an abort whose own last data, up to its SEQ, came later */
bool rst_looks_genuine(const rst_view_t *view); /* bears what only the stack of its sender knows */

/* pace.c: time against the round trip. */
rst_moment_t
rst_reacts_to(const rst_view_t *view);        /* what its sender must have got: the segment that it answers, or data
                                               * that it is the first to acknowledge; pass_index 0 = nothing */
bool rst_too_fast(const rst_view_t *view);    /* no answer can come sooner than the round trip to the host */
bool rst_out_of_step(const rst_view_t *view); /* a stateless host answers after one round trip, this did not */

/* tell.c: writing. All do nothing when no texts are wanted. */
void rst_summary(const rst_view_t *view, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rst_evidence_add(const rst_view_t *view, uint32_t pass_index, const char *format, ...) G_GNUC_PRINTF(3, 4);
const char *rst_who(const rst_view_t *view, unsigned side); /* "the server 10.0.0.2:80" */
const char *rst_who_own(const rst_view_t *view);
const char *rst_who_peer(const rst_view_t *view);
const char *rst_where(const rst_view_t *view, uint32_t pass_index); /* "frame 12", or "an earlier frame" */
const char *rst_span(const rst_view_t *view, int64_t ns);           /* "31 s" */
const char *rst_shape(const rst_view_t *view);                      /* "RST,ACK" or "RST" */
void rst_explain_distance(const rst_view_t *view);                  /* evidence line on the hop distance, if known */
void rst_explain_history(const rst_view_t *view);                   /* evidence line on what is missing, if anything */
void rst_pattern_add(const rst_view_t *view, const char *pattern);

#endif
