/* predicates.h
 * Questions that several rules ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PREDICATES_H
#define RST_PREDICATES_H

#include "base/seq.h"
#include "rules/rule.h"

bool rst_is_refusal(const rst_view_t *view);
bool rst_is_answer(const rst_view_t *view);
bool rst_answers_syn_ack(const rst_view_t *view);
bool rst_answers_unseen(const rst_view_t *view);    /* a bare reset, but what it would answer is not in the capture */
bool rst_is_unseen_refusal(const rst_view_t *view); /* looks like a refusal, but the SYN is not in the capture */
bool rst_is_abort(const rst_view_t *view);
bool rst_own_account(const rst_view_t *view); /* an abort at SND.NXT, or a little beyond it */
bool rst_from_client(const rst_view_t *view);
bool rst_has_fin(const rst_direction_t *side);
bool rst_has_history(const rst_view_t *view); /* its start and both directions were captured, with no gaps */
bool rst_hides_data(const rst_view_t *view);  /* its numbers are beyond what the capture shows of both sides */
/* Segments of the other side turned out, after that moment, to be missing from the capture: that none of a kind is
 * there since then does not mean that none was sent. */
bool rst_peer_lost_since(const rst_view_t *view, rst_moment_t moment);
bool rst_one_way(const rst_view_t *view);       /* the capture shows only the sender's direction */
bool rst_was_open(const rst_view_t *view);      /* the handshake was complete, as far as the capture shows */
bool rst_is_empty(const rst_view_t *view);      /* no payload and no FIN in either direction */
bool rst_fins_done(const rst_view_t *view);     /* both FINs seen */
bool rst_loses_data(const rst_view_t *view);    /* the sender had unacknowledged payload outstanding */
uint32_t rst_in_flight(const rst_view_t *view); /* peer's bytes that the sender had not acknowledged before the reset */
uint32_t rst_not_received(const rst_view_t *view); /* the same, taking the reset's own ACK into account */
bool rst_repeats_id(const rst_view_t *view);       /* the IP ID continues the sender's counter */
bool rst_lacks_stamp(const rst_view_t *view);      /* no timestamp, as the only packet of its side */
bool rst_breaks_count(const rst_view_t *view);     /* all its packets were counted, but this one was not */

const rst_probes_t *rst_keepalives(const rst_view_t *view); /* the sender's unanswered keepalive probes */

/* dt <= limit, as far as the capture's clock can tell; false if it cannot. dt may be RST_TIME_NONE. */
bool rst_within(const rst_view_t *view, int64_t dt, int64_t limit);
bool rst_clock_stands(const rst_view_t *view); /* all frames in the file have the same time */
/* How coarse the clock was as far as the reset: later packets of others must not change what is near. */
int64_t rst_tick(const rst_view_t *view);
int64_t rst_idle(const rst_view_t *view);      /* ns of silence before the reset; RST_TIME_NONE = unknown */
int64_t rst_delay(const rst_view_t *view);     /* ns since the trigger; RST_TIME_NONE = unknown */
int64_t rst_silence(const rst_view_t *view);   /* ns of silence before the trigger, or before the reset */
int64_t rst_since(const rst_view_t *view, rst_moment_t moment); /* ns from moment to the reset, or RST_TIME_NONE */

bool rst_shows_own_hops(const rst_view_t *view); /* the connection itself shows how far away its sender is */

/* Hop distance of the reset minus the sender's usual one; RST_HOPS_NONE if they cannot be compared. */
int8_t rst_hop_delta(const rst_view_t *view);

/* From elsewhere than the connection's own packets, but other connections of the host are from elsewhere too: then the
 * distance convicts nobody, and clears nobody either. */
bool rst_hop_disputed(const rst_view_t *view);

/* Other connections of the host come from elsewhere than this one. */
bool rst_hop_varies(const rst_view_t *view);
bool rst_hop_jump(const rst_view_t *view);        /* strong evidence */
bool rst_hop_apart(const rst_view_t *view);       /* the same, not counting the initial TTLs that only old stacks use */
bool rst_hop_step(const rst_view_t *view);        /* medium evidence: one hop off the sender's other packets */
bool rst_idle_is_round(const rst_view_t *view);   /* the silence is a common timeout */
bool rst_idle_is_habit(const rst_view_t *view);   /* this host resets several connections after the same silence */
bool rst_maybe_both_ends(const rst_view_t *view); /* the clock cannot tell whether both were reset at once */
bool rst_is_unprovoked(const rst_view_t *view);   /* bare, but answers nothing: no stack aborts like that */
bool rst_ends_bulk(const rst_view_t *view); /* the client aborts right after a long answer: done or not interested */
bool rst_overtook_data(const rst_view_t *view); /* an abort whose sender's last data, up to its SEQ, came later */
bool rst_within_close(const rst_view_t *view, rst_moment_t moment); /* at most close_race_ms after moment */
bool rst_owes_answer(const rst_view_t *view); /* the peer sent something that the sender did not reply to */
/* Its sender went on after the reset that it seems to follow, so that ended nothing. */
bool rst_follows_nothing(const rst_view_t *view);
bool rst_looks_genuine(const rst_view_t *view); /* contains what only the sender's stack knows */

#endif
