/* advise.h
 * The scene of a failure, for advice about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ADVISE_H
#define RST_ADVISE_H

#include "engine/state.h"

/* The system of a side, by what it sent. */
rst_system_t rst_system_of(const rst_direction_t *side);

#endif
