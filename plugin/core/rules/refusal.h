/* refusal.h
 * What the host and the service showed around a refusal: questions for the rules about SYNs that were answered by a
 * reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REFUSAL_H
#define RST_REFUSAL_H

#include "base/tri.h"
#include "rules/rule.h"

#define RST_ROUND_TRIP_MARGIN (5 * RST_MILLISECOND)

/* Inline because every rule for refusals asks this, for every reset in a scan. */
static inline bool rst_refuses_syn(const rst_view_t *view)
{
    return view->reset->form == RST_FORM_REFUSAL && (view->trigger->flags & RST_FLAG_SYN);
}

const char *rst_service_text(const rst_view_t *view);          /* "10.0.0.2:80", where the SYN went */
bool rst_refused_like_linux(const rst_view_t *view);           /* the reset looks like one of Linux */
bool rst_refusal_distance(const rst_view_t *view, int *delta); /* difference to the host's connections, in hops */
bool rst_refused_too_fast(const rst_view_t *view);             /* sooner than the host answers its connections */
bool rst_port_is_known(const rst_view_t *view);                /* the distance to expect of this port is known */
bool rst_refused_nearer(const rst_view_t *view);               /* from nearer than another port of the address */
rst_tri_t rst_served_before(const rst_view_t *view);           /* the port had accepted a connection before */
bool rst_takes_turns(const rst_view_t *view);                  /* the service alternately accepts and refuses */
bool rst_is_interleaved(const rst_view_t *view);               /* the service accepts just before and after */
bool rst_is_close(const rst_view_t *view);                     /* of these: within a second, or with many turns */
bool rst_serves_another(const rst_view_t *view);               /* an older connection to the port goes on */
bool rst_refuses_some(const rst_view_t *view);                 /* a Linux refusal between acceptances */
bool rst_accepts_repeat(const rst_view_t *view);               /* the same SYN, repeated, is accepted */
bool rst_refused_late(const rst_view_t *view);                 /* long after the SYN, later than any path takes */
bool rst_refused_with_seq(const rst_view_t *view);             /* proper, except for a SEQ other than 0 */
bool rst_refused_at_random(const rst_view_t *view);            /* refusals of one SYN bear different SEQs */

/* All that the burst tells, except for fewer than enough connections of this other end, it tells by those of one more.
 * Call only if there is a burst. */
bool rst_burst_hearsay(const rst_view_t *view, unsigned enough);

/* At most RST_HEARSAY where only the connections of another client tell where the host is. */
unsigned rst_unless_hearsay(const rst_view_t *view, unsigned confidence);

/* The refusals of the service after a moment, NULL if it is not known to refuse soon. What it answers much later shows
 * another stop. */
const rst_service_run_t *rst_refusals_soon_after(const rst_view_t *view, rst_moment_t moment, int64_t within);

#endif
