/* deaths.h
 * Processes whose end no single reset shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DEATHS_H
#define RST_DEATHS_H

#include "problems/problem.h"

/* Marks the aborts of a service that come in one moment, and after which nobody listens. */
void rst_deaths_mark(rst_problems_t *problems);

#endif
