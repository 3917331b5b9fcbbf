/* relays.h
 * A proxy seen from both sides: what ends one leg of it ends the other one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RELAYS_H
#define RST_RELAYS_H

#include "problems/problem.h"

/* Sets the consequences aside: the problem is that of the leg that ended first. */
void rst_relays_set_aside(rst_problems_t *problems);

#endif
