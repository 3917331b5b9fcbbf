/* elsewhere.h
 * Signs that a reset was not made by the host whose address it has: questions for the rules that blame the path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ELSEWHERE_H
#define RST_ELSEWHERE_H

#include "rules/rule.h"

#define RST_OTHER_ROUTE 5 /* hops by which routes to a host, or hosts with one address, may differ */
#define RST_UNSURE 48     /* enough to lead, but accuses nobody */

bool rst_from_behind(const rst_view_t *view);   /* from a few hops farther than the host: probably another host */
bool rst_is_other_host(const rst_view_t *view); /* a stateless answer from there, no sooner than the host's own */
bool rst_answers_lost(const rst_view_t *view);  /* bare, and perhaps a second host's answer to what the capture lacks */
bool rst_made_elsewhere(const rst_view_t *view);    /* judging by its distance, time or IP ID */
bool rst_copies_id(const rst_view_t *view);         /* it bears the IP ID of the packet that it reacts to */
bool rst_idle_before(const rst_view_t *view);       /* idle for idle_min_s, and longer than it had survived before */
int64_t rst_other_end(const rst_view_t *view);      /* ns between the resets of both ends, RST_TIME_NONE = only one */
void rst_explain_elsewhere(const rst_view_t *view); /* evidence lines on distance and timing, if they say something */

/* Was the other side reset from another distance than its own, before or after? Somebody on the path did that. */
bool rst_peer_reset_elsewhere(const rst_view_t *view);

#endif
