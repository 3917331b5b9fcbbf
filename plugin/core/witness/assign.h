/* assign.h
 * Which connection, and which packet, each record is about. What fits two is about none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ASSIGN_H
#define RST_ASSIGN_H

#include "witness/kept.h"

/* Once the clocks are known (offset.h). */
void rst_assign_all(rst_kepts_t *kepts);

#endif
