/* unseen.h
 * Failures that a capture only seems to show because it lacks what servers sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PROBLEMS_UNSEEN_H
#define RST_PROBLEMS_UNSEEN_H

#include "problems/problem.h"

void rst_unseen_set_aside(rst_problems_t *problems);

#endif
