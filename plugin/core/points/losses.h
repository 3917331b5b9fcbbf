/* losses.h
 * What the points missed of each other, counted when all is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LOSSES_H
#define RST_LOSSES_H

#include "points/interfaces.h"

/* After the first pass: counts what the points missed of each other. */
void rst_losses_count(rst_points_t *points);

#endif
