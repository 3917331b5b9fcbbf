/* bind.h
 * Choosing what incidents are bound by: that which explains most of them, with the fewest connections that went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BIND_H
#define RST_BIND_H

#include "problems/bundles.h"
#include "problems/problem.h"

typedef struct rst_choice {
    rst_scope_t scope;
    rst_binding_t binding;
    /* What it must have at least, to be more than a coincidence; the first choice takes all. */
    uint32_t clients, services;
    uint32_t each; /* incidents of each service at most, on average; 0 = any number */
} rst_choice_t;

/* Makes problems of all incidents that are selected. Of choices that explain the same incidents equally well, the
 * earliest one is taken. */
void rst_bind(rst_problems_t *problems, rst_select_t select, const void *what, const rst_choice_t *choice,
              unsigned choices);

#endif
