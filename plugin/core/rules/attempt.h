/* attempt.h
 * Questions about a connection attempt that its client abandoned.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ATTEMPT_H
#define RST_ATTEMPT_H

#include "base/text.h"
#include "rules/rule.h"

bool rst_client_leaves(const rst_view_t *view);
bool rst_resets_refusal(const rst_view_t *view); /* the client answers the refusal of its SYN with a reset */

/* It answers, during the handshake and before any data of its own, what acknowledges something that it never sent. It
 * stays in SYN-SENT or SYN-RECEIVED then (RFC 9293, sections 3.10.7.3 and 3.10.7.4). */
bool rst_acks_wrong_number(const rst_view_t *view);

/* What it answers acknowledges a little more than the capture shows of its sender, so the capture may lack that. */
bool rst_acks_unseen(const rst_view_t *view);

/* The client resets the SYN-ACK of another host or stack than the one that it reset before: no new SYN came between. */
bool rst_answers_second_host(const rst_view_t *view);

/* The client resets another SYN-ACK, although it has gone on with the handshake since its earlier reset. */
bool rst_goes_on_all_the_same(const rst_view_t *view);

/* The client resets a SYN-ACK that acknowledges its SYN, and repeats that SYN: it never left SYN-SENT. */
bool rst_keeps_asking(const rst_view_t *view);
bool rst_is_smb_port(const rst_view_t *view);
bool rst_syn_was_missed(const rst_view_t *view); /* a SYN-ACK at the start of the capture */
int64_t rst_waited(const rst_view_t *view);      /* how long the client waited for the SYN-ACK that it resets */

/* Call only if the reset has a sibling. */
bool rst_sibling_was_open(const rst_view_t *view);
const char *rst_sibling_text(const rst_view_t *view);

#endif
