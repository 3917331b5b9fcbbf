/* describe.h
 * A problem in words: what it is bound to, a stable id, a title, a display filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DESCRIBE_H
#define RST_DESCRIBE_H

#include "problems/problem.h"

void rst_describe(rst_problems_t *problems);

/* "service", "client", ... */
const char *rst_binding_name(rst_binding_t binding);

#endif
