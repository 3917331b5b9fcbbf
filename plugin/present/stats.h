/* stats.h
 * Statistics by cause: `tshark -z rst,tree`, the menu Statistics > TCP Reset Causes, and sharkd's stat:rst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STATS_H
#define RST_STATS_H

#define RST_STATS_TITLE "TCP Reset Causes"
#define RST_STATS_CLI "rst,tree"

/* Called from the handoff: if it were registered as a tap listener plugin, sharkd would not find it. */
void rst_stats_register(void);

#endif
