/* resets.h
 * tshark -z rst,resets,json[,N][,FILTER]: single resets for machines, at most N of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RESETS_H
#define RST_RESETS_H

#include <stdbool.h>

void rst_resets_tap_register(void);

/* Does anybody wait for all that is known of the next reset? */
bool rst_resets_wanted(void);

#endif
