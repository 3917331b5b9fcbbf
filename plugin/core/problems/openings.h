/* openings.h
 * Connections that did not come about: whose fault it is shows in who else gets through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_OPENINGS_H
#define RST_OPENINGS_H

#include "problems/problem.h"

void rst_openings_find(rst_problems_t *problems);

#endif
