/* view.h
 * What the rules see of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VIEW_H
#define RST_VIEW_H

#include "points/interfaces.h"
#include "rules/rule.h"

/* The rest (memory, texts, verdict and so on) is zero. */
rst_view_t rst_view_of(const rst_file_t *file, const rst_points_t *points, const rst_reset_t *reset);

#endif
