/* cuts.h
 * Transfers that end at the same offset, or after the same time: no reader cancels like that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CUTS_H
#define RST_CUTS_H

#include "problems/problem.h"

void rst_cuts_find(rst_problems_t *problems);

#endif
