/* elsewhere.h
 * Signs that a reset was not made by the host whose address it bears: questions of the rules that blame the path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ELSEWHERE_H
#define RST_ELSEWHERE_H

#include "rules/rule.h"

#define RST_OTHER_ROUTE 5 /* hops that routes to a host, or hosts of one address, may differ by */
#define RST_UNSURE 48     /* leads, and accuses nobody */

bool rst_from_behind(const rst_view_t *view); /* from a few hops farther than the host: by its distance another host */
bool rst_is_other_host(const rst_view_t *view);     /* a stateless answer from there, no sooner than the host's own */
bool rst_made_elsewhere(const rst_view_t *view);    /* by its distance, or because it came too soon */
bool rst_idle_before(const rst_view_t *view);       /* the connection was idle before, for idle_min_s at least */
int64_t rst_other_end(const rst_view_t *view);      /* between the resets of both ends, RST_TIME_NONE = one only */
void rst_explain_elsewhere(const rst_view_t *view); /* evidence lines on distance and time, where they tell */

#endif
