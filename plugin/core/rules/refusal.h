/* refusal.h
 * What host and service showed around a refusal: questions of the rules for a SYN that was answered by a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REFUSAL_H
#define RST_REFUSAL_H

#include "rules/rule.h"

#define RST_ROUND_TRIP_MARGIN (5 * RST_MILLISECOND)

/* Asked by every rule for refusals, of every reset of a scan. */
static inline bool rst_refuses_syn(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_REFUSAL && (view->trigger->flags & RST_FLAG_SYN);
}

const char *rst_service_text(const rst_view_t *view);          /* "10.0.0.2:80", where the SYN went */
bool rst_refused_like_linux(const rst_view_t *view);           /* by its packet */
bool rst_refusal_distance(const rst_view_t *view, int *delta); /* hops from where the host's connections come */
bool rst_refused_too_fast(const rst_view_t *view);             /* sooner than the host's connections */
bool rst_port_is_known(const rst_view_t *view);                /* where to expect this port is known */
bool rst_refused_nearer(const rst_view_t *view);               /* nearer than another port of the address */
bool rst_served_before(const rst_view_t *view);                /* the port had accepted a connection */
bool rst_takes_turns(const rst_view_t *view);                  /* the service accepts, refuses, and so on */
bool rst_is_interleaved(const rst_view_t *view);               /* it accepts just before and after */
bool rst_serves_another(const rst_view_t *view);               /* an older connection of the port goes on */
bool rst_refuses_some(const rst_view_t *view);                 /* Linux, and interleaved */
bool rst_accepts_repeat(const rst_view_t *view);               /* the same SYN, repeated, is accepted */

#endif
