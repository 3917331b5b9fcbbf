/* scans.h
 * Strangers: hosts that probe, and so are no clients for whom something fails.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SCANS_H
#define RST_SCANS_H

#include "problems/problem.h"

/* Makes a problem of each scan, and sets aside the noise of many strangers with a probe or two each. */
void rst_scans_find(rst_problems_t *problems);

#endif
