/* tree.h
 * The verdict as protocol fields: the answer first, the numbers behind it last.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TREE_H
#define RST_TREE_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_tree_register(int proto);

/* Called when the first file is opened: before that, Wireshark has no list of expanded subtrees. */
void rst_tree_unfold(void);

/* Expert information, once added to an item, makes it share the fold of all items that have some: the verdict would be
 * open only if Wireshark also opened TCP. item may be NULL. */
void rst_tree_own_fold(proto_item *item);

/* Does anything need one of our fields? false without a tree. */
bool rst_tree_wanted(proto_tree *tree);

/* Does anything need a field of any protocol? false for a tree that only exists because a statistic wants one. */
bool rst_tree_is_read(proto_tree *tree);

/* Does anything need the resets that a frame explains? */
bool rst_tree_wants_reset_in(proto_tree *tree);

/* Does anything need the display filter for the connection? */
bool rst_tree_wants_filter(proto_tree *tree);

/* Does anything need the ends of the connection? */
bool rst_tree_wants_ends(proto_tree *tree);

/* Does anything need the problem that a failure belongs to? */
bool rst_tree_wants_problem(proto_tree *tree);

/* Does anything need a field that holds a sentence? */
bool rst_tree_wants_texts(proto_tree *tree);

/* Adds the item of one reset with all its fields, whether or not the tree is visible: columns, -T fields and filters
 * read invisible trees. Returns the item for expert information. filter is a display filter for the connection, advice
 * may be NULL. */
proto_item *rst_tree_add_verdict(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const rst_verdict_t *verdict,
                                 const char *filter, const rst_advice_t *advice);

/* Adds a note about the kernel trace to the item of the first reset. note may be NULL. */
void rst_tree_add_note(proto_item *item, tvbuff_t *tvb, const char *note);

/* Adds the ends of the connection ("address:port") to the item of a reset or of a finding. */
void rst_tree_add_ends(proto_item *item, tvbuff_t *tvb, const char *client, const char *server);

/* Adds the problem that it belongs to; number 0 = none. */
void rst_tree_add_problem(proto_item *item, tvbuff_t *tvb, uint32_t number, const char *title);

/* Added to the root of the frame, because a frame without a reset has no rst item. */
void rst_tree_add_reset_in(proto_tree *tree, tvbuff_t *tvb, uint32_t frame);

#endif
