/* stats_window.h
 * The statistics as a window of Wireshark shows them: sections with rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STATS_WINDOW_H
#define RST_STATS_WINDOW_H

void rst_stats_window_register(void);

/* Called when another file is opened: until somebody looks at the statistics again, nothing is counted. */
void rst_stats_window_rest(void);

#endif
