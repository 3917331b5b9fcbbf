/* sets.h
 * Numbers that are joined into sets, each of which one of them stands for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SETS_H
#define RST_SETS_H

#include <glib.h>
#include <stdint.h>

/* Adds numbers up to this one, each a set of its own. */
void rst_sets_reach(GArray *sets, uint32_t number);

/* The number that stands for the set. */
uint32_t rst_sets_find(GArray *sets, uint32_t number);

/* The set of the second one becomes part of that of the first one. */
void rst_sets_join(GArray *sets, uint32_t one, uint32_t other);

#endif
