/* losses.h
 * How many segments the points missed of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOSSES_H
#define RST_LOSSES_H

#include "points/interfaces.h"

/* Call after the first pass: counts them. */
void rst_losses_count(rst_points_t *points);

#endif
