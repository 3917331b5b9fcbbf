/* absorb.h
 * Incidents that look like something else alone, but share what binds others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ABSORB_H
#define RST_ABSORB_H

#include "problems/problem.h"

/* After devices were found, before programs are: what ended after the same silence at the same service. */
void rst_absorb_timers(rst_problems_t *problems);

/* After all were found: what cannot be told alone, from the same place at the same time. */
void rst_absorb_unclear(rst_problems_t *problems);

#endif
