/* advice_tree.h
 * Advice in the tree: the sentence, and its steps below it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ADVICE_TREE_H
#define RST_ADVICE_TREE_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_advice_tree_register(int proto);

/* The steps are expanded at first. */
void rst_advice_tree_unfold(void);

/* Does anything need it? */
bool rst_tree_wants_advice(proto_tree *tree);

/* For a reset and for a finding; advice may be NULL. */
void rst_advice_tree_add(proto_tree *tree, tvbuff_t *tvb, const rst_advice_t *advice);
void rst_advice_tree_add_to_finding(proto_tree *tree, tvbuff_t *tvb, const rst_advice_t *advice);

#endif
