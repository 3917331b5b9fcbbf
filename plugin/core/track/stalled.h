/* stalled.h
 * Does the process behind a service still serve the connections that were accepted?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STALLED_H
#define RST_STALLED_H

#include "track/reset.h"

/* How many of the client's latest connections with the refusing service wait in vain; 0 if one of them is served. */
uint8_t rst_stalled_count(const rst_reset_t *refusal);

#endif
