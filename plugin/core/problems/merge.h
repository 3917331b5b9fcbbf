/* merge.h
 * Problems that are one story.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MERGE_H
#define RST_MERGE_H

#include "problems/problem.h"

/* After all incidents have their problem, before they are counted. */
void rst_merge(rst_problems_t *problems);

#endif
