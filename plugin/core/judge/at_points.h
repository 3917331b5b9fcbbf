/* at_points.h
 * What several capture points mean for a verdict: its apparent sender never sent the reset, the host itself sent it, or
 * a segment was lost or changed between two points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AT_POINTS_H
#define RST_AT_POINTS_H

#include "points/compare.h"
#include "rules/rule.h"

/* Revises the view's verdict. */
void rst_at_points_apply(const rst_view_t *view, const rst_compare_t *compare);

#endif
