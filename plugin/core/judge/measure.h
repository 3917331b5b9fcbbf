/* measure.h
 * What a verdict reports besides its cause: phase, validity, times, distances, position of the capture point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MEASURE_H
#define RST_MEASURE_H

#include "rules/rule.h"

/* Fills the measured members of the view's verdict. */
void rst_measure(const rst_view_t *view);

/* What the rule that leads counts, by the flags of its row. */
void rst_measure_counts(const rst_view_t *view, const rst_rule_t *rule);

#endif
