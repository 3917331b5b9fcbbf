/* sizes.h
 * Loss by size, as evidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_SIZES_H
#define RST_RULES_SIZES_H

#include "rules/rule.h"

/* Adds evidence where large segments of either side were never acknowledged, while smaller ones were. */
void rst_explain_sizes(const rst_view_t *view);

#endif
