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

/* That of the side whose address a reset bears. Where it sent nothing else, the reset must do: unless that may be
 * somebody else's. */
rst_system_t rst_system_of_sender(const rst_reset_t *reset, const rst_verdict_t *verdict);

#endif
