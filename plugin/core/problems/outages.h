/* outages.h
 * What is bound to one service or to one host: it refuses, dies, aborts, closes too early, has lost its connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_OUTAGES_H
#define RST_OUTAGES_H

#include "problems/problem.h"

void rst_outages_find(rst_problems_t *problems);

#endif
