/* stats_tree.h
 * The statistics as sharkd wants them, as nodes of a tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STATS_TREE_H
#define RST_STATS_TREE_H

void rst_stats_tree_register(void);

#endif
