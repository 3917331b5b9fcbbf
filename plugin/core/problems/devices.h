/* devices.h
 * What something on the path did: bound by where its packets come from, by a moment or by a timer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DEVICES_H
#define RST_DEVICES_H

#include "problems/problem.h"

void rst_devices_find(rst_problems_t *problems);

#endif
