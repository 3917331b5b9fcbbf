/* report.h
 * Problems for people, as plain text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REPORT_H
#define RST_REPORT_H

#include "problems/problem.h"

/* Appends at most so many problems. */
void rst_report_write(const rst_problems_t *problems, uint32_t most, GString *out);

#endif
