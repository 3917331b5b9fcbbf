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
bool rst_is_smb_port(const rst_view_t *view);
bool rst_syn_was_missed(const rst_view_t *view); /* a SYN-ACK at the start of the capture */
int64_t rst_waited(const rst_view_t *view);      /* from the SYN to the SYN-ACK that the reset answers */

/* Call only if the reset has a sibling. */
bool rst_sibling_was_open(const rst_view_t *view);
const char *rst_sibling_text(const rst_view_t *view);

#endif
