/* back_references.h
 * The way back from a frame to the reset that it explains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BACK_REFERENCES_H
#define RST_BACK_REFERENCES_H

#include "engine/state.h"

/* New segments came: findings and back_references that were made before are no longer complete. */
void rst_lists_drop(rst_engine_t *engine);

#endif
