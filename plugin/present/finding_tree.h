/* finding_tree.h
 * Failures without a reset and packets that do not fit their side, at the root of their frame: such a frame has no rst
 * item, and tshark -O rst shows nothing below the root there.
 * No text without a field of its own, because nobody could tell that it is ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FINDING_TREE_H
#define RST_FINDING_TREE_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_finding_tree_register(int proto);

/* The finding is expanded at first. */
void rst_finding_tree_unfold(void);

/* As rst_tree_own_fold. */
void rst_finding_tree_own_fold(proto_item *item);

/* Does anything need what does not fit in a packet? */
bool rst_tree_wants_foreign(proto_tree *tree);

/* advice may be NULL. */
proto_item *rst_tree_add_finding(proto_tree *tree, tvbuff_t *tvb, const rst_finding_t *finding,
                                 const rst_advice_t *advice);
proto_item *rst_tree_add_foreign(proto_tree *tree, tvbuff_t *tvb, const char *text);

#endif
